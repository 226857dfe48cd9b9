"""The rules: how often each is right, how it is set here, a threshold tried on the past, kinds of hits kept quiet; the
lists.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.readers.whole import whole_number
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import Level
from lxbt.matching.catalogue import RULES
from lxbt.matching.operations import running, trying, waking, watching
from lxbt.matching.operations.setting import propose_setting
from lxbt.matching.proposing import propose_quiet
from lxbt.matching.queries import watch
from lxbt.matching.queries.precision import Precision, precision_by_rule
from lxbt.matching.queries.settings import quiets_in, setting_at
from lxbt.matching.rules.lists import LISTS
from lxbt.matching.rules.rule import Rule
from lxbt.web.kit.access import OfficialRequest, page, places
from lxbt.web.kit.components import Chip, Column, Crumb, Empty, Person, Row, Share, Table
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.matching.rule_forms import QuietForm, SettingForm, WhenForm
from lxbt.web.matching.rule_tables import YEAR, examples_table, precision_table, set_table
from lxbt.web.matching.words import SEVERITIES, SIDES, rule_name, source_name
from lxbt.web.words import translated

WAITED_FOR = Level.COUNTY


SHOWN = timedelta(days=7)  # a trial of before


@page(P.VIEW_SUSPICIONS, P.DRAFT_STANDARDS)
def rules(request: OfficialRequest) -> HttpResponse:
    """Every rule with what came of its cases in the last year; the lists it compares with; what is kept quiet."""
    found: dict[str, list[Precision]] = {}
    for one in precision_by_rule(request.focus, since=request.today - timedelta(days=YEAR)):
        found.setdefault(one.rule, []).append(one)
    month = Month.of(request.today)
    rows = []
    for code, rule in RULES.items():
        told = found.get(code, [])
        hits, misses = sum(p.hits for p in told), sum(p.misses for p in told)
        setting = setting_at(rule, request.focus, month) if rule.parameters or told else None
        on = setting.on if setting else rule.on
        rows.append(
            Row(
                cells=[
                    Chip(_("启用"), "ok") if on else Chip(_("停用"), "off"),
                    Person(rule_name(code), code, translated(rule.compares), reverse("rule", args=[code])),
                    SIDES[rule.side],
                    Chip(str(SEVERITIES[rule.severity][0]), SEVERITIES[rule.severity][1]),
                    sum(p.raised for p in told),
                    sum(p.open for p in told),
                    Share(hits / (hits + misses), note=f"{hits:,} / {hits + misses:,}") if hits + misses else "—",
                ],
                url=reverse("rule", args=[code]),
                action=_("查看"),
            )
        )
    table = Table(
        caption=_("规则"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("规则"), phone="lead"),
            Column(_("类别")),
            Column(_("轻重"), phone="corner"),
            Column(_("近一年产生"), "num"),
            Column(_("在办"), "num"),
            Column(_("命中率")),
        ],
        rows=rows,
    )
    last = watch.last_run(request.focus)
    going = watch.run_going_on(request.focus)
    if request.GET.get("part") == "going":
        return moving(request, "matching/_going.html", {"going": going}, going is None)
    context = {
        "table": table,
        "lists": list_table(request),
        "quiets": quiet_table(request),
        "last": last,
        "going": going,
        "may_run": may_run(request) and going is None,
    }
    return render(request, "matching/rules.html", context)


def may_run(request: OfficialRequest) -> bool:
    """Whether the account may compare the area now."""
    return request.standing.may(P.SUPERVISE_SUSPICIONS, request.focus)


def moving(request: OfficialRequest, template: str, context: dict[str, Any], done: bool) -> HttpResponse:
    """The part of a page that moves while the background works; done, the page is asked for anew."""
    response = render(request, template, context)
    if done:
        response["HX-Refresh"] = "true"
    return response


def is_small(request: OfficialRequest) -> bool:
    """Whether the page waits for the answer: a county or smaller; larger areas are for the background."""
    node = divisions.division(request.focus)
    return node is not None and node.tier >= WAITED_FOR


def list_table(request: OfficialRequest) -> Table:
    """The lists of other bodies that speak of the area."""
    states = {"open": Chip(_("导入中"), "run"), "taken": Chip(_("已入库"), "ok"), "withdrawn": Chip(_("已撤回"), "off")}
    rows = [
        Row(
            [
                states[kept.state],
                Person(translated(LISTS[kept.kind].title), second=kept.name),
                kept.source,
                divisions.name_of(kept.division_code),
                kept.as_of,
                kept.received_on,
                kept.row_count,
                kept.known_count,
            ]
        )
        for kept in watch.lists_in(request.focus)[:30]
    ]
    return Table(
        caption=_("比对名单"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("名单"), phone="lead"),
            Column(_("来源")),
            Column(_("地区")),
            Column(_("截至")),
            Column(_("收到日")),
            Column(_("行数"), "num"),
            Column(_("本系统人员"), "num"),
        ],
        rows=rows,
        empty=Empty(
            _("还没有其他部门的名单"), _("死亡、低保、特困等名单导入后，每月和每次变更都会比对。"), icon="file-import"
        ),
    )


def quiet_table(request: OfficialRequest) -> Table | None:
    """Kinds of hits that are not raised here for the time being."""
    rows = [
        Row(
            [
                Person(rule_name(q.rule), url=reverse("rule", args=[q.rule])),
                source_name(q.source) if q.source else _("全部来源"),
                divisions.name_of(q.division_code),
                q.until,
                q.reason,
                q.by_name,
            ]
        )
        for q in quiets_in(request.focus, request.today)
    ]
    if not rows:
        return None
    columns = [
        Column(_("规则"), phone="lead"),
        Column(_("来源")),
        Column(_("地区")),
        Column(_("停报到")),
        Column(_("理由")),
        Column(_("经办人")),
    ]
    return Table(caption=_("停报"), columns=columns, rows=rows)


@page(P.VIEW_SUSPICIONS, P.DRAFT_STANDARDS)
def rule(request: OfficialRequest, rule_code: str) -> HttpResponse:
    """One rule: its basis, how it is set, what a changed setting would find; quieting."""
    code = rule_code
    if code not in RULES:
        raise Http404
    one, act, month = RULES[code], request.POST.get("act", ""), Month.of(request.today)
    now = setting_at(one, request.focus, month)
    trial = watch.latest_trial(code, request.focus, request.user.pk)
    if request.GET.get("part") == "trying":
        return moving(
            request,
            "matching/_trying.html",
            {"trial": trial, "rule": one},
            trial is None or trial.finished_at is not None,
        )
    initial = {"on": now.on, "days": now.days, "dispatch": now.dispatch, "stopping": list(now.stopping), **now.values}
    if trial is not None and trial.started_at < request.now.at - SHOWN:
        trial = None
    if trial is not None:
        initial |= trial.setting or {}
    allowed = places(request, P.DRAFT_STANDARDS)
    setting = SettingForm(request.POST if act in ("set", "try") else None, initial=initial, rule=one)
    when = WhenForm(request.POST if act == "set" else None, divisions=allowed)
    quiet = QuietForm(request.POST if act == "quiet" else None, rule=one)
    may_supervise = request.standing.may(P.SUPERVISE_SUSPICIONS, request.focus)
    tried = trying.tried_of(trial) if trial is not None and trial.finished_at is not None else None
    if request.method == "POST":
        answer = acted(request, one, act, setting, when, quiet)
        if isinstance(answer, HttpResponse):
            return answer
    context = {
        "rule": one,
        "name": rule_name(code),
        "compares": translated(one.compares),
        "setting": setting,
        "when": when if allowed else None,
        "quiet": quiet,
        "may_supervise": may_supervise,
        "may_see": request.standing.may(P.VIEW_SUSPICIONS),
        "may_try": may_run(request) and not one.of_places,
        "tried": tried,
        "trial": trial,
        "examples": examples_table(request, tried),
        "precision": precision_table(request, code),
        "history": set_table(request, code),
        "severity": SEVERITIES[one.severity][0],
        "side": SIDES[one.side],
        "quiets": [
            q
            for q in quiets_in(request.focus, request.today)
            if q.rule == code and request.standing.may(P.SUPERVISE_SUSPICIONS, q.division_code)
        ],
        "crumbs": [Crumb(_("比对规则"), reverse("rules")), Crumb(rule_name(code))],
    }
    return render(request, "matching/rule.html", context)


def acted(
    request: OfficialRequest, one: Rule, act: str, setting: SettingForm, when: WhenForm, quiet: QuietForm
) -> HttpResponse | None:
    """Set, try, quiet or end a quiet: a redirect when done, or nothing."""
    at = request.now.at
    try:
        if act == "set" and setting.is_valid() and when.is_valid():
            data = when.cleaned_data
            waiting = propose_setting(
                code=one.code,
                division_code=data["division"],
                value=setting.setting(),
                since=data["since"],
                until=data["until"],
                document_number=data["document_number"],
                by=request.user,
                at=at,
            )
            messages.success(request, _("已提出，等另一人复核；复核同意后，下次比对起按此执行。"))
            return redirect("proposal", waiting.pk)
        elif act == "try" and may_run(request) and setting.is_valid():
            made = trying.ask_trial(
                code=one.code,
                setting=setting.setting(),
                area=request.focus,
                month=Month.of(request.today).back(1),
                on=request.today,
                at=at,
                by=request.user,
            )
            if is_small(request):
                trying.run_trial(trial_id=made.pk, at=request.now.at)
            else:
                waking.wake_asked()
        elif act == "quiet" and quiet.is_valid():
            asked = propose_quiet(
                rule=one.code, division_code=request.focus, by=request.user, at=at, **quiet.cleaned_data
            )
            messages.success(request, _("已提出停报，等另一人复核；复核同意前照常上报。"))
            return redirect("proposal", asked.pk)
        elif act == "unquiet" and (quiet_id := whole_number(request.POST.get("quiet"))) is not None:
            watching.end_quiet(quiet_id=quiet_id, by=request.user, at=at)
            messages.success(request, _("已恢复上报。"))
        else:
            return None
    except Refusal as refusal:
        show_refusal(quiet if act == "quiet" else when if refusal.field in when.fields else setting, refusal)
        return None
    return redirect("rule", rule_code=one.code)


@page(P.SUPERVISE_SUSPICIONS)
def run(request: OfficialRequest) -> HttpResponse:
    """Compare the area now, by all rules: a county or smaller while the page waits, larger areas in the background."""
    if request.method != "POST" or not may_run(request):
        raise Http404
    on: date = request.today
    month, at = Month.of(on).back(1), request.now.at
    if not is_small(request):
        running.ask_run(area=request.focus, month=month, on=on, at=at, by=request.user)
        waking.wake_asked()
        messages.success(request, _("已交后台比对，完成后本页显示结果；可以离开本页。"))
        return redirect("rules")
    report = list(running.run_rules(area=request.focus, month=month, on=on, at=at, by=request.user))[-1][2]
    messages.success(
        request,
        _("比对完成：新产生 %(raised)s 条，消失 %(lapsed)s 条。")
        % {"raised": report.total("raised"), "lapsed": report.total("lapsed")},
    )
    return redirect("rules")
