"""Entries that may be one person, and what was decided; those that were joined."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Match(models.Model):
    """A proposal that two entries are one person. `person_id` is the earlier one."""

    person_id = models.BigIntegerField()
    other_id = models.BigIntegerField()
    division_code = models.CharField(max_length=12, help_text="of the one")
    other_division = models.CharField(max_length=12)
    reason = models.CharField(max_length=24)
    evidence = models.JSONField(default=list)
    state = models.CharField(max_length=8, default="open")
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=40, blank=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "other_id"], name="match_once"),
            models.CheckConstraint(condition=Q(person_id__lt=F("other_id")), name="match_order"),
            models.CheckConstraint(condition=Q(state__in=["open", "joined", "apart"]), name="match_state"),
            models.CheckConstraint(
                condition=Q(state="open") | (Q(decided_at__isnull=False) & ~Q(why="")), name="match_decided"
            ),
        ]
        indexes = [
            models.Index(fields=["division_code", "state", "-id"], name="match_place"),
            models.Index(fields=["other_id"], name="match_other"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.other_id} {self.reason}"


class Joining(models.Model):
    """One entry joined to another. `moved` says what went over, so that it can go back."""

    person_id = models.BigIntegerField(help_text="the entry that stays")
    other_id = models.BigIntegerField(help_text="the entry that is an alias from now on")
    match = models.ForeignKey(Match, models.PROTECT, related_name="+")
    moved = models.JSONField()
    joined_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["other_id"], condition=Q(undone_at__isnull=True), name="joined_once")
        ]
        indexes = [models.Index(fields=["person_id"], name="joining_person")]

    def __str__(self) -> str:
        return f"{self.other_id} -> {self.person_id}"
