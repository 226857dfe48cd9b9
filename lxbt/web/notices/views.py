"""The postbox: written notices to the offices that an account works in, notices of events, and what the own office sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.accounts.rules import Permission as P
from lxbt.notices import operations, queries
from lxbt.notices.queries import circulars
from lxbt.notices.rules import CircularKind
from lxbt.web.access import OfficialRequest, page
from lxbt.web.components import Empty, Page, Tab, Table
from lxbt.web.notices.lines import event_lines, led_to
from lxbt.web.notices.presenters import received_table, sent_table
from lxbt.web.paging import SIZE, cut
from lxbt.web.support.words import NOTICES as SUPPORT

NOTICES = LEADS | SUSPICIONS | SUPPORT
WORK_LISTS = {
    "suspicion_overdue": "alerts",
    "suspicion_waiting": "alerts",
    "suspicion_confirming": "alerts",
    "campaign_opened": "campaigns",
    "campaign_urged": "campaigns",
    "questions_below_overdue": "question_clocks",
    "office_stale": "directory",
}  # notices that lead to a list
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
    found = list((rows.filter(pk__lt=int(after)) if after.isdigit() else rows)[: SIZE + 1])
    shown, paging = cut(found, None, lambda row: str(row.pk), paged=bool(after), unit=_("条"))
    read = queries.read_by(request.user.pk, [row.pk for row in shown])
    may_see = request.standing.may(P.VIEW_PERSONS)
    cards = registry.person_cards([row.person_id for row in shown if row.person_id]) if may_see else {}
    files = imports.imports_by_id(row.params["import"] for row in shown if row.kind in IMPORT_NOTICES)
    lines = []
    for row in shown:
        if row.kind in IMPORT_NOTICES:
            lines.append(import_line(request, row, files.get(row.params["import"]), unread=row.pk not in read))
            continue
        card = cards.get(row.person_id) if row.person_id else None
        told = {key: value for key, value in row.params.items() if isinstance(value, str | int)}
        sentence = str(NOTICES.get(row.kind, row.kind)) % {"on": "", **told, "name": card.name if card else _("一名残疾人")}
        held = words.listed(words.SUBSIDIES_SHORT[s] for s in row.params.get("subsidies", ()) if s in words.SUBSIDIES_SHORT)
        lines.append({
            "pk": row.pk, "at": timezone.localtime(row.posted_at), "sentence": sentence, "place": divisions.name_of(row.division_code), "held": held,
            "unread": row.pk not in read, "leads": row.kind in WORK_LISTS or row.kind in SUPPORT or (card is not None and request.standing.may(P.VIEW_PERSONS, card.division_code)),
        })  # fmt: skip
    unread, show = queries.unread_count(request.standing), request.GET.get("show", "")
    tabs = [Tab(_("全部"), "?", None, show != "unread"), Tab(_("未读"), "?show=unread", unread, show == "unread")]
    context = {"lines": lines, "page": paging, "tabs": tabs, "unread": unread}
    lines = event_lines(request, shown, queries.read_by(request.user.pk, [row.pk for row in shown]))
    latest = list((circulars.unread_circulars(request.standing) if show == "unread" else circulars.circulars_for(request.standing))[: SIZE if show else LATEST])
    unread = queries.unread_count(request.standing)
    context = {
        "lines": lines, "page": paging, "tabs": tabs(request, show), "unread": unread, "may_write": request.standing.may(P.SEND_NOTICES),
        "latest": table_of(request, latest, None) if latest else None,
    }  # fmt: skip
    return render(request, "notices/notices.html", context)


def tabs(request: OfficialRequest, show: str) -> list[Tab]:
    """全部, 未读, 通知通报, 我单位发出."""
    found = [
        Tab(_("全部"), "?", None, show == ""),
        Tab(_("未读"), "?show=unread", circulars.bell_count(request.standing), show == "unread"),
        Tab(_("通知通报"), "?show=written", None, show == "written"),
    ]
    return [*found, Tab(_("我单位发出"), "?show=sent", None, show == "sent")] if request.standing.may(P.SEND_NOTICES) else found


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
    rows = narrowed(request, circulars.circulars_by(request.standing) if sent else circulars.circulars_for(request.standing))
    after = request.GET.get("after", "")
    if sent:
        found = list((rows.filter(pk__lt=int(after)) if after.isdigit() else rows)[: SIZE + 1])
        shown, paging = cut(found, None, lambda one: str(one.pk), paged=bool(after), unit=_("份"))
        table = sent_table(shown, page=paging)
    else:
        found = list(circulars.circulars_after(rows, after)[: SIZE + 1])
        shown, paging = cut(found, None, circulars.after_key, paged=bool(after), unit=_("份"))
        table = table_of(request, shown, paging)
    context = {
        "table": table, "tabs": tabs(request, show), "show": show, "q": request.GET.get("q", ""), "kind": request.GET.get("kind", ""), "state": request.GET.get("state", ""),
        "may_write": request.standing.may(P.SEND_NOTICES), "sent": sent,
    }  # fmt: skip
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
    operations.read_notices(notice_ids=None, by=request.user, at=timezone.localtime())
    return redirect("notices")


@require_POST
@page()
def notice_open(request: OfficialRequest, notice_id: int) -> HttpResponse:
    """Read one, and go to what it is about."""
    found = queries.notices_for(request.standing).filter(pk=notice_id).first()
    if found is None:
        raise Http404
    operations.read_notices(notice_ids=[found.pk], by=request.user, at=timezone.localtime())
    if found.kind in IMPORT_NOTICES and request.standing.may(P.IMPORT_FILES, found.division_code):
        return redirect("import", import_id=found.params["import"])
    if "question" in found.params:
        return redirect("question", question_id=found.params["question"])
    if found.kind in WORK_LISTS:
        return redirect(WORK_LISTS[found.kind])
    person = registry.person(found.person_id) if found.person_id else None
    if person is not None and request.standing.may(P.VIEW_PERSONS, person.division_code):
        return redirect(reverse("person", args=[person.pk]))
    return redirect("notices")
    return redirect(led_to(request, found))

