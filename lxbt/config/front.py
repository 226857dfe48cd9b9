"""What stands before the pages: a request is whole before a thread is taken for it, and its answer is off the thread
before it is read.

Bodies arrive in the event loop, under a deadline and a limit, sealed on disk when they are long. Only then does the
request queue for one of a few threads (each keeps its connection to the database), where callers take turns by address:
whoever asks much waits for himself. Who sends or reads slowly costs a socket, nothing else.
"""

from __future__ import annotations

import asyncio
import io
import os
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings

from lxbt.config.readiness import LIVE, READY, Readiness
from lxbt.config.wsgi import application as pages
from lxbt.core.addresses import address_noted
from lxbt.web.kit.uploads import SealedSpool, live_session, longest

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Pages = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

THREADS = int(os.environ.get("LXBT_THREADS", "4"))  # of each web process
FIRST = 20.0  # seconds that any body may take
PACE = 16 * 2**10  # bytes a second that it must have after these
SILENCE = 20.0  # seconds without a byte
STRANGERS = 2**20  # bytes of a body that nobody need be known for
IN_MEMORY = 2**20  # bytes of a body before it goes to disk, sealed
LONG_AT_ONCE = 4  # long bodies of one log-in, of programs from one address
WAITING = 2_000  # requests that may queue for a thread
AHEAD = 4 * 2**20  # bytes of an answer that may wait for its reader
READING = 60.0  # seconds that a reader may take for them
PART = 64 * 2**10
SENTENCES = {
    408: "发送得太慢，请检查网络后重新提交。",
    413: "内容太大，没有接收。请登录后再上传，或把文件分成几份。",
    429: "同时上传的文件太多，请等前面的传完再试。",
    503: "系统繁忙，请稍后再试。",
}


class NotTaken(Exception):
    """The request is not taken; `status` is that of HTTP."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Gone(Exception):
    """Whoever asked has gone, or reads too slowly."""


class Turns:
    """A few places, given to callers in turn. No caller holds the last one while he has another."""

    def __init__(self, places: int) -> None:
        self.places, self.free = places, places
        self.held: dict[str, int] = {}
        self.queues: dict[str, deque[asyncio.Future[None]]] = {}

    async def take(self, caller: str) -> None:
        """Wait for a place."""
        if sum(map(len, self.queues.values())) >= WAITING:
            raise NotTaken(503)
        turn = asyncio.get_running_loop().create_future()
        self.queues.setdefault(caller, deque()).append(turn)
        self._give()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave(caller)
            raise

    def leave(self, caller: str) -> None:
        """Give the place back."""
        self.free += 1
        self.held[caller] -= 1
        if not self.held[caller]:
            del self.held[caller]
        self._give()

    def _give(self) -> None:
        for caller in list(self.queues):
            if not self.free:
                return
            waiting = self.queues[caller]
            while waiting and waiting[0].done():
                waiting.popleft()
            if waiting and self.held.get(caller, 0) < max(1, self.places - 1):
                self.free -= 1
                self.held[caller] = self.held.get(caller, 0) + 1
                waiting.popleft().set_result(None)
            del self.queues[caller]
            if waiting:
                self.queues[caller] = waiting  # behind the others
        if self.free and any(self.held.get(caller, 0) < max(1, self.places - 1) for caller in self.queues):
            self._give()


@dataclass
class Body:
    """A body as it arrives."""

    size: int = 0
    parts: list[bytes] = field(default_factory=list)
    spool: SealedSpool | None = None

    def add(self, data: bytes) -> None:
        """Put the next part behind the others; on disk when it grows long."""
        self.size += len(data)
        self.parts.append(data)
        if self.spool is None and self.size > IN_MEMORY:
            self.spool = SealedSpool()
        if self.spool is not None and sum(map(len, self.parts)) >= PART:
            self._put_away()

    def _put_away(self) -> None:
        if self.spool is not None and self.parts:
            self.spool.add(b"".join(self.parts))
            self.parts = []

    def reader(self) -> io.BufferedIOBase:
        """It from the start."""
        if self.spool is None:
            return io.BytesIO(b"".join(self.parts))
        self._put_away()
        self.spool.seek(0)
        return io.BufferedReader(self.spool, 2**17)

    def close(self) -> None:
        """Forget it."""
        if self.spool is not None:
            self.spool.close()


class Answer:
    """The answer of a page on its way from the thread that makes it to the loop that sends it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.parts: asyncio.Queue[tuple[int, list[tuple[str, str]]] | bytes | None] = asyncio.Queue()
        self.room = threading.Condition()
        self.ahead, self.gone = 0, False

    def put(self, part: tuple[int, list[tuple[str, str]]] | bytes | None) -> None:
        """From the thread: the head, a part, or None for the end. Gone when nobody reads."""
        size = len(part) if isinstance(part, bytes) else 0
        with self.room:
            until = time.monotonic() + READING
            while self.ahead > AHEAD and not self.gone:
                if not self.room.wait(max(0.0, until - time.monotonic())):
                    self.gone = True
            if self.gone:
                raise Gone
            self.ahead += size
        self.loop.call_soon_threadsafe(self.parts.put_nowait, part)

    def taken(self, size: int) -> None:
        """From the loop: so much was sent."""
        with self.room:
            self.ahead -= size
            self.room.notify()

    def leave(self) -> None:
        """From the loop: nobody reads any more."""
        with self.room:
            self.gone = True
            self.room.notify()


