"""Chinese unless somebody chose English; the choice goes with the account."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from lxbt.accounts.models import User
from tests import factories as f

ENGLISH_BROWSER = {"accept-language": "en-GB,en;q=0.9"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    f.load_places()
    return f.account("clerk", f.TOWNSHIP)


def log_in(browser: Client, user: User) -> str:
    browser.post("/login/", {"username": user.username, "password": f.PASSWORD})
    return shown(browser, "/help/")


def shown(browser: Client, address: str) -> str:
    """The language of a page, in the header and in the page alike."""
    response = browser.get(address)
    language = response.headers["Content-Language"]
    assert f'<html lang="{ {"en": "en", "zh-hans": "zh-Hans"}[language] }"' in response.content.decode()
    return language


def choose(browser: Client, language: str) -> None:
    browser.post("/language/", {"language": language})


def test_a_browser_that_asks_for_english_is_shown_chinese() -> None:
    assert shown(Client(headers=ENGLISH_BROWSER), "/login/") == "zh-hans"


def test_an_unknown_language_is_chinese() -> None:
    browser = Client()
    browser.cookies["django_language"] = "de"
    assert shown(browser, "/login/") == "zh-hans"
    choose(browser, "xx")
    assert shown(browser, "/login/") == "zh-hans"


def test_english_chosen_while_logged_in_is_there_on_another_machine(clerk: User) -> None:
    here, there = Client(), Client()
    log_in(here, clerk)
    choose(here, "en")
    assert shown(here, "/help/") == "en"
    assert log_in(there, clerk) == "en"


def test_english_chosen_on_the_login_page_becomes_the_accounts(clerk: User) -> None:
    here, there = Client(), Client()
    choose(here, "en")
    assert log_in(here, clerk) == "en"
    assert log_in(there, clerk) == "en"


def test_the_next_person_at_the_same_machine_has_their_own_language(clerk: User) -> None:
    browser = Client()
    choose(browser, "en")
    log_in(browser, clerk)
    browser.post("/logout/")
    assert log_in(browser, f.account("supervisor", f.COUNTY)) == "zh-hans"


def test_back_to_chinese(clerk: User, logged_in: Callable[[User], Client]) -> None:
    browser = logged_in(clerk)
    choose(browser, "en")
    choose(browser, "zh-hans")
    assert shown(browser, "/help/") == "zh-hans"
    clerk.refresh_from_db()
    assert clerk.language == "zh-hans"


def test_the_language_of_a_page_does_not_stay_with_the_thread_that_answered(client: Client) -> None:
    before = translation.get_language()
    client.cookies["django_language"] = "en"
    assert client.get("/login/").headers["Content-Language"] == "en"
    assert translation.get_language() == before
