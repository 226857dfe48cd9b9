"""Layouts that counties keep, made here: what becomes of each row, what is asked, what is said of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from lxbt.imports.reading import Batch, Layout, skipped_rows
from lxbt.imports.rules.kinds import kind_named
from lxbt.imports.writing import error_workbook
from tests.imports.making import codes, identity, read, text, workbook


def rows_told(layout: Layout, batches: Sequence[Batch], key: str) -> list[Any]:
    """The values of a key of the rows that may be taken: neither faulty nor asked about."""
    return [
        value
        for batch in batches
        for at, value in enumerate(batch.values.get(key, [None] * len(batch.row_nos)))
        if at not in batch.faults and at not in batch.asks
    ]


def asked(layout: Layout, batches: Sequence[Batch]) -> dict[int, list[str]]:
    """Row of the sheet -> the codes of what is asked."""
    return {
        layout.where(batch.row_nos[at])[1]: [fault.code for fault in faults]
        for batch in batches
        for at, faults in sorted(batch.asks.items())
    }


def months(layout: Layout, batches: Sequence[Batch]) -> list[tuple[str, str]]:
    """Month and amount of each row."""
    pairs = zip(rows_told(layout, batches, "month"), rows_told(layout, batches, "amount"), strict=True)
    return [(str(month), str(amount)) for month, amount in pairs]


ACROSS = ["序号", "年度", "姓名", "身份证号", "补贴类型", *(f"{n}月" for n in range(1, 4)), "合计"]


def test_months_across_become_a_row_each_and_their_total_is_checked(tmp_path: Path) -> None:
    rows = [
        ["某区残疾人两项补贴台账"],
        ACROSS,
        [1, 2025, "张三", identity(1), "护理补贴", 100, 100, "", 200],
        [2, 2025, "李四", identity(2), "护理补贴", 100, "", 120, 300],
        ["合计", "", "", "", "", 200, 100, 120, 420],
    ]
    layout, batches = read(workbook(tmp_path / "a.xlsx", rows), "history")
    assert months(layout, batches) == [("2025-01", "100.00"), ("2025-02", "100.00")]
    assert asked(layout, batches) == {4: ["sum_differs"]}
    assert skipped_rows(batches) == {"total": 1}


@pytest.mark.parametrize(
    ("titles", "cells", "name"),
    [
        (["1月", "2月"], ["√", ""], "2025年台账"),
        (["2025年1月", "2025年2月"], ["1", "0"], "台账"),
        (["202501", "202502"], ["是", "否"], "台账"),
        (["2025-01", "2025-02"], ["已发", "未发"], "台账"),
    ],
)
def test_ticks_take_the_standard_for_the_month(tmp_path: Path, titles: list[str], cells: list[str], name: str) -> None:
    rows = [["姓名", "身份证号", "补贴类型", "月标准", *titles], ["张三", identity(1), "护理补贴", 120, *cells]]
    layout, batches = read(workbook(tmp_path / "a.xlsx", rows), "history", name=name)
    assert months(layout, batches) == [("2025-01", "120.00")]


def test_months_without_a_year_anywhere_are_not_guessed(tmp_path: Path) -> None:
    rows = [["姓名", "身份证号", "补贴类型", "1月", "2月"], ["张三", identity(1), "护理补贴", 120, 120]]
    layout, _batches = read(workbook(tmp_path / "台账.xlsx", rows), "history", name="台账")
    assert layout.missing == ("month",)
    told, batches = read(workbook(tmp_path / "台账.xlsx", rows), "history", name="台账", settings={"year": "2025"})
    assert told.missing == ()
    assert months(told, batches) == [("2025-01", "120.00"), ("2025-02", "120.00")]


@pytest.mark.parametrize(
    ("cell", "amount", "wanted"),
    [
        ("2025年7-9月", 300, [("2025-07", "100.00"), ("2025-08", "100.00"), ("2025-09", "100.00")]),
        ("2025-07至2025-08", 200, [("2025-07", "100.00"), ("2025-08", "100.00")]),
        ("2025年第三季度", 300, [("2025-07", "100.00"), ("2025-08", "100.00"), ("2025-09", "100.00")]),
        ("2024年12月-2025年1月", 200, [("2024-12", "100.00"), ("2025-01", "100.00")]),
        ("2025年7-9月", 100, []),  # does not part to the cent
    ],
)
def test_a_range_of_months_is_shared_to_the_cent_or_refused(
    tmp_path: Path, cell: str, amount: int, wanted: list[tuple[str, str]]
) -> None:
    heads = ["姓名", "身份证号", "补贴类型", "所属月份", "金额"]
    rows = [heads, ["张三", identity(1), "护理补贴", cell, amount], ["李四", identity(2), "护理补贴", "2025-07", 100]]
    layout, batches = read(workbook(tmp_path / "a.xlsx", rows), "history")
    assert months(layout, batches) == [*wanted, ("2025-07", "100.00")]


def test_an_amount_for_several_months_is_asked(tmp_path: Path) -> None:
    heads = ["姓名", "身份证号", "补贴类型", "所属月份", "补贴标准", "发放月数", "发放金额"]
    rows = [
        heads,
        ["张三", identity(1), "护理", "2025-09", 100, 1, 100],
        ["李四", identity(2), "护理", "2025-09", 100, 3, 300],
    ]
    layout, batches = read(workbook(tmp_path / "a.xlsx", rows), "history")
    assert asked(layout, batches) == {3: ["months_many"]}
    assert layout.watch == {5: "count"}


def test_all_sheets_are_read_by_their_own_columns_and_months(tmp_path: Path) -> None:
    sheets = {
        "2月": [["2025年2月发放表"], ["身份证号", "姓名", "金额", "补贴类型"], [identity(2), "李四", 100, "生活补贴"]],
        "说明": [["填表说明"], ["一人一行"]],
        "!旧": [["姓名"]],
    }
    first = [["2025年1月发放表"], ["姓名", "身份证号", "补贴类型", "金额"], ["张三", identity(1), "护理补贴", 90]]
    layout, batches = read(workbook(tmp_path / "a.xlsx", first, sheets=sheets), "history")
    assert months(layout, batches) == [("2025-01", "90.00"), ("2025-02", "100.00")]
    assert rows_told(layout, batches, "name") == ["张三", "李四"]
    assert layout.unread == (("说明", "no_table"), ("旧", "hidden"))
    where = [layout.where(row_no) for batch in batches for row_no in batch.row_nos]
    assert where == [("表", 3), ("2月", 3)]


def test_tables_side_by_side_and_below_each_other(tmp_path: Path) -> None:
    heads = ["姓名", "身份证号", "补贴类型", "金额"]
    rows = [
        ["2026年10月发放表"],
        [*heads, "", *heads],
        ["张三", identity(1), "护理补贴", 100, "", "李四", identity(2), "护理补贴", 120],
        ["王五", identity(3), "护理补贴", 100],
        [],
        ["补充名单"],
        ["身份证号", "姓名", "金额", "补贴类型"],
        [identity(4), "赵六", 80, "生活补贴"],
    ]
    layout, batches = read(workbook(tmp_path / "a.xlsx", rows))
    assert sorted(rows_told(layout, batches, "name")) == sorted(["张三", "王五", "李四", "赵六"])
    assert sum(rows_told(layout, batches, "amount")) == Decimal(400)


def test_a_heading_between_the_rows_tells_the_subsidy(tmp_path: Path) -> None:
    rows = [
        ["2026年10月发放表"],
        ["姓名", "身份证号", "金额"],
        ["一、困难残疾人生活补贴"],
        ["张三", identity(1), 80],
        ["小计", "1人", 80],
        ["二、重度残疾人护理补贴"],
        ["李四", identity(2), 100],
    ]
    layout, batches = read(workbook(tmp_path / "a.xlsx", rows))
    assert layout.missing == ()
    assert rows_told(layout, batches, "subsidy") == ["living", "care"]


def test_the_guardian_is_never_the_person_and_the_new_account_goes_before_the_old(tmp_path: Path) -> None:
    heads = [
        "姓名（监护人）",
        "身份证号（监护人）",
        "残疾人姓名",
        "残疾人身份证号",
        "补贴类型",
        "原银行账号",
        "新银行账号",
    ]
    rows = [
        heads,
        ["李大", identity(8), "张三", identity(1), "护理补贴", "6228480402564890018", "6217000010001234567"],
        ["", "", "王五", identity(3), "护理补贴", "6228480402564890026", ""],
    ]
    layout, batches = read(workbook(tmp_path / "a.xlsx", rows))
    assert rows_told(layout, batches, "name") == ["张三", "王五"]
    assert rows_told(layout, batches, "identity_number") == [identity(1), identity(3)]
    assert rows_told(layout, batches, "account_number") == ["6217000010001234567", "6228480402564890026"]


def test_of_two_months_side_by_side_the_one_that_is_paid_is_the_amount(tmp_path: Path) -> None:
    heads = ["姓名", "身份证号", "补贴类型", "发放金额（9月）", "发放金额（10月）", "发放月份"]
    layout, batches = read(workbook(tmp_path / "a.xlsx", [heads, ["张三", identity(1), "护理", 120, 165, "2026-10"]]))
    assert rows_told(layout, batches, "amount") == [Decimal(165)]
    unsaid, _batches = read(
        workbook(tmp_path / "b.xlsx", [heads[:-1], ["张三", identity(1), "护理", 120, 165]]), name="b"
    )
    assert "amount" in unsaid.missing


def marked(path: Path, mark: Callable[[Any, Any], None]) -> Path:
    """Ten recipients; `mark` gets the sheet and the book."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("表")
    for at, title in enumerate(("姓名", "身份证号", "补贴类型", "金额", "备注")):
        sheet.write(0, at, title)
    for row in range(1, 11):
        for at, cell in enumerate(("张三", identity(row), "护理补贴", 100)):
            sheet.write(row, at, cell)
    mark(sheet, book)
    book.close()
    return path


