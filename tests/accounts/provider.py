"""A small provider of identities on the loopback: discovery, authorization code with PKCE and nonce, tokens signed by
RS256.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwk, jwt

CLIENT, SECRET = "lxbt", "a-shared-secret"


class Provider:
    """Logs `user` in without asking. What it says can be bent: `claims` replace those of the token, `key` signs it."""

    def __init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.key = jwk.RSAKey.generate_key(2048, parameters={"kid": "one"}, private=True)
        self.signs_with = self.key
        self.user = ""
        self.claims: dict[str, Any] = {}
        self.named_issuer = self.issuer
        self.asked: dict[str, dict[str, str]] = {}  # by code: what the browser asked with
        self.refused: list[str] = []

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        code = secrets.token_urlsafe(16)
        self.asked[code] = query
        return query["redirect_uri"] + "?" + urlencode({"code": code, "state": query["state"]})

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The answer to a code: used once, by the registered client, with the proof whose digest came first."""
        asked = self.asked.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        proof = (
            base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
            .rstrip(b"=")
            .decode()
        )
        if (
            asked is None
            or authorization != f"Basic {basic}"
            or asked.get("code_challenge_method") != "S256"
            or proof != asked.get("code_challenge")
        ):
            self.refused.append(form.get("code", ""))
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "42",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce"),
            "preferred_username": self.user,
            "amr": ["pwd"],
            **self.claims,
        }
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signs_with)
        return {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 300, "id_token": token}

    def handler(provider) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path == "/.well-known/openid-configuration":
                    at = provider.issuer
                    return self.answer(
                        {
                            "issuer": provider.named_issuer,
                            "authorization_endpoint": f"{at}/authorize",
                            "token_endpoint": f"{at}/token",
                            "jwks_uri": f"{at}/keys",
                            "id_token_signing_alg_values_supported": ["RS256", "none"],
                        }
                    )
                if parts.path == "/keys":
                    return self.answer({"keys": [provider.key.as_dict(private=False)]})
                self.send_response(302)
                self.send_header(
                    "Location", provider.authorize({name: values[0] for name, values in parse_qs(parts.query).items()})
                )
                self.end_headers()
                return None

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                found = provider.token(
                    {name: values[0] for name, values in parse_qs(body).items()}, self.headers.get("Authorization", "")
                )
                self.answer(found or {"error": "invalid_grant"}, 200 if found else 400)

            def answer(self, what: dict[str, Any], status: int = 200) -> None:
                body = json.dumps(what).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Quiet."""

        return Handler


@contextmanager
def running_provider() -> Iterator[Provider]:
    provider = Provider()
    thread = Thread(target=provider.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        thread.join()
