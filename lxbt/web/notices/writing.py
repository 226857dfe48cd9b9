"""Writing a notice: draft, papers, a second look at whom it comes to, publishing now or at a moment; correcting,
withdrawing, reminding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.accounts.rules import Permission as P
from lxbt.core.readers.whole import whole_number
from lxbt.core.refusal import Refusal
from lxbt.documents.rules import LARGEST
from lxbt.notices.operations import circulars as operations
from lxbt.notices.operations.receipts import remind_unread
from lxbt.notices.queries import circulars
from lxbt.notices.rules import OPEN, CircularKind
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb, Tile
from lxbt.web.kit.fields import version_of
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.notices.forms import CircularForm, ScheduleForm
from lxbt.web.notices.presenters import shown_parts
from lxbt.web.notices.words import KINDS, first_words, whom

if TYPE_CHECKING:
    from lxbt.notices.models import Circular


def sending_office(request: OfficialRequest) -> str:
    """The office that the account sends for: the one looked at, else its first."""
    areas = request.standing.areas(P.SEND_NOTICES)
    return request.focus if request.focus in areas else areas[0]


def managed(request: OfficialRequest, circular_id: int) -> Circular:
    """One of the account's own office, else not found."""
    one = circulars.circular_seen_by(request.standing, circular_id)
    if one is None or not circulars.may_manage(request.standing, one):
        raise Http404
    return one


@page(P.SEND_NOTICES)
def circular_new(request: OfficialRequest) -> HttpResponse:
    """Write one and keep it as a draft."""
    code = sending_office(request)
    form = CircularForm(request.POST or None, from_code=code, initial=first_words(code, request.standing.organ))
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.draft_circular(content=form.content(), from_code=code, by=request.user, at=request.now.at)
            attach(request, made.pk)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return after_saving(request, made.pk)
    crumbs = [Crumb(_("通知通报"), reverse("notices")), Crumb(_("写通知"))]
    return render(request, "notices/write.html", {"form": form, "crumbs": crumbs, "circular": None})


@page(P.SEND_NOTICES)
def circular_edit(request: OfficialRequest, circular_id: int) -> HttpResponse:
    """Change a draft, its papers with it."""
    one = managed(request, circular_id)
    if one.state not in OPEN:
        raise Http404
    initial = {
        **{
            name: getattr(one, name)
            for name in (
                "title",
                "number",
                "issuer",
                "addressee",
                "area",
                "text",
                "receipt_due_on",
                "urgent",
                "changed",
            )
        },
        "levels": [str(level) for level in one.levels],
        "organ": one.to_organ,
        "role": one.to_role,
    }
    form = CircularForm(
        request.POST or None,
        from_code=one.from_code,
        kind=CircularKind(one.kind),
        corrects=one.corrects_id is not None,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_circular(
                circular_id=one.pk,
                version=version_of(request),
                content=form.content(),
                changed=form.cleaned_data.get("changed", ""),
                by=request.user,
                at=request.now.at,
            )
            attach(request, one.pk)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return after_saving(request, one.pk)
    context = {
        "form": form,
        "circular": one,
        "papers": circulars.papers_of(one.pk),
        "parts": shown_parts(one)[-len(one.blocks) :] if one.blocks else [],
        "crumbs": [
            Crumb(_("通知通报"), reverse("notices")),
            Crumb(one.title, reverse("circular", args=[one.pk])),
            Crumb(_("修改")),
        ],
    }
    return render(request, "notices/write.html", context)


def attach(request: OfficialRequest, circular_id: int) -> None:
    """Keep the papers that came with the form, drop those that were ticked."""
    for upload in request.FILES.getlist("file"):
        operations.attach_to_circular(
            circular_id=circular_id,
            name=upload.name or _("附件"),
            content=upload.read(LARGEST + 1),
            by=request.user,
            at=request.now.at,
        )
    for ident in request.POST.getlist("drop"):
        if (file_id := whole_number(ident)) is not None:
            operations.drop_paper(circular_id=circular_id, file_id=file_id, by=request.user, at=request.now.at)


def after_saving(request: OfficialRequest, circular_id: int) -> HttpResponse:
    """On to the second look, or stay a draft."""
    if request.POST.get("then") == "publish":
        return redirect("circular_publish", circular_id=circular_id)
    messages.success(request, _("草稿已保存。"))
    return redirect("circular", circular_id=circular_id)


@page(P.SEND_NOTICES)
def circular_publish(request: OfficialRequest, circular_id: int) -> HttpResponse:
    """The second look: how many offices and accounts get it; then it goes out, now or at a moment."""
    one = managed(request, circular_id)
    if one.state not in OPEN:
        raise Http404
    act = request.POST.get("act", "")
    form = ScheduleForm(request.POST if act == "schedule" else None, initial={"publish_at": one.publish_at})
    if request.method == "POST" and (act == "publish" or form.is_valid()):
        told: dict[str, Any] = {
            "circular_id": one.pk,
            "version": version_of(request),
            "by": request.user,
            "at": request.now.at,
        }
        try:
            if act == "schedule":
                operations.schedule_circular(publish_at=form.cleaned_data["publish_at"], **told)
                messages.success(request, _("已定时，到时自动发布。"))
            else:
                seen = request.POST.get("offices", "")
                operations.publish_circular(offices=-1 if (offices := whole_number(seen)) is None else offices, **told)
                messages.success(request, _("已发布，收文单位现在可以看到。"))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("circular", circular_id=one.pk)
    reach = circulars.reach_of(circulars.addressees_of(one), request.today)
    context = {
        "circular": one,
        "kind": KINDS[one.kind],
        "reach": reach,
        "whom": whom(circulars.addressees_of(one)),
        "form": form,
        "parts": shown_parts(one),
        "papers": circulars.papers_of(one.pk),
        "tiles": [
            Tile(
                _("收文单位"), f"{reach.offices:,}", _("个"), icon="building-bank", tone="" if reach.offices else "bad"
            ),
            Tile(_("账号"), f"{reach.accounts:,}", _("个"), icon="users"),
        ],
        "crumbs": [
            Crumb(_("通知通报"), reverse("notices")),
            Crumb(one.title, reverse("circular", args=[one.pk])),
            Crumb(_("发布")),
        ],
    }
    return render(request, "notices/publish.html", context)


@require_POST
@page(P.SEND_NOTICES)
def circular_act(request: OfficialRequest, circular_id: int) -> HttpResponse:
    """Correct, withdraw, remind, back to the drafts, throw away."""
    one = managed(request, circular_id)
    told: dict[str, Any] = {"circular_id": one.pk, "by": request.user, "at": request.now.at}
    act = request.POST.get("act", "")
    try:
        if act == "correct":
            return redirect("circular_edit", circular_id=operations.correct_circular(**told).pk)
        if act == "discard":
            operations.discard_circular(**told)
            messages.success(request, _("草稿已删除。"))
            return redirect("notices")
        if act == "withdraw":
            operations.withdraw_circular(reason=request.POST.get("reason", ""), **told)
            messages.success(request, _("已撤回。"))
        elif act == "remind":
            messages.success(request, _("已提醒 %(n)s 个单位。") % {"n": f"{remind_unread(**told):,}"})
        elif act == "unschedule":
            operations.unschedule_circular(**told)
            messages.success(request, _("已取消定时，退回草稿。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    back = "circular_receipts" if request.POST.get("back") == "receipts" else "circular"
    return redirect(back, circular_id=one.pk)
