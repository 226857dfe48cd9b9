"""The month as it would be drawn now: who starts, stops and changes and why, what goes to the bank, what is stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.payments import operations, queries
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb, Tab
from lxbt.web.kit.sheets import send_sheet
from lxbt.web.payments import batch_presenters, presenters
from lxbt.web.payments.files import batch_sheet
from lxbt.web.payments.views import SHOWS, rows_of

if TYPE_CHECKING:
    from lxbt.payments.models import Batch


class TrialForm(forms.Form):
    """Which body's month is tried."""

    payer = forms.ChoiceField(label=lazy("发放单位"), widget=forms.Select(attrs={"class": "control"}))
    month = forms.CharField(
        label=lazy("发放月份"), max_length=7, widget=forms.TextInput(attrs={"class": "control", "size": "9"})
    )

    def clean_month(self) -> Month:
        try:
            return Month.parse(self.cleaned_data["month"].strip())
        except ValueError:
            raise forms.ValidationError(lazy("月份请写成 2026-11 的样子。")) from None


def payers_for(request: OfficialRequest) -> list[tuple[str, str]]:
    """The bodies whose month the account may try, in the area looked at."""
    areas = {code for right in (P.DRAW_BATCHES, P.APPROVE_BATCHES) for code in request.standing.areas(right)}
    nodes = {node.code: node.name for code in sorted(areas) for node in divisions.counties_in(code)}
    within = {node.code for node in divisions.counties_in(request.focus)}
    return [(code, name) for code, name in nodes.items() if code in within or len(nodes) == 1]


def asked(request: OfficialRequest) -> TrialForm | None:
    """The form as it is asked for; None before a body of several was chosen."""
    payers = payers_for(request)
    told = {"payer": payers[0][0] if len(payers) == 1 else "", "month": str(Month.of(request.today))}
    told |= {name: request.GET[name] for name in ("payer", "month") if name in request.GET}
    form = TrialForm(told)
    form.fields["payer"].choices = [("", _("请选择")), *payers]  # type: ignore[attr-defined]
    if told["payer"] and told["payer"] not in dict(payers):
        raise Http404
    return form if told["payer"] else None


@page(P.DRAW_BATCHES, P.APPROVE_BATCHES)
def trial(request: OfficialRequest) -> HttpResponse:
    """Try the month; nothing is kept, and it may be tried as often as one likes."""
    form = asked(request)
    context: dict[str, Any] = {
        "form": form or choosing(request),
        "crumbs": [Crumb(_("发放批次"), reverse("batches")), Crumb(_("本月预演"))],
        "may_draw": request.standing.may(P.DRAW_BATCHES),
        "at": request.now.at,
    }
    if form is None or not form.is_valid():
        return render(request, "payments/trial.html", context)
    payer, month = form.cleaned_data["payer"], form.cleaned_data["month"]
    try:
        with operations.trial_batch(payer_code=payer, month=month, by=request.user, on=request.today) as batch:
            figures = figures_of(request, batch) if batch is not None else stuck_in(payer, month)
            context |= {"tried": True, "payer": payer, "place": divisions.name_of(payer), "month": month, **figures}
            return render(request, "payments/trial.html", context)
    except Refusal as refusal:
        form.add_error("month", str(refusal))
        return render(request, "payments/trial.html", context)


def stuck_in(payer: str, month: Month) -> dict[str, Any]:
    """Whose money is held where nothing else is to be drawn."""
    rows = queries.held_back(payer, month)
    return {"stuck": presenters.held_table(rows)} if rows else {}


def choosing(request: OfficialRequest) -> TrialForm:
    """The form before anything was chosen."""
    form = TrialForm(initial={"month": str(Month.of(request.today))})
    form.fields["payer"].choices = [("", _("请选择")), *payers_for(request)]  # type: ignore[attr-defined]
    return form


def figures_of(request: OfficialRequest, batch: Batch) -> dict[str, Any]:
    """What the page of a batch shows, of one that will be gone."""
    bridged = queries.bridge_of(batch.payer_code, Month.of(batch.month))
    counts = queries.batch_item_counts(batch)
    show = request.GET.get("show", "different" if any(counts.get(c) for c in SHOWS["different"][1]) else "all")
    tabs = [
        Tab(str(label), tab_url(request, key), sum(counts.get(c, 0) for c in changes), show == key)
        for key, (label, changes) in SHOWS.items()
    ]
    tabs.append(Tab(_("暂缓"), tab_url(request, "held"), batch.held_count, show == "held"))
    return {
        "batch": batch,
        "tiles": batch_presenters.batch_tiles(batch, bridged, queries.order_of(batch), held=tab_url(request, "held")),
        "bridge": batch_presenters.bridge(batch, bridged),
        "totals": batch_presenters.totals_table(batch),
        "tabs": tabs,
        "items": rows_of(request, batch, show, counts, explained=False),
    }


def tab_url(request: OfficialRequest, show: str) -> str:
    """The address of a tab: the same body and month."""
    kept = request.GET.copy()
    kept.pop("after", None)
    kept["show"] = show
    return f"?{kept.urlencode()}"


@page(P.DRAW_BATCHES, P.APPROVE_BATCHES)
def trial_export(request: OfficialRequest) -> HttpResponse:
    """The rows of the tab, all of them, masked, as a workbook."""
    form = asked(request)
    show = request.GET.get("show", "all")
    if form is None or not form.is_valid() or show not in SHOWS:
        raise Http404
    payer, month = form.cleaned_data["payer"], form.cleaned_data["month"]
    with operations.trial_batch(payer_code=payer, month=month, by=request.user, on=request.today) as batch:
        if batch is None:
            raise Http404
        sheet = batch_sheet(
            request, batch, show, title=_("预演名册"), action="batch.trial_exported", subject="division"
        )
    return send_sheet(request, sheet)
