"""Items, order, lines, bank files and published figures of a month, laid side by side to the fen.

Each sum is taken from its own rows, never from another sum: what does not agree was changed past the operations, or is
a defect. Returned batches ordered nothing; months recorded from before the system have no lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from django.db import connection

from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.divisions.queries import months_wait
from lxbt.divisions.rules import span
from lxbt.payments.rules import ORDERED, RECORDED, SENT, SETTLED

# One row a batch: what it says of itself, and the same from items, lines and the file that went out.
BATCHES = """
with b as (
    select * from payments_batch where month = %(month)s and payer_code >= %(low)s and payer_code < %(high)s
        and state <> 'returned'),
i as (
    select batch_id, sum(amount) as whole, sum(amount) filter (where amount > 0) as positive,
        sum(amount) filter (where void is null) as counted
    from payments_item where batch_id in (select id from b) group by batch_id),
l as (
    select batch_id, count(*) as n, sum(amount) as net, sum(amount + "offset" + settled) as gross,
        sum(amount) filter (where state = 'paid') as paid
    from payments_line where batch_id in (select id from b) group by batch_id),
f as (
    select batch_id, sum(row_count) as n, sum(total) as net from payments_bankfile
    where direction = 'out' and batch_id in (select id from b) group by batch_id)
select b.id, b.payer_code, b.state, b.total, b.gross, b.settled, b."offset", b.line_total, b.line_count,
    coalesce(i.whole, 0), coalesce(i.positive, 0), coalesce(i.counted, 0), coalesce(l.n, 0), coalesce(l.net, 0),
    coalesce(l.gross, 0), coalesce(l.paid, 0), f.n, f.net
from b left join i on i.batch_id = b.id left join l on l.batch_id = b.id left join f on f.batch_id = b.id
order by b.payer_code, b.id
"""

FIGURES = """
select division_code, sum(regular + arrears + recovery) from statistics_figure
where level = 3 and month = %(month)s and division_code >= %(low)s and division_code < %(high)s group by division_code
"""


@dataclass(frozen=True)
class Difference:
    """Two sums that should be one, in yuan (or counts): `what` names the pair, `batch_id` where it is in one batch."""

    what: str  # items | gross | order | lines | line_count | file | file_count | figures
    payer_code: str
    batch_id: int | None
    told: Decimal
    found: Decimal


@dataclass(frozen=True)
class Payer:
    """The books of one payer in a month, yuan: each from its own rows; `waits`: its figures are to be counted anew."""

    code: str
    batches: int
    items: Decimal
    net: Decimal
    file: Decimal
    paid: Decimal
    figures: Decimal
    waits: bool
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class _Batch:
    pk: int
    payer: str
    state: str
    total: Decimal
    gross: Decimal | None
    settled: Decimal | None
    offset: Decimal | None
    line_total: Decimal | None
    line_count: int | None
    whole: Decimal
    positive: Decimal
    counted: Decimal
    lines: int
    net: Decimal
    lines_gross: Decimal
    paid: Decimal
    file_count: int | None
    file: Decimal | None

    def differences(self) -> Iterator[Difference]:
        """Return what of the batch does not agree with its own rows."""
        pairs: list[tuple[str, object, object]] = [("items", self.total, self.whole)]
        if self.state in ORDERED and self.gross is not None:
            order = self.gross - (self.settled or ZERO) - (self.offset or ZERO)
            pairs += [
                ("gross", self.gross, self.positive),
                ("gross", self.gross, self.lines_gross),
                ("order", order, self.line_total),
                ("lines", self.line_total, self.net),
                ("line_count", self.line_count, self.lines),
            ]
        if self.state in (SENT, SETTLED):
            pairs += [("file", self.line_total, self.file), ("file_count", self.line_count, self.file_count)]
        for what, told, found in pairs:
            if told != found:
                yield Difference(what, self.payer, self.pk, Decimal(str(told or 0)), Decimal(str(found or 0)))


def reconcile(area: str, month: Month) -> list[Payer]:
    """Return the books of every payer of an area in a month, with every difference; three statements."""
    low, high = span(area)
    asked: dict[str, date | str] = {"month": month.first, "low": low, "high": high}
    with connection.cursor() as cursor:
        cursor.execute(BATCHES, asked)
        batches = [_Batch(*row) for row in cursor.fetchall()]
        cursor.execute(FIGURES, asked)
        figures: dict[str, Decimal] = dict(cursor.fetchall())
    waiting = months_wait(low, high, month.first)
    by_payer = {code: list(rows) for code, rows in groupby(batches, key=attrgetter("payer"))}  # in their order
    payers = sorted(by_payer.keys() | figures.keys())
    return [_payer(code, by_payer.get(code, []), figures.get(code, ZERO), code in waiting) for code in payers]


def _payer(code: str, batches: list[_Batch], figure: Decimal, waits: bool) -> Payer:
    ordered = [b for b in batches if b.state in ORDERED]
    counted = _sum(b.counted for b in batches if b.state in (*ORDERED, RECORDED))
    found = [difference for batch in batches for difference in batch.differences()]
    if figure != counted and not waits:
        found.append(Difference("figures", code, None, figure, counted))
    return Payer(
        code,
        len(batches),
        counted,
        _sum(b.net for b in ordered),
        _sum(b.file or ZERO for b in ordered),
        _sum(b.paid for b in ordered),
        figure,
        waits,
        tuple(found),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def months_of(area: str) -> list[date]:
    """Return the months that have batches in an area, the latest first; the last two years."""
    low, high = span(area)
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct month from payments_batch where payer_code >= %s and payer_code < %s"
            " and state <> 'returned' order by month desc limit 24",
            [low, high],
        )
        return [month for (month,) in cursor.fetchall()]
