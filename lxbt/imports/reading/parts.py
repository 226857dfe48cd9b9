"""Tables of a file brought under one set of columns: where each stands, what is said once for it, and how its rows are
unfolded. Plain data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

MOST_MONTHS = 36  # that one row is unfolded into


@dataclass(frozen=True)
class MonthColumn:
    """A column of amounts or ticks for one month, or several that share the amount; of one subsidy, where the title
    says so.
    """

    at: int
    months: tuple[str, ...]  # 2025-03; with year 0000 where a column tells the year
    subsidy: str = ""


@dataclass(frozen=True)
class Unfolding:
    """How one row becomes several.

    Places `to_…` are among the columns of all tables, the others in the sheet (-1: none).
    """

    columns: tuple[MonthColumn, ...] = ()
    ticks: bool = False  # the columns tell whether, `standard` how much
    to_month: int = -1
    to_amount: int = -1
    to_subsidy: int = -1
    standard: int = -1
    year: int = -1
    total: int = -1  # what the row says of all months together
    month: int = -1  # of a range of months in one cell
    money: tuple[int, ...] = ()  # that the range is paid with, shared evenly; among the columns of all tables
    count: int = -1

    @property
    def most(self) -> int:
        """Into how many rows one may be unfolded."""
        if self.columns:
            return min(MOST_MONTHS, sum(len(column.months) for column in self.columns))
        return 12 if self.month >= 0 else 1


@dataclass(frozen=True)
class Part:
    """A table: rows of the sheet from `first` (from 0) up to `last`; for each column of all tables its place in the
    sheet, or -1.
    """

    sheet: str
    first: int
    last: int | None
    places: tuple[int, ...]
    constants: tuple[tuple[int, str], ...] = ()
    unfolding: Unfolding | None = None

    @property
    def each(self) -> int:
        """How many numbers a row of it takes."""
        return self.unfolding.most if self.unfolding else 1


def numbers_begin(parts: Sequence[Part]) -> list[int]:
    """Behind which number the rows of each part are counted: a single table keeps the numbers of its sheet."""
    if len(parts) == 1 and parts[0].each == 1:
        return [parts[0].first]
    begins, at = [], 0
    for part in parts:
        begins.append(at)
        at += ((part.last or part.first) - part.first) * part.each
    return begins


def where(parts: Sequence[Part], row_no: int) -> tuple[str, int]:
    """The sheet and its row (from 1) that a number stands for."""
    begins = numbers_begin(parts)
    at = max(place for place, begin in enumerate(begins) if begin < row_no or place == 0)
    part = parts[at]
    return part.sheet, part.first + (row_no - begins[at] - 1) // part.each + 1


def stored(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """For the import's own record."""
    return [asdict(part) for part in parts]


def restored(told: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    """From the import's own record."""
    parts = []
    for held in told:
        unfolding = held.get("unfolding")
        if unfolding:
            columns = tuple(MonthColumn(c["at"], tuple(c["months"]), c["subsidy"]) for c in unfolding["columns"])
            unfolding = Unfolding(**{**unfolding, "columns": columns, "money": tuple(unfolding["money"])})
        constants = tuple((at, text) for at, text in held["constants"])
        parts.append(
            Part(held["sheet"], held["first"], held["last"], tuple(held["places"]), constants, unfolding or None)
        )
    return tuple(parts)
