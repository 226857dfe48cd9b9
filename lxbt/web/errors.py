"""Error pages: what happened, what to do, nothing personal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


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
    """A defect of ours. The page needs no database."""
    return render(request, "500.html", status=500)
