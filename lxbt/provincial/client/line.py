"""A signed line: every request with time, nonce and digest, tried again with the same idempotency key until it is
answered.
"""

from __future__ import annotations

import base64
import json
import random
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

import httpx

from lxbt.core import signing as core_signing
from lxbt.core.canonical import canonical
from lxbt.core.clock import this_moment
from lxbt.provincial.rules import signing

JSON, NDJSON = "application/json", "application/x-ndjson"
CONNECT, READ = 10.0, 120.0  # seconds
TRIES = 8
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0  # seconds; doubled, a random part of it
AGAIN = (408, 425, 429)


class Unreachable(Exception):
    """No answer after all tries; nothing is known of what became of the request. The same call may be made again."""


class Refused(Exception):
    """Answered, and not taken: asking the same again changes nothing. `code`, `remedy` and `field` are the answer's."""

    def __init__(self, status: int, code: str, message: str, remedy: str = "", field: str = "") -> None:
        super().__init__(f"HTTP {status} {code}: {message}{' ' + remedy if remedy else ''}")
        self.status, self.code, self.message, self.remedy, self.field = status, code, message, remedy, field


@dataclass(frozen=True, slots=True)
class Key:
    """What a client signs with: the id that it is known by there, the algorithm, the raw private key."""

    key_id: str
    algorithm: str
    private: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent: bytes, or an open file with its digest and length, so that it is never wholly in memory."""

    content: bytes | IO[bytes] = b""
    kind: str = ""
    digest: str = ""
    length: int = 0
    packed: bool = False

    @classmethod
    def of_json(cls, value: object) -> Body:
        """Canonical JSON: one text for one value, so that the signature is over the value."""
        content = canonical(value)
        return cls(content, JSON, signing.digest_of(content), len(content))

    @classmethod
    def none(cls) -> Body:
        """No body."""
        return cls(digest=signing.digest_of(b""))


@dataclass
class Line:
    """A line to the interface. `base_url` ends before `/provincial/v1`. Used by one thread at a time."""

    base_url: str
    client_id: str
    key: Key
    transport: httpx.BaseTransport | None = None
    verify: Any = True
    certificate: Any = None
    clock: Callable[[], datetime] = field(default=this_moment)
    wait: Callable[[float], None] = time.sleep
    tries: int = TRIES
    language: str = "zh-Hans"
    _http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self._http = httpx.Client(
            base_url=self.base_url.rstrip("/") + "/provincial/v1/",
            timeout=httpx.Timeout(READ, connect=CONNECT),
            transport=self.transport,
            follow_redirects=False,
            trust_env=False,
            verify=self.verify,
            cert=self.certificate,
            headers={"User-Agent": "lxbt-province/1", "Accept-Language": self.language},
        )

    def headers(self, method: str, target: str, digest: str) -> dict[str, str]:
        """The signed headers of a request to `target` (path and query), with a time and nonce of their own."""
        moment, nonce = self.clock().isoformat(timespec="milliseconds"), secrets.token_urlsafe(24)
        signed = core_signing.sign(
            self.key.algorithm, self.key.private, signing.text_to_sign(method, target, moment, nonce, digest)
        )
        return {
            signing.CLIENT: self.client_id,
            signing.KEY: self.key.key_id,
            signing.TIME: moment,
            signing.NONCE: nonce,
            signing.DIGEST: digest,
            signing.SIGNATURE: base64.b64encode(signed).decode(),
        }

    def request(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        body: Body | None = None,
        more: Mapping[str, str] | None = None,
    ) -> httpx.Request:
        """The request as it will be sent, signed."""
        body = body or Body.none()
        extra = dict(more or {})
        if body.kind:
            extra["Content-Type"] = body.kind
        if body.packed:
            extra["Content-Encoding"] = "gzip"
        if not isinstance(body.content, bytes):
            body.content.seek(0)
            extra["Content-Length"] = str(body.length)
        made = self._http.build_request(
            method, path, params=dict(params or {}) or None, content=body.content, headers=extra
        )
        made.headers.update(self.headers(method, made.url.raw_path.decode(), body.digest))
        return made

    def once(self, request: httpx.Request, *, stream: bool = False) -> httpx.Response:
        """Send a request one time; httpx.HTTPError when the connection fails."""
        return self._http.send(request, stream=stream)

    def send(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        body: Body | None = None,
        *,
        key: str = "",
        more: Mapping[str, str] | None = None,
        stream: bool = False,
    ) -> httpx.Response:
        """The answer.

        A POST carries an idempotency key, the same at every try, so that it is done once. Unreachable, Refused.
        """
        more = dict(more or {})
        if method == "POST":
            more["Idempotency-Key"] = key or uuid.uuid4().hex
        why, pause = "", 0.0
        for attempt in range(self.tries):
            if attempt:
                self.wait(pause)
            pause = random.random() * min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)
            try:
                answer = self.once(self.request(method, path, params, body, more), stream=stream)
            except httpx.HTTPError as error:
                why = type(error).__name__
                continue
            if answer.status_code < 400:
                return answer
            answer.read()
            refused = refusal_of(answer)
            if answer.status_code not in AGAIN and answer.status_code < 500 and refused.code != "in_progress":
                raise refused
            why = str(refused)
            if answer.headers.get("Retry-After", "").isdigit():
                pause = max(pause, min(LONGEST_WAIT * 5, float(answer.headers["Retry-After"])))
        raise Unreachable(f"{method} {path}: {why}")

    def json(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, value: object = None, *, key: str = ""
    ) -> Any:
        """Send a value, if any, and read the JSON answer."""
        return self.send(method, path, params, None if value is None else Body.of_json(value), key=key).json()

    def close(self) -> None:
        """Hang up."""
        self._http.close()


def refusal_of(answer: httpx.Response) -> Refused:
    """What an answer says against a request."""
    try:
        told = answer.json()["error"]
        return Refused(
            answer.status_code,
            str(told["code"]),
            str(told["message"]),
            str(told.get("remedy", "")),
            str(told.get("field") or ""),
        )
    except (ValueError, KeyError, TypeError):
        return Refused(answer.status_code, "unreadable", json.dumps(answer.text[:120]))
