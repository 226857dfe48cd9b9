"""The contact directory: one entry for each office."""

from __future__ import annotations

from django.db import models

from lxbt.accounts.rules import Organ


class Office(models.Model):
    """How an office is reached: telephones of the office, never of a person."""

    division_code = models.CharField(max_length=12)
    organ = models.CharField(max_length=16, choices=[(o.value, o.name) for o in Organ])
    telephone = models.CharField(max_length=30)
    telephone_2 = models.CharField(max_length=30, blank=True)
    hours = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=100, blank=True)
    contact_id = models.BigIntegerField(null=True, help_text="the account of the person to ask for")
    contact_name = models.CharField(max_length=40, blank=True)
    confirmed_on = models.DateField()
    confirmed_by_id = models.BigIntegerField(null=True)
    reminded_on = models.DateField(null=True, help_text="when its keepers were last asked to confirm it")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["division_code", "organ"], name="office_once"),
            models.CheckConstraint(condition=models.Q(organ__in=[o.value for o in Organ]), name="office_organ"),
        ]
        indexes = [models.Index(fields=["confirmed_on"], name="office_confirmed")]

    def __str__(self) -> str:
        return f"{self.division_code} {self.organ}"
