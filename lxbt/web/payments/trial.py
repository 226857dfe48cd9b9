"""The month as it would be drawn now: who starts, stops and changes and why, what goes to the bank, what is stuck."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.payments import operations, queries
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.sheets import send_sheet
from lxbt.web.payments import presenters
from lxbt.web.payments.files import batch_sheet
from lxbt.web.payments.views import SHOWS, DrawForm, figures_of, payer_choices


class TrialForm(DrawForm):
    """Which body's month is tried: a filter above the page."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in self.fields.values():
            field.widget.attrs["class"] = "control"


def payers_for(request: OfficialRequest) -> list[tuple[str, str]]:
    """The bodies whose month the account may try, in the area looked at; the only one wherever it looks."""
    payers = payer_choices(request, P.DRAW_BATCHES, P.APPROVE_BATCHES)
    within = {node.code for node in divisions.counties_in(request.focus)}
    return payers if len(payers) == 1 else [(code, name) for code, name in payers if code in within]


def asked(request: OfficialRequest) -> TrialForm:
    """The form as it is asked for, with the only body there is; blank before one of several was chosen."""
    payers = payers_for(request)
    told = {"payer": payers[0][0] if len(payers) == 1 else "", "month": str(Month.of(request.today))}
    told |= {name: request.GET[name] for name in ("payer", "month") if name in request.GET}
    if told["payer"] and told["payer"] not in dict(payers):
        raise Http404
    form = TrialForm(told if told["payer"] else None, initial=told)
    form.fields["payer"].choices = [("", _("请选择")), *payers]  # type: ignore[attr-defined]
    return form


@page(P.DRAW_BATCHES, P.APPROVE_BATCHES)
def trial(request: OfficialRequest) -> HttpResponse:
    """Try the month; nothing is kept, and it may be tried as often as one likes."""
    form = asked(request)
    context: dict[str, Any] = {
        "form": form,
        "crumbs": [Crumb(_("发放批次"), reverse("batches")), Crumb(_("本月预演"))],
        "may_draw": request.standing.may(P.DRAW_BATCHES),
        "at": request.now.at,
    }
    if not form.is_valid():
        return render(request, "payments/trial.html", context)
    payer, month = form.cleaned_data["payer"], form.cleaned_data["month"]
    try:
        with operations.trial_batch(payer_code=payer, month=month, by=request.user, on=request.today) as batch:
            figures = (
                figures_of(request, batch, queries.order_of(batch), explained=False)
                if batch is not None
                else stuck_in(payer, month)
            )
            context |= {"tried": True, "payer": payer, "place": divisions.name_of(payer), "month": month, **figures}
            return render(request, "payments/trial.html", context)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return render(request, "payments/trial.html", context)


def stuck_in(payer: str, month: Month) -> dict[str, Any]:
    """Whose money is held where nothing else is to be drawn."""
    rows = queries.held_back(payer, month)
    return {"stuck": presenters.held_table(rows)} if rows else {}


@page(P.DRAW_BATCHES, P.APPROVE_BATCHES)
def trial_export(request: OfficialRequest) -> HttpResponse:
    """The rows of the tab, all of them, masked, as a workbook."""
    form = asked(request)
    show = request.GET.get("show", "all")
    if not form.is_valid() or show not in SHOWS:
        raise Http404
    payer, month = form.cleaned_data["payer"], form.cleaned_data["month"]
    with operations.trial_batch(payer_code=payer, month=month, by=request.user, on=request.today) as batch:
        if batch is None:
            raise Http404
        sheet = batch_sheet(
            request, batch, show, title=_("预演名册"), action="batch.trial_exported", subject="division"
        )
    return send_sheet(request, sheet)
