"""The same sheet, saved by another program in each of its formats, is read alike."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from lxbt.core.months import Month
from tests.imports.making import codes, column, identity, read

# An office suite of some 300 MB is not asked of a build for one more writer of the same formats: sheets of each format
# made in code are read in test_formats and test_awkward on every machine, this compares a real program's where there is
# one.
OFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not on this machine"),
    pytest.mark.xdist_group("office"),
]


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("office") / "source.xlsx"
    book = xlsxwriter.Workbook(str(path))
    day, month = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": 'yyyy"年"m"月"'})
    page: Any = book.add_worksheet("花名册")
    page.merge_range("A1:I1", "江岸区残疾人两项补贴发放花名册")
    for where, title in {
        "A2:A3": "乡镇",
        "B2:B3": "姓名",
        "C2:C3": "身份证号码",
        "D2:E2": "残疾人证",
        "F2:G2": "补贴金额（元）",
        "H2:H3": "起始享受时间",
        "I2:I3": "发证日期",
    }.items():
        page.merge_range(where, title)
    for where, title in {"D3": "证号", "E3": "等级", "F3": "生活补贴", "G3": "护理补贴"}.items():
        page.write(where, title)
    for number in range(1, 5):
        page.write_row(number + 2, 1, ["张三", identity(number), identity(number) + "42", "二级", 80])
        page.write_datetime(number + 2, 7, date(2019, 3, 1), month)
        page.write_datetime(number + 2, 8, date(2018, 5, 6), day)
    page.merge_range("A4:A6", "大智街道")
    page.write_number("C6", 420102196503121234)
    page.write_formula("G5", "=50+50", None, 100)
    page.write_formula("F8", "=SUM(F4:F7)", None, 320)
    page.write("A8", "合计")
    old = book.add_worksheet("旧表")
    old.write_row(0, 0, ["姓名", "身份证号", "补贴类型"])
    old.hide()
    book.close()
    return path


@pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
def test_a_sheet_saved_by_libreoffice_is_read_as_it_was(sheet: Path, form: str, tmp_path: Path) -> None:
    assert OFFICE
    told = [
        OFFICE,
        "--headless",
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--convert-to",
        form,
        "--outdir",
        str(tmp_path),
        str(sheet),
    ]
    subprocess.run(told, check=True, capture_output=True, timeout=120)
    layout, batches = read(tmp_path / f"source.{form}")
    assert (layout.sheet, layout.sheets, layout.header_row, layout.missing) == ("花名册", ("花名册",), 3, ())
    assert column(batches, "identity_number") == [identity(1), identity(2), None, identity(4)]
    assert codes(batches) == {6: [("identity_number", "identity_digits_lost")]}
    assert column(batches, "division") == ["大智街道"] * 3 + [None]
    assert column(batches, "since_month") == [Month(2019, 3)] * 4
    assert column(batches, "certificate_issued_on") == [date(2018, 5, 6)] * 4
    assert [None if amount is None else str(amount) for amount in column(batches, "care_amount")] == [
        None,
        "100.00",
        None,
        None,
    ]
    assert batches[0].skipped == [(8, "total")]
