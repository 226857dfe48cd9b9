"""The books of a month side by side: items, what was ordered, the bank files, what was paid, the published figures."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.statistics.reconciling import Difference, Payer, months_of, reconcile
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Crumb, Empty, Page, Person, Row, Table, Tile
from lxbt.web.kit.sheets import Sheet, send_sheet

SHOWN = 300
WHAT = {
    "items": lazy("批次合计与明细之和不同"),
    "gross": lazy("应发与明细或银行行不同"),
    "order": lazy("应发减已抵扣与报送净额不同"),
    "lines": lazy("报送净额与银行行之和不同"),
    "line_count": lazy("银行行数不同"),
    "file": lazy("银行文件金额与报送净额不同"),
    "file_count": lazy("银行文件行数不同"),
    "figures": lazy("统计数字与明细不同"),
}


def asked(request: OfficialRequest) -> tuple[Month, list[Month], list[Payer]]:
    """The month asked for (the latest with batches otherwise), the months there are, and the payers in sight."""
    months = [Month.of(month) for month in months_of(request.focus)]
    try:
        month = Month.parse(request.GET.get("month", ""))
    except ValueError:
        month = months[0] if months else Month.of(request.today)
    standing = request.standing
    return month, months, [p for p in reconcile(request.focus, month) if standing.may(P.VIEW_PAYMENTS, p.code)]


def cells_of(payer: Payer) -> list[Decimal]:
    """The sums of one payer, yuan."""
    return [payer.items, payer.net, payer.file, payer.paid, payer.figures]


@page(P.VIEW_PAYMENTS)
def reconciling(request: OfficialRequest) -> HttpResponse:
    """Every payer of the area with its five sums; those that differ first, each with what differs and where."""
    month, months, payers = asked(request)
    differing = [payer for payer in payers if payer.differences]
    rows = sorted(payers, key=lambda payer: (not payer.differences, payer.code))
    sums = [sum(column, Decimal(0)) for column in zip(*map(cells_of, payers), strict=True)]
    table = Table(
        caption=_("逐单位对账"),
        columns=[
            Column(_("结果"), phone="first"),
            Column(_("发放单位"), phone="lead"),
            Column(_("明细（元）"), "num"),
            Column(_("报送净额（元）"), "num"),
            Column(_("银行文件（元）"), "num"),
            Column(_("已到账（元）"), "num"),
            Column(_("统计数字（元）"), "num"),
        ],
        rows=[
            Row([_chip(payer), Person(divisions.name_of(payer.code), payer.code), *cells_of(payer)])
            for payer in rows[:SHOWN]
        ],
        totals=["", _("合计"), *sums] if payers else (),
        page=Page(min(SHOWN, len(rows)), len(rows), _("个单位"), "", False),
        empty=Empty(_("这个月没有批次"), _("换一个月份，或先编制批次。")),
    )
    context = {
        "table": table,
        "differences": difference_table(differing) if differing else None,
        "tiles": tiles_of(payers, differing),
        "month": str(month),
        "months": [str(one) for one in months],
        "crumbs": [Crumb(_("发放批次"), reverse("batches")), Crumb(_("对账"))],
    }
    return render(request, "payments/reconciling.html", context)


def tiles_of(payers: list[Payer], differing: list[Payer]) -> list[Tile]:
    """How many agree, how many do not, how many wait to be counted."""
    waiting = sum(payer.waits for payer in payers)
    return [
        Tile(_("一致"), f"{len(payers) - len(differing):,}", _("个单位")),
        Tile(_("不一致"), f"{len(differing):,}", _("个单位"), tone="bad" if differing else ""),
        Tile(_("统计待重算"), f"{waiting:,}", _("个单位"), _("几秒后刷新") if waiting else ""),
    ]


def _chip(payer: Payer) -> Chip:
    if payer.differences:
        return Chip(_("不一致"), "bad")
    return Chip(_("待重算"), "run") if payer.waits else Chip(_("一致"), "ok")


def difference_table(payers: list[Payer]) -> Table:
    """Each difference with its batch."""
    found = [one for payer in payers for one in payer.differences]
    return Table(
        caption=_("不一致"),
        columns=[
            Column(_("发放单位"), phone="lead"),
            Column(_("哪里不同"), phone="first"),
            Column(_("记为"), "num"),
            Column(_("实为"), "num"),
            Column(_("相差"), "num"),
        ],
        rows=[_difference_row(one) for one in found[:SHOWN]],
    )


def _difference_row(one: Difference) -> Row:
    url = reverse("batch", args=[one.batch_id]) if one.batch_id else ""
    name = divisions.name_of(one.payer_code)
    cells = [Person(name, url=url) if url else name, str(WHAT[one.what]), one.told, one.found, one.told - one.found]
    return Row(cells)


@page(P.VIEW_PAYMENTS)
def reconciling_export(request: OfficialRequest) -> HttpResponse:
    """The table as a workbook."""
    month, _months, payers = asked(request)
    heads = [_("区划代码"), _("发放单位"), _("明细（元）"), _("报送净额（元）"), _("银行文件（元）"), _("已到账（元）")]
    heads += [_("统计数字（元）"), _("结果")]
    rows = [[p.code, divisions.name_of(p.code), *cells_of(p), _chip(p).word] for p in payers]
    told = {"month": str(month)}
    place = request.focus
    sheet = Sheet(_("对账表"), heads, rows, "batches.reconciled", "division", place, place, told, personal=False)
    return send_sheet(request, sheet)
