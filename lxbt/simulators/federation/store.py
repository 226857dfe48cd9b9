"""What the played Federation holds: records by running number, subscriptions, notifications to send.

A file of SQLite, or memory.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from dataclasses import astuple, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from lxbt.core.roster import SIZE, county_of, digest_of_sum, handle_of, mark_of
from lxbt.divisions.rules import prefix as prefix_of
from lxbt.exchange.rules.questions import Both, Condition, Either, Not, NotAskable, Question
from lxbt.exchange.rules.records import IDENTIFIERS
from lxbt.registry.rules.federation import FederationRecord

COLUMNS = [one.name for one in fields(FederationRecord)]
DAYS = ("birth", "issued_on", "valid_until", "state_on", "died_on")
ASKED = {
    "county_code": "county_code",
    "sequence": "sequence",
    "handle": "handle",
    "category": "category",
    "grade": "grade",
    "state": "state",
    "birth_date": "birth",
    "valid_until": "valid_until",
    "last_updated": "changed_at",
    **IDENTIFIERS,
}
SIGNS = {"eq": "=", "lt": "<", "gt": ">", "le": "<=", "ge": ">="}
TABLES = """
create table if not exists record (
    identity_number text primary key, name text, sex text, birth text, division_code text, certificate_number text,
        category text, grade integer, issued_on text,
    valid_until text, state text, state_on text, died_on text, sequence integer unique, changed_at text,
        county_code text, handle text, mark_high integer, mark_low integer
) without rowid;
create index if not exists record_county on record (county_code, sequence);
create index if not exists record_division on record (division_code);
create index if not exists record_certificate on record (certificate_number);
create index if not exists record_handle on record (handle);
create index if not exists record_changed on record (changed_at);
create table if not exists subscription (code text primary key, partner_url text, criteria text, since text,
    ended integer default 0);
create table if not exists event (number integer primary key autoincrement, identity_number text, sequence integer,
    at text);
create table if not exists seen (message_id text primary key);
"""


class Store:
    """Every call holds one lock: the program is small, and SQLite writes one at a time anyway."""

    def __init__(self, path: Path | None, key: bytes) -> None:
        self.key = key
        self.lock = threading.RLock()
        self.db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self.db.executescript("pragma journal_mode = wal; pragma synchronous = off;" + TABLES)

    def rows(self, sql: str, params: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        with self.lock:
            return self.db.execute(sql, tuple(params)).fetchall()

    def count(self) -> int:
        """How many persons."""
        return int(self.rows("select count(*) from record")[0][0])

    def last_sequence(self) -> int:
        """The last running number given out."""
        return int(self.rows("select coalesce(max(sequence), 0) from record")[0][0])

    def put(self, records: Iterable[FederationRecord], *, tell: bool) -> int:
        """Write records as they are; with `tell`, each becomes an event for those subscribed."""
        written = 0
        with self.lock:
            self.db.execute("begin")
            try:
                for record in records:
                    handle = handle_of(record.identity_number, self.key)
                    mark = mark_of(handle, record.sequence, self.key) % SIZE
                    values = [
                        str(v) if isinstance(v, date) and not isinstance(v, datetime) else v for v in astuple(record)
                    ]
                    values[-1] = record.changed_at.astimezone(UTC).isoformat(timespec="microseconds")
                    more = [county_of(record.division_code), handle.hex(), mark >> 32, mark & 0xFFFFFFFF]
                    self.db.execute(f"insert or replace into record values ({','.join('?' * 19)})", [*values, *more])
                    if tell:
                        self.db.execute(
                            "insert into event (identity_number, sequence, at) values (?, ?, ?)",
                            [record.identity_number, record.sequence, values[-1]],
                        )
                    written += 1
                self.db.execute("commit")
            except BaseException:
                self.db.execute("rollback")
                raise
        return written

    def change(self, identity_number: str, at: datetime, **values: Any) -> FederationRecord | None:
        """Change a record: the next running number, an event. None when there is no such person."""
        with self.lock:
            known = self.of("identity_number", identity_number)
            if known is None:
                return None
            made = replace(known, sequence=self.last_sequence() + 1, changed_at=at, **values)
            self.put([made], tell=True)
            return made

    def of(self, column: str, value: str) -> FederationRecord | None:
        """The record with this identity or certificate number."""
        found = self.rows(f"select {','.join(COLUMNS)} from record where {column} = ?", [value])
        return read_row(found[0]) if found else None

    def find(self, question: Question, size: int, page: int) -> tuple[list[FederationRecord], int]:
        """A page of the records that answer a question, in the order of running numbers, and how many there are."""
        where, params = to_sql(question)
        with self.lock:
            found = self.rows(
                f"select {','.join(COLUMNS)} from record where {where} order by sequence limit ? offset ?",
                [*params, size + 1, (page - 1) * size],
            )
            total = len(found) + (page - 1) * size
            if len(found) > size:
                total = int(self.rows(f"select count(*) from record where {where}", params)[0][0])
        return [read_row(row) for row in found[:size]], total

    def digests_by_county(self, prefix: str) -> list[dict[str, Any]]:
        """Count and digest of each county in an area."""
        rows = self.rows(
            "select county_code, count(*), sum(mark_high), sum(mark_low) from record where division_code like ? "
            "group by 1 order by 1",
            [prefix + "%"],
        )
        return [
            {"county_code": code, "count": n, "digest": digest_of_sum((high << 32) + low)}
            for code, n, high, low in rows
        ]

    def digests_by_person(self, county: str) -> list[dict[str, Any]]:
        """Handle and running number of each person of a county."""
        rows = self.rows("select handle, sequence from record where county_code = ? order by 1", [county])
        return [{"handle": handle, "sequence": sequence} for handle, sequence in rows]

    def events(self, limit: int) -> list[tuple[int, str, int]]:
        """The oldest events that were not told yet: number, person, running number."""
        return [
            (n, who, seq)
            for n, who, seq in self.rows(
                "select number, identity_number, sequence from event order by number limit ?", [limit]
            )
        ]

    def forget_events(self, numbers: Iterable[int]) -> None:
        """These were told, or are lost on purpose."""
        with self.lock:
            self.db.executemany("delete from event where number = ?", [(n,) for n in numbers])

    def sample(self, chance: float) -> FederationRecord | None:
        """A living person, chosen by a number in [0, 1)."""
        last = self.last_sequence()
        found = self.rows(
            f"select {','.join(COLUMNS)} from record where sequence >= ? and died_on is null order by sequence limit 1",
            [int(last * chance)],
        )
        return read_row(found[0]) if found else None

    def subscriptions(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Live ones: code, address, criteria."""
        return [
            (code, url, json.loads(told))
            for code, url, told in self.rows("select code, partner_url, criteria from subscription where not ended")
        ]

    def subscribe(self, code: str, url: str, criteria: dict[str, Any], at: datetime) -> None:
        """Keep a subscription."""
        self.rows(
            "insert into subscription (code, partner_url, criteria, since) values (?, ?, ?, ?)",
            [code, url, json.dumps(criteria), at.isoformat()],
        )

    def unsubscribe(self, code: str) -> bool:
        """End one; False when there is none."""
        with self.lock:
            return (
                self.db.execute("update subscription set ended = 1 where code = ? and not ended", [code]).rowcount > 0
            )

    def is_new(self, message_id: str) -> bool:
        """Whether a message came for the first time."""
        with self.lock:
            return self.db.execute("insert or ignore into seen values (?)", [message_id]).rowcount > 0

    def as_csv(self, prefix: str, after: int, limit: int) -> tuple[bytes, int, int]:
        """A file of records of an area: content, how many, the last running number in it."""
        rows = self.rows(
            f"select {','.join(COLUMNS)} from record where division_code like ? and sequence > ? order by sequence "
            "limit ?",
            [prefix + "%", after, limit],
        )
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
        return out.getvalue().encode(), len(rows), rows[-1][13] if rows else after