class Front:
    """The application as the web server sees it (ASGI), around the pages as Django makes them (WSGI)."""

    def __init__(self, pages: Pages, threads: int = THREADS) -> None:
        self.pages = pages
        self.threads = ThreadPoolExecutor(threads, "page")
        self.asking = ThreadPoolExecutor(1, "door")  # whether somebody is logged in, before a long body is taken
        self.turns = Turns(threads)
        self.long: dict[str, int] = {}
        self.readiness = Readiness()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return
        if scope["path"] in (LIVE, READY):  # however busy the threads are
            status, told = await self.readiness.reply(scope["path"])
            await _say(send, status, b"application/json", told)
            return
        headers = _headers(scope)
        remote = (scope.get("client") or ("", 0))[0]
        noted = headers.get("HTTP_X_FORWARDED_FOR", "")
        caller = address_noted(remote, noted, proxies=settings.LXBT_PROXIES, trusted=settings.LXBT_PROXY_NETWORKS)
        body = Body()
        try:
            try:
                await self.read(scope, receive, headers, caller, body)
                await self.turns.take(caller)
            except NotTaken as no:
                await _refuse(send, no.status)
                return
            await self.answer(_environ(scope, headers, remote, body), caller, send)
        except Gone:
            return
        finally:
            body.close()

    async def read(self, scope: Scope, receive: Receive, headers: dict[str, str], caller: str, body: Body) -> None:
        """Take in the body; NotTaken when it is too long or too slow."""
        told = headers.get("CONTENT_LENGTH", "")
        most = longest(scope["path"]) + 2**20
        if told.isascii() and told.isdigit() and int(told) > most:
            raise NotTaken(413)
        begun, known = time.monotonic(), ""
        if told.isascii() and told.isdigit() and int(told) > STRANGERS:
            known = await self.must_be_known(scope, headers, caller)
        try:
            while True:
                left = begun + FIRST + body.size / PACE - time.monotonic()
                try:
                    message = await asyncio.wait_for(receive(), min(SILENCE, max(0.001, left)))
                except TimeoutError:
                    raise NotTaken(408) from None
                if message["type"] == "http.disconnect":
                    raise Gone
                body.add(message.get("body", b""))
                if body.size > STRANGERS and not known:
                    known = await self.must_be_known(scope, headers, caller)
                if body.size > most:
                    raise NotTaken(413)
                if not message.get("more_body"):
                    return
        finally:
            if known:
                self.long[known] -= 1
                if not self.long[known]:
                    del self.long[known]

    async def must_be_known(self, scope: Scope, headers: dict[str, str], caller: str) -> str:
        """Under what a long body is counted; NotTaken unless it may be sent: on a page by who is logged in, and never
        many at once.
        """
        known = caller
        if not scope["path"].startswith(("/dci/", "/api/")):  # there the message itself says, signed, who sends it
            loop = asyncio.get_running_loop()
            known = await loop.run_in_executor(self.asking, live_session, headers.get("HTTP_COOKIE", ""))
            if not known:
                raise NotTaken(413)
        if self.long.get(known, 0) >= LONG_AT_ONCE:
            raise NotTaken(429)
        self.long[known] = self.long.get(known, 0) + 1
        return known

    async def answer(self, environ: dict[str, Any], caller: str, send: Send) -> None:
        """Have the page made in a thread, and send it as it comes."""
        loop = asyncio.get_running_loop()
        answer = Answer(loop)
        making = loop.run_in_executor(self.threads, _make, self.pages, environ, answer)
        making.add_done_callback(lambda _made: self.turns.leave(caller))
        try:
            while (part := await answer.parts.get()) is not None:
                if isinstance(part, bytes):
                    await asyncio.wait_for(
                        send({"type": "http.response.body", "body": part, "more_body": True}), READING
                    )
                    answer.taken(len(part))
                else:
                    status, named = part
                    head = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in named]
                    await send({"type": "http.response.start", "status": status, "headers": head})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            raise Gone from None
        finally:
            answer.leave()


