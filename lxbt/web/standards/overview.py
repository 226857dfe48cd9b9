"""Standards at a glance: what decides here and from where it comes, and what each place below has of its own, on a map
too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.core.months import Month
from lxbt.core.profile import AREAS, SUBSIDIES, Profile
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import CORPS, NATION, Level, level_of, prefix
from lxbt.standards.rules.conditions import write_condition
from lxbt.standards.rules.rows import StandardRow, write_amount
from lxbt.standards.rules.scheme import Scheme
from lxbt.web import words
from lxbt.web.kit.components import Area, AreaMap, Chip, Column, Empty, Limit, Link, Row, Subsidies, Table
from lxbt.web.standards.words import amount_words, condition_words


@dataclass(frozen=True)
class Glance:
    """What decides in one place for one subsidy: the least and the most in yuan, and whose rows these are."""

    low: Decimal | None
    high: Decimal | None
    from_code: str  # the division whose rows decide; empty where there is none
    floor: Decimal | None  # the highest floor of places above


def _yuan(row: StandardRow, scheme: Scheme, code: str, month: Month) -> list[Decimal]:
    """What a row gives before its adjustments, by what a place has as bases; nothing where a base is missing."""
    bare = replace(row.amount, adjust=())
    found = {
        bare.of(
            Profile(division=code, area=area),
            None,
            scheme.dibao_for(code, area, month),
            scheme.base_for(bare.base, code, area, month) if bare.base else None,
        )
        for area in AREAS
    }
    return [amount for amount in found if amount is not None]


def glance(scheme: Scheme, code: str, subsidy: str, month: Month) -> Glance:
    """What decides there in that month."""
    own, floors = scheme.rows_for(subsidy, code, month)
    amounts = [amount for row in own for amount in _yuan(row, scheme, code, month)]
    least = [amount for row in floors for amount in _yuan(row, scheme, code, month)]
    return Glance(
        min(amounts, default=None), max(amounts, default=None), own[0].division if own else "", max(least, default=None)
    )


def shown(one: Glance) -> str:
    """80.00 · 80.00 – 120.00 · —."""
    if one.high is None or one.low is None:
        return _("按比例，缺低保标准") if one.from_code else "—"
    return f"{one.low:,.2f}" if one.low == one.high else f"{one.low:,.2f} – {one.high:,.2f}"


def deciding_table(scheme: Scheme, code: str, month: Month, action: Link | None) -> Table:
    """The rows that decide here, then the floors above that they may not fall under."""
    rows = []
    for subsidy in SUBSIDIES:
        own, floors = scheme.rows_for(subsidy, code, month)
        for row in [*own, *floors]:
            floor = row in floors
            if floor:
                chip = Chip(_("上级最低标准"), "hold", "arrow-narrow-up")
            elif row.division == code:
                chip = Chip(_("本级"), "ok")
            else:
                chip = Chip(_("沿用上级"), "run", "corner-down-right")
            rows.append(
                Row(
                    cells=[
                        Subsidies([subsidy]),
                        condition_words(write_condition(row.when)),
                        amount_words(write_amount(row.amount)),
                        divisions.name_of(row.division),
                        chip,
                        str(row.since),
                        row.document,
                    ],
                    url=reverse("standard", args=[row.id]) if row.id else "",
                    action=_("查看") if row.id else "",
                )
            )
    return Table(
        caption=_("现在按什么发"),
        columns=[
            Column(_("补贴"), phone="end"),
            Column(_("条件"), phone="lead"),
            Column(_("金额（元/月）")),
            Column(_("定标准的地区")),
            Column(_("来自"), phone="first"),
            Column(_("自")),
            Column(_("依据")),
        ],
        rows=rows,
        empty=Empty(_("本地区还没有标准"), _("没有标准时沿用上级；上级也没有就不发。"), action, icon="scale"),
    )


def glances(scheme: Scheme, code: str, month: Month) -> list[tuple[Any, dict[str, Glance]]]:
    """Each place directly below with what decides there."""
    if level_of(code) >= Level.COUNTY:
        return []
    nodes = divisions.children(code)
    return [(node, {subsidy: glance(scheme, node.code, subsidy, month) for subsidy in SUBSIDIES}) for node in nodes]


def _whose(one: Glance, code: str) -> Chip:
    if not one.from_code:
        return Chip(_("没有标准"), "bad")
    if one.floor is not None and one.low is not None and one.low < one.floor:
        return Chip(_("低于最低标准"), "warn")
    if one.from_code == code:
        return Chip(_("自定"), "ok")
    return Chip(_("沿用%(place)s") % {"place": divisions.name_of(one.from_code)}, "run", "corner-down-right")


def below_table(found: Sequence[tuple[Any, dict[str, Glance]]]) -> Table:
    """The places below: amounts, and whether they are of their own or inherited."""
    rows = [
        Row(
            cells=[
                node.name,
                shown(by["living"]),
                _whose(by["living"], node.code),
                shown(by["care"]),
                _whose(by["care"], node.code),
            ],
            url=f"{reverse('standards')}?area={node.code}",
            action=_("查看"),
        )
        for node, by in found
    ]
    return Table(
        caption=_("下级一览"),
        columns=[
            Column(_("地区"), phone="lead"),
            Column(_("生活补贴（元/月）"), "num"),
            Column(_("来自")),
            Column(_("护理补贴（元/月）"), "num"),
            Column(_("来自")),
        ],
        rows=rows,
    )


def standards_map(
    code: str, found: Sequence[tuple[Any, dict[str, Glance]]], subsidy: str, as_of: str
) -> AreaMap | None:
    """The highest amount of a subsidy by province, or by city of a province; None where there is no outline."""
    if level_of(code) > Level.PROVINCE or code == CORPS:
        return None
    highs = {node.code: high for node, by in found if (high := by[subsidy].high) is not None}
    values = sorted(set(highs.values()), reverse=True)
    if not values:
        return None
    steps = sorted({values[min(len(values) - 1, len(values) * part // 4)] for part in (0, 1, 2)}, reverse=True)
    limits = [Limit(float(step), _("%(n)s 元以上") % {"n": f"{step:,.0f}"}) for step in steps if step]
    areas = [
        Area(
            node.code[:6],
            node.name,
            float(highs[node.code]) if node.code in highs else None,
            f"{shown(by[subsidy])} · {_whose(by[subsidy], node.code).word}",
            f"{reverse('standards')}?area={node.code}",
        )
        for node, by in found
        if node.code != CORPS
    ]
    corps = next((by for node, by in found if node.code == CORPS), None)
    return AreaMap(
        id="map",
        title=str(words.SUBSIDIES[subsidy]),
        note=_("元/月，同一地区有几档的取最高一档"),
        outline="china" if code == NATION else prefix(code),
        areas=areas,
        limits=[*limits, Limit(0.0, _("更少"))],
        measure=_("元/月"),
        as_of=as_of,
        beside=_("兵团单列：%(n)s") % {"n": shown(corps[subsidy])} if corps and corps[subsidy].high is not None else "",
    )
