"""The played Federation over HTTP, on the loopback address only.

Below /registry/ the Disability Registry's interface, signed both ways; `docs/dci.md` names the extensions. For tests
and demonstrations, with the secret of `link.json` as a bearer token: GET /admin/state, POST /admin/faults {kind:
chance}, POST /admin/change {kind, identity_number}, POST /admin/changes {count}, POST /admin/clock {rate}.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lxbt.divisions.rules import prefix as prefix_of
from lxbt.exchange import signing
from lxbt.exchange.rules import envelope as e
from lxbt.exchange.rules.envelope import Fault
from lxbt.simulators.federation import answers
from lxbt.simulators.federation.clock import Clock
from lxbt.simulators.federation.endpoint import Declined, Endpoint
from lxbt.simulators.federation.faults import Faults
from lxbt.simulators.federation.store import Store
from lxbt.simulators.federation.telling import EventTeller

LARGEST = 32 * 2**20
MOST_IN_FILE = 200_000


class Federation(Endpoint):
    """The program: its data, its keys, its faults, its clock."""

    def __init__(
        self, store: Store, link: dict[str, Any], keys: Path, *, faults: Faults, clock: Clock, rate: float = 0.0
    ) -> None:
        self.store, self.clock, self.rate = store, clock, rate
        super().__init__(link, keys, faults=faults)
        self.ticker = threading.Thread(target=self._tick, daemon=True, name="clock")

    def make_teller(self) -> EventTeller:
        """The thread that tells events."""
        return EventTeller(self)

    def is_new(self, message_id: str) -> bool:
        """Whether a message came for the first time."""
        return self.store.is_new(message_id)

    def start(self) -> None:
        """Begin to tell and to tick."""
        super().start()
        self.ticker.start()

    def _tick(self) -> None:
        owed, last = 0.0, time.monotonic()
        while not self.stopped.wait(0.02 if self.rate > 10 else 0.1):
            now = time.monotonic()
            owed, last = owed + (now - last) * self.rate, now
            for _n in range(int(owed)):
                self.clock.tick(self.now())
                self.teller.wake.set()
            owed -= int(owed)

    def at_once(self, path: str, message: dict[str, Any], correlation: str, at: datetime) -> dict[str, Any]:
        """What is answered at once."""
        usual: dict[str, Callable[..., dict[str, Any]]] = {
            "sync/search": answers.search,
            "sync/disabled": answers.disabled,
            "sync/get-disability-details": answers.details,
            "sync/get-disability-support": answers.support,
        }
        if path in usual:
            return usual[path](self.store, self.faults, message, correlation, at)
        if path == "sync/txn/status":
            return answers.status(self.known, message, correlation)
        if path == "sync/digests":
            return answers.digests(self.store, self.faults, message)
        if path == "sync/file":
            return self._file(message)
        raise Declined(404, "err.request.not_found", "there is nothing at this address")

    def later(self, path: str, message: dict[str, Any], correlation: str, at: datetime, address: str) -> dict[str, Any]:
        """What is answered by a callback."""
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
        told = {
            "path": f"/files/{name}",
            "format": "csv",
            "count": count,
            "last": last,
            "digest": hashlib.sha256(content).hexdigest(),
        }
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
                {"changed": False}
                if made is None
                else {
                    "changed": True,
                    "sequence": made.sequence,
                    "name": made.name,
                    "identity_number": made.identity_number,
                }
            )
        elif path == "changes":
            made_all = self.clock.ticks(min(100_000, int(told.get("count", 1))), self.now())
            self.teller.wake.set()
            return {"changed": made_all}
        return self.state()

    def state(self) -> dict[str, Any]:
        """Where the program stands."""
        return {
            "persons": self.store.count(),
            "sequence": self.store.last_sequence(),
            "events": len(self.store.events(100_000)),
            "told": self.teller.told,
            "failed": self.teller.failed,
            "callbacks": len(self.teller.waiting),
            "asked": self.asked,
            "rate": self.rate,
            "made": self.clock.made,
            "faults": self.faults.chances,
            "happened": self.faults.happened,
            "subscriptions": len(self.store.subscriptions()),
        }


class Server(ThreadingHTTPServer):
    """On the loopback address."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, federation: Endpoint) -> None:
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
        if not secrets.compare_digest(
            self.headers.get("Authorization", ""), f"Bearer {federation.link['admin_secret']}"
        ):
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
