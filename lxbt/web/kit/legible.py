"""What no text can hold is turned away before any page sees it: NUL, half of a pair of surrogates, a key that no table
has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from lxbt.core.readers.text import all_legible, is_legible
from lxbt.core.readers.whole import LARGEST

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def legible_cookies(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, before the session is looked for: a cookie that cannot be kept counts as none."""

    def middleware(request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if not is_legible(name + value)]:
            del request.COOKIES[name]
        return get_response(request)

    return middleware


class LegibleRequests:
    """Middleware, after the form's token was checked: what cannot be kept is answered with 400, an impossible key with
    404.

    The doors for machines know first who asks and say themselves, in their own words, what cannot be kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """400 and 404 before the view is called; None lets it be called."""
        if any(isinstance(value, int) and value > LARGEST for value in kwargs.values()):
            raise Http404
        if getattr(view, "csrf_exempt", False):
            return None
        if not is_legible(request.path) or not all_legible(request.GET.lists()):
            return unreadable(request)
        if request.method == "POST" and request.content_type in FORMS and not all_legible(request.POST.lists()):
            return unreadable(request)
        return None


def unreadable(request: HttpRequest) -> HttpResponse:
    """The page that says which signs cannot be kept."""
    return render(request, "400.html", {"illegible": True}, status=400)
