"""The registry kept current: fetching what changed, subscribing, comparing both sides and healing what differs."""

from __future__ import annotations

import hashlib
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.divisions.rules import NATION
from lxbt.exchange import queries
from lxbt.exchange.client import NoAnswer, SaysNo
from lxbt.exchange.models import Link, Partner
from lxbt.exchange.operations import applying
from lxbt.exchange.operations.sending import ask, note_failure, speak
from lxbt.exchange.rules import records as dr
from lxbt.exchange.rules import requests as r
from lxbt.exchange.rules.records import read_file
from lxbt.registry.operations.preparing import WORTH, RecordNumbers, prepared_ahead
from lxbt.registry.rules.federation import FederationRecord

FILE, CHUNK = 200_000, 10_000  # records in a file; in a transaction


PAGE = 1000  # records asked for at once


BATCH = 500  # persons asked for in one envelope


OVERLAP = timedelta(
    minutes=10
)  # what was changed while the last fetch ran is fetched again; taken twice it changes nothing


TROUBLE = (NoAnswer, SaysNo, Refusal)


class NoFederation(Refusal):
    """There is no line to the Federation yet."""


@dataclass
class Fetched:
    """What came of a fetch: persons asked for, and what became of their records."""

    records: int = 0
    pages: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, counts: dict[str, Any], records: int) -> None:
        """Count a page."""
        self.records += records
        self.pages += 1
        self.faults += counts.get("faults", [])
        for name, value in counts.items():
            if isinstance(value, int):
                self.counts[name] = self.counts.get(name, 0) + value


def the_federation() -> Partner:
    """The partner; NoFederation without one."""
    found = queries.federation()
    if found is None:
        raise NoFederation(_("还没有登记残联库连接，请先执行 lxbt exchange connect。"))
    return found


def synchronise(
    *,
    area: str = NATION,
    since: datetime | None = None,
    everything: bool = False,
    at: datetime,
    on: date,
    clock: Any = None,
) -> Fetched:
    """Fetch what changed at the Federation since the last fetch (or ever), page by page in the order of its running
    numbers.
    """
    partner, fetched = the_federation(), Fetched()
    link = queries.link_of(partner)
    start = None if everything else since or (link.synced_at - OVERLAP if link.synced_at else None)
    conditions = [condition("division_code", "eq", area)] if area != NATION else []
    if start is not None:
        conditions.append(condition("last_updated", "ge", start.isoformat()))
    for records in pages(partner, conditions, at=at, clock=clock):
        fetched.add(applying.take(records, received_at=clock() if clock else at, on=on, partner=partner), len(records))
    if area == NATION and not fetched.faults:
        Link.objects.filter(partner=partner).update(synced_at=at)
    record_event(
        by=None,
        action="exchange.synchronised",
        subject_kind="exchange",
        subject_id=partner.sender_id,
        division_code=area,
        details=fetched.counts,
    )
    return fetched


def condition(name: str, operator: str, value: object) -> dict[str, Any]:
    """One member of a predicate.

    RecordNumbers go as text and arrays within an object: by the published schema a number is of two kinds at once, and
    an array of none.
    """
    told = {"values": [str(one) for one in value]} if isinstance(value, list) else str(value)
    return {"expression1": {"attribute_name": name, "operator": operator, "attribute_value": told}}


def pages(
    partner: Partner, conditions: Sequence[dict[str, Any]], *, at: datetime, clock: Any = None
) -> Iterator[list[dict[str, Any]]]:
    """The records that answer a predicate.

    Each page begins after the last running number, so that changes meanwhile shift nothing.
    """
    after = 0
    while True:
        query = [*conditions, condition("sequence", "gt", after)]
        now = clock() if clock else at
        message = r.search(
            str(uuid.uuid4()),
            [("1", "predicate", [{"seq_num": n + 1} | one for n, one in enumerate(query)])],
            now,
            reg_type=dr.REG_TYPE,
            record_type=dr.RECORD_TYPE,
            size=PAGE,
        )
        answer = _first(
            ask(partner=partner, path="sync/search", action="search", message=message, at=now), partner, now
        )
        found = r.records_in(answer.get("data", {}).get("reg_records", {}), "reg_records")
        if found:
            yield found
        if len(found) < PAGE:
            return
        after = max(_sequence(one) for one in found)


def _sequence(record: dict[str, Any]) -> int:
    value = record.get("personal_details", {}).get("additional_attributes", {}).get("cn_sequence", 0)
    return value if isinstance(value, int) else 0


