"""A month as it would be drawn now, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from lxbt.accounts.models import User
from lxbt.accounts.rules import Permission
from lxbt.accounts.standing import must_hold_one
from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.entitlements.pricing import Pricer
from lxbt.payments import queries
from lxbt.payments.models import Batch
from lxbt.payments.operations.draw import draw_within, make_ready

CHANGES = ("started", "stopped", "changed", "arrears", "recovery", "same")


@dataclass(frozen=True)
class Tried:
    """What a draw of one payer would bring: items by what they change, yuan due, lines and yuan net to the bank, and
    how many persons' money is stuck.
    """

    payer_code: str
    counts: dict[str, int]
    due: Decimal = ZERO
    net: Decimal = ZERO
    lines: int = 0
    held: int = 0


@contextmanager
def trial_batch(
    *, payer_code: str, month: Month, by: User | None, on: date, pricer: Pricer | None = None
) -> Iterator[Batch | None]:
    """Draw a month as it would be drawn now, for as long as the block lasts; None when there is nothing to draw.

    The same draw, in a transaction that never commits: batch, items, marks and events are gone when the block ends.
    A draw of the payer under way is waited for. DrawRefused for a month that may not be drawn.
    """
    must_hold_one(by, (Permission.DRAW_BATCHES, Permission.APPROVE_BATCHES), [payer_code], on=on)
    make_ready([payer_code], month, on)  # kept: a partition made inside the trial would lock the items of everybody
    with transaction.atomic():
        try:
            yield draw_within(payer_code, month, on, pricer or Pricer())
        finally:
            transaction.set_rollback(True)


def try_payer(*, payer_code: str, month: Month, by: User | None, on: date, pricer: Pricer | None = None) -> Tried:
    """Return what a draw of one payer would bring."""
    with trial_batch(payer_code=payer_code, month=month, by=by, on=on, pricer=pricer) as batch:
        if batch is None:
            return Tried(payer_code, {})
        order = queries.order_of(batch)
        counts = {kind: n for kind, n in queries.batch_item_counts(batch).items() if kind in CHANGES}
        return Tried(payer_code, counts, batch.total, order.net, order.lines, batch.held_count)
