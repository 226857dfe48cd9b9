"""Months held back of rights that came by file or push: how many, how much, and asking that they be paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from lxbt.accounts import queries as accounts
from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.entitlements.holding import Group, Sums, groups_of, held, sums_of
from lxbt.entitlements.operations.releasing import ASKING, ask_to_release
from lxbt.entitlements.pricing import Pricer
from lxbt.imports import queries as imports
from lxbt.proposals.queries import waiting_for
from lxbt.web.kit.access import OfficialRequest, must_be_in_scope, page
from lxbt.web.payments.origins import origin_words

WHY = {"arrears": lazy("往月补发"), "unconfirmed": lazy("未经另一人确认")}
PRICED = 20  # groups whose sums are shown on a page; those after them when they come up


@dataclass(frozen=True)
class Line:
    """One group as it is shown."""

    group: Group
    why: str
    place: str
    origin: str
    sums: Sums | None
    waiting: Any
    may_ask: bool


@page(P.VIEW_PAYMENTS)
def held_months(request: OfficialRequest) -> HttpResponse:
    """The groups of the area, the newest import first."""
    rows = accounts.scoped(held(), request.standing, P.VIEW_PAYMENTS, field="payer_code", focus=request.focus)
    groups = groups_of(rows)
    entries = imports.imports_by_id(group.import_id for group in groups)
    pricer, month = Pricer(), Month.of(request.today)
    lines = [
        Line(
            group,
            str(WHY[group.why]),
            divisions.name_of(group.payer_code),
            origin_words(entries.get(group.import_id), group.import_id),
            sums_of(group.import_id, group.payer_code, group.why, month, pricer) if place < PRICED else None,
            waiting_for(subject_kind=f"hold {group.why}", subject_id=group.import_id).first(),
            any(request.standing.may(right, group.payer_code) for right in ASKING),
        )
        for place, group in enumerate(groups[:200])
    ]
    return render(request, "payments/held.html", {"lines": lines, "total": len(groups)})


@require_POST
@page(P.VIEW_PAYMENTS)
def held_ask(request: OfficialRequest) -> HttpResponse:
    """Ask another person to let a group be paid."""
    number, code, why = (request.POST.get(name, "") for name in ("import", "payer", "why"))
    if why not in WHY or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Http404
    must_be_in_scope(request, P.VIEW_PAYMENTS, code)
    try:
        ask_to_release(
            import_id=int(number),
            payer_code=code,
            why=why,
            reason=request.POST.get("reason", ""),
            by=request.user,
            at=request.now.at,
            on=request.today,
        )
        messages.success(request, _("已提交，等另一人同意；同意后下一次编制时发放。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("held")
