"""Guessing is stopped by account and by address, and a wrong name is a wrong password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lxbt.accounts.models import Tally, User
from lxbt.accounts.operations.attempts import FAILURES, LockedOut, address_key
from lxbt.accounts.operations.signing_in import LoginRefused, present_password
from lxbt.accounts.operations.tallies import count_hit, forget_tallies, tally_key
from lxbt.accounts.rules.signing_in import Caller
from lxbt.audit.models import Event
from tests import factories as f

pytestmark = pytest.mark.django_db
NOON = f.moment(date(2026, 3, 2), 12)
OFFICE = Caller("192.0.2.7")


@pytest.fixture
def clerk(db: None) -> User:
    f.load_places()
    return f.account("clerk", f.TOWNSHIP)


def fail(username: str, times: int, caller: Caller = OFFICE, at: object = NOON) -> list[str]:
    said = []
    for _n in range(times):
        with pytest.raises((LoginRefused, LockedOut)) as refused:
            present_password(username=username, password="wrong-word-1", caller=caller, at=at)  # type: ignore[arg-type]
        said.append(str(refused.value))
    return said


def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(clerk: User) -> None:
    fail(clerk.username, FAILURES)
    with pytest.raises(LockedOut, match="12:15 以后再试"):
        present_password(username=clerk.username, password=f.PASSWORD, caller=OFFICE, at=NOON)
    with pytest.raises(LockedOut):
        present_password(
            username=clerk.username, password=f.PASSWORD, caller=OFFICE, at=NOON + timedelta(minutes=14, seconds=59)
        )
    assert (
        present_password(
            username=clerk.username, password=f.PASSWORD, caller=OFFICE, at=NOON + timedelta(minutes=15, seconds=1)
        )
        == clerk
    )


def test_a_right_password_begins_the_count_anew(clerk: User) -> None:
    for _n in range(3):
        fail(clerk.username, FAILURES - 1)
        assert present_password(username=clerk.username, password=f.PASSWORD, caller=OFFICE, at=NOON) == clerk


def test_another_address_does_not_help_the_guesser(clerk: User) -> None:
    for n in range(FAILURES):
        fail(clerk.username, 1, Caller(f"198.51.100.{n}"))
    with pytest.raises(LockedOut):
        present_password(username=clerk.username, password=f.PASSWORD, caller=Caller("203.0.113.5"), at=NOON)


def test_a_stranger_cannot_lock_the_owner_out_of_a_device_known_to_the_account(
    clerk: User, logs_in: Callable[..., Client]
) -> None:
    own = logs_in(clerk.username, f.PASSWORD)
    own.post("/logout/")
    for _n in range(FAILURES + 1):
        logs_in(clerk.username, "wrong-word-1")
    assert logs_in(clerk.username, f.PASSWORD).last.status_code == 200  # type: ignore[attr-defined]
    assert logs_in(clerk.username, f.PASSWORD, own).last.status_code == 302  # type: ignore[attr-defined]


def test_a_forged_device_cookie_is_no_known_device(clerk: User, logs_in: Callable[..., Client]) -> None:
    forged = Client()
    forged.cookies["device"] = "anything:1abc:forged"
    for _n in range(FAILURES + 1):
        logs_in(clerk.username, "wrong-word-1")
    assert "已锁定" in logs_in(clerk.username, f.PASSWORD, forged).last.content.decode()  # type: ignore[attr-defined]


def test_an_address_is_stopped_after_many_failures_but_not_the_devices_of_the_office(
    clerk: User, settings: object, logs_in: Callable[..., Client]
) -> None:
    own = logs_in(clerk.username, f.PASSWORD)
    own.post("/logout/")
    settings.LXBT_ADDRESS_FAILURES = 12  # type: ignore[attr-defined]
    for n in range(12):
        logs_in(f"guess{n}", "wrong-word-1")
    assert "网络地址" in logs_in(clerk.username, f.PASSWORD).last.content.decode()  # type: ignore[attr-defined]
    assert logs_in(clerk.username, f.PASSWORD, own).last.status_code == 302  # type: ignore[attr-defined]


def test_an_ipv6_subscriber_counts_as_one_address() -> None:
    assert address_key("2001:db8:1:2::1") == address_key("2001:db8:1:2:ffff::9")
    assert address_key("2001:db8:1:2::1") != address_key("2001:db8:1:3::1")
    assert address_key("192.0.2.1") != address_key("192.0.2.2")


def test_a_wrong_name_and_a_wrong_password_say_the_same_up_to_the_lock(clerk: User) -> None:
    assert fail(clerk.username, FAILURES + 2) == fail("nobody.here", FAILURES + 2)


def test_a_wrong_name_and_a_wrong_password_cost_the_same_work(clerk: User) -> None:
    def work(username: str) -> tuple[int, list[str]]:
        with (
            patch.object(
                Argon2PasswordHasher, "encode", autospec=True, side_effect=Argon2PasswordHasher.encode
            ) as encode,
            patch.object(
                Argon2PasswordHasher, "verify", autospec=True, side_effect=Argon2PasswordHasher.verify
            ) as verify,
            CaptureQueriesContext(connection) as seen,
        ):
            fail(username, 1)
        return encode.call_count + verify.call_count, [entry["sql"].split(" ")[0] for entry in seen.captured_queries]

    assert work(clerk.username) == work("nobody.here")
    assert work("nobody.here")[0] == 1


def test_what_was_typed_as_a_name_is_kept_nowhere(clerk: User) -> None:
    fail("my-secret-password", 2)
    assert all(b"secret" not in bytes(one.key) for one in Tally.objects.all())
    assert not Event.objects.filter(subject_id__contains="secret").exists()
    assert Event.objects.filter(action="account.login_failed", subject_id="").count() == 2


def test_failures_and_the_lock_are_recorded(clerk: User) -> None:
    fail(clerk.username, FAILURES + 1)
    of_account = Event.objects.filter(subject_kind="account", subject_id=str(clerk.pk))
    assert of_account.filter(action="account.login_failed").count() == FAILURES
    assert of_account.filter(action="account.locked").count() == 1


def test_a_disabled_account_is_told_so_only_with_the_right_password(clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert "停用" not in fail(clerk.username, 1)[0]
    with pytest.raises(LoginRefused, match="停用"):
        present_password(username=clerk.username, password=f.PASSWORD, caller=OFFICE, at=NOON)


def test_counts_that_ended_begin_anew_and_are_taken_away() -> None:
    key = tally_key("test", 1)
    assert [count_hit(key=key, seconds=60, at=NOON).count for _n in range(3)] == [1, 2, 3]
    assert count_hit(key=key, seconds=60, at=NOON + timedelta(seconds=60)).count == 1
    assert forget_tallies(at=NOON + timedelta(seconds=61)) == 0
    assert forget_tallies(at=NOON + timedelta(seconds=121)) == 1


def test_counting_is_one_statement() -> None:
    with CaptureQueriesContext(connection) as seen:
        count_hit(key=tally_key("test", 2), seconds=60, at=NOON)
    assert len(seen.captured_queries) == 1


def test_public_pages_are_limited_by_address_and_say_so_in_plain_words(settings: object) -> None:
    settings.LXBT_PUBLIC_PER_MINUTE = 3  # type: ignore[attr-defined]
    here, there = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    with time_machine.travel(NOON, tick=False):
        assert [here.get("/login/").status_code for _n in range(4)] == [200, 200, 200, 429]
        refused = here.get("/login/code/")
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert "请稍等一分钟" in refused.content.decode()
        assert there.get("/login/").status_code == 200
    with time_machine.travel(NOON + timedelta(seconds=61), tick=False):
        assert here.get("/login/").status_code == 200
