"""SQL that says what `rules/situations.py` says: age bands and the relation of dated events to a month. Written here
and nowhere else.

Every function gives an expression; `alias` is a row of registry_personprofile or of a table with its columns. Days are
written out as literals, so that an expression may stand among statements with parameters of any style.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxbt.core.months import Month, born_by
from lxbt.entitlements.rules import ALL_EVENTS
from lxbt.entitlements.rules.situations import BIRTH_UNKNOWN


def event_days(alias: str) -> str:
    """The columns of all dated events, in the order of ALL_EVENTS."""
    return ", ".join(f"{alias}.{name}" for name in ALL_EVENTS)


def relations(alias: str, month: Month) -> str:
    """As `relations_code`: where each event lies seen from the month, as one number."""
    return " + ".join(
        f"(case when {alias}.{name} is null or {alias}.{name} > '{month.last}' then 0"
        f" when {alias}.{name} >= '{month.first}' then 1 else 2 end) * {3**place}"
        for place, name in enumerate(ALL_EVENTS)
    )


def events_text(alias: str, month: Month) -> str:
    """The days of the events as a text for `events_from`; empty where none bears on a month up to this one."""
    texts = " || ',' || ".join(f"coalesce({alias}.{name}::text, '')" for name in ALL_EVENTS)
    return f"case when least({event_days(alias)}) < '{(month + 1).first}' then {texts} else '' end"


def band(alias: str, ages: Sequence[int], month: Month) -> str:
    """As `band_of`: how many of the age limits are reached by the end of the month."""
    if not ages:
        return f"case when {alias}.birth is null then {BIRTH_UNKNOWN} else 0 end"
    cutoffs = ",".join(day.isoformat() for day in sorted(born_by(age, month) for age in ages))
    reached = f"{len(ages)} - width_bucket({alias}.birth - 1, '{{{cutoffs}}}'::date[])"
    return f"coalesce({reached}, {BIRTH_UNKNOWN})"
