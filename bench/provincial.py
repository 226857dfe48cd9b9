"""A province's program pushes: batches against COPY of the same rows into the same tables; one record against the bare
SQL that it causes.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

import psycopg
from django.db import connection, transaction
from django.test import Client as Caller

from bench.ground import Stopwatch, copied_again
from bench.imports import people
from bench.population import PROVINCE, set_standards
from lxbt.core import signing as core_signing
from lxbt.core.canonical import canonical
from lxbt.core.clock import this_moment
from lxbt.core.signing import ED25519, new_pair
from lxbt.divisions.models import Division
from lxbt.provincial import queries
from lxbt.provincial.models import Batch
from lxbt.provincial.operations import batches, clients
from lxbt.provincial.rules import signing
from lxbt.provincial.rules.kinds import MOST_ROWS

BASE = "/provincial/v1"
TABLES = (
    "registry_person",
    "registry_identifier",
    "registry_certificate",
    "registry_fact",
    "registry_bankaccount",
    "registry_personprofile",
    "entitlements_entitlement",
    "entitlements_stale",
    "entitlements_uncompared",
    "payments_item",
    "imports_touched",
    "imports_tally",
    "audit_event",
    "provincial_rowresult",
    "provincial_pushed",
)
SINGLE, WARM = 300, 30  # records of the second figure, those before them


def now() -> datetime:
    """This moment."""
    return this_moment()


class Province:
    """The province's side: an open client out of the sandbox that signs."""

    def __init__(self, name: str) -> None:
        at = this_moment()
        self.client = clients.open_client(
            client_id=name, name="省级系统", division_code=PROVINCE, sandbox=False, quota=100_000, by=None, at=at
        ).client
        self.private, public = new_pair(ED25519)
        clients.add_key(client=self.client, key_id="k", algorithm=ED25519, public_key=public, by=None, at=at)
        self.caller = Caller()

    def signed(self, path: str, body: bytes, content_type: str, **more: str) -> Callable[[], Any]:
        """A request that is ready to go."""
        target = BASE + path
        told = {
            signing.CLIENT: self.client.client_id,
            signing.KEY: "k",
            signing.TIME: this_moment().isoformat(),
            signing.NONCE: secrets.token_hex(16),
            signing.DIGEST: signing.digest_of(body),
            "Idempotency-Key": secrets.token_hex(8),
        }
        text = signing.text_to_sign("POST", target, told[signing.TIME], told[signing.NONCE], told[signing.DIGEST])
        told[signing.SIGNATURE] = base64.b64encode(core_signing.sign(ED25519, self.private, text)).decode()
        return lambda: self.caller.post(target, data=body, content_type=content_type, headers=told | more)


def rights_and_payments(rows: int) -> tuple[Iterator[dict[str, str]], Iterator[dict[str, str]]]:
    """A right of each person, with all that is known of the person; and what was paid for a month."""
    townships = list(
        Division.objects.filter(level=4, code__startswith="42").order_by("code").values_list("code", flat=True)
    )

    def told(kind: str) -> Iterator[dict[str, str]]:
        for n, (name, identity, category, grade, place) in enumerate(people(rows, townships)):
            care = grade <= 2 and n % 3 > 0
            subsidy = "护理补贴" if care else "生活补贴"
            if kind == "rights":
                yield {
                    "ref": f"R{n}",
                    "name": name,
                    "identity_number": identity,
                    "certificate_number": f"{identity}{category}{grade}",
                    "subsidy": subsidy,
                    "division": place,
                    "economic": "农村低保",
                    "bank": "农村商业银行",
                    "account_number": f"62284804{n:011d}",
                    "phone": f"138{n % 10**8:08d}",
                    "address": f"和平路{n % 500}号",
                }
            else:
                amount = {1: "120", 2: "100"}[grade] if care else "80.00"
                yield {
                    "ref": f"Z{n}",
                    "name": name,
                    "identity_number": identity,
                    "month": "2026-10",
                    "subsidy": subsidy,
                    "amount": amount,
                    "division": place,
                }

    return told("rights"), told("payments")


