"""The edge: headers on every answer, no script or style inline, addresses behind proxies, error pages that say
nothing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as installed
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.web.kit.edge import client_address
from lxbt.web.urls import urlpatterns
from tests import factories as f

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).resolve().parent.parent.parent / "lxbt" / "web" / "templates"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def carries_headers(answer: Any, where: str) -> None:
    for name, value in HEADERS.items():
        assert answer.headers.get(name) == value, f"{where}: {name}"
    assert "camera=()" in answer.headers["Permissions-Policy"], where
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy, where
    assert "unsafe-eval" not in policy, where
    for part in (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert part in policy, f"{where}: {part}"


def addresses() -> list[str]:
    values = {"int": 1, "str": "x", "slug": "x"}
    found = []
    for route in urlpatterns:
        kinds = {
            name: type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
            for name, converter in route.pattern.converters.items()
        }
        found.append(reverse(route.name, kwargs={name: values[kind] for name, kind in kinds.items()}))
    return found


def test_every_answer_carries_the_headers_for_strangers_and_officials(logged_in: Callable[[User], Client]) -> None:
    f.load_places()
    for client in (Client(raise_request_exception=False), logged_in(f.account("decider", f.COUNTY))):
        client.raise_request_exception = False
        for address in [*addresses(), "/no/such/page/", "/static/lxbt/none.css"]:
            for method in (client.get, client.post):
                carries_headers(method(address), address)


def test_a_static_file_carries_the_policy_too() -> None:
    order = installed.MIDDLEWARE
    assert order[0] == "django.middleware.security.SecurityMiddleware"
    if "whitenoise.middleware.WhiteNoiseMiddleware" in order:
        assert order.index("csp.middleware.CSPMiddleware") < order.index("whitenoise.middleware.WhiteNoiseMiddleware")
    source = (TEMPLATES.parent.parent / "config" / "settings.py").read_text()
    assert source.index('"csp.middleware.CSPMiddleware"') < source.index('"whitenoise.middleware.WhiteNoiseMiddleware"')


def test_no_template_has_a_script_a_style_or_a_handler_inline() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), path.name
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), path.name


def asked(**meta: str) -> HttpRequest:
    return RequestFactory().get("/", **meta)  # type: ignore[arg-type]


def test_without_a_proxy_the_forwarded_address_is_believed_by_nobody() -> None:
    assert client_address(asked(REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="203.0.113.9")) == "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "noted", "address"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.66, 203.0.113.9", "203.0.113.9"),  # the client wrote the first one
        (2, "198.51.100.66, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "nonsense", "192.0.2.1"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_behind_proxies_the_address_is_the_one_that_our_own_proxy_noted(
    settings: Any, proxies: int, noted: str, address: str
) -> None:
    settings.LXBT_PROXIES, settings.LXBT_PROXY_NETWORKS = proxies, ("192.0.2.0/24",)
    assert client_address(asked(REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=noted)) == address
    # who comes past the proxy may write what he likes
    assert client_address(asked(REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR=noted)) == "198.51.100.7"


def test_behind_tls_cookies_are_secure_and_hsts_is_sent(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    f.load_places()
    clerk = f.account("clerk", f.TOWNSHIP)
    browser = Client()
    answer = browser.post("/login/", {"username": clerk.username, "password": f.PASSWORD}, secure=True)
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    for name in ("sessionid", "device", "here", "django_language"):
        assert answer.cookies[name]["secure"], name
        assert answer.cookies[name]["httponly"], name
        assert answer.cookies[name]["samesite"] == "Lax", name


def test_a_header_from_outside_makes_no_request_secure_unless_the_installation_says_so(settings: Any) -> None:
    assert not asked(HTTP_X_FORWARDED_PROTO="https").is_secure()
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert asked(HTTP_X_FORWARDED_PROTO="https").is_secure()


def test_error_pages_say_nothing_of_the_inside_and_change_their_language(
    logged_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    f.load_places()
    client = logged_in(f.account("clerk", f.TOWNSHIP))
    client.raise_request_exception = False

    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("secret detail 6222020000000000")

    monkeypatch.setattr("lxbt.accounts.queries.signing_in.second_factor_of", broken)
    logging.disable(logging.CRITICAL)
    try:
        failed = client.get("/profile/")
    finally:
        logging.disable(logging.NOTSET)
    assert failed.status_code == 500
    for answer in (failed, client.get("/no/such/page/")):
        page = answer.content.decode()
        assert "secret" not in page
        assert "Traceback" not in page
        assert 'name="language"' in page
    client.post("/language/", {"language": "en", "next": "/no/such/page/"})
    assert "Not found" in client.get("/no/such/page/").content.decode()


def test_a_form_without_its_token_is_refused_on_a_page_in_the_house_style() -> None:
    answer = Client(enforce_csrf_checks=True).post("/login/", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "页面放得太久了" in answer.content.decode()
    assert 'name="language"' in answer.content.decode()
