"""Roles that must not go together, as SQL compares them."""

from __future__ import annotations

from lxbt.accounts.rules import INCOMPATIBLE

PAIRS = ", ".join(
    f"('{a}', '{b}')" for pair in sorted(sorted(pair) for pair in INCOMPATIBLE) for a, b in (pair, pair[::-1])
)