def _first(message: dict[str, Any], partner: Partner, at: datetime) -> dict[str, Any]:
    """The one answer of a search with one question. Half an answer is none: it is asked for again."""
    answers = r.read_answers(message)
    if len(answers) != 1 or answers[0]["status"] != "succ":
        note_failure(partner=partner, why="an answer without its question", at=at)
        raise NoAnswer(f"search: {answers[0].get('status_reason_code', 'rjct') if answers else 'no answer'}")
    told = answers[0].get("pagination") or {}
    found = r.records_in(answers[0].get("data", {}).get("reg_records", {}), "reg_records")
    if isinstance(told.get("total_count"), int) and len(found) < min(PAGE, told["total_count"]):
        note_failure(partner=partner, why="half an answer", at=at)
        raise NoAnswer("half an answer")
    return answers[0]


def load_files(*, area: str = NATION, at: datetime, on: date, clock: Any = None) -> Fetched:
    """Load everything by files of up to 200,000 records: the way to begin.

    Interrupted, run it again: what is known already changes nothing.
    """
    partner, fetched, after = the_federation(), Fetched(), 0
    while True:
        now = clock() if clock else at
        message = {"transaction_id": str(uuid.uuid4()), "file_request": {"area": area, "after": after, "limit": FILE}}
        told = ask(partner=partner, path="sync/file", action="search", message=message, at=now)["file_response"]
        path = str(told["path"])
        content = speak(partner, now, lambda line, path=path, now=now: line.get(f"{partner.base_url}{path}", now))  # type: ignore[misc]
        if hashlib.sha256(content).hexdigest() != told["digest"]:
            raise NoAnswer("a file that arrived damaged")
        for counts, number in taken_alongside(content, told["count"], received_at=now, on=on, partner=partner):
            fetched.add(counts, number)
        if told["count"] < FILE:
            break
        after = int(told["last"])
    if area == NATION:
        Link.objects.filter(partner=partner).update(synced_at=at)
    record_event(
        by=None,
        action="exchange.loaded",
        subject_kind="exchange",
        subject_id=partner.sender_id,
        division_code=area,
        details=fetched.counts,
    )
    return fetched


def taken_alongside(
    content: bytes, count: int, *, received_at: datetime, on: date, partner: Partner
) -> Iterator[tuple[dict[str, Any], int]]:
    """Take a file, each person of which stands in it once: a long one by two threads, so that one reckons while the
    database works for the other.
    """
    told: dict[str, Any] = {"received_at": received_at, "on": on, "partner": partner}
    prepared = prepared_ahead(chunks(read_file(content), CHUNK), count=count)
    if count < WORTH:
        yield from (
            (applying.take_records(records, **told, prepared=numbers), len(records)) for records, numbers in prepared
        )
        return

    def take(records: list[FederationRecord], numbers: list[RecordNumbers] | None) -> tuple[dict[str, Any], int]:
        try:
            return applying.take_records(records, **told, prepared=numbers, alongside=True), len(records)
        finally:
            connection.close()  # the thread's own

    with ThreadPoolExecutor(2) as pool:
        waiting = deque(pool.submit(take, *one) for one in islice(prepared, 2))
        while waiting:
            yield waiting.popleft().result()
            if (following := next(prepared, None)) is not None:
                waiting.append(pool.submit(take, *following))


def chunks(records: Iterator[FederationRecord], size: int) -> Iterator[list[FederationRecord]]:
    """So many at a time."""
    while chosen := list(islice(records, size)):
        yield chosen


def fetch_persons(*, identity_numbers: Sequence[str], at: datetime, on: date) -> Fetched:
    """Fetch persons by their identity numbers, hundreds in one envelope."""
    partner, fetched = the_federation(), Fetched()
    for start in range(0, len(identity_numbers), BATCH):
        chosen = identity_numbers[start : start + BATCH]
        asked = [
            (str(n + 1), "idtype-value", {"type": dr.IDENTITY_TYPE, "value": number}) for n, number in enumerate(chosen)
        ]
        message = r.search(str(uuid.uuid4()), asked, at, reg_type=dr.REG_TYPE, record_type=dr.RECORD_TYPE)
        answers = r.read_answers(
            ask(partner=partner, path="sync/search", action="search", message=message, at=at, count=len(asked))
        )
        if len(answers) != len(asked):
            raise NoAnswer("half an answer")
        records = [
            record
            for answer in answers
            for record in r.records_in((answer.get("data") or {}).get("reg_records", {}), "reg_records")
        ]
        fetched.add(applying.take(records, received_at=at, on=on, partner=partner), len(records))
    return fetched
