"""The plan of going live: batches, windows, tasks and when each is due. Pure.

民办函〔2018〕169号: provinces go live in three batches a month apart; within one month of going live the persons paid
in the current month are entered, within three months the history of payments, rises and changes. The notice names no
day for accounts and training; theirs are the system's own and can be changed.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lxbt.core.months import Month
from lxbt.core.workdays import NONE, Overrides, workdays_between
from lxbt.divisions.rules import NATION, covers

FIRST_MONTH = Month(2016, 1)  # 国发〔2015〕52号 is in force from 2016-01-01: history begins here


class Task(StrEnum):
    """What a county has to reach, in the order in which it is done."""

    ACCOUNTS = "accounts"  # down to the townships, used by their owners
    TRAINING = "training"
    ROSTER = "roster"  # the persons of the current month
    HISTORY = "history"  # month by month since 2016-01


class Connection(StrEnum):
    """How a province works: in this system, or through the interface from one of its own."""

    DIRECT = "direct"
    INTERFACE = "interface"


@dataclass(frozen=True, order=True)
class Window:
    """The days of going live, both included."""

    opens_on: date
    closes_on: date

    def phase(self, on: date) -> str:
        """`before`, `open` or `over`."""
        return "before" if on < self.opens_on else "over" if on > self.closes_on else "open"


@dataclass(frozen=True)
class Term:
    """Until when a task is due: so many months and days after the window opens, that day included."""

    months: int
    days: int

    def due_on(self, window: Window) -> date:
        """The last day in time."""
        month = Month.of(window.opens_on) + self.months
        day = min(window.opens_on.day, monthrange(month.year, month.month)[1])
        return date(month.year, month.month, day) + timedelta(days=self.days)


Terms = Mapping[Task, Term]
TERMS: Terms = {
    Task.ACCOUNTS: Term(0, 0),
    Task.TRAINING: Term(0, 14),
    Task.ROSTER: Term(1, 0),
    Task.HISTORY: Term(3, 0),
}


@dataclass(frozen=True)
class Place:
    """What is planned for a province. Without a window it waits for one; `counties` empty: all of them take part."""

    province: str
    batch: int | None
    window: Window | None
    connection: Connection = Connection.DIRECT
    counties: tuple[str, ...] = ()
    basis: str = ""
    demonstration: bool = False


@dataclass(frozen=True)
class Stage:
    """Where a window stands on a day, in days and working days."""

    phase: str
    days: int  # before: until it opens; open: since it opened, the first day is 1; over: since it closed
    workdays: int
    of_workdays: int  # of the whole window


def stage_of(window: Window, on: date, overrides: Overrides = NONE) -> Stage:
    """Where a window stands. Far from it working days are not counted: the calendar knows few years."""
    day_before = window.opens_on - timedelta(days=1)
    long = workdays_between(day_before, window.closes_on, overrides)
    phase = window.phase(on)
    if phase == "before":
        days = (window.opens_on - on).days
        return Stage(phase, days, workdays_between(on, window.opens_on, overrides) if days < 400 else 0, long)
    if phase == "open":
        return Stage(phase, (on - day_before).days, workdays_between(day_before, on, overrides), long)
    return Stage(phase, (on - window.closes_on).days, 0, long)


def problem_of(window: Window) -> str:
    """Why a window cannot be: `order`, `long`, or nothing."""
    if window.closes_on < window.opens_on:
        return "order"
    return "long" if (window.closes_on - window.opens_on).days > 366 else ""


def may_remark(areas: Iterable[str], division_code: str) -> bool:
    """Whether one who tracks these areas answers for a division: not the nation, and not for the nation."""
    return division_code != NATION and any(area != NATION and covers(area, division_code) for area in areas)
