"""Drawing a month: for one payer, or for all of an area."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.core.months import Month
from lxbt.entitlements.operations import resolve_changes
from lxbt.entitlements.pricing import Pricer
from lxbt.payments import queries
from lxbt.payments.models import Batch
from lxbt.payments.operations.work import Draw, DrawRefused, ensure_partitions


def draw_batch(
    *, payer_code: str, month: Month, by: User | None, on: date, pricer: Pricer | None = None
) -> Batch | None:
    """Draw the difference of every right-month up to `month` for everybody one payer pays.

    Gives the batch, or None when there is nothing to draw. Months that had no draw are caught up; a month drawn again
    brings what has changed since. Safe to repeat after a crash: all or nothing. Two draws of one payer wait for each other.
    """
    _prepare(month)
    return next(iter(_draw_group([payer_code], month, by, on, pricer or Pricer())), None)


def draw_payers(
    *, payer_codes: list[str], month: Month, by: User | None, on: date, pricer: Pricer | None = None
) -> list[Batch]:
    """The same for several payers in one transaction: quicker for small ones than one after the other."""
    _prepare(month)
    return _draw_group(payer_codes, month, by, on, pricer or Pricer())


def draw_area(
    *, area: str, month: Month, by: User | None, on: date, pricer: Pricer | None = None, workers: int = 1
) -> Iterator[tuple[int, list[Batch]]]:
    """The same for every payer of an area, a group of payers in a transaction, small payers together.

    Yields, after each group, how many payers it had and their batches. Interrupted, run it again: what was drawn is not
    drawn twice. `workers`: groups drawn at the same time, each by a connection of its own.
    """
    _prepare(month)
    groups = queries.payer_groups(area, parts=2 * workers if workers > 1 else 1)
    if workers <= 1 or len(groups) <= 1 or connection.in_atomic_block:
        pricer = pricer or Pricer(area)
        for group in groups:
            yield len(group), _draw_group(group, month, by, on, pricer)
        return
    own = threading.local()

    def work(group: list[str]) -> tuple[int, list[Batch]]:
        own.pricer = getattr(own, "pricer", None) or Pricer(area)
        try:
            return len(group), _draw_group(group, month, by, on, own.pricer)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers, thread_name_prefix="draw") as pool:
        for done in as_completed([pool.submit(work, group) for group in groups]):
            yield done.result()


def _prepare(month: Month) -> None:
    """What is done before the long transaction: tell changed persons' months, make the month's partition (its lock stops everybody)."""
    resolve_changes()
    with transaction.atomic():
        ensure_partitions([month])


def _draw_group(payer_codes: list[str], month: Month, by: User | None, on: date, pricer: Pricer) -> list[Batch]:
    try:
        with transaction.atomic():
            return Draw(payer_codes, month, pricer).run(by, on)
    except IntegrityError as error:
        if "payments_item" in str(error):  # a person moved here while the former payer was drawing
            raise DrawRefused(_("另一发放单位正在为同一人编制同一月份，请稍后重试。")) from error
        raise
