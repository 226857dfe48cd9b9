"""Figures as the dashboard shows them: tiles, map, trends, the table below, the classes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.divisions.rules import CORPS, NATION, Level, prefix
from lxbt.statistics.queries import AreaCount, Count
from lxbt.web import words
from lxbt.web.kit.components import (
    Area,
    AreaMap,
    BarChart,
    Behind,
    Column,
    Empty,
    Limit,
    LineChart,
    Row,
    Series,
    Table,
    Tile,
)
from lxbt.web.kit.formats import large
from lxbt.web.statistics.definitions import CAUSES, cause_words

ZERO = Decimal(0)


def change(now: Decimal | int, before: Decimal | int) -> str:
    """环比 +0.12%."""
    if not before:
        return ""
    share = (Decimal(now) - Decimal(before)) / Decimal(before) * 100
    return _("环比 %(s)s%%") % {"s": f"{share:+.2f}".replace("-", "−")}


def tiles(now: AreaCount, before: AreaCount | None, month: date, listed: bool = False) -> list[Tile]:
    """Recipients of each subsidy, the month's money, started and stopped, failed; each leads to its rows, or to the
    areas that make it.
    """

    def url(what: str, subsidy: str = "") -> str:
        return figure_url(now, month, what, subsidy, listed)

    past = before or AreaCount(now.code, now.name, now.level)
    found = []
    for key, label in words.SUBSIDIES_SHORT.items():
        count, then = getattr(now, key), getattr(past, key)
        value, unit = large(count.persons)
        found.append(
            Tile(
                str(label),
                value,
                unit + _("人"),
                change(count.persons, then.persons),
                subsidy=key,
                url=url("persons", key),
            )
        )
    both: Count = now.both
    value, unit = large(both.amount)
    found.append(
        Tile(
            _("本月发放"),
            value,
            unit + _("元"),
            _("其中补发 %(a)s，抵扣 %(r)s")
            % {"a": f"{both.arrears:,.0f}", "r": f"{both.recovery:,.0f}".replace("-", "−")},
            icon="cash",
            url=url("amount"),
        )
    )
    average = both.regular / both.persons if both.persons else ZERO
    found.append(Tile(_("人均标准"), f"{average:,.2f}", _("元"), icon="calculator"))
    found.append(
        Tile(
            _("新增 / 停发"),
            f"{both.started:,} / {both.stopped:,}",
            _("人·项"),
            icon="arrows-exchange",
            url=url("stopped"),
        )
    )
    found.append(
        Tile(
            _("退票未补"),
            f"{both.failed:,}",
            _("笔"),
            tone="warn" if both.failed else "",
            icon="credit-card-off",
            url=url("failed"),
        )
    )
    return found


def area_map(parent: AreaCount, rows: Sequence[AreaCount], month: date, as_of: str) -> AreaMap | None:
    """The average amount a person and month by province, or by city of a province; None where there is no outline."""
    if parent.level > Level.PROVINCE or parent.code == CORPS:
        return None
    outline = "china" if parent.code == NATION else prefix(parent.code)
    values = [r.both.persons for r in rows if r.both.persons]
    if not values:
        return None
    ordered = sorted(values, reverse=True)
    steps = sorted(
        {ordered[min(len(ordered) - 1, len(ordered) * (2 * part + 1) // 8)] for part in (0, 1, 2)}, reverse=True
    )
    limits = [Limit(float(step), _("%(n)s 人·项以上") % {"n": f"{step:,}"}) for step in steps] + [Limit(0.0, _("更少"))]
    corps = next((r for r in rows if r.code == CORPS), None)
    areas = [
        Area(
            r.code[:6],
            r.name,
            float(r.both.persons) if r.both.persons else None,
            f"{r.both.persons:,} · {r.both.amount:,.2f}",
            drill(r.code, month),
        )
        for r in rows
        if r.code != CORPS
    ]
    beside = _("兵团单列：%(n)s 人·项") % {"n": f"{corps.both.persons:,}"} if corps and corps.both.persons else ""
    return AreaMap(
        id="map",
        title=_("在享人·项"),
        note=_("点区域逐级下钻"),
        outline=outline,
        areas=areas,
        limits=limits,
        measure=_("人·项"),
        as_of=as_of,
        beside=beside,
    )


def drill(code: str, month: date) -> str:
    """The dashboard of an area below."""
    return f"{reverse('statistics')}?code={code}&month={month:%Y-%m}"


def persons_chart(trend: Sequence[tuple[date, AreaCount]], as_of: str) -> LineChart:
    """Recipients month by month."""
    return LineChart(
        id="persons",
        title=_("人数"),
        note=_("人，近 %(n)d 个月") % {"n": len(trend)},
        labels=[f"{month:%Y-%m}" for month, _a in trend],
        series=[
            Series(str(words.SUBSIDIES_SHORT["living"]), "living", [float(a.living.persons) for _m, a in trend]),
            Series(str(words.SUBSIDIES_SHORT["care"]), "care", [float(a.care.persons) for _m, a in trend]),
        ],
        as_of=as_of,
    )


def money_chart(trend: Sequence[tuple[date, AreaCount]], as_of: str) -> BarChart:
    """Money month by month, arrears on top."""
    return BarChart(
        id="money",
        title=_("发放"),
        note=_("元；浅色为补发"),
        labels=[f"{month:%Y-%m}" for month, _a in trend],
        series=[
            Series(_("常规"), "money", [float(a.both.regular) for _m, a in trend]),
            Series(_("补发"), "arrears", [float(a.both.arrears) for _m, a in trend]),
        ],
        as_of=as_of,
        digits=2,
    )


SORTS: dict[str, Any] = {
    "living": lambda r: r.living.persons,
    "care": lambda r: r.care.persons,
    "amount": lambda r: r.both.amount,
    "arrears": lambda r: r.both.arrears,
    "failed": lambda r: r.both.failed,
    "recovery": lambda r: r.both.recovery,
    "started": lambda r: r.both.started,
    "stopped": lambda r: r.both.stopped,
    "code": lambda r: r.code,
}


def ordered(rows: Sequence[AreaCount], sort: str) -> list[AreaCount]:
    """Rows by the column that the head was clicked on."""
    key = SORTS.get(sort.lstrip("-"), SORTS["code"])
    return sorted(rows, key=key, reverse=sort.startswith("-"))


def rows_url(code: str, month: date, what: str, subsidy: str = "") -> str:
    """The list behind a figure."""
    return f"{reverse('statistics_rows')}?code={code}&month={month:%Y-%m}&what={what}" + (
        f"&subsidy={subsidy}" if subsidy else ""
    )


def figure_url(area: AreaCount, month: date, what: str, subsidy: str, listed: bool) -> str:
    """Where a figure leads: to the rows behind it, or, where they are too many for one list, to the areas below in its
    order.
    """
    if listed:
        return rows_url(area.code, month, what, subsidy)
    order = subsidy if what == "persons" else what
    return f"{drill(area.code, month)}&sort=-{order}#below" if area.level < Level.CITY and order in SORTS else ""


def area_table(
    parent: AreaCount, rows: Sequence[AreaCount], month: date, listed: frozenset[str] = frozenset()
) -> Table:
    """What lies directly below, each leading further down; the area itself as total.

    `listed`: areas whose figures lead to their rows.
    """

    def cells(a: AreaCount) -> list[object]:
        figures: tuple[tuple[int | Decimal, str, str], ...] = (
            (a.living.persons, "persons", "living"),
            (a.care.persons, "persons", "care"),
            (a.both.amount, "amount", ""),
            (a.both.arrears, "arrears", ""),
            (a.both.recovery, "recovery", ""),
            (a.both.started, "started", ""),
            (a.both.stopped, "stopped", ""),
            (a.both.failed, "failed", ""),
        )
        return [
            Behind(value, url) if value and (url := figure_url(a, month, what, subsidy, a.code in listed)) else value
            for value, what, subsidy in figures
        ]

    return Table(
        caption=_("下级地区"),
        columns=[
            Column(_("地区"), phone="lead", sort="code"),
            Column(_("生活补贴（人）"), "num", "living"),
            Column(_("护理补贴（人）"), "num", "care"),
            Column(_("金额（元）"), "num", "amount"),
            Column(_("其中补发（元）"), "num", "arrears"),
            Column(_("抵扣（元）"), "num", "recovery"),
            Column(_("新增"), "num", "started"),
            Column(_("停发"), "num", "stopped"),
            Column(_("退票未补"), "num", "failed"),
        ],
        rows=[
            Row(
                cells=[a.name, *cells(a)],
                url=drill(a.code, month) if a.level < Level.TOWNSHIP else "",
                action=_("看下级") if a.level < Level.TOWNSHIP else "",
            )
            for a in rows
        ],
        totals=[parent.name, *cells(parent)],
        empty=Empty(_("下面没有地区"), _("这是最末一级，名册见发放批次。"), icon="map-pin"),
    )


CLASS_WORDS: dict[str, dict[Any, Any]] = {
    "grade": {str(k): v for k, v in words.GRADES.items()},
    "category": words.CATEGORIES,
    "economic": words.ECONOMIC,
    "area": words.AREAS,
    "started": CAUSES,
    "stopped": CAUSES,
}


def class_table(dimension: str, rows: Sequence[tuple[str, str, int, Decimal]]) -> Table:
    """Persons by one class and subsidy, and their money where the class has any."""
    names, money = CLASS_WORDS[dimension], dimension not in ("started", "stopped")
    by_value: dict[str, dict[str, tuple[int, Decimal]]] = {}
    for value, subsidy, persons, amount in rows:
        by_value.setdefault(value, {})[subsidy] = (persons, amount)
    none = (0, ZERO)
    lines = []
    for value, found in sorted(by_value.items()):
        living, care = found.get("living", none), found.get("care", none)
        name = str(names[value]) if value in names else _("未登记") if money else cause_words(value)
        lines.append(Row(cells=[name, *living[: 1 + money], *care[: 1 + money]]))
    yuan = [Column(_("金额（元）"), "num")] if money else []
    return Table(
        caption=_("分类"),
        columns=[
            Column(_("类别"), phone="lead"),
            Column(_("生活补贴（人）"), "num"),
            *yuan,
            Column(_("护理补贴（人）"), "num"),
            *yuan,
        ],
        rows=lines,
        empty=Empty(_("还没有数字"), _("批次复核后自动统计。"), icon="chart-bar"),
    )
