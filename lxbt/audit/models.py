"""The record of who did what to which record, and who looked at whose data."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """One act or one look. No foreign keys: the record outlives what it speaks of.

    `details` never holds an identity, certificate, account or phone number.
    """

    at = models.DateTimeField(db_default=Now())
    by_id = models.BigIntegerField(null=True, help_text="the user; empty: the system itself")
    by_name = models.CharField(max_length=80, blank=True)
    by_place = models.CharField(max_length=12, blank=True, help_text="division of the user at that time")
    action = models.CharField(max_length=60, help_text="noun.verb in the past, for instance application.submitted")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60)
    person_id = models.BigIntegerField(null=True, help_text="whose data, where it is a person's")
    division_code = models.CharField(max_length=12, blank=True, help_text="where the subject belongs")
    reason = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "-at"], name="event_person", condition=models.Q(person_id__isnull=False)),
            models.Index(fields=["subject_kind", "subject_id"], name="event_subject"),
            models.Index(fields=["division_code", "-at"], name="event_division"),
            models.Index(fields=["by_id", "-at"], name="event_by"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind} {self.subject_id}"
