"""Rows of the bank that fitted no line: what the bank said, which lines may be meant, and how each was settled."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts import queries as accounts
from lxbt.accounts.rules import Permission as P
from lxbt.core.idnumber import mask
from lxbt.core.readers.whole import whole_number
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.payments import operations
from lxbt.payments.queries import unmatched as queries
from lxbt.registry import queries as registry
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Crumb, Empty, Person, Row, Tab, Table
from lxbt.web.kit.fields import ProseField
from lxbt.web.kit.paging import SIZE, cut
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.payments.presenters import subsidy_name

LIMIT = 50_000
SHOW = {"open": False, "closed": True, "all": None}


class NoteForm(forms.Form):
    note = ProseField(
        label=lazy("怎样处理的"),
        min_length=4,
        max_length=200,
        help_text=lazy("例如：银行补发了正确的回盘；属于别的批次，已在那里登记。"),
    )


def asked(request: OfficialRequest) -> tuple[Any, str, str]:
    """(rows in scope by the filter, show, text) of the address."""
    show = request.GET.get("show", "open")
    show = show if show in SHOW else "open"
    text = request.GET.get("q", "").strip()[:20]
    scope = accounts.in_scope(request.standing, P.DRAW_BATCHES, field="file__batch__payer_code", focus=request.focus)
    return queries.unmatched_within(scope, handled=SHOW[show], text=text), show, text


@page(P.DRAW_BATCHES)
def unmatched_rows(request: OfficialRequest) -> HttpResponse:
    """The list, open rows first looked for."""
    rows, show, text = asked(request)
    total, after = rows.count(), whole_number(request.GET.get("after", ""))
    found = list((rows.filter(pk__lt=after) if after is not None else rows)[: SIZE + 1])
    shown, paging = cut(found, total, lambda row: str(row.pk), paged=after is not None, unit=_("行"))
    table = Table(
        caption=_("对不上的行"),
        columns=[
            Column(_("账号"), phone="lead"),
            Column(_("批次")),
            Column(_("回盘文件")),
            Column(_("行"), "num"),
            Column(_("为什么对不上")),
            Column(_("处理")),
        ],
        rows=[
            Row(
                [
                    row.masked_account or "—",
                    f"{divisions.name_of(row.file.batch.payer_code)} {row.file.batch.month:%Y-%m} #{row.file.batch_id}",
                    row.file.name,
                    row.row_no,
                    row.why,
                    f"{row.handled_note} · {row.handled_by.name}" if row.handled_by else Chip(_("待处理"), "warn"),
                ],
                url=reverse("unmatched_row", args=[row.pk]),
                action=_("查看"),
            )
            for row in shown
        ],
        page=paging,
        empty=Empty(_("没有这样的行"), _("回盘里对不上的行会列在这里，一行一行处理。"), icon="circle-check"),
    )
    words = {"open": _("待处理"), "closed": _("已处理"), "all": _("全部")}
    context = {
        "table": table,
        "q": text,
        "show": show,
        "tabs": [
            Tab(word, "?" + urlencode({"show": key, "q": text}), None, key == show) for key, word in words.items()
        ],
    }
    return render(request, "payments/unmatched.html", context)


@page(P.DRAW_BATCHES)
def unmatched_export(request: OfficialRequest) -> HttpResponse:
    """The rows of the list, at most LIMIT; accounts masked."""
    rows, show, _text = asked(request)
    heads = [_("批次"), _("回盘文件"), _("行"), _("账号"), _("为什么对不上"), _("处理"), _("处理人")]
    cells = [
        [
            row.file.batch_id,
            row.file.name,
            row.row_no,
            row.masked_account,
            row.why,
            row.handled_note,
            row.handled_by.name if row.handled_by else "",
        ]
        for row in rows[:LIMIT]
    ]
    sheet = Sheet(
        _("对不上的行"),
        heads,
        cells,
        "result.unmatched_exported",
        "division",
        request.focus,
        request.focus,
        {"show": show},
    )
    return send_sheet(request, sheet)


@page(P.DRAW_BATCHES)
def unmatched_row(request: OfficialRequest, unmatched_id: int) -> HttpResponse:
    """One row: what the bank said, which lines may be meant, and writing down how it was settled."""
    scope = accounts.in_scope(request.standing, P.DRAW_BATCHES, field="file__batch__payer_code")
    row = queries.unmatched_within(scope).filter(pk=unmatched_id).first()
    if row is None or row.file.batch is None:
        raise Http404
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.handle_unmatched(
                row_id=unmatched_id,
                note=form.cleaned_data["note"],
                by=request.user,
                on=request.today,
                at=request.now.at,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已登记处理结果。"))
            return redirect("unmatched_rows")
    said = queries.said_of(row)
    lines = queries.lines_meant(row, said)
    cards = registry.person_cards([line.person_id for line in lines])
    context = {
        "row": row,
        "payer": divisions.name_of(row.file.batch.payer_code),
        "holder": mask(said.holder, 1, 0),
        "said": said,
        "form": form,
        "lines": Table(
            caption=_("可能是这些"),
            columns=[
                Column(_("序号"), "num"),
                Column(_("姓名"), phone="lead"),
                Column(_("补贴")),
                Column(_("金额（元）"), "num"),
            ],
            rows=[
                Row(
                    [
                        line.row_no,
                        Person(cards[line.person_id].name, "", cards[line.person_id].masked_id),
                        subsidy_name(line.subsidy),
                        line.amount,
                    ]
                )
                for line in lines
            ],
            empty=Empty(_("本批次没有同样金额或同样序号的款项"), _("多半属于别的批次，请向银行核对。"), icon="help"),
        ),
        "crumbs": [Crumb(_("对不上的行"), reverse("unmatched_rows")), Crumb(row.masked_account or str(row.row_no))],
    }
    return render(request, "payments/unmatched_row.html", context)
