"""The books of the played province: persons, payments, what became of what was pushed, events that were told.

A file of SQLite.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lxbt.provincial.client import Row, rows_of_lines
from lxbt.provincial.rules.handles import handle_of
from lxbt.simulators.province.habits import Habits

CHUNK = 5_000
TABLES = """
create table if not exists person (
    number integer primary key, identity_number text unique, handle text, name text, own_place text, county text
);
create index if not exists person_handle on person (handle);
create table if not exists payment (
    month text, number integer, subsidy text, fen integer, county text, told integer not null default 0,
        refused text, primary key (month, number, subsidy)
) without rowid;
create table if not exists batch (name text primary key, kind text, batch_id text, counts text);
create table if not exists event (delivery text primary key, event text, at text, data text);
create table if not exists setting (name text primary key, value text);
"""


class Store:
    """One lock round every call: SQLite writes one at a time anyway."""

    def __init__(self, path: Path | None) -> None:
        self.lock = threading.RLock()
        self.db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self.db.executescript(
            "pragma journal_mode = wal; pragma synchronous = off; pragma cache_size = -64000;" + TABLES
        )

    def rows(self, sql: str, params: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        with self.lock:
            return self.db.execute(sql, tuple(params)).fetchall()

    def many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """A statement for each row, in one transaction."""
        with self.lock:
            self.db.execute("begin")
            try:
                self.db.executemany(sql, rows)
                self.db.execute("commit")
            except BaseException:
                self.db.execute("rollback")
                raise

    def count(self, table: str = "person") -> int:
        """How many rows."""
        return int(self.rows(f"select count(*) from {table}")[0][0])

    def fill(self, habits: Habits, persons: int, months: list[str], key: bytes) -> None:
        """Write who lives there and what was paid to them in these months. What is there already stays."""
        for begin in range(self.count(), persons, CHUNK):
            people = [habits.person(number) for number in range(begin, min(begin + CHUNK, persons))]
            self.many(
                "insert into person values (?, ?, ?, ?, ?, ?)",
                [
                    (
                        p.number,
                        p.identity_number,
                        handle_of(p.identity_number, key).hex(),
                        p.name,
                        p.place.own,
                        p.place.county,
                    )
                    for p in people
                ],
            )
            self.many(
                "insert into payment (month, number, subsidy, fen, county) values (?, ?, ?, ?, ?)",
                [
                    (month, p.number, subsidy, fen, p.place.county)
                    for p in people
                    for month in months
                    for subsidy, fen in p.subsidies
                ],
            )

    def payments(self, month: str, first: int, last: int, where: str = "") -> Iterator[tuple[Any, ...]]:
        """(number, subsidy, fen, name, identity number, own place) of persons `first` to `last` (not itself), read in
        chunks.
        """
        for begin in range(first, last, CHUNK):
            yield from self.rows(
                "select number, subsidy, fen, name, identity_number, own_place from payment join person using (number)"
                f" where month = ? and number >= ? and number < ? {where} order by number, subsidy",
                [month, begin, min(begin + CHUNK, last)],
            )

    def manifest(self, month: str) -> Iterator[Row]:
        """The rows of a month's manifest, county by county, so that one county is in memory at a time."""
        for (county,) in self.rows("select distinct county from payment where month = ? order by 1", [month]):
            found = self.rows(
                "select subsidy, handle, fen from payment p join person using (number) where month = ? "
                "and p.county = ? order by 1, 2",
                [month, county],
            )
            yield from rows_of_lines((county, month, *row) for row in found)

    def group(self, county: str, month: str, subsidy: str) -> dict[str, int]:
        """Fen by handle of a row of a manifest."""
        return dict(
            self.rows(
                "select handle, fen from payment p join person using (number) where month = ? and p.county = ? "
                "and subsidy = ?",
                [month, county, subsidy],
            )
        )

    def person_of(self, handle: str) -> int | None:
        """Whose handle it is."""
        found = self.rows("select number from person where handle = ?", [handle])
        return int(found[0][0]) if found else None

    def totals(self) -> tuple[int, int]:
        """How many payments, and their sum in fen."""
        count, total = self.rows("select count(*), coalesce(sum(fen), 0) from payment")[0]
        return int(count), int(total)

    def refused(self) -> tuple[int, int]:
        """Payments that the interface does not take, and their sum in fen."""
        count, total = self.rows("select count(*), coalesce(sum(fen), 0) from payment where refused is not null")[0]
        return int(count), int(total)

    def run_name(self) -> str:
        """What idempotency keys of these books begin with: the same when a run goes on where it was stopped."""
        self.rows("insert or ignore into setting values ('run', ?)", [secrets.token_hex(4)])
        return str(self.rows("select value from setting where name = 'run'")[0][0])

    def heard(self, delivery: str, event: str, at: str, data: dict[str, Any]) -> bool:
        """Keep an event; False when it came before."""
        with self.lock:
            said = json.dumps(data, ensure_ascii=False)
            return (
                self.db.execute("insert or ignore into event values (?, ?, ?, ?)", [delivery, event, at, said]).rowcount
                > 0
            )

    def close(self) -> None:
        """Close the file."""
        self.db.close()
