"""One suspicion: what both sides say, months and money, what was done, and the acts that are this account's.

The visit on a phone.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.audit.humans import same_human
from lxbt.core.clock import Now
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.documents import queries as documents
from lxbt.documents.rules import LARGEST
from lxbt.matching.catalogue import RULES
from lxbt.matching.operations import verifying
from lxbt.matching.queries import cases as queries
from lxbt.matching.queries.settings import quiet_here, setting_at
from lxbt.matching.rules import WITH_TOWNSHIP, State
from lxbt.registry import queries as registry
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb
from lxbt.web.kit.edge import PERMISSIONS
from lxbt.web.kit.papers import show_paper
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.matching import presenters
from lxbt.web.matching.listing import clock, filtered
from lxbt.web.matching.parts import HOUSEHOLD, months_words, state_chip
from lxbt.web.matching.words import MEASURES, OUTCOMES, SIDES, WAYS, rule_name

if TYPE_CHECKING:
    from lxbt.matching.models import Suspicion


class ConcludeForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label=lazy("核实结论"), choices=list(OUTCOMES.items()))
    measure = forms.ChoiceField(label=lazy("处理"), choices=list(MEASURES.items()))
    measure_month = forms.CharField(
        label=lazy("自哪月起"),
        max_length=7,
        required=False,
        widget=forms.DateInput(attrs={"type": "month"}),
        help_text=lazy("停发、暂停或补发从这个月开始"),
    )
    way = forms.ChoiceField(label=lazy("核实方式"), choices=list(WAYS.items()))
    opinion = forms.CharField(label=lazy("核实情况"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    basis = forms.CharField(label=lazy("不作处理的依据"), max_length=200, required=False)

    def clean_measure_month(self) -> Month | None:
        text = self.cleaned_data.get("measure_month") or ""
        try:
            return Month.parse(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class VisitForm(ConcludeForm):
    latitude = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-latitude": ""}))
    longitude = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-longitude": ""}))


class OpinionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    opinion = forms.CharField(
        label=lazy("意见"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


DONE = {
    "dispatch": lazy("已派发到乡镇（街道）。"),
    "begin": lazy("已开始核实。"),
    "conclude": lazy("结论已提交县级复核。"),
    "return": lazy("已退回补充核实。"),
    "confirm": lazy("已复核并执行处理，差额随下一批次结算。"),
    "agree": lazy("抽查认可，已留记录。"),
    "object": lazy("抽查不认可，已退回重新核实。"),
    "close": lazy("已销号。"),
}


def found_case(request: OfficialRequest, ident: int) -> Suspicion:
    """The case, or "not found" when out of scope."""
    found = queries.suspicion(ident)
    if found is None or not request.standing.may(P.VIEW_SUSPICIONS, found.division_code):
        raise Http404
    if found.rule in HOUSEHOLD and not request.standing.may(P.VIEW_HOUSEHOLD, found.division_code):
        raise Http404
    return found


@page(P.VIEW_SUSPICIONS)
def alert(request: OfficialRequest, suspicion_id: int) -> HttpResponse:
    """The whole case on one page; every act is a post to it."""
    case = found_case(request, suspicion_id)
    act = request.POST.get("act", "")
    conclude = ConcludeForm(request.POST if act == "conclude" else None, initial=first_guess(case))
    opinion = OpinionForm(
        request.POST if act in DONE and act != "conclude" else None, initial={"version": case.version}
    )
    form: Any = conclude if act == "conclude" else opinion
    if request.method == "POST" and act == "proof":
        return take_proof(request, case)
    if request.method == "POST" and act in DONE and form.is_valid():
        try:
            perform(request, case, act, form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, str(DONE[act]))
            before, following = queries.queue_around(filtered(request), case.pk)
            target = following or before
            return redirect("alert", suspicion_id=target if act in ("conclude", "confirm") and target else case.pk)
    return render(request, "matching/alert.html", case_context(request, case, conclude, opinion))


def perform(request: OfficialRequest, case: Suspicion, act: str, data: dict[str, Any]) -> None:
    """One act by its operation."""
    told = {"suspicion_id": case.pk, "version": data["version"], "by": request.user, "at": request.now.at}
    said = data.get("opinion", "")
    if act == "conclude":
        verifying.conclude_suspicion(
            **{k: v for k, v in data.items() if k not in ("latitude", "longitude")},
            **{k: told[k] for k in ("suspicion_id", "by", "at")},
        )
    elif act == "dispatch":
        verifying.dispatch_suspicion(**told)
    elif act == "begin":
        verifying.begin_verification(**told)
    elif act == "return":
        verifying.return_suspicion(opinion=said, **told)
    elif act == "confirm":
        verifying.confirm_suspicion(opinion=said, **told)
    elif act in ("agree", "object"):
        verifying.sample_suspicion(agree=act == "agree", opinion=said, **told)
    else:
        verifying.close_suspicion(**told)


def quiet_of(case: Suspicion, request: OfficialRequest) -> dict[str, Any] | None:
    """That hits like this are not raised here for the time being: whoever works on it must know."""
    quiet = quiet_here(rule=case.rule, source=case.source, division_code=case.division_code, on=request.today)
    rule = RULES.get(case.rule)
    off = rule is not None and rule.on and not setting_at(rule, case.division_code, Month.of(request.today)).on
    if quiet is None and not off:
        return None
    return {"off": off, "until": quiet.until if quiet else None, "reason": quiet.reason if quiet else ""}


def first_guess(case: Suspicion) -> dict[str, Any]:
    """What the form begins with: the measure that fits the rule, from the first month claimed."""
    measure = {"over": "stop", "under": "arrears"}.get(case.side, "none")
    if case.rule in ("U01", "U02", "U06", "U07"):
        measure = "invite"
    if case.rule in ("R10", "R15"):
        measure = "correct"
    month = case.since_month or case.first_month or Now.read().on.replace(day=1)
    return {
        "version": case.version,
        "outcome": "true",
        "measure": measure,
        "measure_month": f"{month:%Y-%m}",
        "way": "visit",
    }


def take_proof(request: OfficialRequest, case: Suspicion) -> HttpResponse:
    """Keep a photograph or paper."""
    upload = request.FILES.get("file")
    if upload is None:
        messages.error(request, _("请选择要上传的照片或证明。"))
    else:
        try:
            verifying.add_proof(
                suspicion_id=case.pk,
                kind=request.POST.get("kind", "paper"),
                content=upload.read(LARGEST + 1),
                latitude=request.POST.get("latitude", ""),
                longitude=request.POST.get("longitude", ""),
                by=request.user,
                at=request.now.at,
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("凭据已加密保存。"))
    return redirect("alert", suspicion_id=case.pk)


def case_context(
    request: OfficialRequest, case: Suspicion, conclude: forms.Form, opinion: forms.Form
) -> dict[str, Any]:
    """Everything of the page."""
    may = request.standing.may
    card = registry.person_cards([case.person_id]).get(case.person_id)
    money = may(P.VIEW_PAYMENTS, case.division_code)
    verify, confirm = may(P.VERIFY_SUSPICIONS, case.division_code), may(P.CONFIRM_SUSPICIONS, case.division_code)
    sample = may(P.SUPERVISE_SUSPICIONS, case.division_code) and request.user.pk not in (
        case.concluded_by_id,
        case.confirmed_by_id,
    )
    before, following = queries.queue_around(filtered(request), case.pk)
    return {
        "case": case,
        "card": card,
        "quiet": quiet_of(case, request),
        "age": request.today.year - card.birth.year if card and card.birth else None,
        "sex": words.SEXES[card.sex] if card else "",
        "rule": rule_name(case.rule),
        "basis": presenters.basis_of(case),
        "compares": presenters.compares(case),
        "chip": state_chip(case),
        "severity": presenters.severity_chip(case),
        "side": SIDES[case.side],
        "months": months_words(case),
        "place": divisions.full_name_of(case.division_code),
        "money": money,
        "clock": clock(case, request, divisions.workday_overrides()),
        "steps": presenters.step_line(case, request.today),
        "strip": presenters.strip_of(case) if money else None,
        "evidence": presenters.evidence_table(request, case),
        "proofs": presenters.proofs(case),
        "history": presenters.history(case),
        "others": presenters.others_table(request, case),
        "facts": presenters.facts(request, case),
        "conclude": conclude,
        "opinion": opinion,
        "outcomes": presenters.outcome_cards(conclude),
        "said": presenters.said(case),
        "recoveries": presenters.recoveries(request, case) if money else None,
        "may_dispatch": confirm and case.state == State.RAISED,
        "may_verify": verify and case.state in WITH_TOWNSHIP,
        "may_begin": verify and case.state == State.DISPATCHED,
        "may_confirm": confirm
        and case.state == State.CONCLUDED
        and not same_human(case.concluded_by_id, request.user.pk),
        "own_conclusion": confirm
        and case.state == State.CONCLUDED
        and same_human(case.concluded_by_id, request.user.pk),
        "may_close": confirm and case.state == State.CONFIRMED,
        "may_sample": sample and case.state == State.CONFIRMED,
        "before": before,
        "following": following,
        "crumbs": [Crumb(_("预警核实"), reverse("alerts")), Crumb(card.name if card else case.rule)],
    }


@page(P.VERIFY_SUSPICIONS)
def visit(request: OfficialRequest, suspicion_id: int) -> HttpResponse:
    """The home visit on a phone: a photograph, where it was taken, what was found, one button."""
    case = found_case(request, suspicion_id)
    if case.state not in WITH_TOWNSHIP or not request.standing.may(P.VERIFY_SUSPICIONS, case.division_code):
        raise Http404
    form = VisitForm(request.POST or None, initial=first_guess(case))
    if request.method == "POST" and form.is_valid():
        data, upload, at = form.cleaned_data, request.FILES.get("file"), request.now.at
        try:
            if upload is not None:
                verifying.add_proof(
                    suspicion_id=case.pk,
                    kind="photo",
                    content=upload.read(LARGEST + 1),
                    latitude=data["latitude"],
                    longitude=data["longitude"],
                    by=request.user,
                    at=at,
                )
            perform(request, case, "conclude", data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, str(DONE["conclude"]))
            return redirect("alerts")
    card = registry.person_cards([case.person_id]).get(case.person_id)
    person = registry.person(case.person_id)
    context = {
        "case": case,
        "card": card,
        "person": person,
        "form": form,
        "rule": rule_name(case.rule),
        "months": months_words(case),
        "place": divisions.full_name_of(case.division_code),
        "proofs": presenters.proofs(case),
        "outcomes": presenters.outcome_cards(form),
        "money": request.standing.may(P.VIEW_PAYMENTS, case.division_code),
        "amount": case.amount or Decimal(0),
        "evidence": presenters.evidence_table(request, case),
        "crumbs": [
            Crumb(_("预警核实"), reverse("alerts")),
            Crumb(card.name if card else case.rule, reverse("alert", args=[case.pk])),
            Crumb(_("入户核实")),
        ],
    }
    response = render(request, "matching/visit.html", context)
    response.headers["Permissions-Policy"] = PERMISSIONS.replace(
        "geolocation=()", "geolocation=(self)"
    )  # the place of the photograph, if asked for
    return response


@page(P.VIEW_SUSPICIONS)
def proof(request: OfficialRequest, suspicion_id: int, proof_id: int) -> HttpResponse:
    """One photograph or paper, found through its case only; a guessed address finds nothing."""
    case = found_case(request, suspicion_id)
    kept = next((one for one in queries.proofs_of(case.pk) if one.pk == proof_id), None)
    stored = documents.document(kept.document_id) if kept else None
    if stored is None:
        raise Http404
    return show_paper(request, stored, name="proof")
