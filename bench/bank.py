"""Bank files out and result files in, against COPY of the same lines out of and into a table."""

from __future__ import annotations

import csv
import io
import os
from typing import Any

from django.conf import settings
from django.db import connection

from bench.draw import draw_province
from bench.ground import Stopwatch
from bench.population import DAY, FIRST, PROVINCE, make_recipients, set_standards
from lxbt.accounts.models import User
from lxbt.core import crypto
from lxbt.core.idnumber import mask
from lxbt.payments.models import BankFile, Batch
from lxbt.payments.operations import record_results, send_batch
from lxbt.payments.queries import file_content
from lxbt.payments.rules import IN_COLUMNS

FAIL_EVERY = 200  # one line in so many comes back
COLUMNS = (
    "row_no int, holder text, account text, bank text, amount numeric(14, 2), subsidy text, state text, reason text"
)


def approved_batches(rows: int) -> list[int]:
    """A month drawn for everybody, with accounts that can be opened, approved by the system."""
    make_recipients(rows)
    set_standards()
    key_id: int = settings.LXBT_KEYRING.current
    key = settings.LXBT_KEYRING[key_id]
    with connection.cursor() as cursor:
        cursor.execute("create temporary table sealed_account (person_id bigint, sealed bytea, masked text)")
        with cursor.copy("copy sealed_account from stdin") as copy:
            for person in range(1, rows + 1):
                number = f"622848{person:013d}"
                copy.write_row((person, crypto.seal(number, key, key_id), mask(number, 4, 4)))
        cursor.execute(
            "update registry_bankaccount a set sealed = s.sealed, masked = s.masked from sealed_account s "
            "where s.person_id = a.person_id"
        )
        cursor.execute("vacuum analyze registry_bankaccount")
    draw_province(FIRST)
    approver = User.objects.create(username="bench.approver", name="approver", organ="finance", place_code=PROVINCE)
    Batch.objects.filter(state="drawn").update(state="approved", approved_on=DAY, approved_by=approver)
    return list(Batch.objects.filter(state="approved").order_by("pk").values_list("pk", flat=True))


def result_of(stored: BankFile) -> bytes:
    """What the bank answers: every line of the file, some of them failed."""
    lines = list(csv.reader(io.StringIO(file_content(stored).decode("gb18030"), newline="")))[1:-1]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(IN_COLUMNS)
    for row_no, _label, holder, account, _bank, amount, *_rest in lines:
        fails = int(row_no) % FAIL_EVERY == 0
        writer.writerow([row_no, account, holder, amount, "失败" if fails else "成功", "账号不存在" if fails else ""])
    return out.getvalue().encode("gb18030")


def measure_bank_file(rows: int) -> dict[str, Any]:
    """The lines, recoveries and files of every batch of a month; limit: COPY OUT of as many lines, their accounts in
    plain text.
    """
    batches = approved_batches(rows)
    with Stopwatch() as ours:
        files = [send_batch(batch_id=batch, by=None, on=DAY) for batch in batches]
    count = sum(file.row_count or 0 for file in files)
    with connection.cursor() as cursor:
        cursor.execute(f"create table plain_line ({COLUMNS})")
        cursor.execute(
            "insert into plain_line select row_no, holder, '622848' || lpad(l.person_id::text, 13, '0'), bank, "
            "l.amount, l.subsidy, '', ''"
            " from payments_line l join registry_bankaccount a on a.person_id = l.person_id "
            "and a.number = l.account_number"
        )
        cursor.execute("vacuum analyze plain_line")
        with Stopwatch() as plain, cursor.copy("copy plain_line to stdout") as copy:
            taken = sum(len(data) for data in copy)
        assert taken
    return figure(count, ours.seconds, plain.seconds)


def measure_bank_result(rows: int) -> dict[str, Any]:
    """The results of every batch of a month taken in, one line in FAIL_EVERY failed; limit: COPY IN of as many
    lines.
    """
    batches = approved_batches(rows)
    answers = [(batch, result_of(send_batch(batch_id=batch, by=None, on=DAY))) for batch in batches]
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze payments_line")
    with Stopwatch() as ours:
        told = [
            record_results(batch_id=batch, content=content, name="result.csv", by=None, on=DAY)
            for batch, content in answers
        ]
    assert not sum(one.unmatched for one in told)
    count = sum(one.paid + one.failed for one in told)
    with connection.cursor() as cursor:
        cursor.execute(
            "create table plain_result (row_no int, account text, holder text, amount numeric(14, 2), state text, "
            "reason text)"
        )
        with Stopwatch() as plain:
            for _batch, content in answers:
                with cursor.copy("copy plain_result from stdin (format csv, header true)") as copy:
                    copy.write(content.decode("gb18030").encode())
    return figure(count, ours.seconds, plain.seconds)


def figure(count: int, ours: float, plain: float) -> dict[str, Any]:
    """Lines a second."""
    if os.environ.get("BENCH_VERBOSE"):
        print(f"  ours {ours:.1f} s, COPY {plain:.1f} s, {count:,} lines")
    return {"ours": count / ours, "limit": count / plain, "unit": "lines/s", "ratio": plain / ours, "rows": count}
