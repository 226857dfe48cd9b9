"""What a batch orders at the bank: for a batch not approved yet, as it would be now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection

from lxbt.payments.rules import DRAWN

if TYPE_CHECKING:
    from lxbt.payments.models import Batch

# `items`, and `ordered`: a row for a person and subsidy. What claims take up is in the table or subselect `settled`.
ORDER = """
with items as (
    select person_id, subsidy, right_month, amount, account_number, division_code from payments_item
    where batch_id = %%(batch)s and right_month <= %%(month)s and void is null and kind <> 'lifted'
), ordered as (
    select i.person_id, i.subsidy, coalesce(sum(i.amount) filter (where i.amount > 0), 0) gross,
        coalesce(-sum(i.amount) filter (where i.amount < 0), 0) taken, coalesce(sum(s.settled), 0) settled,
        sum(i.amount) - coalesce(sum(s.settled), 0) net, max(i.account_number) account_number,
            min(i.division_code) division_code
    from items i left join %(settled)s s on s.person_id = i.person_id and s.subsidy = i.subsidy
        and s.right_month = i.right_month
    group by i.person_id, i.subsidy
)"""
# what the positive items would settle of what is claimed, or was waived, for the same month
WOULD_SETTLE = (
    "(select i.person_id, i.subsidy, i.right_month, least(min(i.amount), sum(c.amount - c.repaid - c.lifted)) settled"
    " from items i join payments_recoverymonth c on c.person_id = i.person_id and c.subsidy = i.subsidy "
    "and c.right_month = i.right_month"
    " where i.amount > 0 and c.amount > c.repaid + c.lifted group by 1, 2, 3)"
)


@dataclass(frozen=True)
class Order:
    """What goes to the bank for a batch.

    Yuan: gross - settled - offset = net; `claims` is what is to be taken back apart.
    """

    lines: int
    gross: Decimal
    settled: Decimal
    offset: Decimal
    net: Decimal
    claimed: int
    claims: Decimal


def order_of(batch: Batch) -> Order:
    """The order of a batch: as frozen, or for one that is only drawn as it would be if it were approved now."""
    params: dict[str, Any] = {"batch": batch.pk, "month": batch.month}
    with connection.cursor() as cursor:
        if batch.gross is not None and batch.line_total is not None:
            cursor.execute(
                "select count(*), coalesce(sum(amount), 0) from payments_recovery where batch_id = %(batch)s", params
            )
            claimed, claims = cursor.fetchone()
            return Order(
                batch.line_count or 0,
                batch.gross,
                batch.settled or Decimal(0),
                batch.offset or Decimal(0),
                batch.line_total,
                claimed,
                claims,
            )
        if batch.state != DRAWN and batch.line_total is not None:  # sent before orders were frozen
            cursor.execute(
                'select coalesce(sum(amount + "offset"), 0), coalesce(sum("offset"), 0) from payments_line '
                "where batch_id = %(batch)s",
                params,
            )
            gross, offset = cursor.fetchone()
            cursor.execute(
                "select count(*), coalesce(sum(amount), 0) from payments_recovery where batch_id = %(batch)s", params
            )
            claimed, claims = cursor.fetchone()
            return Order(batch.line_count or 0, gross, Decimal(0), offset, batch.line_total, claimed, claims)
        cursor.execute(
            ORDER % {"settled": WOULD_SETTLE} + " select count(*) filter (where net > 0), coalesce(sum(gross), 0),"
            " coalesce(sum(settled), 0), coalesce(sum(gross - settled - greatest(net, 0)), 0), "
            "coalesce(sum(greatest(net, 0)), 0),"
            " count(*) filter (where net < 0), coalesce(-sum(least(net, 0)), 0) from ordered",
            params,
        )
        return Order(*cursor.fetchone())


def net_of(batch: Batch) -> Decimal:
    """The sum that goes to the bank, which who approves must type."""
    return order_of(batch).net


@dataclass(frozen=True)
class Overlap:
    """A batch that has items for the same persons and months as another."""

    batch_id: int
    payer_code: str
    items: int


def overlapping(batch: Batch, *, earlier: bool) -> Overlap | None:
    """A batch not sent yet with items before these (`earlier`), or any batch with items after them, for the same
    persons, subsidies and months.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select b.id, b.payer_code, count(*) from payments_item i "
            "join payments_item o on o.person_id = i.person_id and o.subsidy = i.subsidy"
            " and o.right_month = i.right_month and o.batch_id <> i.batch_id and o.void is null"
            f" and o.seq {'<' if earlier else '>'} i.seq join payments_batch b on b.id = o.batch_id"
            f" and b.state {'=' if earlier else '<>'} %s"
            " where i.batch_id = %s and i.right_month <= %s and i.void is null group by 1, 2 order by 1 limit 1",
            [DRAWN if earlier else "returned", batch.pk, batch.month],
        )
        row = cursor.fetchone()
    return Overlap(*row) if row else None
