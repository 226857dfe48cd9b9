"""What a rule of comparison found, how often it was right, how it was set: tables."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.divisions import queries as divisions
from lxbt.matching.operations import trying
from lxbt.matching.queries.precision import precision_by_rule
from lxbt.matching.rules.rule import setting_name
from lxbt.registry import queries as registry
from lxbt.standards.queries import parameters_of
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.components import Column, Empty, Person, Row, Share, Table
from lxbt.web.matching.words import source_name

YEAR = 365


def examples_table(request: OfficialRequest, tried: trying.Tried | None) -> Table | None:
    """Some of what a tried setting would find."""
    if tried is None or not tried.examples:
        return None
    cards, money = registry.person_cards([row[0] for row in tried.examples]), request.standing.may(P.VIEW_PAYMENTS)
    rows = [
        Row(
            [
                Person(cards[ident].name, "", cards[ident].masked_id, reverse("person", args=[ident])),
                source_name(source),
                *([amount] if money else []),
            ]
        )
        for ident, source, amount in tried.examples
        if ident in cards
    ]
    return Table(
        caption=_("示例"),
        columns=[
            Column(_("姓名"), phone="lead"),
            Column(_("来源")),
            *([Column(_("金额（元）"), "num")] if money else []),
        ],
        rows=rows,
    )


def precision_table(request: OfficialRequest, code: str) -> Table:
    """What came of the rule's cases by source, in the last year."""
    found = [p for p in precision_by_rule(request.focus, since=request.today - timedelta(days=YEAR)) if p.rule == code]
    rows = [
        Row(
            [
                source_name(p.source),
                p.raised,
                p.open,
                p.hits,
                p.misses,
                p.unclear,
                Share(p.share, note=f"{p.hits:,} / {p.hits + p.misses:,}") if p.share is not None else "—",
            ]
        )
        for p in found
    ]
    return Table(
        caption=_("近一年核实结果"),
        columns=[
            Column(_("来源"), phone="lead"),
            Column(_("产生"), "num"),
            Column(_("在办"), "num"),
            Column(_("属实"), "num"),
            Column(_("不属实"), "num"),
            Column(_("无法核实"), "num"),
            Column(_("命中率")),
        ],
        rows=rows,
        empty=Empty(_("还没有核实过"), _("核实结果会按来源累计在这里，供调整规则。"), icon="chart-bar"),
    )


def set_table(request: OfficialRequest, code: str) -> Table | None:
    """Where and since when the rule is set otherwise than by default."""
    rows = [r for r in parameters_of(request.focus) if r.name == setting_name(code)]
    if not rows:
        return None
    return Table(
        caption=_("已设定"),
        columns=[
            Column(_("地区"), phone="lead"),
            Column(_("自")),
            Column(_("启用")),
            Column(_("期限"), "num"),
            Column(_("文号")),
            Column(_("登记日")),
        ],
        rows=[
            Row(
                [
                    divisions.name_of(r.division_code),
                    f"{r.since:%Y-%m}" if r.since else "—",
                    _("是") if r.value.get("on", True) else _("否"),
                    r.value.get("days", "—"),
                    r.document_number or "—",
                    r.recorded_on,
                ]
            )
            for r in rows
        ],
    )
