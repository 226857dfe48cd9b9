"""Bank files out, result files in, corrected accounts. A file is stored before it is read, and read once."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.core.crypto import sm3
from lxbt.core.idnumber import mask
from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.core.readers.whole import whole_number
from lxbt.core.transitions import move
from lxbt.divisions.operations import mark_stale
from lxbt.entitlements.operations import mark_stale_persons
from lxbt.payments.models import BankFile, Batch, Line, UnmatchedRow
from lxbt.payments.operations.batches import PaymentRefused, locked_batch, record
from lxbt.payments.rules import (
    BATCH_MOVES,
    ENCODINGS,
    IN_COLUMNS,
    OUT_COLUMNS,
    SENT,
    SUBSIDY_TITLES,
    ResultRow,
    failure_code,
    read_result_cells,
    safe_cell,
)
from lxbt.registry.models import BankAccount
from lxbt.registry.operations import set_account
from lxbt.registry.queries import open_sealed, seal, seal_bytes

_CODECS = {"gbk": "gb18030", "utf-8": "utf-8-sig"}  # GB 18030 writes what GBK has alike, and rare characters too
TRAILER = "合计"


@dataclass(frozen=True)
class ResultsTaken:
    """What a result file brought. `again`: it had been read before, and nothing changed."""

    file_id: int
    paid: int
    failed: int
    unmatched: int
    again: bool


def batch_label(batch: Batch) -> str:
    """How a batch is named in bank files."""
    return f"{batch.payer_code[:6]}-{batch.month:%Y%m}-{batch.number}"


@transaction.atomic
def send_batch(*, batch_id: int, encoding: str = "gbk", by: User | None, on: date) -> BankFile:
    """Make the lines, the recoveries and the bank file of an approved batch. Asked again, gives the same file.

    CSV: a title row, one row a line, a trailer with count and sum. `encoding`: gbk or utf-8.
    """
    if encoding not in ENCODINGS:
        raise PaymentRefused(_("编码只能是 GBK 或 UTF-8。"), field="encoding")
    batch = locked_batch(batch_id)
    sent = BankFile.objects.filter(batch=batch, direction="out").first()
    if sent is not None:
        return sent
    batch.state = move(BATCH_MOVES, batch.state, "send", sentence=_("批次须先由另一人复核，才能生成银行文件。"))
    _make_lines(batch, on)
    content, count, total = _file_of(batch, encoding)
    batch.sent_by, batch.sent_on, batch.line_count, batch.line_total = by, on, count, total
    if count == 0:  # recoveries only: nothing to wait for
        batch.state, batch.settled_on = move(BATCH_MOVES, batch.state, "settle", sentence=""), on
    batch.save()
    stored = BankFile.objects.create(
        direction="out",
        batch=batch,
        name=f"{batch_label(batch)}.csv",
        encoding=encoding,
        content=seal_bytes(content),
        digest=sm3(content),
        row_count=count,
        total=total,
        state="read",
        stored_by=by,
    )
    mark_stale(batch.payer_code, batch.month)
    record(batch, "sent", by, lines=count, total=str(total), digest=stored.digest.hex())
    return stored


def _make_lines(batch: Batch, on: date) -> None:
    summed = (
        " from (select person_id, subsidy, sum(amount) as amount, coalesce(-sum(amount) filter (where amount < 0), 0) as taken,"
        " max(account_number) as account_number, min(division_code) as division_code"
        " from payments_item where batch_id = %s and right_month <= %s and void is null group by person_id, subsidy) s"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            'insert into payments_line (person_id, batch_id, subsidy, row_no, amount, "offset", account_number, state, reason, bank_reason)'
            " select person_id, %s, subsidy, row_number() over (order by person_id, subsidy), amount, taken, account_number, 'sent', '', ''"
            + summed
            + " where amount > 0",
            [batch.pk, batch.pk, batch.month],
        )
        cursor.execute(
            "insert into payments_recovery (person_id, batch_id, subsidy, division_code, amount, recovered, state, basis, opened_on)"
            " select person_id, %s, subsidy, division_code, -amount, 0, 'open', '', %s" + summed + " where amount < 0",
            [batch.pk, on, batch.pk, batch.month],
        )


def _file_of(batch: Batch, encoding: str) -> tuple[bytes, int, Decimal]:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(OUT_COLUMNS)
    count, total, label = 0, ZERO, batch_label(batch)
    with connection.cursor() as cursor:
        cursor.execute(
            "select l.row_no, l.amount, l.subsidy, a.holder, a.sealed, a.bank from payments_line l"
            " join registry_bankaccount a on a.person_id = l.person_id and a.number = l.account_number where l.batch_id = %s order by l.row_no",
            [batch.pk],
        )
        for row_no, amount, subsidy, holder, sealed, bank in cursor:
            purpose = f"{batch.month:%Y-%m} {SUBSIDY_TITLES[subsidy]}"
            writer.writerow(
                [
                    row_no,
                    label,
                    safe_cell(holder),
                    safe_cell(open_sealed(sealed)),
                    safe_cell(bank),
                    amount,
                    SUBSIDY_TITLES[subsidy],
                    purpose,
                ]
            )
            count, total = count + 1, total + amount
    writer.writerow([TRAILER, label, "", "", count, total, "", ""])
    return out.getvalue().encode(_CODECS[encoding]), count, total


def record_results(*, batch_id: int, content: bytes, name: str, by: User | None, on: date) -> ResultsTaken:
    """Take in a bank's result file for a sent batch. The same file again changes nothing; after a crash, send it again.

    Rows are matched by their number, account and amount. What fits no line is kept for a person. Lines that the file does
    not name stay as they are. PaymentRefused when the file cannot be read at all or was made for a batch not sent yet.
    """
    with transaction.atomic():
        batch = locked_batch(batch_id)
        if batch.state not in ("sent", "settled"):
            raise PaymentRefused(_("该批次还没有发送银行，不能导入回盘文件。"))
        digest = sm3(content)
        stored, _new = BankFile.objects.get_or_create(
            direction="in",
            batch=batch,
            digest=digest,
            defaults={"name": name[:120], "encoding": "", "content": seal_bytes(content), "stored_by": by},
        )
    with transaction.atomic():
        batch = locked_batch(batch_id)
        stored.refresh_from_db(fields=["state", "outcome"])
        if stored.state == "read":
            return ResultsTaken(stored.pk, **stored.outcome, again=True)
        encoding, rows, total = _read_results(content)
        taken = _apply_results(batch, stored, rows, on)
        stored.state, stored.outcome, stored.encoding = (
            "read",
            {"paid": taken.paid, "failed": taken.failed, "unmatched": taken.unmatched},
            encoding,
        )
        stored.row_count, stored.total = len(rows), total
        stored.save(update_fields=["state", "outcome", "encoding", "row_count", "total"])
        record(batch, "results", by, file=stored.pk, **stored.outcome)
        return taken


def _decoded(content: bytes) -> tuple[str, str]:
    for encoding, codec in (("utf-8", "utf-8-sig"), ("gbk", "gb18030")):
        try:
            return encoding, content.decode(codec)
        except UnicodeDecodeError:
            continue
    raise PaymentRefused(_("回盘文件的编码无法识别，请用 GBK 或 UTF-8 保存。"))


def _read_results(content: bytes) -> tuple[str, list[ResultRow], Decimal]:
    encoding, text = _decoded(content)
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        titles = [title.strip() for title in next(lines, [])]
        missing = [column for column in IN_COLUMNS if column not in titles]
        if missing:
            raise PaymentRefused(_("回盘文件缺少列：%(columns)s。") % {"columns": "、".join(missing)})
        rows, control = [], None
        for number, cells in enumerate(lines, start=1):
            if not any(cell.strip() for cell in cells):
                continue
            row = dict(zip(titles, cells, strict=False))
            if row.get("序号", "").strip() == TRAILER:
                control = [cell.strip() for cell in cells[1:] if cell.strip()]
                continue
            rows.append(read_result_cells(row, number))
    except csv.Error as error:
        raise PaymentRefused(_("回盘文件不是合格的 CSV：%(fault)s。") % {"fault": error}) from None
    if control is not None and whole_number(control[0]) != len(rows):
        raise PaymentRefused(
            _("回盘文件的笔数与合计行不符：有 %(rows)d 笔，合计行为 %(told)s。")
            % {"rows": len(rows), "told": control[0]}
        )
    return encoding, rows, sum((row.amount or ZERO for row in rows), ZERO)


def _apply_results(batch: Batch, stored: BankFile, rows: list[ResultRow], on: date) -> ResultsTaken:
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table result_row (no int, row_no int, masked varchar(40), amount numeric(14, 2), paid boolean,"
            " code varchar(40), said varchar(100)) on commit drop"
        )
        with cursor.copy("copy result_row from stdin") as copy:
            for number, row in enumerate(rows):
                code = "" if row.paid else failure_code(row.reason)
                copy.write_row(
                    (number, row.row_no, mask(row.account, 4, 4), row.amount, row.paid, code, row.reason[:100])
                )
        cursor.execute(
            "create temporary table result_fit on commit drop as"
            " select distinct on (l.person_id, l.subsidy) r.no, l.person_id, l.subsidy, l.account_number, r.paid, r.code, r.said, l.state"
            " from result_row r join payments_line l on l.batch_id = %s and l.row_no = r.row_no and l.amount = r.amount"
            " join registry_bankaccount a on a.person_id = l.person_id and a.number = l.account_number and a.masked = r.masked"
            " where r.paid is not null order by l.person_id, l.subsidy, r.paid",
            [batch.pk],
        )
        cursor.execute(
            "update payments_line l set state = 'paid' from result_fit f where l.batch_id = %s and l.person_id = f.person_id and l.subsidy = f.subsidy"
            " and f.paid and l.state = 'sent'",
            [batch.pk],
        )
        paid = cursor.rowcount
        cursor.execute(
            "update payments_line l set state = 'failed', reason = f.code, bank_reason = f.said from result_fit f"
            " where l.batch_id = %s and l.person_id = f.person_id and l.subsidy = f.subsidy and not f.paid and l.state in ('sent', 'paid')"
            " returning l.person_id, l.subsidy, l.account_number, f.code",
            [batch.pk],
        )
        failed = cursor.fetchall()
        cursor.execute("select no from result_row except select no from result_fit order by 1")
        strange = [row[0] for row in cursor.fetchall()]
        cursor.execute("drop table result_row, result_fit")
    _fail(batch, failed)
    _keep_unmatched(stored, [rows[number] for number in strange])
    if not Line.objects.filter(batch=batch, state=SENT).exists():
        batch.state = move(BATCH_MOVES, batch.state, "settle", sentence="")
        batch.settled_on = on
        batch.save(update_fields=["state", "settled_on"])
    mark_stale(batch.payer_code, batch.month)
    return ResultsTaken(stored.pk, paid, len(failed), len(strange), again=False)


def _fail(batch: Batch, failed: list[tuple[int, str, int, str]]) -> None:
    """Failed lines: their items count for nothing, their accounts are bad, their owners are looked at again."""
    if not failed:
        return
    persons, subsidies, accounts, codes = (list(column) for column in zip(*failed, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "update payments_item i set void = 'failed' from unnest(%s::bigint[], %s::text[]) f(person_id, subsidy)"
            " where i.batch_id = %s and i.right_month <= %s and i.person_id = f.person_id and i.subsidy = f.subsidy and i.void is null"
            " returning i.right_month",
            [persons, subsidies, batch.pk, batch.month],
        )
        months = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "update registry_bankaccount a set state = 'bad', reason = f.code from unnest(%s::bigint[], %s::bigint[], %s::text[]) f(person_id, number, code)"
            " where a.person_id = f.person_id and a.number = f.number",
            [persons, accounts, codes],
        )
    mark_stale_persons(sorted(set(persons)), Month.of(min(months)))
    for month in months:
        mark_stale(batch.payer_code, month)


def _keep_unmatched(stored: BankFile, rows: list[ResultRow]) -> None:
    kept = []
    for row in rows:
        why = _("状态无法识别") if row.paid is None else _("序号、账号或金额与本批次不符")
        text = "\t".join([str(row.row_no), row.account, row.holder, str(row.amount), str(row.paid), row.reason])
        kept.append(
            UnmatchedRow(
                file=stored, row_no=row.row_no, masked_account=mask(row.account, 4, 4)[:40], sealed=seal(text), why=why
            )
        )
    UnmatchedRow.objects.bulk_create(kept, batch_size=2000)


@transaction.atomic
def correct_account(
    *, person_id: int, bank: str, holder: str, account_number: str, by: User | None, on: date
) -> BankAccount:
    """Correct the account of a person: what failed or was held back comes with the next draw."""
    if not account_number.strip() or not holder.strip():
        raise PaymentRefused(_("请填写户名和账号。"), field="account_number")
    account = set_account(
        person_id=person_id, bank=bank, holder=holder, account_number=account_number.strip(), on=on, by=by
    )
    Line.objects.filter(person_id=person_id, state="failed").update(state="corrected")
    return account
