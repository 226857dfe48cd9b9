"""Noting that a client spoke: each push costs one statement, and what lies below is told once in a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.divisions.rules import NATION
from lxbt.provincial.models import Client
from lxbt.registry.operations.provinces import note_province_heard

AGAIN = timedelta(minutes=10)  # after which what lies below is told again

_NOTE = (
    "with before as (select max(last_at) at from provincial_activity where client_id = %(client)s)"
    " insert into provincial_activity as a (client_id, day, pushes, rows, errors, last_at) "
    "values (%(client)s, %(day)s, 1, %(rows)s, %(errors)s, %(at)s)"
    " on conflict (client_id, day) do update "
    "set pushes = a.pushes + 1, rows = a.rows + excluded.rows, errors = a.errors + excluded.errors,"
    " last_at = greatest(a.last_at, excluded.last_at) returning (select at from before)"
)


@transaction.atomic
def note_push(*, client: Client, at: datetime, rows: int = 1, errors: int = 0) -> None:
    """A push was taken: so many rows, of them so many refused."""
    if client.sandbox:
        return
    told: dict[str, Any] = {
        "client": client.pk,
        "day": beijing_day(at),
        "rows": rows,
        "errors": errors,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, told)
        before: datetime | None = cursor.fetchone()[0]
    if before is None or at - before >= AGAIN:
        note_heard(client=client, at=at)


@transaction.atomic
def note_errors(*, client: Client, at: datetime, rows: int) -> None:
    """So many rows of a batch were not taken; known only when it is through."""
    if rows and not client.sandbox:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into provincial_activity as a (client_id, day, pushes, rows, errors, last_at) "
                "values (%s, %s, 0, 0, %s, %s)"
                " on conflict (client_id, day) do update set errors = a.errors + excluded.errors",
                [client.pk, beijing_day(at), rows, at],
            )


def note_heard(*, client: Client, at: datetime, synced_until: Month | None = None) -> None:
    """Tell what lies below that the client's province was heard, and up to which month both sides hold the same."""
    if client.sandbox or client.division_code == NATION:
        return
    note_province_heard(province_code=f"{client.division_code[:2]:0<12}", at=at, synced_until=synced_until)
