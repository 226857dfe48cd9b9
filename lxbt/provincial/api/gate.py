"""The gate before every address: the signature, then the client and the moment stand in the request."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from ninja.security import APIKeyHeader

from lxbt.core.clock import this_moment
from lxbt.core.readers.text import all_legible, is_legible
from lxbt.provincial.models import Client
from lxbt.provincial.operations import receiving
from lxbt.provincial.rules import signing
from lxbt.provincial.rules.problems import Problem

LARGEST = 2 * 2**20  # bytes of a body that is read at once
AS_SENT = "!$&'()*+,;=:@-._~/"  # signs of a path that are sent as they are


class ProvinceRequest(HttpRequest):
    """A request past the gate."""

    auth: Client
    at: datetime


def language_of(request: HttpRequest) -> str:
    """Chinese, unless the first wish of the caller is English."""
    return "en" if request.headers.get("Accept-Language", "").strip().lower().startswith("en") else "zh-hans"


def target_of(request: HttpRequest) -> str:
    """Path and query as they were sent."""
    query = request.META.get("QUERY_STRING", "")
    return quote(request.path, safe=AS_SENT) + (f"?{query}" if query else "")


class Signed(APIKeyHeader):
    """A request signed by a client, its body with it. `streamed`: the body is compared while it comes, by the view."""

    param_name = signing.SIGNATURE

    def __init__(self, *, streamed: bool = False) -> None:
        self.streamed = streamed
        super().__init__()

    def authenticate(self, request: HttpRequest, key: str | None) -> Client:
        """The client that signed; the whole request is looked at, not the header alone."""
        translation.activate(language_of(request))  # the middleware puts it back afterwards
        at = this_moment()
        client = receiving.recognise(
            method=request.method or "",
            target=target_of(request),
            headers=request.headers,
            certificate=receiving.certificate_of(request.headers),
            at=at,
        )
        if not is_legible(request.path) or not all_legible(request.GET.lists()):
            raise Problem(
                400, "malformed", _("地址里有不能保存的字符。"), remedy=_("去掉空字符和不成对的代理字符后重发。")
            )
        if not self.streamed:
            receiving.check_body(request.body, request.headers[signing.DIGEST])
            if b"\\u0000" in request.body and "/push/" not in request.path:  # a pushed record is answered as a record
                raise Problem(400, "malformed", _("内容里有空字符，文字里不能有。"), remedy=_("去掉空字符后重发。"))
        request.at = at  # type: ignore[attr-defined]
        return client
