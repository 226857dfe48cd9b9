"""The board of the nation and the pages of areas below it. Everything shown was counted before; nothing here counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from lxbt.accounts.rules import Permission as P
from lxbt.core.clock import beijing_day
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION, Level
from lxbt.rollout.operations.counting import recount_progress
from lxbt.rollout.operations.planning import write_remark
from lxbt.rollout.queries import plan as plans
from lxbt.rollout.queries import progress
from lxbt.rollout.queries.progress import Board
from lxbt.rollout.rules.judging import Judged, State
from lxbt.rollout.rules.plan import Place, Task, may_remark, stage_of
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb, Event, Tab
from lxbt.web.kit.fields import DayField
from lxbt.web.kit.formats import day
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.rollout import county_presenters, presenters
from lxbt.web.rollout.drawing import line_of
from lxbt.web.rollout.words import TASKS, Said, batch_word, connection_words, said, stage_words, state_chip, tone_of
from lxbt.web.words import ORGANS, in_turn, listed

SHOWS = ("", "look", "normal", "history", "interface", "ranking")


class RemarkForm(forms.Form):
    """Reason and next step, by the coordinator of the area."""

    reason = forms.CharField(
        label=lazy("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}), help_text=lazy("不写个人信息。")
    )
    next_step = forms.CharField(
        label=lazy("下一步"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    next_on = DayField(label=lazy("完成期限"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


def asked(request: OfficialRequest) -> str:
    """The area of the address, in scope, down to the county."""
    code = request.GET.get("code") or request.POST.get("code") or request.focus
    if not request.standing.may(P.TRACK_ROLLOUT, code):
        raise Http404
    trail = divisions.trail(code)
    if not trail or trail[-1].code != code or trail[-1].level > Level.COUNTY:
        raise Http404
    request.trail = trail  # type: ignore[attr-defined]
    return code


def crumbs(request: OfficialRequest) -> list[Crumb]:
    """From the nation down to the area asked for, as far as the account sees."""
    top = [Crumb(_("上线进展"), reverse("rollout"))] if request.standing.may(P.TRACK_ROLLOUT, NATION) else []
    nodes: list[Any] = request.trail  # type: ignore[attr-defined]
    return top + [
        Crumb(n.name, presenters.to_area(n.code) if request.standing.may(P.TRACK_ROLLOUT, n.code) else "")
        for n in nodes
        if n.code != NATION
    ]


@page(P.TRACK_ROLLOUT)
def rollout(request: OfficialRequest) -> HttpResponse:
    """The nation's board, or the page of an area below it."""
    code = asked(request)
    return nation(request) if code == NATION else area(request, code)


def chosen(found: Board, show: str) -> list[str]:
    """The provinces of a tab, in the order of codes."""
    if show == "look":
        return found.in_state(State.ATTENTION, State.BLOCKED)
    if show == "normal":
        return found.in_state(State.NORMAL)
    if show == "interface":
        return progress.interface_provinces(found)
    if show == "history":
        return sorted(found.judged, key=lambda code: (found.judged[code].figures.share(Task.HISTORY), code))
    return list(found.judged)


def shown(request: OfficialRequest) -> str:
    """The tab of the address."""
    return show if (show := request.GET.get("show", "")) in SHOWS else ""


def ranked_by(request: OfficialRequest) -> Task:
    """The task that areas are ranked by."""
    return Task(by) if (by := request.GET.get("by", "")) in list(Task) else Task.ROSTER


def nation(request: OfficialRequest) -> HttpResponse:
    """All provinces by batch, narrowed by the tab; map and ranking below."""
    now = request.now.at
    found, show, by = progress.board(on=request.today, now=now), shown(request), ranked_by(request)
    remarks = plans.newest_remarks(found.judged)
    windows = presenters.batch_windows(found.places)
    here, as_of = reverse("rollout"), presenters.as_of_words(found.counted_at, request.today)
    context: dict[str, Any] = {
        "tiles": presenters.nation_tiles(found),
        "line": line_of(windows, request.today),
        "batches": [batch_word(b) for b in sorted(windows)],
        "tabs": [
            Tab(_("按批次"), here, None, not show),
            Tab(_("只看关注与受阻"), f"{here}?show=look", len(chosen(found, "look")), show == "look"),
            Tab(_("历史补录"), f"{here}?show=history", None, show == "history"),
            Tab(_("接口省份"), f"{here}?show=interface", len(chosen(found, "interface")), show == "interface"),
            Tab(_("排名"), f"{here}?show=ranking", None, show == "ranking"),
        ],
        "columns": presenters.board_columns(),
        "as_of": as_of,
        "stale": progress.is_stale(NATION),
        "code": NATION,
        "demonstration": any(place.demonstration for place in found.places.values()),
        "may_plan": True,
        "map": county_presenters.progress_map(NATION, found.judged, as_of),
        "today_words": over_words(request, found),
    }
    pairs = list(found.judged.items())
    if show == "ranking":
        context["ranking"] = county_presenters.ranking(pairs, by)
        context["orders"] = [
            Tab(str(word), f"{here}?show=ranking&by={task}", None, task == by) for task, word in TASKS.items()
        ]
    elif show in ("history", "interface"):
        context["groups"] = [
            presenters.Group(
                "", lines=[presenters.board_line(found, code, remarks, now) for code in chosen(found, show)]
            )
        ]
    else:
        context["groups"] = presenters.groups(found, chosen(found, show), remarks, now)
    context["short_ranking"] = county_presenters.ranking(pairs, by, most=10) if show != "ranking" else None
    return render(request, "rollout/nation.html", context)


def over_words(request: OfficialRequest, found: Board) -> str:
    """What is said beside the bar when today lies outside of all windows."""
    windows = list(presenters.batch_windows(found.places).values())
    if windows and request.today > (last := max(w.closes_on for w in windows)):
        return _("全部时间窗已于 %(day)s 关闭") % {"day": f"{last:%Y-%m-%d}"}
    return ""


def area(request: OfficialRequest, code: str, form: RemarkForm | None = None) -> HttpResponse:
    """A province, a city or a county: its tasks, why it stands so, what lies below."""
    now = request.now.at
    found = progress.board(area=code, on=request.today, now=now)
    province = progress.province_of(code)
    place = found.places.get(province)
    judged = found.judged.get(province)
    if judged is None:
        raise Http404
    single = bool(request.trail[-1].acts_as_county)  # type: ignore[attr-defined]
    children = [] if single else [child.code for child in divisions.children(code)]
    parts = progress.parts_below(judged, place, children, request.today, found.terms) if place else {}
    overrides = divisions.workday_overrides()
    as_of = presenters.as_of_words(found.counted_at, request.today)
    areas = request.standing.areas(P.TRACK_ROLLOUT)
    context: dict[str, Any] = {
        "code": code,
        "name": divisions.name_of(code),
        "chip": state_chip(judged.verdict.state),
        "crumbs": crumbs(request),
        "as_of": as_of,
        "stale": progress.is_stale(code),
        "tiles": presenters.area_tiles(code, judged, place, found.terms),
        "findings": findings_of(code, judged, single),
        "plan": plan_facts(place, judged, overrides, request, found),
        "single": single,
        "outside": not judged.figures.counties,
        "table": county_presenters.parts_table(parts) if not single else None,
        "map": county_presenters.progress_map(code, parts, as_of),
        "remarks": [remark_event(r) for r in plans.remarks_of(code)],
        "form": form or RemarkForm(initial={"code": code}) if may_remark(areas, code) else None,
        "decisions": decisions(code),
        "may_plan": request.standing.may(P.TRACK_ROLLOUT, NATION) and code == province,
    }
    if single:
        context |= county_context(request, code, judged)
    return render(request, "rollout/area.html", context)


def findings_of(code: str, judged: Judged, single: bool) -> list[Said]:
    """Every reason with its counties; a county's own without."""
    found = [f for f in judged.verdict.findings if not single or f.state != State.NORMAL]
    if single:
        return [Said(said(county_presenters.one_of(judged, f)), "", tone_of(f.state)) for f in found]
    return [Said(said(f), presenters.to_counties(code, f) if f.counties else "", tone_of(f.state)) for f in found]


def plan_facts(
    place: Place | None, judged: Judged, overrides: Any, request: OfficialRequest, found: Board
) -> list[tuple[str, str]]:
    """Batch, window, terms and connection, for the rail."""
    facts = [(_("批次"), batch_word(place.batch if place else None))]
    if place and place.window:
        facts += [
            (_("时间窗"), presenters.period(place.window)),
            (_("现在"), stage_words(stage_of(place.window, request.today, overrides))),
        ]
        facts += [
            (str(word), _("%(day)s 前") % {"day": f"{found.terms[task].due_on(place.window):%Y-%m-%d}"})
            for task, word in TASKS.items()
        ]
    else:
        facts.append((_("时间窗"), _("待部里指定")))
    facts.append(
        (_("接入"), connection_words(place, found.heard.get(place.province) if place else None, request.now.at))
    )
    heard = found.heard.get(place.province) if place else None
    if heard and heard.synced_until:
        facts.append((_("对账一致至"), f"{heard.synced_until:%Y-%m}"))
    if place and place.counties and len(judged.counties) > 1:
        facts.append((_("参加的县"), _("%(n)s 个") % {"n": len(judged.counties)}))
    if place and place.basis:
        facts.append((_("依据"), place.basis))
    return facts


