"""Money to be taken back: claims, their months, and what moved them."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import F, Q

from lxbt.audit.guards import refusing
from lxbt.payments.models.batches import Batch
from lxbt.payments.rules import MOVES, RECOVERY_OPEN, RECOVERY_STATES


class Recovery(models.Model):
    """Money to be taken back from a person: what a batch's negative sum leaves."""

    pk = models.CompositePrimaryKey("person_id", "batch_id", "subsidy")
    person_id = models.BigIntegerField()
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    subsidy = models.CharField(max_length=6)
    division_code = models.CharField(max_length=12)
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    recovered = models.DecimalField(max_digits=9, decimal_places=2, default=0, help_text="repaid by the person")
    waived = models.DecimalField(max_digits=9, decimal_places=2, db_default=0, help_text="waived or given up")
    lifted = models.DecimalField(
        max_digits=9, decimal_places=2, db_default=0, help_text="due again after all, or sent back by the bank"
    )
    state = models.CharField(max_length=13, default="open")
    basis = models.CharField(max_length=200, blank=True, help_text="document for waiving or giving up")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    closed_by_id = models.BigIntegerField(null=True)

    class Meta:
        triggers = [
            refusing(
                name="claims_stay",
                operation=pgtrigger.Delete,
                when="old.recovered <> 0 or old.waived <> 0 or old.lifted <> 0",
                sentence="a claim that moved stays",
                constraint="recovery_claims_stay",
            )
        ]
        indexes = [models.Index(fields=["division_code", "state"], name="recovery_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(recovered__gte=0) & Q(recovered__lte=F("amount")), name="recovery_amount"
            ),
            models.CheckConstraint(condition=Q(state__in=RECOVERY_STATES), name="recovery_state"),
            models.CheckConstraint(
                condition=~Q(state__in=["waived", "unrecoverable"]) | ~Q(basis=""), name="recovery_basis"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=RECOVERY_OPEN, amount__gt=F("recovered") + F("waived") + F("lifted"))
                    | (~Q(state__in=RECOVERY_OPEN) & Q(amount=F("recovered") + F("waived") + F("lifted")))
                ),
                name="recovery_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.amount}"

    @property
    def outstanding(self) -> Decimal:
        """What is still claimed, yuan."""
        return self.amount - self.recovered - self.waived - self.lifted


class RecoveryMonth(models.Model):
    """A right-month of a claim: what is claimed, and what became of it.

    What is left is `amount - repaid - waived - lifted`.
    """

    pk = models.CompositePrimaryKey("person_id", "subsidy", "right_month", "batch_id")
    person_id = models.BigIntegerField()
    subsidy = models.CharField(max_length=6)
    right_month = models.DateField()
    batch_id = models.BigIntegerField(help_text="of the claim")
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    repaid = models.DecimalField(max_digits=9, decimal_places=2, db_default=0)
    waived = models.DecimalField(max_digits=9, decimal_places=2, db_default=0, help_text="waived or given up")
    lifted = models.DecimalField(
        max_digits=9, decimal_places=2, db_default=0, help_text="due again after all, or sent back by the bank"
    )

    class Meta:
        indexes = [models.Index(fields=["batch_id"], name="recovery_month_batch")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & Q(repaid__gte=0)
                & Q(waived__gte=0)
                & Q(lifted__gte=0)
                & Q(amount__gte=F("repaid") + F("waived") + F("lifted")),
                name="recovery_month_adds_up",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.right_month:%Y-%m} {self.amount}"


class RecoveryMove(models.Model):
    """What moved a claim, and by how much; never edited. `cause_id`: the batch whose items or returned line did it."""

    person_id = models.BigIntegerField()
    subsidy = models.CharField(max_length=6)
    right_month = models.DateField()
    batch_id = models.BigIntegerField(help_text="of the claim")
    kind = models.CharField(max_length=13)
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    from_waived = models.DecimalField(
        max_digits=9, decimal_places=2, db_default=0, help_text="of it, what had been waived before"
    )
    cause_id = models.BigIntegerField(null=True)
    on = models.DateField()
    by_id = models.BigIntegerField(null=True)
    proposed_by_id = models.BigIntegerField(null=True, help_text="who asked for what a second person settled")

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="settled_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition(
                    "new.by_id is not null and new.kind in ('recovered', 'offset', 'waived', 'unrecoverable') "
                    "and new.cause_id is null"
                ),
                func="IF NEW.proposed_by_id IS NULL OR same_human(NEW.proposed_by_id, NEW.by_id) THEN RAISE EXCEPTION "
                "'two persons settle a claim' USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_move_by_two'; "
                "END IF; RETURN NEW;",
            ),
            refusing(
                name="moves_stay",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when="old.kind <> 'restored'",  # those are taken back with the order of their batch
                sentence="what moved a claim stays",
                constraint="recovery_moves_stay",
            ),
        ]
        indexes = [
            models.Index(fields=["person_id"], name="recovery_move_person"),
            models.Index(fields=["cause_id"], name="recovery_move_cause", condition=Q(cause_id__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MOVES), name="recovery_move_kind"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(from_waived__gte=0) & Q(from_waived__lte=F("amount")),
                name="recovery_move_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.amount}"
