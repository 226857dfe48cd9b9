"""Is an uploaded sheet fit to be read? Told by its content, never by its name. Pure.

A workbook is a zip of XML files made by a stranger. Refused before anything reads it: what is no workbook, macros,
links to other files, embedded objects, entities, and bombs: files that unpack to far more than they are, or one cell in
the last corner, which a reader pays for with every empty cell before it.
"""

from __future__ import annotations

import csv
import io
from typing import IO, Any

import python_calamine

from lxbt.documents.rules.workbooks.faults import LARGE, SENTENCES, USUAL, Fault, Limits, Unfit
from lxbt.documents.rules.workbooks.laying_out import laying_out
from lxbt.documents.rules.workbooks.old import check_old
from lxbt.documents.rules.workbooks.parts import Book, check_packed
from lxbt.documents.rules.workbooks.texts import check_head, encoding_of, is_page

__all__ = [
    "LARGE",
    "SENTENCES",
    "USUAL",
    "ZIP",
    "Book",
    "Fault",
    "Limits",
    "Unfit",
    "check",
    "check_stream",
    "fault_of",
    "laying_out",
    "read_lines",
    "text_of",
]
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def fault_of(content: bytes, limits: Limits = USUAL) -> Fault | None:
    """Why a file is not taken, or None."""
    try:
        check(content, limits)
    except Unfit as unfit:
        return unfit.fault
    return None


def check(content: bytes, limits: Limits = USUAL) -> bool:
    """Whether it is a workbook (else text); raises Unfit."""
    if not content.strip():
        raise Unfit(Fault.EMPTY)
    if len(content) > limits.size:
        raise Unfit(Fault.TOO_LARGE)
    if content.startswith(OLE):
        raise Unfit(Fault.OLD_OR_LOCKED)
    if content.startswith(ZIP):
        check_packed(io.BytesIO(content), limits)
        return True
    text_of(content)
    return False


def check_stream(stream: IO[bytes], size: int, limits: Limits = LARGE) -> Book:
    """What a file of `size` bytes is, without having it in memory; raises Unfit. The stream must be able to seek."""
    head = stream.read(4096)
    stream.seek(0)
    packed = head.startswith((ZIP, OLE))
    if size > (limits.size if packed else limits.text):
        raise Unfit(Fault.TOO_LARGE)
    if head.startswith(ZIP):
        return check_packed(stream, limits)
    if head.startswith(OLE):
        if not limits.old:
            raise Unfit(Fault.OLD_OR_LOCKED)
        from lxbt.documents.rules.workbooks.records import (
            look_through,
        )  # only where it is needed: a process starts for each file

        date1904 = check_old(stream, size)
        stream.seek(0)
        errors, marks = look_through(stream)
        return Book("xls", errors=errors, marks=marks, date1904=date1904)
    if len(head) == size and not head.strip():
        raise Unfit(Fault.EMPTY)
    if limits.ods and is_page(head):
        from lxbt.documents.rules.workbooks.pages import tables_of

        if size > limits.size:
            raise Unfit(Fault.TOO_LARGE)
        tables = tables_of(stream.read(), limits)
        return Book("page", errors=tables.errors, merged=tables.merged, marks=tables.marks, tables=dict(tables.lines))
    return Book("text", encoding=encoding_of(stream))


def text_of(content: bytes) -> str:
    """The text of a CSV file in UTF-8 or GB18030; Unfit when it is something else."""
    check_head(content[:65536])
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unfit(Fault.NOT_A_SHEET)


def read_lines(content: bytes, limits: Limits = USUAL) -> list[list[Any]]:
    """The cells of the first sheet, or of a CSV file, line by line from the top; Unfit when the file is not taken."""
    if not check(content, limits):
        text = text_of(content).replace("\r\n", "\n").replace("\r", "\n")
        try:
            lines: list[list[Any]] = [list(row) for row in csv.reader(io.StringIO(text, newline=""))]
        except csv.Error as error:
            raise Unfit(Fault.DAMAGED) from error
        if len(lines) > limits.rows:
            raise Unfit(Fault.TOO_MANY_ROWS)
        return lines
    with laying_out():
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    raise Unfit(Fault.DAMAGED)
