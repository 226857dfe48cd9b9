"""Two at the same thing at the same moment: one wins, the other is told; what goes round the operations is refused by
the database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from lxbt.accounts.models import Appointment, User
from lxbt.accounts.operations.appointing import open_account
from lxbt.accounts.operations.lapsing import Settling
from lxbt.accounts.operations.leaving import close_account
from lxbt.accounts.rules import ADMINISTRATORS, Organ
from lxbt.applications import operations as applications
from lxbt.applications.models import Application
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions.models import Division
from lxbt.entitlements.models import Entitlement
from lxbt.payments import operations as payments
from lxbt.payments.models import BankFile, Batch, Item
from lxbt.registry.models import Person
from tests import factories as f
from tests.payments.test_batches import answer
from tests.web.test_scope import declaration

pytestmark = pytest.mark.django_db(transaction=True)
DAY, JANUARY = f.DAY, f.JANUARY
LATER = date(2026, 3, 2)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Every act in a thread and connection of its own, begun together; what each gave, or its refusal."""
    gate = threading.Barrier(len(acts))
    found: list[Any] = [None] * len(acts)

    def do(number: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(30)
            found[number] = acts[number]()
        except Exception as error:
            found[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.fixture
def ground() -> None:
    f.load_places()
    f.usual_standards()


def waiting_for_decision() -> Application:
    """An application that two deciders look at."""
    clerk, reviewer = f.account("clerk", f.TOWNSHIP), f.account("reviewer", f.COUNTY)
    told = declaration("张三", f.TOWNSHIP, f.identity_number())
    found = applications.take_in(
        declaration=told, subsidies=["living", "care"], applicant=applications.Applicant(), by=clerk, at=f.moment(DAY)
    )
    for by in (clerk, reviewer):
        found = pass_it(found, by)
    return found


def pass_it(found: Application, by: User, verdict: str = "agree") -> Application:
    verdicts = {"living": verdict, "care": verdict}
    return applications.pass_step(
        number=found.number, version=found.version, verdicts=verdicts, opinion="核实", by=by, at=f.moment(DAY)
    )


@pytest.mark.parametrize("second", ["agree", "refuse"])
def test_two_deciders_at_once_one_decides_and_the_other_is_told(ground: None, second: str) -> None:
    found = waiting_for_decision()
    one, other = (f.account("decider", f.COUNTY, username=name) for name in ("decider_one", "decider_two"))
    given = at_once(lambda: pass_it(found, one), lambda: pass_it(found, other, second))
    refused = [each for each in given if isinstance(each, Refusal)]
    assert [type(each) for each in refused] == [applications.Changed], given
    decided = Application.objects.get(number=found.number)
    periods = Entitlement.objects.filter(person_id=found.person_id).values_list("subsidy", "since", "until")
    assert sorted(periods) == (
        [("care", JANUARY.first, None), ("living", JANUARY.first, None)] if decided.state == "granted" else []
    )
    assert decided.steps.filter(name="decide").count() == 1


def test_the_same_person_taken_in_twice_at_once_is_one_person_with_one_application(ground: None) -> None:
    clerk = f.account("clerk", f.TOWNSHIP)
    told = declaration("张三", f.TOWNSHIP, f.identity_number())

    def take_in() -> Application:
        return applications.take_in(
            declaration=told, subsidies=["living"], applicant=applications.Applicant(), by=clerk, at=f.moment(DAY)
        )

    given = at_once(take_in, take_in)
    assert sum(isinstance(each, Application) for each in given) == 1, given
    assert sum(isinstance(each, Refusal) for each in given) == 1, given
    assert (Person.objects.count(), Application.objects.count()) == (1, 1)


def people(count: int = 30) -> None:
    f.flat_standards(living="80", care="100")
    for number in range(count):
        f.recipient(f"人{number}", division=f.TOWNSHIP, subsidies=("living", "care"))


def draw(by: User | None = None) -> Batch | None:
    return payments.draw_batch(payer_code=f.COUNTY, month=JANUARY, by=by, on=DAY)


def test_two_draws_of_one_payer_at_once_are_one_batch(ground: None) -> None:
    people()
    given = at_once(draw, draw, draw)
    assert sum(isinstance(each, Batch) for each in given) == 1, given
    assert sum(each is None for each in given) == 2, given
    assert Item.objects.count() == 60
    assert Batch.objects.count() == 1


def test_a_batch_approved_and_returned_at_once_is_one_of_both(ground: None) -> None:
    people(3)
    batch = draw()
    assert batch is not None
    officer, approver = f.account("payment_officer", f.COUNTY), f.account("payment_approver", f.COUNTY)
    given = at_once(
        lambda: payments.approve_batch(batch_id=batch.pk, control_total=batch.total, by=approver, on=DAY),
        lambda: payments.approve_batch(batch_id=batch.pk, control_total=batch.total, by=officer, on=DAY),
    )
    assert sum(isinstance(each, Refusal) for each in given) == 1, given
    given = at_once(
        lambda: payments.send_batch(batch_id=batch.pk, by=officer, on=DAY),
        lambda: payments.return_batch(batch_id=batch.pk, reason="漏人", by=approver, on=DAY),
    )
    assert sum(isinstance(each, Exception) for each in given) == 1, given
    batch.refresh_from_db()
    voided = Item.objects.filter(void="returned").count()
    assert (batch.state, voided, BankFile.objects.count()) in (("sent", 0, 1), ("returned", 6, 0))


def test_a_file_sent_twice_at_once_is_read_once(ground: None) -> None:
    people(5)
    batch = draw()
    assert batch is not None
    payments.approve_batch(
        batch_id=batch.pk, control_total=batch.total, by=f.account("payment_approver", f.COUNTY), on=DAY
    )
    payments.send_batch(batch_id=batch.pk, by=None, on=DAY)
    content = answer(Batch.objects.get(pk=batch.pk))

    def take() -> payments.ResultsTaken:
        return payments.record_results(batch_id=batch.pk, content=content, name="r.csv", by=None, on=DAY)

    given = at_once(take, take)
    assert sorted(each.again for each in given) == [False, True], given
    assert {each.paid for each in given} == {10}


def refused(statement: str, *params: object) -> str:
    """The constraint by which the database refuses a statement."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
    return str(caught.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


def test_the_database_itself_refuses_what_goes_round_the_operations(ground: None) -> None:
    people(2)
    officer, approver = f.account("payment_officer", f.COUNTY), f.account("payment_approver", f.COUNTY)
    batch = draw(officer)
    assert batch is not None
    approve = "update payments_batch set state = 'approved', approved_on = drawn_on, approved_by_id = %s where id = %s"
    assert refused(approve, officer.pk, batch.pk) == "batch_approved_by_another"
    assert refused("update payments_batch set state = 'sent' where id = %s", batch.pk) == "batch_approved_first"
    payments.approve_batch(batch_id=batch.pk, control_total=batch.total, by=approver, on=DAY)
    assert (
        refused("update payments_batch set drawn_by_id = approved_by_id where id = %s", batch.pk)
        == "batch_signatures_stay"
    )
    again = (
        "insert into payments_item (person_id, batch_id, right_month, amount, seq, subsidy, kind, division_code)"
        " select person_id, batch_id, right_month, amount, seq, subsidy, 'regular', division_code from payments_item "
        "where batch_id = %s"
    )
    assert refused(again, batch.pk).endswith("_pkey")
    assert Month.of(JANUARY.first) == JANUARY
    twice = (
        "insert into entitlements_entitlement (person_id, subsidy, since, state, basis, granted_on, end_basis) "
        "select person_id, subsidy, since + 31, state, '', since, '' from entitlements_entitlement"
    )
    assert refused(twice)


def test_two_administrations_given_to_one_account_at_once_leave_it_with_one(ground: None) -> None:
    user = f.account("analyst", f.COUNTY)

    def give(role: str) -> None:
        Appointment.objects.create(user=user, role=role, division_code=f.COUNTY, since=DAY)

    given = at_once(lambda: give("administrator"), lambda: give("security_administrator"), lambda: give("auditor"))
    assert sum(isinstance(each, Exception) for each in given) == 2, given
    assert Appointment.objects.filter(user=user, role__in=ADMINISTRATORS).count() == 1


def test_a_grant_made_while_its_right_ends_never_outlasts_it(ground: None) -> None:
    nation, province = f.account("administrator", f.NATION), Division.objects.get(code=f.PROVINCE)
    giver = f.opened_by(
        nation,
        username="giver",
        name="某",
        organ=Organ.CIVIL_AFFAIRS,
        place=province,
        roles=["administrator"],
        on=DAY,
    )

    def give() -> None:
        open_account(
            username="taker",
            name="某",
            organ=Organ.CIVIL_AFFAIRS,
            place=province,
            roles=["supervisor"],
            by=giver,
            on=LATER,
            identity_number=f.number_of("taker"),
        )

    def end() -> None:
        close_account(user=giver, note="走", by=nation, on=LATER, settling=Settling(lapse=True))

    for each in at_once(give, end):
        assert not isinstance(each, Exception) or isinstance(each, Refusal), each
    right = Appointment.objects.get(user=giver)
    for grant in Appointment.objects.filter(under=right):
        assert right.until is None or (grant.until is not None and grant.until <= right.until), (
            right.until,
            grant.until,
        )
