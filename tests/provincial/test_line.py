"""Over a real connection: what breaks on the way, or is sent by a program that errs, is told clearly and leaves nothing
behind.
"""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.utils import timezone

from lxbt.core.signing import ED25519, SM2
from lxbt.documents.models import LargeFile
from lxbt.provincial import queries
from lxbt.provincial.models import Batch, RowResult
from lxbt.provincial.operations import batches
from lxbt.provincial.operations.single import forget_warm
from lxbt.provincial.rules import signing
from lxbt.registry.models import Person
from tests.imports import county
from tests.provincial.calling import BASE, Province, opened
from tests.provincial.records import person

pytestmark = pytest.mark.django_db(transaction=True)
BATCH = BASE + "/batches?kind=persons"


@pytest.fixture(params=[ED25519, SM2])
def line(transactional_db: None, live_server: Any, request: pytest.FixtureRequest) -> tuple[Province, str]:
    county.make_county()
    forget_warm()
    return opened(algorithm=request.param), live_server.url


def ndjson(count: int) -> bytes:
    return b"".join(json.dumps(person(n), ensure_ascii=False).encode() + b"\n" for n in range(1, count + 1))


def post(
    line: tuple[Province, str], body: bytes, rows: int, *, at: datetime | None = None, nonce: str = "", **more: str
) -> httpx.Response:
    province, url = line
    headers = province.headers("POST", BATCH, body, at=at, nonce=nonce)
    headers |= {"Idempotency-Key": "k", "X-Lxbt-Rows": str(rows), "Content-Type": "application/x-ndjson", **more}
    return httpx.post(url + BATCH, content=body, headers=headers, timeout=30)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def nothing_kept() -> bool:
    return not Batch.objects.exists() and not LargeFile.objects.exists()


def eventually(told: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while not told() and time.monotonic() < until:
        time.sleep(0.02)
    return told()


def test_a_whole_batch_is_taken_and_answered_row_by_row(line: tuple[Province, str]) -> None:
    province, url = line
    answer = post(line, gzip.compress(ndjson(40)), 40, **{"Content-Encoding": "gzip"})
    assert answer.status_code == 202
    batch = queries.next_batch()
    assert batch is not None
    batches.run_batch(batch=batch, clock=timezone.now, ahead=True)  # a process of its own reads
    target = f"{BASE}/batches/{answer.json()['batch']}/results"
    told = httpx.get(url + target, headers=province.headers("GET", target, b""), timeout=30)
    assert [json.loads(line)["outcome"] for line in told.text.splitlines()] == ["new"] * 40
    assert Person.objects.count() == 40


def test_a_connection_that_breaks_off_leaves_nothing(line: tuple[Province, str]) -> None:
    province, url = line
    body, where = ndjson(2000), urlsplit(url)
    headers = province.headers("POST", BATCH, body) | {
        "Host": where.netloc,
        "Idempotency-Key": "k",
        "X-Lxbt-Rows": "2000",
        "Content-Type": "application/x-ndjson",
        "Content-Length": str(len(body)),
    }
    head = f"POST {BATCH} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    with socket.create_connection((where.hostname, where.port), timeout=10) as held:
        held.sendall(head.encode() + body[: len(body) // 2])
        held.shutdown(socket.SHUT_WR)
        answer = held.recv(65536)
    assert not answer or b" 400 " in answer.split(b"\r\n")[0]
    assert eventually(nothing_kept)
    again = post(line, body, 2000)
    assert again.status_code == 202  # the same key: what broke off was never answered


def test_a_body_altered_on_the_way_is_told(line: tuple[Province, str]) -> None:
    province, url = line
    body = ndjson(3)
    headers = province.headers("POST", BATCH, body) | {
        "Idempotency-Key": "k",
        "X-Lxbt-Rows": "3",
        "Content-Type": "application/x-ndjson",
    }
    assert code(httpx.post(url + BATCH, content=body.replace(b"P1", b"P9"), headers=headers)) == (400, "digest_differs")
    assert nothing_kept()


def test_clock_nonce_and_signature_are_told(line: tuple[Province, str]) -> None:
    body = ndjson(1)
    assert code(post(line, body, 1, at=datetime.now(UTC) - timedelta(minutes=9))) == (401, "time_stale")
    assert post(line, body, 1, nonce="n" * 20).status_code == 202
    assert code(post(line, body, 1, nonce="n" * 20)) == (401, "nonce_used")
    assert code(post(line, body, 1, **{signing.SIGNATURE: "AAAA"})) == (401, "signature_wrong")


def test_the_same_batch_in_any_number_is_one(line: tuple[Province, str]) -> None:
    body = ndjson(5)
    told = [post(line, body, 5).json() for _n in range(3)] + [
        post(line, body, 5, **{"Idempotency-Key": "other"}).json()
    ]
    assert {one["batch"] for one in told} == {told[0]["batch"]}
    assert Batch.objects.count() == 1


def test_bombs_wrong_counts_and_bytes_that_are_no_text(line: tuple[Province, str]) -> None:
    packed = {"Content-Encoding": "gzip"}
    assert code(post(line, gzip.compress(b" " * (300 << 20), 1), 1, **packed)) == (413, "line_too_long")
    assert code(post(line, gzip.compress(b"{}\n" * 100_001, 1), 100_001, **packed)) == (413, "too_many_rows")
    assert code(post(line, b"\x1f\x8bnot really", 1, **packed)) == (400, "gzip")
    assert code(post(line, ndjson(3), 2)) == (400, "rows_differ")
    assert nothing_kept()
    assert post(line, b'{"ref":"1","name":"\xff\xfe"}\n' + b'{"ref":"2","colour":"red"}\n', 2).status_code == 202
    batch = queries.next_batch()
    assert batch is not None
    batches.run_batch(batch=batch, clock=timezone.now)
    assert [row.reasons[0][1] for row in RowResult.objects.order_by("row_no")] == ["record_utf8", "key_unknown"]


def test_a_body_in_chunks_is_told_to_give_its_length(line: tuple[Province, str]) -> None:
    province, url = line
    body = ndjson(2)
    headers = province.headers("POST", BATCH, body) | {
        "Idempotency-Key": "k",
        "X-Lxbt-Rows": "2",
        "Content-Type": "application/x-ndjson",
    }
    answer = httpx.post(url + BATCH, content=iter([body]), headers=headers)
    assert answer.status_code == 400
    assert nothing_kept()
