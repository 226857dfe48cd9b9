"""Tables in web pages and in the XML of 2003, which many systems of offices write and name .xls.

Laid out as text, cell by cell; nothing in them is run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.parsers import expat

from lxbt.documents.rules.workbooks.faults import Fault, Limits, Unfit
from lxbt.documents.rules.workbooks.marks import HIDDEN, STRUCK
from lxbt.documents.rules.workbooks.texts import encoding_of_page

Range = tuple[tuple[int, int], tuple[int, int]]
MOST_CELLS = 4_000_000
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_NO_TABLE = ("script", "style", "head", "title")
_STRIKES = ("s", "del", "strike")
_MIDNIGHT = re.compile(r"T00:00:00(?:\.0+)?$")
_SHEET_XML = b"urn:schemas-microsoft-com:office:spreadsheet"


@dataclass
class Tables:
    """What was found: tables by name, merged ranges, marked rows, formulas without a value."""

    limits: Limits
    lines: dict[str, list[list[str]]] = field(default_factory=dict)
    merged: dict[str, list[Range]] = field(default_factory=dict)
    marks: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    errors: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    cells: int = 0

    def put(self, name: str, row: int, column: int, text: str) -> None:
        """Write a cell; refuses what grows beyond the limits."""
        if row >= self.limits.rows:
            raise Unfit(Fault.TOO_MANY_ROWS)
        if column >= self.limits.columns:
            raise Unfit(Fault.BOMB)
        lines = self.lines[name]
        while len(lines) <= row:
            lines.append([])
        line = lines[row]
        added = column + 1 - len(line)
        if added > 0:
            self.cells += added
            if self.cells > MOST_CELLS:
                raise Unfit(Fault.BOMB)
            line.extend([""] * added)
        line[column] = text

    def mark(self, name: str, code: str, row: int) -> None:
        """Note a marked row."""
        rows = self.marks.setdefault(name, {}).setdefault(code, [])
        if not rows or rows[-1] != row:
            rows.append(row)

    def merge(self, name: str, row: int, column: int, down: int, across: int) -> None:
        """Note a range that one cell fills."""
        if down or across:
            self.merged.setdefault(name, []).append(((row, column), (row + down, column + across)))


def tables_of(data: bytes, limits: Limits) -> Tables:
    """The tables of a page or of the XML of 2003; Unfit when there is none."""
    found = Tables(limits)
    if _SHEET_XML in data[:65536] and b"<html" not in data[:4096].lower():
        _read_xml(data, found)
    else:
        text = data.decode(encoding_of_page(data), "replace")
        reader = _Page(found)
        reader.feed(text)
        reader.close()
        reader.end_all()
    found.lines = {name: lines for name, lines in found.lines.items() if any(any(line) for line in lines)}
    if not found.lines:
        raise Unfit(Fault.WEB_PAGE)
    return found


@dataclass
class _Open:
    """A table that has not ended."""

    name: str
    row: int = -1
    column: int = 0
    spans: dict[int, int] = field(default_factory=dict)  # column -> rows below that a cell above still fills
    text: list[str] | None = None
    across: int = 1
    down: int = 1
    struck: bool = False


class _Page(HTMLParser):
    def __init__(self, found: Tables) -> None:
        super().__init__(convert_charrefs=True)
        self.found = found
        self.open: list[_Open] = []
        self.quiet = 0
        self.strikes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NO_TABLE:
            self.quiet += tag != "head"
        elif tag == "table":
            name = f"表{len(self.found.lines) + 1}"
            self.found.lines[name] = []
            self.open.append(_Open(name))
        elif tag == "tr" and self.open:
            self._end_cell()
            self._begin_row(dict(attrs))
        elif tag in ("td", "th") and self.open:
            self._end_cell()
            self._begin_cell(dict(attrs))
        elif tag == "br" and self.open and self.open[-1].text is not None:
            self.open[-1].text.append("\n")
        elif tag in _STRIKES:
            self.strikes += 1
            if self.open:
                self.open[-1].struck = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _NO_TABLE:
            self.quiet = max(0, self.quiet - (tag != "head"))
        elif tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table" and self.open:
            self._end_cell()
            self.open.pop()
        elif tag in _STRIKES:
            self.strikes = max(0, self.strikes - 1)

    def handle_data(self, data: str) -> None:
        if not self.quiet and self.open and self.open[-1].text is not None:
            self.open[-1].text.append(_SPACES.sub(" ", data))

    def end_all(self) -> None:
        """What never ended ends here."""
        while self.open:
            self._end_cell()
            self.open.pop()

    def _begin_row(self, told: dict[str, str | None]) -> None:
        table = self.open[-1]
        table.row += 1
        table.column = 0
        table.spans = {at: left - 1 for at, left in table.spans.items() if left > 1}
        style = (told.get("style") or "").replace(" ", "").lower()
        if "display:none" in style or "hidden" in told:
            self.found.mark(table.name, HIDDEN, table.row)

    def _begin_cell(self, told: dict[str, str | None]) -> None:
        table = self.open[-1]
        if table.row < 0:
            self._begin_row({})
        while table.column in table.spans:
            table.column += 1
        table.across, table.down = (
            min(_number(told.get(name)), most) for name, most in (("colspan", 700), ("rowspan", 100_000))
        )
        table.text = []
        table.struck = "line-through" in (told.get("style") or "")

    def _end_cell(self) -> None:
        table = self.open[-1] if self.open else None
        if table is None or table.text is None:
            return
        text = "".join(table.text).strip()
        table.text = None
        self.found.put(table.name, table.row, table.column + table.across - 1, "")
        self.found.put(table.name, table.row, table.column, text)
        self.found.merge(table.name, table.row, table.column, table.down - 1, table.across - 1)
        if text and (table.struck or self.strikes):
            self.found.mark(table.name, STRUCK, table.row)
        if table.down > 1:
            for at in range(table.column, table.column + table.across):
                table.spans[at] = table.down
        table.column += table.across


def _number(text: str | None) -> int:
    return max(1, int(text)) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1


def _read_xml(data: bytes, found: Tables) -> None:
    """The sheets of an XML of 2003, tag by tag."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Unfit(Fault.BOMB)
    parser = expat.ParserCreate(namespace_separator=" ")
    reader = _Sheets(found)
    parser.StartElementHandler, parser.EndElementHandler = reader.begin, reader.end
    parser.CharacterDataHandler = reader.text
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise Unfit(Fault.DAMAGED) from error


