"""Whatever comes in: read, or refused by name; and what is accepted keeps the promises."""

from __future__ import annotations

import contextlib
import io
import tempfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lxbt.core.idnumber import birth_of, certificate_parts, check_digit, is_valid
from lxbt.core.months import Month
from lxbt.core.profile import CATEGORIES, ECONOMIC, SUBSIDIES, read_value
from lxbt.core.profile import read_components as components_of
from lxbt.documents.rules.workbooks import Unfit
from lxbt.imports.reading import Batch, read_batches, recognise
from lxbt.imports.rules.faults import FAULTS
from lxbt.imports.rules.kinds import KINDS, kind_named
from lxbt.imports.rules.values import READERS, BadValue, read_cell
from lxbt.imports.rules.values.facts import facts_of
from tests.imports.making import HEADS, ON, identity, person, text, workbook
from tests.imports.old_books import ods, ods_row, xls

FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
NUMBERS = st.one_of(
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.floats(2015, 2030),
    st.integers(20_000, 60_200),
    st.integers(201_500, 203_013),
)
TEXTS = st.one_of(
    st.text(max_size=30),
    st.text("0123456789Xx０１Ｘ .,-/年月日元￥¥E+'＇·•\u200b\u3000=\"", max_size=24),
    st.sampled_from(
        [
            "生活补贴",
            "护理",
            "低保",
            "城市低保",
            "肢体",
            "一级",
            "Ⅱ",
            "新增",
            "有效",
            "城镇",
            "#REF!",
            "无",
            "—",
            identity(1),
            identity(1) + "42",
            "110101" + "900101" + "123",
        ]
    ),
)
CELLS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, st.dates(), st.datetimes(), st.times(), st.timedeltas())


OF_FACTS = {
    "yes_no": "steady_income",
    "yuan": "own_income",
    "ratio": "income_ratio",
    "employment": "employment",
    "self_care": "self_care",
    "care_setting": "care_setting",
    "pension": "pension",
    "de_facto_orphan": "de_facto_orphan",
    "household": "household",
    "marks": "marks",
    "allowances": "allowances",
}


def keeps(key: str, kind: str, value: Any) -> bool:
    """Whether a value is such as the tables take it."""
    if value is None:
        return True
    if kind == "identity":
        return (
            isinstance(value, str)
            and is_valid(value)
            and check_digit(value[:17]) == value[17]
            and (birth_of(value) or date.max) <= ON
        )
    if kind == "certificate":
        return certificate_parts(value) is not None
    if kind in ("month", "any_month"):
        first, last = (Month(1949, 1), Month(2100, 12)) if kind == "any_month" else (Month(2016, 1), Month.of(ON) + 1)
        return isinstance(value, Month) and first <= value <= last
    if kind == "money":
        return isinstance(value, Decimal) and Decimal("0.01") <= value < 100_000 and value.as_tuple().exponent == -2
    if kind in ("day", "past"):
        return isinstance(value, date) and not isinstance(value, datetime) and (kind == "day" or value <= ON)
    words = {
        "subsidy": SUBSIDIES,
        "economic": ECONOMIC,
        "category": CATEGORIES,
        "grade": (1, 2, 3, 4),
        "area": ("urban", "rural"),
        "sex": ("male", "female"),
    }
    if kind in words:
        return value in words[kind]
    if kind in OF_FACTS:  # whatever comes out, the profile takes it
        return all(read_value(key, told, key) is not None for key, told in facts_of({OF_FACTS[kind]: value}).items())
    if kind == "components":
        return bool(components_of([{"category": one, "grade": grade} for one, grade in value], kind))
    if kind in ("count", "year", "month_number"):
        return isinstance(value, int) and value >= 0
    return isinstance(value, str) and value == value.strip() and 0 < len(value) <= 500 and "\x00" not in value


@given(st.sampled_from(sorted(READERS)), CELLS)
@settings(max_examples=800, deadline=None)
def test_any_cell_is_read_or_is_a_fault_with_words(kind: str, cell: object) -> None:
    code, value = "", None
    try:
        value = read_cell(kind, cell, on=ON)
    except BadValue as fault:
        code = fault.code
    assert not code or code in FAULTS
    assert keeps("", kind, value), (kind, cell, value)


@given(st.sampled_from(sorted(READERS)), CELLS)
def test_what_was_read_is_read_again_as_the_same(kind: str, cell: object) -> None:
    with contextlib.suppress(BadValue):
        value = read_cell(kind, cell, on=ON)
        if isinstance(value, str | Decimal) and kind not in ("economic", "state", "change", "phone"):
            assert read_cell(kind, str(value), on=ON) == value


@given(st.decimals("0.01", "99999.99", places=2))
def test_an_amount_is_the_same_as_text_as_number_and_with_its_unit(amount: Decimal) -> None:
    for cell in (str(amount), float(amount), f"{amount}元", f"￥{amount:,}", f" {amount} "):
        assert read_cell("money", cell, on=ON) == amount


@given(st.integers(2016 * 12, 2026 * 12 + 11))
def test_a_month_is_the_same_in_every_writing(ordinal: int) -> None:
    month = Month.from_ordinal(ordinal)
    year, number = month.year, month.month
    for cell in (
        f"{year}年{number}月",
        f"{year}{number:02d}",
        year * 100 + number,
        float(year * 100 + number),
        f"{year}-{number}",
        f"{year}/{number:02d}",
        f"{year}.{number:02d}",
        month.first,
        month.last,
    ):
        assert read_cell("month", cell, on=ON) == month


