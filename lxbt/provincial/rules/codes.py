"""Tables of codes that a client may write in its own words, and the columns that each serves. Pure."""

from __future__ import annotations

from collections.abc import Mapping

TABLES: Mapping[str, tuple[str, ...]] = {
    "division": ("division",),
    "subsidy": ("subsidy",),
    "category": ("category",),
    "grade": ("grade",),
    "economic": ("economic",),
    "area": ("area",),
    "certificate_state": ("certificate_state",),
    "change": ("change",),
    "decision": ("decision",),
    "reason": ("reason",),
}
MOST_CODES = 20_000  # of one client and table
