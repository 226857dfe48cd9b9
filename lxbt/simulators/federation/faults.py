"""Faults on demand: each kind with its chance from 0 to 1. The choices follow a seed."""

from __future__ import annotations

import threading
from random import Random
from typing import Any

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


class Faults:
    """What goes wrong now, and how often it did."""

    def __init__(self, seed: str, chances: dict[str, float] | None = None, slow_seconds: float = 3.0) -> None:
        self.lock = threading.Lock()
        self.random = Random(f"faults {seed}")
        self.chances: dict[str, float] = dict.fromkeys(KINDS, 0.0)
        self.happened: dict[str, int] = dict.fromkeys(KINDS, 0)
        self.slow_seconds = slow_seconds
        self.set(chances or {})

    def set(self, chances: dict[str, Any]) -> None:
        """Set some of the chances; ValueError names a kind that is not known."""
        for kind, chance in chances.items():
            if kind == "slow_seconds":
                self.slow_seconds = min(60.0, max(0.0, float(chance)))
            elif kind not in KINDS:
                raise ValueError(f"不认识的故障 {kind}；可用：{'、'.join(KINDS)}。")
            else:
                self.chances[kind] = min(1.0, max(0.0, float(chance)))

    def strikes(self, kind: str) -> bool:
        """Whether it goes wrong this time."""
        with self.lock:
            struck = self.random.random() < self.chances[kind]
            self.happened[kind] += struck
            return struck

    def shuffle(self, rows: list[Any]) -> None:
        """Put rows into another order."""
        with self.lock:
            self.random.shuffle(rows)
