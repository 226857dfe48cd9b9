"""Persons: find one, see the whole story, see a number in full with a reason, record what became known."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.accounts.queries import in_scope
from lxbt.accounts.rules import Permission as P
from lxbt.applications import queries as applications
from lxbt.audit.operations import record_event
from lxbt.core import idnumber
from lxbt.core.readers.whole import whole_number
from lxbt.core.refusal import Refusal
from lxbt.payments.operations import correct_account_by_hand
from lxbt.registry import operations, queries
from lxbt.web.kit.access import OfficialRequest, must_be_in_scope, page
from lxbt.web.kit.components import Crumb
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.remember import look_for, looked_for
from lxbt.web.kit.sight import may_see_number
from lxbt.web.registry.caseload import marked
from lxbt.web.registry.forms import AccountForm, CertificateForm, EventForm, FactForm, content_of
from lxbt.web.registry.listing import filters, person_table, wanted
from lxbt.web.registry.presenters import story_context, waiting_about


def person_in_scope(request: OfficialRequest, person_id: int, permission: P = P.VIEW_PERSONS) -> Any:
    """The person, or "not found" when out of scope."""
    found = queries.person(person_id)
    if found is None:
        raise Http404
    must_be_in_scope(request, permission, found.division_code)
    return found


@require_POST
@page(P.VIEW_PERSONS)
def search(request: OfficialRequest) -> HttpResponse:
    """The field in the top bar: a case number opens the case, a full number the person, a name the list of persons."""
    text = request.POST.get("q", "").strip()
    if "-" in text and whole_number(text[:6]) is not None:
        found = applications.application_seen_by(request.standing, text)
        if found is not None:
            return redirect("application", number=found.number)
    number = idnumber.normalise(text)
    if len(number) >= 15 and whole_number(number[:15]) is not None:
        return by_number(request, number)
    return look_for(request, "persons", text, at=reverse("persons"))


@page(P.VIEW_PERSONS)
def persons(request: OfficialRequest) -> HttpResponse:
    """Persons of the own area by name or pinyin initials, or one by a full identity or certificate number."""
    if request.method == "POST":
        number = idnumber.normalise(request.POST.get("number", ""))
        return by_number(request, number) if number else look_for(request, "persons", request.POST.get("q", ""))
    return person_list(request, looked_for(request, "persons"))


def by_number(request: OfficialRequest, number: str) -> HttpResponse:
    """The person's page; a number that is unknown and one of another area are answered alike."""
    found = queries.person_by_number(number, in_scope(request.standing, P.VIEW_PERSONS))
    if found is not None:
        return redirect("person", person_id=found.pk)
    return person_list(request, "", _("辖区内没有找到这个号码。请核对号码，或确认此人户籍是否在您的辖区。"))


def person_list(request: OfficialRequest, text: str, sentence: str = "") -> HttpResponse:
    """The list, with a sentence over it when a number was not found."""
    context = {
        "table": person_table(request, text),
        "q": text,
        "sentence": sentence,
        "filters": filters(request),
        "narrowed": bool(wanted(request)),
    }
    return render(request, "registry/persons.html", context)


@page(P.VIEW_PERSONS)
def person(request: OfficialRequest, person_id: int) -> HttpResponse:
    """The whole story of a person. Opening it leaves a line that the person can ask for."""
    found = person_in_scope(request, person_id)
    record_event(
        by=request.user,
        action="person.viewed",
        subject_kind="person",
        subject_id=found.pk,
        person_id=found.pk,
        division_code=found.division_code,
        details=marked(request, found.pk),
    )
    context = story_context(request, found)
    return render(
        request,
        "registry/person.html",
        {**context, "crumbs": [Crumb(_("人员查询"), reverse("persons")), Crumb(found.name)]},
    )


