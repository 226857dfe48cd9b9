"""The played bank over HTTP, on the loopback address only.

POST /files[?fail_rate=0.01&seed=2&fault=half,slow] with the bank file as the body: 201 and {"id", "paid", "failed"}, or
422 and {"error"}. GET /results/<id>: the result file. Faults: see `bank.play`; `slow` makes the result wait.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lxbt.simulators.bank import bank

LARGEST = 200 * 2**20
SLOW = 5.0  # seconds that a slow result takes


class BankServer(ThreadingHTTPServer):
    """Keeps results in memory by number."""

    daemon_threads = True

    def __init__(self, port: int, *, fail_rate: float = 0.0, seed: str = "1", slow: float = SLOW) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.fail_rate, self.seed, self.slow = fail_rate, seed, slow
        self.results: dict[int, tuple[bytes, bool]] = {}
        self.lock = threading.Lock()

    def take(self, content: bytes, wish: dict[str, str]) -> dict[str, Any]:
        """Pay a file and keep its result."""
        faults = [fault for fault in wish.get("fault", "").split(",") if fault]
        if unknown := set(faults) - set(bank.FAULTS):
            raise bank.BankRefuses(f"不认识的故障 {sorted(unknown)}；可用：{'、'.join(bank.FAULTS)}。")
        try:
            rate = float(wish.get("fail_rate", self.fail_rate))
        except ValueError:
            raise bank.BankRefuses("fail_rate 应为 0 到 1 的数。") from None
        answer = bank.play(
            content,
            fail_rate=rate,
            seed=wish.get("seed", self.seed),
            fail_rows=[row for row in wish.get("fail_row", "").split(",") if row],
            faults=faults,
        )
        with self.lock:
            number = len(self.results) + 1
            self.results[number] = (answer.content, "slow" in faults)
        return {"id": number, "paid": answer.paid, "failed": answer.failed, "total_paid": f"{answer.total_paid:.2f}"}


class _Handler(BaseHTTPRequestHandler):
    server: BankServer
    timeout = 30

    def do_POST(self) -> None:
        address = urlsplit(self.path)
        length = self.headers.get("Content-Length", "")
        if address.path != "/files" or not length.isdigit() or int(length) > LARGEST:
            return self._answer(
                404 if address.path != "/files" else 411, {"error": "POST /files，带 Content-Length，不超过 200 MB。"}
            )
        wish = {name: values[-1] for name, values in parse_qs(address.query).items()}
        try:
            return self._answer(201, self.server.take(self.rfile.read(int(length)), wish))
        except bank.BankRefuses as no:
            return self._answer(422, {"error": str(no)})

    def do_GET(self) -> None:
        place, _slash, number = self.path.strip("/").partition("/")
        found = self.server.results.get(int(number)) if place == "results" and number.isdigit() else None
        if found is None:
            return self._answer(404, {"error": "没有这个结果。"})
        content, slow = found
        if slow:
            time.sleep(self.server.slow)
        return self._send(200, "text/csv", content)

    def _answer(self, status: int, told: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(told, ensure_ascii=False).encode())

    def _send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name the library gives)
        """Quiet: the files hold account numbers, and nothing of them belongs in a log."""


def serve(port: int, *, fail_rate: float, seed: str, say: Callable[[str], object]) -> None:
    """Serve until interrupted."""
    server = BankServer(port, fail_rate=fail_rate, seed=seed)
    say(f"bank-simulator on http://127.0.0.1:{server.server_port}/  (Ctrl C stops)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
