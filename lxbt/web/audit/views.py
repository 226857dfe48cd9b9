"""The record, for auditors: what was done and looked at in the own area, by whom, from where, before and after."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.accounts.queries import in_scope
from lxbt.accounts.rules import Permission as P
from lxbt.audit import queries
from lxbt.core import idnumber
from lxbt.core.clock import BEIJING
from lxbt.core.readers.whole import whole_number
from lxbt.registry import queries as registry
from lxbt.web.audit.presenters import (
    cells_of,
    changes_of,
    event_table,
    origin_words,
    place_words,
    seal_table,
    subject_words,
)
from lxbt.web.audit.words import KINDS, action_words
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb, Page
from lxbt.web.kit.paging import SIZE, cut, day_or_none
from lxbt.web.kit.remember import look_for, looked_for
from lxbt.web.kit.sheets import Sheet, send_sheet

if TYPE_CHECKING:
    from lxbt.audit.models import Event

LIMIT = 50_000  # rows of an export
WINDOW = 30  # days shown when no day is asked for


def in_sight(request: OfficialRequest) -> QuerySet[Event]:
    """Events about the own area, and those of its officials wherever they acted."""
    about = in_scope(request.standing, P.VIEW_AUDIT, focus=request.focus)
    return queries.events().filter(
        about | in_scope(request.standing, P.VIEW_AUDIT, field="by_place", focus=request.focus)
    )


def filtered(request: OfficialRequest) -> tuple[QuerySet[Event], dict[str, Any]]:
    """What the form asks for: days and kind from the address, person and official from the session."""
    asked = request.GET
    since = day_or_none(asked.get("since", "")) or request.today - timedelta(days=WINDOW - 1)
    until = day_or_none(asked.get("until", "")) or request.today
    person, who, kind = looked_for(request, "audit_person"), looked_for(request, "audit_who"), asked.get("kind", "")
    here = BEIJING
    rows = in_sight(request).filter(
        at__gte=datetime.combine(since, time.min, here),
        at__lt=datetime.combine(until + timedelta(days=1), time.min, here),
    )
    if kind == "looks":
        rows = rows.filter(action__in=[*queries.LOOKS, "document.viewed"])
    elif kind in KINDS:
        rows = rows.filter(action__startswith=f"{kind}.")
    if who:
        rows = rows.filter(by_name__startswith=who)
    if person:
        rows = rows.filter(person_id__in=persons_meant(request, person))
    return rows, {"since": since, "until": until, "kind": kind, "person": person, "who": who}


def persons_meant(request: OfficialRequest, text: str) -> list[int]:
    """Ids by a full number or the beginning of a name; events stay cut down to the own area all the same."""
    number = idnumber.normalise(text)
    for kind in ("id", "certificate"):
        found = registry.person_by_identifier(kind, number) if whole_number(number[:6]) is not None else None
        if found is not None:
            return [found.pk]
    return registry.person_ids_named(text, request.focus)


@page(P.VIEW_AUDIT)
def audit(request: OfficialRequest) -> HttpResponse:
    """Latest first; by person, official, kind of act and days."""
    if request.method == "POST":
        look_for(request, "audit_who", request.POST.get("who", ""))
        return look_for(request, "audit_person", request.POST.get("person", ""), at=request.get_full_path())
    rows, asked = filtered(request)
    after = request.GET.get("after", "")
    found = list(
        (rows.filter(pk__lt=point) if (point := whole_number(after)) is not None else rows).order_by("-pk")[: SIZE + 1]
    )
    shown, paging = cut(found, None, lambda e: str(e.pk), paged=bool(after), unit=_("条"))
    kinds = [("", _("全部操作")), ("looks", _("只看查看")), *((key, str(label)) for key, label in KINDS.items())]
    return render(request, "audit/audit.html", {"table": event_table(shown, paging), "kinds": kinds, **asked})


@page(P.VIEW_AUDIT)
def audit_event(request: OfficialRequest, event_id: int) -> HttpResponse:
    """One act: who, from where, what, whose, why, before and after, and the seal over it."""
    found = in_sight(request).filter(pk=event_id).first()
    if found is None:
        raise Http404
    facts = [
        (_("时间"), f"{timezone.localtime(found.at):%Y-%m-%d %H:%M:%S}"),
        (_("谁"), found.by_name or _("系统")),
        (_("所在单位"), place_words(found.by_place)),
        (_("来源"), origin_words(found.origin)),
        (_("涉及对象"), subject_words(found)),
        (_("地区"), place_words(found.division_code)),
        (_("理由"), found.why or "—"),
    ]
    whose = registry.person(found.person_id) if found.person_id else None
    context = {
        "event": found,
        "title": action_words(found.action),
        "facts": facts,
        "changes": changes_of(found),
        "details": found.details.items(),
        "whose": whose if whose and request.standing.may(P.VIEW_PERSONS, whose.division_code) else None,
        "seal": queries.block_of(found.pk),
        "crumbs": [Crumb(_("操作记录"), reverse("audit")), Crumb(action_words(found.action))],
    }
    if context["seal"]:
        context["digest"] = bytes(context["seal"].digest).hex()
    return render(request, "audit/event.html", context)


@page(P.VIEW_AUDIT)
def audit_export(request: OfficialRequest) -> HttpResponse:
    """The list as a workbook, the same filters, at most LIMIT rows, the latest first."""
    rows, asked = filtered(request)
    found = list(rows.order_by("-pk")[:LIMIT])
    heads = [
        _("时间"),
        _("谁"),
        _("所在单位"),
        _("来源"),
        _("做了什么"),
        _("涉及对象"),
        _("地区"),
        _("理由"),
        _("改动"),
    ]
    said = {"since": str(asked["since"]), "until": str(asked["until"]), "kind": asked["kind"]}
    cells = [[*cells_of(e), change_line(e)] for e in found]
    return send_sheet(
        request, Sheet(_("操作记录"), heads, cells, "audit.exported", "list", "audit", request.focus, said)
    )


def change_line(event: Event) -> str:
    """Every changed field on one line: 金额 70.00 → 80.00."""
    return (
        _("；")
        .join(f"{name} {before} → {after}" for name, before, after, _digest in changes_of(event))
        .replace("\n", _("、"))
    )


@page(P.VIEW_AUDIT)
def audit_seals(request: OfficialRequest) -> HttpResponse:
    """The seals over the record: printed or kept elsewhere they prove that nothing was bent since."""
    after = request.GET.get("after", "")
    rows = queries.blocks()
    found = list((rows.filter(number__lt=point) if (point := whole_number(after)) is not None else rows)[: SIZE + 1])
    shown, paging = cut(
        found,
        found[0].number if found and not after else None,
        lambda b: str(b.number),
        paged=bool(after),
        unit=_("块"),
    )
    crumbs = [Crumb(_("操作记录"), reverse("audit")), Crumb(_("封存"))]
    return render(
        request,
        "audit/seals.html",
        {
            "table": seal_table(shown, Page(len(shown), paging.total, paging.unit, paging.next_key, paging.paged)),
            "crumbs": crumbs,
        },
    )


@page(P.VIEW_AUDIT)
def audit_anchors(request: OfficialRequest) -> HttpResponse:
    """Number and digest of every seal, a line each: to be kept outside of the system, and checked by `lxbt audit verify
    --against`.
    """
    lines = "".join(f"{number} {digest}\n" for number, digest in queries.anchors())
    response = HttpResponse(lines, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="lxbt-anchors-{request.today:%Y%m%d}.txt"'
    return response
