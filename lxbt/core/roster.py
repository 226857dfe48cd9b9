"""Comparing two registers without giving numbers away: a handle for each person, a mark for each state, sums of marks.

Both sides hold the same key. A handle is the same for the same identity number; a mark is the same for the same handle
and running number. The digest of an area is the sum of its marks modulo 2^64, so that it needs no order, can be summed
in SQL, and the digest of a larger area is the sum of those of its parts.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from lxbt.core.idnumber import normalise

SIZE = 1 << 64
_HALF = 1 << 63


def handle_of(identity_number: str, key: bytes) -> bytes:
    """The handle of a person: 16 bytes of HMAC-SM3 over the identity number."""
    return hmac.digest(key, b"person\0" + normalise(identity_number).encode(), "sm3")[:16]


def mark_of(handle: bytes, sequence: int, key: bytes) -> int:
    """The mark of a person's record at a running number, as a signed 64-bit whole number (a bigint)."""
    mark = int.from_bytes(hmac.digest(key, b"record\0" + bytes(handle) + sequence.to_bytes(8, "big"), "sm3")[:8], "big")
    return mark - SIZE if mark >= _HALF else mark


def county_of(division_code: str) -> str:
    """The area by which registers are compared: the first six digits."""
    return division_code[:6].ljust(12, "0")


def digest_of_marks(marks: Iterable[int]) -> str:
    """The digest of the records with these marks: 16 hexadecimal digits; of none, zeros."""
    return digest_of_sum(sum(marks))


def digest_of_sum(total: int) -> str:
    """The digest when the marks are summed already, by a database for instance."""
    return f"{int(total) % SIZE:016x}"
