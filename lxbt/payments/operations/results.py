"""Result files of the bank. A file is stored before it is read, read once, and belongs to one batch.

A row is taken where its number, its reference, its amount and the whole account are those of a line as it was sent.
What the bank tells first is taken at once. What changes an outcome that was told already (a payment sent back, or paid
after all when the month was ordered anew) is proposed, and waits for a second person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.accounts.rules import Permission
from lxbt.accounts.standing import must_hold
from lxbt.core.crypto import sm3
from lxbt.core.idnumber import mask
from lxbt.core.transitions import move
from lxbt.divisions.operations import mark_stale
from lxbt.payments.models import BankFile, Batch, Line, UnmatchedRow
from lxbt.payments.operations.batches import batch_label, locked_batch, record
from lxbt.payments.operations.books import PaymentRefused, arrive_after_all, come_back
from lxbt.payments.operations.reading import ResultFile, read_result_file
from lxbt.payments.rules import BATCH_MOVES, CAME_BACK, LINE_MOVES, PAID, RESENT, SENT, ResultRow, failure_code
from lxbt.proposals.operations import propose
from lxbt.registry.operations.accounts import judge_accounts
from lxbt.registry.queries import account_handle

REOPEN = "payments.reopen"


@dataclass(frozen=True)
class ResultsTaken:
    """What a result file brought.

    `again`: it had been read before, and nothing changed. `waiting`: for a second person.
    """

    file_id: int
    paid: int
    failed: int
    unmatched: int
    again: bool
    waiting: int = 0


@dataclass(frozen=True)
class Fit:
    """A row of a result file with the line that it is about. `said`: the bank's words, `code`: ours for them."""

    no: int
    person_id: int
    subsidy: str
    account_number: int
    amount: Any
    state: str  # of the line, before
    paid: bool
    code: str
    said: str

    @property
    def reopens(self) -> bool:
        """Whether it changes an outcome on which something was built: it takes a second person."""
        return (self.state == PAID and not self.paid) or (self.state == RESENT and self.paid)

    @property
    def changes(self) -> bool:
        """Whether it tells anything new."""
        return (self.state, "pay" if self.paid else "fail") in LINE_MOVES


def record_results(
    *, batch_id: int, content: bytes, name: str, by: User | None, on: date, at: datetime | None = None
) -> ResultsTaken:
    """Take in a bank's result file for a sent batch. The same file again changes nothing; after a crash, send it again.

    What fits no line is kept for a person. Lines that the file does not name stay as they are. PaymentRefused when the
    file cannot be read at all, answers another batch, or the batch was not sent yet: then nothing changes.
    """
    with transaction.atomic():
        batch = locked_batch(batch_id)
        must_hold(by, Permission.DRAW_BATCHES, [batch.payer_code], on=on)
        if batch.state not in ("sent", "settled"):
            raise PaymentRefused(_("该批次还没有发送银行，不能导入回盘文件。"))
        digest = sm3(content)
        stored, _new = BankFile.objects.get_or_create(
            direction="in",
            batch=batch,
            digest=digest,
            defaults={"name": name[:120], "encoding": "", "content": vault.seal_bytes(content), "stored_by": by},
        )
    with transaction.atomic():
        batch = locked_batch(batch_id)
        stored.refresh_from_db(fields=["state", "outcome"])
        if stored.state == "read":
            return ResultsTaken(stored.pk, **stored.outcome, again=True)
        read = read_result_file(content)
        fits = fits_of(batch, read, name=name)
        told = [fit for fit in fits if fit.changes and not fit.reopens]
        waiting = [fit for fit in fits if fit.changes and fit.reopens]
        matched = {fit.no for fit in fits}
        strange = [(row, "") for number, row in enumerate(read.rows) if number not in matched]
        if by is None:
            alone = _("改变已告知的结果，须由经办人导入、另一人复核")
            strange += [(read.rows[fit.no], alone) for fit in waiting]
            waiting = []
        take(batch, told, on=on, by=by)
        _keep_unmatched(stored, strange)
        taken = ResultsTaken(
            stored.pk,
            sum(fit.paid for fit in told),
            sum(not fit.paid for fit in told),
            len(strange),
            again=False,
            waiting=len(waiting),
        )
        stored.outcome = {
            "paid": taken.paid,
            "failed": taken.failed,
            "unmatched": taken.unmatched,
            "waiting": taken.waiting,
        }
        stored.state, stored.encoding, stored.row_count, stored.total = (
            "read",
            read.encoding,
            len(read.rows),
            read.total,
        )
        stored.save(update_fields=["state", "outcome", "encoding", "row_count", "total"])
        record(batch, "results", by, file=stored.pk, **stored.outcome)
        if waiting and by is not None:
            propose(
                kind=REOPEN,
                division_code=batch.payer_code,
                payload={"batch": batch.pk, "file": stored.pk},
                reason=_("银行回盘文件改变了已告知的结果：%(n)d 笔") % {"n": len(waiting)},
                by=by,
                at=at or datetime.combine(on, time(12), ZoneInfo(settings.TIME_ZONE)),
                on=on,
                subject_kind="bank_file",
                subject_id=stored.pk,
            )
        return taken


