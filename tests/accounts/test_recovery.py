"""An account is given back by two persons, one of them from above, and never by a reset alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import AccessRecovery, Device, SecondFactor, User
from lxbt.accounts.operations.first_passwords import show_slips
from lxbt.accounts.operations.recovering import (
    RecoveryRefused,
    ask_access_recovery,
    confirm_access_recovery,
    withdraw_access_recovery,
)
from lxbt.accounts.rules import Permission
from lxbt.audit.models import Event
from tests import factories as f
from tests.accounts.phone import enrolled

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
NOON = f.moment(DAY, 12)


class Offices:
    """A decider without phone, two administrators of the county, one of the city, one of another county."""

    def __init__(self) -> None:
        f.load_places()
        self.decider = f.account("decider", f.COUNTY)
        self.here = f.account("administrator", f.COUNTY, username="county_admin")
        self.here_too = f.account("administrator", f.COUNTY, username="county_admin2")
        self.above = f.account("administrator", f.CITY, username="city_admin")
        self.aside = f.account("administrator", f.OTHER_COUNTY, username="aside_admin")
        self.far_above = f.account("administrator", f.PROVINCE, username="province_admin")

    def ask(self, by: User, user: User | None = None) -> AccessRecovery:
        return ask_access_recovery(user=user or self.decider, reason="本人来电，手机丢失", by=by, at=NOON, on=DAY)

    def confirm(self, asked: AccessRecovery, by: User, hours: float = 1) -> str:
        return confirm_access_recovery(recovery_id=asked.pk, by=by, at=NOON + timedelta(hours=hours), on=DAY)[1]


@pytest.fixture
def offices(db: None) -> Offices:
    return Offices()


def test_one_asks_another_confirms_and_the_account_begins_anew(
    offices: Offices, logs_in: Callable[..., Client]
) -> None:
    enrolled(offices.decider, NOON)
    Device.objects.create(user=offices.decider, digest=b"x", first_seen_at=NOON, last_seen_at=NOON)
    second = offices.confirm(offices.ask(offices.here), offices.above)
    (slip,) = show_slips(by=offices.here)  # who asked has the first half, who confirmed the second
    assert show_slips(by=offices.above) == []
    first = f"{slip.password}-{second}"
    assert not SecondFactor.objects.filter(user=offices.decider).exists()
    assert not Device.objects.filter(user=offices.decider).exists()
    browser = logs_in(offices.decider.username, first)
    assert browser.get("/help/").headers["Location"] == reverse("password_change")
    actions = set(
        Event.objects.filter(subject_kind="account", subject_id=str(offices.decider.pk)).values_list(
            "action", flat=True
        )
    )
    assert {"account.recovery_asked", "account.recovery_confirmed", "account.second_factor_removed"} <= actions


def test_asking_alone_changes_nothing(offices: Offices) -> None:
    enrolled(offices.decider, NOON)
    password = User.objects.get(pk=offices.decider.pk).password
    offices.ask(offices.above)
    assert SecondFactor.objects.filter(user=offices.decider, secret__isnull=False).exists()
    assert User.objects.get(pk=offices.decider.pk).password == password


def test_the_one_who_asked_cannot_confirm(offices: Offices) -> None:
    with pytest.raises(RecoveryRefused, match="另一位"):
        offices.confirm(offices.ask(offices.above), offices.above)


def test_one_of_the_two_must_be_from_above(offices: Offices) -> None:
    asked = offices.ask(offices.here)
    with pytest.raises(RecoveryRefused, match="上一级"):
        offices.confirm(asked, offices.here_too)
    offices.confirm(asked, offices.above)


def test_the_county_confirms_what_the_city_asked(offices: Offices) -> None:
    assert offices.confirm(offices.ask(offices.above), offices.here)


def test_the_owner_neither_asks_nor_confirms_for_the_own_account(offices: Offices) -> None:
    with pytest.raises(RecoveryRefused):
        offices.ask(offices.here, user=offices.here)
    asked = offices.ask(offices.here_too, user=offices.here)
    with pytest.raises(RecoveryRefused):
        offices.confirm(asked, offices.here)


@pytest.mark.parametrize("who", ["aside", "far_above", "decider"])
def test_nobody_without_the_right_over_the_account_asks_or_confirms(offices: Offices, who: str) -> None:
    stranger = getattr(offices, who)
    with pytest.raises(RecoveryRefused):
        offices.ask(stranger)
    asked = offices.ask(offices.here)
    with pytest.raises(RecoveryRefused):
        offices.confirm(asked, stranger)
    with pytest.raises(RecoveryRefused):
        withdraw_access_recovery(recovery_id=asked.pk, by=stranger, at=NOON, on=DAY)


def test_a_request_lapses_after_a_day_and_can_be_asked_for_again(offices: Offices) -> None:
    asked = offices.ask(offices.here)
    with pytest.raises(RecoveryRefused, match="24 小时"):
        offices.confirm(asked, offices.above, hours=24)
    again = ask_access_recovery(
        user=offices.decider, reason="再来", by=offices.here, at=NOON + timedelta(hours=25), on=DAY
    )
    assert offices.confirm(again, offices.above, hours=26)


def test_a_request_is_confirmed_once_and_there_is_one_at_a_time(offices: Offices) -> None:
    asked = offices.ask(offices.here)
    with pytest.raises(RecoveryRefused, match="已有"):
        offices.ask(offices.above)
    offices.confirm(asked, offices.above)
    with pytest.raises(RecoveryRefused):
        offices.confirm(asked, offices.above)


def test_a_reason_is_wanted(offices: Offices) -> None:
    with pytest.raises(RecoveryRefused, match="核实"):
        ask_access_recovery(user=offices.decider, reason="  ", by=offices.here, at=NOON, on=DAY)


@pytest.mark.parametrize("second", ["asker", "owner"])
def test_the_database_refuses_that_asker_or_owner_confirms(offices: Offices, second: str) -> None:
    asked = offices.ask(offices.here)
    who = offices.here.pk if second == "asker" else offices.decider.pk
    with pytest.raises(IntegrityError, match="two_persons"), transaction.atomic():
        AccessRecovery.objects.filter(pk=asked.pk).update(confirmed_by_id=who, confirmed_at=NOON, closed_at=NOON)


def test_the_database_refuses_that_the_owner_asks_and_a_second_open_request(offices: Offices) -> None:
    with pytest.raises(IntegrityError, match="not_own"), transaction.atomic():
        AccessRecovery.objects.create(user=offices.decider, asked_by_id=offices.decider.pk, asked_at=NOON, reason="x")
    offices.ask(offices.here)
    with pytest.raises(IntegrityError, match="open_once"), transaction.atomic():
        AccessRecovery.objects.create(user=offices.decider, asked_by_id=offices.above.pk, asked_at=NOON, reason="x")


def test_a_federation_administrator_recovers_accounts_of_the_federation_only(offices: Offices) -> None:
    User.objects.filter(pk=offices.above.pk).update(organ="federation")
    offices.above.refresh_from_db()
    with pytest.raises(RecoveryRefused):
        offices.ask(offices.above)
    assert offices.ask(offices.above, user=f.account("reviewer", f.COUNTY))


def test_the_pages_lead_from_the_request_to_the_first_password(
    offices: Offices, logged_in: Callable[[User], Client]
) -> None:
    here, above, aside = logged_in(offices.here), logged_in(offices.above), logged_in(offices.aside)
    assert here.post(reverse("account_recovery", args=[offices.decider.pk]), {"reason": ""}).status_code == 200
    here.post(reverse("account_recovery", args=[offices.decider.pk]), {"reason": "本人来电"})
    asked = AccessRecovery.objects.get()
    mine = here.get(reverse("account_recoveries")).content.decode()
    assert "须由另一位管理员确认" in mine
    assert 'value="confirm"' not in mine
    assert offices.decider.username not in aside.get(reverse("account_recoveries")).content.decode()
    act = reverse("account_recovery_act", args=[asked.pk])
    assert aside.post(act, {"act": "confirm"}).status_code == 404
    done = above.post(act, {"act": "confirm"}).content.decode()
    second = re.search(r'id="recovered-password">([^<]+)<', done).group(1)  # type: ignore[union-attr]
    slips = here.post(reverse("slips"), {"act": "show"}).content.decode()
    first = re.search(r'class="code">(\w{4}-\w{4}-\w{4})<', slips).group(1)  # type: ignore[union-attr]
    offices.decider.refresh_from_db()
    assert offices.decider.check_password(f"{first}-{second}")
    assert not offices.decider.check_password(first)
    assert not offices.decider.check_password(second)
    assert above.post(act, {"act": "confirm"}).status_code == 404


def test_a_request_is_withdrawn_by_the_one_who_asked(offices: Offices, logged_in: Callable[[User], Client]) -> None:
    asked = ask_access_recovery(user=offices.decider, reason="误报", by=offices.here, at=timezone.now(), on=DAY)
    logged_in(offices.here).post(reverse("account_recovery_act", args=[asked.pk]), {"act": "withdraw"})
    asked.refresh_from_db()
    assert asked.closed_at
    assert not asked.confirmed_at


def test_who_may_be_the_second_is_one_list_that_can_be_widened() -> None:
    from lxbt.accounts.rules.signing_in import ASKS_RECOVERY, CONFIRMS_RECOVERY

    assert Permission.MANAGE_ACCOUNTS in ASKS_RECOVERY & CONFIRMS_RECOVERY
