"""Choosing an exercise, being told what to do, having it checked, leaving; who is trained in an area."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.accounts.rules import ROLES
from lxbt.accounts.rules import Permission as P
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.practice.operations import check_exercise, start_exercise
from lxbt.support.queries import training
from lxbt.support.rules.exercises import BY_KEY, TRAINED_ROLES
from lxbt.web.kit.access import FOCUS, OfficialRequest, page
from lxbt.web.kit.components import Crumb
from lxbt.web.kit.practice_gate import PRACTICE
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.practice import presenters
from lxbt.web.words import translated

COUNTS = (P.TRACK_ROLLOUT, P.MANAGE_ACCOUNTS, P.ANSWER_QUESTIONS)


@page()
def practice(request: OfficialRequest) -> HttpResponse:
    """The exercises of one's roles, those of others below, and how far one is."""
    attempts, records = training.attempts_of(request.user.pk), training.records_of(request.user.pk)
    held = [role.key for role in request.standing.roles() if role.key in TRAINED_ROLES]
    groups = [presenters.group(role, attempts, records) for role in ROLES if role.key in TRAINED_ROLES]
    mine = [group for group in groups if group.role in held]
    context = {
        "mine": mine,
        "others": [group for group in groups if group.role not in held],
        "current": request.session.get(PRACTICE),
        "counts_url": reverse("training") if any(request.standing.may(p) for p in COUNTS) else "",
    }
    return render(request, "practice/practice.html", context)


@require_POST
@page()
def practice_start(request: OfficialRequest) -> HttpResponse:
    """A county for this exercise; from here on every page is of practice."""
    try:
        attempt = start_exercise(exercise=request.POST.get("exercise", ""), by=request.user, at=request.now.at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("practice")
    request.session[PRACTICE] = attempt.pk
    request.session.pop(FOCUS, None)
    return redirect("practice_exercise", attempt_id=attempt.pk)


@page()
def practice_exercise(request: OfficialRequest, attempt_id: int) -> HttpResponse:
    """What to do, the numbers to type, and what the last check found."""
    attempt = training.attempt_of(request.user.pk, attempt_id)
    if attempt is None or attempt.exercise not in BY_KEY:
        raise Http404
    current = request.session.get(PRACTICE) == attempt.pk
    context: dict[str, Any] = {
        "it": presenters.exercise(BY_KEY[attempt.exercise], attempt),
        "attempt": attempt,
        "current": current,
        "start_url": reverse(BY_KEY[attempt.exercise].start) if current else "",
        "findings": request.session.pop("practice_findings", None) if current else None,
        "crumbs": [Crumb(_("练习"), reverse("practice")), Crumb(translated(BY_KEY[attempt.exercise].title))],
    }
    return render(request, "practice/exercise.html", context)


@require_POST
@page()
def practice_check(request: OfficialRequest, attempt_id: int) -> HttpResponse:
    """Look at what came of it."""
    attempt = training.attempt_of(request.user.pk, attempt_id)
    if attempt is None or request.session.get(PRACTICE) != attempt.pk:
        raise Http404
    try:
        findings, trained = check_exercise(attempt=attempt, by=request.user, at=request.now.at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("practice")
    request.session["practice_findings"] = [(finding.text, finding.ok) for finding in findings]
    if all(finding.ok for finding in findings):
        messages.success(request, _("通过了。"))
    if trained:
        messages.success(request, _("这个角色的练习都通过了，已记入培训记录。"))
    return redirect("practice_exercise", attempt_id=attempt.pk)


@require_POST
@page()
def practice_leave(request: OfficialRequest) -> HttpResponse:
    """Back to the real system."""
    request.session.pop(PRACTICE, None)
    request.session.pop(FOCUS, None)
    messages.info(request, _("已离开练习，现在是真实的系统。"))
    return redirect("practice")


def asked_area(request: OfficialRequest) -> str:
    """The area that the page is about; not found unless the account keeps count there."""
    code = request.GET.get("code") or request.focus
    if not any(request.standing.may(permission, code) for permission in COUNTS):
        raise Http404
    return code


@page(*COUNTS)
def training_page(request: OfficialRequest) -> HttpResponse:
    """How many are trained, by county; in a county, who."""
    code = asked_area(request)
    rows = training.trained(code, on=request.today)
    inside = divisions.county_of(code) is not None
    context = {
        "code": code,
        "place": divisions.name_of(code),
        "tiles": presenters.tiles(rows),
        "counties": None if inside else presenters.county_table(rows),
        "people": presenters.people_table(list(training.trainees(code, on=request.today))) if inside else None,
        "crumbs": [Crumb(_("练习"), reverse("practice")), Crumb(_("培训记录"))],
    }
    return render(request, "practice/training.html", context)


@page(*COUNTS)
def training_export(request: OfficialRequest) -> HttpResponse:
    """The list of an area: accounts, their roles, what they passed."""
    code = asked_area(request)
    heads = [_("区划"), _("姓名"), _("用户名"), _("角色"), _("练习通过"), _("完成日期")]
    names = {role.key: translated(role.label) for role in ROLES}
    cells = [
        [
            divisions.name_of(one.place_code),
            one.name,
            one.username,
            names[one.role],
            f"{one.passed}/{one.of}",
            f"{one.finished_on}" if one.finished_on else "",
        ]
        for one in training.trainees(code, on=request.today)
    ]
    return send_sheet(
        request,
        Sheet(
            _("培训记录"),
            heads,
            cells,
            "training.exported",
            "training",
            code,
            code,
            {"rows": len(cells)},
            personal=False,
        ),
    )
