"""The played Federation over HTTP, on the loopback address only.

Below /registry/ the Disability Registry's interface, signed both ways; `docs/dci.md` names the extensions. For tests and
demonstrations, with the secret of `link.json` as a bearer token: GET /admin/state, POST /admin/faults {kind: chance},
POST /admin/change {kind, identity_number}, POST /admin/changes {count}, POST /admin/clock {rate}.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import socket
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from lxbt.config.federation import answers
from lxbt.config.federation.clock import Clock
from lxbt.config.federation.faults import Faults
from lxbt.config.federation.store import Store
from lxbt.config.federation.telling import Teller, new_run
from lxbt.divisions.rules import prefix as prefix_of
from lxbt.exchange import signing
from lxbt.exchange.rules import envelope as e
from lxbt.exchange.rules import signature
from lxbt.exchange.rules.envelope import Envelope, Fault

LARGEST = 32 * 2**20
MOST_IN_FILE = 200_000
CALLBACKS = {"search": "on-search", "subscribe": "on-subscribe", "unsubscribe": "on-unsubscribe", "txn/status": "txn/on-status"}
ACTIONS = {"search": ("search",), "subscribe": ("subscribe",), "unsubscribe": ("unsubscribe",), "txn/status": ("txn-status", "status")}


class Declined(Exception):
    """Not taken: HTTP status and code."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code = status, code


