"""Months paid before the system, put into a ledger that may already hold later decisions. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from lxbt.core.months import Month

GRANTED, SUSPENDED, PAST = "granted", "suspended", "past"


@dataclass(frozen=True, slots=True)
class Period:
    """A period of one person and subsidy as the table holds it; `rest` are the columns that a change of months leaves alone."""

    since: Month
    until: Month | None
    state: str
    rest: tuple[object, ...] = ()

    def covers(self, month: Month) -> bool:
        """Whether the month lies in it."""
        return self.since <= month and (self.until is None or month < self.until)


def months_of(periods: Iterable[Period]) -> set[Month]:
    """The months of past periods."""
    return {month for p in periods if p.state == PAST and p.until is not None for month in p.since.until(p.until)}


def with_past(periods: Iterable[Period], *, add: Iterable[Month] = (), remove: Iterable[Month] = (), rest: tuple[object, ...] = ()) -> list[Period]:
    """The ledger with these months paid before the system added or taken away, in order, neighbouring past months as one period.

    A month that a granted or suspended period covers stays that period's: a decision of the system outweighs a book.
    """
    periods = list(periods)
    decided = [p for p in periods if p.state != PAST]
    past = (months_of(periods) | set(add)) - set(remove)
    months = sorted(month for month in past if not any(p.covers(month) for p in decided))
    held = {p.since: p.rest for p in periods if p.state == PAST}
    found: list[Period] = []
    for month in months:
        if found and found[-1].until == month:
            found[-1] = replace(found[-1], until=month + 1)
        else:
            found.append(Period(month, month + 1, PAST, held.get(month, rest)))
    return sorted([*decided, *found], key=lambda p: p.since)


def grant_outcome(periods: Iterable[Period], since: Month) -> str:
    """What a right told by a file from `since` on would be: `new`, `same` (granted there already), or `ended` (the system decided otherwise)."""
    decided = [p for p in periods if p.state != PAST]
    if any(p.state == GRANTED and p.covers(since) for p in decided):
        return "same"
    return "ended" if decided else "new"


def first_day(month: Month | None) -> date | None:
    """How a table holds the month."""
    return month.first if month else None
