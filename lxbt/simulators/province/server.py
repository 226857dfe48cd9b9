"""Where the played province is told of events: an address on the loopback, deliveries checked before they are
believed.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lxbt.core.clock import this_moment
from lxbt.provincial.client import NotGenuine, read_delivery
from lxbt.simulators.province.faults import Faults
from lxbt.simulators.province.store import Store

LARGEST = 2**20


class Ear(ThreadingHTTPServer):
    """Takes deliveries. `keys` gives the interface's public keys; asked anew when one is not known."""

    daemon_threads = True

    def __init__(
        self, port: int, store: Store, client_id: str, keys: Callable[[], Mapping[str, bytes]], faults: Faults
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.store, self.client_id, self.keys, self.faults = store, client_id, keys, faults
        self.known: Mapping[str, bytes] = {}
        self.counts: Counter[str] = Counter()
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True, name="ear")

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/events"

    def take(self, target: str, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        """Status and answer to a delivery."""
        if self.faults.strikes("deaf"):
            self.counts["deaf"] += 1
            return 503, {"error": "deaf on purpose"}
        if headers.get("X-Lxbt-Key") not in self.known:
            self.known = self.keys()
        try:
            event = read_delivery(target, headers, body, keys=self.known, client_id=self.client_id, at=this_moment())
        except NotGenuine as no:
            self.counts["not genuine"] += 1
            return 401, {"error": str(no)}
        self.counts[
            event.event if self.store.heard(event.delivery, event.event, event.at, event.data) else "again"
        ] += 1
        return 200, {"taken": event.delivery}

    def close(self) -> None:
        """Stop listening."""
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Ear
    timeout = 30

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LARGEST:
            return self._send(411, {"error": "Content-Length is needed"})
        return self._send(*self.server.take(self.path, dict(self.headers.items()), self.rfile.read(int(length))))

    def _send(self, status: int, told: dict[str, Any]) -> None:
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name the library gives)
        """Quiet."""
