"""Every act of a page says which network address it came from."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from lxbt.audit.origin import acts_from
from lxbt.web.kit.edge import client_address


def acting_address(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: events recorded while the request is answered carry its address."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with acts_from(client_address(request)):
            return get_response(request)

    return middleware
