"""Acts that need a second person: those that wait for this account, its own, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.audit.humans import same_human
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.documents import queries as documents
from lxbt.proposals import operations, queries
from lxbt.proposals.kinds import KINDS
from lxbt.proposals.rules import effect_from
from lxbt.registry import queries as registry
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Empty
from lxbt.web.kit.papers import show_paper
from lxbt.web.proposals.words import CHIPS

if TYPE_CHECKING:
    from lxbt.proposals.models import Proposal

TABS = ("waiting", "mine", "decided")
SIZE = 50


def _title(proposal: Proposal) -> str:
    kind = KINDS.get(proposal.kind)
    return str(kind.title) if kind else proposal.kind


def _chip(proposal: Proposal) -> Chip:
    word, tone = CHIPS[proposal.state]
    return Chip(str(word), tone)  # type: ignore[arg-type]


@page()
def proposals(request: OfficialRequest) -> HttpResponse:
    """One tab of the list, paged."""
    waiting = queries.waiting_to_decide(request.standing)
    mine = queries.proposals().filter(proposed_by_id=request.user.pk).order_by("-proposed_at", "-pk")
    decided = queries.in_sight(request.standing).exclude(state="waiting").order_by("-decided_at", "-pk")
    tab = request.GET.get("tab") if request.GET.get("tab") in TABS else "waiting"
    chosen = {"waiting": waiting, "mine": mine, "decided": decided}[str(tab)]
    shown = Paginator(chosen, SIZE).get_page(request.GET.get("page"))
    empty = {
        "waiting": Empty(_("没有等您复核的事项"), _("别人提出、需要您作为第二人同意的事项会列在这里。")),
        "mine": Empty(_("您没有提出过需要复核的事项")),
        "decided": Empty(_("还没有办结的事项")),
    }[str(tab)]
    rows = [
        {
            "it": it,
            "title": _title(it),
            "place": divisions.full_name_of(it.division_code),
            "chip": _chip(it),
            "effect": effect_from(it.effect),
        }
        for it in shown.object_list
    ]
    tabs = [("waiting", _("等我复核"), waiting.count()), ("mine", _("我提出的"), None), ("decided", _("已办结"), None)]
    context = {"rows": rows, "shown": shown, "tab": tab, "tabs": tabs, "empty": empty}
    return render(request, "proposals/proposals.html", context)


@page()
def proposal(request: OfficialRequest, proposal_id: int) -> HttpResponse:
    """One act with its effect, and its decision."""
    it = queries.in_sight(request.standing).filter(pk=proposal_id).first()
    if it is None:
        raise Http404
    if request.method == "POST":
        return _act(request, it)
    context: dict[str, Any] = {
        "it": it,
        "title": _title(it),
        "chip": _chip(it),
        "place": divisions.full_name_of(it.division_code),
        "effect": effect_from(it.effect),
        "digest": it.digest,
        "mine": it.proposed_by_id == request.user.pk,
        "person": _person(request, it),
        "paper": reverse("proposal_paper", args=[it.pk]) if _sees_paper(request, it) else "",
    }
    if it.state == "waiting":
        _add_present_effect(request, it, context)
    return render(request, "proposals/proposal.html", context)


def _add_present_effect(request: OfficialRequest, it: Proposal, context: dict[str, Any]) -> None:
    """What would happen today; where that differs from what was proposed, the page says so."""
    try:
        effect, digest = operations.effect_now(it, request.today)
    except Refusal as refusal:
        context["impossible"] = str(refusal)
        return
    context |= {"effect": effect, "digest": digest, "changed": digest != it.digest}
    decidable = queries.may_decide(request.standing, it) and not same_human(it.proposed_by_id, request.user.pk)
    context["decidable"] = decidable


def _person(request: OfficialRequest, it: Proposal) -> tuple[str, str] | None:
    person = registry.person(it.person_id) if it.person_id else None
    if person is None or not request.standing.may(P.VIEW_PERSONS, person.division_code):
        return None
    return person.name, reverse("person", args=[person.pk])


def _sees_paper(request: OfficialRequest, it: Proposal) -> bool:
    """The paper is for the two who answer for the act: who proposed it, and whoever may decide it."""
    return it.document_id is not None and (
        it.proposed_by_id == request.user.pk or queries.may_decide(request.standing, it)
    )


@page()
def proposal_paper(request: OfficialRequest, proposal_id: int) -> HttpResponse:
    """The paper that the act stands on."""
    it = queries.in_sight(request.standing).filter(pk=proposal_id).first()
    stored = documents.document(it.document_id or 0) if it is not None and _sees_paper(request, it) else None
    if stored is None:
        raise Http404
    return show_paper(request, stored, name="paper")


def _act(request: OfficialRequest, it: Proposal) -> HttpResponse:
    act, now = request.POST.get("act"), request.now.at
    opinion = request.POST.get("opinion", "")
    try:
        if act == "accept":
            digest = request.POST.get("digest", "")
            operations.accept(proposal_id=it.pk, digest=digest, by=request.user, at=now, on=request.today)
            messages.success(request, _("已同意，事项已经办理。"))
        elif act == "refuse":
            operations.refuse(proposal_id=it.pk, opinion=opinion, by=request.user, at=now, on=request.today)
            messages.success(request, _("已退回，提出人会看到原因。"))
        elif act == "withdraw":
            operations.withdraw(proposal_id=it.pk, by=request.user, at=now)
            messages.success(request, _("已撤回，没有办理。"))
        else:
            raise Http404
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("proposal", proposal_id=it.pk)
    return redirect("proposals")
