"""What a file was found to hold: its sheet, its header, which column is which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxbt.core.crypto import sm3
from lxbt.imports.reading.files import OpenedFile
from lxbt.imports.reading.parts import Part, restored, stored, where
from lxbt.imports.rules.kinds import plain_title

MADE = ("once", "set", "unfolded")  # how columns are known that no sheet has


@dataclass(frozen=True)
class Layout:
    """Columns are counted from 0, rows from 1 as the user sees them; data begin below `header_row` (0: there is no
    header).

    `mapping`: file column -> key of the kind's column; `sure`: how it was found ("title", "alias", "content",
    "remembered", "by_hand").
    `missing`: required keys not found, a group of which one is needed joined by "|". `also`: other sheets that would
    fit as well.
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
    parts: tuple[
        Part, ...
    ] = ()  # the tables, where there are several, or one whose rows are unfolded or told something once
    constants: Mapping[str, tuple[str, str]] = field(
        default_factory=dict
    )  # key -> what is said once, and where it was read
    unread: tuple[tuple[str, str], ...] = ()  # sheets that are not read, and why
    told: tuple[tuple[str, str], ...] = ()  # what is to be said of the file as a whole: code, what it is about
    watch: Mapping[int, str] = field(default_factory=dict)  # columns that are looked at for doubts only
    instead: Mapping[str, int] = field(default_factory=dict)  # key -> column that is read where its own is empty
    doubles: Mapping[str, int] = field(default_factory=dict)  # key -> another column that could be the same
    mends: Mapping[int, Mapping[int, str]] = field(default_factory=dict)  # row -> column -> what was written instead
    # The file as it was opened, so that reading goes on without laying it out again. No part of what a layout says; not
    # kept when it is stored.
    _opened: list[OpenedFile] = field(default_factory=list, compare=False, repr=False)

    def where(self, row_no: int) -> tuple[str, int]:
        """The sheet and the row in it that a number stands for."""
        return where(self.parts, row_no) if self.parts else (self.sheet, row_no)

    @property
    def own_titles(self) -> list[str]:
        """The titles that stand in the sheet."""
        return ["" if self.sure.get(at) in MADE else title for at, title in enumerate(self.titles)]

    @property
    def fingerprint(self) -> str:
        """What tells this layout from others: its titles in their order."""
        plain = [plain_title(title) for title in self.own_titles]
        while plain and not plain[-1]:
            plain.pop()
        return sm3("\x1f".join(plain).encode()).hex()

    def shape(self) -> dict[str, Any]:
        """What an import keeps of it beside sheet, titles and columns."""
        return {
            "parts": stored(self.parts),
            "constants": {key: list(told) for key, told in self.constants.items()},
            "unread": [list(told) for told in self.unread],
            "told": [list(told) for told in self.told],
            "watch": {str(at): what for at, what in self.watch.items()},
            "instead": dict(self.instead),
            "doubles": dict(self.doubles),
        }

    @staticmethod
    def kept(shape: Mapping[str, Any]) -> dict[str, Any]:
        """The same, as fields again."""
        return {
            "parts": restored(shape.get("parts", ())),
            "constants": {key: (told[0], told[1]) for key, told in shape.get("constants", {}).items()},
            "unread": tuple((told[0], told[1]) for told in shape.get("unread", ())),
            "told": tuple((told[0], told[1]) for told in shape.get("told", ())),
            "watch": {int(at): what for at, what in shape.get("watch", {}).items()},
            "instead": dict(shape.get("instead", {})),
            "doubles": dict(shape.get("doubles", {})),
        }

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_opened": []}

    def __deepcopy__(self, memo: dict[int, Any]) -> Layout:
        return self  # nothing in it is changed


def letters(at: int) -> str:
    """A column as a spreadsheet names it."""
    text, number = "", at + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
