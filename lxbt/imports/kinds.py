"""Every kind of file that can be taken: our own, and the lists of other bodies."""

from __future__ import annotations

from functools import cache

from lxbt.imports.rules.kinds import KINDS, Column, Kind
from lxbt.matching.rules.lists import LISTS, ListKind, ValueKind

LIST = "list:"
READERS = {
    ValueKind.TEXT: "text",
    ValueKind.NAME: "name",
    ValueKind.IDENTITY_NUMBER: "identity",
    ValueKind.DATE: "past",
    ValueKind.MONTH: "any_month",
    ValueKind.MONEY: "money",
    ValueKind.CHOICE: "text",
}


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by key."""
    return dict(KINDS) | {kind.key: kind for kind in map(_of_list, LISTS.values())}


def kind_of(key: str) -> Kind:
    """The kind of that key; KeyError when there is none."""
    return kinds()[key]


def _of_list(told: ListKind) -> Kind:
    """The kind of file that brings a list of another body; titles met for our own columns are known for these too."""
    own = {column.key: column for column in KINDS["registry"].columns}
    columns = []
    for column in told.columns:
        aliases = column.aliases + (own[column.key].aliases if column.key in ("name", "identity_number") else ())
        note = f"填{'、'.join(dict.fromkeys(column.choices))}之一。" if column.choices else ""
        columns.append(
            Column(column.key, column.title, READERS[column.kind], tuple(dict.fromkeys(aliases)), column.required, note)
        )
    return Kind(LIST + told.key, told.title, 1, tuple(columns))
