"""Written notices and bulletins, their papers, and who has read them. Nothing is kept for those who have not."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from lxbt.documents.models import OfficeFile
from lxbt.notices.rules import OPEN, SENT, CircularKind, CircularState

# What readers have seen is not changed under their eyes: a newer version refers to the old one.
UNCHANGED = """
    IF OLD.state NOT IN ('draft', 'scheduled') \
AND (NEW.title, NEW.text, NEW.blocks, NEW.number, NEW.issuer, NEW.addressee, NEW.area, NEW.levels, NEW.to_organ,
        NEW.to_role, NEW.receipt_due_on, NEW.published_at) IS DISTINCT \
FROM (OLD.title, OLD.text, OLD.blocks, OLD.number, OLD.issuer, OLD.addressee, OLD.area,
        OLD.levels, OLD.to_organ, OLD.to_role, OLD.receipt_due_on, OLD.published_at) THEN
        RAISE EXCEPTION 'a published notice is corrected by a new one' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'circular_unchanged';
    END IF;
    RETURN NEW;
"""


class Circular(models.Model):
    """A written notice (通知) or bulletin (通报) of an office to everybody of an area, at some levels, of an organ and
    role.
    """

    kind = models.CharField(max_length=8, default=CircularKind.NOTICE.value)
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True, help_text="paragraphs, no markup")
    blocks = models.JSONField(
        default=list, help_text="parts that the system made: tables, charts, sentences with figures"
    )
    number = models.CharField(max_length=60, blank=True, help_text="鄂民函〔2026〕12号")
    issuer = models.CharField(max_length=60)
    addressee = models.CharField(max_length=120, blank=True)
    from_code = models.CharField(max_length=12)
    from_organ = models.CharField(max_length=16)
    area = models.CharField(max_length=12)
    levels = ArrayField(models.PositiveSmallIntegerField())
    to_organ = models.CharField(max_length=16, blank=True, help_text="empty: every organ")
    to_role = models.CharField(max_length=32, blank=True, help_text="empty: every role")
    urgent = models.BooleanField(default=False)
    receipt_due_on = models.DateField(null=True, help_text="receipts are wanted until then; empty: none are")
    state = models.CharField(max_length=10, default=CircularState.DRAFT.value)
    drafted_by_id = models.BigIntegerField(null=True)
    drafted_by_name = models.CharField(max_length=40, blank=True)
    drafted_at = models.DateTimeField()
    publish_at = models.DateTimeField(null=True, help_text="goes out by itself then")
    published_at = models.DateTimeField(null=True)
    published_by_id = models.BigIntegerField(null=True)
    published_by_name = models.CharField(max_length=40, blank=True)
    offices = models.IntegerField(null=True, help_text="reached on the day of publishing")
    accounts = models.IntegerField(null=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    changed = models.CharField(max_length=500, blank=True, help_text="what this version changes")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_id = models.BigIntegerField(null=True)
    withdrawn_for = models.CharField(max_length=200, blank=True)
    reminded_on = models.DateField(null=True)
    pdf = models.ForeignKey(OfficeFile, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["area", "-published_at"], condition=Q(state__in=sorted(SENT)), name="circular_area"),
            models.Index(fields=["from_code", "-id"], name="circular_from"),
            models.Index(fields=["publish_at"], condition=Q(state="scheduled"), name="circular_due"),
            models.Index(
                fields=["receipt_due_on"],
                condition=Q(state="published", receipt_due_on__isnull=False),
                name="circular_receipts",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in CircularState]), name="circular_state"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in CircularKind]), name="circular_kind"),
            models.CheckConstraint(condition=Q(levels__len__gt=0), name="circular_levels"),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(publish_at__isnull=False), name="circular_scheduled"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(OPEN)) | Q(published_at__isnull=False, offices__isnull=False),
                name="circular_published",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_for="")),
                name="circular_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | Q(state__in=sorted(OPEN)) | ~Q(changed=""),
                name="circular_says_what_changed",
            ),
            models.UniqueConstraint(
                fields=["corrects"], condition=Q(state__in=sorted(SENT)), name="circular_corrected_once"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(name="unchanged", when=pgtrigger.Before, operation=pgtrigger.Update, func=UNCHANGED)
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class CircularPaper(models.Model):
    """A paper that goes with a notice."""

    circular = models.ForeignKey(Circular, models.CASCADE, related_name="papers")
    file = models.ForeignKey(OfficeFile, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circular", "file"], name="circular_paper_once")]

    def __str__(self) -> str:
        return f"{self.circular_id} {self.file_id}"


class CircularReceipt(models.Model):
    """An account read a notice, for the office that it was addressed at; and gave the receipt, where one is wanted."""

    circular = models.ForeignKey(Circular, models.CASCADE, related_name="+")
    user_id = models.BigIntegerField()
    division_code = models.CharField(max_length=12)
    organ = models.CharField(max_length=16)
    read_at = models.DateTimeField(db_default=Now())
    received_at = models.DateTimeField(null=True, help_text="the receipt of the office")
    reply = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "circular"], name="circular_receipt_once")]
        indexes = [models.Index(fields=["circular", "division_code", "organ"], name="circular_receipt_office")]

    def __str__(self) -> str:
        return f"{self.circular_id} {self.user_id}"
