"""What becomes of money to be taken back waits for a second person: a claim waived, given up or paid in cash by one
alone is money lost without a trace.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.core.clock import beijing_day
from lxbt.payments.models import Recovery
from lxbt.payments.operations import PaymentRefused, settle_recovery
from lxbt.payments.rules import PARTLY, RECOVERY_MOVES
from lxbt.proposals.kinds import Kind, register
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import propose
from lxbt.proposals.rules import Effect

SETTLING = "payments.settle"
OUTCOMES = {
    "partly": lazy("部分追回"),
    "recovered": lazy("已追回"),
    "offset": lazy("已抵扣"),
    "waived": lazy("减免"),
    "unrecoverable": lazy("无法追回"),
}


def _claim(proposal: Proposal) -> Recovery:
    told = proposal.payload
    found = Recovery.objects.filter(
        person_id=proposal.person_id or 0, batch_id=told["batch_id"], subsidy=told["subsidy"]
    ).first()
    if found is None:
        raise PaymentRefused(_("没有这笔追缴，请刷新页面。"))
    return found


def _effect(proposal: Proposal, on: date) -> Effect:
    claim, told = _claim(proposal), proposal.payload
    if (claim.state, told["outcome"]) not in RECOVERY_MOVES:
        raise PaymentRefused(_("这笔追缴已了结，不能再登记。"))
    left = claim.outstanding
    amount = Decimal(told["amount"]) if told["amount"] else left
    lines = (
        (_("应追回（元）"), "", f"{claim.amount:.2f}"),
        (_("尚欠（元）"), f"{left:.2f}", f"{left - amount:.2f}"),
        (_("结果"), "", str(OUTCOMES[told["outcome"]])),
        (_("依据"), "", told["basis"]),
    )
    return Effect(lines, persons=1, yuan=-amount)


def _carry_out(proposal: Proposal, *, by: User, at: datetime, on: date) -> object:
    told = proposal.payload
    return settle_recovery(
        person_id=_claim(proposal).person_id,
        batch_id=told["batch_id"],
        subsidy=told["subsidy"],
        outcome=told["outcome"],
        amount=Decimal(told["amount"]) if told["amount"] else None,
        basis=told["basis"],
        proposed_by=User.objects.get(pk=proposal.proposed_by_id),
        by=by,
        on=on,
    )


@transaction.atomic
def propose_settlement(
    *,
    person_id: int,
    batch_id: int,
    subsidy: str,
    outcome: str,
    amount: Decimal | None = None,
    basis: str,
    document_id: int | None = None,
    by: User,
    at: datetime,
) -> Proposal:
    """Say what became of money to be taken back, with the paper that proves it; it is so once a second person
    accepts.
    """
    claim = Recovery.objects.filter(person_id=person_id, batch_id=batch_id, subsidy=subsidy).first()
    on = beijing_day(at)
    if claim is None or not standing_of(by, on=on).may(Permission.DRAW_BATCHES, claim.division_code):
        raise PaymentRefused(_("没有这笔追缴，或您没有办理它的权限。"))
    if outcome not in OUTCOMES:
        raise PaymentRefused(_("请选择结果。"), field="outcome")
    if len(basis.strip()) < 4:
        raise PaymentRefused(_("请写明凭据：收据、转账回单或减免文件的名称和编号，不少于 4 个字。"), field="basis")
    left = claim.outstanding
    if outcome == PARTLY and (amount is None or not 0 < amount < left):
        raise PaymentRefused(_("本次追回金额须大于 0 且小于尚欠 %(left)s 元。") % {"left": left}, field="amount")
    if amount is not None and not 0 < amount <= left:
        raise PaymentRefused(_("金额须大于 0 且不超过尚欠的 %(left)s 元。") % {"left": left}, field="amount")
    return propose(
        kind=SETTLING,
        division_code=claim.division_code,
        person_id=person_id,
        payload={
            "batch_id": batch_id,
            "subsidy": subsidy,
            "outcome": outcome,
            "amount": str(amount) if amount is not None else None,
            "basis": basis.strip()[:200],
        },
        reason=basis,
        by=by,
        at=at,
        on=on,
        subject_kind=f"recovery.{subsidy}"[:24],
        subject_id=batch_id * 100_000_007 + person_id,
        document_id=document_id,
    )


def register_kinds() -> None:
    """Make it known to the proposals."""
    register(Kind(SETTLING, lazy("了结追缴"), Permission.APPROVE_BATCHES, _effect, _carry_out, above=True))
