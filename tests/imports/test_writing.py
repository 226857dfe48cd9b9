"""What goes out can come back: the template, and the workbook of errors."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from lxbt.imports.reading import read_batches, recognise
from lxbt.imports.rules.faults import FAULTS, Fault
from lxbt.imports.rules.kinds import KINDS, kind_named
from lxbt.imports.writing import error_workbook, template
from tests.imports.making import HEADS, ON, codes, column, identity, person, read, workbook

TOWNS = [("420102001000", "大智街道"), ("420102002000", "一元街道")]


@pytest.mark.parametrize("key", KINDS)
def test_a_template_is_recognised_whole_and_holds_no_data(tmp_path: Path, key: str) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(template(kind_named(key), division_code="420102000000", division_name="江岸区", divisions=TOWNS))
    layout, batches = read(path, key)
    assert layout.template == (key, 1)
    assert layout.missing == ()
    assert len(layout.mapping) == len(layout.titles)
    assert set(layout.sure.values()) == {"title"}
    assert sum(len(batch.row_nos) for batch in batches) == 0
    assert sum(len(batch.skipped) for batch in batches) == 201


def test_a_template_that_was_filled_in_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(
        template(kind_named("recipients"), division_code="420102000000", division_name="江岸区", divisions=TOWNS)
    )
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    for title, value in {
        "姓名*": "王芳",
        "身份证号*": identity(7),
        "补贴类型*": "护理补贴",
        "发放金额": 80,
        "低保类别": "农村低保",
    }.items():
        sheet.cell(3, titles.index(title) + 1, value)
    book.save(path)
    _layout, batches = read(path)
    assert batches[0].row_nos == [3]
    assert codes(batches) == {}
    assert column(batches, "division") == ["420102000000 江岸区"]
    assert (column(batches, "economic"), column(batches, "area")) == (["dibao"], ["rural"])


def test_lists_and_text_columns_stand_in_the_template() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(kind_named("recipients"), divisions=TOWNS)))
    sheet = book.worksheets[0]
    titles = {cell.value: cell.column_letter for cell in sheet[1]}
    validated = " ".join(str(found.sqref) for found in sheet.data_validations.dataValidation)
    assert f"{titles['补贴类型*']}2:" in validated
    assert f"{titles['所在区划']}2:" in validated
    assert sheet.column_dimensions[titles["身份证号*"]].number_format == "@"
    assert [name for name in book.sheetnames if name.startswith("_")] == ["_lists", "_lxbt"]


def test_the_error_workbook_shows_the_rows_as_they_were_and_comes_back_mended(tmp_path: Path) -> None:
    bad = [person(1, 身份证号="420102196503120"), person(2), person(3, 发放金额="8o.00"), person(4, 姓名="=1+1")]
    path = workbook(tmp_path / "a.xlsx", [["发放表"], HEADS, *bad])
    kind = kind_named("recipients")
    layout = recognise(path, kind)
    (batch,) = read_batches(path, kind, layout, on=ON)
    wrong = [(batch.row_nos[at], batch.cells[at], faults) for at, faults in sorted(batch.faults.items())]
    with (tmp_path / "e.xlsx").open("wb") as out:
        error_workbook(kind, layout, wrong, out)
    book = openpyxl.load_workbook(tmp_path / "e.xlsx")
    sheet = book.active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == ["问题", "怎么改", *HEADS]
    assert sheet.max_row == 4
    assert sheet["A3"].value == "第 5 行 发放金额：" + FAULTS["money_form"].problem
    assert sheet["G3"].value == "8o.00"
    assert sheet["G3"].comment is not None
    assert (sheet["C4"].value, sheet["C4"].data_type) == ("=1+1", "s") or sheet["C4"].data_type == "s"
    sheet["D2"], sheet["G3"], sheet["C4"] = identity(1), 80, "李四"
    sheet["E2"] = identity(1) + "42"
    book.save(tmp_path / "m.xlsx")
    again, batches = read(tmp_path / "m.xlsx")
    assert again.missing == ()
    assert "问题" not in {again.titles[at] for at in again.mapping}
    assert codes(batches) == {}
    assert column(batches, "identity_number") == [identity(1), identity(3), identity(4)]


def test_a_fault_of_the_whole_row_marks_no_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADS, person(1)])
    kind = kind_named("recipients")
    layout = recognise(path, kind)
    with (tmp_path / "e.xlsx").open("wb") as out:
        error_workbook(kind, layout, [(2, person(1), [Fault("", "missing", "")])], out)
    sheet = openpyxl.load_workbook(tmp_path / "e.xlsx").active
    assert sheet is not None
    assert not [cell for cell in sheet[2] if cell.comment]
