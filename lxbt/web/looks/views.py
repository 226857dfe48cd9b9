"""Unusual looking at personal data, told to those above, and what came of asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.queries import in_scope
from lxbt.accounts.rules import Permission as P
from lxbt.audit import queries
from lxbt.audit.watching import write_finding
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Crumb, Empty, Row, Tab, Table
from lxbt.web.kit.paging import page_by_date
from lxbt.web.kit.refusals import show_refusal

if TYPE_CHECKING:
    from lxbt.audit.models import UnusualLook

KINDS = {
    "many": lazy("一小时内查看很多"),
    "night": lazy("夜间查看"),
    "export": lazy("导出很多人"),
    "elsewhere": lazy("查看不在经办范围的人"),
    "limit": lazy("达到完整号码次数上限"),
}


class FindingForm(forms.Form):
    finding = forms.CharField(
        label=lazy("核查结果"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("向本人或其单位核实后填写：为何查看，是否正当。"),
    )


def in_sight(request: OfficialRequest) -> QuerySet[UnusualLook]:
    """Those by officials of the own area, never one's own."""
    seen = [
        in_scope(request.standing, permission, field="by_place", focus=request.focus)
        for permission in (P.MANAGE_SECURITY, P.VIEW_AUDIT)
    ]
    return queries.unusual_looks().filter(seen[0] | seen[1]).exclude(by_id=request.user.pk)


@page(P.MANAGE_SECURITY, P.VIEW_AUDIT)
def looks(request: OfficialRequest) -> HttpResponse:
    """The latest first; open ones unless all are asked for."""
    rows, show = in_sight(request), request.GET.get("show", "")
    open_ones = rows.filter(handled_at__isnull=True)
    shown, paging = page_by_date(
        rows if show == "all" else open_ones, request.GET.get("after", ""), day="on", descending=True, unit=_("条")
    )
    tabs = [
        Tab(_("待核查"), "?", open_ones.count(), show != "all"),
        Tab(_("全部"), "?show=all", rows.count(), show == "all"),
    ]
    return render(request, "looks/looks.html", {"table": look_table(shown, paging), "tabs": tabs})


def look_table(shown: list[UnusualLook], paging: object) -> Table:
    """Who, where, what was unusual, on which day."""
    return Table(
        caption=_("异常查看"),
        columns=[
            Column(_("日期"), phone="first"),
            Column(_("经办人"), phone="lead"),
            Column(_("所在单位")),
            Column(_("情形")),
            Column(_("次数"), "num"),
            Column(_("核查")),
        ],
        rows=[
            Row(
                cells=[
                    look.on,
                    look.by_name,
                    divisions.name_of(look.by_place),
                    str(KINDS[look.kind]),
                    look.count,
                    Chip(_("已核查"), "ok") if look.handled_at else Chip(_("待核查"), "hold"),
                ],
                url=reverse("look", args=[look.pk]),
                action=_("查看"),
            )
            for look in shown
        ],
        page=paging,  # type: ignore[arg-type]
        empty=Empty(
            _("没有待核查的异常查看"),
            _("经办人集中查看、夜间查看或查看范围外人员时，会在这里提示。"),
            icon="shield-check",
        ),
    )


@page(P.MANAGE_SECURITY, P.VIEW_AUDIT)
def look(request: OfficialRequest, look_id: int) -> HttpResponse:
    """One of them with its finding."""
    found = in_sight(request).filter(pk=look_id).first()
    if found is None:
        raise Http404
    form = FindingForm(request.POST or None, initial={"finding": found.finding})
    if request.method == "POST" and form.is_valid():
        try:
            write_finding(look_id=found.pk, finding=form.cleaned_data["finding"], by=request.user, at=request.now.at)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("核查结果已记下。"))
            return redirect("looks")
    facts = [
        (_("经办人"), found.by_name),
        (_("所在单位"), divisions.full_name_of(found.by_place)),
        (_("情形"), str(KINDS[found.kind])),
        (_("次数"), found.count),
        (_("最早"), f"{timezone.localtime(found.first_at):%Y-%m-%d %H:%M}"),
        (_("最晚"), f"{timezone.localtime(found.last_at):%Y-%m-%d %H:%M}"),
        (_("核查人"), found.handled_by_name or "—"),
    ]
    crumbs = [Crumb(_("异常查看"), reverse("looks")), Crumb(found.by_name)]
    return render(request, "looks/look.html", {"look": found, "facts": facts, "form": form, "crumbs": crumbs})
