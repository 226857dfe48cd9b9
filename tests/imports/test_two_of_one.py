"""Two of what should be one: payments of a month, names of a number, ways of counting days.

Kept each, or asked; never merged.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from lxbt.imports.models import Import
from lxbt.payments.models import Item
from lxbt.registry.models import Certificate, Person
from tests.imports.county import chunks_of, make_county, opened, paid, passed, reasons, recipient, taken

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _county(db: None) -> None:
    make_county()


def amounts() -> list[tuple[int, Decimal, str]]:
    return list(Item.objects.order_by("right_month", "seq").values_list("seq", "amount", "kind"))


@pytest.mark.parametrize("size", [1, 50])
@pytest.mark.parametrize("column", ["批次说明", "变更类型", "备注"])
def test_arrears_of_a_month_are_a_payment_of_their_own_wherever_they_are_named(
    tmp_path: Path, column: str, size: int
) -> None:
    first = paid(金额="40", 发放日期="2019-03-20", 批次说明="", 变更类型="", 备注="")
    with chunks_of(size):
        entry = taken(tmp_path, "history", first, first | {column: "补发", "发放日期": "2019-04-28"})
    assert (entry.counts, reasons(entry)) == ({"new": 2}, {})
    assert amounts() == [(1, Decimal(40), "regular"), (2, Decimal(40), "arrears")]


def test_what_the_advice_says_works_and_the_same_files_again_change_nothing(tmp_path: Path) -> None:
    taken(tmp_path, "history", paid(金额="60"))
    refused = taken(tmp_path, "history", paid(金额="10"))
    assert reasons(refused) == {2: ["month_paid_otherwise"]}
    assert taken(tmp_path, "history", paid(金额="10", 备注="补发")).counts == {"new": 1}
    again = taken(tmp_path, "history", paid(金额="60", 备注=""), paid(金额="10", 备注="提标补发"))
    assert again.counts == {"same": 2}
    assert sum(row[1] for row in amounts()) == 70


def test_two_payments_of_a_month_on_two_days_are_asked_about(tmp_path: Path) -> None:
    entry = taken(tmp_path, "history", paid(发放日期="2019-03-20"), paid(发放日期="2019-03-28"))
    assert (entry.counts, reasons(entry)) == ({"new": 1, "conflict": 1}, {3: ["paid_on_another_day"]})


def test_one_number_with_two_names_is_taken_by_neither_row_and_each_names_the_other(tmp_path: Path) -> None:
    entry = taken(
        tmp_path,
        "recipients",
        recipient(1, 姓名="同号甲"),
        recipient(2),
        recipient(1, 姓名="同号乙", 补贴类型="生活补贴", 发放金额="80"),
    )
    assert reasons(entry) == {2: ["name_differs_in_file"], 4: ["name_differs_in_file"]}
    assert [row.faults[0][2] for row in entry.kept.order_by("row_no")] == [
        "第 4 行写的是：同号乙",
        "第 2 行写的是：同号甲",
    ]
    assert Person.objects.count() == 1


@pytest.mark.parametrize("spelled", ["艾山•买买提", "艾山・买买提", "艾 山 · 买买提", "艾山\u200b·买买提"])
def test_another_spelling_is_the_same_name(tmp_path: Path, spelled: str) -> None:
    taken(tmp_path, "recipients", recipient(1, 姓名="艾山·买买提"))
    Person.objects.update(name="艾山•买买提")  # as an earlier release kept it
    assert taken(tmp_path, "recipients", recipient(1, 姓名=spelled)).counts == {"same": 1}


@pytest.mark.parametrize("from_1904", [True, False])
def test_days_of_a_workbook_that_counts_from_1904_are_the_days_it_shows(tmp_path: Path, from_1904: bool) -> None:
    entry = taken_book(tmp_path, from_1904)
    assert entry.counts == {"new": 2}
    assert set(Certificate.objects.values_list("issued_on", "valid_until")) == {(date(2020, 2, 29), date(2030, 2, 28))}


def taken_book(tmp_path: Path, from_1904: bool) -> Import:
    """Two rows with days: one cell formatted as a day, one a bare serial number."""
    path = tmp_path / "days.xlsx"
    rows = [{**recipient(n), "发证日期": date(2020, 2, 29), "残疾人证有效期止": date(2030, 2, 28)} for n in (1, 2)]
    with xlsxwriter.Workbook(path, {"date_1904": from_1904}) as book:
        sheet, shown = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for at, title in enumerate(rows[0]):
            sheet.write(0, at, title)
        for number, row in enumerate(rows, start=1):
            for at, value in enumerate(row.values()):
                put(sheet, number, at, value, shown if number == 1 else None, from_1904)
    return passed(opened(path, "recipients"), path)


def put(sheet: Any, number: int, at: int, value: Any, shown: Any, from_1904: bool) -> None:
    if not isinstance(value, date):
        sheet.write_string(number, at, str(value))
    elif shown is not None:
        sheet.write_datetime(number, at, value, shown)
    else:
        sheet.write_number(number, at, (value - (date(1904, 1, 1) if from_1904 else date(1899, 12, 30))).days)
