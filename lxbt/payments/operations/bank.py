"""Bank files out, and corrected accounts."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.accounts.rules import Permission
from lxbt.accounts.standing import must_hold
from lxbt.core.crypto import Unsealable, sm3
from lxbt.core.money import ZERO
from lxbt.core.transitions import move
from lxbt.divisions.operations import mark_stale
from lxbt.entitlements.operations.accounts import change_account
from lxbt.payments.models import BankFile, Batch, Line
from lxbt.payments.operations.batches import batch_label, locked_batch, record
from lxbt.payments.operations.books import PaymentRefused, make_order
from lxbt.payments.rules import (
    BATCH_MOVES,
    CORRECTED,
    ENCODINGS,
    OUT_COLUMNS,
    SENT,
    SUBSIDY_TITLES,
    lines_open_to,
    safe_cell,
)
from lxbt.proposals.models import Proposal
from lxbt.registry.models import BankAccount
from lxbt.registry.operations import set_account
from lxbt.registry.queries import account_in_full

_CODECS = {"gbk": "gb18030", "utf-8": "utf-8-sig"}  # GB 18030 writes what GBK has alike, and rare characters too
TRAILER = "合计"


@transaction.atomic
def send_batch(*, batch_id: int, encoding: str = "gbk", by: User | None, on: date) -> BankFile:
    """Make the bank file of an approved batch: the order as it was approved. Asked again, gives the same file.

    Each line is paid into the account as it was drawn, whatever was corrected since: the approver was told of those.
    CSV: a title row, one row a line, a trailer with count and sum. `encoding`: gbk or utf-8.
    """
    if encoding not in ENCODINGS:
        raise PaymentRefused(_("编码只能是 GBK 或 UTF-8。"), field="encoding")
    batch = locked_batch(batch_id)
    must_hold(by, Permission.DRAW_BATCHES, [batch.payer_code], on=on)
    sent = BankFile.objects.filter(batch=batch, direction="out").first()
    if sent is not None:
        return sent
    batch.state = move(BATCH_MOVES, batch.state, "send", sentence=_("批次须先由另一人复核，才能生成银行文件。"))
    if batch.gross is None:  # approved before orders were frozen
        make_order(batch, on=on, by_id=batch.approved_by_id)
    Line.objects.filter(batch=batch, state__in=lines_open_to("send")).update(state=SENT)
    content, count, total = _file_of(batch, encoding)
    if (count, total) != (batch.line_count, batch.line_total):
        raise PaymentRefused(_("银行文件与复核时的笔数、金额不一致，没有生成。请联系运维人员核对本批次。"))
    batch.sent_by, batch.sent_on = by, on
    if count == 0:  # recoveries only: nothing to wait for
        batch.state, batch.settled_on = move(BATCH_MOVES, batch.state, "settle", sentence=""), on
    batch.save()
    stored = BankFile.objects.create(
        direction="out",
        batch=batch,
        name=f"{batch_label(batch)}.csv",
        encoding=encoding,
        content=vault.seal_bytes(content),
        digest=sm3(content),
        row_count=count,
        total=total,
        state="read",
        stored_by=by,
    )
    mark_stale(batch.payer_code, batch.month)
    record(batch, "sent", by, lines=count, total=str(total), digest=stored.digest.hex())
    return stored


def _file_of(batch: Batch, encoding: str) -> tuple[bytes, int, Decimal]:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(OUT_COLUMNS)
    count, total, label = 0, ZERO, batch_label(batch)
    with connection.cursor() as cursor:
        cursor.execute(
            "select l.row_no, l.amount, l.subsidy, l.reference, a.holder, a.sealed, a.bank, a.person_id, a.handle "
            "from payments_line l"
            " join registry_bankaccount a on a.person_id = l.person_id and a.number = l.account_number "
            "where l.batch_id = %s order by l.row_no",
            [batch.pk],
        )
        for row_no, amount, subsidy, reference, holder, sealed, bank, person_id, handle in cursor:
            try:
                account_number = account_in_full(sealed, person_id, handle)
            except Unsealable:
                raise PaymentRefused(
                    _(
                        "第 %(n)s 行的账号读不出来：它不是在这个人名下登记的，或被改动过。没有生成文件，"
                        "请报告安全管理员。"
                    )
                    % {"n": row_no}
                ) from None
            purpose = f"{batch.month:%Y-%m} {SUBSIDY_TITLES[subsidy]}"
            writer.writerow(
                [
                    row_no,
                    label,
                    safe_cell(holder),
                    safe_cell(account_number),
                    safe_cell(bank),
                    amount,
                    SUBSIDY_TITLES[subsidy],
                    purpose,
                    reference,
                ]
            )
            count, total = count + 1, total + amount
    writer.writerow([TRAILER, label, "", "", count, total, "", "", ""])
    return out.getvalue().encode(_CODECS[encoding]), count, total


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
    Line.objects.filter(person_id=person_id, state__in=lines_open_to("correct")).update(state=CORRECTED)
    return account


@transaction.atomic
def correct_account_by_hand(
    *,
    person_id: int,
    bank: str,
    holder: str,
    account_number: str,
    holder_is: str,
    reason: str,
    paper: bytes,
    by: User,
    at: datetime,
    on: date,
) -> Proposal | None:
    """The account that an official gives with a reason and a paper; the proposal where a second person must confirm it.

    What failed or was held back comes with the next draw after it holds.
    """
    changed = change_account(
        person_id=person_id,
        bank=bank,
        holder=holder,
        account_number=account_number,
        holder_is=holder_is,
        reason=reason,
        paper=paper,
        by=by,
        at=at,
        on=on,
    )
    if isinstance(changed, Proposal):
        return changed
    Line.objects.filter(person_id=person_id, state__in=lines_open_to("correct")).update(state=CORRECTED)
    return None