def county_context(request: OfficialRequest, code: str, judged: Judged) -> dict[str, Any]:
    """What a county's own page shows beside: who has no account yet, its month, its history."""
    missing = progress.places_missing(code, request.today)
    county = judged.counties[0][0] if judged.counties else None
    return {
        "missing": [
            f"{divisions.name_of(place)}{ORGANS[organ]}" if organ else divisions.name_of(place)
            for place, organ in missing
        ],
        "county": county,
        "totals_url": f"{reverse('import_totals')}?code={code}"
        if request.standing.may(P.VIEW_STATISTICS, code)
        else "",
    }


def remark_event(remark: Any) -> Event:
    """Reason and next step as a line of the area's story."""
    step = remark.next_step
    if remark.next_on:
        step = _("%(words)s（%(day)s 前）") % {"words": step or _("完成"), "day": day(remark.next_on)}
    return Event(beijing_day(remark.at), remark.reason, in_turn(part for part in (step, remark.by_name) if part))


def decisions(code: str) -> list[Event]:
    """How the plan of a province came to be."""
    if code != progress.province_of(code):
        return []
    found = []
    for d in plans.decisions_of(code):
        window = presenters.period(d.place.window) if d.place.window else _("时间窗待定")
        found.append(
            Event(
                beijing_day(d.set_at),
                in_turn([batch_word(d.place.batch), window]),
                listed(x for x in (d.by_name or _("系统"), d.place.basis) if x),
            )
        )
    return found


@require_POST
@page(P.TRACK_ROLLOUT)
def remark(request: OfficialRequest) -> HttpResponse:
    """Keep reason and next step."""
    code = asked(request)
    form = RemarkForm(request.POST)
    if form.is_valid():
        try:
            write_remark(division_code=code, by=request.user, at=request.now.at, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已填写原因和下一步。"))
            return redirect(presenters.to_area(code))
    return area(request, code, form)


@require_POST
@page(P.TRACK_ROLLOUT)
def recount(request: OfficialRequest) -> HttpResponse:
    """Count the area anew."""
    code = asked(request)
    counted = recount_progress(area=code, by=request.user, at=request.now.at)
    messages.success(
        request, _("已重新统计 %(n)s 个县。") % {"n": counted} if counted else _("已安排重新统计，一分钟左右更新。")
    )
    return redirect(presenters.to_area(code))


HEADS = (
    lazy("代码"),
    lazy("地区"),
    lazy("批次"),
    lazy("状态"),
    lazy("县"),
    lazy("账号应有（处）"),
    lazy("账号已领（处）"),
    lazy("应训（人）"),
    lazy("已训（人）"),
    lazy("申报（人·项）"),
    lazy("已录（人·项）"),
    lazy("已发（人·项）"),
    lazy("未申报的县"),
    lazy("历史应录（县·月）"),
    lazy("历史已录（县·月）"),
    lazy("接入"),
    lazy("原因"),
    lazy("填写的原因和下一步"),
)


def sheet_row(code: str, judged: Judged, place: Place | None, connection: str, remark: Any) -> list[Any]:
    """An area as a row of the workbook."""
    f = judged.figures
    why = in_turn(said(x) for x in judged.verdict.findings if x.state != State.NORMAL)
    words = in_turn(part for part in (remark.reason, remark.next_step) if part) if remark else ""
    return [
        code,
        divisions.name_of(code),
        batch_word(place.batch if place else None),
        state_chip(judged.verdict.state).word,
        f.counties,
        f.places,
        f.places_ready,
        f.people,
        f.trained,
        f.declared,
        f.entered,
        f.paid,
        f.undeclared,
        f.months,
        f.months_held,
        connection,
        why,
        words,
    ]


@page(P.TRACK_ROLLOUT)
def export(request: OfficialRequest) -> HttpResponse:
    """The table of the page as a workbook: provinces of the tab, or what lies below an area."""
    code, now = asked(request), request.now.at
    found = progress.board(area=code, on=request.today, now=now)
    if code == NATION:
        rows: Sequence[tuple[str, Judged]] = [(one, found.judged[one]) for one in chosen(found, shown(request))]
    else:
        province = progress.province_of(code)
        place, judged = found.places.get(province), found.judged.get(province)
        below = [child.code for child in divisions.children(code)]
        rows = (
            list(progress.parts_below(judged, place, below, request.today, found.terms).items())
            if judged and place
            else []
        )
        rows = rows or [(code, one) for one in [judged] if one]
    remarks = plans.newest_remarks(one for one, _judged in rows)
    cells = []
    for one, judged_one in rows:
        of = found.places.get(progress.province_of(one))
        cells.append(
            sheet_row(
                one,
                judged_one,
                of,
                connection_words(of, found.heard.get(progress.province_of(one)), now),
                remarks.get(one),
            )
        )
    details = {"show": shown(request)}
    return send_sheet(
        request,
        Sheet(
            _("上线进展"),
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
