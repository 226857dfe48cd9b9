"""What a dishonest administrator tries alone: accounts for himself, first passwords, resets.

Over the pages, as he would.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import AccessRecovery, Holder, InitialPassword, User
from lxbt.accounts.operations.first_passwords import expire_slips
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.models import Event
from lxbt.notices.models import Notice
from lxbt.notices.queries import notices_for
from tests import factories as f

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 1)


class Office:
    """The county's administrator who means no good, the security administrator beside, the city's
    administrator above.
    """

    def __init__(self, logged_in: Callable[[User], Client]) -> None:
        f.load_places()
        self.above = f.account("administrator", f.CITY, username="city_admin")
        self.admin = f.opened_by(
            self.above,
            username="county_admin",
            name="坏管理",
            organ="civil_affairs",
            place=self.place(f.COUNTY),
            roles=["administrator"],
            on=TODAY,
        )
        self.guard = f.account("security_administrator", f.COUNTY, username="county_guard")
        self.bad, self.second, self.city = logged_in(self.admin), logged_in(self.guard), logged_in(self.above)

    @staticmethod
    def place(code: str) -> object:
        from lxbt.divisions.models import Division

        return Division.objects.get(code=code)

    def open(self, username: str, role: str = "payment_officer", number: str = "", place: str = f.COUNTY) -> str:
        """Open an account on the page; gives what the page said."""
        answer = self.bad.post(
            reverse("account_new"),
            {
                "name": "某人",
                "username": username,
                "identity_number": number or f.number_of(username),
                "organ": "civil_affairs",
                "place": place,
                "roles": [role],
            },
        )
        return answer.content.decode()


@pytest.fixture
def office(logged_in: Callable[[User], Client]) -> Office:
    return Office(logged_in)


def seen_half(page: str) -> str:
    return re.search(r'id="(?:opened-password|second-half)">([\w-]+)<', page).group(1)  # type: ignore[union-attr]


def test_who_opens_an_account_sees_half_of_its_password_and_cannot_get_the_other(
    office: Office, logs_in: Callable[..., Client]
) -> None:
    slip = seen_half(office.open("new_officer"))
    user = User.objects.get(username="new_officer")
    assert not user.check_password(slip)
    give = {"user": user.pk, "identity_number": f.number_of("new_officer")}
    assert reverse("second_halves") in office.second.get(reverse("account_review")).content.decode()
    assert reverse("second_halves") in office.city.get(reverse("accounts")).content.decode()
    assert user.username not in office.bad.get(reverse("second_halves")).content.decode()
    assert office.bad.post(reverse("second_halves"), give).status_code == 404
    assert logs_in("new_officer", slip).get("/help/").status_code == 302
    # the second has the identity card in hand
    wrong = office.second.post(reverse("second_halves"), {**give, "identity_number": f.number_of("other")})
    assert "与登记的身份证号不符" in wrong.content.decode()
    second = seen_half(office.second.post(reverse("second_halves"), give).content.decode())
    assert not user.check_password(second)
    assert office.second.post(reverse("second_halves"), give).status_code == 404  # shown once
    browser = logs_in("new_officer", f"{slip} {second.upper()}")
    assert browser.get("/help/").headers["Location"] == reverse("password_change")
    assert InitialPassword.objects.get(user=user).given_by_id == office.guard.pk


def test_the_database_refuses_that_who_opened_gives_the_second_half(office: Office) -> None:
    office.open("new_officer")
    with pytest.raises(IntegrityError, match="second half"), transaction.atomic():
        InitialPassword.objects.filter(user__username="new_officer").update(
            second=None, given_by_id=office.admin.pk, given_at=timezone.now()
        )


def test_nobody_opens_an_account_for_himself_or_without_a_person(office: Office) -> None:
    assert "不能给自己开通账号" in office.open("my_officer", number=f.number_of("county_admin"))
    assert "身份证号不对" in office.open("my_officer", number="420102198001010000")
    assert not User.objects.filter(username="my_officer").exists()


def test_one_human_being_does_not_get_the_pair_that_makes_money_alone(office: Office) -> None:
    office.open("officer_one", role="payment_officer")
    assert "此人在这个单位已有" in office.open(
        "approver_one", role="payment_approver", number=f.number_of("officer_one")
    )
    assert (
        "不能兼任" in office.open("clerk_one", role="clerk", number=f.number_of("officer_one"), place=f.TOWNSHIP)
        or User.objects.filter(username="clerk_one").exists()
    )
    decider = office.open("decider_one", role="decider")
    assert "opened-password" in decider
    assert "不能兼任" in office.open("clerk_two", role="clerk", number=f.number_of("decider_one"), place=f.TOWNSHIP)
    assert Holder.objects.count() == User.objects.filter(holder__isnull=False).values("holder").distinct().count()


def test_trying_numbers_for_the_second_half_locks(office: Office) -> None:
    office.open("new_officer")
    user = User.objects.get(username="new_officer")
    for n in range(6):
        answer = office.second.post(
            reverse("second_halves"), {"user": user.pk, "identity_number": f.number_of(f"guess{n}")}
        )
    assert "锁定" in answer.content.decode()
    right = office.second.post(
        reverse("second_halves"), {"user": user.pk, "identity_number": f.number_of("new_officer")}
    )
    assert "second-half" not in right.content.decode()


@pytest.mark.parametrize(
    "role", ["decider", "payment_officer", "payment_approver", "standard_publisher", "administrator"]
)
def test_an_account_with_duties_is_not_reset_by_one(office: Office, role: str) -> None:
    victim = f.account(role, f.COUNTY, username="victim")
    page = office.bad.post(reverse("account", args=[victim.pk]), {"act": "reset"}, follow=True).content.decode()
    assert "不能由一人重置" in page
    office.bad.post(reverse("accounts_reset"), {"pick": [victim.pk]})
    # nor after the duty was taken away for a moment, nor while the account is disabled
    office.bad.post(reverse("account", args=[victim.pk]), {"act": "roles", "roles": ["analyst"]})
    office.bad.post(reverse("account", args=[victim.pk]), {"act": "reset"})
    office.bad.post(reverse("account_end", args=[victim.pk]), {"act": "disable", "note": "借调", "hanging": "lapse"})
    office.bad.post(reverse("account", args=[victim.pk]), {"act": "reset"})
    victim.refresh_from_db()
    assert victim.check_password(f.PASSWORD)


def test_nobody_resets_the_own_password_without_the_old_one(office: Office) -> None:
    page = office.bad.post(reverse("account", args=[office.admin.pk]), {"act": "reset"}, follow=True).content.decode()
    assert 'class="code"' not in page
    office.bad.post(reverse("accounts_reset"), {"pick": [office.admin.pk]})
    office.admin.refresh_from_db()
    assert office.admin.check_password(f.PASSWORD)
    assert not InitialPassword.objects.filter(user=office.admin).exists()


def test_a_reset_clerk_needs_the_second_half_too(office: Office) -> None:
    clerk = f.opened_by(
        office.admin,
        username="a_clerk",
        name="办事员",
        organ="civil_affairs",
        place=office.place(f.TOWNSHIP),
        roles=["clerk"],
        on=TODAY,
    )
    page = office.bad.post(reverse("account", args=[clerk.pk]), {"act": "reset"}).content.decode()
    slip = re.search(r'class="code">(\w{4}-\w{4}-\w{4})<', page).group(1)  # type: ignore[union-attr]
    clerk.refresh_from_db()
    assert not clerk.check_password(slip)
    assert not clerk.check_password(f.PASSWORD)
    assert "a_clerk" not in office.bad.get(reverse("second_halves")).content.decode()
    assert expire_slips(on=timezone.localdate() + timedelta(days=9)) == 1


def test_a_recovery_asks_for_the_card_and_gives_each_of_the_two_a_half(office: Office) -> None:
    victim = f.opened_by(
        office.above,
        username="a_decider",
        name="审定",
        organ="civil_affairs",
        place=office.place(f.COUNTY),
        roles=["decider"],
        on=TODAY,
    )
    office.bad.post(reverse("account_recovery", args=[victim.pk]), {"reason": "本人来电，手机丢失"})
    asked = AccessRecovery.objects.get()
    act = reverse("account_recovery_act", args=[asked.pk])
    assert "recovered-password" not in office.bad.post(act, {"act": "confirm"}, follow=True).content.decode()
    without = office.city.post(act, {"act": "confirm"}, follow=True).content.decode()
    assert "不符" in without
    victim.refresh_from_db()
    assert victim.check_password(f.PASSWORD)
    done = office.city.post(act, {"act": "confirm", "identity_number": f.number_of("a_decider")}).content.decode()
    assert "recovered-password" in done
    row = InitialPassword.objects.get(user=victim)
    assert (row.made_by_id, row.given_by_id, row.second) == (office.admin.pk, office.above.pk, None)


def test_those_above_the_guard_and_the_owner_hear_of_it(office: Office, logs_in: Callable[..., Client]) -> None:
    slip = seen_half(office.open("new_officer"))
    user = User.objects.get(username="new_officer")
    second = seen_half(
        office.second.post(
            reverse("second_halves"), {"user": user.pk, "identity_number": f.number_of("new_officer")}
        ).content.decode()
    )
    his = logs_in("county_admin", f.PASSWORD)
    his.post(reverse("logout"))
    for hears in (office.above, office.guard):
        kinds = set(notices_for(standing_of(hears, on=timezone.localdate())).values_list("kind", flat=True))
        assert {"account_opened", "account_half_given"} <= kinds
    logs_in("new_officer", f"{slip}-{second}", browser=his)
    assert Event.objects.get(action="account.activated").details["browser"] == "opener"
    assert Notice.objects.filter(kind="account_activated_there", division_code=f.CITY).exists()
    assert Notice.objects.filter(kind="account_opened", user_id=user.pk).exists()
    assert "county_admin" not in str(Notice.objects.filter(user_id=office.above.pk))
    page = office.city.get(reverse("notices")).content.decode()
    assert "在开通人或核验人用过的电脑上启用" in page


def test_duties_wait_until_it_is_known_whose_the_account_is(office: Office) -> None:
    old = f.account("payment_officer", f.COUNTY, username="of_before")
    today = timezone.localdate()
    User.objects.filter(pk=old.pk).update(opened_by_id=office.admin.pk, identity_due_on=today + timedelta(days=1))
    old.refresh_from_db()
    assert standing_of(old, on=today).may(Permission.DRAW_BATCHES)
    assert not standing_of(old, on=today + timedelta(days=1)).may(Permission.DRAW_BATCHES)
    assert standing_of(old, on=today + timedelta(days=1)).may(Permission.VIEW_PERSONS)
    own = {"act": "identity", "identity_number": f.number_of("county_admin")}
    office.bad.post(reverse("account", args=[old.pk]), own)
    old.refresh_from_db()
    assert old.holder is None  # not the administrator's own
    office.bad.post(reverse("account", args=[old.pk]), {**own, "identity_number": f.number_of("of_before")})
    old.refresh_from_db()
    assert standing_of(old, on=today + timedelta(days=9)).may(Permission.DRAW_BATCHES)
    assert Notice.objects.filter(kind="account_identity", division_code=f.CITY).exists()


def test_whose_an_account_is_does_not_change_once_its_owner_works_with_it(office: Office) -> None:
    office.open("new_officer")
    user = User.objects.get(username="new_officer")
    before = user.holder_id
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    page = office.bad.post(
        reverse("account", args=[user.pk]), {"act": "identity", "identity_number": f.number_of("somebody")}, follow=True
    )
    assert "身份证号不能再改" in page.content.decode()
    user.refresh_from_db()
    assert user.holder_id == before


def test_guessing_the_password_inside_a_session_counts_locks_and_ends_it(
    office: Office, logs_in: Callable[..., Client]
) -> None:
    left_open = logs_in("county_admin", f.PASSWORD)
    wrong = {"old": "wrong-word-1", "new": "quite-new-99", "again": "quite-new-99"}
    for door, body in (
        (reverse("password_change"), wrong),
        (reverse("factor"), {"act": "begin", "password": "wrong-word-1"}),
    ) * 2:
        assert "不对" in left_open.post(door, body).content.decode()
    left_open.post(reverse("password_change"), wrong)
    assert left_open.get(reverse("password_change")).status_code == 302  # ended
    assert "锁定" in logs_in("county_admin", f.PASSWORD).last.content.decode()  # type: ignore[attr-defined]
    assert Event.objects.filter(action="account.login_failed", subject_id=str(office.admin.pk)).count() == 5
    assert Event.objects.filter(action="account.locked", subject_id=str(office.admin.pk)).exists()
    assert User.objects.get(pk=office.admin.pk).check_password(f.PASSWORD)
