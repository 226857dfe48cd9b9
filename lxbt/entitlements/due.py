"""What a change of the facts of one person would move: the rule asked before and after it, for every month up to now.

The next draw pays due less paid; a change of what is due is therefore the money that it moves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.entitlements.queries import entitlements_of, told_timelines
from lxbt.entitlements.rules import rights
from lxbt.registry.rules import profile_at
from lxbt.standards.queries import scheme_for

Due = dict[tuple[str, Month], Decimal]


@dataclass(frozen=True)
class Moved:
    """Months paid and yuan due of a subsidy, before and after."""

    subsidy: str
    months_before: int
    yuan_before: Decimal
    months_after: int
    yuan_after: Decimal

    @property
    def yuan(self) -> Decimal:
        """What moves: above 0 is paid, below is kept or taken back."""
        return self.yuan_after - self.yuan_before


@dataclass(frozen=True)
class Movement:
    """All that a change moves."""

    subsidies: tuple[Moved, ...]
    months: int
    pays: bool  # whether any month would be paid more

    @property
    def yuan(self) -> Decimal:
        """What moves in all."""
        return sum((one.yuan for one in self.subsidies), Decimal(0))


def due_of(person_id: int, until: Month) -> Due:
    """What is due in each month before `until` that the ledger grants now; months without anything are left out."""
    stretches = told_timelines([person_id])[person_id]
    schemes = {s.profile.division: scheme_for(s.profile.division) for s in stretches}
    found: Due = {}
    for period in entitlements_of(person_id):
        if period.state != "granted":
            continue
        for month in Month.of(period.since).until(min(until, Month.of(period.until)) if period.until else until):
            profile = profile_at(stretches, month)
            if profile is not None and (
                yuan := rights(profile, schemes[profile.division], month)[period.subsidy].amount
            ):
                found[period.subsidy, month] = yuan
    return found


def movement(person_id: int, act: Callable[[], object], *, on: date) -> Movement:
    """What an act would move of the months up to that of `on`: it is carried out, looked at, and rolled back."""
    until = Month.of(on) + 1
    before = due_of(person_id, until)
    with transaction.atomic():
        act()
        after = due_of(person_id, until)
        transaction.set_rollback(True)
    moved = []
    for subsidy in SUBSIDIES:
        was = [yuan for (kind, _month), yuan in before.items() if kind == subsidy]
        will = [yuan for (kind, _month), yuan in after.items() if kind == subsidy]
        if was or will:
            moved.append(Moved(subsidy, len(was), sum(was, Decimal(0)), len(will), sum(will, Decimal(0))))
    changed = sum(before.get(key) != after.get(key) for key in before.keys() | after.keys())
    more = any(after[key] > before.get(key, Decimal(0)) for key in after)
    return Movement(tuple(moved), changed, more)
