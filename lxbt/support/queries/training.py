"""Who is trained, by county: for the roll-out, the page and the export.

Set-based: 45 thousand places, hundreds of thousands of accounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lxbt.divisions.rules import span
from lxbt.support.models import Attempt, TrainingRecord
from lxbt.support.rules.exercises import BY_KEY, EXERCISES, TRAINED_ROLES


@dataclass(frozen=True)
class Trained:
    """A body that acts as a county: its enabled accounts that have something to practise, and how many finished one of
    their roles.
    """

    county_code: str
    accounts: int
    trained: int


@dataclass(frozen=True)
class Trainee:
    """One account with a role to practise: when it finished, None while it has not."""

    user_id: int
    username: str
    name: str
    place_code: str
    role: str
    finished_on: date | None
    passed: int
    of: int


# The county of a place: the nearest body upward that acts as one. Codes are cut as in `divisions.rules.CUTS`.
_HOLDERS = """
    select u.id, u.username, u.name, u.place_code, a.role,
           (select d.code from divisions_division d
            where d.acts_as_county and d.code in (u.place_code, rpad(left(u.place_code, 9), 12, '0'),
                rpad(left(u.place_code, 6), 12, '0'),
                                                  rpad(left(u.place_code, 4), 12, '0'), rpad(left(u.place_code, 2),
                                                      12, '0'))
            order by d.level desc limit 1) as county
    from accounts_user u join accounts_appointment a on a.user_id = u.id
    where u.is_active and u.place_code >= %(low)s and u.place_code < %(high)s and a.role = any(%(roles)s)
      and a.since <= %(on)s and (a.until is null or a.until > %(on)s)
"""


def _told(area: str, on: date) -> dict[str, Any]:
    low, high = span(area)
    return {"low": low, "high": high, "on": on, "roles": list(TRAINED_ROLES)}


def trained(area: str, *, on: date) -> list[Trained]:
    """Every county of an area with accounts that have a role to practise, on a day.

    Accounts above the counties are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select county, count(distinct h.id), count(distinct t.user_id)
            from ({_HOLDERS}) h left join support_trainingrecord t on t.user_id = h.id and t.role = h.role
            where county is not null group by county order by county
            """,
            _told(area, on),
        )
        return [Trained(*row) for row in cursor.fetchall()]


def trainees(area: str, *, on: date) -> Iterator[Trainee]:
    """The accounts of an area with their roles to practise, those without a record first inside each place."""
    wanted = {role: sum(1 for exercise in EXERCISES if exercise.role == role) for role in TRAINED_ROLES}
    roles = {exercise.key: exercise.role for exercise in EXERCISES}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with passed as (
                select p.user_id, r.role, count(distinct p.exercise) as done from support_attempt p
                join (select unnest(%(keys)s::text[]) as exercise,
                    unnest(%(of)s::text[]) as role) r on r.exercise = p.exercise
                where p.passed_at is not null group by p.user_id, r.role
            )
            select h.id, h.username, h.name, h.place_code, h.role, t.finished_on, coalesce(p.done, 0)
            from ({_HOLDERS}) h
            left join support_trainingrecord t on t.user_id = h.id and t.role = h.role
            left join passed p on p.user_id = h.id and p.role = h.role
            order by h.place_code, t.finished_on is not null, h.username, h.role
            """,
            {**_told(area, on), "keys": list(roles), "of": list(roles.values())},
        )
        for user_id, username, name, place_code, role, finished_on, passed in cursor.fetchall():
            yield Trainee(user_id, username, name, place_code, role, finished_on, passed, wanted[role])


def attempts_of(user_id: int) -> dict[str, Attempt]:
    """The attempt that counts of each exercise: a passed one if there is one, else the latest."""
    found: dict[str, Attempt] = {}
    for attempt in Attempt.objects.filter(user_id=user_id, exercise__in=BY_KEY).order_by("pk"):
        before = found.get(attempt.exercise)
        if before is None or before.passed_at is None:
            found[attempt.exercise] = attempt
    return found


def attempt_of(user_id: int, attempt_id: object) -> Attempt | None:
    """One attempt of an account."""
    return Attempt.objects.filter(pk=attempt_id, user_id=user_id).first() if isinstance(attempt_id, int) else None


def records_of(user_id: int) -> dict[str, date]:
    """The roles that an account is trained in, and since when."""
    return dict(TrainingRecord.objects.filter(user_id=user_id).values_list("role", "finished_on"))
