"""Every request has a number: in its log lines, in its answer's header and, where it failed, on its error page."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

HEADER = "X-Request-ID"
NUMBER = re.compile(r"[0-9A-F]{8}")  # as we make them: what a client sends is not taken over
log = structlog.get_logger("lxbt.web")


def traced_requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: number the request and log its route, status, milliseconds and account, never its address.

    A number in an address can name a person; the route has none.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        number, begun = secrets.token_hex(4).upper(), time.monotonic()
        request.lxbt_number = number  # type: ignore[attr-defined]
        clear_contextvars()
        bind_contextvars(request=number)
        try:
            response = get_response(request)
            took = round(1000 * (time.monotonic() - begun))
            log.info("page", method=request.method, status=response.status_code, ms=took, **_of(request))
        finally:
            clear_contextvars()
        response.headers[HEADER] = number
        return response

    return middleware


def _of(request: HttpRequest) -> dict[str, object]:
    match, user = getattr(request, "resolver_match", None), getattr(request, "user", None)
    known = {"account": user.pk} if user is not None and user.is_authenticated else {}
    return {"route": match.view_name if match else "unknown", **known}


def number_of(request: HttpRequest) -> str:
    """Return the number of the request; a new one where the middleware did not run."""
    return getattr(request, "lxbt_number", "") or secrets.token_hex(4).upper()