def fits_of(batch: Batch, read: ResultFile, *, name: str) -> list[Fit]:
    """The rows of a result file with the lines of the batch that they are about; PaymentRefused when it answers another
    batch.
    """
    label = batch_label(batch)
    named = {row.batch for row in read.rows if row.batch} | ({read.batch} if read.batch else set())
    if named - {label}:
        raise PaymentRefused(
            _("这是批次 %(other)s 的回盘文件，不能导入到批次 %(batch)s，没有任何改变。请选对批次。")
            % {"other": "、".join(sorted(named - {label})[:3]), "batch": label}
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table result_row (no int, row_no int, reference varchar(40), handle bytea, amount "
            "numeric(14, 2), paid boolean,"
            " code varchar(40), said varchar(100)) on commit drop"
        )
        with cursor.copy("copy result_row from stdin") as copy:
            for number, row in enumerate(read.rows):
                code = "" if row.paid else failure_code(row.reason)
                handle = account_handle(row.account) if row.account else None
                copy.write_row(
                    (number, row.row_no, row.reference[:40], handle, row.amount, row.paid, code, row.reason[:100])
                )
        cursor.execute("analyze result_row")
        cursor.execute(
            "select distinct on (l.person_id, l.subsidy) r.no, l.person_id, l.subsidy, l.account_number, l.amount, "
            "l.state, r.paid, r.code, r.said"
            " from result_row r join payments_line l on l.batch_id = %s and l.row_no = r.row_no and l.amount = r.amount"
            " and (r.reference = '' or r.reference = l.reference)"
            " join registry_bankaccount a on a.person_id = l.person_id and a.number = l.account_number"
            " and coalesce(l.account_handle, a.handle) = r.handle"
            " where r.paid is not null order by l.person_id, l.subsidy, r.paid",
            [batch.pk],
        )
        fits = [Fit(*row) for row in cursor.fetchall()]
        other = None
        if fits and not named and not any(row.reference for row in read.rows):
            other = _fits_too(cursor, batch, [fit.no for fit in fits])
        cursor.execute("drop table result_row")
    if read.rows and not fits and any(row.paid is not None for row in read.rows):
        raise PaymentRefused(
            _(
                "文件中没有一行与批次 %(batch)s 相符（序号、参考号、账号、金额须全部一致），没有任何改变。"
                "请核对是不是别的批次的回盘。"
            )
            % {"batch": label}
        )
    if other is not None and label not in name:
        raise PaymentRefused(
            _(
                "文件没有写明批次号，也没有参考号，与批次 %(other)s 同样相符，分不清是哪一批的回盘，没有任何改变。"
                "请让银行带回“批次号”或“参考号”一列。"
            )
            % {"other": batch_label(other)}
        )
    return fits


def _fits_too(cursor: Any, batch: Batch, numbers: list[int]) -> Batch | None:
    """Another batch of the payer that all these rows fit as well."""
    cursor.execute(
        "select l.batch_id from result_row r join payments_line l on l.row_no = r.row_no and l.amount = r.amount"
        " join payments_batch b on b.id = l.batch_id and b.payer_code = %s and b.id <> %s "
        "and b.state in ('sent', 'settled')"
        " join registry_bankaccount a on a.person_id = l.person_id and a.number = l.account_number "
        "and coalesce(l.account_handle, a.handle) = r.handle"
        " where r.no = any(%s) group by 1 having count(distinct r.no) = %s order by 1 desc limit 1",
        [batch.payer_code, batch.pk, numbers, len(numbers)],
    )
    row = cursor.fetchone()
    return Batch.objects.get(pk=row[0]) if row else None


def take(batch: Batch, fits: Sequence[Fit], *, on: date, by: User | None) -> None:
    """Write what the bank told of these lines of a locked batch."""
    paid = [fit for fit in fits if fit.paid]
    failed = [fit for fit in fits if not fit.paid]
    months = {batch.month}
    if paid:
        _set_lines(batch, paid, PAID)
        after_all = [fit for fit in paid if fit.state in CAME_BACK]
        if after_all:
            months |= arrive_after_all(batch, [(fit.person_id, fit.subsidy) for fit in after_all])
            _set_accounts(after_all, "good")
    if failed:
        _set_lines(batch, failed, "failed")
        months |= come_back(batch, [(fit.person_id, fit.subsidy) for fit in failed], on=on, by_id=by.pk if by else None)
        _set_accounts(failed, "bad")
    if not Line.objects.filter(batch=batch, state=SENT).exists():
        batch.state = move(BATCH_MOVES, batch.state, "settle", sentence="")
        batch.settled_on = batch.settled_on or on
        batch.save(update_fields=["state", "settled_on"])
    for month in months:
        mark_stale(batch.payer_code, month)


def _set_lines(batch: Batch, fits: Sequence[Fit], state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update payments_line l set state = %s, reason = f.code, bank_reason = f.said"
            " from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) f(person_id, subsidy, code, said)"
            " where l.batch_id = %s and l.person_id = f.person_id and l.subsidy = f.subsidy",
            [
                state,
                [fit.person_id for fit in fits],
                [fit.subsidy for fit in fits],
                ["" if fit.paid else fit.code for fit in fits],
                ["" if fit.paid else fit.said for fit in fits],
                batch.pk,
            ],
        )


def _set_accounts(fits: Sequence[Fit], state: str) -> None:
    judge_accounts((fit.person_id, fit.account_number, state, fit.code if state == "bad" else "") for fit in fits)


def _keep_unmatched(stored: BankFile, rows: Sequence[tuple[ResultRow, str]]) -> None:
    kept = []
    for row, told in rows:
        why = told or (_("状态无法识别") if row.paid is None else _("序号、参考号、账号或金额与本批次不符"))
        text = "\t".join([str(row.row_no), row.account, row.holder, str(row.amount), str(row.paid), row.reason])
        kept.append(
            UnmatchedRow(
                file=stored,
                row_no=row.row_no,
                masked_account=mask(row.account, 4, 4)[:40],
                sealed=vault.seal(text),
                why=why,
            )
        )
    UnmatchedRow.objects.bulk_create(kept, batch_size=2000)


def reopening(*, batch: Batch, file_id: int) -> list[Fit]:
    """What a stored result file would change now of outcomes that were told already."""
    stored = BankFile.objects.get(pk=file_id, batch=batch, direction="in")
    read = read_result_file(vault.open_sealed_bytes(bytes(stored.content)))
    return [fit for fit in fits_of(batch, replace(read, batch=""), name=stored.name) if fit.changes and fit.reopens]
