"""Log-in through a provider of identities (OpenID Connect, authorization code with PKCE), where an installation
switches it on.

The provider says who it is; the account must be there already and active. Whether it also checked a second factor is
believed only when it says so (`amr`, or `acr` of the configured list). The button is a link: a form would be stopped by
`form-action`.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from authlib.oidc.core import CodeIDToken
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from joserfc.errors import JoseError
from requests import RequestException

from lxbt.accounts import queries
from lxbt.accounts.operations import signing_in as operations
from lxbt.core.refusal import Refusal
from lxbt.web.accounts.signing_in import first_part_proved, go_in, safe_next
from lxbt.web.kit.edge import limited

NEXT = "oidc_next"  # session key: where to go afterwards
SECOND = frozenset({"mfa", "otp", "hwk", "swk", "sc"})  # RFC 8176, section 2: more than something known
SIGNED = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
LEEWAY = 30  # seconds that the provider's clock may be off
TIMEOUT = 10  # seconds
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class WrongProvider(Exception):
    """The provider does not keep to what was agreed."""


@cache
def client(issuer: str, client_id: str, secret: str) -> Any:
    """The registered client; what the provider publishes of itself is fetched once a process."""
    if urlsplit(issuer).scheme != "https" and urlsplit(issuer).hostname not in LOOPBACK:
        raise WrongProvider("an issuer is reached by https")
    return OAuth().register(
        "provider",
        client_id=client_id,
        client_secret=secret or None,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT,
            "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
        },
    )


def provider() -> Any:
    """The provider of this installation; not found where there is none."""
    if not settings.LXBT_OIDC_ISSUER:
        raise Http404
    found = client(settings.LXBT_OIDC_ISSUER, settings.LXBT_OIDC_CLIENT, settings.LXBT_OIDC_SECRET)
    metadata = found.load_server_metadata()
    if metadata.get("issuer", "").rstrip("/") != settings.LXBT_OIDC_ISSUER:
        raise WrongProvider("another issuer than the one named")
    metadata["id_token_signing_alg_values_supported"] = [
        a for a in metadata.get("id_token_signing_alg_values_supported", ["RS256"]) if a in SIGNED
    ]
    return found


@require_GET
@limited
def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider, with state, nonce and the digest of a proof that only this session holds."""
    try:
        found = provider()
        response: HttpResponse = found.authorize_redirect(request, request.build_absolute_uri(reverse("oidc_back")))
    except (RequestException, AuthlibBaseError, WrongProvider, ValueError, RuntimeError):
        return no_way_in(request, _("统一身份认证现在连不上，请稍后再试，或用用户名和密码登录。"))
    request.session[NEXT] = safe_next(request, "")
    return response


@require_GET
@limited
def back(request: HttpRequest) -> HttpResponse:
    """The browser comes back with a code: fetch the token, check it, and let the account in or on to its
    second factor.
    """
    try:
        claims = told(request)
    except (RequestException, AuthlibBaseError, JoseError, WrongProvider, ValueError, RuntimeError):
        return no_way_in(request, _("统一身份认证没有通过，请重新登录；仍不行，请用用户名和密码登录。"))
    name = claims.get(settings.LXBT_OIDC_CLAIM)
    user = queries.user_named(name.strip().lower()) if isinstance(name, str) else None
    if user is None:
        return no_way_in(request, _("统一身份认证中的用户在本系统没有账号。账号由上一级管理员开通。"))
    try:
        operations.must_be_active(user)
    except Refusal as refusal:
        return no_way_in(request, str(refusal))
    target = request.session.pop(NEXT, "")
    if gave_second_factor(claims):
        return go_in(request, user, "oidc", target)
    return first_part_proved(request, user, target)


def told(request: HttpRequest) -> dict[str, Any]:
    """The claims of a token that is signed by the provider, meant for us, answers our nonce, and has not run out."""
    options = {
        "iss": {"essential": True, "values": [settings.LXBT_OIDC_ISSUER, settings.LXBT_OIDC_ISSUER + "/"]},
        "aud": {"essential": True, "values": [settings.LXBT_OIDC_CLIENT]},
        "exp": {"essential": True},
        "nonce": {"essential": True},
    }
    token = provider().authorize_access_token(request, claims_options=options, claims_cls=CodeIDToken, leeway=LEEWAY)
    if not token.get("userinfo"):
        raise WrongProvider("no identity came with the token")
    return dict(token["userinfo"])


def gave_second_factor(claims: dict[str, Any]) -> bool:
    """Whether the provider says that it checked more than a password."""
    methods = claims.get("amr")
    return (isinstance(methods, list) and bool(SECOND & {str(m) for m in methods})) or claims.get(
        "acr"
    ) in settings.LXBT_OIDC_ACR


def no_way_in(request: HttpRequest, sentence: str) -> HttpResponse:
    """Back to the log-in page with a sentence."""
    operations.provider_refused()
    messages.error(request, sentence)
    return redirect("login")
