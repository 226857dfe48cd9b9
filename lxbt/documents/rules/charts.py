"""Charts drawn as SVG for paper: lines and stacked bars over labels, with axis, grid and names at the end. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 66, 84, 16, 34
INKS: Mapping[str, tuple[str, str]] = {  # colour and dashes by role
    "living": ("#0A6E69", ""),
    "care": ("#5B3E9E", "6 4"),
    "money": ("#2C3A4D", ""),
    "arrears": ("#9DB0C4", ""),
    "done": ("#0F4C75", ""),
    "target": ("#8B877C", "3 3"),
}
SPARE = ("#1B5496", "")
SHOWN = 12  # labels under the axis


def scale_of(highest: float) -> tuple[float, float]:
    """The top of the axis and the distance of its lines: 4 to 6 lines at 1, 2 or 5 of a power of ten."""
    if highest <= 0:
        return 1.0, 0.25
    raw = highest / 5
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * times for times in (1, 2, 2.5, 5, 10) if power * times >= raw)
    return math.ceil(highest / step) * step, step


def in_short(value: float) -> str:
    """A number at the axis: 1,200, 35 万, 2.5 亿."""
    for size, word in ((1e8, " 亿"), (1e4, " 万")):
        if abs(value) >= size:
            return f"{value / size:,.2f}".rstrip("0").rstrip(".") + word
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def chart_drawing(*, form: str, labels: Sequence[str], series: Sequence[Mapping[str, Any]], font: str) -> bytes:
    """`form` is line or bar (later series stacked upon earlier ones); values may be None.

    Bars and lines start at zero.
    """
    count = max(len(labels), 1)
    values = [[float(v) if v is not None else None for v in one["values"]] for one in series]
    if form == "bar":
        tops = [sum(max(row[i] or 0.0, 0.0) for row in values) for i in range(len(labels))]
    else:
        tops = [v for row in values for v in row if v is not None]
    top, step = scale_of(max(tops, default=0.0))
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(index: int) -> float:
        return round(LEFT + wide * (index + 0.5) / count, 1)

    def y(value: float) -> float:
        return round(TOP + tall * (1 - value / top), 1)

    out = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
            f'font-family={quoteattr(font)} font-size="12">'
        )
    ]
    for n in range(round(top / step) + 1):
        out.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(n * step)}" y2="{y(n * step)}" '
            f'stroke="{"#8B877C" if n == 0 else "#E0DCD2"}"/>'
        )
        out.append(
            f'<text x="{LEFT - 8}" y="{y(n * step) + 4}" text-anchor="end" fill="#4A5361">{in_short(n * step)}</text>'
        )
    every = math.ceil(count / SHOWN)
    for index, label in enumerate(labels):
        if (count - 1 - index) % every == 0:
            out.append(
                f'<text x="{x(index)}" y="{HEIGHT - 12}" text-anchor="middle" fill="#4A5361">{escape(label)}</text>'
            )
    draw = _bars if form == "bar" else _lines
    out.extend(draw(values, series, x, y, wide / count))
    return "".join([*out, "</svg>"]).encode()


def _lines(
    values: Sequence[Sequence[float | None]], series: Sequence[Mapping[str, Any]], x: Any, y: Any, _wide: float
) -> list[str]:
    out, taken = [], []  # type: ignore[var-annotated]
    for row, one in zip(values, series, strict=True):
        ink, dashes = INKS.get(one.get("role", ""), SPARE)
        places = [(x(i), y(v)) for i, v in enumerate(row) if v is not None]
        if not places:
            continue
        path = " ".join(f"{'M' if n == 0 else 'L'}{px} {py}" for n, (px, py) in enumerate(places))
        out.append(
            f'<path d="{path}" fill="none" stroke="{ink}" '
            f'stroke-width="2"{f" stroke-dasharray={quoteattr(dashes)}" if dashes else ""}/>'
        )
        px, py = places[-1]
        out.append(f'<circle cx="{px}" cy="{py}" r="3" fill="{ink}"/>')
        while any(abs(py - other) < 14 for other in taken):
            py += 14
        taken.append(py)
        out.append(f'<text x="{px + 8}" y="{py + 4}" fill="{ink}">{escape(one["name"])}</text>')
    return out


def _bars(
    values: Sequence[Sequence[float | None]], series: Sequence[Mapping[str, Any]], x: Any, y: Any, wide: float
) -> list[str]:
    out, thick = [], round(min(28.0, wide * 0.6), 1)
    reached = [0.0] * max(map(len, values), default=0)
    for row, one in zip(values, series, strict=True):
        ink, _dashes = INKS.get(one.get("role", ""), SPARE)
        for index, value in enumerate(row):
            if value is None or value <= 0:
                continue
            low, reached[index] = reached[index], reached[index] + value
            out.append(
                f'<rect x="{x(index) - thick / 2}" y="{y(reached[index])}" width="{thick}" '
                f'height="{round(y(low) - y(reached[index]), 1)}" fill="{ink}"/>'
            )
    for n, one in enumerate(series):
        ink, _dashes = INKS.get(one.get("role", ""), SPARE)
        place = TOP + 8 + 18 * n
        out.append(f'<rect x="{WIDTH - RIGHT + 10}" y="{place - 9}" width="10" height="10" fill="{ink}"/>')
        out.append(f'<text x="{WIDTH - RIGHT + 25}" y="{place}" fill="#4A5361">{escape(one["name"])}</text>')
    return out
