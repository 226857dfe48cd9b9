"""Rows of a file, checked, a few thousand at a time and column by column. Every row of the file is in a batch: read, faulty, or passed over by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from lxbt.core.idnumber import certificate_parts
from lxbt.core.months import Month
from lxbt.core.profile import CATEGORIES
from lxbt.core.readers.times import BETWEEN_1900_AND_1904, FIRST_SERIAL, LAST_SERIAL
from lxbt.documents.rules.workbooks import Fault as FileFault
from lxbt.documents.rules.workbooks import Unfit
from lxbt.imports.reading.columns import ColumnReader, Wrong
from lxbt.imports.reading.files import Grid, OpenedFile, stamp_of
from lxbt.imports.reading.layout import Layout
from lxbt.imports.reading.passing import Passing
from lxbt.imports.reading.records import RECORDS, TROUBLE, Codes, RecordFile, cells_of_line, record_keys
from lxbt.imports.rules.faults import Fault
from lxbt.imports.rules.kinds import INSTEAD, Kind
from lxbt.imports.rules.values import FIRST_MONTH, is_old, text_of

FILLED_DOWN = frozenset(
    {"division", "text", "address", "relation", "area", "economic", "bank"}
)  # kinds of cell that one merged cell may tell of many rows; never of a person or of money
SHOWN = 200  # characters of a cell that a fault shows
WIDE_MONEY = ("living_amount", "care_amount")


@dataclass(slots=True)
class Batch:
    """Rows column-wise: `values[key][i]` belongs to sheet row `row_nos[i]`, and is None where `faults[i]` names the key.

    `skipped`: rows of the file between the last batch and the end of this one that are no data: (row, why), why being "blank",
    "total", "footer", "heading", "header" or "example". `last_row`: the row up to which the file has been accounted for.
    """

    row_nos: list[int]
    values: dict[str, list[Any]]
    faults: dict[int, list[Fault]]
    remarks: dict[int, list[Fault]]
    cells: list[list[Any]]
    done: float
    skipped: list[tuple[int, str]] = field(default_factory=list)
    last_row: int = 0


def skipped_rows(batches: Sequence[Batch] | Batch) -> Counter[str]:
    """How many rows were passed over, by why."""
    listed = [batches] if isinstance(batches, Batch) else batches
    return Counter(why for batch in listed for _row, why in batch.skipped)


def read_batches(
    path: Path, kind: Kind, layout: Layout, *, on: date, after_row: int = 0, size: int = 5000
) -> Iterator[Batch]:
    """The rows below the header with numbers above `after_row`, in order, `size` rows of the file at a time; raises Unfit.

    The same file, layout and day give the same batches. The last batch may hold no row but those passed over.
    """
    if layout.sheet == RECORDS:
        yield from _batches(_Reading(kind, layout, record_grid(path, layout), on), after_row, size)
        return
    opened = layout._opened[0] if layout._opened and layout._opened[0].stamp == stamp_of(path) else OpenedFile(path)
    try:
        grid = opened.grid(layout.sheet)
    except KeyError:
        raise Unfit(FileFault.EMPTY) from None
    yield from _batches(_Reading(kind, layout, grid, on), max(after_row, layout.header_row), size)


def record_grid(path: Path, layout: Layout) -> Grid:
    """A file of records as a sheet."""
    return Grid(RECORDS, None, len(layout.titles), text=RecordFile(path, layout.titles, layout.codes))


def record_layout(kind: Kind, *, left_out: Sequence[str] = (), codes: Codes | None = None) -> Layout:
    """How a file of records is read: each key is a column."""
    keys = record_keys(kind, left_out)
    mapping = dict(enumerate(keys))
    return Layout(
        RECORDS, (RECORDS,), 0, keys, mapping, dict.fromkeys(mapping, "title"), (), (), None, codes=codes or {}
    )


class RecordReader:
    """Single records, read as those of a file are."""

    def __init__(self, kind: Kind, layout: Layout, on: date) -> None:
        self.keys = {key: place for place, key in enumerate(layout.titles)}
        self.codes = layout.codes
        self.reading = _Reading(kind, layout, Grid(RECORDS, None, len(layout.titles)), on)

    def batch(self, lines: Sequence[bytes], first: int) -> Batch:
        """The lines as a batch; the first is row `first`."""
        return self.reading.batch([cells_of_line(line, self.keys, self.codes) for line in lines], first)


def _batches(reading: _Reading, begin: int, size: int) -> Iterator[Batch]:
    lines = islice(reading.grid.lines(), begin, None)
    number = begin
    while chunk := list(islice(lines, size)):
        batch = reading.batch(chunk, number + 1)
        number += len(chunk)
        batch.done = reading.grid.share(number)
        yield batch


DAYS = frozenset({"day", "past", "month", "any_month"})  # kinds of column where a number may be a day's serial number


def since_1900(cell: Any) -> Any:
    """The serial number of a day counted from 1904, counted as everywhere else; any other cell as it is."""
    counted = (
        isinstance(cell, int | float)
        and not isinstance(cell, bool)
        and FIRST_SERIAL - BETWEEN_1900_AND_1904 <= cell < LAST_SERIAL
    )
    return cell + BETWEEN_1900_AND_1904 if counted else cell


class _Reading:
    """What is kept from one batch to the next: the readers of the columns."""

    def __init__(self, kind: Kind, layout: Layout, grid: Grid, on: date) -> None:
        self.kind, self.grid, self.on = kind, grid, on
        self.mapping = {at: kind.column(key) for at, key in layout.mapping.items()}
        self.at = {column.key: at for at, column in self.mapping.items()}
        self.records = grid.name == RECORDS
        self.readers = {column.key: ColumnReader(column.kind, on) for column in self.mapping.values()}
        self.width = max(self.mapping, default=-1) + 1
        self.passing = Passing(kind, layout, self.at)
        mapped = frozenset(self.at)
        self.needed = [column.key for column in kind.columns if column.required]
        self.groups = [tuple(key for key in group if key in mapped) or group[:1] for group in kind.one_of]
        self.split_month = set(INSTEAD["month"]) <= mapped and "month" not in mapped
        self.wide = [key for key in WIDE_MONEY if key in mapped]
        filled = {at for at, column in self.mapping.items() if column.kind in FILLED_DOWN}
        self.merged = [
            (low, high)
            for low, high in grid.merged
            if high[0] > low[0] and high[0] >= layout.header_row and any(low[1] <= at <= high[1] for at in filled)
        ]
        self.merged.sort()
        self.fill = filled
        self.errors: dict[int, list[int]] = {}
        for row, column in sorted(grid.errors):
            if column in self.mapping:
                self.errors.setdefault(row, []).append(column)
        self.tops: dict[tuple[int, int], Any] = {}
        identity = self.at.get("identity_number", -1)
        self.covered = {
            row
            for low, high in grid.merged
            if low[1] <= identity <= high[1]
            for row in range(low[0] + 1, min(high[0], low[0] + 100) + 1)
        }

    def batch(self, rows: list[list[Any]], first: int) -> Batch:
        """Read rows of which the first has number `first`."""
        width = self.width
        if any(len(row) < width for row in rows):
            rows = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in rows]
        row_nos = list(range(first, first + len(rows)))
        turned = list(zip(*rows, strict=False))
        columns: dict[str, Sequence[Any]] = {key: _plain_cells(turned[at]) for key, at in self.at.items()}
        skipped = {} if self.records else self._pass_over(rows, row_nos, columns)
        if skipped:
            left = [at for at in range(len(rows)) if at not in skipped]
            rows = [rows[at] for at in left]
            columns = {key: [cells[at] for at in left] for key, cells in columns.items()}
            told = [(row_nos[at], why) for at, why in sorted(skipped.items())]
            row_nos = [row_nos[at] for at in left]
        else:
            told = []
        self._fill_down(columns, row_nos)
        batch = Batch(row_nos, {}, {}, {}, rows, 0.0, told, first + len(rows) + len(told) - 1)
        self._read(batch, columns)
        return batch

    def _pass_over(
        self, rows: list[list[Any]], row_nos: list[int], columns: dict[str, Sequence[Any]]
    ) -> dict[int, str]:
        """Places of the rows that are no data. Only rows whose identity number is no plain one are looked at."""
        identities = columns.get("identity_number")
        doubtful = (
            range(len(rows))
            if identities is None
            else [at for at, cell in enumerate(identities) if cell.__class__ is not str or len(cell) != 18]
        )
        found = {}
        for at in doubtful:
            why = self.passing.why(rows[at], covered=row_nos[at] - 1 in self.covered)
            if why:
                found[at] = why
        names = columns.get("name")
        if names is not None and self.passing.examples:
            for at, name in enumerate(names):
                if name.__class__ is str and name[:1] in "（(例" and at not in found and self.passing.is_example(name):
                    found[at] = "example"
        return found

    def _fill_down(self, columns: dict[str, Sequence[Any]], row_nos: list[int]) -> None:
        """What one merged cell tells of many rows, told of each."""
        if not row_nos:
            return
        self.merged = [
            (low, high) for low, high in self.merged if high[0] + 1 >= row_nos[0]
        ]  # those behind are done with
        for low, high in self.merged:
            if low[0] + 1 > row_nos[-1]:
                break
            for at in range(low[1], high[1] + 1):
                if at in self.fill:
                    self._fill_column(columns, row_nos, at, low, high)

    def _fill_column(
        self,
        columns: dict[str, Sequence[Any]],
        row_nos: list[int],
        at: int,
        low: tuple[int, int],
        high: tuple[int, int],
    ) -> None:
        top = self._top(low)
        key = self.mapping[at].key
        if top in ("", None):
            return
        cells = list(columns[key])
        for place, row_no in enumerate(row_nos):
            if low[0] < row_no - 1 <= high[0] and cells[place] in ("", None):
                cells[place] = top
        columns[key] = cells

    def _top(self, low: tuple[int, int]) -> Any:
        """The cell at the top of a merged range, which may lie in an earlier batch."""
        if low not in self.tops:
            wanted: dict[int, list[tuple[int, int]]] = {}
            for first, _last in self.merged:
                wanted.setdefault(first[0], []).append(first)
            for number, line in enumerate(self.grid.lines()):
                for place in wanted.get(number, ()):
                    self.tops[place] = line[place[1]] if place[1] < len(line) else ""
            for first, _last in self.merged:
                self.tops.setdefault(first, "")
        return self.tops[low]

    def _read(self, batch: Batch, columns: dict[str, Sequence[Any]]) -> None:
        identities: list[Any] = [None] * len(batch.row_nos)
        for key in sorted(columns, key=lambda key: key != "identity_number"):
            reader = self.readers[key]
            cells = columns[key]
            if self.grid.date1904 and reader.kind in DAYS:
                cells = [since_1900(cell) for cell in cells]
            if reader.kind == "certificate" and "identity_number" in self.at:
                values, wrong = reader.certificates(cells, identities)
            else:
                values, wrong = reader.values(cells)
            if key == "identity_number":
                identities = values
                self._lost_digits(batch, cells, values, wrong)
            self._take(batch, key, cells, values, wrong)
        self._errors_in_formulas(batch)
        self._areas(batch)
        if self.split_month:
            self._months(batch)
        self._classes(batch, columns)
        self._missing(batch)
        if self.records:
            self._troubles(batch)

    def _take(self, batch: Batch, key: str, cells: Sequence[Any], values: list[Any], wrong: list[int]) -> None:
        for at in wrong:
            code = values[at].code
            values[at] = None
            if code == "money_zero" and key in self.wide:
                continue  # in a row that tells of both subsidies, nothing is written as 0
            batch.faults.setdefault(at, []).append(Fault(key, code, shown(cells[at])))
        batch.values[key] = values

    def _lost_digits(self, batch: Batch, cells: Sequence[Any], values: list[Any], wrong: list[int]) -> None:
        """A number of 15 is remarked. Where cells of text have lost their last digits, one that passes by chance is not trusted either; programs lose none."""
        lost = not self.records and any(
            values[at].code == "identity_digits_lost" and isinstance(cells[at], str) for at in wrong
        )
        for at, value in enumerate(values):
            if value.__class__ is not str:
                continue
            if lost and value.endswith("000"):
                values[at] = Wrong("identity_digits_lost")
                wrong.append(at)
            elif value != cells[at] and is_old(cells[at]):
                batch.remarks.setdefault(at, []).append(Fault("identity_number", "identity_old", shown(cells[at])))
        wrong.sort()

    def _errors_in_formulas(self, batch: Batch) -> None:
        """A formula in error is read as empty: it is told, and not taken for nothing."""
        if not self.errors:
            return
        for at, row_no in enumerate(batch.row_nos):
            for column in self.errors.get(row_no - 1, ()):
                key = self.mapping[column].key
                batch.values[key][at] = None
                others = [fault for fault in batch.faults.get(at, ()) if fault.column != key]
                batch.faults[at] = [*others, Fault(key, "formula_error", shown(batch.cells[at][column]) or "#")]

    def _areas(self, batch: Batch) -> None:
        """城市低保 tells the class and the area."""
        told = batch.values.get("economic")
        if told is None:
            return
        batch.values["economic"] = [value and value[0] for value in told]
        if self.kind.has("area") and any(value and value[1] for value in told):
            known = batch.values.get("area") or [None] * len(told)
            batch.values["area"] = [
                area or (value and value[1]) or None for area, value in zip(known, told, strict=True)
            ]

    def _months(self, batch: Batch) -> None:
        """A month from a column of years and one of months."""
        years, numbers = batch.values.pop("year"), batch.values.pop("month_of_year")
        last = Month.of(self.on) + 1
        months: list[Month | None] = []
        for at, (year, number) in enumerate(zip(years, numbers, strict=True)):
            month = Month(year, number) if year and number else None
            if month is not None and not FIRST_MONTH <= month <= last:
                batch.faults.setdefault(at, []).append(Fault("year", "month_impossible", f"{year}-{number}"))
                month = None
            months.append(month)
        batch.values["month"] = months

    def _troubles(self, batch: Batch) -> None:
        """A record that is none is told so, and nothing else of it."""
        place = len(self.at) + TROUBLE
        for at, cells in enumerate(batch.cells):
            if cells[place]:
                code, _colon, key = cells[place].partition(":")
                batch.faults[at] = [Fault(key, code, key)]

    def _classes(self, batch: Batch, columns: dict[str, Sequence[Any]]) -> None:
        """The last two digits of a certificate number tell category and grade; columns of their own must agree."""
        numbers = batch.values.get("certificate_number")
        if numbers is None:
            return
        for key, place in (("category", 18), ("grade", 19)):
            told = batch.values.get(key)
            if told is None:
                continue
            digit = (
                {word: str(number) for number, word in enumerate(CATEGORIES, start=1)}
                if key == "category"
                else {grade: str(grade) for grade in range(1, 5)}
            )
            for at, (number, value) in enumerate(zip(numbers, told, strict=True)):
                if number and value and number[place] != digit[value]:
                    batch.faults.setdefault(at, []).append(
                        Fault("certificate_number", "certificate_class", shown(columns["certificate_number"][at]))
                    )
                    numbers[at] = None if certificate_parts(number) else number

    def _missing(self, batch: Batch) -> None:
        """What must be there, row by row."""
        for key in self.needed:
            values = batch.values.get(key)
            if values is None:
                for at in range(len(batch.row_nos)):
                    batch.faults.setdefault(at, []).append(Fault(key, "missing", ""))
            elif None in values:
                named = INSTEAD[key][1] if key in INSTEAD and key not in self.at else key
                parts = {key, *INSTEAD.get(key, ())}
                for at, value in enumerate(values):
                    if value is None and not any(fault.column in parts for fault in batch.faults.get(at, ())):
                        batch.faults.setdefault(at, []).append(Fault(named, "missing", ""))
        for group in self.groups:
            told = [batch.values[key] for key in group if key in batch.values]
            if any(None not in values for values in told):
                continue
            for at in range(len(batch.row_nos)):
                if all(values[at] is None for values in told) and not any(
                    fault.column in group for fault in batch.faults.get(at, ())
                ):
                    batch.faults.setdefault(at, []).append(Fault(group[0], "missing", ""))


def _plain_cells(cells: Sequence[Any]) -> Sequence[Any]:
    """True equals 1 for a dictionary, and not for a clerk."""
    if bool in set(map(type, cells)):
        return [text_of(cell) if cell.__class__ is bool else cell for cell in cells]
    return cells


def shown(cell: Any) -> str:
    """A cell as a fault shows it."""
    return text_of(cell)[:SHOWN]
