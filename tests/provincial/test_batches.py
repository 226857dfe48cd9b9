"""Batches: whole or not at all; what became of every row; resumed where they stopped."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from lxbt.documents.models import LargeFile, Piece
from lxbt.imports.models import Import
from lxbt.payments.models import Item
from lxbt.provincial import queries
from lxbt.provincial.models import Batch, Pushed, RowResult
from lxbt.provincial.operations import batches
from lxbt.provincial.rules import kinds
from lxbt.registry.models import Person
from tests.imports.county import chunks_of
from tests.provincial.calling import Province, opened
from tests.provincial.records import payment, person

pytestmark = pytest.mark.django_db


def run_all() -> None:
    while (batch := queries.next_batch()) is not None:
        batches.run_batch(batch=batch, clock=timezone.now, ahead=False)


def taken(answer: Any) -> int:
    assert answer.status_code == 202, answer.content
    return answer.json()["batch"]  # type: ignore[no-any-return]


def results(province: Province, batch: int, query: str = "") -> list[dict[str, Any]]:
    answer = province.get(f"/batches/{batch}/results{query}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.content.splitlines()]


@pytest.mark.parametrize("packed", [True, False])
def test_a_batch_is_received_then_done_with_a_result_for_every_row(province: Province, packed: bool) -> None:
    batch = taken(province.batch("persons", [person(n) for n in range(1, 31)], packed=packed))
    assert province.get(f"/batches/{batch}").json()["state"] == "received"
    with chunks_of(7):
        run_all()
    told = province.get(f"/batches/{batch}").json()
    assert (told["state"], told["rows"]) == ("done", 30)
    assert told["counts"] == {"new": 30, "changed": 0, "same": 0, "conflict": 0, "refused": 0}
    rows = results(province, batch)
    assert [(row["row"], row["ref"], row["outcome"]) for row in rows] == [(n, f"P{n}", "new") for n in range(1, 31)]
    assert [row["row"] for row in results(province, batch, "?after=28")] == [29, 30]
    assert Person.objects.count() == 30


def test_every_bad_row_is_told_and_the_good_ones_are_taken(province: Province) -> None:
    rows = [
        person(1),
        person(2, division="440100000000"),
        person(3, nickname="x"),
        person(1, ref="again", name="李四"),
        person(1, name="王五"),
        person(1),
    ]
    body = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
    body += (
        b'{"ref":"cut", "name":\n'
        b'{"ref":"bytes","name":"\xff"}\n'
        b"\n"
        b'"text"\n' + json.dumps({**person(7), "ref": "\ud800"}).encode()
    )
    answer = province.call(
        "POST", "/batches?kind=persons", body, "application/x-ndjson", **{"Idempotency-Key": "b", "X-Lxbt-Rows": "11"}
    )
    batch = taken(answer)
    run_all()
    told = [
        (row["ref"], row["outcome"], [reason["code"] for reason in row["reasons"]]) for row in results(province, batch)
    ]
    assert told == [
        ("P1", "conflict", ["name_differs_in_file"]),
        ("P2", "refused", ["not_yours"]),
        ("P3", "refused", ["key_unknown"]),
        ("again", "conflict", ["name_differs_in_file"]),
        ("P1", "conflict", ["ref_twice"]),
        ("P1", "conflict", ["name_differs_in_file"]),
        ("", "refused", ["record_form"]),
        ("", "refused", ["record_utf8"]),
        ("", "refused", ["record_form"]),
        ("", "refused", ["record_form"]),
        ("", "refused", ["ref_form"]),
    ]
    assert [row["row"] for row in results(province, batch, "?only=problems")] == list(range(1, 12))
    assert province.get(f"/batches/{batch}").json()["counts"] == {
        "new": 0,
        "changed": 0,
        "same": 0,
        "conflict": 4,
        "refused": 7,
    }


def nothing_kept() -> bool:
    return not (
        Batch.objects.exists() or Import.objects.exists() or LargeFile.objects.exists() or Piece.objects.exists()
    )


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_body_cut_off_is_not_kept(province: Province) -> None:
    body = gzip.compress(b'{"ref":"1"}\n' * 50)
    path = "/provincial/v1/batches?kind=persons"
    told = province.headers("POST", path, body) | {
        "Idempotency-Key": "k",
        "X-Lxbt-Rows": "50",
        "Content-Encoding": "gzip",
    }
    for cut in (1, len(body) // 2, len(body) - 1):
        told = province.headers("POST", path, body) | {
            "Idempotency-Key": "k",
            "X-Lxbt-Rows": "50",
            "Content-Encoding": "gzip",
        }
        answer = province.caller.post(path, data=body[:cut], content_type="application/x-ndjson", headers=told)
        assert code_of(answer) == (400, "digest_differs")
    assert nothing_kept()


def test_a_count_that_differs_is_told_and_nothing_kept(province: Province) -> None:
    answer = province.batch("persons", [person(n) for n in range(1, 4)], **{"X-Lxbt-Rows": "4"})
    assert code_of(answer) == (400, "rows_differ")
    assert "4" in answer.json()["error"]["message"]
    assert code_of(province.batch("persons", [])) == (400, "empty")
    assert nothing_kept()


def send(province: Province, body: bytes, rows: int = 1, **headers: str) -> Any:
    told = {"Idempotency-Key": "k", "X-Lxbt-Rows": str(rows), **headers}
    return province.call("POST", "/batches?kind=persons", body, "application/x-ndjson", **told)


def bomb(size: int) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as file:
        for _n in range(size >> 20):
            file.write(b"\n" * (1 << 20))
    return packed.getvalue()


def test_what_is_no_whole_gzip_is_told(province: Province) -> None:
    packed = {"Content-Encoding": "gzip"}
    body = gzip.compress(b'{"ref":"1"}\n')
    for broken in (b"plain text", body[:-3], body + b"more", body + body, zlib.compress(b"x"), b"\x1f\x8b"):
        assert code_of(send(province, broken, **packed)) == (400, "gzip")
    assert code_of(send(province, body, **{"Content-Encoding": "br"})) == (415, "content_encoding")
    assert nothing_kept()


def test_a_bomb_is_stopped_where_it_is_too_large(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "LARGEST_BODY", 4 << 20)
    monkeypatch.setattr(batches, "MOST_ROWS", 10**9)
    most: list[int] = []
    count = batches.Intake._count
    monkeypatch.setattr(batches.Intake, "_count", lambda self, plain: (most.append(len(plain)), count(self, plain)))
    assert code_of(send(province, bomb(64 << 20), **{"Content-Encoding": "gzip"})) == (413, "too_large")
    assert sum(most) <= 6 << 20
    assert max(most) <= batches.INFLATED_AT_ONCE
    assert nothing_kept()


def test_too_many_rows_and_lines_too_long_are_told(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_ROWS", 5)
    assert code_of(send(province, b"{}\n" * 6, 6)) == (413, "too_many_rows")
    assert code_of(send(province, b"{}\n" * 5 + b"{}", 6)) == (413, "too_many_rows")
    for body in (
        b"x" * (kinds.LARGEST_LINE + 1),
        b"{}\n" + b"x" * 200_000 + b"\n{}",
        b"x" * 60_000 + b"\n" + b"y" * 70_000,
    ):
        assert code_of(send(province, body, 2)) == (413, "line_too_long")
    assert nothing_kept()


def test_a_batch_sent_again_is_the_same_batch(province: Province) -> None:
    rows = [person(n) for n in range(1, 6)]
    first = province.batch("persons", rows, key="one", packed=False)
    again = province.batch("persons", rows, key="one", packed=False)
    assert first.json() == again.json()
    other_key = province.batch("persons", rows, key="two", packed=False)
    assert (other_key.json()["batch"], other_key.json()["repeated"]) == (taken(first), True)
    assert code_of(province.batch("persons", rows[:4], key="one", packed=False)) == (409, "idempotency_conflict")
    assert Batch.objects.count() == 1
    run_all()
    third = taken(province.batch("persons", rows, key="three", packed=False))
    run_all()
    assert province.get(f"/batches/{third}").json()["counts"]["same"] == 5
    assert Person.objects.count() == 5


def test_batches_in_another_order_end_the_same(province: Province) -> None:
    payments = [payment(n, month) for n in range(1, 6) for month in ("2026-01", "2026-02")]
    taken(province.batch("payments", payments[5:]))
    taken(province.batch("persons", [person(n) for n in range(1, 6)]))
    taken(province.batch("payments", payments[:5]))
    taken(province.batch("payments", payments))
    run_all()
    assert Item.objects.count() == 10
    assert Pushed.objects.filter(kind="payments").count() == 10
    assert Person.objects.count() == 5


def test_a_batch_goes_on_behind_the_last_chunk(province: Province) -> None:
    batch_id = taken(province.batch("payments", [payment(n) for n in range(1, 31)]))
    batch = queries.next_batch()
    assert batch is not None
    with chunks_of(7):
        assert not batches.run_batch(batch=batch, clock=timezone.now, seconds=0, ahead=False)
        assert RowResult.objects.count() == 7
        assert province.get(f"/batches/{batch_id}").json()["state"] == "running"
        run_all()
    assert RowResult.objects.count() == 30
    assert Item.objects.count() == 30
    assert not LargeFile.objects.exists()


def test_corrections_in_a_batch_replace_what_was_told(province: Province) -> None:
    taken(province.batch("payments", [payment(n) for n in range(1, 6)]))
    run_all()
    told = [
        payment(1),
        payment(2, amount="110.00"),
        payment(3, month="2026-03", amount="120.00"),
        payment(4),
        payment(5),
    ]
    batch = taken(province.batch("payments", told))
    run_all()
    assert province.get(f"/batches/{batch}").json()["counts"] == {
        "new": 0,
        "changed": 2,
        "same": 3,
        "conflict": 0,
        "refused": 0,
    }
    assert sorted(map(int, Item.objects.values_list("amount", flat=True))) == [100, 100, 100, 110, 120]


def test_a_batch_in_the_sandbox_is_answered_and_not_written(province: Province) -> None:
    trial = opened("trial", sandbox=True)
    batch = taken(trial.batch("persons", [person(n) for n in range(1, 10)]))
    with chunks_of(4):
        run_all()
    told = trial.get(f"/batches/{batch}").json()
    assert (told["state"], told["sandbox"], told["counts"]["new"]) == ("done", True, 9)
    assert not Person.objects.exists()
    assert not Pushed.objects.exists()


def test_another_clients_batch_is_not_there(province: Province) -> None:
    batch = taken(province.batch("persons", [person()]))
    other = opened("other")
    assert other.get(f"/batches/{batch}").status_code == 404
    assert other.get(f"/batches/{batch}/results").status_code == 404


def test_what_is_asked_wrongly_is_told(province: Province) -> None:
    body = json.dumps(person()).encode()
    headers = {"Idempotency-Key": "k", "X-Lxbt-Rows": "1"}
    assert code_of(province.call("POST", "/batches?kind=persons", body, "application/json", **headers)) == (
        415,
        "content_type",
    )
    assert code_of(province.call("POST", "/batches?kind=people", body, "application/x-ndjson", **headers)) == (
        400,
        "malformed",
    )
    assert code_of(
        province.call("POST", "/batches?kind=persons&month=2026-13", body, "application/x-ndjson", **headers)
    ) == (400, "malformed")
    assert code_of(
        province.call("POST", "/batches?kind=persons", body, "application/x-ndjson", **{"X-Lxbt-Rows": "1"})
    ) == (400, "malformed")
    assert code_of(province.get("/batches/99999999999999999999")) == (400, "malformed")
    assert code_of(province.get("/batches/77")) == (404, "not_found")


def test_clients_take_turns_and_each_keeps_its_order(province: Province) -> None:
    other = opened("other")
    first = [taken(province.batch("persons", [person(n)])) for n in (1, 2)]
    second = [taken(other.batch("persons", [person(n)])) for n in (3, 4)]
    order = []
    while (batch := queries.next_batch()) is not None:
        order.append(batch.pk)
        batches.run_batch(batch=batch, clock=lambda: datetime.now(UTC), ahead=False)
    assert order == [first[0], second[0], first[1], second[1]]
