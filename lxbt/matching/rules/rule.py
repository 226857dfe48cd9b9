"""What a rule of comparison is, and its settings in a division. Pure: the SQL of a rule is a text here.

A rule's `select` gives rows (person_id, source, subsidy, since, until, excess, fuzzy, evidence):

- subsidy: `living`, `care`, or '' for both;
- [since, until): the months that are not owed (over) or owed (under); null where a rule cannot say;
- excess: yuan for the month `since`, where the rule knows it; else what was paid for those months is counted from the
  items;
- fuzzy: the person was met by name only, or by likelihood;
- evidence: what both sides say, stable while the facts are.

It reads the work tables that `operations.working` prepares, with `{here}` where the area of a setting goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

FOUNDING = "国发〔2015〕52号"
WHO, RELATION, CHAIN, PAYING, REVIEW = (
    f"{FOUNDING} {clause}" for clause in ("二（一）", "二（四）", "三（二）", "三（三）", "三（四）")
)
CONDITIONS_2021 = "民发〔2021〕70号"
PRECISION_2022 = "民发〔2022〕79号"
CHECKING_2023 = "民办函〔2023〕43号"


class Side(StrEnum):
    """Whether too much was paid, too little, or a step was done badly."""

    OVER = "over"
    UNDER = "under"
    PROCESS = "process"


class Severity(StrEnum):
    """How much hangs on it."""

    HIGH = "high"
    MIDDLE = "middle"
    LOW = "low"


class Verifier(StrEnum):
    """Who verifies: the township of the household, or the county."""

    TOWNSHIP = "township"
    COUNTY = "county"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of a rule that a division may set, or words to choose from (`choices`, any of them)."""

    key: str
    title: str
    default: Any
    low: int = 0
    high: int = 1000
    unit: str = ""
    choices: tuple[str, ...] = ()

    def read(self, value: object) -> Any:
        """The value as this parameter allows it; ValueError with what it should be."""
        if self.choices:
            if not isinstance(value, list | tuple) or any(word not in self.choices for word in value):
                raise ValueError(f"{self.title}：{'、'.join(self.choices)}")
            return [word for word in self.choices if word in value]
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise ValueError(f"{self.title}：{self.low} – {self.high}")
        return value


@dataclass(frozen=True)
class Rule:
    """One rule: what it is called, on what it rests, what it compares, and how it is verified."""

    code: str
    name: str
    basis: str  # document, with the clause where one is known
    compares: str
    side: Side
    select: str
    severity: Severity = Severity.MIDDLE
    days: int = 10  # working days for verification
    verifier: Verifier = Verifier.TOWNSHIP
    exact: bool = True  # else by likelihood: a hit only ever asks somebody to look
    holding: bool = True  # over: only who was paid for those months, or still holds the right, is a case
    monthly: bool = False  # looks at one month at a time: a later run adds to the case
    of_places: bool = False  # gives signals of places, not persons: (division_code, source, evidence)
    sources: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    on: bool = True  # unless a division says otherwise
    tables: frozenset[str] = frozenset()  # work tables that cost something and are made only when asked for

    def parameter(self, key: str) -> Parameter | None:
        """One of its parameters, None where there is none of that key."""
        return next((p for p in self.parameters if p.key == key), None)


@dataclass(frozen=True)
class Setting:
    """A rule as it is set in a division: on or off, working days, its numbers, who dispatches, which sources stop by
    themselves.
    """

    on: bool
    days: int
    values: Mapping[str, Any] = field(default_factory=dict)
    dispatch: str = "auto"  # or `county`: somebody there looks first
    stopping: tuple[str, ...] = ()  # sources whose hits suspend payment at once, with a notice

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal settings have equal keys."""
        return (
            self.on,
            self.days,
            tuple(sorted((k, repr(v)) for k, v in self.values.items())),
            self.dispatch,
            self.stopping,
        )


class BadSetting(ValueError):
    """A setting names something the rule does not have, or gives it a value it cannot have."""


def read_setting(rule: Rule, value: object) -> Setting:
    """A rule's setting from its dated parameter; None gives the defaults. BadSetting says what is wrong."""
    told = {} if value is None else value
    if not isinstance(told, Mapping):
        raise BadSetting(rule.code)
    known = {"on", "days", "dispatch", "stopping", *(p.key for p in rule.parameters)}
    unknown = sorted(set(told) - known)
    if unknown:
        raise BadSetting("、".join(unknown))
    days, dispatch, stopping = told.get("days", rule.days), told.get("dispatch", "auto"), told.get("stopping", ())
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= 120:
        raise BadSetting("days")
    if dispatch not in ("auto", "county") or not isinstance(told.get("on", rule.on), bool):
        raise BadSetting("dispatch")
    if not isinstance(stopping, list | tuple) or any(source not in rule.sources for source in stopping):
        raise BadSetting("stopping")
    try:
        values = {p.key: p.read(told[p.key]) if p.key in told else p.default for p in rule.parameters}
    except ValueError as error:
        raise BadSetting(str(error)) from None
    return Setting(bool(told.get("on", rule.on)), days, values, str(dispatch), tuple(stopping))


def setting_name(code: str) -> str:
    """The name of the dated parameter that holds a rule's setting."""
    return f"match.{code.lower()}"


def precision(hits: int, misses: int) -> float | None:
    """The share of verified cases that were true, wholly or partly; None before any was."""
    return hits / (hits + misses) if hits + misses else None


def in_groups(settings: Mapping[str, Setting]) -> Sequence[tuple[Setting, list[str]]]:
    """Places with equal settings together: (setting, places)."""
    found: dict[tuple[Any, ...], tuple[Setting, list[str]]] = {}
    for place, setting in settings.items():
        found.setdefault(setting.key, (setting, []))[1].append(place)
    return list(found.values())
