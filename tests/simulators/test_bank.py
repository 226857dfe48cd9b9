"""The played bank: checks control totals as a bank would, and its answer can be taken in again."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from lxbt.config.command_line import NEEDS_NO_DATABASE
from lxbt.payments.rules import (
    BATCH_COLUMN,
    FAILURES,
    IN_COLUMNS,
    OUT_COLUMNS,
    REFERENCE_COLUMN,
    failure_code,
    read_result_cells,
)
from lxbt.simulators.bank import bank
from lxbt.simulators.bank.server import BankServer


def bank_file(
    amounts: list[int], *, encoding: str = "gbk", count: int | None = None, total: str | None = None
) -> bytes:
    """A bank file whose amounts are given in cents."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(OUT_COLUMNS)
    for number, cents in enumerate(amounts, start=1):
        writer.writerow(
            [
                number,
                "420102-202605-1",
                "张三",
                f"62{number:017d}",
                "农业银行",
                f"{cents / 100:.2f}",
                "困难残疾人生活补贴",
                "2026-05",
                f"R{number:011d}",
            ]
        )
    writer.writerow(
        [
            "合计",
            "420102-202605-1",
            "",
            "",
            len(amounts) if count is None else count,
            total or f"{sum(amounts) / 100:.2f}",
            "",
            "",
            "",
        ]
    )
    return out.getvalue().encode(bank.CODECS[encoding])


def rows_of(content: bytes, encoding: str = "gbk") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(bank.CODECS[encoding]), newline="")))


def test_the_formats_are_those_of_payments() -> None:
    assert bank.FILE_COLUMNS == OUT_COLUMNS
    assert (*IN_COLUMNS, BATCH_COLUMN, REFERENCE_COLUMN) == bank.RESULT_COLUMNS
    assert all(failure_code(reason) in FAILURES for reason in bank.REASONS)
    assert {failure_code(reason) for reason in bank.REASONS} == set(FAILURES)


@given(st.lists(st.integers(1, 999_999), min_size=1, max_size=60), st.sampled_from(["gbk", "utf-8"]), st.floats(0, 1))
def test_every_ordered_row_is_answered_once_and_sums_agree(amounts: list[int], encoding: str, fail_rate: float) -> None:
    answer = bank.play(bank_file(amounts, encoding=encoding), fail_rate=fail_rate, seed=3)
    rows = [read_result_cells(row, n) for n, row in enumerate(rows_of(answer.content, encoding), start=1)]
    assert [row.row_no for row in rows] == list(range(1, len(amounts) + 1))
    assert answer.paid + answer.failed == len(amounts)
    assert sum(row.amount for row in rows if row.paid and row.amount) == answer.total_paid
    assert all(bool(row.reason) != bool(row.paid) for row in rows)


def test_the_same_seed_fails_the_same_rows_and_named_rows_fail_always() -> None:
    content = bank_file([8000] * 200)
    assert bank.play(content, fail_rate=0.1, seed=5).content == bank.play(content, fail_rate=0.1, seed=5).content
    failed = [row["序号"] for row in rows_of(bank.play(content, fail_rows=["7", "9"]).content) if row["状态"] == "失败"]
    assert failed == ["7", "9"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (bank_file([100, 200], count=3), "笔数不符"),
        (bank_file([100, 200], total="3.01"), "金额不符"),
        (bank_file([100, 200], total="3,00"), "无法识别"),
        (bank_file([100, 0]), "第 3 行"),
        (bank_file([100, 200])[:-40], "合计行|列|笔数|金额"),
        ("序号,金额\n1,2\n".encode(), "列名"),
        (b"\xff\xfe\xfa\x00\x81", "编码"),
        (b"", "列名"),
    ],
)
def test_a_file_that_does_not_add_up_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(bank.BankRefuses, match=why):
        bank.play(content)


def test_faults_on_demand() -> None:
    content = bank_file([500] * 10)
    assert len(rows_of(bank.play(content, faults=["half"]).content)) == 5
    assert [row["序号"] for row in rows_of(bank.play(content, faults=["duplicate"]).content)].count("1") == 2
    assert rows_of(bank.play(content, faults=["unknown"]).content)[-1]["序号"] == "999999"


def test_the_command_writes_the_result_file_without_a_database(tmp_path: Path) -> None:
    assert "bank_simulator" in NEEDS_NO_DATABASE
    (tmp_path / "out.csv").write_bytes(bank_file([1000, 2000, 3000]))
    call_command(
        "bank_simulator", str(tmp_path / "out.csv"), out=tmp_path / "in.csv", fail_row=["2"], stdout=StringIO()
    )
    assert [row["状态"] for row in rows_of((tmp_path / "in.csv").read_bytes())] == ["成功", "失败", "成功"]
    with pytest.raises(CommandError, match="--out"):
        call_command("bank_simulator", str(tmp_path / "out.csv"), stdout=StringIO())
    with pytest.raises(CommandError, match="无法读取"):
        call_command("bank_simulator", str(tmp_path / "none.csv"), out=tmp_path / "in.csv", stdout=StringIO())


@pytest.fixture
def server() -> Iterator[BankServer]:
    bank_server = BankServer(0, slow=0)
    thread = threading.Thread(target=bank_server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield bank_server
    bank_server.shutdown()
    thread.join()
    bank_server.server_close()


def ask(server: BankServer, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    talk = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    talk.request(method, path, body=body)
    answer = talk.getresponse()
    content = answer.read()
    talk.close()
    return answer.status, content


def test_a_file_posted_gives_a_result_to_fetch(server: BankServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    status, told = ask(server, "POST", "/files?fail_row=1&fault=slow", bank_file([700, 800]))
    assert status == 201
    number = json.loads(told)["id"]
    status, content = ask(server, "GET", f"/results/{number}")
    assert status == 200
    assert [row["状态"] for row in rows_of(content)] == ["失败", "成功"]


def test_the_served_bank_says_no_in_words(server: BankServer) -> None:
    status, told = ask(server, "POST", "/files", bank_file([700, 800], count=9))
    assert (status, "笔数不符" in json.loads(told)["error"]) == (422, True)
    assert ask(server, "POST", "/files?fault=fire", bank_file([700]))[0] == 422
    assert ask(server, "POST", "/files?fail_rate=often", bank_file([700]))[0] == 422
    assert ask(server, "GET", "/results/99")[0] == 404
    assert ask(server, "GET", "/elsewhere")[0] == 404
