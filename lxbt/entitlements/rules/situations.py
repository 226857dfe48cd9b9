"""What of a person decides the price of a month, as two small numbers: the age limits reached, and where the dated
events lie.

The draw, the comparison, the books of old payments and the cost of a draft all count with these;
`lxbt/entitlements/fragments.py` says the same in SQL, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from lxbt.core.months import Month, age_in
from lxbt.entitlements.rules import ALL_EVENTS, relation_to

BIRTH_UNKNOWN = -1  # a band


def band_of(birth: date | None, ages: Sequence[int], month: Month) -> int:
    """How many of the age limits are reached by the end of the month."""
    if birth is None:
        return BIRTH_UNKNOWN
    age = age_in(birth, month)
    return sum(limit <= age for limit in ages)


def age_of(band: int, ages: Sequence[int]) -> int | None:
    """An age that lies in the band: rules compare ages with the limits alone."""
    if band == BIRTH_UNKNOWN:
        return None
    return ages[band - 1] if band else min(ages, default=0) - 1


def relations_code(days: Iterable[date | None], month: Month) -> int:
    """The relation to the month of each event of ALL_EVENTS, as digits to the base of three."""
    return sum(relation_to(day, month) * 3**place for place, day in enumerate(days) if day is not None)


def relations_from(code: int) -> tuple[int, ...]:
    """The inverse of `relations_code`."""
    return tuple(code // 3**place % 3 for place in range(len(ALL_EVENTS)))


def events_from(text: str) -> list[date | None]:
    """The days that `fragments.events_text` wrote."""
    return [date.fromisoformat(part) if part else None for part in text.split(",")] if text else []
