"""The postbox: written notices to the offices that an account works in, notices of events, and what the own office
sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.accounts.rules import Permission as P
from lxbt.core.readers.whole import whole_number
from lxbt.notices import operations, queries
from lxbt.notices.queries import circulars
from lxbt.notices.rules import CircularKind
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Empty, Page, Tab, Table
from lxbt.web.kit.paging import SIZE, cut
from lxbt.web.notices.lines import event_lines, led_to
from lxbt.web.notices.presenters import received_table, sent_table

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lxbt.notices.models import Circular

LATEST = 5  # written notices above those of events


@page()
def notices(request: OfficialRequest) -> HttpResponse:
    """The latest written ones, then events, the latest first; each leads to what it is about."""
    show = request.GET.get("show", "")
    if show in ("written", "sent"):
        return written(request, show)
    rows = queries.notices_for(request.standing)
    if show == "unread":
        rows = queries.unread_for(request.standing)
    after = request.GET.get("after", "")
    found = list((rows.filter(pk__lt=point) if (point := whole_number(after)) is not None else rows)[: SIZE + 1])
    shown, paging = cut(found, None, lambda row: str(row.pk), paged=bool(after), unit=_("条"))
    lines = event_lines(request, shown, queries.read_by(request.user.pk, [row.pk for row in shown]))
    latest = list(
        (
            circulars.unread_circulars(request.standing)
            if show == "unread"
            else circulars.circulars_for(request.standing)
        )[: SIZE if show else LATEST]
    )
    unread = queries.unread_count(request.standing)
    context = {
        "lines": lines,
        "page": paging,
        "tabs": tabs(request, show),
        "unread": unread,
        "may_write": request.standing.may(P.SEND_NOTICES),
        "latest": table_of(request, latest, None) if latest else None,
    }
    return render(request, "notices/notices.html", context)


def tabs(request: OfficialRequest, show: str) -> list[Tab]:
    """全部, 未读, 通知通报, 我单位发出."""
    found = [
        Tab(_("全部"), "?", None, show == ""),
        Tab(_("未读"), "?show=unread", circulars.bell_count(request.standing), show == "unread"),
        Tab(_("通知通报"), "?show=written", None, show == "written"),
    ]
    return (
        [*found, Tab(_("我单位发出"), "?show=sent", None, show == "sent")]
        if request.standing.may(P.SEND_NOTICES)
        else found
    )


def table_of(request: OfficialRequest, rows: list[Circular], paging: Page | None) -> Table:
    """Rows of written notices with what they are to this account."""
    read = circulars.read_circulars(request.user.pk, [one.pk for one in rows])
    owing = circulars.owing_among(request.standing, [one.pk for one in rows if one.receipt_due_on])
    empty = Empty(_("没有这样的通知通报"), _("换个关键词，或看全部。"), icon="mail")
    return received_table(rows, read=read, owing=owing, page=paging, empty=empty)


def written(request: OfficialRequest, show: str) -> HttpResponse:
    """Written notices to this account, or those of its own office, searched and filtered."""
    if show == "sent" and not request.standing.may(P.SEND_NOTICES):
        raise Http404
    sent = show == "sent"
    rows = narrowed(
        request, circulars.circulars_by(request.standing) if sent else circulars.circulars_for(request.standing)
    )
    after = request.GET.get("after", "")
    if sent:
        found = list((rows.filter(pk__lt=point) if (point := whole_number(after)) is not None else rows)[: SIZE + 1])
        shown, paging = cut(found, None, lambda one: str(one.pk), paged=bool(after), unit=_("份"))
        table = sent_table(shown, page=paging)
    else:
        found = list(circulars.circulars_after(rows, after)[: SIZE + 1])
        shown, paging = cut(found, None, circulars.after_key, paged=bool(after), unit=_("份"))
        table = table_of(request, shown, paging)
    context = {
        "table": table,
        "tabs": tabs(request, show),
        "show": show,
        "q": request.GET.get("q", ""),
        "kind": request.GET.get("kind", ""),
        "state": request.GET.get("state", ""),
        "may_write": request.standing.may(P.SEND_NOTICES),
        "sent": sent,
    }
    return render(request, "notices/circulars.html", context)


def narrowed(request: OfficialRequest, rows: QuerySet[Circular]) -> QuerySet[Circular]:
    """By words of title, number and issuer, by kind, by state."""
    text, kind, state = (request.GET.get(name, "").strip() for name in ("q", "kind", "state"))
    if text:
        rows = rows.filter(Q(title__contains=text[:60]) | Q(number__contains=text[:60]) | Q(issuer__contains=text[:60]))
    if kind in set(CircularKind):
        rows = rows.filter(kind=kind)
    if state == "open":
        return rows.filter(state__in=["draft", "scheduled"])
    return rows.filter(state=state) if state in ("published", "corrected", "withdrawn") else rows


@require_POST
@page()
def notices_read(request: OfficialRequest) -> HttpResponse:
    """All notices of events are read. Written ones are opened one by one."""
    operations.read_notices(notice_ids=None, by=request.user, at=request.now.at)
    return redirect("notices")


@require_POST
@page()
def notice_open(request: OfficialRequest, notice_id: int) -> HttpResponse:
    """Read one, and go to what it is about."""
    found = queries.notices_for(request.standing).filter(pk=notice_id).first()
    if found is None:
        raise Http404
    operations.read_notices(notice_ids=[found.pk], by=request.user, at=request.now.at)
    return redirect(led_to(request, found))