def struck(sheet: Any, book: Any) -> None:
    sheet.write(4, 0, "张三", book.add_format({"font_strikeout": True}))


def yellow(sheet: Any, book: Any) -> None:
    sheet.write(4, 0, "张三", book.add_format({"bg_color": "#FFFF00"}))


def red(sheet: Any, book: Any) -> None:
    sheet.write(4, 0, "张三", book.add_format({"font_color": "#FF0000"}))


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        (struck, "row_struck"),
        (yellow, "row_coloured"),
        (red, "row_coloured"),
        (lambda sheet, book: sheet.set_row(4, None, None, {"hidden": True}), "row_hidden"),
        (lambda sheet, book: sheet.write_comment(4, 3, "已停发"), "row_comment"),
        (lambda sheet, book: sheet.write(4, 4, "2026年8月死亡"), "note_doubt"),
    ],
)
def test_what_a_clerk_marks_is_asked_and_nothing_else(
    tmp_path: Path, mark: Callable[[Any, Any], None], code: str
) -> None:
    layout, batches = read(marked(tmp_path / "a.xlsx", mark))
    assert asked(layout, batches) == {5: [code]}


def test_a_colour_that_every_other_row_has_marks_none(tmp_path: Path) -> None:
    def banded(sheet: Any, book: Any) -> None:
        for row in range(1, 11, 2):
            sheet.write(row, 0, "张三", book.add_format({"bg_color": "#F2F2F2"}))

    layout, batches = read(marked(tmp_path / "a.xlsx", banded))
    assert asked(layout, batches) == {}


