"""The tables of a file as one: row after row under one set of columns, unfolded into months, filled down where one cell
stands over many.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from lxbt.imports.reading.files import Grid, OpenedFile, Range
from lxbt.imports.reading.parts import Part, Unfolding, numbers_begin, where
from lxbt.imports.rules.kinds.shapes import titles
from lxbt.imports.rules.values import text_of

GONE: list[Any] = []  # stands for a number that no row has
WRONG_CELL = "#VALUE!"
PERSON = frozenset(
    titles(
        "name identity certificate category grade account bank phone economic "
        "area past day division text address relation"
    )
)  # kinds of cell that belong to the person, whose rows one merged cell joins
TICKS = frozenset(
    ["1", "√", "✓", "✔", "V", "是", "有", "Y", "YES", "●", "■", "已发", "发", "已发放", "发放", "对", "T", "TRUE"]
)
NO_TICKS = frozenset(("", "0", "×", "X", "否", "无", "-", "—", "/", "N", "NO", "FALSE", "未发"))
_RANGE = re.compile(r"(?:(20\d\d)[年./-])?(\d{1,2})月?(?:份)?(?:[-~—–至到])(?:(20\d\d)[年./-])?(\d{1,2})月?(?:份)?")
_QUARTER = re.compile(r"(?:(20\d\d)年?度?)?第?([1-4一二三四])季度?")
_HALF = re.compile(r"(?:(20\d\d)年?度?)?([上下])半年")
_YEAR_OF = re.compile(r"(20\d\d)年?")
_HAN = {"一": 1, "二": 2, "三": 3, "四": 4}


def months_of_range(cell: Any, year: str = "") -> list[str]:
    """The months that a cell names as a range; empty when it names none, or only one."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text_of(cell))) if isinstance(cell, str) else ""
    if not text or len(text) > 24:
        return []
    if found := _QUARTER.fullmatch(text):
        first = 3 * (int(_HAN.get(found[2], 0) or found[2]) - 1) + 1
        return _months(found[1] or year, first, found[1] or year, first + 2)
    if found := _HALF.fullmatch(text):
        first = 1 if found[2] == "上" else 7
        return _months(found[1] or year, first, found[1] or year, first + 5)
    if found := _RANGE.fullmatch(text):
        if re.fullmatch(r"(?:20\d\d)-\d{1,2}", text):
            return []
        begin = found[1] or year
        return _months(begin, int(found[2]), found[3] or begin, int(found[4]))
    return []


def _months(year: str, first: int, other: str, last: int) -> list[str]:
    if not (year and other and 1 <= first <= 12 and 1 <= last <= 12):
        return []
    begin, end = int(year) * 12 + first - 1, int(other) * 12 + last - 1
    if not 0 < end - begin < 12:
        return []
    return [f"{at // 12}-{at % 12 + 1:02d}" for at in range(begin, end + 1)]


def shared(cell: Any, among: int) -> str | None:
    """An amount evenly over several months, to the cent; None when it cannot be."""
    try:
        whole = Decimal(text_of(cell).strip().removesuffix("元").replace(",", "") or "x")
    except InvalidOperation:
        return None
    part = whole / among
    return f"{part:.2f}" if part == part.quantize(Decimal("0.01")) else None


def fills_of(
    merged: Sequence[Range], kinds: Mapping[int, str], filled: frozenset[str], name: int, identity: int
) -> list[Range]:
    """The merged ranges that tell of each of their rows: of places and words always, of a person where number and name
    are merged alike.
    """
    tall = [(low, high) for low, high in merged if high[0] > low[0]]
    rows: dict[int, set[tuple[int, int]]] = {}
    for low, high in tall:
        for at in range(low[1], high[1] + 1):
            rows.setdefault(at, set()).add((low[0], high[0]))
    joined = rows.get(name, set()) & rows.get(identity, set())
    found = []
    for low, high in tall:
        for at in range(low[1], high[1] + 1):
            kind = kinds.get(at, "")
            if kind in filled or (kind in PERSON and any(a <= low[0] and high[0] <= z for a, z in joined)):
                found.append(((low[0], at), (high[0], at)))
    return sorted(found)


