"""Standards as values: who a row is for, what it pays, since when, by which document.

A standard is set by a division (any level) for one subsidy. 国发〔2015〕52号 二(二): the province sets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lxbt.core import reading
from lxbt.core.money import LARGEST, ROUNDINGS, ZERO, plain
from lxbt.core.months import Month
from lxbt.core.profile import (
    AREAS,
    CARE_SETTINGS,
    CATEGORIES,
    ECONOMIC,
    EMPLOYMENT,
    HOUSEHOLD,
    SELF_CARE,
    SEXES,
    SUBSIDIES,
    Profile,
)

DRAFT, PUBLISHED = "draft", "published"
ANY = "any"
_LISTS: Mapping[str, tuple[str, ...]] = {
    "economic": ECONOMIC,
    "category": CATEGORIES,
    "area": AREAS,
    "sex": SEXES,
    "employment": EMPLOYMENT,
    "self_care": SELF_CARE,
    "care_setting": CARE_SETTINGS,
    "household": HOUSEHOLD,
}
_AGES = ("age_from", "age_below")
CONDITIONS = (*_LISTS, "grade", *_AGES, "income_ratio_at_most", "any_of")
FORMS = ("fixed", "yearly", "percent_of_dibao", "top_up_to_dibao")


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold: every entry of `all_of` (name, allowed values or limit), and one of `any_of` if it is not None."""

    all_of: tuple[tuple[str, object], ...] = ()
    any_of: tuple[Condition, ...] | None = None

    def holds(self, profile: Profile, age: int | None) -> bool:
        """Whether the profile at that age (whole years) meets the condition; an unknown value meets none."""
        for name, wanted in self.all_of:
            if not _holds(name, wanted, profile, age):
                return False
        return self.any_of is None or any(one.holds(profile, age) for one in self.any_of)

    def ages(self) -> set[int]:
        """Every age at which the answer may change."""
        found = {int(str(wanted)) for name, wanted in self.all_of if name in _AGES}
        return found.union(*(one.ages() for one in self.any_of or ()))


def _holds(name: str, wanted: object, profile: Profile, age: int | None) -> bool:
    if name in _AGES:
        assert isinstance(wanted, int)
        return age is not None and (age >= wanted if name == "age_from" else age < wanted)
    if name == "income_ratio_at_most":
        assert isinstance(wanted, Decimal)
        return profile.income_ratio is not None and profile.income_ratio <= wanted
    assert isinstance(wanted, tuple)
    if name == "household":
        return any(mark in wanted for mark in profile.household)
    if name in ("category", "grade"):
        return profile.certificate is not None and getattr(profile.certificate, name) in wanted
    value = getattr(profile, name)
    return value is not None and value in wanted


def read_condition(value: object, where: str) -> Condition:
    """A `when` from YAML or JSON, in canonical order: the order of keys and values makes no difference."""
    if value is None:
        return Condition()
    table = reading.mapping(value, where, CONDITIONS)
    all_of: list[tuple[str, object]] = []
    any_of: tuple[Condition, ...] | None = None
    for name, raw in sorted(table.items()):
        place = f"{where}.{name}"
        if name == "any_of":
            alternatives = {read_condition(one, f"{place}[{i}]") for i, one in enumerate(reading.items(raw, place))}
            any_of = tuple(sorted(alternatives, key=repr))
        elif name in _LISTS:
            all_of.append((name, reading.choices(raw, place, _LISTS[name])))
        elif name == "grade":
            listed = raw if isinstance(raw, list | tuple) else [raw]
            all_of.append((name, tuple(sorted({reading.whole(grade, place, 1, 4) for grade in listed}))))
        elif name == "income_ratio_at_most":
            all_of.append((name, Decimal(plain(reading.not_negative(raw, place)))))
        else:
            all_of.append((name, reading.whole(raw, place, 0, 200)))
    return Condition(tuple(all_of), any_of)


