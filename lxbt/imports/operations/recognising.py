"""How a file is read is found out and kept: sheets, tables, columns; what was set by hand for a layout is remembered
for the next file of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxbt import vault
from lxbt.imports.models import Import, RememberedMapping
from lxbt.imports.operations.intake import layout_of, understood
from lxbt.imports.places import Places, places_in
from lxbt.imports.reading import Layout, recognise
from lxbt.imports.rules.kinds import Kind, plain_title

if TYPE_CHECKING:
    from lxbt.accounts.models import User

UNDERSTOOD = (
    "sheet",
    "sheets",
    "header_row",
    "header_rows",
    "also",
    "titles",
    "mapping",
    "sure",
    "missing",
    "samples",
    "shape",
)


def recognise_file(
    *,
    entry: Import,
    path: Path,
    kind: Kind,
    sheet: str | None = None,
    sheets: Sequence[str] | None = None,
    mapping: Mapping[int, str] | None = None,
    settings: Mapping[str, str] | None = None,
    by: User | None,
    remember: bool = True,
) -> Layout:
    """Find the sheets, the tables, the titles and what each column is; keeps it with the import. ImportRefused when the
    file cannot be read.

    `sheets` and `settings` hold from now on for this import. Columns set by hand are remembered for the next file of
    the same layout, unless `remember` says otherwise.
    """
    entry.settings = {
        **entry.settings,
        **({"sheets": list(sheets)} if sheets is not None else {"sheets": [sheet]} if sheet is not None else {}),
        **({"set": dict(settings)} if settings is not None else {}),
    }
    chosen = entry.settings.get("sheets")
    how: dict[str, Any] = {
        "sheets": [name for name in chosen if not entry.sheets or name in entry.sheets] if chosen else None,
        "settings": entry.settings.get("set", {}),
        "name": Path(entry.name).stem,
        "place_of": townships_in(entry.division_code),
    }
    with understood(entry):
        layout = recognise(path, kind, mapping=mapping, **how)
        held = None if mapping is not None else remembered_for(entry, layout)
        if held is not None:
            layout = recognise(path, kind, remembered=held.titles, **how)
    entry.sheet, entry.sheets, entry.header_row = layout.sheet, list(layout.sheets), layout.header_row
    entry.titles, entry.header_rows, entry.also = list(layout.titles), layout.header_rows, list(layout.also)
    entry.mapping = {str(column): key for column, key in layout.mapping.items()}
    entry.sure, entry.missing = {str(column): how for column, how in layout.sure.items()}, list(layout.missing)
    entry.shape = layout.shape()
    entry.samples = (
        vault.seal(json.dumps([list(row) for row in layout.samples], default=str, ensure_ascii=False))
        if layout.samples
        else None
    )
    entry.save(update_fields=[*UNDERSTOOD, "settings"])
    if mapping is not None and remember:
        remember_mapping(entry=entry, layout=layout, by=by)
    return layout


def townships_in(area: str) -> Callable[[str], str]:
    """Finds the one township of an area that a text names: its code, or nothing."""
    held: list[Places] = []

    def place_of(text: str) -> str:
        if not held:
            held.append(places_in(area))
        found = [name for name in held[0].townships if name and name in text]
        longest = max(map(len, found), default=0)
        codes = [code for name in found if len(name) == longest for code in held[0].townships[name]]
        return codes[0] if len(codes) == 1 else ""

    return place_of


def remembered_for(entry: Import, layout: Layout) -> RememberedMapping | None:
    """What was set by hand for files of this layout."""
    held = RememberedMapping.objects.filter(
        division_code=entry.division_code, kind=entry.kind, fingerprint__in=["", layout.fingerprint]
    )
    return held.order_by("-fingerprint").first()


def remember_mapping(*, entry: Import, layout: Layout, by: User | None) -> None:
    """Keep what each title meant, for the next file of this layout; an empty key for a column that is not taken."""
    held, _made = RememberedMapping.objects.get_or_create(
        division_code=entry.division_code,
        kind=entry.kind,
        fingerprint=layout.fingerprint,
        defaults={"titles": {}, "name": entry.name[-60:]},
    )
    own = layout.own_titles
    meant = {plain_title(title): "" for title in own if plain_title(title)}
    meant.update(
        {plain_title(own[column]): key for column, key in layout.mapping.items() if column < len(own) and own[column]}
    )
    held.titles, held.name = meant, entry.name[-60:]
    held.save(update_fields=["titles", "name"])


def forget_mapping(*, entry: Import, path: Path, kind: Kind, by: User | None) -> Layout:
    """Recognise a file anew, without what was set by hand for its layout; that is not kept any longer."""
    RememberedMapping.objects.filter(
        division_code=entry.division_code, kind=entry.kind, fingerprint__in=["", layout_of(entry).fingerprint]
    ).delete()
    return recognise_file(entry=entry, path=path, kind=kind, by=by)
