"""Is an uploaded sheet fit to be read? Told by its content, never by its name. Pure.

A workbook is a zip of XML files made by a stranger. Refused before anything reads it: what is no workbook, macros, links to
other files, embedded objects, entities, and bombs: files that unpack to far more than they are, or one cell in the last
corner, which a reader pays for with every empty cell before it.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import python_calamine

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACROS = re.compile(r"(^|/)vbaproject|^xl/(macrosheets|dialogsheets)/", re.IGNORECASE)
_OBJECTS = re.compile(r"^xl/(embeddings|activex|ctrlprops)/", re.IGNORECASE)
_LINKS = re.compile(r"^xl/(externallinks|connections\.xml|querytables|customdata|model)", re.IGNORECASE)
_EXTERNAL = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>", re.IGNORECASE)
_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\sr\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\sr\s*=\s*[\"'](\d{1,9})[\"']")


class Fault(StrEnum):
    """Why a file is not taken."""

    TOO_LARGE = "too_large"
    NOT_A_SHEET = "not_a_sheet"
    OLD_OR_LOCKED = "old_or_locked"
    DAMAGED = "damaged"
    BOMB = "bomb"
    MACROS = "macros"
    LINKS = "links"
    OBJECTS = "objects"
    TOO_MANY_ROWS = "too_many_rows"
    EMPTY = "empty"


SENTENCES: Mapping[Fault, str] = {
    Fault.TOO_LARGE: "文件太大，请分成几个文件再传。",
    Fault.NOT_A_SHEET: "这个文件的内容不是 XLSX 或 CSV 表格，请用模板填写后另存为 XLSX 再传。",
    Fault.OLD_OR_LOCKED: "这是旧版 XLS 或加密的表格，请取消密码、另存为 XLSX 再传。",
    Fault.DAMAGED: "文件已损坏，打不开。请重新保存后再传。",
    Fault.BOMB: "文件解开后异常庞大，不予读取。请把数据复制到新的模板里再传。",
    Fault.MACROS: "表格带有宏，不予读取。请另存为不带宏的 XLSX 再传。",
    Fault.LINKS: "表格链接了其他文件或数据源，不予读取。请断开链接、只保留数值再传。",
    Fault.OBJECTS: "表格里嵌有其他文件或控件，不予读取。请删除后再传。",
    Fault.TOO_MANY_ROWS: "表格行数太多，请分成几个文件再传。",
    Fault.EMPTY: "表格里没有内容。",
}


class Unfit(ValueError):
    """The file is not taken; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Limits:
    """How much is taken."""

    size: int = 5 * 2**20  # bytes as they come
    unpacked: int = 80 * 2**20  # bytes of all parts together
    times: int = 200  # a part may be so many times what it was packed, above `small`
    small: int = 2**20
    parts: int = 500
    rows: int = 5_000
    columns: int = 200


USUAL = Limits()


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
        _check_parts(content, limits)
        return True
    text_of(content)
    return False


def text_of(content: bytes) -> str:
    """The text of a CSV file in UTF-8 or GB18030; Unfit when it is something else."""
    head = content[:4096].lstrip().lower()
    if b"\x00" in content[:65536] or head.startswith((b"<", b"%pdf", b"{\\rtf", b"\xff\xd8", b"\x89png")):
        raise Unfit(Fault.NOT_A_SHEET)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unfit(Fault.NOT_A_SHEET)


def _check_parts(content: bytes, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            names = [part.filename for part in parts]
            if len(parts) > limits.parts or len(set(names)) != len(names):
                raise Unfit(Fault.BOMB)
            if any(part.flag_bits & 1 for part in parts):
                raise Unfit(Fault.OLD_OR_LOCKED)
            for pattern, fault in ((_MACROS, Fault.MACROS), (_LINKS, Fault.LINKS), (_OBJECTS, Fault.OBJECTS)):
                if any(pattern.search(name) for name in names):
                    raise Unfit(fault)
            left = limits.unpacked
            for part in parts:
                data = _unpacked(packed, part, min(left, max(limits.small, limits.times * part.compress_size)))
                left -= len(data)
                _check_part(part.filename.lower(), data, limits)
            if "[content_types].xml" not in {name.lower() for name in names}:
                raise Unfit(Fault.NOT_A_SHEET)
    # RuntimeError: how zipfile tells of a password, or of a method of packing that it does not know
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as error:
        raise Unfit(Fault.DAMAGED) from error


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> bytes:
    """A part's bytes; what its head claims of its size is not believed."""
    with packed.open(part) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise Unfit(Fault.BOMB)
    return data


def _check_part(name: str, data: bytes, limits: Limits) -> None:
    if not name.endswith((".xml", ".rels", ".vml")):
        return
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unfit(Fault.BOMB)
    if name == "[content_types].xml":
        if b"macroEnabled" in data or b"vbaProject" in data:
            raise Unfit(Fault.MACROS)
        if _MAIN not in data:
            raise Unfit(Fault.NOT_A_SHEET)
    elif name.endswith(".rels"):
        if any(b"/hyperlink" not in found for found in _EXTERNAL.findall(data)):
            raise Unfit(Fault.LINKS)
    elif name.startswith("xl/worksheets/"):
        _check_corner(data, limits)


def _check_corner(data: bytes, limits: Limits) -> None:
    """A reader lays out every cell up to the last one: that corner must be near."""
    if any(int(row) > limits.rows for row in _ROW.findall(data)):
        raise Unfit(Fault.TOO_MANY_ROWS)
    for letters, row in _CELL.findall(data):
        if int(row) > limits.rows:
            raise Unfit(Fault.TOO_MANY_ROWS)
        column = 0
        for letter in letters.upper():
            column = column * 26 + letter - 64
        if column > limits.columns:
            raise Unfit(Fault.BOMB)


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
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, IndexError, ValueError) as error:
        raise Unfit(Fault.DAMAGED) from error
