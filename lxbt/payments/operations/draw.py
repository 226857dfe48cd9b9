"""Drawing a month: for one payer, or for all of an area."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.rules import Permission
from lxbt.accounts.standing import must_hold
from lxbt.core.months import Month
from lxbt.entitlements.operations import resolve_changes
from lxbt.entitlements.pricing import Pricer
from lxbt.payments import queries
from lxbt.payments.models import Batch
from lxbt.payments.operations.locking import DrawRefused
from lxbt.payments.operations.partitions import PartitionsMissing, ensure_partitions
from lxbt.payments.operations.work import Draw
from lxbt.standards.queries import parameter_value

AHEAD = "draw_months_ahead"  # a dated parameter: how many months ahead a place may draw
MOST_AHEAD = 12


def draw_batch(
    *, payer_code: str, month: Month, by: User | None, on: date, pricer: Pricer | None = None
) -> Batch | None:
    """Draw the difference of every right-month up to `month` for everybody one payer pays.

    Gives the batch, or None when there is nothing to draw. Months that had no draw are caught up; a month drawn again
    brings what has changed since. Safe to repeat after a crash: all or nothing. Two draws of one payer wait for each
    other.
    """
    _prepare([payer_code], month, by, on)
    return next(iter(_draw_group([payer_code], month, by, on, pricer or Pricer())), None)


def draw_payers(
    *, payer_codes: list[str], month: Month, by: User | None, on: date, pricer: Pricer | None = None
) -> list[Batch]:
    """The same for several payers in one transaction: quicker for small ones than one after the other."""
    _prepare(payer_codes, month, by, on)
    return _draw_group(payer_codes, month, by, on, pricer or Pricer())


def draw_area(
    *, area: str, month: Month, by: User | None, on: date, pricer: Pricer | None = None, workers: int = 1
) -> Iterator[tuple[int, list[Batch]]]:
    """The same for every payer of an area, a group of payers in a transaction, small payers together.

    Yields, after each group, how many payers it had and their batches. Interrupted, run it again: what was drawn is not
    drawn twice. `workers`: groups drawn at the same time, each by a connection of its own.
    """
    groups = _with_month(queries.payer_groups(area, parts=2 * workers if workers > 1 else 1), month, on)
    _prepare([code for group in groups for code in group], month, by, on)
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


def _with_month(groups: list[list[str]], month: Month, on: date) -> list[list[str]]:
    """The groups without payers that begin after `month`; all of them where none is left, so that the draw says why
    not.
    """
    if month >= Month.of(on):
        return groups
    begun = [[code for code in group if queries.first_month(code) <= month] for group in groups]
    return [group for group in begun if group] or groups


def _prepare(payer_codes: list[str], month: Month, by: User | None, on: date) -> None:
    must_hold(by, Permission.DRAW_BATCHES, payer_codes, on=on)
    make_ready(payer_codes, month, on)


def make_ready(payer_codes: list[str], month: Month, on: date) -> None:
    """What is done before the long transaction: the month is looked at, changed persons' months are told, the partition
    is made; DrawRefused for a month that may not be drawn.
    """
    for code in payer_codes:
        check_month(code, month, on)
    resolve_changes()
    with transaction.atomic():
        ensure_partitions([month])


def check_month(payer_code: str, month: Month, on: date) -> None:
    """DrawRefused for a month still to come (beyond what the place allows), or before the payer's first month."""
    current = Month.of(on)
    if month > current:
        told = parameter_value(AHEAD, payer_code, current, 0)
        ahead = told if isinstance(told, int) and not isinstance(told, bool) else 0
        if month > current + max(0, min(ahead, MOST_AHEAD)):
            raise DrawRefused(
                _("%(month)s 还没有到，不能编制：现在最晚可以编制 %(last)s。")
                % {"month": month, "last": current + max(0, min(ahead, MOST_AHEAD))},
                field="month",
            )
    if month < current:
        first = queries.first_month(payer_code)
        if month < first:
            raise DrawRefused(
                _("%(month)s 早于该单位的第一个月份 %(first)s，不能编制。") % {"month": month, "first": first},
                field="month",
            )


def draw_within(payer_code: str, month: Month, on: date, pricer: Pricer) -> Batch | None:
    """Draw one payer in the caller's transaction, which decides whether it stays; None when nothing is to be drawn."""
    return next(iter(_draw_group([payer_code], month, None, on, pricer)), None)


def _draw_group(payer_codes: list[str], month: Month, by: User | None, on: date, pricer: Pricer) -> list[Batch]:
    while True:
        try:
            with transaction.atomic():
                return Draw(payer_codes, month, pricer).run(by, on)
        except PartitionsMissing as missing:  # a month was skipped: made before, never inside the long transaction
            with transaction.atomic():
                ensure_partitions(missing.months)
        except IntegrityError as error:
            if "payments_item" in str(error):  # a person moved here while the former payer was drawing
                raise DrawRefused(_("另一发放单位正在为同一人编制同一月份，请稍后重试。")) from error
            raise