def _make(pages: Pages, environ: dict[str, Any], answer: Answer) -> None:
    """In a thread: the page, its parts put on their way."""
    head: list[tuple[int, list[tuple[str, str]]]] = []

    def start(status: str, named: list[tuple[str, str]], _trouble: object = None) -> None:
        head[:] = [(int(status.partition(" ")[0]), named)]

    with suppress(Gone):
        try:
            made = pages(environ, start)
            try:
                kept: list[bytes] = []
                answer.put(head[0])
                for part in made:
                    kept.append(part)
                    if sum(map(len, kept)) >= PART:
                        answer.put(b"".join(kept))
                        kept = []
                if kept:
                    answer.put(b"".join(kept))
            finally:
                if (close := getattr(made, "close", None)) is not None:
                    close()
        finally:
            answer.put(None)


def _headers(scope: Scope) -> dict[str, str]:
    """The headers as WSGI names them. A name with an underscore could pass for one that a proxy sets: it is dropped."""
    named: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name = raw.decode("latin-1")
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        text = value.decode("latin-1")
        if key in named:
            text = named[key] + ("; " if key == "HTTP_COOKIE" else ",") + text
        named[key] = text
    return named


def _environ(scope: Scope, headers: dict[str, str], remote: str, body: Body) -> dict[str, Any]:
    raw = scope.get("raw_path") or scope["path"].encode()
    server = scope.get("server") or ("localhost", 80)
    return {
        **headers,
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw.split(b"?")[0]).decode("latin-1"),
        "QUERY_STRING": scope.get("query_string", b"").decode("latin-1"),
        "CONTENT_LENGTH": str(body.size),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1] or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "REMOTE_ADDR": remote,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body.reader(),
        "wsgi.errors": io.TextIOWrapper(io.FileIO(2, "w", closefd=False), write_through=True),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


async def _refuse(send: Send, status: int) -> None:
    """A sentence that says what to do, and the end of the line."""
    text = (
        '<!doctype html><html lang="zh-CN"><meta '
        f'charset="utf-8"><title>{status}</title><p>{SENTENCES[status]}</p></html>'
    )
    await _say(send, status, b"text/html; charset=utf-8", text.encode(), (b"connection", b"close"))


async def _say(send: Send, status: int, media_type: bytes, body: bytes, *more: tuple[bytes, bytes]) -> None:
    head = [(b"content-type", media_type), (b"cache-control", b"no-store"), *more]
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(send({"type": "http.response.start", "status": status, "headers": head}), SILENCE)
        await asyncio.wait_for(send({"type": "http.response.body", "body": body}), SILENCE)


application = Front(pages)
