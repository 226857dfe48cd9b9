"""What a chart's script reads, and the same numbers as a table."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from lxbt.web.kit.components import AreaMap, BarChart, LineChart


def chart_data(chart: LineChart | BarChart | AreaMap, *, outline_url: str) -> dict[str, Any]:
    """Plain data for `charts.js`. `outline_url` is where a map's outline lies."""
    if isinstance(chart, AreaMap):
        return {
            "kind": "map",
            "outline": chart.outline,
            "outlineUrl": outline_url,
            "measure": chart.measure,
            "areas": [
                {"code": area.code[:6], "name": area.name, "value": area.value, "text": area.text, "url": area.url}
                for area in chart.areas
            ],
            "limits": [{"least": limit.least, "label": limit.label} for limit in chart.limits],
            "none": _("不在统计范围"),
        }
    return {
        "kind": "line" if isinstance(chart, LineChart) else "bar",
        "labels": list(chart.labels),
        "digits": chart.digits,
        "series": [{"name": one.name, "role": one.role, "values": list(one.values)} for one in chart.series],
        "urls": list(chart.urls),
    }


def chart_rows(chart: LineChart | BarChart | AreaMap) -> tuple[list[str], list[dict[str, Any]]]:
    """Heads and rows of the chart's table: `{"name", "url", "cells"}` with cells as text."""
    if isinstance(chart, AreaMap):
        return [_("地区"), chart.measure], [
            {"name": area.name, "url": area.url, "cells": [area.text]} for area in chart.areas
        ]
    rows = []
    for index, label in enumerate(chart.labels):
        values = [one.values[index] for one in chart.series]
        cells = ["\u2014" if value is None else f"{value:,.{chart.digits}f}".replace("-", "\u2212") for value in values]
        rows.append({"name": label, "url": chart.urls[index] if chart.urls else "", "cells": cells})
    return [_("月份"), *(one.name for one in chart.series)], rows
