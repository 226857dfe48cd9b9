"""Signs of life, planned maintenance, incidents."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Beat(models.Model):
    """The last sign of life of the background work: one row."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at}"


class Maintenance(models.Model):
    """A window of planned maintenance, told on every page before and while it lasts."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    text = models.CharField(max_length=200)
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=40)
    announced_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="maintenance_window")]
        indexes = [models.Index(fields=["ends_at"], name="maintenance_due", condition=Q(cancelled_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.starts_at} {self.text}"


class Incident(models.Model):
    """Something that did not run: found by the system itself, or written by an administrator of the nation."""

    part = models.CharField(max_length=12)
    title = models.CharField(max_length=80, blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=400, blank=True)
    by_id = models.BigIntegerField(null=True, help_text="empty: found by the system itself")
    by_name = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(part__in=["worker", "federation", "database", "pages", "other"]), name="incident_part"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")), name="incident_period"
            ),
            models.UniqueConstraint(fields=["part"], condition=Q(ended_at__isnull=True), name="incident_one_open"),
        ]
        indexes = [models.Index(fields=["-began_at"], name="incident_began")]

    def __str__(self) -> str:
        return f"{self.part} {self.began_at}"
