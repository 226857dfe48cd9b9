"""The tree of administrative areas, and the small table of months whose numbers must be recounted."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from lxbt.divisions.rules import Level


class DivisionKind(models.TextChoices):
    """What a node is: an ordinary area, a node that the data has only for its digits, a corps body, or a zone."""

    AREA = "area", "行政区"
    PASS_THROUGH = "pass_through", "仅编码层级"
    CORPS = "corps", "兵团"
    ZONE = "zone", "功能区"


class Division(models.Model):
    """One administrative area. Never deleted: a merged or abolished one gets `until` and `merged_into`."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=60, help_text="initials, for finding by typing")
    level = models.PositiveSmallIntegerField(choices=[(level.value, level.name) for level in Level])
    kind = models.CharField(max_length=12, choices=DivisionKind, default=DivisionKind.AREA)
    parent_code = models.CharField(max_length=12, blank=True)
    acts_as_county = models.BooleanField(default=False, help_text="reviews, decides and pays for the townships below")
    since = models.DateField(null=True, blank=True, help_text="empty: before the system began")
    until = models.DateField(null=True, blank=True, help_text="exclusive; empty: still in force")
    merged_into = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["parent_code"], name="division_parent"),
            models.Index(fields=["level", "code"], name="division_level"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__regex=r"^\d{12}$"), name="division_code_digits"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True)
                | models.Q(since__isnull=True)
                | models.Q(until__gte=models.F("since")),
                name="division_period",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into="") | models.Q(until__isnull=False), name="division_merged_has_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def tier(self) -> int:
        """The level that the body works at: 东莞 is a city by its digits and a county by its work."""
        return Level.COUNTY if self.acts_as_county else self.level


class StaleMonth(models.Model):
    """A division and month whose published numbers no longer hold; a task recounts and removes the row."""

    division_code = models.CharField(max_length=12)
    month = models.DateField(help_text="first of the month")
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["division_code", "month"], name="stale_month_once")]

    def __str__(self) -> str:
        return f"{self.division_code} {self.month:%Y-%m}"


class WorkdayOverride(models.Model):
    """A day that is, against the national calendar, a working day or not: for years not yet announced."""

    day = models.DateField(primary_key=True)
    is_workday = models.BooleanField()
    note = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"{self.day}"
