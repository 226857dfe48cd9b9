"""The language of the pages: Chinese, unless the reader chose English. The browser's own wish is not asked."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

CHOSEN = "language"  # session key: what was chosen before log-in
YEAR = 365 * 86400  # seconds


def reader_language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the cookie decides, Chinese without one.

    Office browsers often ask for English that nobody there reads.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        code = known(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME))
        request.LANGUAGE_CODE = code
        with translation.override(
            code
        ):  # and what came before it afterwards: the next task of this thread has its own reader, or none
            response = get_response(request)
        patch_vary_headers(response, ["Cookie"])
        response.headers.setdefault("Content-Language", code)
        return response

    return middleware


def known(code: str | None) -> str:
    """The code if the pages exist in that language, else Chinese."""
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def keep_language(response: HttpResponse, code: str) -> None:
    """Let this browser show the language from the next page on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )
