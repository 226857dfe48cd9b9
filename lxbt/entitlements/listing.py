"""Lists of persons of an area by what holds of them now: certificate, grade, state, end of validity, with or without a
subsidy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lxbt.divisions.rules import span

STATES = ("valid", "expired", "frozen", "cancelled", "none")
COUNTED = 10_000  # more are not counted

# Facts of a row of registry_profile, and a certificate in force of a row `pp` of registry_personprofile with its facts
# `k`:
# said once for the lists and for the figures of coverage that lead to them.
KINDS = (
    "select id, facts, facts ? 'certificate' certified,"
    " coalesce((facts #>> '{certificate,grade}')::int <= 2, false) severe,"
    " coalesce(facts ->> 'economic' in ('dibao', 'dibao_margin'), false) poor from registry_profile"
)
IN_FORCE = (
    "(k.certified and pp.died_on is null and pp.moved_out_on is null and pp.frozen_on is null and pp.cancelled_on "
    "is null"
    " and (pp.valid_until is null or pp.valid_until >= %(on)s))"
)
_STATE = {
    "valid": IN_FORCE,
    "expired": "k.certified and pp.cancelled_on is null and pp.valid_until < %(on)s",
    "frozen": "pp.frozen_on is not null and pp.cancelled_on is null",
    "cancelled": "pp.cancelled_on is not null",
    "none": "not k.certified",
}
# aliases are not listed
_WHOLE = "not exists (select 1 from registry_joining j where j.other_id = pp.person_id and j.undone_at is null)"
_RIGHT = (
    "exists (select 1 from entitlements_entitlement e where e.person_id = pp.person_id"
    " and e.since <= %(on)s and (e.until is null or e.until > %(on)s){more})"
)
_IN_FORCE_RIGHT = " and e.state <> 'suspended'"
_HELD = _RIGHT.format(more=_IN_FORCE_RIGHT)
GAPS = {  # the names of the figures of coverage that they are behind
    "severe_without": f"{IN_FORCE} and k.severe and not "
    + _RIGHT.format(more=" and e.subsidy = 'care'" + _IN_FORCE_RIGHT),
    "dibao_without": f"{IN_FORCE} and k.poor and not "
    + _RIGHT.format(more=" and e.subsidy = 'living'" + _IN_FORCE_RIGHT),
    "lapsed": f"not {IN_FORCE} and " + _RIGHT.format(more=""),
}


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty values ask for nothing.

    `ends_before`: in force now and ending before that day; `gap`: of GAPS.
    """

    category: str = ""
    grade: int = 0
    state: str = ""
    ends_before: date | None = None
    held: bool | None = None
    gap: str = ""

    def __bool__(self) -> bool:
        return bool(self.category or self.grade or self.state or self.ends_before or self.held is not None or self.gap)


def _sql(wanted: Wanted) -> str:
    parts = [
        "pp.division_code >= %(low)s",
        "pp.division_code < %(high)s",
        "pp.since <= %(on)s",
        "(pp.until is null or pp.until > %(on)s)",
        _WHOLE,
    ]
    if wanted.category:
        parts.append("k.facts #>> '{certificate,category}' = %(category)s")
    if wanted.grade:
        parts.append("k.facts #>> '{certificate,grade}' = %(grade)s")
    if wanted.state:
        parts.append(_STATE[wanted.state])
    if wanted.ends_before:
        parts.append(
            "pp.valid_until >= %(on)s and pp.valid_until < %(ends)s and pp.cancelled_on is null and pp.died_on is null"
        )
    if wanted.held is not None:
        parts.append(_HELD if wanted.held else f"pp.died_on is null and not {_HELD}")
    if wanted.gap:
        parts.append(GAPS[wanted.gap])
    return f"from registry_personprofile pp join ({KINDS}) k on k.id = pp.profile_id where {' and '.join(parts)}"


def _told(wanted: Wanted, area: str, on: date) -> dict[str, Any]:
    low, high = span(area)
    return {
        "low": low,
        "high": high,
        "on": on,
        "category": wanted.category,
        "grade": str(wanted.grade),
        "ends": wanted.ends_before,
    }


def person_ids_wanted(
    wanted: Wanted, *, area: str, on: date, after: tuple[str, int] | None = None, limit: int
) -> list[tuple[str, int]]:
    """(division, person) in this order, the order of the index, from behind `after` on."""
    told = _told(wanted, area, on) | {
        "place": after[0] if after else "",
        "person": after[1] if after else 0,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"select pp.division_code, pp.person_id {_sql(wanted)} "
            "and (pp.division_code, pp.person_id) > (%(place)s, %(person)s)"
            " order by pp.division_code, pp.person_id limit %(limit)s",
            told,
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def count_wanted(wanted: Wanted, *, area: str, on: date) -> int:
    """How many, counted up to COUNTED + 1."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select count(*) from (select 1 {_sql(wanted)} limit {COUNTED + 1}) counted", _told(wanted, area, on)
        )
        return int(cursor.fetchone()[0])
