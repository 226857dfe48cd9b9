"""Stands in for the registry's side where it is not the matter: keeps the newest record of each person in a table, and counts what it applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from lxbt.core.roster import county_of, digest_of_sum, handle_of, mark_of
from lxbt.divisions.rules import span
from lxbt.exchange.operations import registry_side
from lxbt.registry.rules.federation import FederationRecord

TABLE = """create table if not exists test_federation (
    identity_number text primary key, county text, handle text, mark numeric, sequence bigint, state text, grade int, died_on date, applied int)"""


@dataclass
class Counted:
    division_code: str
    count: int
    digest: str


@dataclass
class Handled:
    handle: str
    sequence: int


@transaction.atomic
def take_records(*, records: Sequence[FederationRecord], source: str, received_at: datetime, on: date) -> dict[str, Any]:
    key, counts = settings.LXBT_ROSTER_KEY, {"new": 0, "changed": 0, "same": 0, "older": 0, "doubtful": 0}
    with connection.cursor() as cursor:
        for one in sorted(records, key=lambda r: (r.identity_number, r.sequence)):
            handle = handle_of(one.identity_number, key)
            cursor.execute("select sequence from test_federation where identity_number = %s for update", [one.identity_number])
            known = cursor.fetchone()
            if known is not None and known[0] >= one.sequence:
                counts["same" if known[0] == one.sequence else "older"] += 1
                continue
            cursor.execute(
                "insert into test_federation values (%s, %s, %s, %s, %s, %s, %s, %s, 1) on conflict (identity_number) do update set county = excluded.county,"
                " mark = excluded.mark, sequence = excluded.sequence, state = excluded.state, grade = excluded.grade, died_on = excluded.died_on,"
                " applied = test_federation.applied + 1 where test_federation.sequence < excluded.sequence",
                [
                    one.identity_number, county_of(one.division_code), handle.hex(), mark_of(handle, one.sequence, key), one.sequence, one.state, one.grade,
                    one.died_on,
                ],
            )  # fmt: skip
            counts["changed" if known else "new"] += 1
    return counts


def digests_by_county(area: str) -> list[Counted]:
    low, high = span(area)
    with connection.cursor() as cursor:
        cursor.execute("select county, count(*), sum(mark) from test_federation where county >= %s and county < %s group by 1", [low, high])
        return [Counted(code, count, digest_of_sum(int(total))) for code, count, total in cursor.fetchall()]


def digests_by_person(county: str) -> list[Handled]:
    with connection.cursor() as cursor:
        cursor.execute("select handle, sequence from test_federation where county = %s", [county])
        return [Handled(*row) for row in cursor.fetchall()]


def note_agreed_counties(counties: Sequence[str], at: datetime) -> None:
    """Nothing is kept of it."""


def install(patch: Any) -> None:
    """Put it in the place of the registry's side; `patch(object, name, value)`."""
    for one in (take_records, digests_by_county, digests_by_person, note_agreed_counties):
        patch(registry_side, one.__name__, one)


def held() -> dict[str, int]:
    """What is held: the running number of each person."""
    with connection.cursor() as cursor:
        cursor.execute("select identity_number, sequence from test_federation")
        return dict(cursor.fetchall())


def begin() -> None:
    """An empty table."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute("truncate test_federation")
