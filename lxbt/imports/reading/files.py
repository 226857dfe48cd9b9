"""Files opened: workbooks laid out by calamine, text read line by line.

Rows are counted as the user sees them, from 1.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import python_calamine

from lxbt.documents.apart import look_apart
from lxbt.documents.rules.workbooks import LARGE, Book, Fault, Limits, Unfit, laying_out
from lxbt.imports.reading.records import RecordFile

Range = tuple[tuple[int, int], tuple[int, int]]  # first and last (row, column), from 0
MOST_SHEETS = 60
DELIMITERS = ",\t;|"
TEXT_SHEET = ""  # a text file is one sheet without a name


@dataclass
class Grid:
    """A sheet: how many rows if that is known, ranges of merged cells, cells in error."""

    name: str
    rows: int | None
    columns: int
    merged: list[Range] = field(default_factory=list)
    errors: frozenset[tuple[int, int]] = frozenset()
    date1904: bool = False  # the serial numbers of its days count from 1904
    sheet: Any = None
    text: TextFile | RecordFile | LaidOut | None = None
    marks: Mapping[str, frozenset[int]] = field(default_factory=dict)  # mark -> rows from 0

    def lines_from(self, begin: int) -> Iterator[list[Any]]:
        """The rows behind the first `begin`."""
        return islice(self.lines(), begin, None)

    def lines(self) -> Iterator[list[Any]]:
        """The cells of each row from the first on, empty ones too. Unfit when the file breaks off."""
        if self.text is not None:
            yield from self.text.lines()
            return
        assert self.sheet is not None
        left = self.sheet.start[1] if self.sheet.start else 0
        pad = [""] * left
        with laying_out():
            rows = iter(self.sheet.iter_rows())
            yield from (pad + row for row in rows) if left else rows

    def marks_of(self, row_no: int) -> list[str]:
        """What is marked of a row."""
        return [code for code, rows in self.marks.items() if row_no - 1 in rows]

    def share(self, row: int) -> float:
        """The share of the file up to a row."""
        if self.text is not None:
            return self.text.share()
        return min(1.0, row / self.rows) if self.rows else 1.0


class LaidOut:
    """A table that was laid out as text already."""

    def __init__(self, rows: Sequence[list[Any]]) -> None:
        self.rows = rows

    def lines(self) -> Iterator[list[Any]]:
        """The rows."""
        return iter(self.rows)

    @staticmethod
    def share() -> float:
        """All of it is at hand."""
        return 1.0


class TextFile:
    """A CSV file, read from its path as often as asked."""

    def __init__(self, path: Path, encoding: str, limits: Limits) -> None:
        self.path, self.encoding, self.limits = path, encoding, limits
        self.size = max(1, path.stat().st_size)
        self.at = 0
        self.width = 0  # cells of the widest row so far
        with path.open(encoding=encoding, newline="") as file:
            self.delimiter = delimiter_of(file.read(65536))

    def lines(self) -> Iterator[list[Any]]:
        """The rows; Unfit when the file breaks off or a cell never ends."""
        with self.path.open("rb") as raw, io.TextIOWrapper(raw, encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            number = line = 0
            try:
                for row in reader:
                    number += 1
                    line += 1
                    if reader.line_num != line:
                        if self._swallowed(row):
                            raise Unfit(Fault.QUOTE, line)
                        line = reader.line_num
                    if not number % 1000:
                        self.at = raw.tell()
                    yield row
            except csv.Error as error:
                if "field larger" in str(error):
                    raise Unfit(Fault.DAMAGED) from error
                raise Unfit(Fault.QUOTE, line + 1) from error
            except UnicodeError as error:
                raise Unfit(Fault.DAMAGED) from error
            self.at = self.size

    def _swallowed(self, row: list[str]) -> bool:
        """Whether a cell holds what looks like further rows: its quotation mark was never meant to open one."""
        return any("\n" in cell and cell.count(self.delimiter) >= 2 for cell in row)

    def is_cut(self) -> bool:
        """Whether the file ends in the middle of a line."""
        with self.path.open("rb") as raw:
            raw.seek(max(0, self.path.stat().st_size - 4))
            return not raw.read().decode(self.encoding, "ignore").endswith(("\n", "\r"))

    def share(self) -> float:
        """How much of the file has been read."""
        return min(1.0, self.at / self.size)


def delimiter_of(head: str) -> str:
    """What parts the cells: the sign that parts the most lines into the same number of cells."""
    lines = head.splitlines()[:-1][:40] or head.splitlines()[:1]
    best, most = ",", 0
    for sign in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=sign) if row]
        except csv.Error:
            continue
        wide = [width for width in widths if width > 1]
        if not wide:
            continue
        usual = max(set(wide), key=wide.count)
        score = wide.count(usual) * usual
        if score > most:
            best, most = sign, score
    return best


class OpenedFile:
    """A file that was looked through and can be read. Sheets that are hidden or empty are not offered."""

    def __init__(self, path: Path, limits: Limits = LARGE) -> None:
        """Raises Unfit; the caller keeps the file in its place as long as this is used."""
        self.path = path
        self.stamp = stamp_of(path)
        self.book: Book = look_apart(path, limits)
        self.limits = limits
        self.marks = {
            name: {code: frozenset(rows) for code, rows in told.items()} for name, told in self.book.marks.items()
        }
        self._grids: dict[str, Grid] = {}
        self.beyond: tuple[str, ...] = ()  # sheets behind the most that are read
        if self.book.kind in ("text", "page"):
            names = (TEXT_SHEET,) if self.book.kind == "text" else tuple(self.book.tables)
            self.names: tuple[str, ...] = names[:MOST_SHEETS]
            self.beyond = names[MOST_SHEETS:]
            self.hidden: tuple[str, ...] = ()
            return
        with laying_out():
            self._workbook = opened_workbook(path)
        told = [item for item in self._workbook.sheets_metadata if item.typ == python_calamine.SheetTypeEnum.WorkSheet]
        visible = [item.name for item in told if item.visible == python_calamine.SheetVisibleEnum.Visible]
        self.names = tuple(visible[:MOST_SHEETS])
        self.beyond = tuple(visible[MOST_SHEETS:])
        self.hidden = tuple(item.name for item in told if item.name not in visible)[:MOST_SHEETS]
        if not self.names:
            raise Unfit(Fault.EMPTY)

    def grid(self, name: str) -> Grid:
        """A sheet by its name; KeyError when there is none, Unfit when it cannot be read.

        The last one asked for is kept.
        """
        if name not in self.names and name not in self.hidden:
            raise KeyError(name)
        if name in self._grids:
            return self._grids[name]
        if self.book.kind == "text":
            grid = Grid(name, None, 0, text=TextFile(self.path, self.book.encoding, self.limits))
        elif self.book.kind == "page":
            rows = self.book.tables[name]
            errors = frozenset(self.book.errors.get(name, ()))
            width = max(map(len, rows), default=0)
            merged = list(self.book.merged.get(name, ()))
            grid = Grid(name, len(rows), width, merged, errors, text=LaidOut(rows))
        else:
            grid = self._sheet(name)
        grid.marks = self.marks.get(name, {})
        self._grids = {name: grid}
        return grid

    def _sheet(self, name: str) -> Grid:
        with laying_out():
            sheet = self._workbook.get_sheet_by_name(name)
            end = sheet.end
            rows, columns = (end[0] + 1, end[1] + 1) if end and sheet.height else (0, 0)
            if columns > self.limits.columns or rows * columns > self.limits.cells:
                raise Unfit(Fault.BOMB)
            merged = sheet.merged_cell_ranges or self.book.merged.get(name) or []
        return Grid(
            name, rows, columns, list(merged), frozenset(self.book.errors.get(name, ())), self.book.date1904, sheet
        )


def opened_workbook(path: Path) -> Any:
    """A workbook by its content: its name may end in .et or .wps, as those of WPS do, or in anything."""
    if path.suffix.lower() in (".xlsx", ".xls", ".ods", ".xlsb", ".xlsm", ".xla", ".xlam"):
        return python_calamine.CalamineWorkbook.from_path(str(path))
    with path.open("rb") as stream:
        return python_calamine.CalamineWorkbook.from_filelike(stream)


def stamp_of(path: Path) -> tuple[str, int, int]:
    """What tells whether a file is still the same."""
    told = path.stat()
    return str(path), told.st_size, told.st_mtime_ns
