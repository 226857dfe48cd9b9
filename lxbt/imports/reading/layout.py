"""What a file was found to hold: its sheet, its header, which column is which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxbt.imports.reading.files import OpenedFile


@dataclass(frozen=True)
class Layout:
    """Columns are counted from 0, rows from 1 as the user sees them; data begin below `header_row` (0: there is no header).

    `mapping`: file column -> key of the kind's column; `sure`: how it was found ("title", "alias", "content", "remembered", "by_hand").
    `missing`: required keys not found, a group of which one is needed joined by "|". `also`: other sheets that would fit as well.
    `template`: kind and version when the file is a template of ours.
    """

    sheet: str
    sheets: tuple[str, ...]
    header_row: int
    titles: tuple[str, ...]
    mapping: Mapping[int, str]
    sure: Mapping[int, str]
    missing: tuple[str, ...]
    samples: tuple[tuple[object, ...], ...]
    rows: int | None
    also: tuple[str, ...] = ()
    template: tuple[str, int] | None = None
    header_rows: int = 1
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # of records: key -> the sender's word -> ours
    # The file as it was opened, so that reading goes on without laying it out again. No part of what a layout says; not kept when it is stored.
    _opened: list[OpenedFile] = field(default_factory=list, compare=False, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_opened": []}

    def __deepcopy__(self, memo: dict[int, Any]) -> Layout:
        return self  # nothing in it is changed
