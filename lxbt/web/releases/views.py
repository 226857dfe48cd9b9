"""Large exports: the own ones, and those that wait for this account to let them go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from lxbt.accounts.queries import in_scope
from lxbt.audit.humans import same_human
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.documents import operations, queries
from lxbt.documents.rules.releases import RELEASING
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Empty
from lxbt.web.kit.sheets import download

if TYPE_CHECKING:
    from lxbt.documents.models import Release

SHOWN = 100
CHIPS = {"waiting": (lazy("待核准"), "hold"), "released": (lazy("已核准"), "ok"), "refused": (lazy("不予核准"), "bad")}


def in_sight(request: OfficialRequest) -> QuerySet[Release]:
    """The own ones, and those over whose area the account may let exports go."""
    mine = Q(asked_by_id=request.user.pk)
    return queries.releases().filter(
        mine | in_scope(request.standing, RELEASING) if request.standing.may(RELEASING) else mine
    )


@page()
def releases(request: OfficialRequest) -> HttpResponse:
    """The latest first."""
    now = request.now.at
    rows = [
        {
            "it": found,
            "place": divisions.full_name_of(found.division_code),
            "chip": Chip(_("已过期"), "off")
            if found.expires_at <= now
            else Chip(str(CHIPS[found.outcome][0]), CHIPS[found.outcome][1]),  # type: ignore[arg-type]
            "mine": found.asked_by_id == request.user.pk,
            "waits": found.outcome == "waiting"
            and found.expires_at > now
            and not same_human(found.asked_by_id, request.user.pk),
            "ready": found.outcome == "released" and found.expires_at > now and found.asked_by_id == request.user.pk,
        }
        for found in in_sight(request).order_by("-asked_at")[:SHOWN]
    ]
    empty = Empty(_("没有需要核准的导出"), _("人数多的名单导出时，会先在这里等另一人核准。"), icon="file-export")
    return render(request, "releases/releases.html", {"rows": rows, "empty": empty})


@require_POST
@page()
def release_act(request: OfficialRequest, release_id: int) -> HttpResponse:
    """Let one go, refuse it, or take the own one out."""
    found = in_sight(request).filter(pk=release_id).first()
    if found is None:
        raise Http404
    act, now = request.POST.get("act"), request.now.at
    try:
        if act == "take":
            _release, content = operations.take_release(release_id=found.pk, by=request.user, at=now)
            return download(content, request.today)
        if act not in ("release", "refuse"):
            raise Http404
        operations.decide_release(
            release_id=found.pk,
            release_it=act == "release",
            opinion=request.POST.get("opinion", ""),
            by=request.user,
            at=now,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已核准，申请人可以下载。") if act == "release" else _("已退回。"))
    return redirect("releases")
