"""The local rules of an area: each in words, whose it is, and a form of its own; a change waits for a second person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import ancestors
from lxbt.standards import proposing, queries
from lxbt.standards.checking import faulty_rows
from lxbt.web.kit.access import OfficialRequest, page, places
from lxbt.web.kit.components import Chip, Column, Empty, Row, Table
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.standards.forms import ParameterForm
from lxbt.web.standards.parameter_fields import EDITORS, parameter_words
from lxbt.web.standards.views import faulty_table, waiting_changes


@page(P.VIEW_STANDARDS)
def parameters(request: OfficialRequest) -> HttpResponse:
    """What holds here of each, what was set, and the form of the one that is asked for."""
    allowed = places(request, P.DRAFT_STANDARDS)
    name = request.POST.get("name") or request.GET.get("name") or ""
    if name and name not in EDITORS:
        raise Http404
    form = _form(request, name, allowed) if name and allowed else None
    if request.method == "POST" and form is not None and form.is_valid():
        data = form.cleaned_data
        try:
            made = proposing.propose_parameter(
                division_code=data["division"],
                name=name,
                value=form.value(),
                since=data["since"],
                until=data["until"],
                document_number=data["document_number"],
                by=request.user,
                at=request.now.at,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已提出，等另一人看过影响后复核；复核同意才执行。"))
            return redirect("proposal", made.pk)
    faulty = faulty_rows(request.focus)
    context = {
        "now": _now_table(request, bool(allowed)),
        "table": _set_table(request, {one.pk for one in faulty if one.kind == "parameter"}),
        "form": form,
        "own": [form[field] for field in form.own] if form else [],
        "name": name,
        "pairs": name == "procedure",
        "title": EDITORS[name][0] if name else "",
        "faulty": faulty_table(faulty),
        "waiting": waiting_changes(request),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "standards/parameters.html", context, status=status)


def _form(request: OfficialRequest, name: str, allowed: list[tuple[str, str]]) -> ParameterForm:
    label, editor = EDITORS[name]
    value = queries.parameter_value(name, request.focus, Month.of(request.today), None)
    return ParameterForm(request.POST or None, label=label, editor=editor, value=value, divisions=allowed)


def _now_table(request: OfficialRequest, may_draft: bool) -> Table:
    """Each parameter with what holds here this month, and from where."""
    month = Month.of(request.today)
    chain = ancestors(request.focus)
    first = month.first
    holding: dict[str, Any] = {}
    known = queries.parameters_of(request.focus).filter(division_code__in=chain, name__in=list(EDITORS))
    for row in sorted(known, key=lambda row: (chain.index(row.division_code), -(row.since or first).toordinal())):
        if (row.since is None or row.since <= first) and (row.until is None or row.until > first):
            holding.setdefault(row.name, row)
    rows = []
    for name, (label, _editor) in EDITORS.items():
        held = holding.get(name)
        if held is None:
            chip = Chip(_("国家默认"), "off")
        elif held.division_code == request.focus:
            chip = Chip(_("本级"), "ok")
        else:
            place = divisions.name_of(held.division_code)
            chip = Chip(_("沿用%(place)s") % {"place": place}, "run", "corner-down-right")
        rows.append(
            Row(
                [label, parameter_words(name, held.value) if held else "—", chip],
                url=f"{reverse('parameters')}?name={name}#set" if may_draft else "",
                action=_("设定") if may_draft else "",
            )
        )
    return Table(
        caption=_("现在按什么办"),
        columns=[Column(_("参数"), phone="lead"), Column(_("值")), Column(_("来自"), phone="first")],
        rows=rows,
    )


def _set_table(request: OfficialRequest, bad: set[int]) -> Table:
    rows = [
        Row(
            cells=[
                EDITORS[r.name][0] if r.name in EDITORS else r.name,
                divisions.name_of(r.division_code),
                f"{r.since:%Y-%m}" if r.since else "—",
                f"{r.until:%Y-%m}" if r.until else "—",
                parameter_words(r.name, r.value),
                Chip(_("无效，沿用上级"), "bad") if r.pk in bad else Chip(_("有效"), "ok"),
                r.document_number,
            ]
        )
        for r in queries.parameters_of(request.focus)[:200]
    ]
    return Table(
        caption=_("参数"),
        columns=[
            Column(_("参数"), phone="lead"),
            Column(_("地区")),
            Column(_("自")),
            Column(_("至")),
            Column(_("值")),
            Column(_("状态"), phone="first"),
            Column(_("文号")),
        ],
        rows=rows,
        empty=Empty(_("没有自定参数"), _("各项按国家默认执行。"), icon="adjustments"),
    )
