"""Batches, their items, the lines that go to the bank, bank files, recoveries.

`Item` is partitioned by right-month and keyed (person_id, subsidy, right_month, seq): the database itself refuses a
month twice. It has no foreign keys to the small tables it names: the draw writes millions of rows in one statement
whose ids come out of those tables, which never delete what was used.
"""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from lxbt.audit.humans import other_human
from lxbt.core.profile import SUBSIDIES
from lxbt.payments.rules import BATCH_STATES, LINE_STATES, MOVES, RECOVERY_OPEN, RECOVERY_STATES

USER = settings.AUTH_USER_MODEL


class PayerState(models.Model):
    """How far a payer has come: months looked at for everybody, and the last change of standards it has looked at."""

    payer_code = models.CharField(max_length=12, primary_key=True)
    drawn_until = models.DateField(null=True, help_text="last month drawn for everybody")
    change_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.payer_code


class Batch(models.Model):
    """A monthly batch of one payer (the body that acts as the county)."""

    as_read: str = "drawn"  # the state when an operation read it, for the record

    payer_code = models.CharField(max_length=12)
    month = models.DateField()
    number = models.PositiveSmallIntegerField(help_text="within the month")
    state = models.CharField(max_length=8, default="drawn")
    drawn_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    drawn_on = models.DateField()
    approved_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(null=True)
    sent_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    sent_on = models.DateField(null=True)
    settled_on = models.DateField(null=True)
    returned_reason = models.CharField(max_length=200, blank=True)
    import_id = models.BigIntegerField(null=True, help_text="the import that a `recorded` batch came with")
    paying_organ = models.CharField(
        max_length=40, blank=True, db_default="", help_text="who paid at the time, for a `recorded` batch"
    )
    item_count = models.IntegerField(default=0)
    total = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, help_text="sum of all items, recoveries included"
    )
    recovery_total = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, help_text="sum of the negative items"
    )
    held_count = models.IntegerField(default=0, help_text="persons held back for want of a good account")
    # the order to the bank, frozen when approved: gross - settled - offset = line_total (net)
    line_count = models.IntegerField(null=True)
    line_total = models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text="what goes to the bank")
    gross = models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text="sum of the positive items")
    settled = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, help_text="of it, what settles claims and is not ordered"
    )
    offset = models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text="taken back within lines")
    page = models.JSONField(null=True, help_text="the figures of its page as they were when approved or returned")
    shares = models.JSONField(default=dict, help_text="funding by level, yuan")
    origins = models.JSONField(
        default=list, db_default=[], help_text="what is paid off rights that came by file or push, by import, as drawn"
    )

    class Meta:
        indexes = [
            models.Index(fields=["month", "payer_code"], name="batch_month"),
            models.Index(fields=["import_id"], name="batch_import", condition=Q(import_id__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["payer_code", "month", "number"], name="batch_once"),
            models.CheckConstraint(condition=Q(state__in=BATCH_STATES), name="batch_state"),
            models.CheckConstraint(condition=Q(month__day=1), name="batch_month_first"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(drawn_by__isnull=True) | ~Q(approved_by=F("drawn_by")),
                name="batch_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "sent", "settled"]) | Q(approved_on__isnull=False),
                name="batch_approved_first",
            ),
            models.CheckConstraint(
                condition=Q(approved_on__isnull=True) | Q(approved_by__isnull=False), name="batch_approved_by_a_person"
            ),
        ]
        triggers = [  # who signed stays who signed, else the drawer could be written away before approving
            other_human(
                name="approved_by_another_human",
                constraint="batch_approved_by_another",
                one="approved_by_id",
                other="drawn_by_id",
                sentence="who drew a batch does not approve it",
            ),
            pgtrigger.Trigger(
                name="signatures_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "old.drawn_by_id is distinct from new.drawn_by_id or (old.approved_by_id is not null "
                    "and old.approved_by_id is distinct from new.approved_by_id)"
                ),
                func="RAISE EXCEPTION 'who drew or approved a batch stays' USING ERRCODE = 'check_violation', "
                "CONSTRAINT = 'batch_signatures_stay';",
            ),
            pgtrigger.Trigger(
                name="figures_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "old.gross is not null and (old.total, old.recovery_total, old.item_count, old.line_count, "
                    "old.line_total, old.gross, old.settled, old.offset)"
                    " is distinct from (new.total, new.recovery_total, new.item_count, new.line_count, "
                    "new.line_total, new.gross, new.settled, new.offset)"
                ),
                func="RAISE EXCEPTION 'the figures of an approved batch stay' USING ERRCODE = 'check_violation', "
                "CONSTRAINT = 'batch_figures_stay';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer_code} {self.month:%Y-%m} #{self.number}"


class Item(models.Model):
    """The difference drawn for one person, subsidy and right-month; copies what decided it.

    Never edited, only made void.
    """

    pk = models.CompositePrimaryKey("person_id", "subsidy", "right_month", "seq")
    person_id = models.BigIntegerField()
    batch_id = models.BigIntegerField()
    standard_id = models.BigIntegerField(null=True)
    profile_id = models.BigIntegerField(null=True)
    account_number = models.BigIntegerField(null=True)
    right_month = models.DateField()
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    seq = models.SmallIntegerField()
    subsidy = models.CharField(max_length=6)
    kind = models.CharField(max_length=8)
    division_code = models.CharField(max_length=12)
    reasons = models.CharField(max_length=200, null=True, help_text="codes against the right, for what is taken back")  # noqa: DJ001 (null saves a byte in each of many millions)
    void = models.CharField(max_length=8, null=True, help_text="failed or returned: counts for nothing")  # noqa: DJ001

    class Meta:
        indexes = [models.Index(fields=["batch_id"], name="item_batch")]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="item_amount"),
            models.CheckConstraint(condition=Q(subsidy__in=SUBSIDIES), name="item_subsidy"),
            models.CheckConstraint(
                condition=Q(void__isnull=True) | Q(void__in=["failed", "returned"]), name="item_void"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.subsidy} {self.right_month:%Y-%m} {self.amount}"


class Line(models.Model):
    """What goes to the bank for one person and subsidy of a batch: the items' sum, where it is positive."""

    pk = models.CompositePrimaryKey("person_id", "batch_id", "subsidy")
    person_id = models.BigIntegerField()
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    subsidy = models.CharField(max_length=6)
    row_no = models.IntegerField(help_text="in the bank file")
    reference = models.CharField(max_length=16, blank=True, db_default="", help_text="told to the bank and back by it")
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    offset = models.DecimalField(max_digits=9, decimal_places=2, default=0, help_text="taken back within the line")
    settled = models.DecimalField(
        max_digits=9, decimal_places=2, db_default=0, help_text="of the items, what settles claims and is not ordered"
    )
    account_number = models.BigIntegerField(help_text="as drawn; a later correction does not change where this is paid")
    account_handle = models.BinaryField(null=True, help_text="of the account number that is paid into")
    state = models.CharField(max_length=9, default="ready")
    reason = models.CharField(max_length=40, blank=True)
    bank_reason = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["batch", "row_no"], name="line_row"),
            models.Index(fields=["person_id"], condition=Q(state__in=["failed", "corrected"]), name="line_failed"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="line_amount"),
            models.CheckConstraint(condition=Q(state__in=LINE_STATES), name="line_state"),
        ]
        triggers = [  # what was approved is what is paid: only its outcome changes
            pgtrigger.Trigger(
                name="order_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "row(old.person_id, old.batch_id, old.subsidy, old.row_no, old.reference, old.amount, "
                    "old.account_number, old.account_handle)"
                    " is distinct from row(new.person_id, new.batch_id, new.subsidy, new.row_no, new.reference, "
                    "new.amount, new.account_number, new.account_handle)"
                ),
                func="RAISE EXCEPTION 'an approved order to the bank stays' USING ERRCODE = 'check_violation', "
                "CONSTRAINT = 'line_order_stays';",
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.row_no} {self.amount}"


class BankFile(models.Model):
    """A file as it went out or came in, byte for byte, sealed: it holds account numbers.

    The digest is that of the open file.
    """

    direction = models.CharField(max_length=3)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    encoding = models.CharField(max_length=8)
    content = models.BinaryField(help_text="sealed; see payments.queries.file_content")
    digest = models.BinaryField(help_text="SM3")
    row_count = models.IntegerField(null=True)
    total = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    state = models.CharField(max_length=8, default="stored")
    stored_at = models.DateTimeField(db_default=Now())
    stored_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    outcome = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["direction", "batch", "digest"], name="bank_file_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(direction__in=["out", "in"]), name="bank_file_direction"),
            models.CheckConstraint(condition=Q(state__in=["stored", "read"]), name="bank_file_state"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.name}"


class UnmatchedRow(models.Model):
    """A row of a result file that fits no line: kept for a person to look at."""

    file = models.ForeignKey(BankFile, models.PROTECT, related_name="+")
    row_no = models.IntegerField()
    masked_account = models.CharField(max_length=40, blank=True)
    sealed = models.BinaryField(help_text="the row as it came, sealed")
    why = models.CharField(max_length=100)
    handled_note = models.CharField(max_length=200, blank=True)
    handled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    handled_at = models.DateTimeField(null=True, help_text="empty for what was handled before this was kept")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(handled_by__isnull=True, handled_at__isnull=True, handled_note="")
                | (Q(handled_by__isnull=False) & ~Q(handled_note="")),
                name="unmatched_handled",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="handled_once",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("handled_by_id", "handled_note", "handled_at")  # type: ignore[no-untyped-call]
                | pgtrigger.Delete,
                condition=pgtrigger.Condition("old.handled_by_id is not null"),
                func="RAISE EXCEPTION 'what was done about a row stays' USING ERRCODE = 'check_violation', "
                "CONSTRAINT = 'unmatched_handled_once';",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.row_no}"


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
            pgtrigger.Trigger(
                name="claims_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("old.recovered <> 0 or old.waived <> 0 or old.lifted <> 0"),
                func="RAISE EXCEPTION 'a claim that moved stays' USING ERRCODE = 'check_violation', "
                "CONSTRAINT = 'recovery_claims_stay';",
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
            pgtrigger.Trigger(
                name="moves_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("old.kind <> 'restored'"),  # taken back with the order of its batch
                func="RAISE EXCEPTION 'what moved a claim stays' USING ERRCODE = 'check_violation', "
                "CONSTRAINT = 'recovery_moves_stay';",
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
