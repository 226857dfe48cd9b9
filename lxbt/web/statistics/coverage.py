"""Coverage: certificates against rights against payments, place by place."""

from __future__ import annotations

from decimal import Decimal

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import Level
from lxbt.statistics import queries
from lxbt.statistics.queries import AreaCoverage
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Column, Crumb, Empty, Link, Person, Row, Share, Table, Tile
from lxbt.web.kit.formats import whole
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.statistics import definitions


def asked(request: OfficialRequest) -> str:
    """The area of the address, in scope."""
    code = request.GET.get("code") or request.focus
    if not request.standing.may(P.VIEW_STATISTICS, code) or divisions.division(code) is None:
        raise Http404
    return code


@page(P.VIEW_STATISTICS)
def coverage(request: OfficialRequest) -> HttpResponse:
    """One area: how many are certified, hold the right, are paid; what lies below; who may have been left out."""
    code = asked(request)
    own, below, month = queries.coverage_of(code, today=request.today)
    when = f"{timezone.localtime(own.counted_at):%m-%d %H:%M}" if own.counted_at else ""
    context = {
        "area": own,
        "month": month,
        "as_of": _("截至 %(at)s") % {"at": when} if when else _("还没有统计，每小时统计一次"),
        "tiles": tiles(request, own),
        "table": table(own, below),
        "definitions": definitions.COVERAGE,
        "crumbs": [
            Crumb(n.name, f"?code={n.code}" if request.standing.may(P.VIEW_STATISTICS, n.code) else "")
            for n in divisions.trail(code)
        ],
    }
    return render(request, "statistics/coverage.html", context)


def tiles(request: OfficialRequest, own: AreaCoverage) -> list[Tile]:
    """The figures of the area; those left out lead to the list of persons."""
    lists = reverse("persons") if request.standing.may(P.VIEW_PERSONS) and own.code == request.focus else ""
    return [
        Tile(
            _("有效持证"),
            whole(own.certified),
            _("人"),
            _("其中一、二级 %(n)s 人") % {"n": whole(own.severe)},
            "id-badge-2",
            url=f"{lists}?state=valid" if lists else "",
        ),
        Tile(
            _("护理补贴"),
            whole(own.care),
            _("人"),
            _("实发 %(n)s 人") % {"n": whole(own.care_paid)},
            "heart-handshake",
            subsidy="care",
        ),
        Tile(
            _("生活补贴"),
            whole(own.living),
            _("人"),
            _("实发 %(n)s 人") % {"n": whole(own.living_paid)},
            "home-heart",
            subsidy="living",
        ),
        Tile(
            _("重度未享受护理补贴"),
            whole(own.severe_without),
            _("人"),
            _("须核实是否应享未享"),
            "user-search",
            "warn" if own.severe_without else "",
            url=f"{lists}?held=severe_without" if lists else "",
        ),
        Tile(
            _("低保未享受生活补贴"),
            whole(own.dibao_without),
            _("人"),
            _("含低保边缘"),
            "user-search",
            "warn" if own.dibao_without else "",
            url=f"{lists}?held=dibao_without" if lists else "",
        ),
        Tile(
            _("证件失效仍有待遇"),
            whole(own.lapsed),
            _("人"),
            _("已不发放，等待换证或停发"),
            "clock-exclamation",
            "warn" if own.lapsed else "",
            url=f"{lists}?held=lapsed" if lists else "",
        ),
    ]


def share(part: int, whole_: int) -> object:
    """A part as a bar; nothing where there is no whole."""
    return Share(part / whole_, note=f"{part:,} / {whole_:,}") if whole_ else "—"


def percent(part: int, whole_: int) -> Decimal | None:
    """A part in percent, two digits; nothing where there is no whole."""
    return (Decimal(part) * 100 / whole_).quantize(Decimal("0.01")) if whole_ else None


def table(own: AreaCoverage, below: list[AreaCoverage]) -> Table:
    """What lies below, each leading further down."""

    def cells(a: AreaCoverage) -> list[object]:
        return [
            a.certified,
            a.severe,
            a.care,
            a.care_paid,
            share(a.severe - a.severe_without, a.severe),
            a.dibao,
            a.living,
            a.living_paid,
            share(a.dibao - a.dibao_without, a.dibao),
            a.severe_without,
            a.dibao_without,
            a.lapsed,
        ]

    columns = [
        Column(_("地区"), phone="lead"),
        Column(_("有效持证"), "num"),
        Column(_("一、二级"), "num"),
        Column(_("护理补贴"), "num"),
        Column(_("实发"), "num"),
        Column(_("护理覆盖")),
        Column(_("低保和边缘"), "num"),
        Column(_("生活补贴"), "num"),
        Column(_("实发"), "num"),
        Column(_("生活覆盖")),
        Column(_("重度未享受"), "num"),
        Column(_("低保未享受"), "num"),
        Column(_("证件失效"), "num"),
    ]
    rows = [
        Row(
            [Person(a.name, url=f"?code={a.code}" if a.level < Level.TOWNSHIP else ""), *cells(a)],
            url=f"?code={a.code}" if a.level < Level.TOWNSHIP else "",
        )
        for a in below
    ]
    action = Link(_("人员查询"), reverse("persons"))
    return Table(
        caption=_("分地区"),
        columns=columns,
        rows=rows,
        totals=[own.name, *cells(own)],
        empty=Empty(_("下面没有地区"), _("这是最末一级，名单见人员查询。"), action, icon="map-pin"),
    )


@page(P.VIEW_STATISTICS)
def export(request: OfficialRequest) -> HttpResponse:
    """The table as a workbook, the area itself last."""
    code = asked(request)
    own, below, month = queries.coverage_of(code, today=request.today)
    heads = [
        _("代码"),
        _("地区"),
        _("有效持证"),
        _("一、二级"),
        _("护理补贴"),
        _("护理实发"),
        _("护理覆盖（%）"),
        _("低保和边缘"),
        _("生活补贴"),
        _("生活实发"),
        _("生活覆盖（%）"),
        _("重度未享受"),
        _("低保未享受"),
        _("证件失效"),
    ]
    cells = [
        [
            a.code,
            a.name,
            a.certified,
            a.severe,
            a.care,
            a.care_paid,
            percent(a.severe - a.severe_without, a.severe),
            a.dibao,
            a.living,
            a.living_paid,
            percent(a.dibao - a.dibao_without, a.dibao),
            a.severe_without,
            a.dibao_without,
            a.lapsed,
        ]
        for a in [*below, own]
    ]
    said = {"month": f"{month:%Y-%m}" if month else ""}
    return send_sheet(
        request,
        Sheet(_("持证与补贴覆盖"), heads, cells, "coverage.exported", "division", code, code, said, personal=False),
    )
