"""Rows of a file read column by column, what is wrong with each noted beside its values."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from typing import Any

from lxbt.core.idnumber import certificate_parts
from lxbt.core.months import Month
from lxbt.core.profile import CATEGORIES
from lxbt.imports.reading.batch import Batch
from lxbt.imports.reading.cells import Classes, since_1900
from lxbt.imports.reading.columns import ColumnReader, Wrong
from lxbt.imports.reading.doubting import Doubting
from lxbt.imports.reading.files import Grid
from lxbt.imports.reading.frames import GONE, Frame, fills_of
from lxbt.imports.reading.layout import Layout
from lxbt.imports.reading.passing import Passing
from lxbt.imports.reading.records import RECORDS, TROUBLE
from lxbt.imports.reading.totals import Totals
from lxbt.imports.rules.faults import Fault
from lxbt.imports.rules.kinds import INSTEAD, Kind
from lxbt.imports.rules.values import FIRST_MONTH, is_old, text_of

FILLED_DOWN = frozenset(
    {"division", "text", "address", "relation", "area", "economic", "bank"}
)  # kinds of cell that one merged cell may tell of many rows; never of a person or of money
SHOWN = 200  # characters of a cell that a fault shows
WIDE_MONEY = ("living_amount", "care_amount")
MONEY = ("amount", "living_amount", "care_amount")
DAYS = frozenset({"day", "past", "month", "any_month"})  # kinds of column where a number may be a day's serial number


class Reading:
    """What is kept from one batch to the next: the readers of the columns."""

    def __init__(self, kind: Kind, layout: Layout, grid: Grid | Frame, on: date) -> None:
        self.kind, self.grid, self.on, self.layout = kind, grid, on, layout
        self.from_top = False
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
        kinds = {at: column.kind for at, column in self.mapping.items()}
        fills = fills_of(grid.merged, kinds, FILLED_DOWN, self.at.get("name", -1), self.at.get("identity_number", -1))
        self.merged = [(low, high) for low, high in fills if high[0] >= layout.header_row]
        marked = bool(grid.marks) if isinstance(grid, Grid) else True
        self.doubting = Doubting(layout, kind.key, grid.marks_of, marked=marked and not self.records)
        money = {column.key: at for at, column in self.mapping.items() if column.key in MONEY}
        self.totals = Totals(money, self.at.get("identity_number", -1))
        self.classes = Classes()
        self.both = "category" in self.at and kind.has("grade")
        self.width = max(self.width, *(at + 1 for at in layout.instead.values()), 0)
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
        row_nos = list(range(first, first + len(rows)))
        last = first + len(rows) - 1
        if self.layout.parts and any(row is GONE for row in rows):
            row_nos = [row_no for row_no, row in zip(row_nos, rows, strict=True) if row is not GONE]
            rows = [row for row in rows if row is not GONE]
            if not rows:
                return Batch([], {key: [] for key in self.at}, {}, {}, [], 0.0, [], last)
        width = self.width
        if any(len(row) < width for row in rows):
            rows = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in rows]
        if self.layout.mends:
            rows = [self._mended(row, row_no) for row, row_no in zip(rows, row_nos, strict=True)]
        turned = list(zip(*rows, strict=False))
        columns: dict[str, Sequence[Any]] = {key: _plain_cells(turned[at]) for key, at in self.at.items()}
        for key, other in self.layout.instead.items():
            columns[key] = [
                cell if cell not in ("", None) else old for cell, old in zip(columns[key], turned[other], strict=True)
            ]
        skipped = {} if self.records else self._pass_over(rows, row_nos, columns)
        passed = [(row_nos[at], why, rows[at]) for at, why in sorted(skipped.items())]
        if skipped:
            left = [at for at in range(len(rows)) if at not in skipped]
            rows = [rows[at] for at in left]
            columns = {key: [cells[at] for at in left] for key, cells in columns.items()}
            told = [(row_nos[at], why) for at, why in sorted(skipped.items())]
            row_nos = [row_nos[at] for at in left]
        else:
            told = []
        self._fill_down(columns, row_nos, rows)
        batch = Batch(row_nos, {}, {}, {}, rows, 0.0, told, last)
        self._read(batch, columns)
        batch.asks = self.doubting.asks(rows, row_nos, batch.values)
        if self.from_top and self.totals.money and self.kind.key in ("recipients", "history"):
            self._compare_totals(batch, passed)
        return batch

    def _mended(self, row: list[Any], row_no: int) -> list[Any]:
        """The row with what was written instead on the page."""
        mends = self.layout.mends.get(row_no)
        if not mends:
            return row
        return [mends.get(at, cell) for at, cell in enumerate([*row, *[""] * max(0, max(mends) + 1 - len(row))])]

    def _compare_totals(self, batch: Batch, passed: list[tuple[int, str, list[Any]]]) -> None:
        """What the lines of totals say, beside the sums of the rows before them."""
        totals, begin = self.totals, 0
        columns = {key: values for key in totals.money if (values := batch.values.get(key))}
        wrong = sorted(at for at, faults in batch.faults.items() if any(f.column in columns for f in faults))
        edges = [told for told in passed if told[1] in ("total", "heading")]
        for number, why, cells in [*edges, (batch.last_row + 1, "", [])]:
            end = bisect_left(batch.row_nos, number)
            read = not any(begin <= at < end for at in wrong)
            totals.take({key: values[begin:end] for key, values in columns.items()}, end - begin, read=read)
            begin = end
            if why == "total" and (said := totals.differs(cells)):
                _sheet, row = self.layout.where(number)
                batch.told.append(("total_differs", f"第 {row} 行{said}"))
            if why:
                totals.edge()

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

    def _fill_down(self, columns: dict[str, Sequence[Any]], row_nos: list[int], rows: list[list[Any]]) -> None:
        """What one merged cell tells of many rows, told of each."""
        if not row_nos:
            return
        self.merged = [
            (low, high) for low, high in self.merged if high[0] + 1 >= row_nos[0]
        ]  # those behind are done with
        for low, high in self.merged:
            if low[0] + 1 > row_nos[-1]:
                break
            self._fill_column(columns, row_nos, rows, low, high)

    def _fill_column(
        self,
        columns: dict[str, Sequence[Any]],
        row_nos: list[int],
        rows: list[list[Any]],
        low: tuple[int, int],
        high: tuple[int, int],
    ) -> None:
        top = self._top(low)
        at = low[1]
        key = self.mapping[at].key
        if top in ("", None):
            return
        cells = list(columns[key])
        for place, row_no in enumerate(row_nos):
            if low[0] < row_no - 1 <= high[0] and cells[place] in ("", None):
                cells[place] = top
                rows[place] = [*rows[place][:at], top, *rows[place][at + 1 :]]  # so that a row handed back stands alone
        columns[key] = cells

    def _top(self, low: tuple[int, int]) -> Any:
        """The cell at the top of a merged range, which may lie in an earlier batch."""
        if low not in self.tops:
            wanted: dict[int, list[tuple[int, int]]] = {}
            for first, _last in self.merged:
                wanted.setdefault(first[0], []).append(first)
            for number, line in enumerate(self.grid.lines_from(0)):
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
        if self.both:
            self._grades(batch, columns)
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
        """A number of 15 is remarked.

        Where cells of text have lost their last digits, one that passes by chance is not trusted either; programs lose
        none.
        """
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
            for column in set(self.errors.get(row_no - 1, ())) - self.layout.mends.get(row_no, {}).keys():
                key = self.mapping[column].key
                batch.values[key][at] = None
                others = [fault for fault in batch.faults.get(at, ()) if fault.column != key]
                batch.faults[at] = [*others, Fault(key, "formula_error", shown(batch.cells[at][column]) or "#")]

    def _grades(self, batch: Batch, columns: dict[str, Sequence[Any]]) -> None:
        """A category that tells the grade as well: it holds where the column of grades says nothing, and must not
        contradict it.
        """
        told = [self.classes[cell] for cell in columns["category"]]
        if not any(told):
            return
        grades = batch.values.get("grade")
        if grades is None:
            grades = batch.values["grade"] = [None] * len(told)
        for at, grade in enumerate(told):
            if grade is None:
                continue
            if grades[at] is None and not any(fault.column == "grade" for fault in batch.faults.get(at, ())):
                grades[at] = grade
            elif grades[at] not in (None, grade):
                batch.faults.setdefault(at, []).append(Fault("grade", "grade_differs", shown(columns["category"][at])))

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
