"""The dashboard of each level and its export. Reads roll-ups only; says when they were counted."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.statistics import queries
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb, Tab
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.statistics import definitions, presenters
from lxbt.web.statistics.behind import listed_areas

DIMENSIONS = {
    "grade": lazy("残疾等级"),
    "category": lazy("残疾类别"),
    "economic": lazy("经济类别"),
    "area": lazy("城乡"),
    "started": lazy("新增原因"),
    "stopped": lazy("停发原因"),
}


def asked(request: OfficialRequest) -> tuple[str, date, queries.Overview]:
    """The area and month of the address, in scope, and its figures; the latest month counted when none is named."""
    code = request.GET.get("code") or request.focus
    if not request.standing.may(P.VIEW_STATISTICS, code) or divisions.division(code) is None:
        raise Http404
    try:
        month = Month.parse(request.GET.get("month", "")).first
    except ValueError:
        month = None
    found = queries.overview(code, month, today=request.today)
    return code, found.month or request.today.replace(day=1), found


@page(P.VIEW_STATISTICS)
def statistics(request: OfficialRequest) -> HttpResponse:
    """One area, one month: figures, map, trends, what lies below, by class."""
    code, month, found = asked(request)
    now, rows, trend, months, counted = found.now, found.below, found.whole, found.months, found.counted_at
    as_of = _("截至 %(at)s") % {"at": f"{timezone.localtime(counted):%m-%d %H:%M}"} if counted else _("还没有统计")
    listed = listed_areas(request, [code, *(row.code for row in rows)])
    dimension = request.GET.get("by", "grade") if request.GET.get("by") in DIMENSIONS else "grade"
    query = f"?code={code}&month={month:%Y-%m}"
    context = {
        "area": now,
        "month": month,
        "as_of": as_of,
        "stale": found.stale,
        "running": found.is_open,
        "definitions": definitions.MONTH,
        "months": [
            Tab(
                f"{m:%Y-%m}" if m < found.running else _("%(m)s 进行中") % {"m": f"{m:%Y-%m}"},
                f"?code={code}&month={m:%Y-%m}",
                None,
                m == month,
            )
            for m in months[:6]
        ],
        "tiles": presenters.tiles(now, found.before, month, code in listed),
        "map": presenters.area_map(now, rows, month, as_of),
        "persons": presenters.persons_chart(trend, as_of) if len(trend) > 1 else None,
        "money": presenters.money_chart(trend, as_of) if len(trend) > 1 else None,
        "table": presenters.area_table(now, presenters.ordered(rows, request.GET.get("sort", "code")), month, listed),
        "classes": presenters.class_table(dimension, queries.classes_in_month(code, month, dimension)),
        "dimensions": [
            Tab(str(label), f"{query}&by={key}#classes", None, key == dimension) for key, label in DIMENSIONS.items()
        ],
        "crumbs": [
            Crumb(
                node.name,
                presenters.drill(node.code, month) if request.standing.may(P.VIEW_STATISTICS, node.code) else "",
            )
            for node in divisions.trail(code)
        ],
    }
    return render(request, "statistics/statistics.html", context)


@page(P.VIEW_STATISTICS)
def export(request: OfficialRequest) -> HttpResponse:
    """The table of the page as a workbook, the area itself last."""
    code, month, found = asked(request)
    rows = presenters.ordered(found.below, request.GET.get("sort", "code"))
    heads = [
        _("代码"),
        _("地区"),
        _("生活补贴（人）"),
        _("护理补贴（人）"),
        *(
            f"{subsidy}·{head}"
            for subsidy in (*words.SUBSIDIES_SHORT.values(), _("合计"))
            for head in (
                _("常规（元）"),
                _("补发（元）"),
                _("抵扣（元）"),
                _("合计（元）"),
                _("新增"),
                _("停发"),
                _("退票未补"),
            )
        ),
    ]
    cells = [
        [
            a.code,
            a.name,
            a.living.persons,
            a.care.persons,
            *(
                value
                for c in (a.living, a.care, a.both)
                for value in (c.regular, c.arrears, c.recovery, c.amount, c.started, c.stopped, c.failed)
            ),
        ]
        for a in [*rows, found.now]
    ]
    title = _("统计 %(m)s") % {"m": f"{month:%Y-%m}"}
    said = {"month": f"{month:%Y-%m}"}
    return send_sheet(
        request, Sheet(title, heads, cells, "statistics.exported", "division", code, code, said, personal=False)
    )
