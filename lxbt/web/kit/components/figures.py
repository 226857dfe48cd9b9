"""Figures: month strip, bridge, charts, map. Each carries enough to be shown as a table too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

MonthState = Literal["paid", "paid_later", "topped_up", "recovered", "overpaid", "resent", "waiting", "none"]
Role = Literal["living", "care", "money", "arrears"]


@dataclass(frozen=True, slots=True)
class StripMonth:
    """One month of one lane. `words` says it in a sentence; `standard` is the amount in force, None without right."""

    month: date
    state: MonthState
    standard: Decimal | None = None
    words: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """All months of one subsidy in order, without gaps; every lane of a strip covers the same months."""

    subsidy: str
    months: Sequence[StripMonth]


@dataclass(frozen=True, slots=True)
class Strip:
    """Years of rights and payments in one picture. `sentence` describes it for those who do not see it."""

    id: str
    lanes: Sequence[Lane]
    sentence: str
    event_month: date | None = None
    event_label: str = ""


@dataclass(frozen=True, slots=True)
class BridgeBar:
    """One bar: an `end` stands on the axis, a `change` goes up or down from the level before.

    `under` counts persons or items.
    """

    label: str
    amount: Decimal
    kind: Literal["end", "change"] = "change"
    under: str = ""


@dataclass(frozen=True, slots=True)
class Bridge:
    """From one total to the next, to the cent: first and last bar are ends, the changes between add up to their
    difference.
    """

    id: str
    title: str
    note: str
    bars: Sequence[BridgeBar]


@dataclass(frozen=True, slots=True)
class Series:
    """Values by label, None where there is none. The role decides colour and dash."""

    name: str
    role: Role
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class MonthChart:
    """Series over months. `urls` (one per label) open on click."""

    id: str
    title: str
    note: str
    labels: Sequence[str]
    series: Sequence[Series]
    as_of: str = ""
    digits: int = 0
    urls: Sequence[str] = ()


class LineChart(MonthChart):
    """As lines."""

    __slots__ = ()


class BarChart(MonthChart):
    """As bars, later series stacked upon earlier ones."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Area:
    """One area of a map: six-digit code, name, value (None: no figures), its text, and where a click leads."""

    code: str
    name: str
    value: float | None
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A class of the legend: values of at least `least` (the last one takes the rest)."""

    least: float
    label: str


@dataclass(frozen=True, slots=True)
class AreaMap:
    """A map of the nation (`outline` china) or of a province (its two digits). At most five limits, highest first."""

    id: str
    title: str
    note: str
    outline: str
    areas: Sequence[Area]
    limits: Sequence[Limit]
    measure: str
    as_of: str = ""
    beside: str = ""
