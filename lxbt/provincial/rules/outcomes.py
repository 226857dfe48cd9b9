"""What became of a record, in the words of the interface. Pure."""

from __future__ import annotations

from collections.abc import Mapping

NEW, CHANGED, SAME, CONFLICT, REFUSED = "new", "changed", "same", "conflict", "refused"
OUTCOMES = (NEW, CHANGED, SAME, CONFLICT, REFUSED)
OF_IMPORTS: Mapping[str, str] = {"error": REFUSED, "left": REFUSED}  # what imports call otherwise
CODES: Mapping[str, str] = {"division_outside": "not_yours"}  # codes that are called otherwise in answers


def outcome_of(told: str) -> str:
    """The outcome of an import's row in the words of the interface."""
    return OF_IMPORTS.get(told, told)


def code_of(told: str) -> str:
    """A code as it is answered."""
    return CODES.get(told, told)
