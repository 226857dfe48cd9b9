"""What stands before the pages: bodies come out as they went in, places are given in turn, a stranger's header names
nothing of ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from lxbt.config import front

Result = TypeVar("Result")


def run_apart(work: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end in a thread of its own: the browser of the journeys keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work)).result()


@pytest.mark.parametrize("size", [0, 1, front.IN_MEMORY, front.IN_MEMORY + 1, 3 * front.IN_MEMORY + 7])
def test_a_body_comes_out_as_it_went_in(size: int) -> None:
    told = bytes(n % 251 for n in range(size))
    body = front.Body()
    for at in range(0, size, 50_021):
        body.add(told[at : at + 50_021])
    assert body.reader().read() == told
    assert (body.spool is None) == (size <= front.IN_MEMORY)
    body.close()


def test_places_are_given_in_turn_and_one_caller_never_holds_the_last_one() -> None:
    async def told() -> list[str]:
        turns = front.Turns(3)
        order: list[str] = []

        async def one(caller: str) -> None:
            await turns.take(caller)
            order.append(caller)

        async def settle() -> None:
            for _n in range(5):
                await asyncio.sleep(0)

        waiting = [asyncio.ensure_future(one("greedy")) for _n in range(10)]
        await settle()
        assert order == ["greedy"] * 2  # the third place is for somebody else
        waiting += [asyncio.ensure_future(one("quiet")) for _n in range(2)]
        await settle()
        turns.leave("greedy")
        await settle()
        turns.leave("quiet")
        await settle()
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return order

    order = run_apart(told())
    assert order[:3] == ["greedy", "greedy", "quiet"]
    assert sorted(order[3:]) == ["greedy", "quiet"]


def asked(headers: list[tuple[bytes, bytes]], *parts: bytes, path: str = "/x/") -> list[Any]:
    """What is sent for a request, with an application that answers with what it was given."""
    sent: list[Any] = []
    coming = list(parts) or [b""]

    def pages(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [("X-Seen", environ.get("HTTP_X_FORWARDED_FOR", "-"))])
        return [
            environ["wsgi.input"].read(),
            b"|",
            environ["CONTENT_LENGTH"].encode(),
            b"|",
            environ["PATH_INFO"].encode("latin-1"),
        ]

    async def receive() -> dict[str, Any]:
        if not coming:
            await asyncio.sleep(60)
        return {"type": "http.request", "body": coming.pop(0), "more_body": bool(coming) or parts[-1:] == (b"...",)}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "client": ("192.0.2.1", 1)}
    run_apart(front.Front(pages, 2)(scope, receive, send))
    return sent


def test_a_request_is_handed_on_whole() -> None:
    sent = asked([(b"x_forwarded_for", b"1.2.3.4")], b"ab", b"cd", path="/人/")
    assert sent[0]["status"] == 200
    assert dict(sent[0]["headers"])[b"x-seen"] == b"-"  # a name with an underscore is no name of ours
    assert b"".join(part.get("body", b"") for part in sent[1:]) == b"abcd|4|" + "/人/".encode()


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "SILENCE", 0.05)
    sent = asked([], b"ab", b"...")
    assert sent[0]["status"] == 408
    assert "重新提交" in sent[1]["body"].decode()


def test_a_long_body_of_nobody_known_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "live_session", lambda _cookies: "")
    assert asked([(b"content-length", b"2000000")], b"a")[0]["status"] == 413
    assert asked([], b"a" * 600_000, b"a" * 600_000)[0]["status"] == 413
    monkeypatch.setattr(front, "live_session", lambda _cookies: "s")
    assert asked([(b"content-length", b"1200000")], b"a" * 600_000, b"a" * 600_000)[0]["status"] == 200