@given(
    st.dates(date(1930, 1, 1), date(2020, 12, 31)), st.integers(0, 999), st.sampled_from(["110101", "420102", "659001"])
)
def test_every_valid_number_is_taken_and_no_number_with_one_digit_changed(born: date, order: int, area: str) -> None:
    number = identity(order, f"{born:%Y%m%d}", area)
    assert read_cell("identity", number, on=ON) == number
    for place in range(17):
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        with pytest.raises(BadValue):
            read_cell("identity", wrong, on=ON)


@given(st.dates(date(1930, 1, 1), date(1999, 12, 31)), st.integers(0, 999))
def test_an_old_number_becomes_the_new_one_of_the_same_person(born: date, order: int) -> None:
    number = identity(order, f"{born:%Y%m%d}")
    assert read_cell("identity", number[:6] + number[8:17], on=ON) == number


def whole(path: Path, key: str = "recipients") -> list[Batch]:
    kind = kind_named(key)
    layout = recognise(path, kind)
    batches = list(read_batches(path, kind, layout, on=ON, size=7))
    seen = sorted(
        [
            *(number for batch in batches for number in batch.row_nos),
            *(number for batch in batches for number, _why in batch.skipped),
        ]
    )
    assert seen == list(range(layout.header_row + 1, layout.header_row + 1 + len(seen)))
    if layout.rows is not None:
        assert len(seen) == layout.rows
    for batch in batches:
        assert all(len(values) == len(batch.row_nos) == len(batch.cells) for values in batch.values.values())
        for faults in batch.faults.values():
            assert all(fault.code in FAULTS and (fault.column == "" or kind.has(fault.column)) for fault in faults)
        for name, values in batch.values.items():
            assert all(keeps(name, kind.column(name).kind, value) for value in values)
        for at in range(len(batch.row_nos)):
            if at not in batch.faults:
                assert all(batch.values[column.key][at] is not None for column in kind.columns if column.required)
    return batches


@given(
    rows=st.lists(st.lists(CELLS, max_size=9), max_size=12), key=st.sampled_from(sorted(KINDS)), headed=st.booleans()
)
@FEW
def test_any_table_is_accounted_for_row_by_row(rows: list[list[Any]], key: str, headed: bool) -> None:
    heads = [column.title for column in kind_named(key).columns][:8]
    lines = [
        [cell if isinstance(cell, str) else str(cell) for cell in row] for row in ([heads, *rows] if headed else rows)
    ]
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(Unfit):
        whole(text(Path(folder) / "a.csv", lines), key)


SHEETS = st.lists(
    st.lists(
        st.one_of(
            st.just(""),
            TEXTS.filter(lambda cell: len(cell) < 100),
            st.integers(-(10**18), 10**18),
            st.floats(allow_nan=False, allow_infinity=False),
        ),
        max_size=9,
    ),
    max_size=10,
)


@given(rows=SHEETS)
@FEW
def test_any_workbook_is_accounted_for_row_by_row(rows: list[list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(Unfit):
        whole(workbook(Path(folder) / "a.xlsx", [HEADS, person(1), *rows, person(2)]))


def kept() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return {
            "xlsx": workbook(
                folder / "a.xlsx", [HEADS, *(person(number) for number in range(20))], {"A30:A33": "x"}
            ).read_bytes(),
            "ods": ods(
                folder / "a.ods", [ods_row(HEADS), *(ods_row(person(number)) for number in range(20))]
            ).read_bytes(),
            "xls": xls([HEADS, *(person(number) for number in range(20))], merged=[(1, 0, 2, 0)]),
            "csv": text(folder / "a.csv", [HEADS, *(person(number) for number in range(20))]).read_bytes(),
        }


FILES = kept()


@given(
    kind=st.sampled_from(sorted(FILES)),
    places=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12),
    cut=st.floats(0, 1),
)
@settings(max_examples=150, deadline=None)
def test_a_file_with_bytes_changed_is_read_or_refused_and_never_breaks(
    kind: str, places: list[tuple[float, int]], cut: float
) -> None:
    content = bytearray(FILES[kind])
    for place, byte in places:
        content[int(place * len(content))] = byte
    if cut < 0.3:
        del content[int(cut * 3 * len(content)) :]
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(Unfit):
        path = Path(folder) / f"a.{kind}"
        path.write_bytes(bytes(content))
        whole(path)


@given(
    name=st.sampled_from(
        [
            "xl/worksheets/sheet1.xml",
            "xl/sharedStrings.xml",
            "xl/workbook.xml",
            "xl/styles.xml",
            "[Content_Types].xml",
            "xl/_rels/workbook.xml.rels",
        ]
    ),
    data=st.data(),
)
@settings(max_examples=100, deadline=None)
def test_a_workbook_with_a_part_changed_is_read_or_refused_and_never_breaks(name: str, data: st.DataObject) -> None:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FILES["xlsx"])) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            content = bytearray(old.read(part))
            if part == name:
                for _turn in range(data.draw(st.integers(1, 4))):
                    start = data.draw(st.integers(0, max(0, len(content) - 1)))
                    content[start : start + data.draw(st.integers(0, 40))] = data.draw(
                        st.sampled_from(
                            [b"", b"999999999", b'"', b"<", b"</c>", b"\x00", b"XFD1048576", b't="e"', b"-1", b"&#0;"]
                        )
                    )
            new.writestr(part, bytes(content))
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(Unfit):
        path = Path(folder) / "a.xlsx"
        path.write_bytes(out.getvalue())
        whole(path)


@given(
    st.binary(max_size=600),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf"]),
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused_and_never_break(content: bytes, head: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(Unfit):
        path = Path(folder) / "a.xlsx"
        path.write_bytes(head + content)
        whole(path)
