"""Whoever balances or watches is answered while the database hangs and every thread waits for it."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from lxbt.config import front, readiness
from tests.config.test_front import run_apart


@pytest.fixture
def black_hole(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that takes the line and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        there = {"HOST": "127.0.0.1", "PORT": str(silent.getsockname()[1]), "USER": "nobody", "PASSWORD": ""}
        known = settings.DATABASES["default"] | there
        monkeypatch.setattr(settings, "DATABASES", {"default": known})
        monkeypatch.setattr(readiness, "LIMIT", 1)
        yield


async def asked(stand: front.Front, path: str) -> list[dict[str, Any]]:
    """What the front sends for a GET."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        raise AssertionError("no body is waited for")

    async def send(message: Any) -> None:
        sent.append(message)

    await stand({"type": "http", "path": path, "method": "GET", "headers": []}, receive, send)
    return sent


def pages(_environ: Any, _start: Any) -> list[bytes]:
    """No page is needed."""
    raise AssertionError("a page was asked")


@pytest.mark.django_db
def test_ready_says_that_the_database_answers() -> None:
    head, body = run_apart(asked(front.Front(pages), "/health/ready"))
    assert (head["status"], body["body"]) == (200, b'{"database": "ok"}')


def test_a_database_that_never_answers_is_told_within_seconds_and_live_at_once(black_hole: None) -> None:
    async def both() -> tuple[list[int], float, float]:
        stand = front.Front(pages)
        begun = time.monotonic()
        ready = asyncio.gather(*(asked(stand, "/health/ready") for _n in range(20)))
        live = await asked(stand, "/health/live")
        at_once = time.monotonic() - begun
        answers = await ready
        return [live[0]["status"], *(one[0]["status"] for one in answers)], at_once, time.monotonic() - begun

    statuses, at_once, in_all = run_apart(both())
    assert statuses == [200, *[503] * 20]  # one question for the twenty
    assert at_once < 0.5
    assert in_all < 2 * (readiness.LIMIT + 1) + 1