def test_a_formula_that_was_never_worked_out_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["姓名", "身份证号", "补贴类型", "金额"])
    sheet.append(["张三", identity(1), "护理补贴", 100])
    sheet.append(["李四", identity(2), "护理补贴", "=100+20"])
    book.save(tmp_path / "a.xlsx")
    _layout, batches = read(tmp_path / "a.xlsx")
    assert codes(batches) == {3: [("amount", "formula_error")]}


STATUS: Mapping[str, tuple[str, bool]] = {
    "正常": ("人员状态", False),
    "死亡": ("人员状态", True),
    "停发": ("享受状态", True),
    "失败": ("发放结果", True),
    "成功": ("发放结果", False),
    "是": ("是否死亡", True),
    "否": ("是否死亡", False),
    "2026-08-01": ("死亡时间", True),
    "": ("停发时间", False),
}


@pytest.mark.parametrize("cell", STATUS)
def test_a_status_that_is_not_well_is_asked(tmp_path: Path, cell: str) -> None:
    title, doubt = STATUS[cell]
    rows = [["姓名", "身份证号", "补贴类型", "金额", title], ["张三", identity(1), "护理补贴", 100, cell]]
    layout, batches = read(workbook(tmp_path / "a.xlsx", rows))
    assert bool(asked(layout, batches)) is doubt


