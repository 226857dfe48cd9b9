"""Conditions as values: whom a row, or a step of its amount, is for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lxbt.core import reading
from lxbt.core.money import plain
from lxbt.core.profile import (
    AREAS,
    CARE_SETTINGS,
    CATEGORIES,
    CREDENTIALS,
    DISABLED,
    ECONOMIC,
    EMPLOYMENT,
    GRADES,
    HOUSEHOLD,
    PENSIONS,
    SELF_CARE,
    SERVICE_GRADES,
    SEXES,
    Profile,
    read_words,
)

_LISTS: Mapping[str, tuple[str, ...]] = {
    "economic": ECONOMIC,
    "category": CATEGORIES,
    "area": AREAS,
    "sex": SEXES,
    "employment": EMPLOYMENT,
    "self_care": SELF_CARE,
    "care_setting": CARE_SETTINGS,
    "household": HOUSEHOLD,
    "pension": PENSIONS,
    "credential": CREDENTIALS,
}
_AGES = ("age_from", "age_below")
_LIMITS = ("income_ratio_at_most", "own_income_at_most", "own_income_ratio_at_most")
CONDITIONS = (*_LISTS, "grade", "component", "steady_income", "marks", *_AGES, *_LIMITS, "any_of")


@dataclass(frozen=True, slots=True)
class Component:
    """What one and the same component of a certificate must meet; None: whatever it is."""

    category: tuple[str, ...] | None
    grade: tuple[int, ...] | None

    def met_by(self, category: str | None, grade: int) -> bool:
        """Whether a component of that category and grade meets it."""
        return (self.category is None or category in self.category) and (self.grade is None or grade in self.grade)


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold: every entry of `all_of` (name, allowed values or limit), and one of `any_of` if it is
    not None.
    """

    all_of: tuple[tuple[str, object], ...] = ()
    any_of: tuple[Condition, ...] | None = None

    def holds(self, profile: Profile, age: int | None, dibao: Decimal | None) -> bool:
        """Whether the profile at that age (whole years) meets the condition; an unknown value meets none.

        `dibao`: the 低保 standard that would apply to the person.
        """
        for name, wanted in self.all_of:
            if not _holds(name, wanted, profile, age, dibao):
                return False
        return self.any_of is None or any(one.holds(profile, age, dibao) for one in self.any_of)

    def of_row(self, profile: Profile, age: int | None, dibao: Decimal | None) -> bool:
        """The same of a row: what names no credential is for those with a 残疾人证 alone."""
        kind = profile.certificate.kind if profile.certificate else DISABLED
        return self.holds(profile, age, dibao) if kind == DISABLED else self._named(profile, age, dibao)

    def _named(self, profile: Profile, age: int | None, dibao: Decimal | None) -> bool:
        if any(name == "credential" for name, _wanted in self.all_of):
            return self.holds(profile, age, dibao)
        own = all(_holds(name, wanted, profile, age, dibao) for name, wanted in self.all_of)
        return own and any(one._named(profile, age, dibao) for one in self.any_of or ())

    def ages(self) -> set[int]:
        """Every age at which the answer may change."""
        found = {int(str(wanted)) for name, wanted in self.all_of if name in _AGES}
        return found.union(*(one.ages() for one in self.any_of or ()))

    def names(self) -> set[str]:
        """Every condition that it is made of."""
        return {name for name, _wanted in self.all_of}.union(*(one.names() for one in self.any_of or ()))


def _holds(name: str, wanted: object, profile: Profile, age: int | None, dibao: Decimal | None) -> bool:
    if name in _AGES:
        assert isinstance(wanted, int)
        return age is not None and (age >= wanted if name == "age_from" else age < wanted)
    if name in _LIMITS:
        assert isinstance(wanted, Decimal)
        return _within(name, wanted, profile, dibao)
    certificate = profile.certificate
    if isinstance(wanted, Component):
        return certificate is not None and any(wanted.met_by(one.category, one.grade) for one in certificate.parts)
    assert isinstance(wanted, tuple)
    if name in ("household", "marks"):
        return any(mark in wanted for mark in getattr(profile, name))
    if name in ("category", "grade", "credential"):
        own = "kind" if name == "credential" else name
        return certificate is not None and getattr(certificate, own) in wanted
    value = getattr(profile, name)
    return value is not None and value in wanted


