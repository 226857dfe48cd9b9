"""The served addresses: read the request, call one operation, answer as JSON."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from lxbt.core.addresses import address_noted
from lxbt.core.clock import Now, this_moment
from lxbt.exchange import signing
from lxbt.exchange.operations import receiving
from lxbt.exchange.rules.envelope import errors


def _json(body: dict[str, Any], status: int = 200) -> HttpResponse:
    return JsonResponse(
        body, status=status, json_dumps_params={"ensure_ascii": False}, headers={"Cache-Control": "no-store"}
    )


@csrf_exempt  # no cookie is looked at here: every message brings its own token
def registry(request: HttpRequest, namespace: str, path: str) -> HttpResponse:
    """Every address under /dci/<register>/v1.0.0/registry/."""
    if request.method != "POST":
        return _json(errors("err.request.bad", "send a POST"), 405)
    now = Now.read()
    reply = receiving.receive(
        namespace=namespace,
        path=path.strip("/"),
        raw=request.body,
        content_type=request.headers.get("Content-Type", ""),
        authorization=request.headers.get("Authorization", ""),
        at=now.at,
        on=now.on,
    )
    response = _json(reply.body, reply.status)
    if reply.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _caller(request: HttpRequest) -> str:
    return address_noted(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        proxies=settings.LXBT_PROXIES,
        trusted=settings.LXBT_PROXY_NETWORKS,
    )


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """A bearer token for client credentials (OAuth 2.0); a form or JSON."""
    if request.method != "POST":
        return _json({"error": "invalid_request"}, 405)
    told = receiving.credentials(
        request.body, request.headers.get("Content-Type", ""), request.headers.get("Authorization", "")
    )
    if told.get("grant_type") != "client_credentials":
        return _json({"error": "unsupported_grant_type"}, 400)
    given = receiving.token_for(told, address=_caller(request), at=this_moment())
    if given is None:
        return _json({"error": "invalid_client"}, 401)
    return _json({"access_token": given[0], "token_type": "Bearer", "expires_in": given[1]})


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys that our messages are signed with."""
    response = _json(signing.key_set(signing.signing_keys()))
    response["Cache-Control"] = "public, max-age=300"
    return response
