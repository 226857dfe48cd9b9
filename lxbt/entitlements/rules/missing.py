"""Which facts nobody has told, and which would decide what somebody is paid: the rows asked what they turn on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from lxbt.core.months import Month
from lxbt.core.profile import Profile
from lxbt.standards.rules.conditions import Condition
from lxbt.standards.rules.rows import Amount, StandardRow
from lxbt.standards.rules.scheme import Scheme

# The fact that a condition looks at, where it is not called like it.
FACTS: Mapping[str, str] = {
    "income_ratio_at_most": "income_ratio",
    "own_income_at_most": "own_income",
    "own_income_ratio_at_most": "own_income",
    "grade": "certificate",
    "category": "certificate",
    "credential": "certificate",
}


def _unknown(profile: Profile, age: int | None, name: str) -> str | None:
    """The fact that a condition needs and nobody told; None where it is known.

    An age may be known without the day of birth.
    """
    if name in ("age_from", "age_below"):
        return "birth" if age is None else None
    if name == "component":
        certificate = profile.certificate
        if certificate is None:
            return "certificate"
        return "components" if certificate.category == "multiple" and not certificate.components else None
    key = FACTS.get(name, name)
    return key if getattr(profile, key) in (None, ()) else None


def _possible(when: Condition, profile: Profile, age: int | None, dibao: Decimal | None) -> set[str] | None:
    """The untold facts on which it turns whether the condition holds; None where it cannot hold whatever they are."""
    missing: set[str] = set()
    for name, wanted in when.all_of:
        fact = _unknown(profile, age, name)
        if fact is not None:
            missing.add(fact)
        elif not Condition(((name, wanted),)).holds(profile, age, dibao):
            return None
    if when.any_of is not None:
        ways = [way for one in when.any_of if (way := _possible(one, profile, age, dibao)) is not None]
        if not ways:
            return None
        if all(ways):  # no alternative holds by what is known
            missing |= set().union(*ways)
    return missing


def missing_facts(
    profile: Profile, age: int | None, scheme: Scheme, subsidy: str, month: Month, paid: Decimal
) -> tuple[str, ...]:
    """The facts to ask for, where the rule says something else than what was paid; empty where no untold fact decides.

    Rows that would give just what was paid are asked alone, where there are any.
    """
    own, floors = scheme.rows_for(subsidy, profile.division, month)
    dibao = scheme.dibao_for(profile.division, profile.area, month)
    exact: set[str] = set()
    every: set[str] = set()
    for row in (*own, *floors):
        asked = _possible(row.when, profile, age, dibao)
        if asked is None:
            continue
        base = scheme.base_for(row.amount.base, profile.division, profile.area, month) if row.amount.base else None
        ways = list(_ways(row, profile, age, dibao))
        every |= asked.union(*(more for _amount, more in ways))
        found = [more for amount, more in ways if amount.of(profile, age, dibao, base) == paid]
        if found:
            exact |= asked | min(found, key=len)
    return tuple(sorted(exact or every))


def _ways(
    row: StandardRow, profile: Profile, age: int | None, dibao: Decimal | None
) -> Iterator[tuple[Amount, set[str]]]:
    """The amount by what is known, then with each set of its open steps taken, with the facts that these turn on."""
    steps = row.amount.adjust
    held = [step.when.holds(profile, age, dibao) for step in steps]
    turns = [_possible(step.when, profile, age, dibao) or set() for step in steps]
    free = [n for n, step in enumerate(steps) if not held[n] and turns[n]]
    for size in range(len(free) + 1):
        for chosen in combinations(free, size):
            taken = tuple(replace(step, when=Condition()) for n, step in enumerate(steps) if held[n] or n in chosen)
            yield replace(row.amount, adjust=taken), set().union(*(turns[n] for n in chosen))
