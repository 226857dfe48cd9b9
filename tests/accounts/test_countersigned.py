"""Duties for an account that stands already: one administrator alone gives none, whichever door; two human
beings do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from lxbt.accounts.models import Appointment, User
from lxbt.accounts.operations.appointing import AccountRefused, SecondNeeded, change_roles, open_account, set_until
from lxbt.accounts.operations.holding import holder_of
from lxbt.accounts.operations.leaving import disable_account, enable_account, move_account
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Organ
from lxbt.audit.models import Event
from lxbt.divisions.models import Division
from lxbt.notices.models import Notice
from lxbt.proposals.appointing import appoint
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import ProposalRefused, accept
from lxbt.proposals.queries import waiting_to_decide
from tests import factories as f

pytestmark = pytest.mark.django_db
TODAY, NOW = timezone.localdate(), timezone.now()


@pytest.fixture
def county() -> dict[str, User]:
    """A county's administrator, the security administrator, the administrator above, and a clerk of the county."""
    f.load_places()
    return {
        "admin": f.account("administrator", f.COUNTY),
        "security": f.account("security_administrator", f.COUNTY),
        "city": f.account("administrator", f.CITY),
        "federation": open_account(
            username="fed_city",
            name="残联管理员",
            organ=Organ.FEDERATION,
            place=Division.objects.get(code=f.CITY),
            roles=["administrator"],
            by=None,
            on=date(2026, 1, 1),
        )[0],
        "clerk": f.account("clerk", f.TOWNSHIP),
        "inspector": f.account("inspector", f.COUNTY),
    }


def roles_of(user: User) -> set[str]:
    return {a.role for a in standing_of(user, on=TODAY).appointed}


def asked(county: dict[str, User], **more: object) -> Proposal | None:
    told = {
        "act": "roles",
        "user": county["inspector"],
        "roles": ["inspector", "decider"],
        "reason": "县局任命〔2026〕3号",
    }
    return appoint(**{**told, "by": county["admin"], "at": NOW, "on": TODAY, **more})  # type: ignore[arg-type]


def test_one_administrator_alone_gives_no_duty_by_any_operation(county: dict[str, User]) -> None:
    admin, user = county["admin"], county["inspector"]
    with pytest.raises(SecondNeeded):
        change_roles(user=user, roles=["decider"], by=admin, on=TODAY)
    place = Division.objects.get(code=f.COUNTY)
    with pytest.raises(SecondNeeded):
        move_account(user=county["clerk"], place=place, roles=["payment_officer"], by=admin, on=TODAY)
    Appointment.objects.filter(user=county["admin"]).update(until=TODAY + timedelta(days=30))
    with pytest.raises(SecondNeeded):
        set_until(user=admin, role="administrator", until=TODAY + timedelta(days=99), by=county["city"], on=TODAY)
    disable_account(user=county["security"], note="停职待查", by=county["city"], on=TODAY)
    with pytest.raises(SecondNeeded):
        enable_account(user=county["security"], by=county["city"], on=TODAY)
    assert roles_of(county["clerk"]) == {"clerk"}


@pytest.mark.parametrize("second", ["admin", "inspector", "clerk", "federation"])
def test_the_second_is_neither_giver_nor_owner_nor_without_the_right(county: dict[str, User], second: str) -> None:
    with pytest.raises(AccountRefused):
        change_roles(user=county["inspector"], roles=["decider"], by=county["admin"], on=TODAY, second=county[second])


@pytest.mark.parametrize("second", ["security", "city"])
def test_a_second_of_the_same_place_or_above_lets_it_take_hold(county: dict[str, User], second: str) -> None:
    proposal = asked(county)
    assert proposal is not None
    assert roles_of(county["inspector"]) == {"inspector"}
    assert proposal in waiting_to_decide(standing_of(county[second], on=TODAY))
    assert proposal not in waiting_to_decide(standing_of(county["admin"], on=TODAY))
    assert Notice.objects.filter(kind="proposal_waiting", division_code=f.CITY).exists()
    accept(proposal_id=proposal.pk, digest=proposal.digest, by=county[second], at=NOW, on=TODAY)
    grant = Appointment.objects.get(user=county["inspector"], role="decider")
    assert (grant.granted_by_id, grant.agreed_by_id) == (county["admin"].pk, county[second].pk)
    changed = Event.objects.filter(action="account.roles_changed").latest("pk")
    assert changed.details["second"] == county[second].username


def test_the_first_cannot_agree_from_another_account_of_hers(county: dict[str, User]) -> None:
    proposal = asked(county)
    assert proposal is not None
    human = holder_of(f.number_of("one human being"), by=None)
    User.objects.filter(pk__in=[county["city"].pk, county["admin"].pk]).update(holder=human)
    with pytest.raises(ProposalRefused):
        accept(proposal_id=proposal.pk, digest=proposal.digest, by=county["city"], at=NOW, on=TODAY)
    assert proposal not in waiting_to_decide(standing_of(county["city"], on=TODAY))


def test_what_brings_no_duty_is_done_at_once_and_a_reason_is_asked_for_what_does(county: dict[str, User]) -> None:
    assert asked(county, roles=["inspector"]) is None
    with pytest.raises(ProposalRefused) as refused:
        asked(county, reason="")
    assert refused.value.field == "reason"


def test_a_giver_who_lost_the_right_gives_nothing_by_a_proposal_of_before(county: dict[str, User]) -> None:
    proposal = asked(county)
    assert proposal is not None
    Appointment.objects.filter(user=county["admin"]).update(until=TODAY)
    with pytest.raises(AccountRefused):
        accept(proposal_id=proposal.pk, digest=proposal.digest, by=county["security"], at=NOW, on=TODAY)
    assert roles_of(county["inspector"]) == {"inspector"}


def test_raw_sql_gives_a_standing_account_no_duty(county: dict[str, User]) -> None:
    user = county["inspector"]
    User.objects.update(opened_at=NOW - timedelta(days=5))
    insert = (
        "insert into accounts_appointment (user_id, role, division_code, since, granted_by_id, agreed_by_id)"
        " values (%s, 'payment_officer', %s, %s, %s, %s)"
    )
    for agreed in (None, county["admin"].pk, user.pk):
        with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert, [user.pk, f.COUNTY, TODAY, county["admin"].pk, agreed])
        assert refused.value.__cause__.diag.constraint_name == "appointment_countersigned"  # type: ignore[union-attr]
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(user=user).update(role="payment_approver")
    Appointment.objects.filter(user=county["security"]).update(until=date(2027, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(user=county["security"]).update(until=date(2029, 1, 1))


def test_the_page_proposes_and_says_that_it_waits(county: dict[str, User], logged_in: Callable[[User], Client]) -> None:
    client = logged_in(county["admin"])
    address = f"/accounts/{county['inspector'].pk}/"
    body = {"act": "roles", "roles": ["inspector", "decider"], "until": ""}
    assert "请写明理由" in client.post(address, body, follow=True).content.decode()
    answer = client.post(address, {**body, "reason": "县局任命〔2026〕3号"}, follow=True).content.decode()
    assert "等本级或上级的另一位管理员复核" in answer
    assert Proposal.objects.filter(kind="accounts.duties", state="waiting").count() == 1
    assert roles_of(county["inspector"]) == {"inspector"}
