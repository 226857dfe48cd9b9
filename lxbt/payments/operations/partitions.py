"""The partitions of items, one a month: made before the long transaction of a draw, never in it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from lxbt.core.months import Month

_PARTITION_LOCK = 7_301_002


class PartitionsMissing(Exception):
    """Months are to be looked at that have no partition yet: they are made first, in a transaction of their own."""

    def __init__(self, months: list[Month]) -> None:
        super().__init__(months)
        self.months = months


def without_partition(months: Iterable[Month]) -> list[Month]:
    """Those of these months that have no item partition."""
    names = {_partition(month): month for month in months}
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relname = any(%s) and relkind = 'r'"
            # practice has a schema of its own
            " and relnamespace = (select relnamespace from pg_class where oid = 'payments_item'::regclass)",
            [list(names)],
        )
        there = {row[0] for row in cursor.fetchall()}
    return [month for name, month in names.items() if name not in there]


def _partition(month: Month) -> str:
    return f"payments_item_{month.year:04d}_{month.month:02d}"


def ensure_partitions(months: list[Month]) -> None:
    """Make the item partitions of these months. Its lock stops everybody: never inside a long transaction."""
    missing = without_partition(months)
    if not missing:
        return
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_PARTITION_LOCK])
        cursor.execute(
            "select pg_has_role(current_user, relowner, 'usage') from pg_class where oid = 'payments_item'::regclass"
        )
        owner = cursor.fetchone()[0]
        for month in sorted(missing):
            if not owner:  # the pages and the worker own nothing
                cursor.execute("select payments_make_month(%s, %s)", [_partition(month), month.first])
                continue
            cursor.execute(
                f"create table if not exists {_partition(month)} partition of payments_item"
                f" for values from ('{month.first}') to ('{(month + 1).first}')"
            )
