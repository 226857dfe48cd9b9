"""Passwords: strong enough, none of the last five, not for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lxbt.accounts.models import UsedPassword, User
from lxbt.accounts.operations.passwords import PasswordRefused, change_password, password_ran_out
from lxbt.accounts.rules.signing_in import kinds_of_characters
from tests import factories as f

NOW = timezone.now()


@pytest.fixture
def clerk(db: None) -> User:
    f.load_places()
    return f.account("clerk", f.TOWNSHIP)


def change(user: User, old: str, new: str) -> None:
    change_password(user=user, old=old, new=new, at=timezone.now())
    user.refresh_from_db()


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1))
def test_letters_alone_are_one_kind(text: str) -> None:
    assert kinds_of_characters(text) == 1


@given(st.text(min_size=1))
def test_every_password_has_one_to_three_kinds_and_a_digit_and_a_sign_add_theirs(text: str) -> None:
    assert 1 <= kinds_of_characters(text) <= 3
    assert kinds_of_characters(text + "a1!") == 3


@pytest.mark.parametrize("weak", ["onlyletterslong", "short-1a", "1029384756574839", "password1234"])
def test_a_weak_password_is_refused(clerk: User, weak: str) -> None:
    with pytest.raises(PasswordRefused):
        change(clerk, f.PASSWORD, weak)


def test_none_of_the_last_five_passwords_comes_back_but_the_one_before_them_may(clerk: User) -> None:
    words = [f.PASSWORD, *(f"fresh-word-{n}" for n in range(1, 7))]
    for old, new in pairwise(words):
        change(clerk, old, new)
    for used in words[-6:]:
        with pytest.raises(PasswordRefused):
            change(clerk, words[-1], used)
    change(clerk, words[-1], words[0])
    assert UsedPassword.objects.filter(user=clerk).count() == 5


def test_a_used_password_is_kept_only_encoded(clerk: User) -> None:
    change(clerk, f.PASSWORD, "fresh-word-1")
    assert UsedPassword.objects.get(user=clerk).password.startswith("argon2$")


def test_a_password_must_be_changed_after_180_days_before_anything_else(
    clerk: User, logs_in: Callable[..., Client]
) -> None:
    change(clerk, f.PASSWORD, "fresh-word-1")
    with time_machine.travel(timezone.now() + timedelta(days=179)):
        assert logs_in(clerk.username, "fresh-word-1").get("/help/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=181)):
        browser = logs_in(clerk.username, "fresh-word-1")
        assert browser.get("/help/").headers["Location"] == "/password/"
        assert "用得太久" in browser.get("/password/").content.decode()
        browser.post("/password/", {"old": "fresh-word-1", "new": "fresh-word-2", "again": "fresh-word-2"})
        assert browser.get("/help/").status_code == 200


def test_how_long_a_password_lasts_is_a_setting(clerk: User, settings: object) -> None:
    change(clerk, f.PASSWORD, "fresh-word-1")
    settings.LXBT_PASSWORD_DAYS = 30  # type: ignore[attr-defined]
    assert password_ran_out(clerk, at=timezone.now() + timedelta(days=31))
    assert not password_ran_out(clerk, at=timezone.now() + timedelta(days=29))
