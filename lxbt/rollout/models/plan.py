"""The plan, dated and never overwritten: the newest row of a province, and of a task, is in force."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from lxbt.rollout.rules.doors import Door
from lxbt.rollout.rules.plan import Connection, Task


class Plan(models.Model):
    """What was planned for a province: its batch, its window, how it is connected, why."""

    province_code = models.CharField(max_length=12)
    batch = models.PositiveSmallIntegerField(null=True, help_text="empty: outside the batches")
    opens_on = models.DateField(null=True, help_text="empty: no window yet")
    closes_on = models.DateField(null=True, help_text="inclusive")
    connection = models.CharField(max_length=9, default=Connection.DIRECT.value)
    counties = ArrayField(models.CharField(max_length=12), default=list, help_text="those that take part; empty: all")
    basis = models.CharField(max_length=200, help_text="the document, or the reason of the change")
    demonstration = models.BooleanField(default=False)
    set_by_id = models.BigIntegerField(null=True)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["province_code", "-id"], name="plan_province")]
        constraints = [
            models.CheckConstraint(condition=Q(province_code__regex=r"^\d{2}0{10}$"), name="plan_province_code"),
            models.CheckConstraint(
                condition=Q(opens_on__isnull=True, closes_on__isnull=True)
                | Q(opens_on__isnull=False, closes_on__gte=F("opens_on")),
                name="plan_window",
            ),
            models.CheckConstraint(condition=Q(connection__in=[c.value for c in Connection]), name="plan_connection"),
            models.CheckConstraint(condition=~Q(basis=""), name="plan_basis"),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.province_code} {self.opens_on}"


class Term(models.Model):
    """When a task is due, so many months and days after the window opens."""

    task = models.CharField(max_length=8)
    months = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=200)
    set_by_id = models.BigIntegerField(null=True)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(task__in=[t.value for t in Task]), name="term_task"),
            models.CheckConstraint(condition=Q(months__lte=60) & Q(days__lte=366), name="term_length"),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.task} {self.months} {self.days}"


class Remark(models.Model):
    """The reason and the next step, as the coordinator of an area wrote them on a day.

    The newest is shown, all are kept.
    """

    division_code = models.CharField(max_length=12)
    reason = models.CharField(max_length=200)
    next_step = models.CharField(max_length=200, blank=True)
    next_on = models.DateField(null=True, help_text="until when the next step is promised")
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["division_code", "-id"], name="remark_place")]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="remark_reason")]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.division_code} {self.at:%Y-%m-%d}"


class Permit(models.Model):
    """A door of going live opened outside the window, for some days, by two persons of which the second is of a level
    above.
    """

    division_code = models.CharField(max_length=12)
    doors = ArrayField(models.CharField(max_length=10))
    opens_on = models.DateField()
    closes_on = models.DateField(help_text="inclusive")
    reason = models.CharField(max_length=200)
    asked_by_id = models.BigIntegerField()
    given_by_id = models.BigIntegerField()
    given_by_name = models.CharField(max_length=80)
    given_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["division_code", "-id"], name="permit_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")) & Q(doors__len__gt=0) & ~Q(reason=""), name="permit_days"
            ),
            models.CheckConstraint(condition=Q(doors__contained_by=[door.value for door in Door]), name="permit_doors"),
            models.CheckConstraint(condition=~Q(asked_by_id=F("given_by_id")), name="permit_given_by_another"),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="two_persons",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=(
                    "IF same_human(NEW.asked_by_id, NEW.given_by_id) THEN RAISE EXCEPTION 'the second person is the "
                    "first'"
                    " USING ERRCODE = 'check_violation', CONSTRAINT = 'permit_given_by_another'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_code} {self.opens_on}"
