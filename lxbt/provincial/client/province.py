"""The calls of the interface, one method each."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxbt.provincial.client.batches import MOST_ROWS, Packed, in_batches, pack
from lxbt.provincial.client.line import NDJSON, Body, Line
from lxbt.provincial.client.manifests import Group, Row
from lxbt.provincial.rules import signing

FINISHED = ("done", "failed")


class NotDone(Exception):
    """A batch was not done in the time given; ask again later."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch there: its id, state, rows, and how many of each outcome."""

    batch_id: str
    state: str
    rows: int
    counts: dict[str, int]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Batch:
        """From what was told."""
        return cls(str(told["batch"]), str(told["state"]), int(told.get("rows", 0)), dict(told.get("counts") or {}))


class Province:
    """A province's program speaking to the interface."""

    def __init__(self, line: Line) -> None:
        self.line = line

    def push(self, kind: str, record: Mapping[str, Any], *, key: str = "") -> dict[str, Any]:
        """Push one record, have its outcome. The same `key` again gives the same answer and does nothing."""
        answer: dict[str, Any] = self.line.json("POST", f"push/{kind}", value=record, key=key)
        return answer

    def push_batch(
        self, kind: str, records: Iterable[Mapping[str, Any]] | Packed, *, month: str = "", key: str = ""
    ) -> Batch:
        """Push at most 100,000 records; they are dealt with later."""
        packed = records if isinstance(records, Packed) else pack(records)
        params = {"kind": kind, "month": month} if month else {"kind": kind}
        try:
            answer = self.line.send(
                "POST", "batches", params, packed.body(), key=key, more={"X-Lxbt-Rows": str(packed.rows)}
            )
        finally:
            if packed is not records:
                packed.close()
        return Batch.of(answer.json())

    def push_all(
        self, kind: str, records: Iterable[Mapping[str, Any]], *, month: str = "", key: str = "", rows: int = MOST_ROWS
    ) -> Iterator[Batch]:
        """Push any number of records from an iterator, batch after batch.

        With `key`, the n-th batch has the key `KEY-n`, so that all can be said again.
        """
        for number, packed in enumerate(in_batches(records, rows)):
            yield self.push_batch(kind, packed, month=month, key=f"{key}-{number}" if key else "")

    def batch(self, batch_id: str) -> Batch:
        """How far a batch is."""
        return Batch.of(self.line.json("GET", f"batches/{batch_id}"))

    def wait_batch(self, batch_id: str, *, seconds: float = 3600.0) -> Batch:
        """Wait until a batch is done or failed, asking seldom. NotDone when the time is over."""
        until, pause = time.monotonic() + seconds, 0.1
        while True:
            found = self.batch(batch_id)
            if found.state in FINISHED:
                return found
            if time.monotonic() > until:
                raise NotDone(batch_id)
            self.line.wait(pause)
            pause = min(5.0, pause * 1.5)

    def results(self, batch_id: str, *, only: str = "") -> Iterator[dict[str, Any]]:
        """What became of each row, or with only="problems" of those that were not taken as they are."""
        after = 0
        while True:
            params: dict[str, Any] = {"after": after} | ({"only": only} if only else {})
            last = after
            for told in self._lines("GET", f"batches/{batch_id}/results", params):
                last = int(told["row"])
                yield told
            if last == after:
                return
            after = last

    def codes(self, table: str) -> dict[str, str]:
        """Our codes of a table by the interface's, as they are kept there."""
        told: dict[str, str] = self.line.json("GET", f"codes/{table}")["codes"]
        return told

    def set_codes(self, table: str, codes: Mapping[str, str]) -> dict[str, Any]:
        """Tell how our codes of a table are called there: {ours: theirs}."""
        told: dict[str, Any] = self.line.json("PUT", f"codes/{table}", value={"codes": dict(codes)})
        return told

    def manifest(self, day: str, *, months: Iterable[str] = ()) -> dict[Group, Row]:
        """What the interface holds, by county, month and subsidy."""
        told = self.line.json("GET", f"manifests/{day}", {"month": list(months)})
        return {row.group: row for row in map(Row.of, told["rows"])}

    def compare(self, day: str, rows: Iterable[Row], *, months: Iterable[str] = ()) -> dict[str, Any]:
        """Tell our manifest of a day; gives where both sides differ.

        `months` are those told of, also when there is no row of one.
        """
        value: dict[str, Any] = {"rows": [row.told() for row in rows]}
        if told := sorted(set(months)):
            value["months"] = told
        found: dict[str, Any] = self.line.json("POST", f"manifests/{day}", value=value)
        return found

    def persons(self, day: str, group: Group) -> dict[str, int]:
        """What the interface holds of each person of a group: fen by handle."""
        return {
            str(told["handle"]): int(told["fen"])
            for told in self._lines("GET", f"manifests/{day}/persons", _asked(group))
        }

    def compare_persons(self, day: str, group: Group, held: Mapping[str, int]) -> dict[str, Any]:
        """Tell what we hold (0: nothing) of the persons of a group that differ, so that the other side too sees who
        they are. At most 20,000.
        """
        content = "".join(f'{{"fen":{fen},"handle":"{handle}"}}\n' for handle, fen in sorted(held.items())).encode()
        body = Body(content, NDJSON, signing.digest_of(content), len(content))
        found: dict[str, Any] = self.line.send("POST", f"manifests/{day}/persons", _asked(group), body).json()
        return found

    def webhooks(self) -> dict[str, Any]:
        """Where events are told to."""
        told: dict[str, Any] = self.line.json("GET", "webhooks")
        return told

    def set_webhooks(self, url: str, events: Iterable[str]) -> dict[str, Any]:
        """Have events told to an address; an empty one ends it."""
        told: dict[str, Any] = self.line.json("PUT", "webhooks", value={"url": url, "events": sorted(events)})
        return told

    def status(self) -> dict[str, Any]:
        """Quota left, last push, lag, open differences."""
        told: dict[str, Any] = self.line.json("GET", "status")
        return told

    def _lines(self, method: str, path: str, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        answer = self.line.send(method, path, params, stream=True)
        try:
            for line in answer.iter_lines():
                if line.strip():
                    yield json.loads(line)
        finally:
            answer.close()


def _asked(group: Group) -> dict[str, str]:
    county, month, subsidy = group
    return {"county": county, "month": month, "subsidy": subsidy}
