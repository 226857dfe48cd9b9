"""Beginning an exercise, checking it, being trained. Written in the real area, never in practice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.refusal import Refusal
from lxbt.support.models import Attempt, TrainingRecord
from lxbt.support.rules.exercises import BY_KEY, finished


class PracticeRefused(Refusal):
    """The exercise cannot be begun or checked so."""


@transaction.atomic
def begin_attempt(*, exercise: str, by: User, at: datetime) -> Attempt:
    """A new attempt at an exercise; its county is named when it has been made."""
    if exercise not in BY_KEY:
        raise PracticeRefused(_("没有这个练习，请从练习页选一个。"))
    attempt = Attempt.objects.create(user_id=by.pk, exercise=exercise, started_at=at)
    record_event(
        by=by, action="practice.begun", subject_kind="practice", subject_id=attempt.pk, details={"exercise": exercise}
    )
    return attempt


def place_attempt(*, attempt: Attempt, county_code: str, given: Mapping[str, str]) -> None:
    """Note the county made for it and the numbers it asks for."""
    attempt.county_code, attempt.given = county_code, dict(given)
    attempt.save(update_fields=["county_code", "given"])


@transaction.atomic
def note_check(*, attempt: Attempt, passed: bool, by: User, at: datetime) -> bool:
    """Count a check; when it passed, note that, and the training when it was the role's last.

    Gives whether the role is now trained.
    """
    if attempt.user_id != by.pk:
        raise PracticeRefused(_("没有这个练习，请从练习页选一个。"))
    Attempt.objects.filter(pk=attempt.pk).update(checked=F("checked") + 1)
    if not passed or not Attempt.objects.filter(pk=attempt.pk, passed_at__isnull=True).update(passed_at=at):
        return False
    role = BY_KEY[attempt.exercise].role
    record_event(
        by=by,
        action="practice.passed",
        subject_kind="practice",
        subject_id=attempt.pk,
        details={"exercise": attempt.exercise},
    )
    done = set(Attempt.objects.filter(user_id=by.pk, passed_at__isnull=False).values_list("exercise", flat=True))
    if not finished(role, done):
        return False
    record, made = TrainingRecord.objects.get_or_create(
        user_id=by.pk, role=role, defaults={"place_code": by.place_code, "finished_on": beijing_day(at)}
    )
    if made:
        record_event(
            by=by, action="training.finished", subject_kind="training", subject_id=record.pk, details={"role": role}
        )
    return made