class Federation:
    """The program: its data, its keys, its faults, its clock. `link` says who the one partner is (see `config.federation.link`)."""

    def __init__(self, store: Store, link: dict[str, Any], keys: Path, *, faults: Faults, clock: Clock, rate: float = 0.0, slow_start: bool = False) -> None:
        self.store, self.link, self.faults, self.clock, self.rate = store, link, faults, clock, rate
        self.key = signing.signing_keys(keys)[-1]
        self.run = new_run()
        self.tokens: dict[str, datetime] = {}
        self.partner_keys: dict[str, bytes] = signing.keys_of_set(link.get("partner_keys") or {})
        self.known: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.asked = 0
        self.stopped = threading.Event()
        self.teller = Teller(self)
        self.ticker = threading.Thread(target=self._tick, daemon=True, name="clock")

    @staticmethod
    def now() -> datetime:
        """This moment."""
        return datetime.now(UTC)

    def start(self) -> None:
        """Begin to tell and to tick."""
        self.teller.start()
        self.ticker.start()

    def stop(self) -> None:
        """End both."""
        self.stopped.set()
        self.teller.stopped = True
        self.teller.wake.set()

    def _tick(self) -> None:
        owed, last = 0.0, time.monotonic()
        while not self.stopped.wait(0.02 if self.rate > 10 else 0.1):
            now = time.monotonic()
            owed, last = owed + (now - last) * self.rate, now
            for _n in range(int(owed)):
                self.clock.tick(self.now())
                self.teller.wake.set()
            owed -= int(owed)

    def signed(self, header: dict[str, Any], message: dict[str, Any], at: datetime) -> dict[str, Any]:
        """A message with the signature of this side, or with one that does not hold when that fault strikes."""
        told = signing.signed(header, message, at=at, sender_id=self.link["sender_id"], key=self.key)
        if self.faults.strikes("signature"):
            told["header"] = header | {"message_id": header["message_id"][::-1]}
        return told

    def callback_header(self, action: str, at: datetime, count: int = 1, status: str = "succ") -> dict[str, Any]:
        """The header of what this side says."""
        us, them = self.link["sender_id"], self.link["partner_id"]
        return e.callback_header(action, message_id=str(uuid.uuid4()), at=at, sender_id=us, receiver_id=them, status=status, count=count)

    def token(self, told: dict[str, str]) -> dict[str, Any] | None:
        """A bearer token for the partner's credentials."""
        if told.get("client_id") != self.link["partner_id"] or not secrets.compare_digest(told.get("client_secret", ""), self.link["partner_secret"]):
            return None
        token = secrets.token_urlsafe(24)
        self.tokens[token] = self.now() + timedelta(hours=1)
        return {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def partner_key(self, key_id: str, algorithm: str) -> bytes | None:
        """The partner's public key; its key set is asked for anew when the key is not known."""
        if algorithm != signature.ED25519:
            return None
        if key_id not in self.partner_keys and self.link.get("partner_url"):
            try:
                self.partner_keys |= signing.keys_of_set(
                    httpx.get(f"{_root(self.link['partner_url'])}/.well-known/jwks.json", timeout=5, trust_env=False).json()
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
            told = self._at_once(path, message, correlation, at)
            return self.signed(self.callback_header("txn-on-status" if "status" in path else "on-search", at), told, at)
        address = envelope.header.sender_uri.rstrip("/")
        if not address.startswith(self.link["partner_url"]):
            raise Declined(400, "err.sender_uri.invalid", "sender_uri is not the partner's")
        told = self._later(path, message, correlation, at, address)
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
            signature.verify(envelope.signature or "", envelope.raw_header, envelope.message, sender_id=self.link["partner_id"], key_of=self.partner_key, at=at)
        except signature.BadSignature as error:
            raise Declined(401, "err.signature.invalid", str(error)) from None
        if not self.store.is_new(envelope.header.message_id) and not path.startswith("sync/"):
            raise Declined(409, "rjct.message_id.duplicate", "this message came before")
        return envelope

    def _at_once(self, path: str, message: dict[str, Any], correlation: str, at: datetime) -> dict[str, Any]:
        usual: dict[str, Callable[..., dict[str, Any]]] = {
            "sync/search": answers.search, "sync/disabled": answers.disabled, "sync/get-disability-details": answers.details,
            "sync/get-disability-support": answers.support,
        }  # fmt: skip
        if path in usual:
            return usual[path](self.store, self.faults, message, correlation, at)
        if path == "sync/txn/status":
            return answers.status(self.known, message, correlation)
        if path == "sync/digests":
            return answers.digests(self.store, self.faults, message)
        if path == "sync/file":
            return self._file(message)
        raise Declined(404, "err.request.not_found", "there is nothing at this address")

    def _later(self, path: str, message: dict[str, Any], correlation: str, at: datetime, address: str) -> dict[str, Any]:
        if path == "search":
            return answers.search(self.store, self.faults, message, correlation, at)
        if path == "subscribe":
            return answers.subscribe(self.store, message, correlation, at, address)
        if path == "unsubscribe":
            return answers.unsubscribe(self.store, message, correlation, at)
        if path == "txn/status":
            return answers.status(self.known, message, correlation)
        raise Declined(404, "err.request.not_found", "there is nothing at this address")

    def _file(self, message: dict[str, Any]) -> dict[str, Any]:
        """Write a file of an area; it can be fetched once."""
        asked = e.table(message.get("file_request"), "message.file_request")
        after = e.whole(asked, "after", "message.file_request", low=0, high=2**62, default=0)
        limit = e.whole(asked, "limit", "message.file_request", low=1, high=MOST_IN_FILE, default=MOST_IN_FILE)
        content, count, last = self.store.as_csv(prefix_of(e.text(asked, "area", "message.file_request")), after, limit)
        name = secrets.token_urlsafe(24)
        self.files[name] = content
        told = {"path": f"/files/{name}", "format": "csv", "count": count, "last": last, "digest": hashlib.sha256(content).hexdigest()}
        return {"transaction_id": e.transaction(message), "file_response": told}

    def administer(self, path: str, told: dict[str, Any]) -> dict[str, Any]:
        """The switches of a demonstration."""
        if path == "faults":
            self.faults.set(told)
        elif path == "clock":
            self.rate = min(1000.0, max(0.0, float(told.get("rate", 0))))
        elif path == "change":
            made = self.clock.tick(self.now(), str(told.get("kind", "")), str(told.get("identity_number", "")))
            self.teller.wake.set()
            return (
                {"changed": False} if made is None else {"changed": True, "sequence": made.sequence, "name": made.name, "identity_number": made.identity_number}
            )
        elif path == "changes":
            made_all = self.clock.ticks(min(100_000, int(told.get("count", 1))), self.now())
            self.teller.wake.set()
            return {"changed": made_all}
        return self.state()

    def state(self) -> dict[str, Any]:
        """Where the program stands."""
        return {
            "persons": self.store.count(), "sequence": self.store.last_sequence(), "events": len(self.store.events(100_000)), "told": self.teller.told,
            "failed": self.teller.failed, "callbacks": len(self.teller.waiting), "asked": self.asked, "rate": self.rate, "made": self.clock.made,
            "faults": self.faults.chances, "happened": self.faults.happened, "subscriptions": len(self.store.subscriptions()),
        }  # fmt: skip


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class Server(ThreadingHTTPServer):
    """On the loopback address."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, federation: Federation) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.federation = federation


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 60
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        federation, path = self.server.federation, urlsplit(self.path).path
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LARGEST:
            return self._send(411, e.errors("err.request.bad", "Content-Length is needed"))
        raw = self.rfile.read(int(length))
        if path == "/oauth2/client/token":
            given = federation.token(dict(parse_qsl(raw.decode("utf-8", "replace"))))
            return self._send(200, given) if given else self._send(401, {"error": "invalid_client"})
        if path.startswith("/admin/"):
            return self._admin(path.removeprefix("/admin/"), raw)
        if not path.startswith("/registry/"):
            return self._send(404, e.errors("err.request.not_found", "there is nothing at this address"))
        if federation.faults.strikes("down"):
            return self._cut()
        if federation.faults.strikes("slow"):
            time.sleep(federation.faults.slow_seconds)
        if federation.faults.strikes("refused"):
            return self._send(500, e.errors("err.service.unavailable", "refused on purpose"))
        try:
            told = federation.answer(path.removeprefix("/registry/"), raw, self.headers.get("Authorization", ""))
        except Declined as no:
            return self._send(no.status, e.errors(no.code, str(no), federation.now()))
        except Fault as fault:
            return self._send(400, e.errors(fault.code, str(fault), federation.now()))
        return self._send(200, told, broken=federation.faults.strikes("broken"))

    def do_GET(self) -> None:
        federation, path = self.server.federation, urlsplit(self.path).path
        if path == "/.well-known/jwks.json":
            return self._send(200, signing.key_set([federation.key]))
        if path == "/admin/state":
            return self._admin("state", b"{}")
        if path.startswith("/files/"):
            content = federation.files.pop(path.removeprefix("/files/"), None)
            if content is not None:
                return self._bytes(200, "text/csv", content)
        return self._send(404, e.errors("err.request.not_found", "there is nothing at this address"))

    def _admin(self, path: str, raw: bytes) -> None:
        federation = self.server.federation
        if not secrets.compare_digest(self.headers.get("Authorization", ""), f"Bearer {federation.link['admin_secret']}"):
            return self._send(401, {"error": "admin"})
        try:
            return self._send(200, federation.administer(path, json.loads(raw or b"{}")))
        except (ValueError, TypeError, AttributeError) as error:
            return self._send(422, {"error": str(error)})

    def _send(self, status: int, told: dict[str, Any], *, broken: bool = False) -> None:
        content = json.dumps(told, ensure_ascii=False).encode()
        self._bytes(status, "application/json", content[: len(content) // 2] if broken else content)

    def _bytes(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name the library gives)
        """Quiet: what passes here are persons."""
