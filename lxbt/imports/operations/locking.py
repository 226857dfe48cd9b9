"""One at a time at an import: a lock of the session, gone with the process that held it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_SPACE = 7_301_010


@contextmanager
def alone(import_id: int) -> Iterator[bool]:
    """Whether this process is the only one at the import for as long as the block lasts."""
    key = import_id % 2**31
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [_SPACE, key])
        mine: bool = cursor.fetchone()[0]
    try:
        yield mine
    finally:
        if mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s, %s)", [_SPACE, key])