@require_POST
@page(P.REVEAL_NUMBERS)
def reveal(request: OfficialRequest, person_id: int, kind: str) -> HttpResponse:
    """A number in full for a minute, with the reason kept."""
    found = person_in_scope(request, person_id, P.REVEAL_NUMBERS)
    if not may_see_number(request, found.division_code, kind):
        raise Http404
    reason = request.POST.get("reason", "").strip()
    if not reason:
        return HttpResponse(_("请先选择理由。"), status=422)
    try:
        value = operations.reveal_number(
            person=found,
            kind=kind,
            reason=reason,
            by=request.user,
            at=request.now.at,
            details=marked(request, found.pk),
        )
    except Refusal as refusal:
        return HttpResponse(str(refusal), status=422)
    return render(request, "registry/_revealed.html", {"value": value})


def answered(request: OfficialRequest, person: Any, proposal: Any, *, waits: bool) -> HttpResponse:
    """Back to the person, or on to what waits for a second person."""
    if proposal is None:
        messages.success(request, _("已登记，从有关月份起重新计算；已发的差额随下一批次补发或追缴。"))
        return redirect("person", person_id=person.pk)
    messages.success(
        request,
        _("已提出，等另一人确认。确认之前暂不发放。") if waits else _("已提出，等另一人确认后生效。"),
    )
    return redirect("proposal", proposal.pk)


@page(P.EDIT_FACTS)
def person_change(request: OfficialRequest, person_id: int) -> HttpResponse:
    """Record what became known: a changed situation, an event with its day."""
    found = person_in_scope(request, person_id, P.EDIT_FACTS)
    act = request.POST.get("act", "")
    fact = FactForm(*(request.POST, request.FILES) if act == "fact" else ())
    event = EventForm(*(request.POST, request.FILES) if act == "event" else ())
    held = queries.certificates_of(found.pk)
    certificate = CertificateForm(*(request.POST, request.FILES) if act == "certificate" else (), certificates=held)
    forms: dict[str, FactForm | EventForm | CertificateForm] = {
        "fact": fact,
        "event": event,
        "certificate": certificate,
    }
    form = forms.get(act)
    if form is not None and form.is_valid():
        try:
            proposal = form.record(person=found, by=request.user, at=request.now.at, on=request.today)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return answered(request, found, proposal, waits=form is event)
    crumbs = [
        Crumb(_("人员查询"), reverse("persons")),
        Crumb(found.name, reverse("person", args=[found.pk])),
        Crumb(_("登记变更")),
    ]
    context = {"person": found, **forms, "crumbs": crumbs, "waiting": waiting_about(found.pk)}
    return render(request, "registry/change.html", context)


@page(P.CORRECT_ACCOUNTS)
def person_account(request: OfficialRequest, person_id: int) -> HttpResponse:
    """Give a person another account, for instance after a failed payment."""
    found = person_in_scope(request, person_id, P.CORRECT_ACCOUNTS)
    current = queries.current_account(found.pk)
    form = AccountForm(
        request.POST or None,
        request.FILES or None,
        initial={"holder": found.name, "bank": current.bank if current else ""},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            changed = correct_account_by_hand(
                person_id=found.pk,
                bank=data["bank"],
                holder=data["holder"],
                account_number=data["account_number"],
                holder_is=data["holder_is"],
                reason=data["reason"],
                paper=content_of(data["paper"]),
                at=request.now.at,
                on=request.today,
                by=request.user,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            if changed is not None:
                return answered(request, found, changed, waits=False)
            messages.success(request, _("账户已更正。暂缓和退票的月份随下一批次发放。"))
            return redirect("person", person_id=found.pk)
    crumbs = [
        Crumb(_("人员查询"), reverse("persons")),
        Crumb(found.name, reverse("person", args=[found.pk])),
        Crumb(_("更正账户")),
    ]
    return render(
        request,
        "registry/account.html",
        {
            "person": found,
            "form": form,
            "current": current,
            "crumbs": crumbs,
            "waiting": waiting_about(found.pk),
        },
    )
