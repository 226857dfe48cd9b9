"""What goes wrong on purpose, with what must be answered to it. The choices follow a seed."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx

from lxbt.provincial.client import Line, Packed
from lxbt.provincial.client.line import refusal_of
from lxbt.provincial.rules import signing
from lxbt.simulators.chances import Chances

KINDS = {
    "cut": "the connection is cut in the middle of a batch, or the body is shorter than its digest says",
    "repeated": "a batch is sent twice: with the same idempotency key, and again with another",
    "reordered": "batches, and rows within them, come in another order",
    "signature": "the signature does not belong to the request",
    "clock": "the time of the request is an hour old",
    "nonce": "a nonce is used a second time",
    "stranger": "a row of another province's area stands in the batch",
    "wrong": "an amount is wrong at first and told again right, under the same record number",
    "garbled": "a row that cannot be read stands in the batch: an amount "
    "that is none, a number with a wrong check digit",
    "lost": "a batch is never sent, and only the comparison of manifests finds it",
    "deaf": "an event told to the province is not taken the first time",
}


class Faults(Chances):
    """What goes wrong, how often, and every answer that was not what it must be."""

    def __init__(self, seed: str, chances: Mapping[str, object] | None = None) -> None:
        super().__init__(seed, KINDS)
        self.unexpected: list[str] = []
        self.set(chances or {})

    def expect(self, what: str, seen: object, *wanted: object) -> None:
        """Note an answer that is none of those wanted."""
        if seen not in wanted and len(self.unexpected) < 100:
            self.unexpected.append(f"{what}: {seen}")

    def before_batch(self, line: Line, params: dict[str, Any], packed: Packed, key: str) -> None:
        """What may go wrong before a batch is sent as it should be; each must be answered with a refusal, and leave
        nothing behind.
        """
        more = {"Idempotency-Key": key, "X-Lxbt-Rows": str(packed.rows)}
        if self.strikes("cut"):
            self._cut(line, params, packed, more)
        if self.strikes("signature"):
            request = line.request("POST", "batches", params, packed.body(), more)
            signed = bytearray(base64.b64decode(request.headers[signing.SIGNATURE]))
            signed[-1] ^= 1
            request.headers[signing.SIGNATURE] = base64.b64encode(bytes(signed)).decode()
            self._refused(line, "signature", request, 401)
        if self.strikes("clock"):
            late = replace(line, clock=lambda: line.clock() - timedelta(hours=1))
            self._refused(late, "clock", late.request("POST", "batches", params, packed.body(), more), 401)
            late.close()
        if self.strikes("nonce"):
            request = line.request("GET", "status")
            first = self._status(line, request)
            self.expect("nonce, used once", first, 200, 429)
            if first == 200:
                again = line.request("GET", "status")
                again.headers.update({name: request.headers[name] for name in signing.HEADERS})
                self._refused(line, "nonce", again, 401)

    def _cut(self, line: Line, params: dict[str, Any], packed: Packed, more: dict[str, str]) -> None:
        packed.file.seek(0)
        half = packed.file.read(packed.length // 2)
        if self.random.random() < 0.5:
            self._refused(
                line,
                "short",
                line.request("POST", "batches", params, replace(packed.body(), content=half, length=len(half)), more),
                400,
            )
            return

        def broken() -> Iterator[bytes]:
            yield half
            raise OSError("cut on purpose")

        request = line.request("POST", "batches", params, packed.body(), more)
        sent = httpx.Request("POST", request.url, headers=request.headers, content=broken())
        try:
            answer = line.once(sent)
            self.expect("cut", answer.status_code, 400)  # a server that answers before the end
        except (OSError, httpx.HTTPError):
            pass

    def _refused(self, line: Line, kind: str, request: httpx.Request, status: int) -> None:
        try:
            answer = line.once(request)
        except httpx.HTTPError as error:
            self.expect(
                kind, type(error).__name__, "WriteError", "RemoteProtocolError", "ReadError"
            )  # answered and hung up before the whole body was sent
            return
        answer.read()
        self.expect(f"{kind} {refusal_of(answer).code}", answer.status_code, status, 429)

    @staticmethod
    def _status(line: Line, request: httpx.Request) -> int:
        answer = line.once(request)
        answer.read()
        return answer.status_code
