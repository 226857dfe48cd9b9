"""Local rules that are not amounts: dated, set by a division, inherited by what lies below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lxbt.core import reading
from lxbt.core.months import Month, in_force
from lxbt.core.profile import SUBSIDIES
from lxbt.divisions.rules import NATION, ancestors

NEXT_MONTH, SAME_MONTH = "next_month", "same_month"
APPLICATION, ISSUE = "application", "issue"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The local rules of one division in one month.

    stop: the month after an event, or that of the event, is the first not paid (民发〔2021〕70号: the next month).
    class_change: the same for a new grade or category.
    recertified_basis, backpay_months: from which month a renewed certificate pays again, and how many unpaid months
    before it at most (民发〔2022〕79号: the month of application; 民发〔2021〕70号: the month of issue; three months).
    work_injury_care, retired_cadre, imprisoned: the subsidies that each excludes.
    """

    stop: str = NEXT_MONTH
    class_change: str = NEXT_MONTH
    work_injury_care: tuple[str, ...] = SUBSIDIES
    retired_cadre: tuple[str, ...] = ("living",)
    imprisoned: tuple[str, ...] = SUBSIDIES
    care_needs_long_term_care: bool = True
    elderly_care_higher_of: bool = True
    recertified_basis: str = APPLICATION
    backpay_months: int = 3


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """A division's value of one parameter for [since, until); None is open."""

    division: str
    name: str
    value: object  # as read by read_parameter
    since: Month | None = None
    until: Month | None = None


RULES = (
    "stop",
    "class_change",
    "work_injury_care",
    "retired_cadre",
    "imprisoned",
    "care_needs_long_term_care",
    "elderly_care_higher_of",
    "recertified",
)


def read_parameter(name: str, raw: object, where: str) -> object:
    """The value of a rule parameter, checked."""
    if name in ("stop", "class_change"):
        return reading.choice(raw, where, (NEXT_MONTH, SAME_MONTH))
    if name in ("work_injury_care", "retired_cadre", "imprisoned"):
        return list(reading.choices(raw, where, SUBSIDIES))
    if name in ("care_needs_long_term_care", "elderly_care_higher_of"):
        return reading.flag(raw, where)
    if name == "recertified":
        table = reading.mapping(raw, where, ("basis", "backpay_months"))
        read: dict[str, object] = {}
        if "basis" in table:
            read["basis"] = reading.choice(table["basis"], f"{where}.basis", (APPLICATION, ISSUE))
        if "backpay_months" in table:
            read["backpay_months"] = reading.whole(table["backpay_months"], f"{where}.backpay_months", 0, 120)
        return read
    raise reading.Unreadable(where, f"不认识的参数；可用：{', '.join(RULES)}")


def read_parameters(value: object, where: str, division: str = NATION) -> tuple[ParameterRow, ...]:
    """The `parameters` table of a scheme, as rows of `division` without beginning or end."""
    if value is None:
        return ()
    table = reading.mapping(value, where, RULES)
    return tuple(
        ParameterRow(division, name, read_parameter(name, raw, f"{where}.{name}")) for name, raw in table.items()
    )


def parameters_in_force(rows: Iterable[ParameterRow], division: str, month: Month) -> Parameters:
    """Each parameter from the nearest division upward that has a row in force, its latest; else the default."""
    place = {code: i for i, code in enumerate(ancestors(division))}
    chosen: dict[str, tuple[tuple[int, int], ParameterRow]] = {}
    for row in rows:
        if row.division in place and in_force(row.since, row.until, month):
            rank = (-place[row.division], row.since.ordinal if row.since else 0)
            if row.name not in chosen or rank >= chosen[row.name][0]:
                chosen[row.name] = (rank, row)
    found = Parameters()
    for name, (_rank, row) in chosen.items():
        if name == "recertified":
            assert isinstance(row.value, Mapping)
            basis = row.value.get("basis", found.recertified_basis)
            months = row.value.get("backpay_months", found.backpay_months)
            found = replace(found, recertified_basis=str(basis), backpay_months=int(months))
        elif isinstance(row.value, list):
            found = replace(found, **{name: tuple(row.value)})  # type: ignore[arg-type]
        elif name in RULES:
            found = replace(found, **{name: row.value})  # type: ignore[arg-type]
    return found
