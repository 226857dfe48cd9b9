"""Applications: what waits, all of them, one case, and the acts on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.accounts.rules import Permission as P
from lxbt.applications import operations, queries, rules
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.registry import queries as registry
from lxbt.web import words
from lxbt.web.applications import presenters
from lxbt.web.applications.case import case_context
from lxbt.web.applications.forms import OpinionForm
from lxbt.web.applications.parts import ACTING, application_table, limits_for, nothing_waits
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb, Empty, Tab
from lxbt.web.kit.paging import page_by_date
from lxbt.web.kit.remember import look_for, looked_for

if TYPE_CHECKING:
    from lxbt.applications.models import Application


@page(*ACTING)
def inbox(request: OfficialRequest) -> HttpResponse:
    """What waits for this account, the nearest deadline first."""
    counts = queries.waiting_counts(request.standing, today=request.today)
    tab = request.GET.get("tab", "")
    rows = queries.waiting(request.standing)
    if tab == "returned":
        rows = rows.filter(state=rules.State.RETURNED)
    elif tab in {step.value for step in rules.StepName}:
        rows = rows.filter(step=tab, state=rules.State.OPEN)
    elif tab == "late":
        rows = rows.filter(due_on__lte=request.today)
    shown, paging = page_by_date(queries.with_asked(rows), request.GET.get("after", ""), day="due_on")
    steps = [step for step in rules.StepName if counts.get(step)]
    tabs = [Tab(_("按期限"), "?", counts["all"], tab == "")]
    tabs += [Tab(str(words.STEPS[step]), f"?tab={step.value}", counts[step], tab == step) for step in steps]
    tabs += [Tab(_("到期和逾期"), "?tab=late", counts["today"] + counts["overdue"], tab == "late")]
    if counts["returned"]:
        tabs.append(Tab(_("退回补正"), "?tab=returned", counts["returned"], tab == "returned"))
    table = application_table(
        shown,
        limits=limits_for(request),
        today=request.today,
        overrides=divisions.workday_overrides(),
        page=paging,
        acting=True,
        empty=nothing_waits(request.standing.may(P.ACCEPT_APPLICATIONS)),
    )
    return render(request, "applications/inbox.html", {"table": table, "tabs": tabs})


def filtered(request: OfficialRequest) -> QuerySet[Application]:
    """The applications that the address asks for, in scope: the list and its export are the same rows."""
    rows = queries.applications_seen_by(request.standing, focus=request.focus)
    state, text = request.GET.get("state", ""), looked_for(request, "applications")
    if text:
        rows = rows.filter(Q(number__startswith=text) | Q(person_id__in=registry.person_ids_named(text, request.focus)))
    return rows.filter(state=state) if state in set(rules.State) else rows


@page(P.VIEW_APPLICATIONS)
def applications(request: OfficialRequest) -> HttpResponse:
    """All applications of the area, by state, number, or name."""
    if request.method == "POST":
        return look_for(request, "applications", request.POST.get("q", ""), at=request.get_full_path())
    counts = queries.counts_by_state(queries.applications_seen_by(request.standing, focus=request.focus))
    state, text = request.GET.get("state", ""), looked_for(request, "applications")
    rows = filtered(request)
    shown, paging = page_by_date(
        queries.with_asked(rows), request.GET.get("after", ""), day="applied_on", descending=True
    )
    tabs = [Tab(_("全部"), "?", sum(counts.values()), not state)]
    tabs += [Tab(str(words.STATES[s]), f"?state={s.value}", counts.get(s, 0), state == s) for s in rules.State]
    table = application_table(
        shown,
        limits=limits_for(request),
        today=request.today,
        overrides={},
        page=paging,
        acting=False,
        empty=Empty(_("没有符合条件的申请"), _("换个状态或辖区再看，也可以按受理编号或姓名查找。"), icon="files"),
    )
    return render(request, "applications/applications.html", {"table": table, "tabs": tabs, "q": text, "state": state})


@page(P.VIEW_APPLICATIONS)
def application(request: OfficialRequest, number: str) -> HttpResponse:
    """One case: the computed right with its reasons, the facts, the papers, what was done, and what this account may
    do.
    """
    found = queries.application_seen_by(request.standing, number)
    if found is None:
        raise Http404
    typed, kept = queries.case_draft_of(request.user.pk, number) or ({}, None)
    form = OpinionForm(initial={"version": found.version, "opinion": typed.get("opinion", "")})
    context = case_context(request, found, form, {k.removeprefix("verdict_"): v for k, v in typed.items()})
    return render(request, "applications/case.html", {**context, "kept": kept, "typed": typed.get("opinion", "")})


@require_POST
@page(*ACTING)
def application_case_draft(request: OfficialRequest, number: str) -> HttpResponse:
    """Keep what is typed about a case."""
    found = queries.application_seen_by(request.standing, number)
    if found is None:
        raise Http404
    names = ("opinion", *(f"verdict_{asked.subsidy}" for asked in found.asked.all()))
    fields = {name: request.POST.get(name, "")[:1000] for name in names}
    if any(value.strip() for value in fields.values()):
        operations.save_case_draft(number=number, fields=fields, by=request.user, at=request.now.at)
    return HttpResponse(status=204)


@require_POST
@page(*ACTING)
def application_act(request: OfficialRequest, number: str) -> HttpResponse:
    """Pass, return, complete or withdraw; a refusal shows the page again with what was typed."""
    found = queries.application_seen_by(request.standing, number)
    if found is None:
        raise Http404
    form = OpinionForm(request.POST)
    verdicts = {asked.subsidy: request.POST.get(f"verdict_{asked.subsidy}", "") for asked in found.asked.all()}
    if form.is_valid():
        said = {
            "number": number,
            "version": form.cleaned_data["version"],
            "opinion": form.cleaned_data["opinion"],
            "by": request.user,
            "at": request.now.at,
        }
        act = request.POST.get("act", "")
        try:
            if act == "pass":
                operations.pass_step(verdicts=verdicts, **said)
            elif act == "return":
                operations.return_application(**said)
            elif act == "complete":
                operations.complete_application(**said)
            elif act == "withdraw":
                operations.withdraw_application(**said)
            else:
                raise Http404
        except Refusal as refusal:
            form = shown_anew(request, number, refusal, form)
        else:
            operations.discard_case_draft(number=number, by=request.user)
            messages.success(request, presenters.done_words(act, found))
            following = queries.waiting(request.standing).exclude(number=number).first()
            return (
                redirect("application", number=following.number)
                if following and request.POST.get("next") == "1"
                else redirect("inbox")
            )
    found = queries.application_seen_by(request.standing, number)
    if found is None:
        raise Http404
    context = case_context(request, found, form, verdicts)
    return render(
        request, "applications/case.html", {**context, "typed": request.POST.get("opinion", "")[:1000]}, status=422
    )


def shown_anew(request: OfficialRequest, number: str, refusal: Refusal, form: OpinionForm) -> OpinionForm:
    """The form with what was typed and the sentence; after somebody else's act, for the case as the page now
    shows it.
    """
    found = queries.application_seen_by(request.standing, number)
    if isinstance(refusal, operations.Changed) and found is not None:
        data = request.POST.copy()
        data["version"] = str(found.version)
        form = OpinionForm(data)
        form.is_valid()
    form.add_error("opinion" if refusal.field == "opinion" else None, str(refusal))
    return form


@page(P.VIEW_APPLICATIONS)
def receipt(request: OfficialRequest, number: str) -> HttpResponse:
    """The receipt for the applicant, to print: half a page, masked."""
    found = queries.application_seen_by(request.standing, number)
    if found is None:
        raise Http404
    card = registry.person_cards([found.person_id]).get(found.person_id)
    record_event(
        by=request.user,
        action="application.receipt_printed",
        subject_kind="application",
        subject_id=number,
        division_code=found.division_code,
    )
    papers = [words.PAPERS.get(paper.kind, paper.kind) for paper in found.papers.all()]
    return render(
        request,
        "applications/receipt.html",
        {
            "application": found,
            "card": card,
            "papers": words.listed(papers),
            "township": divisions.full_name_of(found.division_code),
            "subsidies": words.listed(words.SUBSIDIES[a.subsidy] for a in found.asked.all()),
            "crumbs": [Crumb(number, reverse("application", args=[number]))],
        },
    )
