"""Log-in through a provider of identities, against a real one on the loopback."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from joserfc import jwk

from lxbt.accounts.models import User
from lxbt.audit.models import Event
from lxbt.web.accounts import oidc
from tests import factories as f
from tests.accounts.phone import enrolled
from tests.accounts.provider import CLIENT, SECRET, Provider, running_provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(db: None) -> User:
    f.load_places()
    return f.account("clerk", f.TOWNSHIP)


@pytest.fixture
def provider(settings: Any, clerk: User) -> Iterator[Provider]:
    with running_provider() as running:
        settings.LXBT_OIDC_ISSUER, settings.LXBT_OIDC_CLIENT, settings.LXBT_OIDC_SECRET = running.issuer, CLIENT, SECRET
        running.user = clerk.username
        yield running
    oidc.client.cache_clear()


def goes(browser: Client, next_page: str = "") -> str:
    """To the provider and back; gives the address that the provider sends the browser to."""
    begun = browser.get(reverse("oidc_begin"), {"next": next_page} if next_page else {})
    assert begun.status_code == 302
    there = requests.get(begun.headers["Location"], allow_redirects=False, timeout=5)
    return there.headers["Location"].removeprefix("http://testserver")


def log_in(browser: Client, next_page: str = "") -> Any:
    return browser.get(goes(browser, next_page))


def is_in(browser: Client) -> bool:
    return browser.get("/help/").status_code == 200


def test_the_account_that_the_provider_names_is_logged_in_and_led_on(provider: Provider, clerk: User) -> None:
    browser = Client()
    assert log_in(browser, "/help/").headers["Location"] == "/help/"
    assert is_in(browser)
    assert Event.objects.filter(action="account.logged_in", by_id=clerk.pk).exists()


def test_state_nonce_and_the_digest_of_a_proof_go_along(provider: Provider) -> None:
    query = parse_qs(urlsplit(Client().get(reverse("oidc_begin")).headers["Location"]).query)
    assert query["response_type"] == ["code"]
    assert query["code_challenge_method"] == ["S256"]
    assert all(len(query[name][0]) >= 20 for name in ("state", "nonce", "code_challenge"))


@pytest.mark.parametrize(
    "bent",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": ["another"], "azp": CLIENT},
        {"exp": int(time.time()) - 600},
        {"exp": None},
        {"iss": "https://elsewhere.example"},
        {"sub": None},
        {"aud": None},
    ],
)
def test_a_token_with_a_wrong_claim_lets_nobody_in(provider: Provider, bent: dict[str, Any]) -> None:
    provider.claims = bent
    browser = Client()
    assert log_in(browser).headers["Location"] == "/login/"
    assert not is_in(browser)
    assert "没有通过" in browser.get("/login/").content.decode()


def test_a_token_signed_by_somebody_else_lets_nobody_in(provider: Provider) -> None:
    provider.signs_with = jwk.RSAKey.generate_key(2048, parameters={"kid": "one"}, private=True)
    browser = Client()
    log_in(browser)
    assert not is_in(browser)


def test_a_code_brought_by_another_browser_lets_nobody_in(provider: Provider) -> None:
    victim, attacker = Client(), Client()
    address = goes(attacker)
    victim.get(address)
    assert not is_in(victim)
    fresh = Client()
    fresh.get(reverse("oidc_begin"))
    fresh.get(address)
    assert not is_in(fresh)


def test_a_code_brings_in_once(provider: Provider) -> None:
    browser = Client()
    address = goes(browser)
    browser.get(address)
    browser.post("/logout/")
    browser.get(address)
    assert not is_in(browser)


def test_a_provider_that_calls_itself_otherwise_is_not_followed(provider: Provider) -> None:
    provider.named_issuer = "https://elsewhere.example"
    assert Client().get(reverse("oidc_begin")).headers["Location"] == "/login/"


def test_an_unknown_account_is_not_opened(provider: Provider) -> None:
    provider.user = "never.seen"
    browser = Client()
    log_in(browser)
    assert not is_in(browser)
    assert "没有账号" in browser.get("/login/").content.decode()
    assert not User.objects.filter(username="never.seen").exists()


@pytest.mark.parametrize("odd", [None, 7, ["a"], {"a": 1}, ""])
def test_a_claim_that_is_no_name_lets_nobody_in(provider: Provider, odd: object) -> None:
    provider.claims = {"preferred_username": odd}
    browser = Client()
    log_in(browser)
    assert not is_in(browser)


def test_a_disabled_account_stays_out(provider: Provider, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    browser = Client()
    log_in(browser)
    assert "已停用" in browser.get("/login/").content.decode()


def test_the_own_second_factor_is_asked_unless_the_provider_says_it_was_given(provider: Provider, clerk: User) -> None:
    phone, _codes = enrolled(clerk, timezone.now() - timedelta(minutes=5))
    browser = Client()
    assert log_in(browser).headers["Location"] == reverse("login_code")
    assert not is_in(browser)
    browser.post(reverse("login_code"), {"code": phone.code()})
    assert is_in(browser)
    provider.claims = {"amr": ["pwd", "otp"]}
    other = Client()
    log_in(other)
    assert is_in(other)


def test_who_must_have_a_second_factor_sets_one_up_unless_the_provider_gave_it(
    provider: Provider, required: None, settings: Any
) -> None:
    provider.user = f.account("decider", f.COUNTY).username
    assert log_in(Client()).headers["Location"] == reverse("login_enrol")
    provider.claims = {"acr": "urn:strong"}
    assert log_in(Client()).headers["Location"] == reverse("login_enrol")
    settings.LXBT_OIDC_ACR = ["urn:strong"]
    browser = Client()
    log_in(browser)
    assert is_in(browser)


def test_the_claim_that_holds_the_name_is_a_setting(provider: Provider, settings: Any, clerk: User) -> None:
    settings.LXBT_OIDC_CLAIM = "employee"
    provider.user, provider.claims = "somebody", {"employee": clerk.username.upper()}
    browser = Client()
    log_in(browser)
    assert is_in(browser)


def test_an_address_of_another_site_is_not_followed_afterwards(provider: Provider) -> None:
    assert log_in(Client(), "https://elsewhere.example/").headers["Location"] == "/"


def test_where_it_is_not_switched_on_there_is_no_button_and_no_page(db: None) -> None:
    assert reverse("oidc_begin") not in Client().get("/login/").content.decode()
    assert Client().get(reverse("oidc_begin")).status_code == 404
    assert Client().get(reverse("oidc_back")).status_code == 404


def test_where_it_is_switched_on_there_is_a_button(provider: Provider, settings: Any) -> None:
    settings.LXBT_OIDC_LABEL = "用省统一身份登录"
    assert "用省统一身份登录" in Client().get("/login/").content.decode()


def test_an_issuer_without_tls_is_refused_off_the_loopback(settings: Any, db: None) -> None:
    settings.LXBT_OIDC_ISSUER = "http://id.example.test"
    assert Client().get(reverse("oidc_begin")).headers["Location"] == "/login/"


def test_a_provider_that_is_down_is_said_in_words(settings: Any, db: None) -> None:
    settings.LXBT_OIDC_ISSUER = "http://127.0.0.1:9"
    browser = Client()
    assert browser.get(reverse("oidc_begin")).headers["Location"] == "/login/"
    assert "连不上" in browser.get("/login/").content.decode()
