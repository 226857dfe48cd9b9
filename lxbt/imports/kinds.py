"""Every kind of file that can be taken: our own, and the lists of other bodies."""

from __future__ import annotations

from lxbt.imports.rules.kinds import KINDS, Kind


def kinds() -> dict[str, Kind]:
    """All kinds by key."""
    return dict(KINDS)


def kind_of(key: str) -> Kind:
    """The kind of that key; KeyError when there is none."""
    return kinds()[key]
