"""A payer's month beside the month before: sums, and the rows behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from lxbt.core.months import Month
from lxbt.divisions.rules import span
from lxbt.payments.models import Batch
from lxbt.payments.queries.books import Order as Order
from lxbt.payments.queries.books import Overlap as Overlap
from lxbt.payments.queries.books import net_of as net_of
from lxbt.payments.queries.books import order_of as order_of
from lxbt.payments.queries.books import overlapping as overlapping
from lxbt.payments.rules import RETURNED

# Regular items of the month beside those of the month before, one row a person and subsidy. %(here)s: the batches of
# the month looked at, %(before)s: those of the month before.
BESIDE = """
with now_items as (
    select person_id, subsidy, sum(amount) amount, max(division_code) division_code from payments_item
    where batch_id = any(%(here)s::bigint[]) and right_month = %(month)s and void is null group by 1, 2
), then_items as (
    select person_id, subsidy, sum(amount) amount, max(division_code) division_code from payments_item
    where batch_id = any(%(before)s::bigint[]) and right_month = %(earlier)s and void is null group by 1, 2
), beside as (
    select coalesce(n.person_id, t.person_id) person_id, coalesce(n.subsidy, t.subsidy) subsidy,
        coalesce(n.division_code, t.division_code) division_code, n.amount now_amount, t.amount then_amount,
        case when t.person_id is null then 'started' when n.person_id is null then 'stopped'
            when n.amount <> t.amount then 'changed' else 'same' end change
    from now_items n full join then_items t on n.person_id = t.person_id and n.subsidy = t.subsidy
)
"""


@dataclass(frozen=True)
class Bridged:
    """From the total of the month before to that of the month, in yuan, with persons (or items) of each change."""

    before: Decimal
    one_off: Decimal  # what last month brought beside its own month, taken away
    started: tuple[int, Decimal]
    stopped: tuple[int, Decimal]
    changed: tuple[int, Decimal]
    arrears: tuple[int, Decimal]
    recovery: tuple[int, Decimal]
    now: Decimal


def _beside_params(payer_code: str, month: Month) -> dict[str, Any]:
    earlier = month.back(1)
    rows = Batch.objects.filter(payer_code=payer_code, month__in=[month.first, earlier.first]).exclude(state=RETURNED)
    found = list(rows.values_list("pk", "month"))
    return {
        "here": [pk for pk, day in found if day == month.first],
        "before": [pk for pk, day in found if day == earlier.first],
        "month": month.first,
        "earlier": earlier.first,
    }


def bridge_of(payer_code: str, month: Month) -> Bridged:
    """Why a payer's month differs from the month before, to the cent: the parts add up to the difference."""
    params = _beside_params(payer_code, month)
    with connection.cursor() as cursor:
        cursor.execute(
            BESIDE + "select change, count(*), coalesce(sum(coalesce(now_amount, 0) - coalesce(then_amount, 0)), 0) "
            "from beside group by 1",
            params,
        )
        parts = {change: (count, amount) for change, count, amount in cursor.fetchall()}
        cursor.execute(
            "select batch_id = any(%(here)s::bigint[]), kind, count(*), sum(amount) from payments_item "
            "where batch_id = any(%(here)s::bigint[] || %(before)s::bigint[]) and void is null"
            " and not (right_month = case when batch_id = any(%(here)s::bigint[]) then %(month)s::date else "
            "%(earlier)s::date end) group by 1, 2",
            params,
        )
        others = {(here, kind): (count, amount) for here, kind, count, amount in cursor.fetchall()}
        cursor.execute(
            "select coalesce(sum(amount) filter (where batch_id = any(%(before)s::bigint[])), 0), "
            "coalesce(sum(amount) filter (where batch_id = any(%(here)s::bigint[])), 0)"
            " from payments_item where batch_id = any(%(here)s::bigint[] || %(before)s::bigint[]) and void is null",
            params,
        )
        before, now = cursor.fetchone()
    none = (0, Decimal(0))
    one_off = sum((amount for (here, _kind), (_count, amount) in others.items() if not here), Decimal(0))
    return Bridged(
        before,
        -one_off,
        parts.get("started", none),
        parts.get("stopped", none),
        parts.get("changed", none),
        others.get((True, "arrears"), none),
        others.get((True, "recovery"), none),
        now,
    )


@dataclass(frozen=True)
class ItemRow:
    """A row of a batch's list: an item, or (stopped) what was paid the month before and is not any more."""

    person_id: int
    name: str
    division_code: str
    subsidy: str
    right_month: Any
    seq: int | None
    amount: Decimal
    before: Decimal | None
    change: str  # started | stopped | changed | same | arrears | recovery
    reasons: str


ITEM_ROWS = (
    BESIDE
    + """, listed as (
    select b.person_id, b.division_code, b.subsidy, %(month)s::date right_month, i.seq, coalesce(b.now_amount,
        0) amount, b.then_amount before, b.change, '' reasons
    from beside b left join payments_item i on i.person_id = b.person_id and i.subsidy = b.subsidy
        and i.right_month = %(month)s and i.batch_id = %(batch)s and i.void is null
    where i.person_id is not null or b.change = 'stopped'
    union all
    select person_id, division_code, subsidy, right_month, seq, amount, null, case when amount < 0 then 'recovery'
        else 'arrears' end, coalesce(reasons, '')
    from payments_item where batch_id = %(batch)s and right_month < %(month)s and void is null
)
"""
)


def batch_item_counts(batch: Batch) -> dict[str, int]:
    """How many rows of each change a batch has."""
    params = {**_beside_params(batch.payer_code, Month.of(batch.month)), "batch": batch.pk}
    with connection.cursor() as cursor:
        cursor.execute(ITEM_ROWS + "select change, count(*) from listed group by 1", params)
        return dict(cursor.fetchall())


def batch_item_rows(
    batch: Batch,
    *,
    changes: Iterable[str],
    after: tuple[int, str, str] | None = None,
    area: str | None = None,
    limit: int = 51,
) -> list[ItemRow]:
    """Rows of a batch by kind of change, in the order of persons; `after` is (person, subsidy, right month) of the last
    row shown.
    """
    low, high = span(area or batch.payer_code)
    params: dict[str, Any] = {
        **_beside_params(batch.payer_code, Month.of(batch.month)),
        "batch": batch.pk,
        "changes": list(changes),
        "low": low,
        "high": high,
        "limit": limit,
        "p": after[0] if after else 0,
        "s": after[1] if after else "",
        "m": after[2] if after else "1900-01-01",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            ITEM_ROWS
            + "select l.person_id, p.name, l.division_code, l.subsidy, l.right_month, l.seq, l.amount, l.before, "
            "l.change, l.reasons"
            " from listed l join registry_person p on p.person_id = l.person_id"
            " where l.change = any(%(changes)s) and l.division_code >= %(low)s and l.division_code < %(high)s"
            " and (l.person_id, l.subsidy, l.right_month) > (%(p)s, %(s)s, %(m)s::date)"
            " order by l.person_id, l.subsidy, l.right_month limit %(limit)s",
            params,
        )
        return [ItemRow(*row) for row in cursor.fetchall()]
