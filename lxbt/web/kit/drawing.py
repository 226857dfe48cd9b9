"""Places on paper for the figures that the server draws: clock, month strip, bridge. Pure: numbers in, shapes out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from lxbt.web.kit.components import Bridge, BridgeBar, Clock, Strip, StripMonth

CLOCK_SHOWN = 12  # a longer limit is drawn in proportion
CLOCK_OVER = 4


@dataclass(frozen=True, slots=True)
class Block:
    """One working day of a clock: left edge in pixels, and whether it is used, left, or beyond the limit."""

    x: float
    kind: str


def clock_blocks(clock: Clock) -> tuple[list[Block], float]:
    """The blocks and the width of the drawing. Blocks are 8 apart; more than twelve days share twelve blocks."""
    limit = max(clock.limit, 1)
    shown = min(limit, CLOCK_SHOWN)
    used = min(clock.used, limit)
    filled = shown if used == limit else math.floor(used * shown / limit)
    over = min(max(clock.used - clock.limit, 0), CLOCK_OVER)
    kinds = ["block"] * filled + ["rest"] * (shown - filled) + ["over"] * over
    return [Block(8 * i, kind) for i, kind in enumerate(kinds)], 8 * len(kinds) - 1


@dataclass(frozen=True, slots=True)
class StripCell:
    """A month drawn: left edge, and the month itself."""

    x: float
    month: StripMonth
    first_of_year: bool
    standard: Decimal | None  # only where it changes


@dataclass(frozen=True, slots=True)
class StripLane:
    """A lane drawn at height `y`."""

    y: float
    subsidy: str
    cells: Sequence[StripCell]


@dataclass(frozen=True, slots=True)
class StripDrawing:
    """The whole strip. `pitch` is the distance of two months, `cell` the width of one; `large` shows amounts inside."""

    width: float
    height: float
    pitch: float
    cell: float
    large: bool
    years: Sequence[tuple[float, str]]
    lanes: Sequence[StripLane]
    event_x: float | None


def strip_drawing(strip: Strip) -> StripDrawing:
    """Cells of 7 (up to 24 months: as wide as there is room) by 26, four pixels between years, figures above where the
    standard changes.
    """
    months = len(strip.lanes[0].months) if strip.lanes else 0
    large = 0 < months <= 24
    pitch = min(88.0, 1056 / months) if large else 8.0
    gap = 0 if large else 4
    lanes, years, event_x = [], [], None
    for index, lane in enumerate(strip.lanes):
        cells, x, standard, year = [], 40.0, None, None
        for month in lane.months:
            if year is not None and month.month.year != year:
                x += gap
            first = month.month.year != year
            year = month.month.year
            changed = month.standard is not None and month.standard != standard
            cells.append(StripCell(x, month, first, month.standard if changed else None))
            if index == 0 and (first or large):
                years.append((x, f"{month.month:%Y-%m}" if large else str(year)))
            if index == 0 and strip.event_month and month.month == strip.event_month:
                event_x = x - 2
            standard = month.standard if month.standard is not None else standard
            x += pitch
        lanes.append(StripLane(38.0 + index * (40 if large else 58), lane.subsidy, cells))
    width = max(1100.0, 40 + months * pitch + 40)
    height = 38 + len(lanes) * (40 if large else 58) - (4 if large else 12)
    return StripDrawing(width, height, pitch, pitch - (4 if large else 1), large, years, lanes, event_x)


@dataclass(frozen=True, slots=True)
class StripRun:
    """Consecutive months of one lane with the same state and standard."""

    subsidy: str
    since: date
    last: date
    state: str
    standard: Decimal | None
    count: int


def strip_runs(strip: Strip) -> list[StripRun]:
    """The strip as the lines of a table."""
    runs = []
    for lane in strip.lanes:
        for (state, standard), group in groupby(lane.months, key=lambda month: (month.state, month.standard)):
            months = list(group)
            runs.append(StripRun(lane.subsidy, months[0].month, months[-1].month, state, standard, len(months)))
    return runs


@dataclass(frozen=True, slots=True)
class BridgeShape:
    """A bar drawn: its middle, left edge, top, height, the level line to the next, and how it is filled."""

    bar: BridgeBar
    middle: float
    x: float
    top: float
    height: float
    level: float
    fill: str
    label_y: float


@dataclass(frozen=True, slots=True)
class BridgeDrawing:
    """The whole bridge. `cut_at` is the amount at which the axis begins, None when it begins at zero."""

    width: float
    height: float
    base: float
    bar: float
    step: float
    shapes: Sequence[BridgeShape]
    cut_at: Decimal | None


def bridge_drawing(bridge: Bridge) -> BridgeDrawing:
    """Bars to scale. When the changes are small beside the totals the axis is cut at a round amount, and it is said."""
    top, base = 34.0, 214.0
    levels, level = [], Decimal(0)
    for bar in bridge.bars:
        before = Decimal(0) if bar.kind == "end" else level
        level = bar.amount if bar.kind == "end" else level + bar.amount
        levels.append((before, level))
    reached = [value for _, value in levels] or [Decimal(1)]
    low, high = min(reached), max(reached)
    cut_at = None
    if low > 0 and (high - low) * 3 < high:
        spread = max(high - low, Decimal(1))
        unit = Decimal(10) ** (math.floor(math.log10(spread)) if spread >= 1 else 0)
        cut_at = max(Decimal(0), (low - spread / 2) // unit * unit)
    floor = cut_at or min(Decimal(0), low)
    scale = (base - top) / float(max(high - floor, Decimal(1)))

    def y(value: Decimal) -> float:
        return round(base - float(max(value - floor, Decimal(0))) * scale, 1)

    step = 640 / max(len(bridge.bars), 1)
    width = min(46.0, step * 0.62)
    shapes = []
    for index, (bar, (before, after)) in enumerate(zip(bridge.bars, levels, strict=True)):
        middle = step * index + step / 2
        upper = min(y(before), y(after)) if bar.kind == "change" else y(after)
        lower = max(y(before), y(after)) if bar.kind == "change" else base
        fill = "end" if bar.kind == "end" else ("up" if bar.amount >= 0 else "down")
        height = max(lower - upper, 1.5)
        shapes.append(BridgeShape(bar, middle, middle - width / 2, upper, height, y(after), fill, upper - 7))
    return BridgeDrawing(640, 256, base, width, step, shapes, cut_at)
