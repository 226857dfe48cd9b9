"""Error pages: what happened, what to do, nothing personal.

A defect of ours gets a reference that finds its line in the log.
"""

from __future__ import annotations

import sys

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lxbt.web.kit.tracing import NUMBER, number_of

log = structlog.get_logger("lxbt.web")
COOKIE = "last_error"  # the reference of the last error page, for a report that is written now
KEPT = 15 * 60  # seconds


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request could not be understood."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not allowed."""
    return render(request, "403.html", status=403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of its session: the page stood open too long, or the form is not ours."""
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not there, or not in scope: the two look the same."""
    return render(request, "404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """A defect of ours.

    The page needs no database; its reference stands in the log too, and goes along with a report.
    """
    reference = number_of(request)
    match = getattr(request, "resolver_match", None)
    route, kind = (match.url_name or "") if match else "", sys.exc_info()[0]
    silent = kind is not None and issubclass(kind, OperationalError | InterfaceError)  # the database, not a page
    log.error("error page", reference=reference, route=route or "unknown", exc_info=True)
    shown = {"reference": reference, "route": route}
    response = render(request, "503.html" if silent else "500.html", shown, status=503 if silent else 500)
    response.set_cookie(COOKIE, reference, max_age=KEPT, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


def last_error(request: HttpRequest) -> str:
    """The reference of the error page that this browser met within the last quarter of an hour; empty when none."""
    told = request.COOKIES.get(COOKIE, "")
    return told if NUMBER.fullmatch(told) else ""
