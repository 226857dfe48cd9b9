"""The practice world, what is planted in it, and an exercise begun and checked there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.divisions import queries as divisions
from lxbt.practice.operations.planting import plant
from lxbt.practice.operations.world import ready, world
from lxbt.practice.queries.checking import CHECKS, Finding
from lxbt.support.models import Attempt
from lxbt.support.operations.practice import PracticeRefused, begin_attempt, note_check, place_attempt
from lxbt.support.rules.exercises import BY_KEY

COUNTIES = 99 * 99  # that the codes of practice hold


def county_code(number: int) -> str:
    """The code of the practice county with a running number: 99, two digits of a city, two of a county."""
    city, county = divmod(number % COUNTIES, 99)
    return f"99{city + 1:02d}{county + 1:02d}000000"


@transaction.atomic
def start_exercise(*, exercise: str, by: User, at: datetime) -> Attempt:
    """Make a practice county for one exercise, with the trainee's account in it.

    PracticeRefused when practice is not set up, or full.
    """
    if not ready():
        raise PracticeRefused(_("练习区还没有建好，请系统维护人员运行 lxbt practice。"))
    attempt = begin_attempt(exercise=exercise, by=by, at=at)
    code = county_code(attempt.pk)
    with world():
        if divisions.division(code) is not None:
            raise PracticeRefused(_("练习县用完了，请系统维护人员运行 lxbt practice --rebuild。"))
        given = plant(exercise=BY_KEY[exercise], county=code, trainee=by, at=at)
    place_attempt(attempt=attempt, county_code=code, given=given)
    return attempt


def check_exercise(*, attempt: Attempt, by: User, at: datetime) -> tuple[list[Finding], bool]:
    """What came of an exercise, and whether the role is trained by it now."""
    if not ready():
        raise PracticeRefused(_("练习区还没有建好，请系统维护人员运行 lxbt practice。"))
    with world():
        findings = CHECKS[attempt.exercise](attempt)
    trained = note_check(attempt=attempt, passed=all(finding.ok for finding in findings), by=by, at=at)
    return findings, trained


def trainee_account(attempt: Attempt) -> User | None:
    """The trainee's account in practice. Inside `world()` only."""
    return (
        User.objects.filter(pk=attempt.user_id, place_code__startswith=attempt.county_code[:6]).first()
        if attempt.county_code
        else None
    )
