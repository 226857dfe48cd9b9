"""Standards in words: conditions, amounts, periods, what is in force."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.web.kit.components import Chip, Column, Empty, Link, Row, Subsidies, Table
from lxbt.web.standards.words import amount_words, condition_words


def standard_chip(row: Any, month: Month) -> Chip:
    """草案 · 执行中 · 未到 · 已被替代."""
    if row.state == "draft":
        return Chip(_("草案，未生效"), "off")
    end = min((day for day in (row.until, row.superseded_from) if day is not None), default=None)
    if Month.of(row.since) > month:
        return Chip(_("未到执行月"), "run")
    if end is not None and Month.of(end) <= month:
        return Chip(_("已被替代") if row.superseded_from else _("已到期"), "off", "history")
    return Chip(_("执行中"), "ok")


def standard_table(rows: Iterable[Any], month: Month, *, may_draft: bool) -> Table:
    """Published rows and drafts of an area."""
    return Table(
        caption=_("补贴标准"),
        columns=[
            Column(_("补贴"), phone="end"),
            Column(_("地区")),
            Column(_("条件"), phone="lead"),
            Column(_("金额（元/月）")),
            Column(_("自")),
            Column(_("至")),
            Column(_("依据")),
            Column(_("状态"), phone="first"),
        ],
        rows=[
            Row(
                cells=[
                    Subsidies([row.subsidy]),
                    divisions.name_of(row.division_code) + (_("（最低标准）") if row.floor else ""),
                    condition_words(row.conditions),
                    amount_words(row.amount),
                    f"{row.since:%Y-%m}",
                    f"{row.until:%Y-%m}" if row.until else "—",
                    " ".join(p for p in (row.document_number or row.document_title, row.clause) if p),
                    standard_chip(row, month),
                ],
                url=reverse("standard", args=[row.pk]),
                action=_("查看"),
            )
            for row in rows
        ],
        empty=Empty(
            _("本地区还没有标准"),
            _("没有标准时沿用上级；上级也没有就不发。"),
            Link(_("起草标准"), reverse("standard_new"), primary=True) if may_draft else None,
            icon="scale",
        ),
    )


def cost_table(cost: Any) -> Table:
    """A draft's cost by county."""
    rows = [
        Row(
            cells=[
                divisions.name_of(c.county_code),
                str(c.persons),
                str(c.more),
                str(c.fewer),
                c.now,
                c.then,
                c.difference,
            ]
        )
        for c in cost.counties
    ]
    return Table(
        caption=_("分县测算"),
        columns=[
            Column(_("地区"), phone="lead"),
            Column(_("人数"), "num"),
            Column(_("增加"), "num"),
            Column(_("减少"), "num"),
            Column(_("现行（元/月）"), "num"),
            Column(_("草案（元/月）"), "num"),
            Column(_("差额（元/月）"), "num"),
        ],
        rows=rows,
        totals=[
            _("合计"),
            str(cost.persons),
            str(sum(c.more for c in cost.counties)),
            str(sum(c.fewer for c in cost.counties)),
            sum((c.now for c in cost.counties), Decimal(0)),
            sum((c.then for c in cost.counties), Decimal(0)),
            cost.difference,
        ],
        empty=Empty(_("没有人受影响"), _("执行月内本地区没有人享受这项补贴。")),
    )