@dataclass
class Frame:
    """Reads like a sheet."""

    opened: OpenedFile
    parts: Sequence[Part]
    kinds: Mapping[int, str]  # column of all tables -> kind of cell
    filled: frozenset[str]
    person: tuple[int, int]  # the columns of name and number
    name: str = ""
    merged: list[Range] = field(default_factory=list)
    errors: frozenset[tuple[int, int]] = frozenset()
    done: float = 0.0

    def __post_init__(self) -> None:
        self.begins = numbers_begin(self.parts)
        self.date1904 = self.opened.book.date1904
        self.unequal: set[tuple[str, int]] = set()  # rows whose months do not come to what they say of all together

    @property
    def rows(self) -> int | None:
        """Numbers in all, where that is known."""
        last = self.parts[-1]
        return None if last.last is None else self.begins[-1] + (last.last - last.first) * last.each

    def lines_from(self, begin: int) -> Iterator[list[Any]]:
        """The rows behind number `begin`; `GONE` for numbers that no row has."""
        for at, (part, first) in enumerate(zip(self.parts, self.begins, strict=True)):
            end = self.begins[at + 1] if at + 1 < len(self.parts) else None
            if end is not None and end <= begin:
                continue
            behind = max(0, begin - first)
            source = self._rows(part, behind // part.each)
            yield from islice(source, behind % part.each, None)

    def share(self, row: int) -> float:
        """How much lies behind us."""
        if self.rows:
            return min(1.0, row / self.rows)
        grid = self.opened.grid(self.parts[-1].sheet)
        return grid.share(row)

    def marks_of(self, row_no: int) -> list[str]:
        """What is marked of a row."""
        sheet, row = where(self.parts, row_no)
        marks = [code for code, rows in self.opened.marks.get(sheet, {}).items() if row - 1 in rows]
        return [*marks, "sum_differs"] if (sheet, row) in self.unequal else marks

    def _rows(self, part: Part, behind: int) -> Iterator[list[Any]]:
        grid = self.opened.grid(part.sheet)
        at_sheet = {place: column for column, place in enumerate(part.places) if place >= 0}
        kinds = {place: self.kinds.get(column, "") for place, column in at_sheet.items()}
        name, identity = (part.places[at] if 0 <= at < len(part.places) else -1 for at in self.person)
        fills = fills_of(grid.merged, kinds, self.filled, name, identity)
        tops = self._tops(grid, fills)
        errors: dict[int, list[int]] = {}
        for row, column in grid.errors:
            errors.setdefault(row, []).append(column)
        first = part.first + behind
        lines = islice(grid.lines(), first, part.last)
        for number, line in enumerate(lines, start=first):
            cells = list(line)
            for low, high in fills:
                if low[0] < number <= high[0] and low[1] < len(cells) and cells[low[1]] in ("", None):
                    cells[low[1]] = tops.get(low, "")
            for column in errors.get(number, ()):
                if column < len(cells) and not str(cells[column]).startswith("#"):
                    cells[column] = WRONG_CELL
            if part.unfolding and differs(part.unfolding, cells):
                self.unequal.add((part.sheet, number + 1))
            yield from self._unfolded(part, cells, identity)

    def _tops(self, grid: Grid, fills: Sequence[Range]) -> dict[tuple[int, int], Any]:
        wanted: dict[int, set[int]] = {}
        for low, _high in fills:
            wanted.setdefault(low[0], set()).add(low[1])
        tops = {}
        if wanted:
            for number, line in enumerate(islice(grid.lines(), max(wanted) + 1)):
                for column in wanted.get(number, ()):
                    tops[number, column] = line[column] if column < len(line) else ""
        return tops

    def _unfolded(self, part: Part, cells: list[Any], identity: int) -> Iterator[list[Any]]:
        row = [cells[place] if 0 <= place < len(cells) else "" for place in part.places]
        if not any(cell not in ("", None) for cell in row) and not any(cell not in ("", None) for cell in cells):
            out = [row]
        else:
            told = identity >= 0 and identity < len(cells) and sum(map(str.isdigit, text_of(cells[identity]))) >= 6
            if told:
                for column, text in part.constants:
                    if row[column] in ("", None):
                        row[column] = text
            how = part.unfolding
            out = [row] if how is None or not told else unfolded(how, row, cells)
        yield from out[: part.each]
        for _number in range(part.each - len(out)):
            yield GONE


def unfolded(how: Unfolding, row: list[Any], cells: Sequence[Any]) -> list[list[Any]]:
    """The rows that one stands for."""
    return _by_columns(how, row, cells) if how.columns else _by_range(how, row, cells)


def differs(how: Unfolding, cells: Sequence[Any]) -> bool:
    """Whether the months of a row do not come to what it says of all together."""
    if how.total < 0 or not how.columns:
        return False
    whole = _number(_at(cells, how.total))
    standard = _number(_at(cells, how.standard)) if how.ticks else None
    if whole is None or (how.ticks and standard is None):
        return False
    told = Decimal(0)
    for column in how.columns:
        text = text_of(_at(cells, column.at)).strip().upper()
        if text in NO_TICKS:
            continue
        amount = standard * len(column.months) if standard is not None and text in TICKS else _number(text)
        if amount is None:
            return False
        told += amount
    return told != whole


def _number(cell: Any) -> Decimal | None:
    try:
        return round(Decimal(text_of(cell).strip().removesuffix("元").replace(",", "") or "x"), 2)
    except InvalidOperation:
        return None


def _at(cells: Sequence[Any], place: int) -> Any:
    return cells[place] if 0 <= place < len(cells) else ""


def _by_columns(how: Unfolding, row: list[Any], cells: Sequence[Any]) -> list[list[Any]]:
    out = []
    found = _YEAR_OF.fullmatch(text_of(_at(cells, how.year)).strip()) if how.year >= 0 else None
    year = found[1] if found else ""
    for column in how.columns:
        cell = _at(cells, column.at)
        text = text_of(cell).strip().upper()
        if text in NO_TICKS:
            continue
        amount: Any = _at(cells, how.standard) if how.ticks and text in TICKS else cell
        several = len(column.months)
        if several > 1 and not how.ticks:
            amount = shared(cell, several)
        for month in column.months:
            line = list(row)
            line[how.to_month] = month.replace("0000", year) if year or "0000" not in month else month[5:] + "月"
            line[how.to_amount] = cell if amount is None else amount
            if amount is None:
                line[how.to_month] = "/".join(
                    column.months
                )  # cannot be shared: refused as a month, and told as it stands
            if column.subsidy and how.to_subsidy >= 0:
                line[how.to_subsidy] = column.subsidy
            out.append(line)
            if amount is None:
                break
    return out or [row]


def _by_range(how: Unfolding, row: list[Any], cells: Sequence[Any]) -> list[list[Any]]:
    found = _YEAR_OF.fullmatch(text_of(_at(cells, how.year)).strip()) if how.year >= 0 else None
    months = months_of_range(_at(cells, how.month), found[1] if found else "")
    if not months:
        return [row]
    count = text_of(_at(cells, how.count)).strip() if how.count >= 0 else ""
    if count not in ("", str(len(months))):
        return [row]
    parts = {at: shared(row[at], len(months)) for at in how.money if row[at] not in ("", None)}
    if any(part is None for part in parts.values()):
        return [row]
    standard = shared(_at(cells, how.standard), 1) if how.standard >= 0 else None
    if standard is not None and any(part != standard for part in parts.values()):
        return [row]
    out = []
    for month in months:
        line = list(row)
        line[how.to_month] = month
        if 0 <= how.count < len(line):
            line[how.count] = ""
        for at, part in parts.items():
            line[at] = part
        out.append(line)
    return out
