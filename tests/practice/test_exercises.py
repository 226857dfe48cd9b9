"""Each exercise: right when done as told, by the operations the pages call; not before, and not by somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.applications import operations as applications
from lxbt.applications.models import Application
from lxbt.applications.rules import Agent
from lxbt.core.months import Month
from lxbt.matching.models import Suspicion
from lxbt.matching.operations.verifying import add_proof, conclude_suspicion
from lxbt.payments import operations as payments
from lxbt.payments.models import Batch
from lxbt.practice.operations import check_exercise, start_exercise
from lxbt.practice.operations.planting import PLANTS
from lxbt.practice.operations.world import world
from lxbt.practice.queries.checking import CHECKS
from lxbt.registry.models import Person
from lxbt.standards import operations as standards
from lxbt.support.models import Attempt, TrainingRecord
from lxbt.support.operations.practice import PracticeRefused
from lxbt.support.queries.training import trained, trainees
from lxbt.support.rules.exercises import BY_KEY, EXERCISES, TRAINED_ROLES, finished
from tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice_area")]
JPG = b"\xff\xd8\xff\xe0" + b"0" * 64 + b"\xff\xd9"
Solve = Callable[[Attempt, User, datetime], None]


@pytest.fixture
def clerk() -> User:
    f.load_places()
    return f.account("clerk", f.TOWNSHIP)


def case_of(attempt: Attempt, name: str) -> Application:
    person = Person.objects.get(name=name, division_code__startswith=attempt.county_code[:6])
    return Application.objects.get(person_id=person.pk)


def clerk_apply(attempt: Attempt, me: User, at: datetime) -> None:
    given = attempt.given
    declaration = applications.Declaration(
        identity_number=given["identity_number"],
        name=given["name"],
        division_code=attempt.county_code[:6] + "001000",
        certificate_number=given["certificate_number"],
        certificate={
            "category": "physical",
            "grade": 1,
            "issued_on": given["issued_on"],
            "valid_until": given["valid_until"],
        },
        profile={"economic": "dibao", "area": "urban", "long_term_care": True},
        bank=given["bank"],
        holder=given["holder"],
        account_number=given["account_number"],
        papers={"id_card": None, "certificate": None},
    )
    applications.take_in(
        declaration=declaration,
        subsidies=["living", "care"],
        applicant=applications.Applicant(agent=Agent.SELF),
        by=me,
        at=at,
    )


def clerk_return(attempt: Attempt, me: User, at: datetime) -> None:
    case = case_of(attempt, "李练习")
    case = applications.return_application(
        number=case.number, version=case.version, opinion="请补残疾人证。", by=me, at=at
    )
    applications.complete_application(number=case.number, version=case.version, opinion="收到残疾人证。", by=me, at=at)


def corrected(name: str) -> Solve:
    def solve(attempt: Attempt, me: User, at: datetime) -> None:
        person = Person.objects.get(name=name, division_code__startswith=attempt.county_code[:6])
        told = {key: attempt.given[key] for key in ("bank", "holder", "account_number")}
        payments.correct_account(person_id=person.pk, **told, by=me, on=at.date())

    return solve


def verifier_visit(attempt: Attempt, me: User, at: datetime) -> None:
    case = Suspicion.objects.get(county_code=attempt.county_code)
    add_proof(suspicion_id=case.pk, kind="photo", content=JPG, by=me, at=at)
    case.refresh_from_db()
    conclude_suspicion(
        suspicion_id=case.pk,
        version=case.version,
        outcome="false",
        measure="none",
        way="visit",
        opinion="本人开门，神志清楚。",
        basis="入户见到本人",
        by=me,
        at=at,
    )


def reviewer_pass(attempt: Attempt, me: User, at: datetime) -> None:
    case = case_of(attempt, "张练习")
    applications.pass_step(
        number=case.number,
        version=case.version,
        verdicts={"living": "agree", "care": "agree"},
        opinion="证件无误。",
        by=me,
        at=at,
    )


def decider_decide(attempt: Attempt, me: User, at: datetime) -> None:
    reviewer_pass(attempt, me, at)
    case = case_of(attempt, "赵练习")
    applications.pass_step(
        number=case.number,
        version=case.version,
        verdicts={"care": "refuse"},
        opinion="三级，当地只发一、二级。",
        by=me,
        at=at,
    )


def officer_draw(attempt: Attempt, me: User, at: datetime) -> None:
    payments.draw_batch(payer_code=attempt.county_code, month=Month.of(at.date()), by=me, on=at.date())


def approver_approve(attempt: Attempt, me: User, at: datetime) -> None:
    batch = Batch.objects.get(payer_code=attempt.county_code)
    payments.approve_batch(
        batch_id=batch.pk, control_total=Decimal(attempt.given["total"].replace(",", "")), by=me, on=at.date()
    )


def drafter_draft(attempt: Attempt, me: User, at: datetime) -> None:
    row = {
        "division": attempt.county_code,
        "subsidy": "care",
        "since": attempt.given["month"],
        "when": {"grade": [1, 2]},
        "amount": {"fixed": "150"},
    }
    standards.draft_standard(row=row, document_title="提高标准", document_number=attempt.given["document"], by=me)


SOLVED: dict[str, Solve] = {
    "clerk_apply": clerk_apply,
    "clerk_return": clerk_return,
    "clerk_account": corrected("王练习"),
    "verifier_visit": verifier_visit,
    "reviewer_pass": reviewer_pass,
    "decider_decide": decider_decide,
    "officer_draw": officer_draw,
    "officer_correct": corrected("孙练习"),
    "approver_approve": approver_approve,
    "drafter_draft": drafter_draft,
}


def solve(attempt: Attempt, by: User) -> None:
    with world():
        SOLVED[attempt.exercise](attempt, User.objects.get(pk=by.pk), timezone.localtime())


def test_every_exercise_is_planted_checked_and_solved() -> None:
    assert set(BY_KEY) == set(PLANTS) == set(CHECKS) == set(SOLVED)


@pytest.mark.parametrize("key", list(BY_KEY))
def test_an_exercise_is_right_when_it_is_done_and_not_before(key: str, clerk: User) -> None:
    attempt = start_exercise(exercise=key, by=clerk, at=timezone.localtime())
    before, _trained = check_exercise(attempt=attempt, by=clerk, at=timezone.localtime())
    assert not all(finding.ok for finding in before)
    solve(attempt, clerk)
    after, _trained = check_exercise(attempt=attempt, by=clerk, at=timezone.localtime())
    assert [finding.text for finding in after if not finding.ok] == []
    attempt.refresh_from_db()
    assert (attempt.checked, attempt.passed_at is not None) == (2, True)


def test_doing_the_opposite_is_not_right(clerk: User) -> None:
    attempt = start_exercise(exercise="decider_decide", by=clerk, at=timezone.localtime())
    with world():
        me, at = User.objects.get(pk=clerk.pk), timezone.localtime()
        reviewer_pass(attempt, me, at)
        case = case_of(attempt, "赵练习")
        applications.pass_step(
            number=case.number, version=case.version, verdicts={"care": "agree"}, opinion="同意。", by=me, at=at
        )
    findings, _trained = check_exercise(attempt=attempt, by=clerk, at=timezone.localtime())
    assert [finding.ok for finding in findings] == [True, False, False]


def test_a_role_is_trained_with_its_last_exercise_and_once(clerk: User) -> None:
    told = []
    for exercise in (one for one in EXERCISES if one.role == "clerk"):
        attempt = start_exercise(exercise=exercise.key, by=clerk, at=timezone.localtime())
        solve(attempt, clerk)
        told.append(check_exercise(attempt=attempt, by=clerk, at=timezone.localtime())[1])
    assert told == [False, False, True]
    assert check_exercise(attempt=attempt, by=clerk, at=timezone.localtime())[1] is False
    record = TrainingRecord.objects.get()
    assert (record.user_id, record.role, record.place_code) == (clerk.pk, "clerk", f.TOWNSHIP)


def test_an_exercise_of_another_is_not_checked(clerk: User) -> None:
    attempt = start_exercise(exercise="clerk_apply", by=clerk, at=timezone.localtime())
    other = f.account("clerk", f.OTHER_TOWNSHIP)
    with pytest.raises(PracticeRefused):
        check_exercise(attempt=attempt, by=other, at=timezone.localtime())


def test_who_is_trained_is_counted_by_county(clerk: User) -> None:
    on = timezone.localdate()
    f.account("reviewer", f.COUNTY)
    f.account("analyst", f.COUNTY)
    f.account("clerk", f.OTHER_TOWNSHIP)
    f.account("inspector", f.PROVINCE)
    TrainingRecord.objects.create(user_id=clerk.pk, role="clerk", place_code=f.TOWNSHIP, finished_on=on)
    found = [(row.county_code, row.accounts, row.trained) for row in trained(f.PROVINCE, on=on)]
    assert found == [(f.COUNTY, 2, 1), (f.OTHER_COUNTY, 1, 0)]
    assert [(row.county_code, row.trained) for row in trained(f.COUNTY, on=on)] == [(f.COUNTY, 1)]
    people = list(trainees(f.COUNTY, on=on))
    assert [(row.username, row.role, row.finished_on) for row in people] == [
        ("420102_reviewer", "reviewer", None),
        (clerk.username, "clerk", on),
    ]


def test_what_a_disabled_account_learned_is_not_counted(clerk: User) -> None:
    on = timezone.localdate()
    TrainingRecord.objects.create(user_id=clerk.pk, role="clerk", place_code=f.TOWNSHIP, finished_on=on)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert trained(f.PROVINCE, on=on) == []


def test_a_role_without_exercises_is_never_finished() -> None:
    assert not finished("auditor", ["clerk_apply"])
    assert finished("reviewer", ["reviewer_pass"])
    assert "auditor" not in TRAINED_ROLES
