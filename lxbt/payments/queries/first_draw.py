"""Before the first draw: who came by file or push and would by the rule be paid otherwise than before, and for want of
which fact.

Looked at are rights of imports that this system has not drawn yet and whose last payment was recorded; one row a
distinct situation.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db import connection

from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.entitlements import fragments
from lxbt.entitlements.pricing import Pricer
from lxbt.entitlements.rules.missing import missing_facts
from lxbt.entitlements.rules.situations import age_of
from lxbt.payments.models import Batch
from lxbt.payments.queries.payers import in_ranges, ranges_of
from lxbt.payments.rules import RECORDED, RETURNED

BACK = 12  # months in which the last recorded payment is looked for

ROWS = """
with last as (
    select distinct on (i.person_id, i.subsidy) i.person_id, i.subsidy, i.amount, i.right_month
    from payments_item i join payments_batch b on b.id = i.batch_id and b.state = 'recorded'
    join entitlements_entitlement e on e.person_id = i.person_id and e.subsidy = i.subsidy and e.state = 'granted'
        and e.basis like 'import %%' and e.since <= %s and (e.until is null or e.until > %s)
    where i.right_month >= %s and i.right_month < %s and i.void is null and i.kind = 'regular' and {items}
    order by i.person_id, i.subsidy, i.right_month desc
)
select pp.division_code, pp.profile_id, {band}, {relations}, l.subsidy, l.amount, {chosen}
from last l join registry_personprofile pp on pp.person_id = l.person_id and pp.since <= %s and (pp.until is null
    or pp.until > %s)
where {where} and not exists (select from payments_item o join payments_batch ob on ob.id = o.batch_id
    where o.person_id = l.person_id and o.subsidy = l.subsidy and o.right_month > l.right_month
        and ob.state <> 'recorded' and o.void is null)
{grouped}
"""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A right that the rule would pay otherwise: what was paid, what would be, why, and which untold facts decide."""

    person_id: int
    division_code: str
    subsidy: str
    paid: Decimal
    due: Decimal
    reasons: str
    missing: tuple[str, ...]
    since: Month  # the first month after the last payment that was recorded: from when the facts are asked for


@dataclass
class Kept:
    """A paying body before its first draw: how many rights stay, change, fall away, and for want of what."""

    payer_code: str
    same: int = 0
    other: int = 0
    nothing: int = 0
    paid: Decimal = ZERO
    due: Decimal = ZERO
    missing: Counter[str] = field(default_factory=Counter)  # rights by the fact that nobody told
    told: int = 0  # rights that change though everything that decides is told

    @property
    def changed(self) -> int:
        """Rights that would be paid otherwise, or not at all."""
        return self.other + self.nothing


def _rows(payer_code: str, month: Month, pricer: Pricer, *, persons: bool) -> list[Any]:
    pricer.refresh()
    where, params = in_ranges("pp.division_code", ranges_of(payer_code))
    items, more = in_ranges("i.division_code", ranges_of(payer_code))
    text = ROWS.format(
        band=fragments.band("pp", pricer.ages, month),
        relations=fragments.relations("pp", month),
        chosen="l.person_id, l.right_month" if persons else "count(*)",
        grouped="order by l.person_id" if persons else "group by 1, 2, 3, 4, 5, 6",
        where=where,
        items=items,
    )
    first = month.first
    with connection.cursor() as cursor:
        cursor.execute(text, [first, first, month.back(BACK).first, first, *more, first, first, *params])
        rows: list[Any] = cursor.fetchall()
    pricer.learn({row[1] for row in rows})
    return rows


def _answer(row: Any, month: Month, pricer: Pricer) -> tuple[Decimal, str, tuple[str, ...]]:
    """Yuan due, the codes against, and the untold facts that decide, where the rule says something else than
    was paid.
    """
    division, profile_id, band, relations, subsidy, paid = row[:6]
    assert pricer.scheme is not None
    place = pricer.scheme.place_of(division)
    due, _standard, reasons = pricer.price(place, profile_id, band, relations, month)[subsidy]
    if due == paid:
        return due, "", ()
    profile = replace(pricer.profiles[profile_id], division=place)
    missing = missing_facts(profile, age_of(band, pricer.ages), pricer.scheme, subsidy, month, paid)
    return due, reasons or "", missing


def kept_by(payer_code: str, month: Month, pricer: Pricer | None = None) -> Kept:
    """The sums of a paying body."""
    pricer = pricer or Pricer()
    found = Kept(payer_code)
    for row in _rows(payer_code, month, pricer, persons=False):
        due, _reasons, missing = _answer(row, month, pricer)
        paid, count = row[5], row[6]
        found.paid += paid * count
        found.due += due * count
        if due == paid:
            found.same += count
            continue
        found.nothing += 0 if due else count
        found.other += count if due else 0
        found.missing.update(dict.fromkeys(missing, count))
        found.told += 0 if missing else count
    return found


def kept_in(payers: Iterable[str], month: Month) -> list[Kept]:
    """The same for several bodies; those without anybody to look at are left out."""
    pricer = Pricer()
    found = [kept_by(code, month, pricer) for code in payers]
    return [one for one in found if one.same or one.changed]


def paid_otherwise(payer_code: str, month: Month) -> list[Otherwise]:
    """Everybody of a paying body whom the rule would pay otherwise."""
    pricer = Pricer()
    answers: dict[tuple[Any, ...], tuple[Decimal, str, tuple[str, ...]]] = {}
    found = []
    for row in _rows(payer_code, month, pricer, persons=True):
        key = tuple(row[:6])
        if key not in answers:
            answers[key] = _answer(row, month, pricer)
        due, reasons, missing = answers[key]
        if due != row[5]:
            found.append(Otherwise(row[6], row[0], row[4], row[5], due, reasons, missing, Month.of(row[7]) + 1))
    return found


def missing_by_person(rows: Iterable[Otherwise]) -> dict[int, set[str]]:
    """The facts to ask of each person."""
    found: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        if row.missing:
            found[row.person_id] |= set(row.missing)
    return dict(found)


def payers_with_books(codes: Iterable[str]) -> list[str]:
    """Of these bodies, those that recorded payments of before and have drawn nothing yet: their first draw is ahead."""
    wanted = list(codes)
    states = Batch.objects.filter(payer_code__in=wanted).values_list("payer_code", "state").distinct()
    recorded = {code for code, state in states if state == RECORDED}
    drawn = {code for code, state in states if state not in (RECORDED, RETURNED)}
    return sorted(recorded - drawn)
