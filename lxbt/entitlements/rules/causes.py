"""Why a month is worth something else than before: which of the things that differ between two reckonings moved the
amount.

Pure. A reckoning is what was known of a person, the standards as they stood, and the month. Each difference is taken
back
alone: what then changes the amount is a cause, what does not is none.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from lxbt.core.months import Month, age_in, in_force
from lxbt.core.profile import EVENTS, KEYS, Profile
from lxbt.entitlements.rules import ALL_EVENTS, Right, best_row, relations_of, rights
from lxbt.standards.rules.rows import StandardRow
from lxbt.standards.rules.scheme import Scheme

MONTH, SCHEME = "month", "scheme"


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What a month was reckoned from."""

    profile: Profile
    month: Month
    scheme: Scheme

    def right(self, subsidy: str) -> Right:
        """What the rule says."""
        return rights(self.profile, self.scheme, self.month)[subsidy]

    def amount(self, subsidy: str) -> Decimal:
        """Yuan of the month."""
        return self.right(subsidy).amount


@dataclass(frozen=True, slots=True)
class Turned:
    """What came with the month, or with newly published standards: one thing, from what to what."""

    kind: str  # event | age | standard | base | parameter
    name: str = ""
    old: Any = None
    new: Any = None
    row: StandardRow | None = None


def differing(old: Reckoning, new: Reckoning) -> list[str]:
    """The names of what differs: keys of the profile, the month, the standards."""
    names = [key for key in KEYS if getattr(old.profile, key) != getattr(new.profile, key)]
    names += [MONTH] if old.month != new.month else []
    return names + ([SCHEME] if old.scheme is not new.scheme and old.scheme != new.scheme else [])


def exchanged(base: Reckoning, other: Reckoning, name: str) -> Reckoning:
    """The reckoning with one thing as in the other."""
    if name == MONTH:
        return replace(base, month=other.month)
    if name == SCHEME:
        return replace(base, scheme=other.scheme)
    return replace(base, profile=replace(base.profile, **{name: getattr(other.profile, name)}))


def movers(old: Reckoning, new: Reckoning, subsidy: str) -> list[str]:
    """The differences that moved the amount; empty where it is the same."""
    was, now = old.amount(subsidy), new.amount(subsidy)
    if was == now:
        return []
    names = differing(old, new)
    needed = [name for name in names if exchanged(new, old, name).amount(subsidy) != now]
    return needed or [name for name in names if exchanged(old, new, name).amount(subsidy) != was] or names


def turned(old: Reckoning, new: Reckoning, subsidy: str) -> list[Turned]:
    """What of the month or the standards moved the amount, everything else being equal."""
    was, now = old.right(subsidy), new.right(subsidy)
    pairs = zip(ALL_EVENTS, relations_of(new.profile, old.month), relations_of(new.profile, new.month), strict=True)
    found = [Turned("event", name, None, _day(new.profile, name, new.month)) for name, a, b in pairs if a != b]
    if found and was.reasons != now.reasons:
        return found
    if (limit := _age_reached(old, new)) is not None and _rows_alike(was.standard, now.standard, old.month, new.month):
        return [Turned("age", "", None, limit)]
    row = now.standard or was.standard
    if row is not None and (name := row.amount.needs) is not None:
        before, after = (r.scheme.base_for(name, r.profile.division, r.profile.area, r.month) for r in (old, new))
        if before != after:
            return [Turned("base", name, before, after)]
    if was.standard != now.standard:
        return [Turned("standard", subsidy, _worth(old, subsidy), _worth(new, subsidy), now.standard)]
    local, then = (r.scheme.parameters_for(r.profile.division, r.month) for r in (new, old))
    return [
        Turned("parameter", f.name, getattr(then, f.name), getattr(local, f.name))
        for f in fields(local)
        if getattr(then, f.name) != getattr(local, f.name)
    ]


def _worth(reckoning: Reckoning, subsidy: str) -> Decimal | None:
    """What the matching row pays, whatever stands against it; None where none matches."""
    profile, scheme, month = reckoning.profile, reckoning.scheme, reckoning.month
    age = age_in(profile.birth, month) if profile.birth else None
    dibao = scheme.dibao_for(profile.division, profile.area, month)
    best = best_row(profile, age, scheme, subsidy, month, dibao)
    return best[0] if best else None


def _day(profile: Profile, name: str, month: Month) -> date | None:
    if name == "imprisoned_on":
        return profile.custody_since(month)
    found: date | None = getattr(profile if name in EVENTS else profile.certificate, name, None)
    return found


def _age_reached(old: Reckoning, new: Reckoning) -> int | None:
    birth = new.profile.birth
    if birth is None:
        return None
    before, after = age_in(birth, old.month), age_in(birth, new.month)
    low, high = sorted((before, after))
    return next((limit for limit in new.scheme.ages if low < limit <= high), None)


def _rows_alike(was: StandardRow | None, now: StandardRow | None, before: Month, after: Month) -> bool:
    """Whether the rows in force could have been the same in both months: then it was the age."""
    return all(row is None or in_force(row.since, row.until, month) for row, month in ((now, before), (was, after)))
