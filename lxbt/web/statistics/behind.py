"""The rows behind a figure of a county or township: who they are, and that there are as many as the figure says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.core.readers.whole import is_division_code, whole_number
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import Level
from lxbt.entitlements.pricing import Pricer
from lxbt.registry import queries as registry
from lxbt.statistics import causes, queries
from lxbt.statistics.behind import FAILED, WHAT, Behind, rows_behind, sums_behind
from lxbt.statistics.queries import AreaCount
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Column, Crumb, Empty, Page, Person, Row, Subsidies, Tab, Table
from lxbt.web.kit.paging import SIZE
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.statistics.definitions import cause_words
from lxbt.web.statistics.presenters import drill, rows_url

LIMIT = 50_000
WORDS = {
    "persons": lazy("领取人"),
    "started": lazy("新增"),
    "stopped": lazy("停发"),
    "amount": lazy("全部发放"),
    "arrears": lazy("补发"),
    "recovery": lazy("抵扣"),
    "failed": lazy("退票未补"),
}
NEEDED = (P.VIEW_STATISTICS, P.VIEW_PERSONS, P.VIEW_PAYMENTS)


def listed_areas(request: OfficialRequest, codes: Iterable[str]) -> frozenset[str]:
    """Of these areas, those whose figures lead to their rows: within one city, and in scope for persons and money."""
    found = divisions.divisions_by_code(codes)
    return frozenset(
        code
        for code, node in found.items()
        if (node.acts_as_county or node.level in (Level.CITY, Level.TOWNSHIP))
        and all(request.standing.may(permission, code) for permission in NEEDED)
    )


def asked(request: OfficialRequest) -> tuple[AreaCount, str, date, str, str]:
    """(area with its figures, county that pays, month, what, subsidy) of the address."""
    code, what = request.GET.get("code", ""), request.GET.get("what", "")
    subsidy = request.GET.get("subsidy", "") if request.GET.get("subsidy") in SUBSIDIES else ""
    payer = payer_of(code)
    if what not in WHAT or not payer or code not in listed_areas(request, [code]):
        raise Http404
    try:
        month = Month.parse(request.GET.get("month", "")).first
    except ValueError:
        raise Http404 from None
    return queries.area_in_month(code, month), payer, month, what, subsidy


def payer_of(code: str) -> str:
    """Whose batches an area's figures come from: its county, or the city itself for all counties in it; empty
    for none.
    """
    county = divisions.county_of(code)
    node = divisions.division(code) if county is None else None
    return county.code if county else code if node is not None and node.level == Level.CITY else ""


def causes_shown(rows: list[Behind], payer: str, month: date, what: str) -> dict[tuple[int, str], str]:
    """The causes of a page of starts or stops, in words; nothing for other figures."""
    if what not in (causes.STARTED, causes.STOPPED):
        return {}
    found: dict[tuple[int, str], str] = {}
    by_payer: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        county = divisions.county_of(row.division_code)
        by_payer.setdefault(county.code if county else payer, []).append((row.person_id, row.subsidy))
    pricer = Pricer()
    for code, keys in by_payer.items():
        found |= causes.causes_of(keys, payer_code=code, month=Month.of(month), which=what, pricer=pricer)
    return {key: cause_words(cause) for key, cause in found.items()}


def figure_of(area: AreaCount, what: str, subsidy: str) -> int | Decimal:
    """What the dashboard shows."""
    count = getattr(area, subsidy) if subsidy else area.both
    found: int | Decimal = getattr(count, what)
    return found


@page(*NEEDED)
def figure_rows(request: OfficialRequest) -> HttpResponse:
    """A page of the rows behind a figure, the figure beside their count."""
    area, payer, month, what, subsidy = asked(request)
    place, _dot, rest = request.GET.get("after", "").partition(".")
    number, _dot, last = rest.partition(".")
    ident = whole_number(number)
    after = (place, ident, last) if is_division_code(place) and ident is not None else None
    rows = rows_behind(
        payer=payer, area=area.code, month=month, what=what, subsidy=subsidy, after=after, limit=SIZE + 1
    )
    sums = sums_behind(payer=payer, area=area.code, month=month, what=what, subsidy=subsidy)
    shown, figure = rows[:SIZE], figure_of(area, what, subsidy)
    key = f"{shown[-1].division_code}.{shown[-1].person_id}.{shown[-1].subsidy}" if len(rows) > SIZE else ""
    counted = queries.counted_at(area.code)
    context = {
        "area": area,
        "month": month,
        "what": WORDS[what],
        "figure": figure,
        "listed": sums.figure(what),
        "count": sums.rows,
        "yuan": sums.amount,
        "agree": figure == sums.figure(what),
        "counted_at": timezone.localtime(counted) if counted else None,
        "table": rows_table(
            request,
            shown,
            what,
            causes_shown(shown, payer, month, what),
            Page(len(shown), sums.rows, _("行"), key, after is not None),
        ),
        "subsidies": [
            Tab(str(label), rows_url(area.code, month, what, kind), None, kind == subsidy)
            for kind, label in (("", _("两项")), *words.SUBSIDIES_SHORT.items())
        ],
        "whats": [
            Tab(str(label), rows_url(area.code, month, kind, subsidy), None, kind == what)
            for kind, label in WORDS.items()
        ],
        "export": reverse("statistics_rows_export")
        + f"?code={area.code}&month={month:%Y-%m}&what={what}&subsidy={subsidy}",
        "crumbs": [Crumb(_("统计分析"), drill(area.code, month)), Crumb(area.name), Crumb(str(WORDS[what]))],
    }
    return render(request, "statistics/rows.html", context)


def rows_table(
    request: OfficialRequest, rows: list[Behind], what: str, why: dict[tuple[int, str], str], paging: Page
) -> Table:
    """Who, where, how much."""
    cards = registry.person_cards(row.person_id for row in rows)
    standing = request.standing
    lines = []
    for row in rows:
        card = cards[row.person_id]
        url = reverse("person", args=[row.person_id]) if standing.may(P.VIEW_PERSONS, card.division_code) else ""
        cells: list[Any] = [
            Person(card.name, "", card.masked_id, url),
            divisions.name_of(row.division_code),
            Subsidies([row.subsidy]),
        ]
        cause = [why[row.person_id, row.subsidy]] if why else []
        lines.append(Row([*cells, *cause, *money_of(row, what)], url=url, action=_("查看") if url else ""))
    heads = (
        [Column(_("退回金额（元）"), "num")]
        if what == FAILED
        else [Column(head, "num") for head in (_("常规（元）"), _("补发（元）"), _("抵扣（元）"))]
    )
    reason = [Column(_("原因"))] if why else []
    columns = [Column(_("姓名"), phone="lead"), Column(_("户籍")), Column(_("补贴")), *reason, *heads]
    return Table(
        caption=_("明细"),
        columns=columns,
        rows=lines,
        page=paging,
        empty=Empty(_("这个数字是零"), _("没有这样的明细。可换月份、补贴或者项目。"), icon="chart-bar"),
    )


def money_of(row: Behind, what: str) -> list[Decimal]:
    """The columns of money."""
    return [row.regular] if what == FAILED else [row.regular, row.arrears, row.recovery]


@page(*NEEDED)
def rows_export(request: OfficialRequest) -> HttpResponse:
    """All rows behind the figure, at most LIMIT; numbers masked."""
    area, payer, month, what, subsidy = asked(request)
    rows = rows_behind(payer=payer, area=area.code, month=month, what=what, subsidy=subsidy, limit=LIMIT)
    cards = registry.person_cards(row.person_id for row in rows)
    why = causes_shown(rows, payer, month, what)
    heads = [
        _("姓名"),
        _("身份证号"),
        _("户籍"),
        _("补贴"),
        *([_("原因")] if why else []),
        *([_("退回金额（元）")] if what == FAILED else [_("常规（元）"), _("补发（元）"), _("抵扣（元）")]),
    ]
    cells = [
        [
            cards[r.person_id].name,
            cards[r.person_id].masked_id,
            divisions.full_name_of(r.division_code),
            str(words.SUBSIDIES_SHORT[r.subsidy]),
            *([why[r.person_id, r.subsidy]] if why else []),
            *money_of(r, what),
        ]
        for r in rows
    ]
    said = {"month": f"{month:%Y-%m}", "what": what, "subsidy": subsidy}
    return send_sheet(
        request,
        Sheet(
            _("统计明细"),
            heads,
            cells,
            "statistics.rows_exported",
            "division",
            area.code,
            area.code,
            said,
            persons=[r.person_id for r in rows],
        ),
    )
