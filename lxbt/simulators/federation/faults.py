"""Faults on demand: each kind with its chance from 0 to 1. The choices follow a seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxbt.simulators.chances import Chances

KINDS = {
    "slow": "an answer takes `slow_seconds`",
    "down": "no answer at all: the connection is cut",
    "half": "half of the answers or records are missing",
    "broken": "the answer breaks off in the middle of its JSON",
    "duplicates": "an event is told twice, the second time in a new message",
    "disorder": "events are told in another order",
    "lost": "an event is never told",
    "signature": "the signature does not belong to the message",
    "schema": "a record lacks what it must have",
    "refused": "an HTTP 500 instead of an answer",
}


class Faults(Chances):
    """What goes wrong at the other end of a line; how long a slow answer takes can be set too."""

    def __init__(
        self, seed: str, chances: dict[str, float] | dict[str, str] | None = None, slow_seconds: float = 3.0
    ) -> None:
        super().__init__(seed, KINDS)
        self.slow_seconds = slow_seconds
        self.set(chances or {})

    def set(self, chances: Mapping[str, object]) -> None:
        """Set some of the chances, or `slow_seconds`; ValueError names a kind that is not known."""
        others = dict(chances)
        if "slow_seconds" in others:
            self.slow_seconds = min(60.0, max(0.0, float(str(others.pop("slow_seconds")))))
        super().set(others)

    def shuffle(self, rows: list[Any]) -> None:
        """Put rows into another order."""
        with self.lock:
            self.random.shuffle(rows)
