"""Exports to XLSX: what is on the screen, masked, with who and when, and no cell that a spreadsheet would execute."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], *, note: str) -> bytes:
    """A sheet with a title, a note (who, when, area), heads and rows. Money stays a number with two decimals."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet(title[:31])
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


def sheet_response(request: Any, title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The workbook as a download; its name says what it is, never whose."""
    note = _("导出人 %(who)s，%(day)s；号码已掩码，导出已记录") % {"who": request.user.name, "day": request.today}
    response = HttpResponse(workbook(title, heads, rows, note=note), content_type=MEDIA)
    response["Content-Disposition"] = f'attachment; filename="lxbt-{request.today:%Y%m%d}.xlsx"'
    return response
