"""Persons and payments as both sides of a manifest call them: no identity number travels, both hold the key. Pure.

A handle is 16 bytes of HMAC-SM3 over the identity number under the key shared with one client. A line is
`HANDLE|SUBSIDY|YYYY-MM|FEN` with the handle in hexadecimal; a digest is the SM3 of the sorted lines, joined by line
ends.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from lxbt.core.crypto import sm3
from lxbt.core.idnumber import normalise

EMPTY = sm3(b"").hex()


def handle_of(identity_number: str, key: bytes) -> bytes:
    """The handle of a person at one client: 16 bytes."""
    return hmac.digest(key, b"lxbt-province\0" + normalise(identity_number).encode(), "sm3")[:16]


def line_of(handle: str, subsidy: str, month: str, fen: int) -> str:
    """One person's payments of a right-month as they are digested."""
    return f"{handle}|{subsidy}|{month}|{fen}"


def digest_of_lines(lines: Iterable[str]) -> str:
    """The digest of lines in any order, hexadecimal."""
    return sm3("\n".join(sorted(lines)).encode()).hex()
