"""A workbook made by a stranger is looked through before anything reads it."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Mapping

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from lxbt.documents.rules.workbooks import Fault, Limits, Unfit, fault_of, read_lines


def book(rows: list[list[object]] | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    sheet = made.add_worksheet()
    for number, row in enumerate(rows or [["姓名", "部门"], ["张三", 5]]):
        for place, value in enumerate(row):
            sheet.write(number, place, value)
    made.close()
    return out.getvalue()


def with_parts(parts: Mapping[str, bytes], content: bytes | None = None) -> bytes:
    """A workbook with parts added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content or book())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return out.getvalue()


def sheet_xml(cells: str) -> bytes:
    head = (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    return f"{head}{cells}</sheetData></worksheet>".encode()


def test_a_plain_workbook_and_a_plain_csv_are_read() -> None:
    assert read_lines(book()) == [["姓名", "部门"], ["张三", 5.0]]
    assert read_lines("姓名,部门\n张三,民政\n".encode("gb18030")) == [["姓名", "部门"], ["张三", "民政"]]
    assert read_lines("\ufeff姓名,部门\n".encode()) == [["姓名", "部门"]]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.EMPTY),
        (b"<html><body>1</body></html>", Fault.NOT_A_SHEET),
        (b"%PDF-1.7 ...", Fault.NOT_A_SHEET),
        (b"MZ\x90\x00\x03\x00", Fault.NOT_A_SHEET),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), Fault.OLD_OR_LOCKED),
        (b"PK\x03\x04" + bytes(40), Fault.DAMAGED),
        (book()[:-200], Fault.DAMAGED),
        (with_parts({"xl/vbaProject.bin": b"x"}), Fault.MACROS),
        (with_parts({"xl/macrosheets/sheet1.xml": b"<a/>"}), Fault.MACROS),
        (with_parts({"xl/externalLinks/externalLink1.xml": b"<a/>"}), Fault.LINKS),
        (with_parts({"xl/connections.xml": b"<a/>"}), Fault.LINKS),
        (with_parts({"xl/embeddings/oleObject1.bin": b"x"}), Fault.OBJECTS),
        (with_parts({"xl/worksheets/sheet1.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), Fault.BOMB),
        (with_parts({"xl/worksheets/sheet1.xml": sheet_xml('<row r="1"><c r="XFD1"><v>1</v></c></row>')}), Fault.BOMB),
        (
            with_parts({"xl/worksheets/sheet1.xml": sheet_xml('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')}),
            Fault.TOO_MANY_ROWS,
        ),
        (with_parts({"xl/big.xml": bytes(60 * 2**20)}), Fault.BOMB),
        (with_parts({"[Content_Types].xml": b"<Types/>"}), Fault.NOT_A_SHEET),
    ],
)
def test_what_is_not_a_harmless_sheet_is_refused_by_name(content: bytes, fault: Fault) -> None:
    assert fault_of(content) == fault


def test_a_link_in_a_cell_is_no_danger_but_a_link_to_another_file_is() -> None:
    relation = (
        '<Relationships><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="http://a" '
        'TargetMode="External"/></Relationships>'
    )
    assert (
        fault_of(with_parts({"xl/worksheets/_rels/sheet1.xml.rels": relation.format(kind="hyperlink").encode()}))
        is None
    )
    assert (
        fault_of(with_parts({"xl/worksheets/_rels/sheet1.xml.rels": relation.format(kind="oleObject").encode()}))
        == Fault.LINKS
    )


def test_a_file_over_the_limit_is_refused_before_it_is_opened() -> None:
    assert fault_of(book(), Limits(size=100)) == Fault.TOO_LARGE
    assert fault_of(b"a,b\n" * 10, Limits(rows=5)) is None  # rows of text are counted when read
    with pytest.raises(Unfit):
        read_lines(b"a,b\n" * 10, Limits(rows=5))


def test_what_a_part_claims_of_its_size_is_not_believed() -> None:
    lying = bytearray(with_parts({"xl/big.xml": bytes(30 * 2**20)}))
    place = lying.find((30 * 2**20).to_bytes(4, "little"))
    while place != -1:
        lying[place : place + 4] = (100).to_bytes(4, "little")
        place = lying.find((30 * 2**20).to_bytes(4, "little"), place)
    assert fault_of(bytes(lying)) in (Fault.BOMB, Fault.DAMAGED)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_and_never_break(content: bytes) -> None:
    for tried in (content, b"PK\x03\x04" + content):
        with contextlib.suppress(Unfit):
            read_lines(tried)
