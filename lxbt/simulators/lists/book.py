"""The book of a played body: its records as they travel, with their running numbers, and what was not told yet.

In SQLite.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

TABLES = """
create table if not exists record (list text, record_id text, sequence integer unique, number text, body text,
    primary key (list, record_id));
create index if not exists record_number on record (number, list);
create table if not exists event (sequence integer primary key, body text);
create table if not exists seen (message_id text primary key);
"""


class Book:
    """Every call holds one lock."""

    def __init__(self, path: Path | None) -> None:
        self.lock = threading.RLock()
        self.db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self.db.executescript("pragma journal_mode = wal; pragma synchronous = off;" + TABLES)

    def rows(self, sql: str, params: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        with self.lock:
            return self.db.execute(sql, tuple(params)).fetchall()

    def put(self, records: Iterable[dict[str, Any]], *, tell: bool) -> int:
        """Write records, each with the next running number; with `tell`, they wait to be told.

        `complete` is told, and not kept.
        """
        written = 0
        with self.lock:
            self.db.execute("begin")
            last = int(
                self.db.execute(
                    "select coalesce(max(sequence), 0) from (select sequence from record union all select sequence "
                    "from event)"
                ).fetchone()[0]
            )
            for record in records:
                written += 1
                body = record | {"sequence": last + written}
                text = json.dumps(body, ensure_ascii=False)
                if "complete" not in body:
                    numbers = body.get("member_identifier") or [{}]
                    values = [
                        body["list"],
                        body["record_id"],
                        last + written,
                        numbers[0].get("identifier_value", ""),
                        text,
                    ]
                    self.db.execute("insert or replace into record values (?, ?, ?, ?, ?)", values)
                if tell:
                    self.db.execute("insert into event values (?, ?)", [last + written, text])
            self.db.execute("commit")
        return written

    def about(self, kind: str, number: str) -> list[dict[str, Any]]:
        """The records of a list about a person."""
        rows = self.rows("select body from record where number = ? and list = ? order by sequence", [number, kind])
        return [record for record in (json.loads(body) for (body,) in rows) if not record.get("withdrawn")]

    def count(self) -> int:
        """How many records."""
        return int(self.rows("select count(*) from record")[0][0])

    def events(self, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """The oldest records that were not told yet."""
        return [
            (sequence, json.loads(body))
            for sequence, body in self.rows("select sequence, body from event order by 1 limit ?", [limit])
        ]

    def forget_events(self, sequences: Iterable[int]) -> None:
        """These were told."""
        with self.lock:
            self.db.executemany("delete from event where sequence = ?", [(one,) for one in sequences])

    def is_new(self, message_id: str) -> bool:
        """Whether a message came for the first time."""
        with self.lock:
            return self.db.execute("insert or ignore into seen values (?)", [message_id]).rowcount > 0
