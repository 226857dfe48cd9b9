"""The postbox: notices to the offices that an account works in, and reading them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.accounts.rules import Permission as P
from lxbt.divisions import queries as divisions
from lxbt.imports import queries as imports
from lxbt.notices import operations, queries
from lxbt.registry import queries as registry
from lxbt.web import words
from lxbt.web.access import OfficialRequest, page
from lxbt.web.alerts.words import NOTICES as SUSPICIONS
from lxbt.web.components import Tab
from lxbt.web.imports.words import NOTICES as IMPORT_NOTICES
from lxbt.web.imports.words import kind_name
from lxbt.web.leads.words import NOTICES as LEADS
from lxbt.web.paging import SIZE, cut

NOTICES = LEADS | SUSPICIONS
WORK_LISTS = {
    "suspicion_overdue": "alerts",
    "suspicion_lapsed": "alerts",
    "suspicion_waiting": "alerts",
    "suspicion_confirming": "alerts",
    "campaign_opened": "campaigns",
    "campaign_urged": "campaigns",
}  # notices that lead to a list


@page()
def notices(request: OfficialRequest) -> HttpResponse:
    """The latest first; each leads to the person it is about."""
    rows = queries.notices_for(request.standing)
    if request.GET.get("show") == "unread":
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
            "unread": row.pk not in read, "leads": row.kind in WORK_LISTS or (card is not None and request.standing.may(P.VIEW_PERSONS, card.division_code)),
        })  # fmt: skip
    unread, show = queries.unread_count(request.standing), request.GET.get("show", "")
    tabs = [Tab(_("全部"), "?", None, show != "unread"), Tab(_("未读"), "?show=unread", unread, show == "unread")]
    context = {"lines": lines, "page": paging, "tabs": tabs, "unread": unread}
    return render(request, "notices/notices.html", context)


def import_line(request: OfficialRequest, row: Any, entry: Any, *, unread: bool) -> dict[str, Any]:
    """A notice about a file; it leads there those who may import for the area."""
    told = {"file": entry.name if entry else "", "kind": kind_name(entry.kind) if entry else ""}
    return {
        "pk": row.pk, "at": timezone.localtime(row.posted_at), "sentence": str(IMPORT_NOTICES[row.kind]) % told, "place": divisions.name_of(row.division_code),
        "held": "", "unread": unread, "leads": entry is not None and request.standing.may(P.IMPORT_FILES, entry.division_code),
    }  # fmt: skip


@require_POST
@page()
def notices_read(request: OfficialRequest) -> HttpResponse:
    """All of them are read."""
    operations.read_notices(notice_ids=None, by=request.user, at=timezone.localtime())
    return redirect("notices")


@require_POST
@page()
def notice_open(request: OfficialRequest, notice_id: int) -> HttpResponse:
    """Read one, and go to whom it is about."""
    found = queries.notices_for(request.standing).filter(pk=notice_id).first()
    if found is None:
        raise Http404
    operations.read_notices(notice_ids=[found.pk], by=request.user, at=timezone.localtime())
    if found.kind in IMPORT_NOTICES and request.standing.may(P.IMPORT_FILES, found.division_code):
        return redirect("import", import_id=found.params["import"])
    if found.kind in WORK_LISTS:
        return redirect(WORK_LISTS[found.kind])
    person = registry.person(found.person_id) if found.person_id else None
    if person is not None and request.standing.may(P.VIEW_PERSONS, person.division_code):
        return redirect(reverse("person", args=[person.pk]))
    return redirect("notices")
