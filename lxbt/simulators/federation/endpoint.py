"""What every played program shares that stands at the other end of a line: tokens, signatures both ways, answers at
once or by callback.
"""

from __future__ import annotations

import json
import secrets
import threading
import uuid
from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from lxbt.core.clock import this_moment
from lxbt.core.signing import ED25519, BadSignature, keys_of_set
from lxbt.exchange import signing
from lxbt.exchange.rules import envelope as e
from lxbt.exchange.rules import signature
from lxbt.exchange.rules.envelope import Envelope
from lxbt.simulators.federation.faults import Faults
from lxbt.simulators.federation.telling import Teller, new_run

CALLBACKS = {
    "search": "on-search",
    "subscribe": "on-subscribe",
    "unsubscribe": "on-unsubscribe",
    "txn/status": "txn/on-status",
}
ACTIONS = {
    "search": ("search",),
    "subscribe": ("subscribe",),
    "unsubscribe": ("unsubscribe",),
    "txn/status": ("txn-status", "status"),
}


class Declined(Exception):
    """Not taken: HTTP status and code."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code = status, code


class Endpoint(ABC):
    """A program at the other end of a line: its keys, its tokens, its faults.

    `link` says who the one partner is (see `config.federation.link`).
    """

    def __init__(self, link: dict[str, Any], keys: Path, *, faults: Faults) -> None:
        self.link, self.faults = link, faults
        self.key = signing.signing_keys(keys)[-1]
        self.run = new_run()
        self.tokens: dict[str, datetime] = {}
        self.partner_keys: dict[str, bytes] = keys_of_set(link.get("partner_keys") or {})
        self.known: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.asked = 0
        self.stopped = threading.Event()
        self.teller: Teller = self.make_teller()

    @staticmethod
    def now() -> datetime:
        """This moment."""
        return this_moment()

    @abstractmethod
    def make_teller(self) -> Teller:
        """The thread that sends what this side says by itself."""

    @abstractmethod
    def is_new(self, message_id: str) -> bool:
        """Whether a message came for the first time."""

    @abstractmethod
    def at_once(self, path: str, message: dict[str, Any], correlation: str, at: datetime) -> dict[str, Any]:
        """The message of an answer to a request at an address below /registry/sync/."""

    @abstractmethod
    def later(self, path: str, message: dict[str, Any], correlation: str, at: datetime, address: str) -> dict[str, Any]:
        """The message of a callback."""

    @abstractmethod
    def administer(self, path: str, told: dict[str, Any]) -> dict[str, Any]:
        """The switches of a test or demonstration."""

    def start(self) -> None:
        """Begin to tell."""
        self.teller.start()

    def stop(self) -> None:
        """End it."""
        self.stopped.set()
        self.teller.stopped = True
        self.teller.wake.set()

    def signed(self, header: dict[str, Any], message: dict[str, Any], at: datetime) -> dict[str, Any]:
        """A message with the signature of this side, or with one that does not hold when that fault strikes."""
        told = signing.signed(header, message, at=at, sender_id=self.link["sender_id"], key=self.key)
        if self.faults.strikes("signature"):
            told["header"] = header | {"message_id": header["message_id"][::-1]}
        return told

    def callback_header(self, action: str, at: datetime, count: int = 1, status: str = "succ") -> dict[str, Any]:
        """The header of what this side says."""
        us, them = self.link["sender_id"], self.link["partner_id"]
        return e.callback_header(
            action, message_id=str(uuid.uuid4()), at=at, sender_id=us, receiver_id=them, status=status, count=count
        )

    def token(self, told: dict[str, str]) -> dict[str, Any] | None:
        """A bearer token for the partner's credentials."""
        if told.get("client_id") != self.link["partner_id"] or not secrets.compare_digest(
            told.get("client_secret", ""), self.link["partner_secret"]
        ):
            return None
        token = secrets.token_urlsafe(24)
        self.tokens[token] = self.now() + timedelta(hours=1)
        return {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def partner_key(self, key_id: str, algorithm: str) -> bytes | None:
        """The partner's public key; its key set is asked for anew when the key is not known."""
        if algorithm != ED25519:
            return None
        if key_id not in self.partner_keys and self.link.get("partner_url"):
            try:
                self.partner_keys |= keys_of_set(
                    httpx.get(
                        f"{_root(self.link['partner_url'])}/.well-known/jwks.json", timeout=5, trust_env=False
                    ).json()
                )
            except (httpx.HTTPError, ValueError):
                return None
        return self.partner_keys.get(key_id)

    def answer(self, path: str, raw: bytes, authorization: str) -> dict[str, Any]:
        """The body of an answer to a message at an address below /registry/."""
        self.asked += 1
        at = self.now()
        if self.tokens.get(authorization.removeprefix("Bearer ").strip(), at) <= at:
            raise Declined(401, "err.request.unauthorized", "a bearer token is needed")
        envelope = self._read(path, raw, at)
        correlation, message = str(uuid.uuid4()), envelope.message
        if path.startswith("sync/"):
            told = self.at_once(path, message, correlation, at)
            return self.signed(self.callback_header("txn-on-status" if "status" in path else "on-search", at), told, at)
        address = envelope.header.sender_uri.rstrip("/")
        if not address.startswith(self.link["partner_url"]):
            raise Declined(400, "err.sender_uri.invalid", "sender_uri is not the partner's")
        told = self.later(path, message, correlation, at, address)
        self.known[message["transaction_id"]] = told
        header = self.callback_header(CALLBACKS[path].replace("txn/on-status", "txn-on-status"), at)
        self.teller.later(f"{address}/registry/{CALLBACKS[path]}", {"header": header, "message": told})
        return e.acknowledged(correlation, at)

    def _read(self, path: str, raw: bytes, at: datetime) -> Envelope:
        try:
            body = json.loads(raw)
        except ValueError:
            raise Declined(400, "err.request.bad", "no JSON") from None
        envelope = e.read_envelope(body, ACTIONS.get(path.removeprefix("sync/"), ("search",)), callback=False)
        try:
            signature.verify(
                envelope.signature or "",
                envelope.raw_header,
                envelope.message,
                sender_id=self.link["partner_id"],
                key_of=self.partner_key,
                at=at,
            )
        except BadSignature as error:
            raise Declined(401, "err.signature.invalid", str(error)) from None
        if not self.is_new(envelope.header.message_id) and not path.startswith("sync/"):
            raise Declined(409, "rjct.message_id.duplicate", "this message came before")
        return envelope


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
