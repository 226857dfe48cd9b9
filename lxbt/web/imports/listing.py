"""The list of imports: what was sent, by whom, what became of it; the templates to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.accounts.queries import in_scope
from lxbt.accounts.rules import Permission as P
from lxbt.core.readers.whole import whole_number
from lxbt.divisions import queries as divisions
from lxbt.imports import queries
from lxbt.imports.kinds import LIST, kinds
from lxbt.imports.states import STATES, WRITTEN
from lxbt.imports.writing import template
from lxbt.payments.queries import payer_of
from lxbt.web.imports.words import kind_name, state_chip
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Column, Empty, Link, Row, Tab, Table
from lxbt.web.kit.paging import SIZE, cut
from lxbt.web.kit.sheets import MEDIA, Sheet, send_sheet

LIMIT = 5_000  # imports of an export


def chosen(request: OfficialRequest) -> QuerySet[Any]:
    """The imports of the area that the filters of the address leave."""
    rows = queries.imports_within(in_scope(request.standing, P.IMPORT_FILES, focus=request.focus))
    if (kind := request.GET.get("kind", "")) in kinds():
        rows = rows.filter(kind=kind)
    return rows.filter(by_id=request.user.pk) if request.GET.get("mine") == "1" else rows


@page(P.IMPORT_FILES)
def imports(request: OfficialRequest) -> HttpResponse:
    """The latest first, by kind, state and sender; below, the templates."""
    rows, state = chosen(request), request.GET.get("state", "")
    counts = queries.counts_by(rows, "state")
    narrowed = rows.filter(state=state) if state in STATES else rows
    after = request.GET.get("after", "")
    found = list(
        (narrowed.filter(pk__lt=point) if (point := whole_number(after)) is not None else narrowed).order_by("-pk")[
            : SIZE + 1
        ]
    )
    total = counts.get(state, 0) if state in STATES else sum(counts.values())
    shown, paging = cut(found, total, lambda row: str(row.pk), paged=bool(after), unit=_("次"))
    kept = {name: request.GET[name] for name in ("kind", "mine") if request.GET.get(name)}

    def tab(label: str, key: str, count: int) -> Tab:
        query = "&".join(f"{name}={value}" for name, value in ({**kept, "state": key} if key else kept).items())
        return Tab(label, f"?{query}", count, state == key)

    context = {
        "table": table_of(shown, paging),
        "tabs": [
            tab(_("全部"), "", sum(counts.values())),
            *(tab(state_chip(s).word, s, counts[s]) for s in STATES if counts.get(s)),
        ],
        "kinds": [(key, kind_name(key), request.GET.get("kind") == key) for key in kinds()],
        "templates": [(key, kind_name(key)) for key in kinds() if not key.startswith(LIST)],
        "lists": [(key, kind_name(key)) for key in kinds() if key.startswith(LIST)],
        "mine": request.GET.get("mine") == "1",
        "state": state,
        "accounts_url": reverse("account_sheets") if request.standing.may(P.MANAGE_ACCOUNTS) else "",
        "totals": (payer := payer_of(request.focus)) is None or payer.code == request.focus,
    }
    return render(request, "imports/imports.html", context)


def table_of(shown: Sequence[Any], paging: Any) -> Table:
    """Rows of the list."""
    return Table(
        caption=_("导入"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("时间")),
            Column(_("文件"), phone="lead"),
            Column(_("种类")),
            Column(_("地区")),
            Column(_("导入人")),
            Column(_("行"), "num"),
            Column(_("写入"), "num"),
            Column(_("未通过"), "num"),
            Column(_("金额合计（元）"), "num"),
        ],
        rows=[
            Row(
                [
                    state_chip(x.state),
                    x.created_at,
                    x.name,
                    kind_name(x.kind),
                    divisions.name_of(x.division_code),
                    x.by_name or _("系统"),
                    *numbers_of(x),
                ],
                url=reverse("import", args=[x.pk]),
                action=_("查看"),
            )
            for x in shown
        ],
        page=paging,
        empty=Empty(
            _("还没有导入过"),
            _("先下载模板填好，或直接用手头的表格：系统会识别各列，写入之前给您看计划。"),
            Link(_("导入文件"), reverse("import_new"), "file-import"),
            icon="file-spreadsheet",
        ),
    )


def numbers_of(entry: Any) -> list[Any]:
    """Rows, rows written (or that would be), rows that stay with the sender, yuan."""
    counts = entry.counts or entry.planned
    rows, written = sum(counts.values()), sum(counts.get(outcome, 0) for outcome in WRITTEN)
    return [rows, written, rows - written - counts.get("same", 0), entry.total]


@page(P.IMPORT_FILES)
def export(request: OfficialRequest) -> HttpResponse:
    """The list as a workbook: no persons in it."""
    rows, state = chosen(request), request.GET.get("state", "")
    shown = list((rows.filter(state=state) if state in STATES else rows).order_by("-pk")[:LIMIT])
    heads = [
        _("时间"),
        _("文件"),
        _("种类"),
        _("区划代码"),
        _("地区"),
        _("导入人"),
        _("状态"),
        _("行"),
        _("写入"),
        _("未通过"),
        _("金额合计（元）"),
    ]
    cells = [
        [
            f"{x.created_at:%Y-%m-%d %H:%M}",
            x.name,
            kind_name(x.kind),
            x.division_code,
            divisions.name_of(x.division_code),
            x.by_name,
            state_chip(x.state).word,
            *numbers_of(x),
        ]
        for x in shown
    ]
    said = {name: request.GET[name] for name in ("kind", "state", "mine") if request.GET.get(name)}
    return send_sheet(
        request,
        Sheet(_("数据导入"), heads, cells, "imports.exported", "list", "imports", request.focus, said, personal=False),
    )


@page(P.IMPORT_FILES)
def import_template(request: OfficialRequest, import_kind: str) -> HttpResponse:
    """The workbook to fill in: the own area, the townships below offered."""
    kind = kinds().get(import_kind)
    if kind is None:
        raise Http404
    place = next((area for area in request.standing.areas(P.IMPORT_FILES)), request.focus)
    below = [(node.code, node.name) for node in divisions.children(place)]
    name = divisions.name_of(place)
    content = template(kind, division_code=place, division_name=name, divisions=[(place, name), *below])
    response = HttpResponse(content, content_type=MEDIA)
    response["Content-Disposition"] = f'attachment; filename="lxbt-{import_kind.replace(":", "-")}.xlsx"'
    return response
