"""The edge of the pages: who calls, how often, and the headers that every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lxbt.accounts.operations.attempts import address_key
from lxbt.accounts.operations.tallies import count_hit, tally_key
from lxbt.accounts.rules.signing_in import Caller
from lxbt.core.addresses import address_noted
from lxbt.core.clock import this_moment

DEVICE = "device"  # cookie: the browser, known again at the next log-in
DEVICE_DAYS = 730
MINUTE = 60
UNUSED = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
    "serial",
    "hid",
)
PERMISSIONS = ", ".join(f"{feature}=()" for feature in UNUSED)
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def more_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what Django does not set by itself.

    No page here needs a camera or a payment, and a position only the home visit.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def client_address(request: HttpRequest) -> str:
    """The address that the request came from: with n proxies of ours (`LXBT_PROXIES`), the n-th from the right of what
    they noted.

    What stands further left was written by the client and is believed by nobody.
    """
    return address_noted(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        proxies=settings.LXBT_PROXIES,
        trusted=settings.LXBT_PROXY_NETWORKS,
    )


def device_token(request: HttpRequest) -> str:
    """The token in this browser's signed cookie; empty without one, or when it was tampered with."""
    return request.get_signed_cookie(DEVICE, default="", salt=DEVICE, max_age=DEVICE_DAYS * 86400) or ""


def keep_device(response: HttpResponse, token: str) -> None:
    """Let this browser be known again."""
    response.set_signed_cookie(
        DEVICE,
        token,
        salt=DEVICE,
        max_age=DEVICE_DAYS * 86400,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def caller_of(request: HttpRequest) -> Caller:
    """Where a log-in comes from."""
    return Caller(client_address(request), short_agent(request.headers.get("User-Agent", "")), device_token(request))


def short_agent(agent: str) -> str:
    """A browser as its user would name it: Chrome · Windows."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return " · ".join(part for part in (browser, system) if part)


def limited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a page that needs no log-in be asked for only so often a minute from one address
    (`LXBT_PUBLIC_PER_MINUTE`).
    """

    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = this_moment()
        seen = count_hit(key=tally_key("public", address_key(client_address(request)).hex()), seconds=MINUTE, at=now)
        if seen.count > settings.LXBT_PUBLIC_PER_MINUTE:
            response = render(request, "429.html", status=429)
            response["Retry-After"] = str(max(1, int((seen.until_at - now).total_seconds())))
            return response
        return view(request, *args, **kwargs)

    return counted
