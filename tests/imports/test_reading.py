"""Files as they really are, read as a careful clerk would."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lxbt.core.months import Month
from lxbt.imports.reading import read_batches, recognise
from lxbt.imports.rules.kinds import kind_named
from tests.imports.making import HEADS, ON, codes, column, identity, person, read, text, workbook


def test_a_plain_workbook_is_recognised_and_read(tmp_path: Path) -> None:
    layout, batches = read(
        workbook(
            tmp_path / "a.xlsx", [HEADS, person(1), person(2, 补贴类型="重度残疾人护理补贴", 发放金额="1,080.5元")]
        )
    )
    assert (layout.header_row, layout.missing, layout.rows) == (1, (), 2)
    assert [layout.mapping[at] for at in range(8)] == [
        "name",
        "identity_number",
        "certificate_number",
        "subsidy",
        "amount",
        "paid_month",
        "economic",
        "account_number",
    ]
    assert codes(batches) == {}
    assert batches[0].row_nos == [2, 3]
    assert column(batches, "subsidy") == ["living", "care"]
    assert column(batches, "amount") == [Decimal("80.00"), Decimal("1080.50")]
    assert column(batches, "paid_month") == [Month(2026, 10)] * 2
    assert batches[-1].done == 1.0


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", ","), ("gb18030", "\t"), ("utf-16", "\t")],
)
def test_text_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    layout, batches = read(text(tmp_path / "a.csv", [HEADS, person(1), person(2)], encoding, delimiter))
    assert layout.missing == ()
    assert codes(batches) == {}
    assert column(batches, "identity_number") == [identity(1), identity(2)]


def test_titles_above_totals_below_and_empty_rows_are_passed_over_and_counted(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["江岸区残疾人两项补贴发放表"],
        ["填报单位：江岸区民政局"],
        HEADS,
        person(1),
        [],
        person(2),
        ["合计", "", "", "", 160],
        ["制表人：李四", "", "审核人：王五"],
    ]
    layout, batches = read(workbook(tmp_path / "a.xlsx", rows))
    assert layout.header_row == 3
    assert column(batches, "identity_number") == [identity(1), identity(2)]
    assert codes(batches) == {}
    assert batches[0].skipped == [(5, "blank"), (7, "total"), (8, "footer")]
    assert batches[0].last_row == 8


def test_reading_goes_on_after_a_row(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADS, *(person(number) for number in range(1, 21))])
    kind = kind_named("recipients")
    layout = recognise(path, kind)
    whole = [number for batch in read_batches(path, kind, layout, on=ON, size=7) for number in batch.row_nos]
    rest = [
        number for batch in read_batches(path, kind, layout, on=ON, after_row=9, size=4) for number in batch.row_nos
    ]
    assert whole == list(range(2, 22))
    assert rest == list(range(10, 22))


def test_the_name_of_a_table_right_above_its_titles_is_no_part_of_them(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [["江岸区2026年10月发放名册", *[""] * (len(HEADS) - 1)], HEADS, person(1)],
        merged={"A1:H1": "江岸区2026年10月发放名册"},
    )
    layout = recognise(path, kind_named("recipients"))
    assert (layout.header_row, list(layout.titles)) == (2, HEADS)
