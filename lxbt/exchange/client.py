"""Speaking to a partner over HTTP: a token, a signature, a time limit, one connection kept open."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

CONNECT, READ = 5.0, 30.0  # seconds
LARGEST_ANSWER = 256 * 2**20
TOKEN_PATH = "/oauth2/client/token"


class NoAnswer(Exception):
    """The partner could not be reached, answered late, or answered what is no answer; the text is for the operator and
    names no person.
    """


class SaysNo(Exception):
    """The partner answered, and refuses: asking the same again changes nothing."""


@dataclass(slots=True)
class _Token:
    text: str
    until: datetime


@dataclass
class Line:
    """An open line to one partner. Used by one thread at a time."""

    base_url: str
    client_id: str
    client_secret: str
    transport: httpx.BaseTransport | None = None
    _token: _Token | None = None
    _http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self._http = httpx.Client(
            timeout=httpx.Timeout(READ, connect=CONNECT),
            transport=self.transport,
            follow_redirects=False,
            headers={"User-Agent": "lxbt"},
            trust_env=False,
        )

    def post(self, url: str, body: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        """Send a message, give the JSON answer. NoAnswer: try again later. SaysNo: do not."""
        answer = self._send(
            "POST",
            url,
            at,
            content=json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
            kind="application/json",
        )
        return _object(answer)

    def get(self, url: str, at: datetime) -> bytes:
        """A file of the partner."""
        return self._send("GET", url, at).content

    def _send(
        self, method: str, url: str, at: datetime, content: bytes | None = None, kind: str = ""
    ) -> httpx.Response:
        answer = self._ask(method, url, content, kind, self.token(at))
        if answer.status_code == 401 and self._token is not None:
            self._token = None  # it may have been taken away; once is enough
            answer = self._ask(method, url, content, kind, self.token(at))
        if answer.status_code in (408, 425, 429) or answer.status_code >= 500:
            raise NoAnswer(f"HTTP {answer.status_code}")
        if answer.status_code >= 400:
            raise SaysNo(f"HTTP {answer.status_code}: {_why(answer)}")
        return answer

    def _ask(self, method: str, url: str, content: bytes | None, kind: str, token: str) -> httpx.Response:
        headers = (
            {"Accept": "application/json"}
            | ({"Authorization": f"Bearer {token}"} if token else {})
            | ({"Content-Type": kind} if kind else {})
        )
        try:
            answer = self._http.request(method, url, content=content, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswer(type(error).__name__) from error
        if len(answer.content) > LARGEST_ANSWER:
            raise NoAnswer("the answer is too large")
        return answer

    def token(self, at: datetime) -> str:
        """The bearer token, asked for anew a minute before it ends; none without a secret."""
        if not self.client_secret:
            return ""
        if self._token is None or self._token.until <= at:
            root = httpx.URL(self.base_url)
            form = {
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.client_secret,
            }
            try:
                answer = self._http.post(str(root.copy_with(path=TOKEN_PATH)), data=form)
            except httpx.HTTPError as error:
                raise NoAnswer(type(error).__name__) from error
            if answer.status_code >= 500:
                raise NoAnswer(f"HTTP {answer.status_code}")
            if answer.status_code != 200:
                raise SaysNo(f"no token: HTTP {answer.status_code}")
            told = _object(answer)
            try:
                self._token = _Token(
                    str(told["access_token"]), at + timedelta(seconds=int(told.get("expires_in", 300)) - 60)
                )
            except (KeyError, ValueError, TypeError):
                raise NoAnswer("no token in the answer") from None
        return self._token.text

    def close(self) -> None:
        """Hang up."""
        self._http.close()


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        raise NoAnswer("the answer is no JSON") from None
    if not isinstance(found, dict):
        raise NoAnswer("the answer is no object")
    return found


def _why(answer: httpx.Response) -> str:
    """The code of a refusal; its text may name a person and is left out."""
    try:
        told = answer.json()
        code = told["errors"][0]["code"] if "errors" in told else told["message"]["error"]["code"]
    except (ValueError, KeyError, IndexError, TypeError):
        return ""
    return str(code)[:60]


_lines = threading.local()


def line_to(base_url: str, client_id: str, client_secret: str) -> Line:
    """The line of this thread to a partner, opened once."""
    known: dict[tuple[str, str, str], Line] = _lines.__dict__.setdefault("open", {})
    key = (base_url, client_id, client_secret)
    if key not in known:
        known[key] = Line(base_url, client_id, client_secret)
    return known[key]
