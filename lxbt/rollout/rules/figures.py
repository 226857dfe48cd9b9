"""What is counted of a county, and sums of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lxbt.core.months import Month
from lxbt.rollout.rules.plan import FIRST_MONTH, Task, Window


@dataclass(frozen=True, slots=True)
class County:
    """The figures of one county on a day. `declared` is None while the county has declared nothing for the month.

    `entered`: rights held in the month, `matched`: of these, as many as were declared (each subsidy apart), `paid`:
    persons with money for the month; a person with both subsidies counts twice. `months`: a sign for each month since
    2016-01, 1 where payments are recorded or both subsidies are declared as nothing.
    """

    code: str
    places: int = 0  # townships, and the two offices of the county
    places_ready: int = 0  # of these, with an account that its owner has taken
    people: int = 0  # accounts with a role to practise
    trained: int = 0  # of these, with all exercises of a role finished
    roster_month: date | None = None
    declared: int | None = None
    entered: int = 0
    matched: int = 0
    paid: int = 0
    months: str = ""
    differing: int = 0  # months of before whose declared persons are not those recorded
    active_on: date | None = None

    @property
    def base(self) -> int:
        """What the roster is measured against: declared, or, where nothing is, what is there (one at least)."""
        return max(self.entered, 1) if self.declared is None else self.declared

    @property
    def roster_done(self) -> bool:
        """Declared, and all that were declared are there."""
        return self.declared is not None and self.matched >= self.declared


def months_expected(window: Window) -> int:
    """Months from 2016-01 up to the one before the window opens."""
    return max(0, Month.of(window.opens_on) - FIRST_MONTH)


def months_held(months: str, window: Window) -> int:
    """How many of them are recorded."""
    return months[: months_expected(window)].count("1")


@dataclass(frozen=True, slots=True)
class Sum:
    """One county or many together; done of wanted for each task."""

    counties: int = 0
    places: int = 0
    places_ready: int = 0
    people: int = 0
    trained: int = 0
    undeclared: int = 0  # counties
    declared: int = 0
    entered: int = 0
    matched: int = 0
    base: int = 0
    paid: int = 0
    months: int = 0
    months_held: int = 0
    differing: int = 0
    active_on: date | None = None

    def parts(self, task: Task) -> tuple[int, int]:
        """(done, wanted) of a task."""
        return {
            Task.ACCOUNTS: (self.places_ready, self.places),
            Task.TRAINING: (self.trained, self.people),
            Task.ROSTER: (self.matched, self.base),
            Task.HISTORY: (self.months_held, self.months),
        }[task]

    def share(self, task: Task) -> float:
        """Done of wanted, 0 to 1; where nothing is wanted (nobody to train, nobody declared and said so) all
        is done.
        """
        done, wanted = self.parts(task)
        return min(1.0, done / wanted) if wanted else 1.0

    def done(self, task: Task) -> bool:
        """Whether nothing is left."""
        done, wanted = self.parts(task)
        if task == Task.ROSTER and self.undeclared:
            return False
        return self.share(task) >= 1.0 and done >= wanted


def sum_of(counties: Iterable[County], window: Window | None) -> Sum:
    """The sum of counties, of one province or many that share the window (history is counted up to its opening; without
    one, none).
    """
    n = places = ready = people = trained = undeclared = declared = entered = matched = base = paid = held = (
        differing
    ) = 0
    latest: date | None = None
    for c in counties:
        n += 1
        places += c.places
        ready += c.places_ready
        people += c.people
        trained += c.trained
        undeclared += c.declared is None
        declared += c.declared or 0
        entered += c.entered
        matched += c.matched
        base += c.base
        paid += c.paid
        held += months_held(c.months, window) if window else 0
        differing += c.differing
        if c.active_on and (latest is None or c.active_on > latest):
            latest = c.active_on
    months = n * months_expected(window) if window else 0
    return Sum(
        n,
        places,
        ready,
        people,
        trained,
        undeclared,
        declared,
        entered,
        matched,
        base,
        paid,
        months,
        held,
        differing,
        latest,
    )


def together(sums: Iterable[Sum]) -> Sum:
    """Sums of provinces added up."""
    found = list(sums)
    days = [s.active_on for s in found if s.active_on]
    numbers = {name: sum(getattr(s, name) for s in found) for name in NUMBERS}
    return Sum(**numbers, active_on=max(days) if days else None)


NUMBERS = (
    "counties",
    "places",
    "places_ready",
    "people",
    "trained",
    "undeclared",
    "declared",
    "entered",
    "matched",
    "base",
    "paid",
    "months",
    "months_held",
    "differing",
)
