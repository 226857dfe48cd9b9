"""Files as they come, made here."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from lxbt.core.idnumber import check_digit
from lxbt.imports.reading import Batch, Layout, read_batches, recognise
from lxbt.imports.rules.kinds import Kind, kind_named

ON = date(2026, 11, 24)


def identity(number: int = 1, birth: str = "19650312", area: str = "420102") -> str:
    """A valid identity number, another one for another number."""
    first = f"{area}{birth}{number % 1000:03d}"
    return first + check_digit(first)


HEADS = ["姓名", "身份证号", "残疾人证号", "补贴类型", "发放金额", "发放月份", "低保类别", "银行账号"]


def person(number: int = 1, **other: Any) -> list[Any]:
    """A good row under HEADS; other values by title."""
    row = {
        "姓名": "张三",
        "身份证号": identity(number),
        "残疾人证号": identity(number) + "42",
        "补贴类型": "生活补贴",
        "发放金额": 80,
        "发放月份": "2026-10",
        "低保类别": "低保",
        "银行账号": "6228480402564890018",
    }
    return [other.get(title, row[title]) for title in HEADS]


def workbook(
    path: Path,
    rows: Sequence[Sequence[Any]],
    merged: Mapping[str, Any] | None = None,
    sheets: Mapping[str, Sequence[Sequence[Any]]] | None = None,
) -> Path:
    """An XLSX file of those rows; `merged`: range -> text; `sheets`: further ones, a name with "!" in front hidden."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, lines in {"表": rows, **(sheets or {})}.items():
        sheet = book.add_worksheet(name.lstrip("!"))
        if name.startswith("!"):
            sheet.hide()
        for number, line in enumerate(lines):
            for place, cell in enumerate(line):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                elif cell is not None and cell != "":
                    sheet.write(number, place, cell)
        if name == "表":
            for where, text in (merged or {}).items():
                sheet.merge_range(where, text)
    book.close()
    return path


def text(path: Path, rows: Sequence[Sequence[Any]], encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    """A text file of those rows."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def read(path: Path, kind: Kind | str = "recipients", size: int = 5000, **how: Any) -> tuple[Layout, list[Batch]]:
    """A file recognised and read to its end."""
    kind = kind_named(kind) if isinstance(kind, str) else kind
    layout = recognise(path, kind, **how)
    return layout, list(read_batches(path, kind, layout, on=ON, size=size))


def codes(batches: Sequence[Batch]) -> dict[int, list[tuple[str, str]]]:
    """Row -> (column, code) of its faults."""
    return {
        batch.row_nos[at]: [(fault.column, fault.code) for fault in faults]
        for batch in batches
        for at, faults in sorted(batch.faults.items())
    }


def column(batches: Sequence[Batch], key: str) -> list[Any]:
    """All values of a key."""
    return [value for batch in batches for value in batch.values[key]]
