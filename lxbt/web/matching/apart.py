"""What the places of an area keep quiet, switch off or set otherwise: for the level above, which is not asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts import queries as accounts
from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.matching.catalogue import RULES
from lxbt.matching.queries.settings import quiets_in, set_apart_in
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Crumb, Empty, Page, Person, Row, Tab, Table
from lxbt.web.kit.paging import changed_query
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.matching.words import rule_name, source_name

SIZE = 50
KINDS = {"quiet": lazy("停报"), "off": lazy("停用"), "set": lazy("另设")}
TONES = {"quiet": "hold", "off": "bad", "set": "run"}


@dataclass(frozen=True)
class Apart:
    """One thing that holds in a place and not above it."""

    kind: str  # quiet | off | set
    rule: str
    division_code: str
    since: date | None
    until: date | None
    by: str
    why: str


def found_in(area: str, on: date) -> list[Apart]:
    """Everything set apart in an area and below it, the places in order."""
    quiets = [
        Apart(
            "quiet",
            q.rule,
            q.division_code,
            q.since,
            q.until,
            f"{q.proposed_by_name} · {q.by_name}",
            " · ".join((source_name(q.source) if q.source else _("全部来源"), q.reason)),
        )
        for q in quiets_in(area, on)
    ]
    rows = set_apart_in(RULES, area, Month.of(on))
    names = accounts.names_of([pk for row in rows for pk in (row.drafted_by_id, row.recorded_by_id) if pk])
    settings = [
        Apart(
            "off" if row.rule.on and not row.setting.on else "set",
            row.rule.code,
            row.division_code,
            row.since,
            row.until,
            " · ".join(names[pk] for pk in (row.drafted_by_id, row.recorded_by_id) if pk in names),
            row.document_number,
        )
        for row in rows
    ]
    return sorted([*quiets, *settings], key=lambda one: (one.division_code, one.rule, one.kind))


def chosen(request: OfficialRequest) -> tuple[list[Apart], dict[str, int], str]:
    """The rows of the tab, how many each tab has, and the tab."""
    rows = found_in(request.focus, request.today)
    text = request.GET.get("q", "").strip()
    if text:
        rows = [r for r in rows if text in divisions.name_of(r.division_code) or text.upper() == r.rule]
    counts = {kind: sum(r.kind == kind for r in rows) for kind in KINDS}
    tab = request.GET.get("kind", "")
    return [r for r in rows if r.kind == tab or tab not in KINDS], counts, tab


def columns() -> list[Column]:
    """The heads of the page's table, and of the workbook."""
    return [
        Column(_("状态"), phone="first"),
        Column(_("规则"), phone="lead"),
        Column(_("地区")),
        Column(_("起"), "short"),
        Column(_("至"), "short"),
        Column(_("经办人")),
        Column(_("理由或文号")),
    ]


def cells_of(one: Apart) -> list[object]:
    """One row, as page and workbook show it."""
    since = f"{one.since:%Y-%m-%d}" if one.since else _("一直")
    until = f"{one.until:%Y-%m-%d}" if one.until else _("未定")
    return [divisions.name_of(one.division_code), since, until, one.by or "—", one.why or "—"]


@page(P.VIEW_SUSPICIONS, P.DRAFT_STANDARDS)
def rules_apart(request: OfficialRequest) -> HttpResponse:
    """What is quiet, off or set otherwise in the area, by place."""
    rows, counts, tab = chosen(request)
    shown = Paginator(rows, SIZE).get_page(request.GET.get("page"))

    def at(kind: str) -> str:
        return changed_query(request.GET, page=None, kind=kind)

    tabs = [Tab(_("全部"), at(""), sum(counts.values()), tab not in KINDS)]
    tabs += [Tab(str(word), at(kind), counts[kind], tab == kind) for kind, word in KINDS.items()]
    table = Table(
        caption=_("另行设置"),
        columns=columns(),
        rows=[row_of(one) for one in shown.object_list],
        page=Page(len(shown.object_list), len(rows), _("项"), "", False),
        empty=Empty(_("本地区没有另行设置"), _("所辖各地都按上级的规则比对，没有停报、停用。")),
    )
    context = {
        "table": table,
        "shown": shown,
        "tabs": tabs,
        "q": request.GET.get("q", ""),
        "kind": tab,
        "crumbs": [Crumb(_("比对规则"), reverse("rules")), Crumb(_("另行设置"))],
    }
    return render(request, "matching/apart.html", context)


def row_of(one: Apart) -> Row:
    """One line of the table; it leads to its rule."""
    chip = Chip(str(KINDS[one.kind]), TONES[one.kind])  # type: ignore[arg-type]
    return Row([chip, Person(rule_name(one.rule), one.rule, url=reverse("rule", args=[one.rule])), *cells_of(one)])


@page(P.VIEW_SUSPICIONS, P.DRAFT_STANDARDS)
def rules_apart_export(request: OfficialRequest) -> HttpResponse:
    """The rows of the tab as a workbook."""
    rows, _counts, tab = chosen(request)
    cells = [[str(KINDS[one.kind]), f"{one.rule} {rule_name(one.rule)}", *cells_of(one)] for one in rows]
    sheet = Sheet(
        _("另行设置的比对规则"),
        [column.label for column in columns()],
        cells,
        "rules.apart_exported",
        "division",
        request.focus,
        request.focus,
        {"kind": tab},
        personal=False,
    )
    return send_sheet(request, sheet)
