"""Merging, splitting, renaming and recoding an area: its effect is shown first, then the level above is asked."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.core.refusal import Refusal
from lxbt.divisions.rules import NATION
from lxbt.proposals.queries import waiting_for
from lxbt.registry.operations.areas import ACTS, Wanted, ask_to_change, effect_of
from lxbt.web.kit.access import OfficialRequest


def wanted_of(told: Any, code: str) -> Wanted:
    """What was typed."""
    listed = tuple(part for part in re.split(r"\W+", told.get("listed", "")) if part)
    return Wanted(
        told.get("act", ""),
        code,
        told.get("into", "").strip(),
        told.get("name", "").strip()[:60],
        listed,
    )


def changing_of(request: OfficialRequest, code: str) -> dict[str, Any]:
    """The form of who may change the area, and the effect of what was typed; nothing for all others."""
    if code == NATION or not request.standing.may(P.MANAGE_DIVISIONS, code):
        return {}
    found: dict[str, Any] = {
        "acts": [(key, str(label)) for key, label in ACTS.items()],
        "waiting": waiting_for(subject_kind="division", subject_id=int(code)).first(),
        "typed": request.GET,
    }
    if request.GET.get("act"):
        try:
            found["effect"] = effect_of(wanted_of(request.GET, code))
        except Refusal as refusal:
            found["refused"] = str(refusal)
    return {"changing": found}


def ask(request: OfficialRequest, code: str) -> HttpResponse:
    """Ask the level above for what was shown."""
    if code == NATION or not request.standing.may(P.MANAGE_DIVISIONS, code):
        raise Http404
    try:
        proposal = ask_to_change(
            wanted=wanted_of(request.POST, code),
            reason=request.POST.get("reason", ""),
            by=request.user,
            at=request.now.at,
            on=request.today,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("division", code=code)
    messages.success(request, _("已报上一级，同意当天起生效。"))
    return redirect("proposal", proposal_id=proposal.pk)
