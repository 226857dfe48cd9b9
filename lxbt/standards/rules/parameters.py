"""Local rules that are not amounts: dated, set by a division, inherited by what lies below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lxbt.core import reading
from lxbt.core.months import Month, in_force
from lxbt.core.profile import SUBSIDIES, read_word
from lxbt.divisions.rules import NATION, ancestors

NEXT_MONTH, SAME_MONTH = "next_month", "same_month"
APPLICATION, ISSUE = "application", "issue"
STOPS, COUNTS = "stops", "counts"
AFTER_DECISION = "after_decision"
APPLY, RESUME = "apply", "resume"
EXCLUDES, HIGHER_OF = "excludes", "higher_of"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What another allowance does to the subsidies it is set against: it excludes them, or the higher one is drawn."""

    name: str
    against: tuple[str, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """The local rules of one division in one month.

    stop: the month after an event, or that of the event, is the first not paid (民发〔2021〕70号: the next month).
    class_change: the same for a new grade or category.
    recertified_basis, backpay_months: from which month a renewed certificate pays again, and how many unpaid months
    before it at most (民发〔2022〕79号: the month of application; 民发〔2021〕70号: the month of issue; three months).
    work_injury_care, retired_cadre, imprisoned: the subsidies that each excludes; allowances: the same of others by
    name.
    expired_certificate: in a month of `counts` expiry is no reason (a transition, 民发〔2021〕70号).
    start: a right begins with the month of application, or with the month after the decision.
    after_custody: who was released applies anew, or is paid again without it.
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
    allowances: tuple[Allowance, ...] = ()
    expired_certificate: str = STOPS
    start: str = APPLICATION
    after_custody: str = APPLY


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
    "allowances",
    "expired_certificate",
    "start",
    "after_custody",
)
_WORDS: Mapping[str, tuple[str, ...]] = {
    "stop": (NEXT_MONTH, SAME_MONTH),
    "class_change": (NEXT_MONTH, SAME_MONTH),
    "expired_certificate": (STOPS, COUNTS),
    "start": (APPLICATION, AFTER_DECISION),
    "after_custody": (APPLY, RESUME),
}


def read_parameter(name: str, raw: object, where: str) -> object:
    """The value of a rule parameter, checked."""
    if name in _WORDS:
        return reading.choice(raw, where, _WORDS[name])
    if name == "allowances":
        return _read_allowances(raw, where)
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


def _read_allowances(raw: object, where: str) -> object:
    found: dict[str, object] = {}
    for name, value in sorted(reading.mapping(raw, where).items(), key=str):
        place = f"{where}.{name}"
        table = reading.mapping(value, place, ("against", "rule"))
        word = read_word(name, place)
        if word in ("work_injury_care", "elderly_care"):
            raise reading.Unreadable(place, "这项待遇有自己的参数，请用那一个")
        against = reading.choices(reading.required(table, "against", place), f"{place}.against", SUBSIDIES)
        rule = reading.choice(reading.required(table, "rule", place), f"{place}.rule", (EXCLUDES, HIGHER_OF))
        if word in found:
            raise reading.Unreadable(place, "同一名称只能写一次")
        found[word] = {"against": list(against), "rule": rule}
    return found


def _read_row(raw: object, where: str) -> ParameterRow:
    table = reading.mapping(raw, where, ("name", "value", "division", "since", "until", "document", "note", "source"))
    name = reading.choice(reading.required(table, "name", where), f"{where}.name", RULES)
    since = reading.month_or_none(table.get("since"), f"{where}.since")
    until = reading.month_or_none(table.get("until"), f"{where}.until")
    if since is not None and until is not None and until <= since:
        raise reading.Unreadable(f"{where}.until", f"须晚于 since({since})")
    return ParameterRow(
        division=reading.division(table["division"], f"{where}.division") if "division" in table else NATION,
        name=name,
        value=read_parameter(name, reading.required(table, "value", where), f"{where}.value"),
        since=since,
        until=until,
    )


def read_parameters(value: object, where: str, division: str = NATION) -> tuple[ParameterRow, ...]:
    """The `parameters` of a scheme: a table, as rows of `division` without beginning or end; or a list of
    dated rows.
    """
    if value is None:
        return ()
    if isinstance(value, list | tuple):
        rows = [_read_row(raw, f"{where}[{i}]") for i, raw in enumerate(value)]
        places = [(row.name, row.division, row.since) for row in rows]
        for i, place in enumerate(places):
            if place in places[:i]:
                raise reading.Unreadable(f"{where}[{i}]", f"{place[0]} 在同一区划、同一月份只能有一个值")
        return tuple(rows)
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
        elif name == "allowances":
            assert isinstance(row.value, Mapping)
            told = (Allowance(word, tuple(one["against"]), one["rule"]) for word, one in sorted(row.value.items()))
            found = replace(found, allowances=tuple(told))
        elif isinstance(row.value, list):
            found = replace(found, **{name: tuple(row.value)})  # type: ignore[arg-type]
        elif name in RULES:
            found = replace(found, **{name: row.value})  # type: ignore[arg-type]
    return found