def to_sql(question: Question) -> tuple[str, list[Any]]:
    """A question as a condition with its parameters; only listed attributes become columns."""
    if isinstance(question, Not):
        where, params = to_sql(question.part)
        return f"not ({where})", params
    if isinstance(question, Both | Either):
        parts = [to_sql(part) for part in question.parts]
        word = " and " if isinstance(question, Both) else " or "
        return "(" + word.join(where for where, _params in parts) + ")", [
            one for _where, params in parts for one in params
        ]
    return _condition(question)


def _condition(one: Condition) -> tuple[str, list[Any]]:
    values = [_value(one.name, v) for v in (one.value if one.operator == "in" else [one.value])]
    if one.name == "division_code":
        return "(" + " or ".join(["division_code like ?"] * len(values)) + ")", [
            prefix_of(str(v)) + "%" for v in values
        ]
    column = ASKED[one.name]
    if one.operator == "in":
        return f"{column} in ({','.join('?' * len(values))})", values
    return f"{column} {SIGNS[one.operator]} ?", values


def _value(name: str, value: Any) -> Any:
    try:
        if name in ("sequence", "grade"):
            return int(value)
        if name == "last_updated":
            return datetime.fromisoformat(str(value)).astimezone(UTC).isoformat(timespec="microseconds")
    except ValueError:
        raise NotAskable(f"{name}: {value} is no such value") from None
    return str(value)


def read_row(row: Iterable[Any]) -> FederationRecord:
    """A record from the texts of a table or a file."""
    values = dict(zip(COLUMNS, row, strict=True))
    for name in DAYS:
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    values["grade"], values["sequence"] = int(values["grade"]), int(values["sequence"])
    values["changed_at"] = datetime.fromisoformat(values["changed_at"])
    return FederationRecord(**values)


def read_csv(path: Path) -> Iterator[FederationRecord]:
    """The records of a file."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        if next(reader, None) != COLUMNS:
            raise ValueError(f"{path.name}: the first line must be {','.join(COLUMNS)}")
        for row in reader:
            yield read_row(row)
