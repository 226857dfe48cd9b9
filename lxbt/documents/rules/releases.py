"""Which exports leave only with a second person, and for how long they wait. Pure."""

from __future__ import annotations

from lxbt.accounts.rules import Permission

LARGE = 5_000  # rows of persons; from here on a second person lets an export go
DAYS = 7  # an export waits, and can be taken, for so long; then its content is wiped
RELEASING = Permission.MANAGE_SECURITY


def is_large(rows: int) -> bool:
    """Whether an export of so many rows needs a second person."""
    return rows >= LARGE
