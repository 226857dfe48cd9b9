"""Batches that were pushed, what became of each row, and which record of theirs is which of ours.

A batch is an import of records: chunks, counts, errors, undoing are those of imports. Single pushes of a day are rows
of one batch.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lxbt.provincial.models.clients import Client
from lxbt.provincial.rules.kinds import KINDS


class Batch(models.Model):
    """Rows that came together, or (`day`) one by one on the same day."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="+")
    importing = models.OneToOneField("imports.Import", models.PROTECT, db_column="import_id", related_name="+")
    kind = models.CharField(max_length=12)
    month = models.DateField(null=True, help_text="as the client says")
    day = models.DateField(null=True, help_text="of single pushes")
    rows = models.IntegerField(
        default=0, help_text="as declared and counted; of single pushes: see the import's counts"
    )
    digest = models.BinaryField(help_text="SM3 of the body as it came; of single pushes: of their name")
    sandbox = models.BooleanField(help_text="as the client was when it came")
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="provincial_batch_kind"),
            models.CheckConstraint(condition=Q(month__isnull=True) | Q(month__day=1), name="provincial_batch_month"),
            models.UniqueConstraint(
                fields=["client", "kind", "day", "sandbox"], condition=Q(day__isnull=False), name="provincial_batch_day"
            ),
        ]
        indexes = [
            models.Index(fields=["client", "-received_at"], name="provincial_batch_client"),
            models.Index(fields=["received_at"], name="provincial_batch_waiting", condition=Q(done_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"


class RowResult(models.Model):
    """What became of a row of a batch; `reasons` and `doubts` are [column, code] each."""

    pk = models.CompositePrimaryKey("batch_id", "row_no")
    batch_id = models.BigIntegerField()
    row_no = models.IntegerField()
    ref = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8)
    reasons = models.JSONField(null=True)
    doubts = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.batch_id} {self.row_no} {self.outcome}"


class Pushed(models.Model):
    """A record of a client that was taken, by its own number. Like the table of identifiers it is looked up by its key
    alone.

    `digest` tells whether it comes again with the same content; `version` counts its contents.
    """

    pk = models.CompositePrimaryKey("client_id", "kind", "ref")
    client_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    ref = models.CharField(max_length=64)
    digest = models.BinaryField(help_text="16 bytes")
    version = models.SmallIntegerField(default=1)
    person_id = models.BigIntegerField()
    subsidy = models.CharField(max_length=6, blank=True, help_text="empty: both, or none")
    month = models.DateField(null=True)
    batch_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["person_id"], name="provincial_pushed_person")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.kind} {self.ref}"
