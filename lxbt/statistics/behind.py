"""What a county's figures are made of: one definition, counted into the roll-ups and listed by name.

The list behind a figure is the same statement without the last grouping, so the two cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from lxbt.core.months import Month
from lxbt.divisions.rules import span

COUNTED = "('approved', 'sent', 'settled', 'recorded')"  # batches whose money is decided

# One county (`payer`) and month: a row per person, subsidy and township. `before` is the month before, for who started
# and stopped. A transfer that came back takes nobody's right: its item counts for no money, but the month was the
# person's.
JOINED = f"""
with batch as (
    select id, payer_code from payments_batch
    where payer_code >= %(payer)s and payer_code < %(payer_end)s and month = %(month)s and state in {COUNTED}
),
earlier as (
    select id, payer_code from payments_batch
    where payer_code >= %(payer)s and payer_code < %(payer_end)s and month = %(before)s and state in {COUNTED}
),
now_paid as (
    select b.payer_code, person_id, subsidy, division_code, count(*) filter (where void is null) items,
        coalesce(sum(amount) filter (where void is null and kind = 'regular'), 0) regular,
        coalesce(sum(amount) filter (where void is null and kind = 'arrears'), 0) arrears,
        coalesce(sum(amount) filter (where void is null and kind in ('recovery', 'lifted')), 0) recovery,
        bool_or(right_month = %(month)s and amount > 0 and kind <> 'lifted') here
    from payments_item i join batch b on b.id = i.batch_id
    where void is null or void = 'failed' group by 1, 2, 3, 4
),
then_paid as (
    select distinct b.payer_code, person_id, subsidy, division_code
    from payments_item i join earlier b on b.id = i.batch_id
    where (void is null or void = 'failed') and right_month = %(before)s and amount > 0 and kind <> 'lifted'
        -- nothing decided yet this month: nobody has "stopped"
        and exists (select from batch n where n.payer_code = b.payer_code)
),
joined as (
    select payer_code, person_id, subsidy, coalesce(n.division_code, t.division_code) division_code,
        coalesce(n.here, false) here, t.division_code is not null earlier,
        coalesce(n.items, 0) items, coalesce(n.regular, 0) regular, coalesce(n.arrears, 0) arrears,
        coalesce(n.recovery, 0) recovery
    from now_paid n full join then_paid t using (payer_code, person_id, subsidy)
),
failed as (
    select l.person_id, l.subsidy, i.division_code, l.amount from payments_line l
    join lateral (
        select division_code from payments_item i where i.batch_id = l.batch_id and i.person_id = l.person_id limit 1
    ) i on true
    where l.batch_id in (select id from batch) and l.state in ('failed', 'corrected')
)
"""

# figure -> which rows of `joined` it counts
# In the first month of a county nobody is known to have started: there is nothing to compare with.
HERE, STARTED, STOPPED = (
    "j.here",
    "j.here and not j.earlier and exists (select from earlier e where e.payer_code = j.payer_code)",
    "j.earlier and not j.here",
)
ROWS = {
    "persons": HERE,
    "started": STARTED,
    "stopped": STOPPED,
    "arrears": "j.arrears <> 0",
    "recovery": "j.recovery <> 0",
    "amount": "j.items > 0",
}
FAILED = "failed"
WHAT = (*ROWS, FAILED)
MONEY = ("amount", "arrears", "recovery")  # these are yuan, the others rows


@dataclass(frozen=True)
class Behind:
    """One row behind a figure. Yuan; of `failed`, `regular` is the line that came back."""

    person_id: int
    subsidy: str
    division_code: str
    regular: Decimal
    arrears: Decimal
    recovery: Decimal

    @property
    def amount(self) -> Decimal:
        """All of it."""
        return self.regular + self.arrears + self.recovery


@dataclass(frozen=True)
class Sums:
    """All rows behind a figure."""

    rows: int
    regular: Decimal
    arrears: Decimal
    recovery: Decimal

    @property
    def amount(self) -> Decimal:
        """All of it, yuan."""
        return self.regular + self.arrears + self.recovery

    def figure(self, what: str) -> int | Decimal:
        """The figure that they make."""
        found: int | Decimal = getattr(self, what) if what in MONEY else self.rows
        return found


def of_county(payer: str, month: date) -> dict[str, str | date]:
    """What JOINED asks for: one county, and no other whose code lies within."""
    return {"payer": payer, "payer_end": payer + "0", "month": month, "before": Month.of(month).back(1).first}


def changed(*, payer: str, month: date) -> dict[str, list[tuple[int, str]]]:
    """(person, subsidy) of all that started and of all that stopped at a county in a month, by the figure they make."""
    found: dict[str, list[tuple[int, str]]] = {"started": [], "stopped": []}
    with connection.cursor() as cursor:
        cursor.execute(
            f"{JOINED} select case when {STARTED} then 'started' else 'stopped' end, j.person_id, j.subsidy"
            f" from joined j where ({STARTED}) or ({STOPPED})",
            of_county(payer, month),
        )
        for which, person_id, subsidy in cursor.fetchall():
            found[which].append((person_id, subsidy))
    return found


def _rows_of(what: str) -> str:
    if what == FAILED:
        return "select f.division_code, f.person_id, f.subsidy, f.amount, 0.00, 0.00 from failed f where true"
    return (
        "select j.division_code, j.person_id, j.subsidy, j.regular, j.arrears, j.recovery from joined j "
        f"where {ROWS[what]}"
    )


def _asked(payer: str, area: str, month: date, subsidy: str) -> tuple[str, dict[str, Any]]:
    low, high = span(area)
    where: dict[str, Any] = {**of_county(payer, month), "low": low, "high": high, "subsidy": subsidy}
    if payer.endswith("0" * 8) and payer == area:  # a city: all counties in it, each by itself
        where["payer_end"] = high
    within = " and division_code >= %(low)s and division_code < %(high)s" + (
        " and subsidy = %(subsidy)s" if subsidy else ""
    )
    return within, where


def rows_behind(
    *,
    payer: str,
    area: str,
    month: date,
    what: str,
    subsidy: str = "",
    after: tuple[str, int, str] | None = None,
    limit: int = 50,
) -> list[Behind]:
    """The rows behind a figure of a county, of a township of it, or of a city (`payer` and `area` alike), in the order
    of place, person and subsidy.
    """
    within, where = _asked(payer, area, month, subsidy)
    if after:
        within += " and (division_code, person_id, subsidy) > (%(place)s, %(person)s, %(last)s)"
        where |= dict(zip(("place", "person", "last"), after, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(f"{JOINED} {_rows_of(what)}{within} order by 1, 2, 3 limit %(limit)s", {**where, "limit": limit})
        return [
            Behind(person, kind, place, regular, arrears, recovery)
            for place, person, kind, regular, arrears, recovery in cursor.fetchall()
        ]


def sums_behind(*, payer: str, area: str, month: date, what: str, subsidy: str = "") -> Sums:
    """How many rows there are behind a figure, and their money."""
    within, where = _asked(payer, area, month, subsidy)
    columns = "division_code, person_id, subsidy, regular, arrears, recovery"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{JOINED} select count(*), coalesce(sum(regular), 0), coalesce(sum(arrears), 0), "
            f"coalesce(sum(recovery), 0) from ({_rows_of(what)}{within}) x ({columns})",
            where,
        )
        return Sums(*cursor.fetchone())
