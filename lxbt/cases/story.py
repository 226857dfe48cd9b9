"""Reading a replay file: the scheme, and the steps of a story with what each should bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lxbt.core import reading
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.core.reading import Unreadable
from lxbt.standards.rules.scheme import Scheme, read_scheme

Drawn = tuple[str, str, str, Decimal]  # person, subsidy, right-month, amount
Summed = tuple[str, str, Decimal]  # person, subsidy, amount: a line to the bank, or what a claim has outstanding
ACTS = (
    "apply",
    "decide",
    "draw",
    "fact",
    "standard",
    "dibao",
    "renew",
    "result",
    "account",
    "claims",
    "settle",
    "merge",
)
EXPECTED = ("expect", "lines", "claims")  # of a draw


@dataclass(frozen=True)
class Expected:
    """What a draw should bring: its items, its lines to the bank, the claims after it. None: not told."""

    items: list[Drawn] | None = None
    lines: list[Summed] | None = None
    claims: list[Summed] | None = None


@dataclass(frozen=True)
class Step:
    """One step: its day, its act, what it says, and what a draw or a look at the claims should bring."""

    day: date
    act: str
    said: object
    expected: Expected
    where: str


@dataclass(frozen=True)
class Claims:
    """The claims not closed, as a step of its own looked at them, and those that were wanted."""

    day: date
    claims: list[Summed]
    wanted: list[Summed]

    def differs(self) -> bool:
        """Whether they are not those expected, in whatever order."""
        return sorted(self.claims) != sorted(self.wanted)


@dataclass(frozen=True)
class Draw:
    """A draw that was made, and what was wanted of it."""

    day: date
    month: Month
    items: list[Drawn]
    lines: list[Summed]
    claims: list[Summed]
    expected: Expected

    def pairs(self) -> list[tuple[str, list[tuple[object, ...]], list[tuple[object, ...]] | None]]:
        """What was made beside what was wanted, by the word of the story."""
        made = (self.items, self.lines, self.claims)
        wanted = (self.expected.items, self.expected.lines, self.expected.claims)
        return list(zip(EXPECTED, made, wanted, strict=True))  # type: ignore[arg-type]

    def differs(self) -> bool:
        """Whether anything is not as expected, in whatever order."""
        return any(w is not None and sorted(m, key=str) != sorted(w, key=str) for _word, m, w in self.pairs())


@dataclass
class Played:
    """What a story brought: its draws, and what each look at the claims saw."""

    draws: list[Draw] = field(default_factory=list)
    claims: list[Claims] = field(default_factory=list)


def read_story(content: object) -> tuple[Scheme, str | None, list[Step]]:
    """The scheme, its division, and the steps of a replay file; Unreadable names the key at fault."""
    table = reading.mapping(content, "文件", ("scheme", "steps", *reading.REMARKS))
    raw = reading.mapping(reading.required(table, "scheme", ""), "scheme")
    scheme = read_scheme(raw, "scheme")
    division = reading.division(raw["division"], "scheme.division") if "division" in raw else None
    steps = reading.items(reading.required(table, "steps", ""), "steps")
    return scheme, division, [_read_step(step, f"steps[{i}]") for i, step in enumerate(steps)]


def _read_step(raw: object, where: str) -> Step:
    table = reading.mapping(raw, where, ("day", *ACTS, *EXPECTED, *reading.REMARKS))
    day = reading.day(reading.required(table, "day", where), f"{where}.day")
    acts = [act for act in ACTS if act in table]
    if acts == ["draw", "claims"]:  # a draw may tell the claims that stand after it
        acts = ["draw"]
    if len(acts) != 1:
        raise Unreadable(where, f"每一步须且只须有 {', '.join(ACTS)} 之一")
    act = acts[0]
    for word in ("expect", "lines"):
        if word in table and act != "draw":
            raise Unreadable(f"{where}.{word}", f"只有 draw 可以带 {word}")
    expected = Expected(
        [_read_drawn(item, at) for item, at in _told(table, "expect", where)] if "expect" in table else None,
        [read_summed(item, at) for item, at in _told(table, "lines", where)] if "lines" in table else None,
        [read_summed(item, at) for item, at in _told(table, "claims", where)] if "claims" in table else None,
    )
    return Step(day, act, table[act], expected, where)


def _told(table: Mapping[str, object], word: str, where: str) -> list[tuple[object, str]]:
    return [(item, f"{where}.{word}[{i}]") for i, item in enumerate(reading.items(table[word], f"{where}.{word}"))]


def _read_drawn(raw: object, where: str) -> Drawn:
    table = reading.mapping(raw, where, ("person", "subsidy", "right_month", "amount"))
    return (
        str(reading.required(table, "person", where)),
        reading.choice(reading.required(table, "subsidy", where), f"{where}.subsidy", SUBSIDIES),
        str(reading.month(reading.required(table, "right_month", where), f"{where}.right_month")),
        reading.number(reading.required(table, "amount", where), f"{where}.amount").quantize(Decimal("0.01")),
    )


def read_summed(raw: object, where: str) -> Summed:
    """A person, a subsidy and yuan."""
    table = reading.mapping(raw, where, ("person", "subsidy", "amount"))
    return (
        str(reading.required(table, "person", where)),
        reading.choice(reading.required(table, "subsidy", where), f"{where}.subsidy", SUBSIDIES),
        reading.number(reading.required(table, "amount", where), f"{where}.amount").quantize(Decimal("0.01")),
    )
