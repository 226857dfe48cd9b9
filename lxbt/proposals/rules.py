"""What a proposal says it will do, and the mark by which both persons know it is the same. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lxbt.core.crypto import sm3

DAYS = 30  # a proposal that nobody decided on lapses
LEAST_REASON = 4  # characters


class State(StrEnum):
    """Where a proposal stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Effect:
    """What will happen: lines of (what, before, after) in words with masked values, and the money that moves (signed
    yuan).
    """

    lines: tuple[tuple[str, str, str], ...]
    persons: int = 0
    months: int = 0
    yuan: Decimal = Decimal(0)

    def as_json(self) -> dict[str, Any]:
        """The effect as it is kept; amounts are text."""
        return {
            "lines": [list(line) for line in self.lines],
            "persons": self.persons,
            "months": self.months,
            "yuan": f"{self.yuan:.2f}",
        }


def effect_from(kept: Mapping[str, Any]) -> Effect:
    """Read an effect as it was kept."""
    return Effect(
        lines=tuple((str(a), str(b), str(c)) for a, b, c in kept.get("lines", ())),
        persons=int(kept.get("persons", 0)),
        months=int(kept.get("months", 0)),
        yuan=Decimal(str(kept.get("yuan", "0"))),
    )


def digest_of(kind: str, payload: Mapping[str, Any], effect: Effect) -> str:
    """The mark of an act and its effect: 64 hex digits, the same only for the same act with the same effect."""
    text = json.dumps([kind, payload, effect.as_json()], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sm3(text.encode()).hex()
