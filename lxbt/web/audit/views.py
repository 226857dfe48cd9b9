"""The record, for auditors: what was done and looked at in the own area."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from lxbt.accounts.queries import scoped
from lxbt.accounts.rules import Permission as P
from lxbt.audit import queries
from lxbt.divisions import queries as divisions
from lxbt.web.access import OfficialRequest, page
from lxbt.web.components import Column, Empty, Page, Row, Table

SIZE = 50


@page(P.VIEW_AUDIT)
def audit(request: OfficialRequest) -> HttpResponse:
    """Latest first; by kind of act and by who."""
    rows = scoped(queries.events(), request.standing, P.VIEW_AUDIT, focus=request.focus)
    action, who, before = request.GET.get("action", "").strip(), request.GET.get("who", "").strip(), request.GET.get("after", "")
    if action:
        rows = rows.filter(action__startswith=action)
    if who:
        rows = rows.filter(by_name__startswith=who)
    if before.isdigit():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: SIZE + 1])
    shown = found[:SIZE]
    table = Table(
        caption=_("操作记录"),
        columns=[Column(_("时间"), phone="first"), Column(_("谁")), Column(_("所在")), Column(_("做了什么"), phone="lead"), Column(_("涉及对象")), Column(_("地区")), Column(_("理由"))],
        rows=[
            Row(
                cells=[
                    f"{e.at.astimezone():%Y-%m-%d %H:%M:%S}", e.by_name or _("系统"), divisions.name_of(e.by_place) if e.by_place else "—", e.action,
                    f"{e.subject_kind} {e.subject_id}", divisions.name_of(e.division_code) if e.division_code else "—", e.reason,
                ]
            )
            for e in shown
        ],
        page=Page(len(shown), None, _("条"), str(shown[-1].pk) if len(found) > SIZE else "", bool(before)),
        empty=Empty(_("没有符合条件的记录"), _("换个条件或辖区再看。"), icon="fingerprint"),
    )  # fmt: skip
    return render(request, "audit/audit.html", {"table": table, "action": action, "who": who})
