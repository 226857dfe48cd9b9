"""The ledger of rights. The database itself refuses two periods of one person and subsidy that overlap.

No extension is needed for that: each period but a person's first names the end of the period before it (`after`), by a
foreign key into the same table, and each end can be named once. So the periods of a person and subsidy form one chain,
and `after <= since < until` puts them in order.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from lxbt.core.profile import SUBSIDIES

PAST_CHANGES = ("new", "stop", "rise", "grade", "suspend", "resume", "move_in", "move_out", "other")
ARREARS_HELD, UNCONFIRMED = "arrears", "unconfirmed"
HELD_FOR = (ARREARS_HELD, UNCONFIRMED)


class Entitlement(models.Model):
    """A right to a subsidy for the months [since, until), while `granted`; a `suspended` period pays nothing.

    `past`: months paid before the system, entered from the books of the time. The draw never looks at them: what
    contradicts the rules there is for a person to judge.
    """

    pk = models.CompositePrimaryKey("person_id", "subsidy", "since")
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    subsidy = models.CharField(max_length=6)
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="exclusive; empty: open")
    after = models.DateField(null=True, blank=True, help_text="`until` of the period before; empty: the first")
    state = models.CharField(max_length=9, default="granted")
    basis = models.CharField(max_length=120, help_text="what the period rests on, e.g. 'application 123'")
    granted_by_id = models.BigIntegerField(null=True, blank=True)
    granted_on = models.DateField()
    end_basis = models.CharField(max_length=120, blank=True)
    ended_by_id = models.BigIntegerField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True, help_text="day of the decision to end")
    recorded_at = models.DateTimeField(db_default=Now())
    again = models.JSONField(
        default=list, db_default=[], help_text="[month, basis] of decisions that granted it again while it ran"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "subsidy", "until"], name="entitlement_end_once"),
            models.UniqueConstraint(
                fields=["person", "subsidy", "after"], name="entitlement_follows_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(subsidy__in=SUBSIDIES), name="entitlement_subsidy"),
            models.CheckConstraint(condition=Q(state__in=["granted", "suspended", "past"]), name="entitlement_state"),
            models.CheckConstraint(
                condition=Q(since__day=1) & (Q(until__isnull=True) | Q(until__gt=F("since"))), name="entitlement_period"
            ),
            models.CheckConstraint(
                condition=Q(after__isnull=True) | Q(after__lte=F("since")), name="entitlement_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.subsidy} {self.since:%Y-%m}"


class PastChange(models.Model):
    """A change of a right before the system (start, stop, rise, grade …), as the books of the time tell it.

    Changes nothing by itself.
    """

    pk = models.CompositePrimaryKey("person_id", "subsidy", "month", "kind", "import_id")
    person_id = models.BigIntegerField()
    subsidy = models.CharField(max_length=6)
    month = models.DateField(help_text="the first month that it holds for")
    kind = models.CharField(max_length=10)
    import_id = models.BigIntegerField()
    old_value = models.CharField(max_length=60, blank=True)
    new_value = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    decided_on = models.DateField(null=True)
    doubts = models.JSONField(default=list, help_text="codes of what the payments of the time contradict")

    class Meta:
        indexes = [models.Index(fields=["import_id"], name="past_change_import")]
        constraints = [
            models.CheckConstraint(condition=Q(subsidy__in=SUBSIDIES), name="past_change_subsidy"),
            models.CheckConstraint(condition=Q(kind__in=PAST_CHANGES), name="past_change_kind"),
            models.CheckConstraint(condition=Q(month__day=1), name="past_change_month"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.subsidy} {self.kind} {self.month:%Y-%m}"


class Stale(models.Model):
    """Months of a person, from `since` on, that the payer of this division must look at again. The draw removes it."""

    pk = models.CompositePrimaryKey("person_id", "division_code")
    person_id = models.BigIntegerField()
    division_code = models.CharField(max_length=12)
    since = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["division_code"], name="stale_place")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.since:%Y-%m}"


class Hold(models.Model):
    """Months [since, until) of a right that came by file or push, and that no draw pays until two persons release them.

    `arrears`: months further back than the place pays without a decision. `unconfirmed`: the right itself was confirmed
    by nobody (pushed outside the go-live window or beyond its limit, or taken in by the system itself).
    """

    pk = models.CompositePrimaryKey("person_id", "subsidy", "since")
    person_id = models.BigIntegerField()
    subsidy = models.CharField(max_length=6)
    since = models.DateField()
    until = models.DateField(null=True, help_text="exclusive; empty: open")
    why = models.CharField(max_length=11)
    import_id = models.BigIntegerField()
    payer_code = models.CharField(max_length=12, help_text="the paying body of the place that was told")
    released_on = models.DateField(null=True)
    asked_by_id = models.BigIntegerField(null=True, help_text="who asked for the release")
    released_by_id = models.BigIntegerField(null=True, help_text="who agreed: another person")

    class Meta:
        indexes = [
            models.Index(fields=["payer_code"], name="hold_payer", condition=Q(released_on__isnull=True)),
            models.Index(fields=["import_id"], name="hold_import"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(subsidy__in=SUBSIDIES), name="hold_subsidy"),
            models.CheckConstraint(condition=Q(why__in=HELD_FOR), name="hold_why"),
            models.CheckConstraint(
                condition=Q(since__day=1) & (Q(until__isnull=True) | (Q(until__gt=F("since")) & Q(until__day=1))),
                name="hold_period",
            ),
            models.CheckConstraint(
                condition=Q(released_on__isnull=True, released_by_id__isnull=True)
                | Q(
                    released_on__isnull=False,
                    released_by_id__isnull=False,
                    asked_by_id__isnull=False,
                ),
                name="hold_released_by_two",
            ),
            models.CheckConstraint(
                condition=Q(released_by_id__isnull=True) | ~Q(released_by_id=F("asked_by_id")),
                name="hold_released_by_another",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="two_release",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("new.released_by_id is not null"),
                func=(
                    "IF same_human(NEW.asked_by_id, NEW.released_by_id) THEN RAISE EXCEPTION 'the second person is "
                    "the first'"
                    " USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_released_by_another'; END IF; RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.subsidy} {self.since:%Y-%m}"


class Uncompared(models.Model):
    """Somebody whose facts or rights changed since the rules above last compared them; whoever compares removes it."""

    person_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"{self.person_id}"
