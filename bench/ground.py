"""A fresh database of the benchmark's own, migrated, with the real divisions."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

DATABASE = "lxbt_bench"


def lay_ground(root: Path) -> None:
    """Start the embedded server in a folder of its own (or use DATABASE_URL's server), make an empty database and set
    Django up.
    """
    os.environ.setdefault("LXBT_VAR", str(root / "var" / "bench"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lxbt.config.settings")
    os.environ["LXBT_ENVIRONMENT"] = "bench"
    os.environ["LXBT_SECOND_FACTOR"] = "offered"  # users of the benchmark hold no phone
    import psycopg

    from lxbt.config.command_line import ensure_database

    url = ensure_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"drop database if exists {DATABASE} with (force)")
        connection.execute(f"create database {DATABASE}")
    head, _slash, tail = url.rpartition("/")
    os.environ["DATABASE_URL"] = f"{head}/{DATABASE}" + ("?" + tail.partition("?")[2] if "?" in tail else "")
    if (
        "?" in url and "/" in url.partition("?")[2]
    ):  # a socket path in the query: only the path before it names the database
        base, _mark, query = url.partition("?")
        os.environ["DATABASE_URL"] = f"{base.rpartition('/')[0]}/{DATABASE}?{query}"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from lxbt.divisions.operations import load_divisions

    load_divisions()


class Stopwatch:
    """Seconds of a `with` block, after a checkpoint so that no earlier work is paid for in it."""

    seconds = 0.0

    def __enter__(self) -> Stopwatch:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("checkpoint")
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_error: object) -> None:
        self.seconds = time.perf_counter() - self._start


def copied_again(tables: Sequence[str]) -> float:
    """Seconds that COPY takes to bring the rows of these tables into them again, emptied before, with all their
    constraints and triggers.
    """
    from django.db import connection

    with connection.cursor() as cursor, tempfile.TemporaryDirectory() as folder:
        for table in tables:
            with (
                (Path(folder) / table).open("wb") as out,
                cursor.copy(f"copy (select * from {table}) to stdout (format binary)") as copy,
            ):
                for data in copy:
                    out.write(data)
        cursor.execute("set session_replication_role = replica")  # the record refuses to be emptied
        cursor.execute(f"truncate {', '.join(tables)} cascade")
        cursor.execute("set session_replication_role = origin")
        with Stopwatch() as watch:
            for table in tables:
                with (
                    (Path(folder) / table).open("rb") as source,
                    cursor.copy(f"copy {table} from stdin (format binary)") as copy,
                ):
                    while data := source.read(1 << 20):
                        copy.write(data)
    return watch.seconds
