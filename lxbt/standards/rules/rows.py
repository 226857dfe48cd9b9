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
    SUBSIDIES,
    Profile,
    read_word,
    read_words,
)

DRAFT, PUBLISHED = "draft", "published"
ANY = "any"
DIBAO = "dibao"  # the base that needs no name
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
PERCENT = "percent"  # of a named base
FORMS = ("fixed", "yearly", "percent_of_dibao", PERCENT, "top_up_to_dibao")


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
    """What must hold: every entry of `all_of` (name, allowed values or limit), and one of `any_of` if it is not None."""

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
    base: str = ""  # the name of the base that `percent` is of

    @property
    def needs(self) -> str | None:
        """The base that enters, by its name; None without any."""
        if self.form in ("percent_of_dibao", "top_up_to_dibao"):
            return DIBAO
        return self.base if self.form == PERCENT else None

    def of(
        self, profile: Profile, age: int | None, dibao: Decimal | None, base: Decimal | None = None
    ) -> Decimal | None:
        """Yuan a month, never below 0; None when the row needs a base and there is none. `base`: the named one."""
        given = base if self.form == PERCENT else dibao
        if self.needs is not None and given is None:
            return None
        exact = Fraction(self.value)
        if self.form == "yearly":
            exact /= 12
        elif self.form in ("percent_of_dibao", PERCENT):
            exact = exact * Fraction(given or 0) / 100
        elif self.form == "top_up_to_dibao":
            exact = max(Fraction(0), Fraction(given or 0) - Fraction(profile.own_income or 0))
        for step in self.adjust:
            if step.when.holds(profile, age, dibao):
                exact = (
                    exact * Fraction(step.multiply) if step.multiply is not None else exact + Fraction(step.add or 0)
                )
        return max(ZERO, ROUNDINGS[self.round](exact))


def read_amount(value: object, where: str) -> Amount:
    """An `amount` from YAML or JSON."""
    table = reading.mapping(value, where, (*FORMS, "of", "adjust", "round"))
    forms = [form for form in FORMS if form in table]
    if len(forms) != 1:
        raise reading.Unreadable(where, f"须且只须有 {', '.join(FORMS)} 之一")
    form = forms[0]
    if ("of" in table) != (form == PERCENT):
        raise reading.Unreadable(where, "percent 与 of（占哪个基数）要一起写，其他写法没有 of")
    base = read_word(table["of"], f"{where}.of") if form == PERCENT else ""
    if form == "top_up_to_dibao":
        if reading.flag(table[form], f"{where}.{form}") is not True:
            raise reading.Unreadable(f"{where}.{form}", "只能为 true")
        number = Decimal(0)
    else:
        number = reading.not_negative(table[form], f"{where}.{form}")
        if form not in ("percent_of_dibao", PERCENT) and number > LARGEST:
            raise reading.Unreadable(f"{where}.{form}", f"不能超过 {LARGEST}")
    adjust = []
    for i, raw in enumerate(reading.items(table.get("adjust"), f"{where}.adjust")):
        place = f"{where}.adjust[{i}]"
        step = reading.mapping(raw, place, ("when", "multiply", "add"))
        if ("multiply" in step) == ("add" in step):
            raise reading.Unreadable(place, "须且只须有 multiply, add 之一")
        adjust.append(
            Adjustment(
                when=read_condition(step.get("when"), f"{place}.when", SERVICE_GRADES),
                multiply=reading.not_negative(step["multiply"], f"{place}.multiply") if "multiply" in step else None,
                add=reading.number(step["add"], f"{place}.add") if "add" in step else None,
            )
        )
    rounding = reading.choice(table.get("round", "cent"), f"{where}.round", ROUNDINGS)
    if base == DIBAO:
        form, base = "percent_of_dibao", ""
    return Amount(form, number, tuple(adjust), rounding, base)


def write_amount(amount: Amount) -> dict[str, object]:
    """The amount as JSON, readable by `read_amount`."""
    table: dict[str, object] = {amount.form: True if amount.form == "top_up_to_dibao" else plain(amount.value)}
    if amount.base:
        table["of"] = amount.base
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
    """The 低保 standard, or another base by its name: yuan a month of a division and area (urban, rural, any) for [since, until)."""

    division: str
    area: str
    since: Month
    until: Month | None
    amount: Decimal
    name: str = DIBAO


BASE_KEYS = ("division", "area", "since", "until", "amount", "document", "published_on", *reading.REMARKS)


def read_dibao(value: object, where: str, division: str | None = None, name: str = DIBAO) -> DibaoRow:
    """A row of the 低保 standard from YAML or JSON."""
    table = reading.mapping(value, where, BASE_KEYS)
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
        name=name,
    )


def read_base(value: object, where: str, division: str | None = None) -> DibaoRow:
    """A row of a named base from YAML or JSON."""
    table = reading.mapping(value, where, BASE_KEYS)
    name = read_word(reading.required(table, "name", where), f"{where}.name")
    if name == DIBAO:
        raise reading.Unreadable(f"{where}.name", "低保标准请写在 dibao 里")
    return read_dibao(value, where, division, name)


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
