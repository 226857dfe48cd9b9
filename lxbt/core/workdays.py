"""Working days of the People's Republic of China, for every clock in the system.

The library knows the announced years only; beyond them Monday to Friday counts, and `overrides`
(day -> is a working day, kept by the administrator) goes before both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import chinese_calendar

Overrides = Mapping[date, bool]
NONE: Overrides = {}


def is_workday(day: date, overrides: Overrides = NONE) -> bool:
    """Whether offices are open on `day`."""
    if day in overrides:
        return overrides[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # how the library says that the State Council has not announced that year yet
        return day.weekday() < 5


def add_workdays(day: date, count: int, overrides: Overrides = NONE) -> date:
    """The working day that is `count` working days after `day`; with 0, `day` itself or the next working day."""
    if count < 0:
        raise ValueError("count must not be negative")
    if count == 0:
        while not is_workday(day, overrides):
            day += timedelta(days=1)
        return day
    for _ in range(count):
        day += timedelta(days=1)
        while not is_workday(day, overrides):
            day += timedelta(days=1)
    return day


def workdays_between(start: date, end: date, overrides: Overrides = NONE) -> int:
    """Working days after `start` up to and with `end`; negative when `end` lies before `start`."""
    if end < start:
        return -workdays_between(end, start, overrides)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_workday(day, overrides) for day in days)
