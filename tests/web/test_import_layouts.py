"""The pages of an import that ask: sheets, what is said once, doubts, cells mended where they are shown."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lxbt.audit.models import Event
from lxbt.imports.models import Mended
from tests.web.test_import_pages import HEADS, act, identity, officer, row, seen, sent, text_file

pytestmark = pytest.mark.django_db
__all__ = ["officer"]  # a fixture


def book(sheets: dict[str, list[list[Any]]]) -> SimpleUploadedFile:
    """A workbook of these sheets."""
    made = openpyxl.Workbook()
    made.remove(made.active)  # type: ignore[arg-type]
    for name, lines in sheets.items():
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append(line)
    out = io.BytesIO()
    made.save(out)
    return SimpleUploadedFile("名册.xlsx", out.getvalue())


def test_a_doubt_is_asked_and_its_rows_are_taken_once_it_is_answered(officer: Client) -> None:
    heads = [*HEADS, "备注"]
    entry = sent(officer, text_file([[*row(1), ""], [*row(2), "2026年8月死亡"]], heads=heads))
    entry = act(officer, entry, act="plan")
    assert entry.planned == {"new": 1, "left": 1}
    assert "备注里写着死亡" in seen(officer, entry)
    entry = act(officer, entry, act="answer", doubt="note_doubt")
    assert (entry.planned, entry.answers) == ({"new": 2}, ["note_doubt"])
    assert Event.objects.filter(action="import.answered").exists()


def test_a_refused_cell_is_mended_on_the_page_and_the_row_taken(officer: Client) -> None:
    entry = sent(officer, text_file([row(1), row(2, 金额="8o.00"), row(3, 金额="1OO"), row(4, 金额="1OO")]))
    entry = act(officer, entry, act="plan")
    assert entry.planned == {"new": 1, "error": 3}
    assert "改此格" in seen(officer, entry)
    entry = act(officer, entry, act="mend", row="3", place="5", text="80")
    assert entry.planned == {"new": 2, "error": 2}
    entry = act(officer, entry, act="mend", row="0", place="5", find="1OO", text="100")
    assert entry.planned == {"new": 4}
    assert b"80" not in bytes(Mended.objects.get(row_no=3).sealed)
    assert Event.objects.filter(action="import.mended").count() == 2


def test_what_is_still_wrong_after_mending_is_said_at_once(officer: Client) -> None:
    entry = act(officer, sent(officer, text_file([row(1, 金额="8o.00")])), act="plan")
    entry = act(officer, entry, act="mend", row="2", place="5", text="九十")
    assert entry.planned == {"error": 1}
    assert "金额不是数字" in seen(officer, entry)


def test_sheets_are_chosen_and_what_is_said_once_can_be_set(officer: Client) -> None:
    heads = ["姓名", "身份证号", "金额"]
    entry = sent(
        officer,
        book(
            {
                "生活补贴": [heads, ["张三", identity(1), 80]],
                "护理补贴": [heads, ["李四", identity(2), 100]],
                "说明": [["一人一行"]],
            }
        ),
    )
    page = seen(officer, entry)
    assert "读哪些工作表" in page
    assert "没有这类数据的列" in page
    entry = act(officer, entry, act="plan")
    assert entry.planned == {"new": 2}
    shown = {"sheets-shown": "1", "sheets": "护理补贴"}
    entry = act(officer, entry, act="columns", **shown)
    assert entry.settings["sheets"] == ["护理补贴"]
    entry = act(officer, entry, act="columns", **shown, **{"once-paid_month": "2026-13"})
    assert "不能用" in seen(officer, entry)
    entry = act(officer, entry, act="columns", **shown, **{"once-paid_month": "2026-10"})
    entry = act(officer, entry, act="plan", **shown, **{"once-paid_month": "2026-10"})
    assert entry.planned == {"new": 1}
    assert entry.shape["constants"]["paid_month"] == ["2026-10", "set"]
