"""Faults that strike by chance, from 0 to 1 for each kind; the choices follow a seed."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from random import Random


class Chances:
    """What goes wrong now, and how often it did."""

    def __init__(self, seed: str, kinds: Iterable[str]) -> None:
        self.lock = threading.Lock()
        self.random = Random(f"faults {seed}")
        self.chances: dict[str, float] = dict.fromkeys(kinds, 0.0)
        self.happened: dict[str, int] = dict.fromkeys(self.chances, 0)

    def set(self, chances: Mapping[str, object]) -> None:
        """Set some of the chances; ValueError names a kind that is not known."""
        for kind, chance in chances.items():
            if kind not in self.chances:
                raise ValueError(f"不认识的故障 {kind}；可用：{'、'.join(self.chances)}。")
            self.chances[kind] = min(1.0, max(0.0, float(str(chance))))

    def strikes(self, kind: str) -> bool:
        """Whether it goes wrong this time."""
        with self.lock:
            struck = self.chances[kind] > 0 and self.random.random() < self.chances[kind]
            self.happened[kind] += struck
            return struck