class _Sheets:
    def __init__(self, found: Tables) -> None:
        self.found, self.name, self.row, self.column = found, "", -1, -1
        self.said: list[str] | None = None
        self.formula = self.valued = False
        self.kind, self.struck_styles, self.style, self.across = "", set[str](), "", 0

    def begin(self, tag: str, told: dict[str, str]) -> None:
        """A tag opens."""
        short = tag.rpartition(" ")[2]
        at = {name.rpartition(" ")[2]: value for name, value in told.items()}
        if short == "Worksheet":
            self.name, self.row = at.get("Name") or f"表{len(self.found.lines) + 1}", -1
            self.found.lines[self.name] = []
        elif short == "Style":
            self.style = at.get("ID", "")
        elif short == "Font" and at.get("StrikeThrough") == "1":
            self.struck_styles.add(self.style)
        elif short == "Row" and self.name:
            self.row = _number(at.get("Index")) - 1 if at.get("Index") else self.row + 1
            self.column = -1
            if at.get("Hidden") == "1":
                self.found.mark(self.name, HIDDEN, self.row)
        elif short == "Cell" and self.row >= 0:
            self._begin_cell(at)
        elif short == "Data" and self.column >= 0:
            self.said, self.kind, self.valued = [], at.get("Type", ""), True

    def _begin_cell(self, at: dict[str, str]) -> None:
        self.column = _number(at.get("Index")) - 1 if at.get("Index") else self.column + 1
        down, across = (
            int(at[name]) if at.get(name, "").isdigit() and len(at[name]) < 7 else 0
            for name in ("MergeDown", "MergeAcross")
        )
        self.across = across
        self.found.put(self.name, self.row, self.column, "")
        self.found.merge(self.name, self.row, self.column, down, across)
        self.formula, self.valued = "Formula" in at, False
        if at.get("StyleID") in self.struck_styles:
            self.found.mark(self.name, STRUCK, self.row)

    def end(self, tag: str) -> None:
        """A tag closes."""
        short = tag.rpartition(" ")[2]
        if short == "Data" and self.said is not None:
            text = "".join(self.said).strip()
            self.said = None
            if self.kind == "DateTime":
                text = _MIDNIGHT.sub("", text)
            self.found.put(self.name, self.row, self.column, text)
            if self.kind == "Error":
                self.found.errors.setdefault(self.name, set()).add((self.row, self.column))
        elif short == "Cell" and self.column >= 0:
            if self.formula and not self.valued:
                self.found.errors.setdefault(self.name, set()).add((self.row, self.column))
            self.column += self.across
        elif short == "Worksheet":
            self.name, self.row, self.column = "", -1, -1

    def text(self, data: str) -> None:
        """Text inside a cell."""
        if self.said is not None:
            self.said.append(data)
