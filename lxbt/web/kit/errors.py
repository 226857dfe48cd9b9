"""Error pages: what happened, what to do, nothing personal.

A defect of ours gets a reference that finds its line in the log.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

log = logging.getLogger("lxbt.web")
COOKIE = "last_error"  # the reference of the last error page, for a report that is written now
KEPT = 15 * 60  # seconds
REFERENCE = re.compile(r"[0-9A-F]{8}")


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
    reference = secrets.token_hex(4).upper()
    match = getattr(request, "resolver_match", None)
    route, kind = (match.url_name or "") if match else "", sys.exc_info()[0]
    log.error("error %s: %s at %s", reference, kind.__name__ if kind else "failure", route or "an unknown page")
    response = render(request, "500.html", {"reference": reference, "route": route}, status=500)
    response.set_cookie(COOKIE, reference, max_age=KEPT, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


def last_error(request: HttpRequest) -> str:
    """The reference of the error page that this browser met within the last quarter of an hour; empty when none."""
    told = request.COOKIES.get(COOKIE, "")
    return told if REFERENCE.fullmatch(told) else ""
