"""What goes to the bank, and what comes back."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from lxbt.audit.guards import refusing
from lxbt.payments.models.batches import Batch
from lxbt.payments.rules import LINE_STATES

USER = settings.AUTH_USER_MODEL


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
            refusing(
                name="order_stays",
                operation=pgtrigger.Update,
                when="row(old.person_id, old.batch_id, old.subsidy, old.row_no, old.reference, old.amount, "
                "old.account_number, old.account_handle)"
                " is distinct from row(new.person_id, new.batch_id, new.subsidy, new.row_no, new.reference, "
                "new.amount, new.account_number, new.account_handle)",
                sentence="an approved order to the bank stays",
                constraint="line_order_stays",
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
            refusing(
                name="handled_once",
                operation=pgtrigger.UpdateOf("handled_by_id", "handled_note", "handled_at")  # type: ignore[no-untyped-call]
                | pgtrigger.Delete,
                when="old.handled_by_id is not null",
                sentence="what was done about a row stays",
                constraint="unmatched_handled_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.row_no}"
