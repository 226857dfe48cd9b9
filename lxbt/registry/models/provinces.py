"""When a province with a system of its own was last heard."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ProvinceHeard(models.Model):
    """The last time that a province's own system told something; and the month up to which it was found equal.

    Only such provinces have a row.
    """

    province_code = models.CharField(max_length=12, primary_key=True)
    heard_at = models.DateTimeField()
    synced_until = models.DateField(
        null=True, help_text="first day of the last month in which both sides held the same"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(synced_until__isnull=True) | Q(synced_until__day=1), name="provinceheard_month"
            )
        ]

    def __str__(self) -> str:
        return self.province_code
