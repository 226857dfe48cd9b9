"""The counties behind a figure or a reason: a list, page by page, and as a workbook."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION
from lxbt.rollout.queries import progress
from lxbt.rollout.queries.progress import Board
from lxbt.rollout.rules.figures import County, sum_of
from lxbt.rollout.rules.judging import State, Verdict, Why, judge_area
from lxbt.rollout.rules.plan import Task
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Column, Crumb, Empty, Page, Tab, Table
from lxbt.web.kit.paging import SIZE
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.rollout import county_presenters, presenters
from lxbt.web.rollout.views import HEADS, asked, crumbs, sheet_row
from lxbt.web.rollout.words import MANY, STATES, TASKS, connection_words

REASONS = {f"{why}.{task}" for why in Why for task in ["", *Task]}


def behind(request: OfficialRequest, found: Board) -> tuple[list[tuple[County, Verdict]], list[tuple[County, Verdict]]]:
    """(every county of the area, those that the address asks for), in order of codes."""
    every = [pair for judged in found.judged.values() for pair in judged.counties]
    state, why = request.GET.get("state", ""), request.GET.get("why", "")
    if why in REASONS:
        chosen = [(c, v) for c, v in every if any(f"{f.why}.{f.task or ''}" == why for f in v.findings)]
    elif state in list(State):
        chosen = [(c, v) for c, v in every if v.state == state]
    else:
        chosen = every
    return every, chosen


def reason_words(why: str, pairs: list[tuple[County, Verdict]]) -> str:
    """The reason of the address in words, with how many stand behind it."""
    if why not in REASONS:
        return ""
    kind, task = why.split(".")
    days = [f.days for _c, v in pairs for f in v.findings if f"{f.why}.{f.task or ''}" == why]
    template = MANY.get(Why(kind))
    told = {"task": str(TASKS[Task(task)]) if task else "", "days": max(days, default=0), "n": len(pairs), "share": ""}
    return str(template) % told if template else ""


def names_above(pairs: list[tuple[County, Verdict]], code: str) -> dict[str, str]:
    """Province and city of each county, as far as they lie below the area; one statement."""
    nodes = divisions.divisions_by_code(
        above for c, _v in pairs for above in (c.code[:2].ljust(12, "0"), c.code[:4].ljust(12, "0"))
    )
    told = {}
    for county, _verdict in pairs:
        chain = [county.code[:2].ljust(12, "0"), county.code[:4].ljust(12, "0")]
        kept = [
            nodes[one].name
            for one in chain
            if one in nodes and one not in (code, county.code) and nodes[one].kind != "pass_through"
        ]
        told[county.code] = "".join(kept if code == NATION else kept[1:])
    return told


@page(P.TRACK_ROLLOUT)
def rollout_counties(request: OfficialRequest) -> HttpResponse:
    """The counties of an area, all or those behind a reason or in a state."""
    code = asked(request)
    found = progress.board(area=code, on=request.today, now=request.now.at)
    every, pairs = behind(request, found)
    after, why = request.GET.get("after", ""), request.GET.get("why", "")
    begin = next((n for n, (c, _v) in enumerate(pairs, start=1) if c.code == after), 0)
    on_page = pairs[begin : begin + SIZE]
    following = on_page[-1][0].code if len(pairs) > begin + SIZE else ""
    above = names_above(on_page, code)
    rows = []
    for county, verdict in on_page:
        place = found.places.get(progress.province_of(county.code))
        rows.append(
            county_presenters.county_row(
                county, verdict, sum_of([county], place.window if place else None), above[county.code]
            )
        )
    columns: list[Column] = county_presenters.county_columns()
    table = Table(
        caption=_("县级名单"),
        columns=columns,
        rows=rows,
        page=Page(len(on_page), len(pairs), _("个县"), following, bool(after)),
        empty=Empty(_("没有这样的县"), _("换一个标签看。"), icon="mood-check"),
    )
    base = f"?code={code}"
    states = [State.BLOCKED, State.ATTENTION, State.NORMAL, State.PENDING]
    tabs = [Tab(_("全部"), base, len(every), not why and request.GET.get("state") not in states)]
    tabs += [
        Tab(
            str(STATES[s][0]),
            f"{base}&state={s}",
            sum(v.state == s for _c, v in every),
            not why and request.GET.get("state") == s,
        )
        for s in states
    ]
    context = {
        "code": code,
        "name": divisions.name_of(code),
        "table": table,
        "tabs": tabs,
        "reason": reason_words(why, pairs),
        "as_of": presenters.as_of_words(found.counted_at, request.today),
        "crumbs": [*crumbs(request), Crumb(_("县级名单"))],
    }
    return render(request, "rollout/counties.html", context)


@page(P.TRACK_ROLLOUT)
def export_counties(request: OfficialRequest) -> HttpResponse:
    """The list as a workbook, all pages of it."""
    code, now = asked(request), request.now.at
    found = progress.board(area=code, on=request.today, now=now)
    _every, pairs = behind(request, found)
    cells = []
    for county, _verdict in pairs:
        province = progress.province_of(county.code)
        place = found.places.get(province)
        judged = judge_area([county], place.window if place else None, request.today, terms=found.terms)
        cells.append(
            sheet_row(county.code, judged, place, connection_words(place, found.heard.get(province), now), None)
        )
    details = {"why": request.GET.get("why", "")[:40], "state": request.GET.get("state", "")[:12]}
    return send_sheet(
        request,
        Sheet(
            _("县级名单"),
            [str(head) for head in HEADS],
            cells,
            "rollout.exported",
            "division",
            code,
            code,
            details,
            personal=False,
        ),
    )