def measure_push(rows: int) -> dict[str, Any]:
    """Records a second, half of them rights of persons not known before, half payments: signed, packed, kept sealed,
    compared, written, each row answered.
    """
    set_standards()
    province, half = Province("bench"), rows // 2
    bodies: list[tuple[str, int, bytes]] = []
    for kind, records in zip(("rights", "payments"), rights_and_payments(half), strict=True):
        while part := list(islice(records, MOST_ROWS)):
            bodies.append(
                (
                    kind,
                    len(part),
                    gzip.compress(
                        b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in part), 1
                    ),
                )
            )
    pace: dict[str, float] = {}
    with Stopwatch() as ours:
        for kind, count, body in bodies:
            begun = time.monotonic()
            answer = province.signed(
                f"/batches?kind={kind}",
                body,
                "application/x-ndjson",
                **{"X-Lxbt-Rows": str(count), "Content-Encoding": "gzip"},
            )()
            assert answer.status_code == 202, answer.content
            while (batch := queries.next_batch()) is not None:
                batches.run_batch(batch=batch, clock=now)
            pace[kind] = pace.get(kind, 0) + time.monotonic() - begun
    for batch in Batch.objects.select_related("importing"):
        assert queries.outcomes_of(batch)["new"] == batch.rows, (queries.outcomes_of(batch), batch.importing.reasons)
    plain = copied_again(TABLES)
    if os.environ.get("BENCH_VERBOSE"):
        print(
            f"  ours {ours.seconds:.1f} s "
            f"({', '.join(f'{kind} {seconds:.1f} s' for kind, seconds in pace.items())}), COPY {plain:.1f} s"
        )
    return {
        "ours": rows / ours.seconds,
        "limit": rows / plain,
        "unit": "records/s",
        "ratio": plain / ours.seconds,
        "rows": rows,
    }


class Statements:
    """What a request asks of the database, in order; a COPY with its rows."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any, list[Any] | None]] = []

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Listen."""
        copy, told = psycopg.Cursor.copy, self.asked

        class Rows:
            def __init__(self, inner: Any, rows: list[Any]) -> None:
                self.inner, self.rows = inner, rows

            def write_row(self, row: Any) -> None:
                self.rows.append(row)
                self.inner.write_row(row)

        @contextmanager
        def listening(cursor: Any, statement: Any, *args: Any, **more: Any) -> Iterator[Any]:
            rows: list[Any] = []
            told.append((statement, None, rows))
            with copy(cursor, statement, *args, **more) as inner:
                yield Rows(inner, rows)

        def asking(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            told.append((sql, params, None))
            return execute(sql, params, many, context)

        psycopg.Cursor.copy = listening  # type: ignore[method-assign, assignment]
        try:
            with connection.execute_wrapper(asking):
                yield
        finally:
            psycopg.Cursor.copy = copy  # type: ignore[method-assign]

    def replayed(self, bare: psycopg.Connection[Any]) -> float:
        """Seconds of the same statements through psycopg, in one transaction."""
        begun = time.perf_counter()
        with bare.transaction(), bare.cursor() as cursor:
            for statement, params, rows in self.asked:
                if rows is None:
                    cursor.execute(statement, params)
                    if cursor.description:
                        cursor.fetchall()
                else:
                    with cursor.copy(statement) as copy:
                        for row in rows:
                            copy.write_row(row)
        return time.perf_counter() - begun


def measure_push_one(rows: int) -> dict[str, Any]:
    """Milliseconds of one payment pushed and answered, over signed HTTP through one worker, beside the median of the
    bare SQL that it causes.
    """
    set_standards()
    province = Province("bench")
    asked = SINGLE + WARM
    rights, payments = rights_and_payments(max(rows // 100, 2 * asked))
    batch = list(islice(rights, MOST_ROWS))
    body = b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in batch)
    answer = province.signed("/batches?kind=rights", body, "application/x-ndjson", **{"X-Lxbt-Rows": str(len(batch))})()
    assert answer.status_code == 202, answer.content
    while (waiting := queries.next_batch()) is not None:
        batches.run_batch(batch=waiting, clock=now)
    times = []
    for record in islice(payments, asked):
        request = province.signed("/push/payments", canonical(record), "application/json")
        begun = time.perf_counter()
        answer = request()
        times.append(time.perf_counter() - begun)
        assert answer.json()["outcome"] == "new", answer.content
    bare_times, counts = [], []
    params = connection.get_connection_params()
    params.pop("cursor_factory", None)
    params.pop("context", None)
    with psycopg.connect(**params, autocommit=True, cursor_factory=psycopg.ClientCursor) as bare:
        for record in islice(payments, SINGLE):
            statements = Statements()
            with transaction.atomic():
                request = province.signed("/push/payments", canonical(record), "application/json")
                with statements.heard():
                    assert request().status_code == 200
                transaction.set_rollback(True)
            bare_times.append(statements.replayed(bare))
            counts.append(len(statements.asked))
    ours, limit = statistics.median(times[WARM:]) * 1000, statistics.median(bare_times[WARM:]) * 1000
    if os.environ.get("BENCH_VERBOSE"):
        print(
            f"  median {ours:.2f} ms, bare SQL {limit:.2f} ms, {statistics.median(counts):.0f} statements, p95 "
            f"{sorted(times[WARM:])[int(SINGLE * 0.95)] * 1000:.2f} ms"
        )
    return {
        "ours": ours,
        "limit": limit,
        "unit": "ms",
        "ratio": ours / limit,
        "rows": SINGLE,
        "statements": statistics.median(counts),
    }