def write_condition(condition: Condition) -> dict[str, object]:
    """The condition as JSON; equal conditions are written alike."""
    table: dict[str, object] = {}
    for name, wanted in condition.all_of:
        table[name] = (
            plain(wanted) if isinstance(wanted, Decimal) else list(wanted) if isinstance(wanted, tuple) else wanted
        )
    if condition.any_of is not None:
        table["any_of"] = [write_condition(one) for one in condition.any_of]
    return table


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A step after the base amount: multiply or add, where the condition holds."""

    when: Condition
    multiply: Decimal | None
    add: Decimal | None


@dataclass(frozen=True, slots=True)
class Amount:
    """How much a month: one form, then the adjustments in order, then one rounding."""

    form: str  # of FORMS
    value: Decimal  # yuan a month, yuan a year, percent; unused for top_up_to_dibao
    adjust: tuple[Adjustment, ...] = ()
    round: str = "cent"

    @property
    def needs_dibao(self) -> bool:
        """Whether the 低保 standard enters."""
        return self.form in ("percent_of_dibao", "top_up_to_dibao")

    def of(self, profile: Profile, age: int | None, dibao: Decimal | None) -> Decimal | None:
        """Yuan a month, never below 0; None when the row needs a 低保 standard and there is none."""
        if self.needs_dibao and dibao is None:
            return None
        exact = Fraction(self.value)
        if self.form == "yearly":
            exact /= 12
        elif self.form == "percent_of_dibao":
            exact = exact * Fraction(dibao or 0) / 100
        elif self.form == "top_up_to_dibao":
            exact = max(Fraction(0), Fraction(dibao or 0) - Fraction(profile.own_income))
        for step in self.adjust:
            if step.when.holds(profile, age):
                exact = (
                    exact * Fraction(step.multiply) if step.multiply is not None else exact + Fraction(step.add or 0)
                )
        return max(ZERO, ROUNDINGS[self.round](exact))


def read_amount(value: object, where: str) -> Amount:
    """An `amount` from YAML or JSON."""
    table = reading.mapping(value, where, (*FORMS, "adjust", "round"))
    forms = [form for form in FORMS if form in table]
    if len(forms) != 1:
        raise reading.Unreadable(where, f"须且只须有 {', '.join(FORMS)} 之一")
    form = forms[0]
    if form == "top_up_to_dibao":
        if reading.flag(table[form], f"{where}.{form}") is not True:
            raise reading.Unreadable(f"{where}.{form}", "只能为 true")
        number = Decimal(0)
    else:
        number = reading.not_negative(table[form], f"{where}.{form}")
        if form != "percent_of_dibao" and number > LARGEST:
            raise reading.Unreadable(f"{where}.{form}", f"不能超过 {LARGEST}")
    adjust = []
    for i, raw in enumerate(reading.items(table.get("adjust"), f"{where}.adjust")):
        place = f"{where}.adjust[{i}]"
        step = reading.mapping(raw, place, ("when", "multiply", "add"))
        if ("multiply" in step) == ("add" in step):
            raise reading.Unreadable(place, "须且只须有 multiply, add 之一")
        adjust.append(
            Adjustment(
                when=read_condition(step.get("when"), f"{place}.when"),
                multiply=reading.not_negative(step["multiply"], f"{place}.multiply") if "multiply" in step else None,
                add=reading.number(step["add"], f"{place}.add") if "add" in step else None,
            )
        )
    rounding = reading.choice(table.get("round", "cent"), f"{where}.round", ROUNDINGS)
    return Amount(form, number, tuple(adjust), rounding)


def write_amount(amount: Amount) -> dict[str, object]:
    """The amount as JSON, readable by `read_amount`."""
    table: dict[str, object] = {amount.form: True if amount.form == "top_up_to_dibao" else plain(amount.value)}
    steps: list[dict[str, object]] = []
    for step in amount.adjust:
        how = {"multiply": plain(step.multiply)} if step.multiply is not None else {"add": plain(step.add or ZERO)}
        steps.append({"when": write_condition(step.when), **how})
    if steps:
        table["adjust"] = steps
    if amount.round != "cent":
        table["round"] = amount.round
    return table


@dataclass(frozen=True, slots=True)
class StandardRow:
    """One row in force for the months [since, until). `id` is the table's, None outside the database."""

    division: str
    subsidy: str
    since: Month
    until: Month | None
    when: Condition
    amount: Amount
    floor: bool = False
    document: str = ""
    id: int | None = None


STANDARD_KEYS = (
    "division",
    "subsidy",
    "since",
    "until",
    "when",
    "amount",
    "floor",
    "document",
    "clause",
    "published_on",
    *reading.REMARKS,
)


def read_standard(value: object, where: str, division: str | None = None) -> StandardRow:
    """A standard from YAML or JSON; one without a division has the given one."""
    table = reading.mapping(value, where, STANDARD_KEYS)
    since = reading.month(reading.required(table, "since", where), f"{where}.since")
    until = reading.month_or_none(table.get("until"), f"{where}.until")
    if until is not None and until < since:
        raise reading.Unreadable(f"{where}.until", f"不能早于 since({since})")
    code = table.get("division", division)
    return StandardRow(
        division=reading.division(code, f"{where}.division"),
        subsidy=reading.choice(reading.required(table, "subsidy", where), f"{where}.subsidy", SUBSIDIES),
        since=since,
        until=until,
        when=read_condition(table.get("when"), f"{where}.when"),
        amount=read_amount(reading.required(table, "amount", where), f"{where}.amount"),
        floor=reading.flag(table.get("floor", False), f"{where}.floor"),
        document=str(table.get("document") or ""),
    )


@dataclass(frozen=True, slots=True)
class DibaoRow:
    """The 低保 standard, yuan a month, of a division and area (urban, rural, any) for [since, until)."""

    division: str
    area: str
    since: Month
    until: Month | None
    amount: Decimal


def read_dibao(value: object, where: str, division: str | None = None) -> DibaoRow:
    """A 低保 row from YAML or JSON."""
    table = reading.mapping(
        value, where, ("division", "area", "since", "until", "amount", "document", "published_on", *reading.REMARKS)
    )
    since = reading.month(reading.required(table, "since", where), f"{where}.since")
    until = reading.month_or_none(table.get("until"), f"{where}.until")
    if until is not None and until < since:
        raise reading.Unreadable(f"{where}.until", f"不能早于 since({since})")
    return DibaoRow(
        division=reading.division(table.get("division", division), f"{where}.division"),
        area=reading.choice(table.get("area", ANY), f"{where}.area", (*AREAS, ANY)),
        since=since,
        until=until,
        amount=reading.not_negative(reading.required(table, "amount", where), f"{where}.amount"),
    )


def choices_of(name: str) -> tuple[str, ...]:
    """The words that a condition may name, where it is one over a closed list; empty for every other kind."""
    return _LISTS.get(name, ())


def number_of(amount: Mapping[str, object]) -> tuple[str, Decimal] | None:
    """The form of an amount (as JSON) and its one number; None where it has none, as a top-up has."""
    for form in FORMS:
        value = amount.get(form)
        if value is not None and not isinstance(value, bool):
            return form, Decimal(str(value))
    return None
