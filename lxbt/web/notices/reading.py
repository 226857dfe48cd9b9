"""A written notice to its reader: the text, its papers, the PDF, the receipt.

What its own office can do stands beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.documents import queries as documents
from lxbt.documents.rules import OFFICE_ENDINGS
from lxbt.notices.operations import receipts
from lxbt.notices.queries import circulars
from lxbt.notices.queries.receipts import receipts_in
from lxbt.notices.rules import OPEN
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Confirm, Crumb
from lxbt.web.notices.presenters import reader_chip, shown_parts
from lxbt.web.notices.words import KINDS, office_name, state_chip, whom

if TYPE_CHECKING:
    from lxbt.documents.models import OfficeFile
    from lxbt.notices.models import Circular


def found_circular(request: OfficialRequest, circular_id: int) -> Circular:
    """One that the account may open, else not found."""
    one = circulars.circular_seen_by(request.standing, circular_id)
    if one is None:
        raise Http404
    return one


@page()
def circular(request: OfficialRequest, circular_id: int) -> HttpResponse:
    """The text of a notice, or why it is no longer shown."""
    one = found_circular(request, circular_id)
    own = circulars.may_manage(request.standing, one)
    place = (
        receipts.addressed_at(request.standing, one)
        if one.to_organ in ("", request.standing.organ) and one.state not in OPEN
        else None
    )
    mine = circulars.own_receipt(one.pk, request.user.pk)
    given = circulars.office_receipt(one.pk, request.standing) if one.receipt_due_on and place else None
    owing = bool(one.receipt_due_on and place and not given)
    hidden = one.state == "withdrawn" and not own
    context = {
        "circular": one,
        "kind": KINDS[one.kind],
        "own": own,
        "hidden": hidden,
        "parts": [] if hidden else shown_parts(one),
        "papers": [] if hidden else circulars.papers_of(one.pk),
        "chip": reader_chip(one, read=mine is not None, owing=owing) if place else state_chip(one.state),
        "whom": whom(circulars.addressees_of(one)),
        "mine": mine,
        "given": given,
        "owing": owing and one.state == "published",
        "to_read": bool(place) and mine is None and one.state == "published",
        "late": owing and one.receipt_due_on and one.receipt_due_on < request.today,
        "newer": circulars.newer_of(one.pk) if one.state == "corrected" else None,
        "from": office_name(one.from_code, one.from_organ),
        "crumbs": [Crumb(_("通知通报"), reverse("notices")), Crumb(one.number or str(KINDS[one.kind]))],
        "receipts": receipts_in(one, one.area, request.today)[0] if own and one.state not in OPEN else None,
        "withdraw": withdrawal(one) if own else None,
        "reminded": one.reminded_on == request.today,
        "urgent": Chip(_("特急"), "bad") if one.urgent else None,
    }
    return render(request, "notices/circular.html", context)


def withdrawal(one: Circular) -> Confirm | None:
    """The dialog before a notice is taken back."""
    if one.state != "published":
        return None
    return Confirm(
        id="withdraw",
        title=_("撤回这份通知"),
        act=_("撤回并告知读过的单位"),
        url=reverse("circular_act", args=[one.pk]),
        fields=[("act", "withdraw")],
        reason_label=_("撤回原因"),
        danger=True,
        consequences=[
            (_("正文"), _("收文单位不再看到")),
            (_("读过的单位"), _("马上收到提醒，看到原因")),
            (_("能否恢复"), _("不能，只能另发")),
        ],
    )


@require_POST
@page()
def circular_read(request: OfficialRequest, circular_id: int) -> HttpResponse:
    """Read; with `receipt` the office's receipt is given."""
    one = found_circular(request, circular_id)
    told = {"circular_id": one.pk, "by": request.user, "at": request.now.at}
    try:
        if request.POST.get("receipt"):
            receipts.give_receipt(reply=request.POST.get("reply", ""), **told)  # type: ignore[arg-type]
            messages.success(request, _("已签收，发文单位可以看到。"))
        else:
            receipts.read_circular(**told)  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("circular", circular_id=one.pk)


@page()
def circular_pdf(request: OfficialRequest, circular_id: int) -> HttpResponse:
    """The PDF that was made when it was published; none of what was withdrawn, none of a draft."""
    one = found_circular(request, circular_id)
    if one.pdf is None or (one.state == "withdrawn" and not circulars.may_manage(request.standing, one)):
        raise Http404
    return handed_out(one.pdf, f"notice-{one.pk}.pdf")


@page()
def circular_paper(request: OfficialRequest, circular_id: int, paper_id: int) -> HttpResponse:
    """One paper, found through its notice only."""
    one = found_circular(request, circular_id)
    paper = next((file for file in circulars.papers_of(one.pk) if file.pk == paper_id), None)
    if paper is None or (one.state == "withdrawn" and not circulars.may_manage(request.standing, one)):
        raise Http404
    record_event(
        by=request.user,
        action="office_file.taken",
        subject_kind="office_file",
        subject_id=paper.pk,
        division_code=one.from_code,
        details={"circular": one.pk},
    )
    return handed_out(paper, f"notice-{one.pk}-{paper.pk}.{OFFICE_ENDINGS[paper.media_type]}")


def handed_out(file: OfficeFile, name: str) -> HttpResponse:
    """The content as a download; its name says nothing of anybody."""
    response = HttpResponse(documents.content_of(file), content_type=file.media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
