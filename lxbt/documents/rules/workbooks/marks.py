"""What a clerk marks on a sheet without writing it: rows hidden, struck out, coloured, commented upon; formulas that
were never worked out.

Each is told by the row; none is judged here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MOST = 100_000  # rows of one mark that are remembered
HIDDEN, STRUCK, COLOURED, COMMENT = "row_hidden", "row_struck", "row_coloured", "row_comment"
_MANY = 0.4  # of the rows of a sheet: a colour that so many have marks none of them
_HIDDEN_ROW = re.compile(
    rb"<(?:\w+:)?row\b(?=[^<>]*?\shidden\s*+=\s*+[\"'](?:1|true)[\"'])[^<>]*?\sr\s*+=\s*+[\"'](\d{1,7})[\"']"
)
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_NEVER = re.compile(
    rb"<(?:\w+:)?c\b([^<>/]*)>\s*+<(?:\w+:)?f\b[^<>]*+(?:/>|>[^<>]*+</(?:\w+:)?f>)\s*+(<(?:\w+:)?v\s*+/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*+</(?:\w+:)?c>"
)
_PLACE = re.compile(rb"\sr\s*+=\s*+[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
_STRING = re.compile(rb"\st\s*+=\s*+[\"']str[\"']")
_COMMENT = re.compile(rb"<(?:\w+:)?comment\b[^<>]*?\sref\s*+=\s*+[\"'][A-Za-z]{1,3}(\d{1,7})[\"']")
_FONTS, _FILLS, _FORMATS = (
    re.compile(rb"<(?:\w+:)?" + name + rb"[\s>].*?</(?:\w+:)?" + name + rb">", re.DOTALL)
    for name in (b"fonts", b"fills", b"cellXfs")
)
_FONT, _FILL = (
    re.compile(rb"<(?:\w+:)?" + name + rb"(?:\s[^<>]*)?(?:/>|>(.*?)</(?:\w+:)?" + name + rb">)", re.DOTALL)
    for name in (b"font", b"fill")
)
_FORMAT = re.compile(rb"<(?:\w+:)?xf\b([^<>]*)>")
_STRIKE = re.compile(rb"<(?:\w+:)?strike(?:\s*+/>|\s[^<>]*?val\s*+=\s*+[\"'](?:1|true)[\"'])")
_RED = re.compile(
    rb"<(?:\w+:)?color\b[^<>]*?\srgb\s*+=\s*+[\"'](?:FF|00)?(?:FF|E[0-9A-F]|C[0-9A-F]|D[0-9A-F])(?:[0-3][0-9A-F]){2}[\"']",
    re.IGNORECASE,
)
_SOLID = re.compile(rb"patternType\s*+=\s*+[\"']solid[\"']")
_WHITE = re.compile(
    rb"<(?:\w+:)?fgColor\b[^<>]*?(?:rgb\s*+=\s*+[\"'](?:FF|00)?FFFFFF[\"']|theme\s*+=\s*+[\"']0[\"'](?![^<>]*tint)|indexed\s*+=\s*+[\"'](?:9|64|65)[\"'])",
    re.IGNORECASE,
)
KEPT_FROM_BEFORE = 4096  # bytes of the last piece in which a cell may have begun


@dataclass
class Marks:
    """Of one sheet, rows from 0."""

    rows: dict[str, set[int]] = field(default_factory=dict)
    never: set[tuple[int, int]] = field(default_factory=set)  # cells whose formula has no value
    counted: int = 0  # rows that were written
    before: bytes = b""

    def add(self, code: str, row: int) -> None:
        """Note a row."""
        found = self.rows.setdefault(code, set())
        if len(found) < MOST:
            found.add(row)

    def take(self, data: bytes) -> None:
        """Look through a piece of a sheet."""
        self.counted += len(_ROW.findall(data))
        if b"hidden" in data:
            for number in _HIDDEN_ROW.findall(data):
                self.add(HIDDEN, int(number) - 1)
        if b"<f" in data or b":f" in data or self.before:
            whole = self.before + data
            for told, value in _NEVER.findall(whole):
                place = _PLACE.search(b" " + told)
                if place and not (value and _STRING.search(b" " + told)) and len(self.never) < MOST:
                    self.never.add((int(place[2]) - 1, _number(place[1]) - 1))
            self.before = whole[-KEPT_FROM_BEFORE:]

    def take_formats(self, data: bytes, formats: Formats) -> None:
        """Look through a piece for cells that have one of these formats."""
        for pattern, code in ((formats.struck_cells, STRUCK), (formats.coloured_cells, COLOURED)):
            if pattern is not None:
                for number in pattern.findall(data):
                    self.add(code, int(number) - 1)

    def told(self) -> dict[str, list[int]]:
        """Mark -> rows; a colour that many rows have is none."""
        coloured = self.rows.get(COLOURED, set())
        if len(coloured) > max(3, self.counted * _MANY):
            self.rows.pop(COLOURED, None)
        return {code: sorted(rows) for code, rows in self.rows.items() if rows}


@dataclass
class Formats:
    """Which formats of cells strike out or colour."""

    struck: set[int] = field(default_factory=set)
    coloured: set[int] = field(default_factory=set)

    @property
    def any(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.struck or self.coloured)

    def __post_init__(self) -> None:
        self.struck_cells, self.coloured_cells = (_cells_of(numbers) for numbers in (self.struck, self.coloured))


def _cells_of(numbers: set[int]) -> re.Pattern[bytes] | None:
    if not numbers or len(numbers) > 2000:
        return None
    told = b"|".join(str(number).encode() for number in sorted(numbers))
    return re.compile(rb'<(?:\w+:)?c r="[A-Z]{1,3}(\d{1,7})" s="(?:' + told + rb')"')


def formats_of(styles: bytes) -> Formats:
    """What the styles of a workbook say."""
    fonts, fills, formats = (pattern.search(styles) for pattern in (_FONTS, _FILLS, _FORMATS))
    if not formats:
        return Formats()
    told_fonts = [inside or b"" for inside in _FONT.findall(fonts[0])] if fonts else []
    told_fills = [inside or b"" for inside in _FILL.findall(fills[0])] if fills else []
    struck = {at for at, inside in enumerate(told_fonts) if _STRIKE.search(inside)}
    red = {at for at, inside in enumerate(told_fonts) if _RED.search(inside)}
    coloured = {at for at, inside in enumerate(told_fills) if _SOLID.search(inside) and not _WHITE.search(inside)}
    found: dict[str, set[int]] = {"struck": set(), "coloured": set()}
    for number, attributes in enumerate(_FORMAT.findall(formats[0])):
        font, fill = _attribute(attributes, b"fontId"), _attribute(attributes, b"fillId")
        if font in struck:
            found["struck"].add(number)
        if fill in coloured or font in red:
            found["coloured"].add(number)
    return Formats(found["struck"], found["coloured"])


def _attribute(attributes: bytes, name: bytes) -> int:
    found = re.search(rb"\b" + name + rb"\s*+=\s*+[\"'](\d{1,6})[\"']", attributes)
    return int(found[1]) if found else -1


def commented_rows(data: bytes) -> list[int]:
    """Rows of the comments in a piece of a part that holds them."""
    return [int(number) - 1 for number in _COMMENT.findall(data)]


def _number(letters: bytes) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return column