def _within(name: str, wanted: Decimal, profile: Profile, dibao: Decimal | None) -> bool:
    if name == "income_ratio_at_most":
        return profile.income_ratio is not None and profile.income_ratio <= wanted
    if profile.own_income is None:
        return False
    if name == "own_income_at_most":
        return profile.own_income <= wanted
    return bool(dibao) and Fraction(profile.own_income) <= Fraction(wanted) * Fraction(dibao or 0)


def _grades(raw: object, where: str, most: int) -> tuple[int, ...]:
    listed = raw if isinstance(raw, list | tuple) else [raw]
    return tuple(sorted({reading.whole(grade, where, 1, most) for grade in listed}))


def _component(raw: object, where: str, most: int) -> Component:
    table = reading.mapping(raw, where, ("category", "grade"))
    return Component(
        reading.choices(table["category"], f"{where}.category", CATEGORIES) if "category" in table else None,
        _grades(table["grade"], f"{where}.grade", most) if "grade" in table else None,
    )


def _flags(raw: object, where: str) -> tuple[bool, ...]:
    listed = raw if isinstance(raw, list | tuple) else [raw]
    return tuple(sorted({reading.flag(one, where) for one in listed}))


def read_condition(value: object, where: str, most: int = GRADES) -> Condition:
    """A `when` from YAML or JSON, in canonical order: the order of keys and values makes no difference.

    `most`: the highest grade that may be named; where a credential is named, those of the service.
    """
    if value is None:
        return Condition()
    table = reading.mapping(value, where, CONDITIONS)
    most = SERVICE_GRADES if "credential" in table else most
    all_of: list[tuple[str, object]] = []
    any_of: tuple[Condition, ...] | None = None
    for name, raw in sorted(table.items()):
        place = f"{where}.{name}"
        if name == "any_of":
            alternatives = {
                read_condition(one, f"{place}[{i}]", most) for i, one in enumerate(reading.items(raw, place))
            }
            any_of = tuple(sorted(alternatives, key=repr))
        elif name in _LISTS:
            all_of.append((name, reading.choices(raw, place, _LISTS[name])))
        elif name == "marks":
            all_of.append((name, read_words(raw, place)))
        elif name == "steady_income":
            all_of.append((name, _flags(raw, place)))
        elif name == "component":
            all_of.append((name, _component(raw, place, most)))
        elif name == "grade":
            all_of.append((name, _grades(raw, place, most)))
        elif name in _LIMITS:
            all_of.append((name, Decimal(plain(reading.not_negative(raw, place)))))
        else:
            all_of.append((name, reading.whole(raw, place, 0, 200)))
    return Condition(tuple(all_of), any_of)


def write_condition(condition: Condition) -> dict[str, object]:
    """The condition as JSON; equal conditions are written alike."""
    table: dict[str, object] = {}
    for name, wanted in condition.all_of:
        if isinstance(wanted, Component):
            parts = {"category": wanted.category, "grade": wanted.grade}
            table[name] = {key: list(words) for key, words in parts.items() if words is not None}
        elif isinstance(wanted, Decimal):
            table[name] = plain(wanted)
        else:
            table[name] = list(wanted) if isinstance(wanted, tuple) else wanted
    if condition.any_of is not None:
        table["any_of"] = [write_condition(one) for one in condition.any_of]
    return table


def choices_of(name: str) -> tuple[str, ...]:
    """The words that a condition may name, where it is one over a closed list; empty for every other kind."""
    return _LISTS.get(name, ())
