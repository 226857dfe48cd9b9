"""Who has finished the exercises, by county. `support` keeps that record."""

from __future__ import annotations


def trained_in(area: str) -> dict[str, int] | None:
    """Persons of an area who finished the exercises of a role, by the county they work in; None while nobody records it."""
    return None
