"""What is held back of rights that came by file or push: groups by import, and what each is worth by the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Min, QuerySet

from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.entitlements.models import Hold
from lxbt.entitlements.pricing import Pricer


@dataclass(frozen=True)
class Group:
    """What is held of one import in one paying body's area, for one reason."""

    import_id: int
    payer_code: str
    why: str
    persons: int
    rights: int
    since: date


@dataclass
class Sums:
    """What a release is worth up to a month."""

    persons: int = 0
    rights: int = 0
    months: int = 0
    yuan: Decimal = ZERO
    monthly: Decimal = ZERO
    largest: Decimal = ZERO
    largest_months: int = 0


def held() -> QuerySet[Hold]:
    """Everything held back; callers cut it down to what the account may see."""
    return Hold.objects.filter(released_on__isnull=True)


def held_group(import_id: int, payer_code: str, why: str) -> QuerySet[Hold]:
    """One group."""
    return held().filter(import_id=import_id, payer_code=payer_code, why=why)


def groups_of(rows: QuerySet[Hold]) -> list[Group]:
    """The groups of these, the newest import first."""
    told = (
        rows.order_by()
        .values("import_id", "payer_code", "why")
        .annotate(persons=Count("person_id", distinct=True), rights=Count("person_id"), since=Min("since"))
    )
    return sorted((Group(**row) for row in told), key=lambda g: (-g.import_id, g.payer_code, g.why))


def sums_of(import_id: int, payer_code: str, why: str, until: Month, pricer: Pricer | None = None) -> Sums:
    """What a group is worth up to and with a month, by the rules of each month and what is known now."""
    rows = list(
        held_group(import_id, payer_code, why)
        .order_by("person_id")
        .values_list("person_id", "subsidy", "since", "until")
    )
    pricer = pricer or Pricer()
    pricer.refresh()
    spells = pricer.spells_of({row[0] for row in rows})
    found = Sums(persons=len({row[0] for row in rows}), rights=len(rows))
    for person_id, subsidy, since, end in rows:
        months, yuan, last = 0, ZERO, ZERO
        first, after = Month.of(since), Month.of(end) if end else until + 1
        for month in first.until(min(after, until + 1)) if first <= until else []:
            spell = next((s for s in spells.get(person_id, ()) if s.covers(month)), None)
            last = pricer.price_of(spell, month)[subsidy][0] if spell is not None else ZERO
            months, yuan = months + bool(last), yuan + last
        found.months, found.yuan = found.months + months, found.yuan + yuan
        found.monthly += ZERO if end else last
        if yuan > found.largest:
            found.largest, found.largest_months = yuan, months
    return found
