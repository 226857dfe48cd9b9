"""Months paid before the system, put into a ledger that may already hold later decisions. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxbt.core.months import Month

GRANTED, SUSPENDED, PAST = "granted", "suspended", "past"
FOREVER = 10_000 * 12


@dataclass(frozen=True, slots=True)
class Period:
    """A period of one person and subsidy as the table holds it; `rest` are the columns that a change of months leaves
    alone.
    """

    since: Month
    until: Month | None
    state: str
    rest: tuple[object, ...] = ()

    def covers(self, month: Month) -> bool:
        """Whether the month lies in it."""
        return self.since <= month and (self.until is None or month < self.until)


Span = tuple[int, int]  # months by their ordinal, the second not among them


def with_past(
    periods: Iterable[Period], *, add: Iterable[Month] = (), remove: Iterable[Month] = (), rest: tuple[object, ...] = ()
) -> list[Period]:
    """The ledger with these months paid before the system added or taken away, in order, neighbouring past months as
    one period.

    A month that a granted or suspended period covers stays that period's: a decision of the system outweighs a book.
    """
    periods = list(periods)
    decided = [p for p in periods if p.state != PAST]
    past = [(p.since.ordinal, p.until.ordinal, p.rest) for p in periods if p.state == PAST and p.until is not None]
    spans = joined([*((a, b) for a, b, _rest in past), *_single(add)])
    blocks = [*((p.since.ordinal, p.until.ordinal if p.until else FOREVER) for p in decided), *_single(remove)]
    found = [
        Period(
            Month.from_ordinal(a),
            Month.from_ordinal(b),
            PAST,
            next((told for low, high, told in past if low < b and a < high), rest),
        )
        for a, b in without(spans, blocks)
    ]
    return sorted([*decided, *found], key=lambda p: p.since.ordinal)


def _single(months: Iterable[Month]) -> list[Span]:
    return [(month.ordinal, month.ordinal + 1) for month in months]


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same months as few spans in order, none touching another."""
    found: list[Span] = []
    for a, b in sorted(spans):
        if found and a <= found[-1][1]:
            found[-1] = (found[-1][0], max(b, found[-1][1]))
        else:
            found.append((a, b))
    return found


def without(spans: Iterable[Span], blocks: Iterable[Span]) -> list[Span]:
    """What is left of spans, which are in order and do not touch, without the months of the blocks."""
    taken = joined(blocks)
    found: list[Span] = []
    for a, b in spans:
        start = a
        for low, high in taken:
            if high <= start or low >= b:
                continue
            if low > start:
                found.append((start, low))
            start = max(start, high)
        if start < b:
            found.append((start, b))
    return found


def grant_outcome(periods: Iterable[Period], since: Month) -> str:
    """What a right told by a file from `since` on would be: `new`, `same` (granted there already), or `ended` (the
    system decided otherwise).
    """
    decided = [p for p in periods if p.state != PAST]
    if any(p.state == GRANTED and p.covers(since) for p in decided):
        return "same"
    return "ended" if decided else "new"
