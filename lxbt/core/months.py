"""Whole months, the unit of every right and every payment."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_PATTERN = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month. Ordered; `month + 1` is the next one, `later - earlier` a number of months."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1 <= self.year <= 9999):
            raise ValueError(f"没有这样的月份：{self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Month:
        """The month written 'YYYY-MM'; anything else is a ValueError."""
        found = _PATTERN.fullmatch(text)
        if not found:
            raise ValueError(f"月份应写作 YYYY-MM，现为 {text!r}")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month in which `day` lies."""
        return cls(day.year, day.month)

    @classmethod
    def from_ordinal(cls, ordinal: int) -> Month:
        """The inverse of `ordinal`."""
        return cls(ordinal // 12, ordinal % 12 + 1)

    @property
    def ordinal(self) -> int:
        """Months since year 0: consecutive months have consecutive numbers."""
        return self.year * 12 + self.month - 1

    @property
    def first(self) -> date:
        """The first day; how a month is kept in tables."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def __add__(self, months: int) -> Month:
        return Month.from_ordinal(self.ordinal + months)

    def __sub__(self, other: Month) -> int:
        return self.ordinal - other.ordinal

    def back(self, months: int) -> Month:
        """The month that lies `months` before this one."""
        return self + -months

    def until(self, end: Month) -> Iterator[Month]:
        """The months from this one up to `end`, which is not among them."""
        for ordinal in range(self.ordinal, end.ordinal):
            yield Month.from_ordinal(ordinal)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


BEGINNING = Month(1900, 1)  # "from the beginning" where a table wants a month


def in_force(since: Month | None, until: Month | None, month: Month) -> bool:
    """Whether `month` lies in the half-open period; None is open on that side."""
    return (since is None or since <= month) and (until is None or month < until)


def age_in(birth: date, month: Month) -> int:
    """Whole years reached by the last day of `month`.

    Who was born on 29 February reaches an age on 1 March of a common year.
    """
    last = month.last
    return last.year - birth.year - ((last.month, last.day) < (birth.month, birth.day))


def born_by(age: int, month: Month) -> date:
    """Who is born on this day or before it has reached `age` by the last day of `month`; the other side of `age_in`."""
    last = month.last
    year = max(1, last.year - age)
    return last.replace(year=year) if (last.month, last.day) != (2, 29) else date(year, 3, 1) - timedelta(days=1)
