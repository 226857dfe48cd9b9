"""Giving an account back to an owner who lost phone or password: one official asks, another confirms."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.accounts import queries
from lxbt.accounts.operations import recovering
from lxbt.accounts.queries import signing_in as doors
from lxbt.accounts.rules.signing_in import ASKS_RECOVERY, CONFIRMS_RECOVERY
from lxbt.audit.humans import same_human
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.web.accounts.forms import RecoveryForm
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Empty
from lxbt.web.kit.refusals import show_refusal

EITHER = ASKS_RECOVERY | CONFIRMS_RECOVERY


@page(*EITHER)
def recoveries(request: OfficialRequest) -> HttpResponse:
    """The requests that wait, with what this official can do about each."""
    now = request.now.at
    waiting = doors.open_recoveries(request.standing, EITHER, at=now)
    names = queries.names_of([one.asked_by_id for one in waiting])
    confirmable = {one.pk for one in doors.open_recoveries(request.standing, CONFIRMS_RECOVERY, at=now)}
    rows = [
        {
            "it": one,
            "place": divisions.name_of(one.user.place_code),
            "asker": names.get(one.asked_by_id, ""),
            "own": one.asked_by_id == request.user.pk,
            "may_confirm": one.pk in confirmable and not same_human(one.asked_by_id, request.user.pk),
            "until": one.asked_at + timedelta(hours=24),
        }
        for one in waiting
    ]
    return render(
        request,
        "accounts/recoveries.html",
        {"rows": rows, "nothing": Empty(_("没有等待确认的恢复申请"), _("在账号页面上可以提出申请。"))},
    )


@page(*ASKS_RECOVERY)
def recovery_new(request: OfficialRequest, user_id: int) -> HttpResponse:
    """Ask for the recovery of one account, with a reason."""
    user = doors.account_to_recover(request.standing, user_id, ASKS_RECOVERY)
    if user is None:
        raise Http404
    form = RecoveryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            recovering.ask_access_recovery(
                user=user, reason=form.cleaned_data["reason"], by=request.user, at=request.now.at, on=request.today
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已提出恢复申请。请在 24 小时内由另一位管理员确认。"))
            return redirect("account_recoveries")
    return render(
        request,
        "accounts/recovery_new.html",
        {"account": user, "place": divisions.name_of(user.place_code), "form": form},
    )


@page(*EITHER)
@require_POST
def recovery_act(request: OfficialRequest, recovery_id: int) -> HttpResponse:
    """Confirm or withdraw; the second half of the new first password is shown once to the one who confirms."""
    now = request.now.at
    if recovery_id not in {one.pk for one in doors.open_recoveries(request.standing, EITHER, at=now)}:
        raise Http404
    try:
        if request.POST.get("act") == "confirm":
            user, first = recovering.confirm_access_recovery(
                recovery_id=recovery_id,
                identity_number=request.POST.get("identity_number", ""),
                by=request.user,
                at=now,
                on=request.today,
            )
            return render(
                request,
                "accounts/recovered.html",
                {"account": user, "place": divisions.name_of(user.place_code), "first": first},
            )
        recovering.withdraw_access_recovery(recovery_id=recovery_id, by=request.user, at=now, on=request.today)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已撤销恢复申请。"))
    return redirect("account_recoveries")
