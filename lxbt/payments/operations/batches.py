"""Approving and returning batches, settling recoveries, handling rows that fitted nothing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.accounts.standing import must_hold
from lxbt.audit.humans import same_human
from lxbt.audit.operations import record_event
from lxbt.core.months import Month
from lxbt.core.transitions import move
from lxbt.divisions import queries as divisions
from lxbt.divisions.operations import mark_stale
from lxbt.entitlements.operations import mark_stale_persons
from lxbt.notices.operations import Post, post_notices
from lxbt.payments import queries
from lxbt.payments.models import Batch, Recovery, UnmatchedRow
from lxbt.payments.operations.books import PaymentRefused, make_order, settle_months, undo_order
from lxbt.payments.operations.locking import lock_payer
from lxbt.payments.rules import APPROVED, BATCH_MOVES, NEED_BASIS, PARTLY, RECOVERED, RECOVERY_MOVES, shares
from lxbt.standards.queries import parameter_value

LEAST_REASON = 2  # characters


def locked_batch(batch_id: int) -> Batch:
    """The batch, locked for the transaction; no draw of its payer runs beside."""
    payer = Batch.objects.filter(pk=batch_id).values_list("payer_code", flat=True).first()
    if payer is not None:
        lock_payer(payer)
    batch = Batch.objects.select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise PaymentRefused(_("没有这个批次，请刷新页面。"))
    batch.as_read = batch.state
    return batch


def batch_label(batch: Batch) -> str:
    """How a batch is named in bank files."""
    return f"{batch.payer_code[:6]}-{batch.month:%Y%m}-{batch.number}"


def record(batch: Batch, act: str, by: User | None, **details: object) -> None:
    """An event of a batch."""
    record_event(
        by=by,
        action=f"batch.{act}",
        subject_kind="batch",
        subject_id=batch.pk,
        division_code=batch.payer_code,
        details={"month": f"{batch.month:%Y-%m}", "number": batch.number, **details},
        changes={"state": (batch.as_read, batch.state)},
    )


@transaction.atomic
def approve_batch(*, batch_id: int, control_total: Decimal, by: User, on: date) -> Batch:
    """Approve what another person, or the system itself, drew. Only a person approves.

    `control_total` is what goes to the bank, as the approver typed it, yuan: `queries.net_of`. The order is frozen: its
    lines, the account of each, and the claims that it settles and makes.
    """
    batch = locked_batch(batch_id)
    batch.state = move(BATCH_MOVES, batch.state, "approve", sentence=_("该批次已复核、已发送或已退回，不能再复核。"))
    if same_human(by.pk, batch.drawn_by_id):
        raise PaymentRefused(_("不能复核自己编制的批次，请由另一人复核。"))
    must_hold(by, Permission.APPROVE_BATCHES, [batch.payer_code], on=on)
    first = queries.overlapping(batch, earlier=True)
    if first is not None:
        raise PaymentRefused(
            _("更早的批次 %(batch)s 有同一些人同一些月的款项，还没有复核：请先复核或退回那一批。")
            % {"batch": f"{divisions.name_of(first.payer_code)} #{first.batch_id}"}
        )
    make_order(batch, on=on, by_id=by.pk)
    if control_total != batch.line_total:
        raise PaymentRefused(
            _("控制总额不符：报送银行净额 %(total)s 元，请核对后重新输入。") % {"total": batch.line_total},
            field="control_total",
        )
    batch.approved_by, batch.approved_on = by, on
    batch.shares = {
        level: str(amount)
        for level, amount in shares(
            batch.total, parameter_value("funding_shares", batch.payer_code, Month.of(batch.month), {}) or {}
        ).items()
    }
    batch.save()
    mark_stale(batch.payer_code, batch.month)
    record(batch, "approved", by, total=str(batch.total), net=str(batch.line_total), lines=batch.line_count)
    return batch


@transaction.atomic
def return_batch(*, batch_id: int, reason: str, by: User | None, on: date, at: datetime | None = None) -> Batch:
    """Return a batch that was not sent: its items count for nothing and are drawn anew by the next draw.

    An approver returns it, or who drew it takes it back; the reason is typed, and the drawer is told `at` a moment.
    """
    if len(reason.strip()) < LEAST_REASON:
        raise PaymentRefused(_("退回批次须写明原因（至少 2 个字），编制人会看到。"), field="reason")
    batch = locked_batch(batch_id)
    may_return(batch, by, on)
    batch.state = move(BATCH_MOVES, batch.state, "return", sentence=_("该批次已发送或已退回，不能退回。"))
    later = queries.overlapping(batch, earlier=False)
    if later is not None:
        raise PaymentRefused(
            _("后面的批次 %(batch)s 已按本批次计算了同一些人同一些月：请先退回那一批。")
            % {"batch": f"{divisions.name_of(later.payer_code)} #{later.batch_id}"}
        )
    if batch.as_read == APPROVED:
        undo_order(batch)
    with connection.cursor() as cursor:
        cursor.execute(
            "update payments_item set void = 'returned' where batch_id = %s and right_month <= %s and void is null "
            "returning person_id, right_month",
            [batch.pk, batch.month],
        )
        rows = cursor.fetchall()
    if rows:
        mark_stale_persons(sorted({row[0] for row in rows}), Month.of(min(row[1] for row in rows)))
    batch.returned_reason = reason[:200]
    batch.save(update_fields=["state", "returned_reason"])
    mark_stale(batch.payer_code, batch.month)
    record(batch, "returned", by, reason=reason)
    if at is not None and by is not None and batch.drawn_by_id and not same_human(batch.drawn_by_id, by.pk):
        params = {"by": by.name, "month": str(Month.of(batch.month)), "number": batch.number, "batch": batch.pk}
        post_notices(
            posts=[Post(batch.payer_code, "batch_returned", user_id=batch.drawn_by_id, params=params)],
            at=at,
        )
    return batch


def may_return(batch: Batch, by: User | None, on: date) -> None:
    """PaymentRefused unless `by` approves batches of this payer, or drew this one."""
    if by is None:
        return
    standing = standing_of(by, on=on)
    drew = batch.drawn_by_id is not None and same_human(batch.drawn_by_id, by.pk)
    if standing.may(Permission.APPROVE_BATCHES, batch.payer_code):
        return
    if not (drew and standing.may(Permission.DRAW_BATCHES, batch.payer_code)):
        raise PaymentRefused(_("退回由复核人办理，或由编制人撤回自己编制的批次。"))


@transaction.atomic
def settle_recovery(
    *,
    person_id: int,
    batch_id: int,
    subsidy: str,
    outcome: str,
    amount: Decimal | None = None,
    basis: str = "",
    proposed_by: User | None = None,
    by: User | None,
    on: date,
) -> Recovery:
    """Record what became of money to be taken back: of `amount`, or of all that is left. The oldest months first.

    `outcome`: partly (with the amount that came), recovered, offset, waived or unrecoverable (the last two with a
    basis).
    """
    if by is not None and (proposed_by is None or same_human(proposed_by.pk, by.pk)):
        raise PaymentRefused(_("了结追缴须由一人提出、另一人复核，不能一人办完。"))
    recovery = (
        Recovery.objects.select_for_update().filter(person_id=person_id, batch_id=batch_id, subsidy=subsidy).first()
    )
    if recovery is None:
        raise PaymentRefused(_("没有这笔追缴，请刷新页面。"))
    must_hold(by, Permission.APPROVE_BATCHES, [recovery.division_code], on=on)
    before = {name: getattr(recovery, name) for name in ("state", "recovered", "waived")}
    move(RECOVERY_MOVES, recovery.state, outcome, sentence=_("这笔追缴已了结，不能再登记。"))
    if outcome in NEED_BASIS and not basis.strip():
        raise PaymentRefused(_("减免或认定无法追回，须写明依据的文件。"), field="basis")
    left = recovery.outstanding
    if (outcome == PARTLY and (amount is None or not 0 < amount < left)) or (
        amount is not None and not 0 < amount <= left
    ):
        raise PaymentRefused(
            _("金额须大于 0 且不超过尚欠的 %(left)s 元；部分追回须小于它。") % {"left": left}, field="amount"
        )
    if basis.strip():
        recovery.basis = basis[:200]
        recovery.save(update_fields=["basis"])
    settle_months(
        recovery,
        outcome=RECOVERED if outcome == PARTLY else outcome,
        amount=amount or left,
        on=on,
        by_id=by.pk if by else None,
        proposed_by_id=proposed_by.pk if proposed_by else None,
    )
    recovery.refresh_from_db()
    record_event(
        by=by,
        action=f"recovery.{outcome}",
        subject_kind="recovery",
        subject_id=f"{batch_id} {subsidy}",
        person_id=person_id,
        division_code=recovery.division_code,
        details={"amount": str(amount or left), "basis": basis},
        changes={name: (before[name], getattr(recovery, name)) for name in before},
    )
    return recovery


@transaction.atomic
def handle_unmatched(*, row_id: int, note: str, by: User, on: date, at: datetime) -> UnmatchedRow:
    """Write down, once, what was done about a result row that fitted no line; it moves no money.

    NotPermitted unless the account draws for the payer; PaymentRefused without a note, or when another was first.
    """
    if len(note.strip()) < 4:
        raise PaymentRefused(_("请写明如何处理，至少 4 个字。"), field="note")
    row = UnmatchedRow.objects.select_for_update(of=("self",)).select_related("file__batch").filter(pk=row_id).first()
    if row is None or row.file.batch is None:
        raise PaymentRefused(_("没有这一行，请刷新页面。"))
    payer = row.file.batch.payer_code
    must_hold(by, Permission.DRAW_BATCHES, [payer], on=on)
    if row.handled_by_id is not None:
        raise PaymentRefused(_("这一行已由别人处理，请刷新页面。"))
    row.handled_note, row.handled_by, row.handled_at = note.strip()[:200], by, at
    row.save(update_fields=["handled_note", "handled_by", "handled_at"])
    record_event(
        by=by,
        action="result.handled",
        subject_kind="unmatched",
        subject_id=row.pk,
        division_code=payer,
        details={"note": row.handled_note},
        changes={"handled_note": ("", row.handled_note)},
    )
    return row
