"""Kinds of record that a province pushes, and the kind of import that each is. Pure."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "persons": "registry",
    "applications": "applications",
    "rights": "recipients",
    "payments": "history",
    "changes": "changes",
}
LEFT_OUT: Mapping[str, frozenset[str]] = {
    "rights": frozenset({"paid_month"})
}  # columns of the file that a record of this kind has not: what was paid is pushed as payments
REF = "ref"
MOST_ROWS = 100_000  # of a batch
LARGEST_LINE = 16 * 1024  # bytes of a record
LARGEST_BODY = 256 * 2**20  # bytes of a batch when it is unpacked