def test_accounts_of_others_are_asked(tmp_path: Path) -> None:
    heads = ["姓名", "身份证号", "补贴类型", "账号", "户名", "与监护人关系"]
    rows = [
        heads,
        ["张三", identity(1), "护理", "13800138000", "张三", ""],
        ["李四", identity(2), "护理", "6228480402564890018", "王大", ""],
        ["赵六", identity(3), "护理", "6228480402564890026", "赵大", "父子"],
        ["孙七", identity(4), "护理", "6217000010001234567", "孙七", ""],
        ["孙八", identity(5), "护理", "6217000010001234567", "孙八", ""],
        ["周九", identity(6), "护理", "000000000000", "", ""],
    ]
    layout, batches = read(workbook(tmp_path / "a.xlsx", rows))
    assert asked(layout, batches) == {
        2: ["account_phone"],
        3: ["holder_other"],
        5: ["account_shared"],
        6: ["account_shared"],
        7: ["account_placeholder"],
    }


def test_totals_that_differ_are_told_and_right_ones_are_not(tmp_path: Path) -> None:
    heads = ["姓名", "身份证号", "补贴类型", "金额"]
    people = [["张三", identity(1), "护理补贴", 100], ["李四", identity(2), "护理补贴", 120]]
    _layout, batches = read(workbook(tmp_path / "a.xlsx", [heads, *people, ["合计", "2人", "", 220]]))
    assert [told for batch in batches for told in batch.told] == []
    _layout, batches = read(workbook(tmp_path / "b.xlsx", [heads, *people, ["合计", "3人", "", 340]]))
    ((code, about),) = [told for batch in batches for told in batch.told]
    assert code == "total_differs"
    assert "340" in about
    assert "3 人" in about


