"""Campaigns: the ministry's check of data by a plan, or one of a place below."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

CAMPAIGN_STATES = ("planned", "running", "verifying", "rechecking", "closed")


class Campaign(models.Model):
    """A check of data: a plan, a batch of rules, a month, an area, a day until which results are reported
    (民办函〔2023〕43号).
    """

    name = models.CharField(max_length=60)
    plan = models.CharField(max_length=1000)
    document_number = models.CharField(max_length=100, blank=True)
    area = models.CharField(max_length=12)
    rules = models.JSONField()
    month = models.DateField(help_text="the month compared")
    opens_on = models.DateField()
    due_on = models.DateField(help_text="results are reported by then")
    state = models.CharField(max_length=10, default="planned")
    planned_by_id = models.BigIntegerField(null=True)
    planned_by_name = models.CharField(max_length=40, blank=True)
    dispatched_on = models.DateField(null=True)
    rechecked_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    summary = models.CharField(max_length=1000, blank=True)
    closing_by_id = models.BigIntegerField(null=True, help_text="who proposed to close it")
    closed_by_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="campaign_area")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CAMPAIGN_STATES), name="campaign_state"),
            models.CheckConstraint(condition=Q(month__day=1), name="campaign_month_first"),
            models.CheckConstraint(condition=Q(due_on__gte=F("opens_on")), name="campaign_period"),
            models.CheckConstraint(
                condition=~Q(state="closed") | (Q(closed_on__isnull=False) & ~Q(summary="")), name="campaign_closed"
            ),
        ]

        triggers = [
            pgtrigger.Trigger(
                name="closed_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("old.state <> 'closed' and new.state = 'closed'"),
                func=(
                    "IF NEW.closing_by_id IS NULL OR NEW.closed_by_id IS NULL OR same_human(NEW.closing_by_id, "
                    "NEW.closed_by_id)"
                    " THEN RAISE EXCEPTION 'two persons close a campaign'"
                    " USING ERRCODE = 'check_violation', CONSTRAINT = 'campaign_closed_by_two'; END IF; RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name
