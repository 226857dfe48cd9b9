"""The window: one page from the identity number to the receipt, with the amount computed while it is filled in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.accounts.rules import Permission as P
from lxbt.applications import operations, queries
from lxbt.applications.rules import Agent, Channel
from lxbt.core import idnumber
from lxbt.core.months import Month
from lxbt.core.readers import BadValue, read_identity
from lxbt.core.reading import Unreadable
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import Level
from lxbt.entitlements import queries as rights
from lxbt.registry import queries as registry
from lxbt.registry.operations.contact import look_up
from lxbt.web.applications.estimate import Estimate, estimate_of
from lxbt.web.applications.forms import ApplicationForm, certificate_table, profile_table
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb
from lxbt.web.kit.fields import sentence
from lxbt.web.kit.refusals import show_refusal

LISTS = ("subsidies", "papers", "household")


def townships(request: OfficialRequest) -> list[tuple[str, str]]:
    """The townships that this account takes applications for."""
    found: list[tuple[str, str]] = []
    for code in request.standing.areas(P.ACCEPT_APPLICATIONS):
        node = divisions.division(code)
        if node is None:
            continue
        nodes = [node] if node.level == Level.TOWNSHIP else divisions.children(code)
        found += [(n.code, n.name) for n in nodes]
    return found


@page(P.ACCEPT_APPLICATIONS)
def application_new(request: OfficialRequest) -> HttpResponse:
    """Take an application in at the window."""
    form = ApplicationForm(request.POST or None, divisions=townships(request))
    estimate, kept = Estimate(), None
    if request.method == "POST":
        if form.is_valid():
            try:
                application = operations.take_in(
                    declaration=declaration_of(form.cleaned_data),
                    subsidies=form.cleaned_data["subsidies"],
                    applicant=operations.Applicant(
                        channel=Channel(form.cleaned_data["channel"]),
                        agent=Agent(form.cleaned_data["agent"]),
                        agent_name=form.cleaned_data["agent_name"],
                        note=form.cleaned_data["note"],
                    ),
                    by=request.user,
                    at=request.now.at,
                )
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                operations.discard_draft(by=request.user)
                messages.success(
                    request, _("已受理，编号 %(number)s。请打印回执交给申请人。") % {"number": application.number}
                )
                return redirect("application", number=application.number)
        estimate = estimate_of(request.POST, request.today)
    elif found := queries.draft_of(request.user.pk):
        fields, kept = found
        typed = QueryDict(mutable=True)
        for name, values in fields.items():
            typed.setlist(name, values)
        form = ApplicationForm(
            divisions=townships(request), initial={n: typed.getlist(n) if n in LISTS else typed[n] for n in typed}
        )
        estimate = estimate_of(typed, request.today)
    crumbs = [Crumb(_("受理")), Crumb(_("窗口受理"))]
    return render(
        request,
        "applications/new.html",
        {"form": form, "estimate": estimate, "kept": kept, "crumbs": crumbs},
        status=422 if form.errors else 200,
    )


@require_POST
@page(P.ACCEPT_APPLICATIONS)
def application_draft(request: OfficialRequest) -> HttpResponse:
    """Keep what is typed, or forget it."""
    if request.POST.get("discard"):
        operations.discard_draft(by=request.user)
        return redirect("application_new")
    fields = {name: request.POST.getlist(name) for name in ApplicationForm.base_fields if name in request.POST}
    if any(
        value.strip()
        for name in ("id_number", "name", "certificate_number", "account_number")
        for value in fields.get(name, [])
    ):
        operations.save_draft(fields=fields, by=request.user, at=request.now.at)
    return HttpResponse(status=204)


def declaration_of(data: dict[str, Any]) -> operations.Declaration:
    """What the form says, as the operation takes it."""
    return operations.Declaration(
        identity_number=data["id_number"],
        name=data["name"],
        division_code=data["division"],
        certificate_number=data["certificate_number"],
        certificate=certificate_table(data) or {},
        profile=profile_table(data),
        bank=data["bank"],
        holder=data["holder"],
        account_number=data["account_number"],
        address=data["address"],
        phone=data["phone"],
        economic_since=data["economic_since"] or None,
        papers=dict.fromkeys(data["papers"]),
    )


@require_POST
@page(P.ACCEPT_APPLICATIONS)
def application_estimate(request: OfficialRequest) -> HttpResponse:
    """The rail beside the form: what would be paid, computed by the same rules that decide."""
    try:
        estimate = estimate_of(request.POST, request.today)
    except Unreadable:
        estimate = Estimate()
    return render(request, "applications/_estimate.html", {"estimate": estimate})


@require_POST
@page(P.ACCEPT_APPLICATIONS)
def application_lookup(request: OfficialRequest) -> HttpResponse:
    """What is known of the typed identity number: says nothing of a person of another area but that the window is
    another one.
    """
    typed = request.POST.get("id_number", "")
    context: dict[str, Any] = {"number": idnumber.mask(idnumber.normalise(typed)) if typed else ""}
    try:
        number = read_identity(typed, request.today)
    except BadValue as bad:
        context |= {"tone": "bad", "sentence": sentence(bad.code)}
    else:
        if number is None:
            context |= {"tone": "bad", "sentence": _("请先填写身份证号。")}
        else:
            context |= known_person(request, number)
    return render(request, "applications/_lookup.html", context)


def known_person(request: OfficialRequest, number: str) -> dict[str, Any]:
    """The sentence and the values to fill in for a person of the own area."""
    told = {"sex": idnumber.sex_of(number), "birth": idnumber.birth_of(number)}
    try:
        found = look_up(number=number, by=request.user, at=request.now.at)
    except Refusal as refusal:
        return {"tone": "warn", "sentence": str(refusal)}
    if found is None or not request.standing.may(P.ACCEPT_APPLICATIONS, found.division_code):
        return {  # the same words for somebody of another area and for somebody unknown
            **told,
            "tone": "ok",
            "sentence": _("校验通过，您的辖区没有登记此人。户籍在本地的按证件填写；在外地的请引导到户籍地办理。"),
        }
    unfinished = queries.unfinished_of(found.pk).exists()
    sentence = (
        _("已登记，带出已有信息；请与证件核对。")
        if not unfinished
        else _("此人已有同类申请正在办理，请先到“申请办件”查看。")
    )
    return {
        **told,
        "tone": "warn" if unfinished else "ok",
        "sentence": sentence,
        "fill": fill_of(found, request.today),
        "story": reverse("person", args=[found.pk]),
    }


def fill_of(person: Any, today: Any) -> dict[str, Any]:
    """Field name -> value for the form, from what is known; numbers stay out of the page."""
    profile = rights.profile_in(person.pk, Month.of(today))
    account = registry.current_account(person.pk)
    values: dict[str, Any] = {"name": person.name, "division": person.division_code, "address": person.address}
    if profile is not None:
        for key in ("area", "economic", "employment", "self_care", "care_setting"):
            if getattr(profile, key):
                values[key] = getattr(profile, key)
        if profile.certificate:
            values["issued_on"] = str(profile.certificate.issued_on or "")
            values["valid_until"] = str(profile.certificate.valid_until or "")
        values["long_term_care"] = "yes" if profile.long_term_care else "no"
    if account is not None:
        values |= {"bank": account.bank, "holder": account.holder}
    return values
