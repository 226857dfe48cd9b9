"""Proposals as they were made, and what became of them."""

from __future__ import annotations

import pgtrigger
from django.db import models

from lxbt.proposals.rules import State

# What was proposed stays as it was; only a waiting one is decided, once, and accepted by another human being alone.
KEPT = """
    IF (NEW.kind, NEW.division_code, NEW.payload, NEW.reason, NEW.proposed_by_id, NEW.proposed_at)
       IS DISTINCT FROM (OLD.kind, OLD.division_code, OLD.payload, OLD.reason, OLD.proposed_by_id, OLD.proposed_at) THEN
        RAISE EXCEPTION 'a proposal is not changed' USING ERRCODE = 'check_violation', CONSTRAINT = 'proposal_kept';
    END IF;
    IF OLD.state <> 'waiting' THEN
        RAISE EXCEPTION 'the proposal was decided' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'proposal_decided_once';
    END IF;
    IF NEW.state IN ('accepted', 'refused') AND same_human(NEW.proposed_by_id, NEW.decided_by_id) THEN
        RAISE EXCEPTION 'the second person is the first' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'proposal_second_person';
    END IF;
    RETURN NEW;
"""


class Proposal(models.Model):
    """One act that waits for a second person, or waited."""

    kind = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12, help_text="the area that the act is about")
    person_id = models.BigIntegerField(null=True)
    subject_kind = models.CharField(max_length=24, blank=True, default="")
    subject_id = models.BigIntegerField(null=True)
    document_id = models.BigIntegerField(null=True, help_text="the paper it stands on")
    payload = models.JSONField(help_text="what will be carried out; personal values sealed")
    effect = models.JSONField(help_text="what both persons are shown: lines, persons, months, yuan")
    digest = models.CharField(max_length=64, help_text="SM3 of kind, payload and effect")
    reason = models.CharField(max_length=200)
    proposed_by_id = models.BigIntegerField()
    proposed_by_name = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=State.WAITING.value, choices=[(s.value, s.name) for s in State])
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    opinion = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in State]), name="proposal_state"),
            models.CheckConstraint(
                condition=models.Q(decided_by_id__isnull=True)
                | ~models.Q(state__in=["accepted", "refused"])
                | ~models.Q(decided_by_id=models.F("proposed_by_id")),
                name="proposal_by_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["accepted", "refused"])
                | models.Q(decided_by_id__isnull=False, decided_at__isnull=False),
                name="proposal_decided",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_id"],
                condition=models.Q(state="waiting", subject_id__isnull=False),
                name="proposal_subject_waits_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "person_id"],
                condition=models.Q(state="waiting", person_id__isnull=False, subject_id__isnull=True),
                name="proposal_person_waits_once",
            ),
        ]
        indexes = [
            models.Index(fields=["division_code"], condition=models.Q(state="waiting"), name="proposal_waiting"),
            models.Index(fields=["proposed_by_id", "-proposed_at"], name="proposal_mine"),
            models.Index(fields=["person_id"], condition=models.Q(person_id__isnull=False), name="proposal_person"),
        ]
        triggers = [
            pgtrigger.Trigger(name="kept", when=pgtrigger.Before, operation=pgtrigger.Update, func=KEPT),
            pgtrigger.Protect(name="not_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.state}"
