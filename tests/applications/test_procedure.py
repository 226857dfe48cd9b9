"""A case from the window to its end: who may move it, what is needed, and what a withdrawal leaves behind."""

from __future__ import annotations

from datetime import date

import pytest

from lxbt.accounts.models import User
from lxbt.applications import operations as applications
from lxbt.applications.models import Application
from lxbt.applications.rules import Agent
from lxbt.audit.models import Event
from lxbt.core.refusal import Refusal
from lxbt.core.transitions import WrongState
from lxbt.entitlements.models import Entitlement
from tests import factories as f
from tests.web.test_scope import declaration

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def places() -> None:
    f.load_places()
    f.usual_standards()


@pytest.fixture
def clerk() -> User:
    return f.account("clerk", f.TOWNSHIP)


def taken_in(clerk: User, *, serial: int = 11) -> Application:
    return applications.take_in(
        declaration=declaration("王小明", f.TOWNSHIP, f.identity_number(serial=serial)),
        subsidies=["living", "care"],
        applicant=applications.Applicant(agent=Agent.SELF),
        by=clerk,
        at=f.moment(DAY),
    )


def passed(case: Application, by: User, *, on: date = DAY) -> Application:
    return applications.pass_step(
        number=case.number,
        version=case.version,
        verdicts={"living": "agree", "care": "agree"},
        opinion="同意",
        by=by,
        at=f.moment(on),
    )


def withdrawn(case: Application, by: User, opinion: str = "申请人改变主意") -> Application:
    return applications.withdraw_application(
        number=case.number, version=case.version, opinion=opinion, by=by, at=f.moment(DAY, 11)
    )


def test_what_is_withdrawn_ends_without_a_right_and_says_why(clerk: User) -> None:
    case = withdrawn(taken_in(clerk), clerk)
    assert case.state == "withdrawn"
    assert not Entitlement.objects.exists()
    assert case.steps.get(act="withdraw").opinion == "申请人改变主意"
    assert Event.objects.filter(action="application.withdrawn", subject_id=case.number).count() == 1


def test_after_a_withdrawal_the_person_can_apply_again(clerk: User) -> None:
    first = withdrawn(taken_in(clerk), clerk)
    again = taken_in(clerk)
    assert again.number != first.number
    assert again.person_id == first.person_id


def test_a_withdrawal_needs_its_reason_and_the_township_that_took_it_in(clerk: User) -> None:
    case = taken_in(clerk)
    with pytest.raises(Refusal, match="原因"):
        withdrawn(case, clerk, " ")
    with pytest.raises(Refusal, match="乡镇"):
        withdrawn(case, f.account("clerk", f.OTHER_TOWNSHIP))
    assert Application.objects.get(pk=case.pk).state == case.state


def test_a_case_that_is_decided_is_not_withdrawn(clerk: User) -> None:
    case = taken_in(clerk)
    for by in (clerk, f.account("reviewer", f.COUNTY), f.account("decider", f.COUNTY)):
        case = passed(case, by)
    with pytest.raises(WrongState, match="不能撤回"):
        withdrawn(case, clerk)


def test_who_acts_on_an_older_state_is_told_that_somebody_else_acted(clerk: User) -> None:
    case = taken_in(clerk)
    passed(case, clerk)
    with pytest.raises(Refusal, match="办理过，请看过最新情况"):
        withdrawn(case, clerk)


def test_nobody_passes_two_steps_of_one_case(clerk: User) -> None:
    case = passed(taken_in(clerk), clerk)
    with pytest.raises(Refusal):
        passed(case, clerk)
