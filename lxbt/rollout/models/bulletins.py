"""Bulletins by a plan, and their issues with the figures of that moment."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lxbt.notices.models import Circular
from lxbt.rollout.rules.bulletins import Interval


class Bulletin(models.Model):
    """A plan: at its moments an issue is made of live figures and goes out as a notice, after somebody looked or by
    itself.
    """

    from_code = models.CharField(max_length=12)
    from_organ = models.CharField(max_length=16)
    area = models.CharField(max_length=12, help_text="whose figures, and who gets it")
    levels = ArrayField(models.PositiveSmallIntegerField())
    to_organ = models.CharField(max_length=16, blank=True)
    title = models.CharField(max_length=120)
    number = models.CharField(max_length=60, blank=True)
    issuer = models.CharField(max_length=60)
    addressee = models.CharField(max_length=120, blank=True)
    text = models.TextField(help_text="paragraphs with places for figures, lines for tables and charts")
    interval = models.CharField(max_length=8)
    day = models.PositiveSmallIntegerField(default=1)
    at = models.TimeField()
    receipt_days = models.PositiveSmallIntegerField(
        null=True, help_text="days after publishing until which receipts are wanted"
    )
    automatic = models.BooleanField(default=False, help_text="goes out without anybody looking")
    active = models.BooleanField(default=True)
    next_due_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["next_due_at"], condition=Q(active=True), name="bulletin_due"),
            models.Index(fields=["from_code", "-id"], name="bulletin_from"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(interval__in=[i.value for i in Interval]), name="bulletin_interval"),
            models.CheckConstraint(
                condition=Q(day__gte=1, day__lte=31) & (~Q(interval="weekly") | Q(day__lte=7)), name="bulletin_day"
            ),
            models.CheckConstraint(condition=Q(levels__len__gt=0), name="bulletin_levels"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.interval}"


class BulletinIssue(models.Model):
    """One issue. Its figures are those of the moment it was made and are never counted anew."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="issues")
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(help_text="within the year")
    figures = models.JSONField()
    stale = models.BooleanField(default=False, help_text="something waited to be counted anew when it was made")
    circular = models.ForeignKey(Circular, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "due_at"], name="bulletin_issue_once"),
            models.UniqueConstraint(fields=["bulletin", "year", "number"], name="bulletin_issue_number"),
        ]

    def __str__(self) -> str:
        return f"{self.bulletin_id} {self.year}-{self.number}"
