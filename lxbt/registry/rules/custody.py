"""Times in custody: what is told of them, in whichever words, and what a new word does to what is held. Pure.

`imprisoned_on` tells the beginning of one time in custody, `custody` the whole list; the later word of the two holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from lxbt.core.months import Month
from lxbt.core.profile import Custody, read_custody, write_value
from lxbt.core.reading import day_or_none

CUSTODY_KEYS = ("imprisoned_on", "custody")


def custody_told(key: str, value: object) -> tuple[Custody, ...]:
    """The times in custody that a fact (its value as JSON) tells."""
    if key == "custody":
        return read_custody(value, key)
    since = day_or_none(value, key)
    return (Custody(since),) if since else ()


def told_next(held: tuple[Custody, ...], key: str, value: object) -> tuple[Custody, ...]:
    """What is held after one more fact: a list takes the place of all, a beginning that of what has not ended before
    it.
    """
    told = custody_told(key, value)
    return told if key == "custody" else with_beginning(held, told[0].since if told else None)


def as_json(times: Iterable[Custody]) -> list[object]:
    """The list as JSON."""
    return [write_value("", one) for one in times]


def with_beginning(held: tuple[Custody, ...], since: date | None) -> tuple[Custody, ...]:
    """What is held, when custody is said to have begun on a day: those that ended before it stay as they were.

    None: that the last one did not happen.
    """
    if since is None:
        return held[:-1]
    ended = tuple(one for one in held if one.until is not None and one.until < since)
    return (*ended, Custody(since))


def frees(held: Iterable[Custody], told: Iterable[Custody]) -> bool:
    """Whether anything of a time in custody falls away: money could flow again."""
    told = tuple(told)

    def covered(one: Custody) -> bool:
        return any(
            by.since <= one.since
            and (by.until is None or (one.until is not None and Month.of(one.until) <= Month.of(by.until)))
            for by in told
        )

    return not all(covered(one) for one in held)
