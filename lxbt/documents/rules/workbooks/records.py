"""The records of an XLS workbook, read one after the other for what its reader does not tell: cells in error, rows
hidden or struck out, comments.
"""

from __future__ import annotations

import struct
from typing import IO

import olefile

from lxbt.documents.rules.workbooks.faults import Fault, Unfit
from lxbt.documents.rules.workbooks.marks import COLOURED, COMMENT, HIDDEN, STRUCK, Marks

_BOF, _EOF, _SHEET, _FONT, _FORMAT, _ROW, _NOTE = 0x809, 0x0A, 0x85, 0x31, 0xE0, 0x208, 0x1C
_FORMULA, _ERROR = 0x06, 0x205
_CELLS = frozenset((0xFD, 0x203, 0x27E, 0x204, 0xD6, _FORMULA))  # cells whose format follows their place
_MANY_CELLS = 0xBD
_HIDDEN_FLAG, _STRUCK_FLAG = 0x20, 0x08
_USUAL_BACK = (0x40, 0x41, 0x09)  # automatic and white
_RED = (0x0A, 0x02)


def look_through(stream: IO[bytes]) -> tuple[dict[str, set[tuple[int, int]]], dict[str, dict[str, list[int]]]]:
    """Cells in error and marked rows, by the name of the sheet; Unfit when the file breaks off."""
    try:
        with olefile.OleFileIO(stream) as held:
            name = next((name for name in ("Workbook", "Book") if held.exists(name)), "")
            data = held.openstream(name).read() if name else b""
    except (OSError, ValueError, IndexError, struct.error, TypeError) as error:
        raise Unfit(Fault.DAMAGED) from error
    try:
        return _Records(data).look()
    except (struct.error, IndexError, UnicodeDecodeError):
        return {}, {}  # another way of writing than that of 1997; the cells themselves are read all the same


class _Records:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.struck_fonts: set[int] = set()
        self.red_fonts: set[int] = set()
        self.struck: set[int] = set()
        self.coloured: set[int] = set()
        self.fonts = self.formats = 0
        self.sheets: list[tuple[int, str]] = []

    def look(self) -> tuple[dict[str, set[tuple[int, int]]], dict[str, dict[str, list[int]]]]:
        """Globals first, then every sheet."""
        self._globals()
        errors, marks = {}, {}
        for begin, name in self.sheets:
            told, wrong = self._sheet(begin)
            if wrong:
                errors[name] = wrong
            if found := told.told():
                marks[name] = found
        return errors, marks

    def _globals(self) -> None:
        data, at = self.data, 0
        while at + 4 <= len(data):
            kind, length = struct.unpack_from("<HH", data, at)
            if kind == _EOF:
                return
            if kind == _SHEET:
                begin, _hidden, _kind, letters, wide = struct.unpack_from("<IBBBB", data, at + 4)
                raw = data[at + 12 : at + 12 + letters * (2 if wide & 1 else 1)]
                self.sheets.append((begin, raw.decode("utf-16-le" if wide & 1 else "latin-1")))
            elif kind == _FONT and length >= 6:
                number = self.fonts + (self.fonts >= 4)  # there is no font of number four
                flags, colour = struct.unpack_from("<HH", data, at + 6)
                if flags & _STRUCK_FLAG:
                    self.struck_fonts.add(number)
                if colour in _RED:
                    self.red_fonts.add(number)
                self.fonts += 1
            elif kind == _FORMAT and length >= 20:
                font = struct.unpack_from("<H", data, at + 4)[0]
                pattern = struct.unpack_from("<I", data, at + 4 + 14)[0] >> 26
                fore = struct.unpack_from("<H", data, at + 4 + 18)[0] & 0x7F
                if font in self.struck_fonts:
                    self.struck.add(self.formats)
                if font in self.red_fonts or (pattern == 1 and fore not in _USUAL_BACK):
                    self.coloured.add(self.formats)
                self.formats += 1
            at += 4 + length

    def _sheet(self, begin: int) -> tuple[Marks, set[tuple[int, int]]]:
        data, at, marks, errors = self.data, begin, Marks(), set[tuple[int, int]]()
        odd, unpack, depth = self.struck | self.coloured, struct.unpack_from, 0
        while at + 4 <= len(data):
            kind, length = unpack("<HH", data, at)
            if kind == _BOF:
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if depth <= 0:
                    break
            elif depth == 1:
                self._record(kind, at + 4, length, marks, errors, odd)
            at += 4 + length
        return marks, errors

    def _record(
        self, kind: int, at: int, length: int, marks: Marks, errors: set[tuple[int, int]], odd: set[int]
    ) -> None:
        data, unpack = self.data, struct.unpack_from
        if kind in _CELLS:
            if odd or kind == _FORMULA:
                row, column, style = unpack("<HHH", data, at)
                self._style(style, row, marks)
                if kind == _FORMULA and data[at + 12 : at + 14] == b"\xff\xff" and data[at + 6] == 2:
                    errors.add((row, column))
        elif kind == _MANY_CELLS and odd:
            row, column = unpack("<HH", data, at)
            for place in range(at + 4, at + length - 2, 6):
                self._style(unpack("<H", data, place)[0], row, marks)
        elif kind == _ERROR:
            row, column, style, _value, wrong = unpack("<HHHBB", data, at)
            if wrong:
                errors.add((row, column))
        elif kind == _ROW:
            row = unpack("<H", data, at)[0]
            marks.counted += 1
            if unpack("<H", data, at + 12)[0] & _HIDDEN_FLAG:
                marks.add(HIDDEN, row)
        elif kind == _NOTE:
            marks.add(COMMENT, unpack("<H", data, at)[0])

    def _style(self, style: int, row: int, marks: Marks) -> None:
        if style in self.struck:
            marks.add(STRUCK, row)
        if style in self.coloured:
            marks.add(COLOURED, row)