def test_one_person_over_merged_rows_and_a_township_over_many(tmp_path: Path) -> None:
    rows = [
        ["街道", "姓名", "身份证号", "补贴类型", "金额"],
        ["大智街道", "张三", identity(1), "生活补贴", 80],
        ["", "", "", "护理补贴", 100],
        ["", "李四", identity(2), "护理补贴", "8o"],
    ]
    merged = {"A2:A4": "大智街道", "B2:B3": "张三", "C2:C3": identity(1)}
    layout, batches = read(workbook(tmp_path / "a.xlsx", rows, merged))
    assert rows_told(layout, batches, "identity_number") == [identity(1), identity(1)]
    kind = kind_named("recipients")
    wrong = [(b.row_nos[at], b.cells[at], faults) for b in batches for at, faults in b.faults.items()]
    with (tmp_path / "e.xlsx").open("wb") as out:
        error_workbook(kind, layout, wrong, out)
    sheet = openpyxl.load_workbook(tmp_path / "e.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][2:5] == ["大智街道", "李四", identity(2)]


def test_digits_that_were_lost_are_lost_in_the_workbook_of_errors_too(tmp_path: Path) -> None:
    rows = [
        ["姓名", "身份证号", "补贴类型", "账号"],
        ["张三", 4.2010219650312e17, "护理补贴", ""],
        ["李四", identity(2), "护理补贴", 6.22325513615602e18],
    ]
    kind = kind_named("recipients")
    path = workbook(tmp_path / "a.xlsx", rows)
    for _again in range(3):
        layout, batches = read(path)
        faults = [fault.code for batch in batches for told in batch.faults.values() for fault in told]
        assert faults == ["identity_digits_lost", "account_digits_lost"]
        wrong = [(b.row_nos[at], b.cells[at], told) for b in batches for at, told in sorted(b.faults.items())]
        path = tmp_path / "e.xlsx"
        with path.open("wb") as out:
            error_workbook(kind, layout, wrong, out)


def test_what_was_asked_is_asked_again_until_it_is_answered(tmp_path: Path) -> None:
    layout, batches = read(marked(tmp_path / "a.xlsx", struck))
    kind = kind_named("recipients")
    kept = [(b.row_nos[at], b.cells[at], faults) for b in batches for at, faults in b.asks.items()]
    with (tmp_path / "e.xlsx").open("wb") as out:
        error_workbook(kind, layout, kept, out, asked=True)
    again, batches = read(tmp_path / "e.xlsx")
    assert list(asked(again, batches).values()) == [["row_struck"]]
    book = openpyxl.load_workbook(tmp_path / "e.xlsx")
    sheet = book.active
    assert sheet is not None
    sheet.cell(2, sheet.max_column, "照收")
    book.save(tmp_path / "m.xlsx")
    mended, batches = read(tmp_path / "m.xlsx")
    assert asked(mended, batches) == {}
    assert rows_told(mended, batches, "name") == ["张三"]


PAGE = """<html><head><style>td{}</style></head><body><table border=1>
<tr><td colspan=4>2026年10月发放表</td></tr>
<tr><th>姓名</th><th>身份证号</th><th>补贴类型</th><th>金额</th></tr>
<tr><td rowspan=2>张三</td><td rowspan=2>%s</td><td>生活补贴<td>80</tr>
<tr><td>护理补贴</td><td>100</td></tr>
<tr style="display:none"><td>李四</td><td>%s</td><td>护理&nbsp;补贴</td><td>100</td></tr></table></body></html>"""
BOOK = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="表"><Table><Row><Cell><Data ss:Type="String">姓名</Data></Cell>
<Cell><Data ss:Type="String">身份证号</Data></Cell>
<Cell><Data ss:Type="String">补贴类型</Data></Cell><Cell><Data ss:Type="String">金额</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">张三</Data></Cell><Cell><Data ss:Type="String">%s</Data></Cell>
<Cell><Data ss:Type="String">护理补贴</Data></Cell>
<Cell ss:Formula="=1"></Cell></Row>
<Row><Cell><Data ss:Type="String">李四</Data></Cell><Cell><Data ss:Type="Number">4.20102196503E+17</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="String">护理补贴</Data></Cell>
<Cell><Data ss:Type="Number">100</Data></Cell></Row></Table></Worksheet></Workbook>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_page_named_xls_is_read_with_its_spans_and_hidden_rows(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes((PAGE % (identity(1), identity(2))).encode(encoding))
    layout, batches = read(path)
    assert rows_told(layout, batches, "amount") == [Decimal(80), Decimal(100)]
    assert asked(layout, batches) == {5: ["row_hidden"]}


def test_the_xml_of_2003_keeps_its_numbers_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text(BOOK % identity(1), encoding="utf-8")
    _layout, batches = read(path)
    assert codes(batches) == {
        2: [("amount", "formula_error")],
        3: [("identity_number", "identity_scientific")],
    }


def test_a_text_that_breaks_off_is_told_by_its_line(tmp_path: Path) -> None:
    path = text(
        tmp_path / "a.csv", [["姓名", "身份证号", "补贴类型", "金额"], ["张三", identity(1), "护理补贴", "100"]]
    )
    path.write_bytes(path.read_bytes() + f"李四,{identity(2)},护理补贴".encode())
    layout, batches = read(path)
    assert asked(layout, batches) == {3: ["line_cut"]}


@pytest.mark.parametrize(
    ("category", "grade", "wanted"),
    [
        ("一级肢体", "", ("physical", 1)),
        ("肢体/贰级", "", ("physical", 2)),
        ("精神残疾（二级）", "二级", ("mental", 2)),
        ("肢体Ⅱ级", "Ⅱ级", ("physical", 2)),
        ("多重（肢体二级、智力三级）", "二级", ("multiple", 2)),
        ("语言", "一级", ("speech", 1)),
    ],
)
def test_category_and_grade_in_any_order(tmp_path: Path, category: str, grade: str, wanted: tuple[str, int]) -> None:
    heads = ["姓名", "身份证号", "补贴类型", "残疾类别", "残疾等级"]
    layout, batches = read(workbook(tmp_path / "a.xlsx", [heads, ["张三", identity(1), "护理", category, grade]]))
    assert (rows_told(layout, batches, "category"), rows_told(layout, batches, "grade")) == ([wanted[0]], [wanted[1]])


def test_a_category_that_contradicts_the_grade_is_refused(tmp_path: Path) -> None:
    heads = ["姓名", "身份证号", "补贴类型", "残疾类别", "残疾等级"]
    _layout, batches = read(workbook(tmp_path / "a.xlsx", [heads, ["张三", identity(1), "护理", "肢体二级", "三级"]]))
    assert codes(batches) == {2: [("grade", "grade_differs")]}
