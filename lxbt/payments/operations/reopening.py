"""Reopening what the bank had told: proposed by who takes the file in, done when another person confirms it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.models import User
from lxbt.accounts.rules import Permission
from lxbt.core.crypto import sm3
from lxbt.core.idnumber import mask_name
from lxbt.payments.models import BankFile, Batch
from lxbt.payments.operations.batches import batch_label, locked_batch, record
from lxbt.payments.operations.books import PaymentRefused
from lxbt.payments.operations.results import REOPEN, Fit, reopening, take
from lxbt.payments.rules import FAILURES, SUBSIDY_TITLES
from lxbt.proposals.kinds import Kind, register
from lxbt.proposals.rules import Effect
from lxbt.registry.models import BankAccount, Person

if TYPE_CHECKING:
    from lxbt.proposals.models import Proposal

SHOWN = 40  # lines named one by one; the rest is told in sum


def effect_of(proposal: Proposal, on: date) -> Effect:
    """The lines that change their outcome. Yuan: what will be ordered anew (positive) or claimed back (negative)."""
    batch = Batch.objects.get(pk=proposal.payload["batch"])
    fits = reopening(batch=batch, file_id=proposal.payload["file"])
    names = dict(Person.objects.filter(pk__in=[fit.person_id for fit in fits]).values_list("pk", "name"))
    accounts = {
        (row.person_id, row.number): row.masked
        for row in BankAccount.objects.filter(person_id__in=[fit.person_id for fit in fits])
    }
    lines = [
        (
            (
                f"{mask_name(names[fit.person_id])} {SUBSIDY_TITLES[fit.subsidy]} "
                f"{accounts[fit.person_id, fit.account_number]}"
            ),
            (_("已发 %(a)s 元") if not fit.paid else _("退票，已重发 %(a)s 元")) % {"a": fit.amount},
            _("退票：%(why)s") % {"why": FAILURES.get(fit.code, fit.said)} if not fit.paid else _("银行称已发"),
        )
        for fit in fits[:SHOWN]
    ]
    if len(fits) > SHOWN:
        rest = fits[SHOWN:]
        mark = sm3(repr([(f.person_id, f.subsidy, f.state, f.paid, f.code) for f in rest]).encode()).hex()[:12]
        lines.append((_("其余"), _("%(n)d 笔") % {"n": len(rest)}, mark))
    money = sum((-fit.amount if fit.paid else fit.amount for fit in fits), Decimal(0))
    head = (_("批次"), batch_label(batch), _("%(n)d 笔") % {"n": len(fits)})
    return Effect(lines=(head, *lines), persons=len({fit.person_id for fit in fits}), yuan=money)


def carry_out(proposal: Proposal, *, by: User, at: datetime, on: date) -> None:
    """Write the outcomes; refused to who set one of the accounts after the batch was sent."""
    batch = locked_batch(proposal.payload["batch"])
    fits = reopening(batch=batch, file_id=proposal.payload["file"])
    _must_not_have_corrected(batch, fits, by)
    take(batch, fits, on=on, by=by)
    stored = BankFile.objects.get(pk=proposal.payload["file"])
    stored.outcome = {
        **stored.outcome,
        "paid": stored.outcome.get("paid", 0) + sum(fit.paid for fit in fits),
        "failed": stored.outcome.get("failed", 0) + sum(not fit.paid for fit in fits),
        "waiting": 0,
    }
    stored.save(update_fields=["outcome"])
    record(batch, "reopened", by, file=stored.pk, lines=len(fits), proposal=proposal.pk)


def _must_not_have_corrected(batch: Batch, fits: list[Fit], by: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from registry_bankaccount where person_id = any(%s) and since >= %s"
            " and recorded_by_id is not null and same_human(recorded_by_id, %s))",
            [[fit.person_id for fit in fits], batch.sent_on or batch.drawn_on, by.pk],
        )
        if cursor.fetchone()[0]:
            raise PaymentRefused(_("其中有您更正过账户的人，不能由您复核，请由另一人办理。"))


def register_kinds() -> None:
    """Tell the register of proposals what payments proposes."""
    register(
        Kind(
            key=REOPEN,
            title=lazy("改变银行已告知的结果"),
            right=Permission.APPROVE_BATCHES,
            effect=effect_of,
            carry_out=carry_out,
        )
    )
