"""The tables of an OpenDocument sheet, followed tag by tag: how far they reach when repeated rows and cells are laid
out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from lxbt.documents.rules.workbooks.faults import Fault, Limits, Unfit

_TAG = re.compile(
    rb"<(/?)table:(table|table-row|table-cell|covered-table-cell|table-source|dde-link|dde-links)(?=[\s/>])([^<>]*)>"
)
_REPEATED = re.compile(rb"table:number-(?:rows|columns)-repeated\s*+=\s*+[\"'](\d{1,9})[\"']")
_ROWS_SPANNED = re.compile(rb"number-rows-spanned\s*+=\s*+[\"'](\d{1,7})[\"']")
_COLUMNS_SPANNED = re.compile(rb"number-columns-spanned\s*+=\s*+[\"'](\d{1,7})[\"']")
_NAME = re.compile(rb"table:name\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)')")
_VALUE = re.compile(rb"(?:office|calcext):value-type\s*=")
_ERROR = re.compile(rb"calcext:value-type\s*+=\s*+[\"']error[\"']")
MOST = 100_000

Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass
class Tables:
    """Takes the content piece by piece; refuses what grows beyond the limits once laid out."""

    limits: Limits
    errors: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    merged: dict[str, list[Range]] = field(default_factory=dict)
    _name: str = ""
    _row: int = 0  # of the row at hand, from 0
    _times: int = 1  # how often the row at hand is repeated
    _column: int = 0
    _filled: int = 0  # columns of the row at hand up to the last filled one
    _rows: int = 0  # up to the last filled one
    _columns: int = 0

    def take(self, data: bytes) -> None:
        """Follow the tags of a piece."""
        for closing, tag, inside in _TAG.findall(data):
            if tag in (b"table-source", b"dde-link", b"dde-links"):
                raise Unfit(Fault.LINKS)
            if tag == b"table":
                self._begin(inside, bool(closing))
            elif tag == b"table-row":
                if closing:
                    self._end_row()
                else:
                    self._times, self._column, self._filled = _number(_REPEATED, inside), 0, 0
                    if inside.endswith(b"/"):
                        self._end_row()
            elif not closing:
                self._cell(inside)

    def finish(self) -> tuple[dict[str, set[tuple[int, int]]], dict[str, list[Range]]]:
        """Cells in error and merged ranges, by table."""
        return self.errors, self.merged

    def _begin(self, inside: bytes, closing: bool) -> None:
        self._row = self._rows = self._columns = 0
        if not closing:
            found = _NAME.search(inside)
            self._name = unescape((found[1] or found[2] or b"").decode("utf-8", "replace")) if found else ""

    def _cell(self, inside: bytes) -> None:
        times = _number(_REPEATED, inside)
        if _VALUE.search(inside):
            self._filled = self._column + times
            if self._filled > self.limits.columns:
                raise Unfit(Fault.BOMB)
        if b"error" in inside and _ERROR.search(inside):
            marked = self.errors.setdefault(self._name, set())
            if len(marked) < MOST:
                marked.add((self._row, self._column))
        if b"number-rows-spanned" in inside:
            down, across = _number(_ROWS_SPANNED, inside), _number(_COLUMNS_SPANNED, inside)
            ranges = self.merged.setdefault(self._name, [])
            if (down > 1 or across > 1) and len(ranges) < MOST:
                ranges.append(((self._row, self._column), (self._row + down - 1, self._column + across - 1)))
        self._column += times

    def _end_row(self) -> None:
        self._row += self._times
        if not self._filled:
            return
        self._rows, self._columns = self._row, max(self._columns, self._filled)
        if self._rows > self.limits.rows:
            raise Unfit(Fault.TOO_MANY_ROWS)
        if self._rows * self._columns > self.limits.cells:
            raise Unfit(Fault.BOMB)


def _number(pattern: re.Pattern[bytes], inside: bytes) -> int:
    found = pattern.search(inside)
    return max(1, int(found[1])) if found else 1
