"""Whole numbers in addresses and forms: the key of a row, a place in a list, a version."""

from __future__ import annotations

import re

LARGEST = 2**63 - 1  # what a column of keys holds
_WHOLE = re.compile(r"[0-9]{1,19}")


def whole_number(text: object, *, least: int = 0, most: int = LARGEST) -> int | None:
    """The number written in digits 0 to 9 only; None for anything else, and for what lies outside."""
    if not isinstance(text, str) or not _WHOLE.fullmatch(text):
        return None
    number = int(text)
    return number if least <= number <= most else None


def is_division_code(text: object) -> bool:
    """Whether it is a division code: twelve digits 0 to 9."""
    return isinstance(text, str) and len(text) == 12 and whole_number(text) is not None
