"""The second factor: who must have it, that nothing is reached without it, that a code holds once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.conf import settings as installed
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import BackupCode, SecondFactor, User
from lxbt.accounts.operations.appointing import open_account
from lxbt.accounts.operations.attempts import LockedOut
from lxbt.accounts.operations.first_passwords import begin_anew
from lxbt.accounts.operations.second_factor import (
    CodeRefused,
    begin_enrolment,
    drop_second_factor,
    pending_secret,
    present_code,
)
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Organ
from lxbt.accounts.rules.signing_in import needs_second_factor
from lxbt.audit.models import Event
from lxbt.config.rotation import COLUMNS, left_to_seal, seal_anew
from lxbt.core import crypto
from lxbt.divisions.models import Division
from tests import factories as f
from tests.accounts.phone import Phone, enrolled
from tests.web.test_scope import named_routes

pytestmark = pytest.mark.django_db
NOON = f.moment(date(2026, 3, 2), 12)


@pytest.fixture(autouse=True)
def places(db: None) -> None:
    f.load_places()


@pytest.mark.parametrize(
    ("role", "place", "must"),
    [
        ("clerk", f.TOWNSHIP, False),
        ("reviewer", f.COUNTY, True),
        ("supervisor", f.COUNTY, False),
        ("supervisor", f.TOWNSHIP, False),
        ("decider", f.COUNTY, True),
        ("payment_officer", f.COUNTY, True),
        ("payment_approver", f.COUNTY, True),
        ("standard_publisher", f.COUNTY, True),
        ("administrator", f.COUNTY, True),
        ("analyst", f.CITY, True),
        ("supervisor", f.PROVINCE, True),
        ("supervisor", f.NATION, True),
    ],
)
def test_administrators_approvers_payments_and_all_above_the_county_need_one(role: str, place: str, must: bool) -> None:
    assert needs_second_factor(standing_of(f.account(role, place), on=date(2026, 3, 2))) is must


def test_the_requirement_holds_unless_the_environment_is_a_demonstration_or_a_test() -> None:
    import subprocess
    import sys

    ask = "from lxbt.config import settings; print(settings.LXBT_SECOND_FACTOR)"
    for environment, expected in (("production", "required"), ("training", "required"), ("demo", "offered")):
        import os

        run = subprocess.run(
            [sys.executable, "-c", ask],
            env={**os.environ, "LXBT_ROSTER_KEY": "5a" * 16, "LXBT_ENVIRONMENT": environment},
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout.strip() == expected
    for environment in ("production", "training"):  # nor can it be switched off there
        run = subprocess.run(
            [sys.executable, "-c", ask],
            env={
                **os.environ,
                "LXBT_ROSTER_KEY": "5a" * 16,
                "LXBT_ENVIRONMENT": environment,
                "LXBT_SECOND_FACTOR": "offered",
            },
            capture_output=True,
            text=True,
        )
        assert run.returncode != 0
        assert "LXBT_SECOND_FACTOR" in run.stderr


def test_who_needs_one_and_has_none_reaches_nothing_until_it_is_set_up(
    required: None, logs_in: Callable[..., Client]
) -> None:
    decider = f.account("decider", f.COUNTY)
    browser = logs_in(decider.username, f.PASSWORD, next="/help/")
    assert browser.last.headers["Location"] == reverse("login_enrol")  # type: ignore[attr-defined]
    for route in named_routes():
        if not route.pattern.converters:
            answer = browser.get(reverse(route.name))
            assert answer.status_code == 405 or answer.headers["Location"].startswith("/login/"), route.name
    page = browser.get(reverse("login_enrol")).content.decode()
    assert 'src="data:image/svg+xml' in page
    phone = Phone(re.search(r'id="secret">([^<]+)<', page).group(1))  # type: ignore[union-attr]
    assert "验证码不对" in browser.post(reverse("login_enrol"), {"code": "000000"}).content.decode()
    done = browser.post(reverse("login_enrol"), {"code": phone.code()})
    codes = re.findall(r'class="code">(\w{5}-\w{5})<', done.content.decode())
    assert len(codes) == 10
    assert 'href="/help/"' in done.content.decode()
    assert browser.get("/help/").status_code == 200
    assert Event.objects.filter(action="account.second_factor_set", subject_id=str(decider.pk)).exists()


def test_after_the_password_the_code_is_asked_and_only_then_is_somebody_logged_in(
    logs_in: Callable[..., Client],
) -> None:
    clerk = f.account("clerk", f.TOWNSHIP)
    phone, _codes = enrolled(clerk, timezone.now() - timedelta(minutes=5))
    browser = logs_in(clerk.username, f.PASSWORD)
    assert browser.last.headers["Location"] == reverse("login_code")  # type: ignore[attr-defined]
    assert browser.get("/help/").status_code == 302
    assert browser.post(reverse("login_code"), {"code": "123"}).status_code == 200
    assert browser.get("/help/").status_code == 302
    assert browser.post(reverse("login_code"), {"code": phone.code()}).status_code == 302
    assert browser.get("/help/").status_code == 200


def test_who_has_one_must_give_it_even_where_it_is_only_offered(
    settings: object, logs_in: Callable[..., Client]
) -> None:
    assert settings.LXBT_SECOND_FACTOR == "offered"  # type: ignore[attr-defined]
    clerk = f.account("clerk", f.TOWNSHIP)
    enrolled(clerk, NOON)
    assert logs_in(clerk.username, f.PASSWORD).get("/help/").status_code == 302


def test_a_code_is_taken_once(logs_in: Callable[..., Client]) -> None:
    user = f.account("clerk", f.TOWNSHIP)
    phone, _codes = enrolled(user, NOON)
    later = NOON + timedelta(minutes=1)
    assert present_code(user=user, code=phone.code(later), at=later) == "totp"
    with pytest.raises(CodeRefused):
        present_code(user=user, code=phone.code(later), at=later + timedelta(seconds=5))
    with pytest.raises(CodeRefused):  # nor the one before it, which the tolerance would have let through
        present_code(user=user, code=phone.code(later, steps=-1), at=later + timedelta(seconds=5))
    assert present_code(user=user, code=phone.code(later, steps=1), at=later + timedelta(seconds=31)) == "totp"


def test_the_code_that_set_it_up_does_not_log_in_again() -> None:
    user = f.account("clerk", f.TOWNSHIP)
    phone, _codes = enrolled(user, NOON)
    with pytest.raises(CodeRefused):
        present_code(user=user, code=phone.code(NOON), at=NOON)


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phones_clock_may_be_off_by_half_a_minute(steps: int, taken: bool) -> None:
    user = f.account("clerk", f.TOWNSHIP)
    phone, _codes = enrolled(user, NOON - timedelta(hours=1))
    if taken:
        assert present_code(user=user, code=phone.code(NOON, steps=steps), at=NOON) == "totp"
    else:
        with pytest.raises(CodeRefused):
            present_code(user=user, code=phone.code(NOON, steps=steps), at=NOON)


@pytest.mark.parametrize("odd", ["", "12345", "1234567", "１２３４５６", "-12345", "abcdef", "12 345"])
def test_what_is_no_code_is_refused(odd: str) -> None:
    user = f.account("clerk", f.TOWNSHIP)
    enrolled(user, NOON)
    with pytest.raises(CodeRefused):
        present_code(user=user, code=odd, at=NOON)


def test_a_back_up_code_stands_in_once_and_is_kept_only_as_a_digest() -> None:
    user = f.account("clerk", f.TOWNSHIP)
    _phone, codes = enrolled(user, NOON)
    assert present_code(user=user, code=codes[3].upper().replace("-", " "), at=NOON) == "backup"
    with pytest.raises(CodeRefused):
        present_code(user=user, code=codes[3], at=NOON)
    assert BackupCode.objects.filter(user=user, used_at__isnull=True).count() == 9
    assert all(
        codes[0].replace("-", "").encode() not in bytes(one.digest) and len(bytes(one.digest)) == 32
        for one in BackupCode.objects.all()
    )


def test_the_same_back_up_code_of_another_account_is_worth_nothing() -> None:
    one, other = f.account("clerk", f.TOWNSHIP), f.account("supervisor", f.COUNTY)
    _phone, codes = enrolled(one, NOON)
    enrolled(other, NOON)
    with pytest.raises(CodeRefused):
        present_code(user=other, code=codes[0], at=NOON)


def test_five_wrong_codes_lock_for_a_quarter_of_an_hour_even_for_the_right_one() -> None:
    user = f.account("clerk", f.TOWNSHIP)
    phone, _codes = enrolled(user, NOON - timedelta(hours=1))
    for _n in range(5):
        with pytest.raises(CodeRefused):
            present_code(user=user, code="000000", at=NOON)
    with pytest.raises(LockedOut):
        present_code(user=user, code=phone.code(NOON), at=NOON)
    assert Event.objects.filter(action="account.locked", subject_id=str(user.pk)).count() == 1
    after = NOON + timedelta(minutes=15, seconds=1)
    assert present_code(user=user, code=phone.code(after), at=after) == "totp"


def test_the_secret_is_sealed_at_rest_and_sealed_anew_with_the_other_values() -> None:
    user = f.account("clerk", f.TOWNSHIP)
    begin_enrolment(user=user)
    phone = Phone(pending_secret(user) or "")
    row = SecondFactor.objects.get(user=user)
    assert phone.secret not in bytes(row.pending)  # type: ignore[arg-type]
    assert crypto.unseal_bytes(bytes(row.pending), installed.LXBT_KEYRING) == phone.secret  # type: ignore[arg-type]
    column = next(one for one in COLUMNS if (one.table, one.column) == ("accounts_secondfactor", "pending"))
    other = installed.LXBT_KEYRING.current
    old = crypto.seal_bytes(phone.secret, bytes(16), other + 7)
    SecondFactor.objects.filter(user=user).update(pending=old)
    assert left_to_seal(column, other) == 1


def test_both_columns_of_the_secret_are_rotated(settings: object) -> None:
    user = f.account("clerk", f.TOWNSHIP)
    phone, _codes = enrolled(user, NOON)
    begin_enrolment(user=user)
    current = installed.LXBT_KEYRING.current

    class Two(dict):  # type: ignore[type-arg]
        current = 9

    settings.LXBT_KEYRING = Two({current: installed.LXBT_KEYRING[current], 9: bytes(range(16))})  # type: ignore[attr-defined]
    columns = [one for one in COLUMNS if one.table == "accounts_secondfactor"]
    assert len(columns) == 2
    for column in columns:
        assert sum(seal_anew(column, 9)) == 1
        assert left_to_seal(column, 9) == 0
    later = NOON + timedelta(hours=1)
    assert present_code(user=user, code=phone.code(later), at=later) == "totp"


def test_a_reset_of_the_password_alone_does_not_get_past_the_second_factor(logs_in: Callable[..., Client]) -> None:
    admin, decider = f.account("administrator", f.COUNTY), f.account("decider", f.COUNTY)
    enrolled(decider, NOON)
    first = begin_anew(decider, by=admin, on=date(2026, 3, 2)).whole
    browser = logs_in(decider.username, first)
    assert browser.last.headers["Location"] == reverse("login_code")  # type: ignore[attr-defined]
    assert browser.get("/password/").status_code == 302
    assert browser.get("/password/").headers["Location"].startswith("/login/")


def test_the_half_way_state_ends_after_ten_minutes_and_with_a_new_password(logs_in: Callable[..., Client]) -> None:
    user = f.account("clerk", f.TOWNSHIP)
    phone, _codes = enrolled(user, NOON)
    browser = logs_in(user.username, f.PASSWORD)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert browser.post(reverse("login_code"), {"code": phone.code()}).headers["Location"] == "/login/"
        assert browser.get("/help/").status_code == 302
    browser = logs_in(user.username, f.PASSWORD)
    user.set_password("another-word-9")
    user.save()
    assert browser.post(reverse("login_code"), {"code": phone.code()}).headers["Location"] == "/login/"


def test_who_is_appointed_to_more_while_logged_in_must_log_in_with_a_second_factor(
    required: None, logged_in: Callable[[User], Client]
) -> None:
    client = logged_in(f.account("clerk", f.TOWNSHIP))
    assert client.get("/help/").status_code == 200
    other = logged_in(f.account("decider", f.COUNTY))
    assert other.get("/help/").headers["Location"].startswith("/login/")
    assert "动态验证码登录" in other.get("/login/").content.decode()


def test_the_second_factor_is_set_up_moved_and_stopped_from_the_own_page(logged_in: Callable[[User], Client]) -> None:
    user = f.account("clerk", f.TOWNSHIP)
    client, page = logged_in(user), reverse("factor")
    assert "密码不对" in client.post(page, {"act": "begin", "password": "wrong"}).content.decode()
    assert pending_secret(user) is None
    client.post(page, {"act": "begin", "password": f.PASSWORD})
    old = Phone(pending_secret(user) or "")
    with time_machine.travel(NOON, tick=False):
        assert client.post(page, {"act": "confirm", "code": old.code()}).content.decode().count('class="code"') == 10
    with time_machine.travel(NOON + timedelta(minutes=2), tick=False):
        client.post(page, {"act": "begin", "code": "000000"})
        assert pending_secret(user) is None
        client.post(page, {"act": "begin", "code": old.code()})
        new = Phone(pending_secret(user) or "")
        assert new.secret != old.secret
    with time_machine.travel(NOON + timedelta(minutes=4), tick=False):
        assert present_code(user=user, code=old.code(), at=timezone.now()) == "totp"  # until the new one works
        client.post(page, {"act": "confirm", "code": new.code()})
    with time_machine.travel(NOON + timedelta(minutes=6), tick=False):
        with pytest.raises(CodeRefused):
            present_code(user=user, code=old.code(), at=timezone.now())
        assert client.post(page, {"act": "codes", "now-code": new.code()}).content.decode().count('class="code"') == 10
    with time_machine.travel(NOON + timedelta(minutes=8), tick=False):
        client.post(page, {"act": "drop", "now-code": new.code()})
    assert not SecondFactor.objects.filter(user=user).exists()
    assert Event.objects.filter(action="account.second_factor_removed", by_id=user.pk).exists()


def test_who_must_have_one_cannot_drop_it(required: None) -> None:
    user = f.account("decider", f.COUNTY)
    phone, _codes = enrolled(user, NOON)
    later = NOON + timedelta(minutes=2)
    with pytest.raises(CodeRefused):
        drop_second_factor(user=user, code=phone.code(later), at=later)
    assert SecondFactor.objects.filter(user=user, secret__isnull=False).exists()


def test_the_database_refuses_a_second_factor_without_any_secret() -> None:
    user, _first = open_account(
        username="someone",
        name="某人",
        organ=Organ.CIVIL_AFFAIRS,
        place=Division.objects.get(code=f.COUNTY),
        roles=["decider"],
        by=None,
        on=date(2026, 1, 1),
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondFactor.objects.create(user=user)
