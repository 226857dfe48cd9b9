"""One record, taken and answered at once: a row of the day's batch of its client and kind."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import psycopg
from django.db import DatabaseError, transaction

from lxbt.core.crypto import sm3
from lxbt.imports.kinds import kind_of
from lxbt.imports.operations.records import open_records
from lxbt.imports.reading import RecordReader
from lxbt.provincial.models import Batch, Client
from lxbt.provincial.operations.answers import hold_key, keep_answer
from lxbt.provincial.operations.pushing import Pushing
from lxbt.provincial.operations.watching import note_push
from lxbt.provincial.rules.kinds import KINDS, LEFT_OUT

MADE_ANEW = 60.0  # seconds after which what a process remembers of divisions and codes is read again
NOTED = 60.0  # seconds between notes of what a client said
TRIES = 4


@dataclass
class _Warm:
    """What a process remembers between records of a client and kind."""

    pushing: Pushing
    reader: RecordReader
    day: date
    codes_at: datetime | None
    born: float
    noted: float = 0.0
    rows: int = 0
    errors: int = 0

    def note(self, client: Client, outcome: object, at: datetime) -> None:
        """Count a record; what was counted is written once a minute."""
        self.rows += 1
        self.errors += outcome in ("refused", "conflict")
        if time.monotonic() - self.noted > NOTED:
            note_push(client=client, at=at, rows=self.rows, errors=self.errors)
            self.noted, self.rows, self.errors = time.monotonic(), 0, 0


_warm: dict[tuple[int, str, bool], _Warm] = {}


def _day_batch(client: Client, kind: str, at: datetime, day: date) -> Batch:
    found = (
        Batch.objects.select_related("importing", "client")
        .filter(client=client, kind=kind, day=day, sandbox=client.sandbox)
        .first()
    )
    if found is not None:
        return found
    with transaction.atomic():
        Client.objects.select_for_update().get(pk=client.pk)
        found = (
            Batch.objects.select_related("importing", "client")
            .filter(client=client, kind=kind, day=day, sandbox=client.sandbox)
            .first()
        )
        if found is not None:
            return found
        mark = sm3(f"day {client.pk} {kind} {client.sandbox} {day}".encode())
        entry = open_records(
            kind=KINDS[kind],
            division_code=client.division_code,
            name=f"{client.client_id} {kind} {day}",
            client_id=client.pk,
            digest=mark,
            left_out=sorted(LEFT_OUT.get(kind, ())),
            by_name=client.name[:40],
            at=at,
        )
        return Batch.objects.create(
            client=client, importing=entry, kind=kind, day=day, digest=mark, sandbox=client.sandbox, received_at=at
        )


def _at_hand(client: Client, kind: str, at: datetime, day: date, clock: Callable[[], datetime]) -> _Warm:
    key = (client.pk, kind, client.sandbox)
    held = _warm.get(key)
    if held is None or held.day != day or held.codes_at != client.codes_at or time.monotonic() - held.born > MADE_ANEW:
        batch = _day_batch(client, kind, at, day)
        pushing = Pushing(batch, Path(), clock=clock)
        held = _warm[key] = _Warm(
            pushing, RecordReader(kind_of(KINDS[kind]), pushing.layout(), day), day, client.codes_at, time.monotonic()
        )
        while len(_warm) > 64:
            del _warm[next(iter(_warm))]
    return held


def push_record(
    *,
    client: Client,
    kind: str,
    line: bytes,
    key: str,
    asked: bytes,
    at: datetime,
    day: date,
    clock: Callable[[], datetime],
) -> tuple[int, dict[str, object]]:
    """Take one record and answer what became of it: HTTP status and body. Problem when its key was used for another."""
    for attempt in range(TRIES):
        warm = _at_hand(client, kind, at, day, clock)
        try:
            with transaction.atomic():
                answered = hold_key(client=client, key=key, digest=asked, at=at)
                if answered is not None:
                    return answered
                body = warm.pushing.take_one(warm.reader, line, at)
                keep_answer(client=client, key=key, status=200, body=body)
                warm.note(client, body.get("outcome"), at)
                return 200, body
        except (DatabaseError, psycopg.Error):
            _warm.pop((client.pk, kind, client.sandbox), None)  # what it remembers may not be there
            if attempt == TRIES - 1:
                raise
        except BaseException:
            _warm.pop((client.pk, kind, client.sandbox), None)
            raise
    raise AssertionError


def forget_warm() -> None:
    """Forget what this process remembers of clients."""
    _warm.clear()
