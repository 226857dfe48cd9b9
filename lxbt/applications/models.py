"""Applications, what is asked for in each, and the steps they went through."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from lxbt.applications.rules import DECISIONS, PARTIES, SIGNING, UNFINISHED, Agent, Channel, State, StepName, Verdict
from lxbt.core.profile import SUBSIDIES

_PARTY = "case {name} " + " ".join(f"when '{step}' then '{party}'" for step, party in PARTIES.items()) + " end"
_SIGNING = ", ".join(f"'{act}'" for act in SIGNING)
ONE_PARTY = f"""
    PERFORM 1 FROM applications_application WHERE id = NEW.application_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM applications_step s
        WHERE s.application_id = NEW.application_id AND s.id <> NEW.id AND same_human(s.by_id, NEW.by_id) \
AND s.act IN ({_SIGNING})
          AND {_PARTY.format(name="s.name")} <> {_PARTY.format(name="NEW.name")}
    ) THEN
        RAISE EXCEPTION 'who signed one step of a case does not sign for another party' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'step_by_another';
    END IF;
    RETURN NULL;
"""


class Application(models.Model):
    """One person's application for one or both subsidies. It counts from the month of `applied_on`."""

    as_read: Mapping[str, object] = MappingProxyType({})  # what an operation read, for the record

    number = models.CharField(max_length=24, help_text="printed on the receipt: county, month, running number")
    person_id = models.BigIntegerField()
    division_code = models.CharField(max_length=12, help_text="township of the household")
    county_code = models.CharField(max_length=12, help_text="the body that decides")
    state = models.CharField(max_length=12, choices=[(s.value, s.name) for s in State], default=State.OPEN)
    step = models.CharField(
        max_length=12, choices=[(s.value, s.name) for s in StepName], help_text="waits here, or ended here"
    )
    due_on = models.DateField(null=True, help_text="last working day of the step's limit")
    step_since = models.DateField(help_text="when the current step began")
    applied_on = models.DateField()
    channel = models.CharField(max_length=12, choices=[(c.value, c.name) for c in Channel], default=Channel.WINDOW)
    agent = models.CharField(max_length=12, choices=[(a.value, a.name) for a in Agent], default=Agent.SELF)
    agent_name = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    accepted_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    ended_on = models.DateField(null=True)
    version = models.PositiveIntegerField(
        default=1, help_text="grows with every act, so that two clerks cannot act on the same page"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "number"], name="application_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=UNFINISHED, ended_on__isnull=True)
                | (~models.Q(state__in=UNFINISHED) & models.Q(ended_on__isnull=False)),
                name="application_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["division_code", "state", "step", "due_on"], name="application_inbox"),
            models.Index(fields=["person_id"], name="application_person"),
            models.Index(fields=["number"], name="application_number"),
            models.Index(fields=["applied_on"], name="application_applied"),
        ]

    def __str__(self) -> str:
        return self.number


class Asked(models.Model):
    """One subsidy asked for in an application, with what was decided on it."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="asked")
    person_id = models.BigIntegerField()
    subsidy = models.CharField(max_length=8)
    unfinished = models.BooleanField(default=True)
    verdict = models.CharField(max_length=8, blank=True, choices=[(v.value, v.name) for v in Verdict])
    amount = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, help_text="yuan a month, as computed when decided"
    )
    reasons = models.JSONField(default=list, help_text="codes and clauses, as computed when decided")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "subsidy"], condition=models.Q(unfinished=True), name="asked_one_unfinished"
            ),
            models.UniqueConstraint(fields=["person_id", "application", "subsidy"], name="asked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.subsidy}"


class Step(models.Model):
    """What one official did with an application, or what it now waits for (`finished_at` empty)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="steps")
    name = models.CharField(max_length=12)
    limit_days = models.PositiveSmallIntegerField(help_text="working days")
    started_on = models.DateField()
    due_on = models.DateField()
    finished_at = models.DateTimeField(null=True)
    finished_on = models.DateField(null=True)
    act = models.CharField(
        max_length=12, blank=True, help_text="accept, pass, return, complete, grant, refuse, withdraw"
    )
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=40, blank=True)
    place_code = models.CharField(max_length=12, blank=True)
    opinion = models.CharField(max_length=1000, blank=True)
    verdicts = models.JSONField(default=dict, help_text="{subsidy: agree | refuse}")

    class Meta:
        indexes = [models.Index(fields=["application", "id"], name="step_application")]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(finished_at__isnull=True), name="step_one_waiting"
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True, by_id__isnull=True)
                | models.Q(finished_at__isnull=False, by_id__isnull=False),
                name="step_finished_by",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="by_another",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition(f"new.by_id is not null and new.act in ({_SIGNING})"),
                func=ONE_PARTY,
            ),
            pgtrigger.Protect(
                name="finished_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "old.finished_at is not null and (old.name, old.act, old.by_id, old.application_id, old.verdicts)"
                    " is distinct from (new.name, new.act, new.by_id, new.application_id, new.verdicts)"
                ),
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.name}"


class Paper(models.Model):
    """A paper handed in with an application."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=24)
    document_id = models.BigIntegerField(null=True, help_text="the scan; empty: seen and given back")
    seen = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "kind"], name="paper_once")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"


class RecordedApplication(models.Model):
    """An application that was dealt with elsewhere, in a province's own system or before ours: kept as told, not gone
    through our procedure.
    """

    pk = models.CompositePrimaryKey("person_id", "subsidy", "applied_on")
    person_id = models.BigIntegerField()
    subsidy = models.CharField(max_length=6)
    applied_on = models.DateField()
    division_code = models.CharField(max_length=12, help_text="of the household, as told")
    county_code = models.CharField(max_length=12, help_text="the body that decided")
    steps = models.JSONField(default=dict, help_text="accepted, reviewed, noticed -> day")
    decision = models.CharField(max_length=9, help_text="pending, granted, refused, withdrawn")
    decided_on = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    import_id = models.BigIntegerField(help_text="that told it last")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["import_id"], name="recorded_application_import"),
            models.Index(fields=["county_code", "applied_on"], name="recorded_application_county"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(decision__in=DECISIONS), name="recorded_application_decision"),
            models.CheckConstraint(condition=models.Q(subsidy__in=SUBSIDIES), name="recorded_application_subsidy"),
            models.CheckConstraint(
                condition=~models.Q(decision="pending") | models.Q(decided_on__isnull=True),
                name="recorded_application_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.subsidy} {self.applied_on}"


class Draft(models.Model):
    """What a clerk has typed and not submitted: one a clerk, sealed, gone when submitted."""

    user_id = models.BigIntegerField(primary_key=True)
    sealed = models.BinaryField()
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id}"


class CaseDraft(models.Model):
    """What an official has typed about a case and not handed in: one for each official and case, sealed, gone when
    handed in.
    """

    number = models.CharField(max_length=24)
    user_id = models.BigIntegerField()
    sealed = models.BinaryField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "number"], name="one_case_draft")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.number}"
