"""What somebody with an account, or even with the database's password, may try: each must fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import Appointment, User
from lxbt.accounts.operations.appointing import AccountRefused, change_roles, set_until
from lxbt.accounts.operations.lapsing import Settling
from lxbt.accounts.operations.leaving import close_account, disable_account, enable_account, move_account
from lxbt.accounts.operations.organs import OrgansRefused, allow_both_organs
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import ADMINISTRATORS, Organ, Permission
from lxbt.applications import operations as applications
from lxbt.applications.models import Step
from lxbt.divisions.models import Division
from lxbt.payments import operations as payments
from lxbt.payments.models import Batch
from lxbt.standards.models import Standard
from lxbt.standards.operations import StandardRefused, draft_standard, publish_standard
from tests import factories as f
from tests.web.test_scope import declaration

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def place(code: str) -> Division:
    return Division.objects.get(code=code)


def given(
    by: User, username: str, role: str, code: str, *, organ: Organ = Organ.CIVIL_AFFAIRS, until: date | None = None
) -> User:
    return f.opened_by(
        by, username=username, name=username[-8:], organ=organ, place=place(code), roles=[role], on=DAY, until=until
    )


def refused_by(act: Callable[[], Any]) -> str:
    """The constraint by which the database refuses."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
    return str(caught.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


def run(statement: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


@pytest.fixture
def chain(db: None) -> dict[str, User]:
    """Ministry, province, city and county administrators, each given by the one above."""
    f.load_places()
    found = {"nation": f.account("administrator", f.NATION)}
    for name, above, code in (
        ("province", "nation", f.PROVINCE),
        ("city", "province", f.CITY),
        ("county", "city", f.COUNTY),
    ):
        found[name] = given(found[above], f"{name}_admin", "administrator", code)
    return found


# --- widening one's own role


def test_nobody_changes_the_own_roles(chain: dict[str, User]) -> None:
    with pytest.raises(AccountRefused):
        change_roles(user=chain["county"], roles=["administrator", "decider"], by=chain["county"], on=DAY)


def test_nobody_prolongs_moves_closes_or_enables_the_own_account(chain: dict[str, User]) -> None:
    own = chain["county"]
    for act in (
        lambda: set_until(user=own, role="administrator", until=None, by=own, on=DAY),
        lambda: move_account(user=own, place=place(f.TOWNSHIP), roles=["clerk"], by=own, on=DAY),
        lambda: close_account(user=own, note="走", by=own, on=DAY),
        lambda: disable_account(user=own, note="", by=own, on=DAY),
        lambda: enable_account(user=own, by=own, on=DAY),
    ):
        with pytest.raises(AccountRefused):
            act()


def test_the_page_of_the_own_account_changes_nothing(
    chain: dict[str, User], logged_in: Callable[[User], Client]
) -> None:
    client = logged_in(chain["county"])
    client.post(reverse("account", args=[chain["county"].pk]), {"act": "roles", "roles": ["administrator", "decider"]})
    assert [a.role for a in Appointment.objects.filter(user=chain["county"])] == ["administrator"]


def test_raw_sql_cannot_give_a_role_to_its_own_giver(chain: dict[str, User]) -> None:
    own = chain["county"].pk
    insert = (
        "insert into accounts_appointment (user_id, role, division_code, since, granted_by_id) values (%s, "
        "'decider', %s, %s, %s)"
    )
    assert refused_by(lambda: run(insert, own, f.COUNTY, DAY, own)) == "appointment_by_another"


# --- two levels down, sideways, the other organ


@pytest.mark.parametrize(
    ("giver", "code", "role"),
    [
        ("city", f.TOWNSHIP, "clerk"),
        ("province", f.COUNTY, "decider"),
        ("nation", f.CITY, "supervisor"),
        ("county", f.OTHER_COUNTY, "decider"),
        ("county", f.OTHER_TOWNSHIP, "clerk"),
        ("county", f.CITY, "supervisor"),
        ("county", f.NATION, "administrator"),
    ],
)
def test_an_account_two_levels_down_sideways_or_above_is_not_opened(
    chain: dict[str, User], giver: str, code: str, role: str
) -> None:
    with pytest.raises(AccountRefused):
        given(chain[giver], "someone", role, code)
    assert not User.objects.filter(username="someone").exists()


def test_the_page_opens_nothing_sideways(chain: dict[str, User], logged_in: Callable[[User], Client]) -> None:
    data = {
        "name": "外人",
        "username": "sideways",
        "organ": "civil_affairs",
        "place": f.OTHER_COUNTY,
        "roles": ["decider"],
    }
    assert logged_in(chain["county"]).post(reverse("account_new"), data).status_code == 200
    assert not User.objects.filter(username="sideways").exists()


def test_a_pass_through_node_is_not_a_level(chain: dict[str, User]) -> None:
    from lxbt.accounts.queries.managing import places_managed_by
    from lxbt.divisions.operations import load_divisions

    load_divisions(only=["429004001000"])  # 仙桃 lies below 4290, which exists for its digits only
    codes = {node.code for node in places_managed_by(standing_of(chain["province"], on=DAY))}
    assert "429004000000" in codes
    assert "429000000000" not in codes


def test_the_federation_is_opened_by_civil_affairs_only_where_the_ministry_allows_it(chain: dict[str, User]) -> None:
    with pytest.raises(AccountRefused):
        given(chain["county"], "a_reviewer", "reviewer", f.COUNTY, organ=Organ.FEDERATION)
    allow_both_organs(division_code=f.PROVINCE, allowed=True, since=DAY, by=chain["nation"], on=DAY)
    reviewer = given(chain["county"], "a_reviewer", "reviewer", f.COUNTY, organ=Organ.FEDERATION)
    assert standing_of(reviewer, on=DAY).may(Permission.REVIEW_APPLICATIONS, f.TOWNSHIP)


def test_a_province_does_not_allow_itself_both_organs(chain: dict[str, User]) -> None:
    with pytest.raises(OrgansRefused):
        allow_both_organs(division_code=f.PROVINCE, allowed=True, since=DAY, by=chain["province"], on=DAY)


def test_the_federation_opens_its_own_only(chain: dict[str, User]) -> None:
    federation = given(chain["nation"], "fed_admin", "administrator", f.NATION, organ=Organ.FEDERATION)
    with pytest.raises(AccountRefused):
        given(federation, "spy", "standard_publisher", f.PROVINCE)
    with pytest.raises(AccountRefused):
        given(federation, "spy", "payment_approver", f.NATION, organ=Organ.FINANCE)
    assert given(federation, "fed_42", "administrator", f.PROVINCE, organ=Organ.FEDERATION).pk


# --- three administrators, incompatible pairs


@pytest.mark.parametrize(("one", "two"), [(a, b) for a in ADMINISTRATORS for b in ADMINISTRATORS if a != b])
def test_raw_sql_cannot_let_one_account_hold_two_of_the_three_administrators(
    chain: dict[str, User], one: str, two: str
) -> None:
    user = f.account(one, f.COUNTY, username="three")
    insert = "insert into accounts_appointment (user_id, role, division_code, since) values (%s, %s, %s, %s)"
    assert refused_by(lambda: run(insert, user.pk, two, f.COUNTY, DAY)) == "appointment_apart"
    assert refused_by(lambda: run(insert, user.pk, two, f.CITY, DAY)) == "appointment_apart"


def test_raw_sql_cannot_turn_one_role_into_its_counterpart(chain: dict[str, User]) -> None:
    user = f.account("payment_officer", f.COUNTY)
    Appointment.objects.create(user=user, role="supervisor", division_code=f.COUNTY, since=DAY)
    assert (
        refused_by(lambda: run("update accounts_appointment set role = 'payment_approver' where role = 'supervisor'"))
        == "appointment_apart"
    )


def test_a_role_of_the_past_stands_in_nobodys_way(chain: dict[str, User]) -> None:
    user = given(chain["county"], "officer", "payment_officer", f.COUNTY)
    change_roles(user=user, roles=["payment_approver"], by=chain["county"], on=date(2026, 4, 1), second=chain["city"])
    assert {a.role for a in standing_of(user, on=date(2026, 4, 1)).appointed} == {"payment_approver"}


# --- longer than one's own; after the giver is gone


def test_nothing_is_granted_longer_than_the_own_right(chain: dict[str, User]) -> None:
    short = given(chain["city"], "short_admin", "administrator", f.COUNTY, until=date(2026, 7, 1))
    with pytest.raises(AccountRefused, match="2026-06-30"):
        given(short, "clerk_a", "clerk", f.TOWNSHIP, until=date(2026, 7, 2))
    clerk = given(short, "clerk_a", "clerk", f.TOWNSHIP)
    grant = Appointment.objects.get(user=clerk)
    assert grant.until == date(2026, 7, 1)
    with pytest.raises(AccountRefused):
        set_until(user=clerk, role="clerk", until=date(2027, 1, 1), by=short, on=DAY)
    assert (
        refused_by(lambda: run("update accounts_appointment set until = null where id = %s", grant.pk))
        == "appointment_within_giver"
    )
    assert (
        refused_by(lambda: Appointment.objects.filter(pk=grant.pk).update(until=date(2028, 1, 1)))
        == "appointment_within_giver"
    )


def test_a_grant_ends_with_its_giver_down_the_tree(chain: dict[str, User]) -> None:
    clerk = given(chain["county"], "clerk_b", "clerk", f.TOWNSHIP)
    assert standing_of(clerk, on=DAY).appointed
    close_account(user=chain["city"], note="调离", by=chain["province"], on=DAY, settling=Settling(lapse=True))
    for user in (chain["city"], chain["county"], clerk):
        assert not standing_of(user, on=DAY).appointed, user.username
    assert standing_of(chain["province"], on=DAY).appointed


def test_whoever_was_appointed_by_a_removed_administrator_opens_nothing(
    chain: dict[str, User], logged_in: Callable[[User], Client]
) -> None:
    client = logged_in(chain["county"])
    close_account(user=chain["city"], note="调离", by=chain["province"], on=DAY, settling=Settling(lapse=True))
    assert client.get(reverse("accounts")).status_code == 404
    with pytest.raises(AccountRefused):
        given(chain["county"], "late", "clerk", f.TOWNSHIP)


def test_raw_sql_cannot_end_a_right_and_leave_what_hangs_on_it(chain: dict[str, User]) -> None:
    end = "update accounts_appointment set until = since + 1 where user_id = %s"
    assert refused_by(lambda: run(end, chain["city"].pk)) == "appointment_within_giver"


def test_raw_sql_cannot_grant_under_a_right_that_is_no_administrators(chain: dict[str, User]) -> None:
    clerk = given(chain["county"], "clerk_c", "clerk", f.TOWNSHIP)
    grant = Appointment.objects.get(user=clerk)
    insert = (
        "insert into accounts_appointment (user_id, role, division_code, since, granted_by_id, under_id) values "
        "(%s, 'supervisor', %s, %s, %s, %s)"
    )
    assert (
        refused_by(lambda: run(insert, chain["county"].pk, f.COUNTY, DAY, clerk.pk, grant.pk))
        == "appointment_within_giver"
    )


def test_no_appointment_is_deleted(chain: dict[str, User]) -> None:
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        run("delete from accounts_appointment where user_id = %s", chain["county"].pk)


# --- one case, several persons


def drawn_batch(by: User | None) -> Batch:
    f.usual_standards()
    f.recipient("张三", since=f.JANUARY)
    batch = payments.draw_batch(payer_code=f.COUNTY, month=f.JANUARY, by=by, on=f.DAY)
    assert batch is not None
    return batch


def test_a_batch_is_not_approved_by_its_drawer_whatever_the_way(
    chain: dict[str, User], logged_in: Callable[[User], Client]
) -> None:
    officer, other = f.account("payment_officer", f.COUNTY), f.account("payment_approver", f.COUNTY)
    batch = drawn_batch(officer)
    change_roles_by_hand(officer, "payment_approver")
    logged_in(officer).post(reverse("batch_act", args=[batch.pk]), {"act": "approve", "typed": str(batch.total)})
    with pytest.raises(payments.PaymentRefused, match="另一人"):
        payments.approve_batch(batch_id=batch.pk, control_total=batch.total, by=officer, on=DAY)
    batch.refresh_from_db()
    assert batch.state == "drawn"
    by_orm = {"state": "approved", "approved_on": DAY}
    assert (
        refused_by(lambda: Batch.objects.filter(pk=batch.pk).update(**by_orm, approved_by=officer))
        == "batch_approved_by_another"
    )
    assert refused_by(lambda: Batch.objects.filter(pk=batch.pk).update(**by_orm)) == "batch_approved_by_a_person"
    approve = (
        "update payments_batch set state = 'approved', approved_on = drawn_on, approved_by_id = %s, drawn_by_id = %s "
        "where id = %s"
    )
    assert refused_by(lambda: run(approve, officer.pk, None, batch.pk)) == "batch_signatures_stay"
    assert refused_by(lambda: run(approve, officer.pk, other.pk, batch.pk)) == "batch_signatures_stay"
    payments.approve_batch(batch_id=batch.pk, control_total=batch.total, by=other, on=DAY)
    assert (
        refused_by(lambda: run("update payments_batch set approved_by_id = %s where id = %s", officer.pk, batch.pk))
        == "batch_signatures_stay"
    )


def change_roles_by_hand(user: User, role: str) -> None:
    """The worst case: whoever drew has become an approver since."""
    Appointment.objects.filter(user=user).update(until=DAY)
    Appointment.objects.create(user=user, role=role, division_code=user.place_code, since=DAY)


def test_a_batch_that_the_system_drew_is_approved_by_a_person_only(chain: dict[str, User]) -> None:
    batch = drawn_batch(None)
    by_system = {"state": "approved", "approved_on": DAY}
    assert refused_by(lambda: Batch.objects.filter(pk=batch.pk).update(**by_system)) == "batch_approved_by_a_person"
    assert (
        payments.approve_batch(
            batch_id=batch.pk, control_total=Decimal(batch.total), by=f.account("payment_approver", f.COUNTY), on=DAY
        ).state
        == "approved"
    )


def test_who_accepted_a_case_neither_reviews_nor_decides_it_and_who_reviewed_does_not_decide(
    chain: dict[str, User],
) -> None:
    f.usual_standards()
    clerk, reviewer, decider = (
        f.account("clerk", f.TOWNSHIP),
        f.account("reviewer", f.COUNTY),
        f.account("decider", f.COUNTY),
    )
    case = applications.take_in(
        declaration=declaration("李四", f.TOWNSHIP, f.identity_number(serial=35)),
        subsidies=["living"],
        applicant=applications.Applicant(),
        by=clerk,
        at=f.moment(DAY),
    )
    case = applications.pass_step(
        number=case.number,
        version=case.version,
        verdicts={"living": "agree"},
        opinion="同意",
        by=clerk,
        at=f.moment(DAY),
    )
    sign = (
        "update applications_step set finished_at = now(), finished_on = current_date, act = 'pass', by_id = %s "
        "where application_id = %s and finished_at is null"
    )
    assert refused_by(lambda: run(sign, clerk.pk, case.pk)) == "step_by_another"
    assert refused_by(lambda: signed_by_orm(case.pk, clerk)) == "step_by_another"
    case = applications.pass_step(
        number=case.number,
        version=case.version,
        verdicts={"living": "agree"},
        opinion="同意",
        by=reviewer,
        at=f.moment(DAY),
    )
    for user in (clerk, reviewer):
        assert refused_by(lambda user=user: run(sign, user.pk, case.pk)) == "step_by_another"  # type: ignore[misc]
    applications.pass_step(
        number=case.number,
        version=case.version,
        verdicts={"living": "agree"},
        opinion="同意",
        by=decider,
        at=f.moment(DAY),
    )
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        run(
            "update applications_step set by_id = %s where application_id = %s and name = 'review'", decider.pk, case.pk
        )


def signed_by_orm(application_id: int, user: User) -> None:
    step = Step.objects.get(application_id=application_id, finished_at__isnull=True)
    step.finished_at, step.finished_on, step.act, step.by_id = f.moment(DAY), DAY, "grant", user.pk
    step.save()


def test_a_standard_is_not_published_by_its_drafter_whatever_the_way(chain: dict[str, User]) -> None:
    drafter, publisher = f.account("standard_drafter", f.PROVINCE), f.account("standard_publisher", f.PROVINCE)
    row = {"division": f.PROVINCE, "subsidy": "living", "since": "2026-01", "when": {}, "amount": {"fixed": "80"}}
    draft = draft_standard(row=row, by=drafter)
    with pytest.raises(StandardRefused):
        publish_standard(standard_id=draft.pk, by=drafter, on=DAY)
    published = {"state": "published", "published_on": DAY}
    assert (
        refused_by(lambda: Standard.objects.filter(pk=draft.pk).update(**published, published_by=drafter))
        == "standard_published_by_another"
    )
    assert (
        refused_by(lambda: Standard.objects.filter(pk=draft.pk).update(**published)) == "standard_published_by_a_person"
    )
    swap = (
        "update standards_standard set drafted_by_id = %s, published_by_id = %s, state = 'published', "
        "published_on = current_date where id = %s"
    )
    assert refused_by(lambda: run(swap, publisher.pk, drafter.pk, draft.pk)) == "standard_drafter_stays"
    publish_standard(standard_id=draft.pk, by=publisher, on=DAY)
