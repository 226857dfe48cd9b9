"""The bar of windows: one block for each batch on a line of days, and a mark for today. Pure: days in, places out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lxbt.rollout.rules.plan import Window

WIDTH = 300.0


@dataclass(frozen=True)
class Block:
    """One batch: left edge, width, how it stands, its first day and name."""

    x: float
    width: float
    phase: str
    opens_on: date
    batch: int


@dataclass(frozen=True)
class Line:
    """All of them; `today` is None where today lies outside."""

    blocks: tuple[Block, ...]
    today: float | None
    width: float = WIDTH


def line_of(windows: Mapping[int, Window], on: date) -> Line | None:
    """Blocks in proportion to their days; None without windows."""
    if not windows:
        return None
    first = min(w.opens_on for w in windows.values())
    last = max(w.closes_on for w in windows.values())
    whole = (last - first).days + 1
    blocks = []
    for batch, window in sorted(windows.items()):
        x = WIDTH * (window.opens_on - first).days / whole
        width = WIDTH * ((window.closes_on - window.opens_on).days + 1) / whole
        blocks.append(Block(round(x, 1), round(max(width - 2, 2), 1), window.phase(on), window.opens_on, batch))
    today = round(WIDTH * ((on - first).days + 0.5) / whole, 1) if first <= on <= last else None
    return Line(tuple(blocks), today)


def common_window(windows: list[Window]) -> Window | None:
    """The window that most provinces of a batch share; the earliest of equals."""
    counted = sorted({w: windows.count(w) for w in windows}.items(), key=lambda pair: (-pair[1], pair[0]))
    return counted[0][0] if counted else None
