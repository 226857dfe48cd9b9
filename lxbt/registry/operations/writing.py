"""Writing many rows of the registry at once: COPY for new ones, one UPDATE from a list of values for others."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

COPY = "copy {table} ({columns}) from stdin"


def next_numbers(sequence: str, count: int) -> list[int]:
    """So many numbers of a sequence."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"select nextval('{sequence}') from generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def copy_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows by COPY."""
    if rows:
        names = ", ".join(f'"{name}"' for name in columns)
        with connection.cursor() as cursor, cursor.copy(COPY.format(table=table, columns=names)) as copy:
            for row in rows:
                copy.write_row(row)


def update_rows(table: str, key: Sequence[str], rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
    """Update rows found by their key, in one statement. `columns`: name -> type.

    `type:later` keeps the greater of both values, `type:kept` the old one where the new is null. A key `name:hex` is
    bytes given as hexadecimal digits, any other key a whole number.
    """
    if not rows:
        return
    settings, types = [], []
    for name, kind in columns.items():
        kind, _colon, how = kind.partition(":")
        types.append(f'"{name}" {kind}')
        new = f'v."{name}"'
        settings.append(
            f'"{name}" = '
            + {"later": f'greatest(t."{name}", {new})', "kept": f'coalesce({new}, t."{name}")'}.get(how, new)
        )
    joined = []
    for part in key:
        name, _colon, how = part.partition(":")
        types.append(f'"{name}" text' if how else f'"{name}" bigint')
        joined.append(f't."{name}" = decode(v."{name}", \'hex\')' if how else f't."{name}" = v."{name}"')
    given = [
        {
            name: json.loads(value) if columns.get(name, "").startswith("jsonb") and value else value
            for name, value in row.items()
        }
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"update {table} t set {', '.join(settings)} from jsonb_to_recordset(%s::jsonb) v ({', '.join(types)}) "
            f"where {' and '.join(joined)}",
            [json.dumps(given, default=str)],
        )
