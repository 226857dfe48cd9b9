"""Exports to XLSX: what is on the screen, masked, marked with who and when, and no cell that a spreadsheet would
execute.

Large ones of persons do not leave at once: they are made, kept sealed, and let go by a second person (`web/releases`).
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.documents.operations import ask_release, take_out
from lxbt.documents.rules.releases import DAYS, is_large
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.refusals import show_refusal

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Sheet:
    """An export: its rows, and what the record says of it.

    `personal`: a row is a person, so that many rows need a second person.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    action: str
    subject_kind: str
    subject_id: object
    division_code: str
    details: Mapping[str, Any] = field(default_factory=dict)
    personal: bool = True
    persons: Collection[int] | None = None  # of whom the rows tell; left out: every row counts as another person


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=lazy("用途"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("例如：报送财政局审核 11 月名册"),
    )


def workbook(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], *, note: str) -> bytes:
    """A sheet with a title, a note (who, when, area), heads and rows. Money stays a number with two decimals.

    The note stands in the sheet, on every printed page, and in the properties of the file.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": True,
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": title, "comments": note})
    sheet = book.add_worksheet(title[:31])
    mark = note.replace("&", "&&")[:120]
    sheet.set_header(f"&C&9&K999999{mark}")
    sheet.set_footer(f"&L&9&K999999{mark}&R&9&P / &N")
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 0)
    bold = book.add_format({"bold": True, "bottom": 1})
    money = book.add_format({"num_format": "#,##0.00"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    large = book.add_format({"bold": True, "font_size": 14})
    sheet.set_column(0, max(0, len(heads) - 1), 16)
    sheet.write_string(0, 0, title, large)
    sheet.write_string(1, 0, note)
    for place, head in enumerate(heads):
        sheet.write_string(2, place, str(head), bold)
    for number, row in enumerate(rows, start=3):
        for place, value in enumerate(row):
            if isinstance(value, Decimal):
                sheet.write_number(number, place, value, money)
            elif isinstance(value, datetime | date):
                sheet.write_string(number, place, f"{value:%Y-%m-%d}", day)
            elif isinstance(value, int) and not isinstance(value, bool):
                sheet.write_number(number, place, value)
            elif value is not None:
                sheet.write_string(number, place, str(value))
    book.close()
    return out.getvalue()


def mark_of(request: OfficialRequest) -> str:
    """Who takes it out and when, as it is written on the sheet."""
    moment = request.now.at
    return _("导出人 %(who)s（%(user)s），%(moment)s；号码已掩码，导出已记录，不得外传") % {
        "who": request.user.name,
        "user": request.user.username,
        "moment": f"{moment:%Y-%m-%d %H:%M}",
    }


def download(content: bytes, day: date) -> HttpResponse:
    """The workbook as a download; its name says what it is, never whose."""
    response = HttpResponse(content, content_type=MEDIA)
    response["Content-Disposition"] = f'attachment; filename="lxbt-{day:%Y%m%d}.xlsx"'
    return response


def send_sheet(request: OfficialRequest, sheet: Sheet) -> HttpResponse:
    """The workbook, with its line in the record; a large one of persons asks for its use and waits for a second person.

    Large is also what would be too much together with what the same human being took out in the days before.
    """
    persons = len(set(sheet.persons)) if sheet.persons is not None else len(sheet.rows)
    if (
        sheet.personal
        and sheet.rows
        and (
            request.method == "POST"
            or is_large(len(sheet.rows))
            or not take_out(
                title=sheet.title, rows=len(sheet.rows), persons=sheet.persons, by=request.user, at=request.now.at
            )
        )
    ):
        return _ask_for_release(request, sheet)
    record_event(
        by=request.user,
        action=sheet.action,
        subject_kind=sheet.subject_kind,
        subject_id=sheet.subject_id,
        division_code=sheet.division_code,
        details={"rows": len(sheet.rows), **({"persons": persons} if sheet.personal else {}), **sheet.details},
    )
    return download(workbook(sheet.title, sheet.heads, sheet.rows, note=mark_of(request)), request.today)


def _ask_for_release(request: OfficialRequest, sheet: Sheet) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_release(
                title=sheet.title,
                note=_("，").join(str(value) for value in sheet.details.values() if value),
                content=workbook(sheet.title, sheet.heads, sheet.rows, note=mark_of(request)),
                rows=len(sheet.rows),
                division_code=sheet.division_code,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=request.now.at,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已提请核准。核准后 %(days)s 天内可在本页下载。") % {"days": DAYS})
            return redirect("releases")
    return render(request, "releases/ask.html", {"sheet": sheet, "count": len(sheet.rows), "form": form})
