"""The one clock: a moment and the day that it is in Beijing, read together and only here.

A moment knows its zone; which day it belongs to depends on where one stands. Here it is always Beijing: between
midnight and eight in the morning the day of the same moment in UTC is yesterday. Nothing else in the program asks the
system for the time or takes the day of a moment (`scripts/check_clock.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def beijing(moment: datetime) -> datetime:
    """Turn the moment into what a clock on a wall in Beijing shows."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no day")
    return moment.astimezone(BEIJING)


def beijing_day(moment: datetime) -> date:
    """Name the day that the moment belongs to in Beijing."""
    return beijing(moment).date()


def day_begins(day: date) -> datetime:
    """Name the moment at which the day begins in Beijing."""
    return datetime.combine(day, time(), BEIJING)


@dataclass(frozen=True)
class Now:
    """The moment of an act (`at`) and its day (`on`), which can never disagree."""

    at: datetime
    on: date

    @classmethod
    def of(cls, moment: datetime) -> Now:
        """Give a moment its day."""
        return cls(beijing(moment), beijing_day(moment))

    @classmethod
    def read(cls) -> Now:
        """Read the clock, once for both. Only doors and tasks do; operations are told."""
        return cls.of(datetime.now(BEIJING))

    def __post_init__(self) -> None:
        if self.on != beijing_day(self.at):
            raise ValueError(f"{self.on} is not the day of {self.at} in Beijing")


def this_moment() -> datetime:
    """Read the clock where only the moment matters."""
    return Now.read().at
