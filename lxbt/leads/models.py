"""Leads of townships, and every reminder that was given."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from lxbt.leads.rules import ACTIVE, OUTCOMES, WAYS, Kind, State


class Lead(models.Model):
    """Somebody whom a township should speak to. One for each occasion of a kind."""

    person_id = models.BigIntegerField()
    division_code = models.CharField(max_length=12, help_text="the township")
    kind = models.CharField(max_length=12, choices=[(k.value, k.name) for k in Kind])
    subsidies = models.JSONField(help_text="what a right would exist to, or is held")
    about_on = models.DateField(help_text="day of issue, of the end of the certificate, of the move")
    basis = models.CharField(max_length=60)
    state = models.CharField(max_length=12, choices=[(s.value, s.name) for s in State], default=State.OPEN)
    opened_on = models.DateField()
    due_on = models.DateField(
        help_text="last working day for the first reminder; for an ending certificate, for the next one"
    )
    asked = models.PositiveSmallIntegerField(default=1, help_text="how many reminders are due by now")
    reminders = models.PositiveSmallIntegerField(default=0, help_text="how many were given")
    closed_on = models.DateField(null=True)
    closed_basis = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "kind", "about_on"], name="lead_once"),
            models.CheckConstraint(
                condition=Q(state__in=ACTIVE, closed_on__isnull=True)
                | (~Q(state__in=ACTIVE) & Q(closed_on__isnull=False)),
                name="lead_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["division_code", "state", "due_on"], name="lead_inbox"),
            models.Index(fields=["person_id"], name="lead_active", condition=Q(state__in=ACTIVE)),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"


class Reminder(models.Model):
    """A reminder: how, when, by whom, with what outcome. Kept as it is (民发〔2022〕79号)."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    on = models.DateField()
    way = models.CharField(max_length=8)
    outcome = models.CharField(max_length=12)
    note = models.CharField(max_length=200, blank=True)
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=40)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["lead", "id"], name="reminder_lead")]
        constraints = [
            models.CheckConstraint(condition=Q(way__in=WAYS), name="reminder_way"),
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="reminder_outcome"),
        ]
        triggers = [pgtrigger.Protect(name="reminder_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.on}"


class Recheck(models.Model):
    """A decision that was taken after the facts had changed at the Federation and before that was told here, checked
    again.
    """

    person_id = models.BigIntegerField()
    application_number = models.CharField(max_length=24)
    decided_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    differs = models.BooleanField(help_text="by the newer facts the decision would be another")
    details = models.JSONField(default=dict, help_text="{subsidy: [yuan a month as decided, by the newer facts]}")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "application_number", "received_at"], name="recheck_once")
        ]
        indexes = [models.Index(fields=["application_number"], name="recheck_application")]

    def __str__(self) -> str:
        return self.application_number
