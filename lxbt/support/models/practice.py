"""Who practised what, and who is trained.

The practice county itself stands in a schema of its own (`lxbt.practice`).
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q


class Attempt(models.Model):
    """One exercise begun by one account in a practice county made for it."""

    user_id = models.BigIntegerField()
    exercise = models.CharField(max_length=24)
    county_code = models.CharField(max_length=12, help_text="in practice only; empty until it is made")
    given = models.JSONField(default=dict, help_text="invented numbers that the exercise asks to type")
    started_at = models.DateTimeField()
    checked = models.PositiveSmallIntegerField(default=0, help_text="how often it was checked")
    passed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user_id", "exercise"], name="attempt_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(passed_at__isnull=True) | Q(passed_at__gte=F("started_at")), name="attempt_passed"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.exercise}"


class TrainingRecord(models.Model):
    """An account finished all exercises of a role. It does not expire and is not taken back."""

    user_id = models.BigIntegerField()
    role = models.CharField(max_length=24)
    place_code = models.CharField(max_length=12, help_text="where the account worked then")
    finished_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "role"], name="training_once")]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.finished_on}"
