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
from lxbt.core.profile import AREAS, SERVICE_GRADES, SUBSIDIES, Profile, read_word
from lxbt.standards.rules.conditions import Condition, read_condition, write_condition

DRAFT, PUBLISHED = "draft", "published"
ANY = "any"
DIBAO = "dibao"  # the base that needs no name
PERCENT = "percent"  # of a named base
FORMS = ("fixed", "yearly", "percent_of_dibao", PERCENT, "top_up_to_dibao")


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
    """The 低保 standard, or another base by its name: yuan a month of a division and area (urban, rural, any) for
    [since, until).
    """

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


def number_of(amount: Mapping[str, object]) -> tuple[str, Decimal] | None:
    """The form of an amount (as JSON) and its one number; None where it has none, as a top-up has."""
    for form in FORMS:
        value = amount.get(form)
        if value is not None and not isinstance(value, bool):
            return form, Decimal(str(value))
    return None
