"""Suspicions, what was done with each, papers that prove it; signals of places; kinds of false hits that are kept
quiet; runs.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from lxbt.audit.humans import other_human
from lxbt.matching.rules import FINAL, OPEN, PAPERS, Measure, Outcome, State
from lxbt.matching.rules.rule import Severity, Side


class Suspicion(models.Model):
    """A suspicion about a person by one rule and one source: what is claimed, where it stands, what came of it."""

    person_id = models.BigIntegerField()
    rule = models.CharField(max_length=4)
    source = models.CharField(max_length=20)
    side = models.CharField(max_length=8, choices=[(s.value, s.name) for s in Side])
    severity = models.CharField(max_length=8, choices=[(s.value, s.name) for s in Severity])
    division_code = models.CharField(max_length=12, help_text="township of the household")
    county_code = models.CharField(max_length=12, help_text="the body that confirms")
    state = models.CharField(max_length=12, choices=[(s.value, s.name) for s in State], default=State.RAISED)
    fuzzy = models.BooleanField(default=False, help_text="met by name or likelihood only")
    evidence = models.JSONField(default=list, help_text="what both sides say")
    digest = models.CharField(max_length=32, help_text="of the facts it rests on: the same facts, the same suspicion")
    months = models.JSONField(default=dict, help_text="{subsidy: {YYYY-MM: yuan}}: too much, or too little, was paid")
    since_month = models.DateField(null=True, help_text="the first month claimed")
    first_month = models.DateField(null=True)
    last_month = models.DateField(null=True)
    month_count = models.PositiveSmallIntegerField(default=0)
    amount = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    raised_on = models.DateField()
    dispatched_on = models.DateField(null=True)
    due_on = models.DateField(null=True, help_text="last working day for the township")
    climbed = models.PositiveSmallIntegerField(default=0, help_text="how many levels above were told that it is late")
    outcome = models.CharField(max_length=12, blank=True, choices=[(o.value, o.name) for o in Outcome])
    measure = models.CharField(max_length=8, blank=True, choices=[(m.value, m.name) for m in Measure])
    measure_month = models.DateField(null=True, help_text="stop, suspend or arrears from here")
    basis = models.CharField(max_length=200, blank=True, help_text="why nothing is done, or what was put right")
    way = models.CharField(max_length=8, blank=True)
    concluded_by_id = models.BigIntegerField(null=True)
    concluded_on = models.DateField(null=True)
    confirmed_by_id = models.BigIntegerField(null=True)
    confirmed_on = models.DateField(null=True)
    sampled_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    stopped_month = models.DateField(
        null=True, help_text="payment was suspended from here by itself, as a setting says"
    )
    campaign_id = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["division_code", "state", "due_on"], name="suspicion_inbox"),
            models.Index(fields=["person_id"], name="suspicion_person"),
            models.Index(fields=["division_code", "rule", "raised_on"], name="suspicion_rule"),
            models.Index(
                fields=["campaign_id", "division_code"],
                name="suspicion_campaign",
                condition=Q(campaign_id__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "rule", "source"], condition=Q(state__in=OPEN), name="suspicion_open_once"
            ),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="suspicion_state"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *Outcome]) & Q(measure__in=["", *Measure]), name="suspicion_outcome"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["concluded", "confirmed", "closed"]) | (~Q(outcome="") & ~Q(measure="")),
                name="suspicion_concluded",
            ),
            models.CheckConstraint(condition=~Q(measure="none") | ~Q(basis=""), name="suspicion_nothing_needs_a_basis"),
            models.CheckConstraint(
                condition=Q(state__in=FINAL, closed_on__isnull=False)
                | (~Q(state__in=FINAL) & Q(closed_on__isnull=True)),
                name="suspicion_closed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.RAISED, State.LAPSED]) | Q(dispatched_on__isnull=False),
                name="suspicion_dispatched",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by_id__isnull=True)
                | Q(concluded_by_id__isnull=True)
                | ~Q(confirmed_by_id=models.F("concluded_by_id")),
                name="suspicion_confirmed_by_another",
            ),
        ]
        triggers = [
            other_human(
                name="confirmed_by_another_human",
                constraint="suspicion_confirmed_by_another",
                one="confirmed_by_id",
                other="concluded_by_id",
                sentence="who concluded does not confirm",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.person_id}"


class Act(models.Model):
    """What somebody did with a suspicion. Kept as it is."""

    suspicion = models.ForeignKey(Suspicion, models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    act = models.CharField(max_length=12)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=40, blank=True)
    place_code = models.CharField(max_length=12, blank=True)
    opinion = models.CharField(max_length=500, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["suspicion", "id"], name="act_suspicion")]
        triggers = [pgtrigger.Protect(name="act_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.suspicion_id} {self.act}"


class Proof(models.Model):
    """A paper or photograph that belongs to a suspicion.

    `latitude`, `longitude`: where the photograph was taken, if told.
    """

    suspicion = models.ForeignKey(Suspicion, models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    document_id = models.BigIntegerField()
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    note = models.CharField(max_length=100, blank=True)
    added_at = models.DateTimeField()
    added_by_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["suspicion", "id"], name="proof_suspicion")]
        constraints = [models.CheckConstraint(condition=Q(kind__in=PAPERS), name="proof_kind")]

    def __str__(self) -> str:
        return f"{self.suspicion_id} {self.document_id}"


class Signal(models.Model):
    """Something about a place that people above should ask about. It goes when it is no longer so, or was answered."""

    division_code = models.CharField(max_length=12)
    rule = models.CharField(max_length=4)
    source = models.CharField(max_length=20)
    month = models.DateField()
    severity = models.CharField(max_length=8, choices=[(s.value, s.name) for s in Severity])
    evidence = models.JSONField(default=dict)
    raised_on = models.DateField()
    ended_on = models.DateField(null=True)
    answer = models.CharField(max_length=200, blank=True)
    answered_by_id = models.BigIntegerField(null=True)
    answered_by_name = models.CharField(max_length=40, blank=True)
    answered_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["division_code", "-raised_on"], name="signal_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["division_code", "rule", "source", "month"],
                name="signal_once",
                condition=Q(ended_on__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.division_code}"


class Quiet(models.Model):
    """A kind of false hit that is not raised in an area until a day, with the reason."""

    rule = models.CharField(max_length=4)
    source = models.CharField(max_length=20, blank=True, help_text="empty: every source")
    division_code = models.CharField(max_length=12)
    reason = models.CharField(max_length=200)
    since = models.DateField()
    until = models.DateField(help_text="exclusive")
    proposed_by_id = models.BigIntegerField(null=True)
    proposed_by_name = models.CharField(max_length=80, blank=True, default="", db_default="")
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=40, blank=True)
    ended_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["rule", "division_code"], name="quiet_rule")]
        triggers = [
            pgtrigger.Trigger(
                name="quiet_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("proposed_by_id", "by_id", "since", "until"),  # type: ignore[no-untyped-call]
                func=(
                    "IF NEW.proposed_by_id IS NULL OR NEW.by_id IS NULL OR same_human(NEW.proposed_by_id, NEW.by_id)"
                    " OR NEW.until - NEW.since > 366 THEN RAISE EXCEPTION 'two persons keep a kind quiet, for a "
                    "year at most'"
                    " USING ERRCODE = 'check_violation', CONSTRAINT = 'quiet_by_two'; END IF; RETURN NEW;"
                ),
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="quiet_period"),
            models.CheckConstraint(condition=~Q(reason=""), name="quiet_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.division_code}"


class Run(models.Model):
    """A comparison of an area: which rules, how far it came, what it found. `done`: the counties that are finished."""

    area = models.CharField(max_length=12)
    month = models.DateField()
    on = models.DateField()
    rules = models.JSONField()
    total = models.PositiveIntegerField(default=0, help_text="counties")
    done = models.JSONField(default=list)
    found = models.JSONField(default=dict, help_text="{rule: {found, raised, known, quiet, lapsed}}")
    campaign_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    by_id = models.BigIntegerField(null=True)
    asked = models.BooleanField(
        default=False, db_default=False, help_text="somebody asked for it on a page: the background takes it up"
    )

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="run_area")]

    def __str__(self) -> str:
        return f"{self.area} {self.month:%Y-%m}"


class Trial(models.Model):
    """A rule tried with a setting that is not in use: what it would find. `done`: the counties that are finished."""

    rule = models.CharField(max_length=4)
    setting = models.JSONField(null=True, help_text="empty: as it is set")
    area = models.CharField(max_length=12)
    month = models.DateField()
    on = models.DateField()
    total = models.PositiveIntegerField(default=0, help_text="counties")
    done = models.JSONField(default=list)
    persons = models.PositiveIntegerField(default=0)
    months = models.PositiveIntegerField(default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    verified_true = models.PositiveIntegerField(default=0)
    verified_false = models.PositiveIntegerField(default=0)
    examples = models.JSONField(default=list, help_text="[person, source, yuan] of those with the most")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    by_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["by_id", "rule", "-id"], name="trial_latest"),
            models.Index(fields=["id"], name="trial_waiting", condition=Q(finished_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.area}"
