"""The tables of one sheet: below each other, side by side, under titles of their own; and what is said once
above each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lxbt.imports.reading.files import Grid
from lxbt.imports.reading.recognition import HEAD, PROBED, Header, Titles, find_header
from lxbt.imports.rules.kinds import plain_title
from lxbt.imports.rules.once import Said, said_in
from lxbt.imports.rules.values import text_of

SCANNED = 60_000  # rows of a sheet that are looked through for further tables
_NO_TITLE = ("小计", "合计", "总计", "共计", "累计", "其中", "注", "说明")
PlaceOf = Callable[[str], str]  # the township that a text names, or ""


@dataclass
class Table:
    """Rows `first` to `last` (from 0) below a header; `mapping`: place in the sheet -> key."""

    sheet: str
    header: Header
    first: int
    last: int | None
    mapping: dict[int, str]
    sure: dict[int, str]
    texts: list[tuple[str, str]] = field(
        default_factory=list
    )  # where something may be said once, and the text; the nearest first
    samples: list[list[Any]] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Columns."""
        return max(len(self.header.titles), *(len(line) for line in self.samples), *(at + 1 for at in self.mapping), 0)


def tables_in(grid: Grid, titles: Titles, by_hand: Mapping[int, str] | None, *, small: bool) -> list[Table]:
    """The tables of a sheet, from the top; `small`: the sheet is looked through to its end."""
    head = list(islice(grid.lines(), HEAD + PROBED + 2))
    header = find_header(head, grid, titles)
    if by_hand is not None:
        header.sure = {
            at: header.sure[at] if header.mapping.get(at) == key else "by_hand" for at, key in by_hand.items()
        }
        header.mapping = dict(by_hand)
    lines = list(islice(grid.lines(), SCANNED + 1)) if small else head
    whole = small and len(lines) <= SCANNED
    heads = [header]
    if whole and header.first >= 0:
        heads += _further(lines, header, grid, titles)
    found: list[Table] = []
    for at, one in enumerate(heads):
        begin = heads[at - 1].last + 1 if at else 0
        last = heads[at + 1].first if at + 1 < len(heads) else (grid.rows if grid.rows is not None else None)
        above = [_line_text(line) for line in lines[begin : max(begin, one.first)][-4 if at else 0 :]]
        texts = [("标题", text) for text in reversed(above) if text]
        rows = lines[one.last + 1 : last if whole else None]
        for group in _side_by_side(one, titles):
            table = Table(grid.name, one, one.last + 1, last, *group, texts=list(texts))
            table.samples = [line for line in rows[: PROBED + 2] if any(cell not in ("", None) for cell in line)]
            found += _sections(table, lines, titles) if whole else [table]
    return found


def _further(lines: Sequence[Sequence[Any]], header: Header, grid: Grid, titles: Titles) -> list[Header]:
    """Headers below the first: other titles, or the same ones under a line that says something of its own."""
    found: list[Header] = []
    same = [plain_title(title) for title in header.titles]
    number = header.last + 1
    while number < len(lines):
        line = lines[number]
        if not _may_be_header(line):
            number += 1
            continue
        window = list(lines[number : number + PROBED + 2])
        shifted = Grid(
            grid.name,
            None,
            0,
            merged=[((a - number, b), (c - number, d)) for (a, b), (c, d) in grid.merged if number <= a <= number + 2],
        )
        one = find_header(window, shifted, titles)
        keys = set(one.mapping.values())
        if one.first != 0 or one.score < 2 or not keys & {"name", "identity_number"}:
            number += 1
            continue
        one.first, one.last = number, one.last + number
        above = [
            said_in(text) for line in lines[max(header.last + 1, number - 3) : number] if (text := _line_text(line))
        ]
        alike = [plain_title(title) for title in one.titles] == same
        if not alike or any(said != Said() for said in above):
            found.append(one)
        number = one.last + 1
    return found


def _may_be_header(line: Sequence[Any]) -> bool:
    words = [cell for cell in line if isinstance(cell, str) and 1 < len(cell) < 24]
    return (
        len(words) > 2
        and any("姓" in cell or "身份证" in cell or "证件" in cell for cell in words)
        and not any(isinstance(cell, str) and sum(map(str.isdigit, cell)) >= 12 for cell in line)
    )


def _line_text(line: Sequence[Any]) -> str:
    filled = [text_of(cell).strip() for cell in line if cell not in ("", None)]
    return " ".join(filled) if len(filled) <= 6 else ""


def _side_by_side(header: Header, titles: Titles) -> list[tuple[dict[int, str], dict[int, str]]]:
    """The columns of each table that stands beside another under the same titles."""
    first = (dict(header.mapping), dict(header.sure))
    plain = [plain_title(title) for title in header.titles]
    identity = next((at for at, key in header.mapping.items() if key == "identity_number"), -1)
    if not 0 <= identity < len(plain) or not plain[identity]:
        return [first]
    groups = [first]
    for at in range(identity + 1, len(plain)):
        shift = at - identity
        if plain[at] != plain[identity]:
            continue
        moved = {place + shift: key for place, key in header.mapping.items()}
        if len(moved) >= 3 and all(
            place < len(plain) and plain[place] == plain[place - shift] and place not in header.mapping
            for place in moved
        ):
            groups.append((moved, {place + shift: how for place, how in header.sure.items()}))
            for place in moved:
                header.others.pop(place, None)
    return groups


def needed(kind_keys: set[str], mapping: Mapping[int, str]) -> set[str]:
    """What a table does not tell row by row and may be said once."""
    there = set(mapping.values())
    wanted = set()
    if "month" in kind_keys and "month" not in there and not {"year", "month_of_year"} <= there:
        wanted.add("month")
    if "paid_month" in kind_keys and "paid_month" not in there:
        wanted.add("paid_month")
    if "subsidy" in kind_keys and not there & {"subsidy", "living_amount", "care_amount"}:
        wanted.add("subsidy")
    if "division" in kind_keys and "division" not in there:
        wanted.add("division")
    return wanted


def _sections(table: Table, lines: Sequence[Sequence[Any]], titles: Titles) -> list[Table]:
    """A table parted where a line between its rows says a subsidy or a month that no column tells."""
    wanted = needed({column.key for column in titles.kind.columns}, table.mapping) & {"month", "paid_month", "subsidy"}
    if not wanted:
        return [table]
    starts: list[tuple[int, str]] = []
    for number in range(table.first, min(len(lines), table.last if table.last is not None else len(lines))):
        filled = [cell for cell in lines[number] if cell not in ("", None)]
        if len(filled) != 1 or not isinstance(filled[0], str) or len(filled[0]) > 60:
            continue
        said = said_in(filled[0])
        new = (said.subsidy and "subsidy" in wanted) or (said.month and wanted & {"month", "paid_month"})
        if new and not any(word in filled[0] for word in _NO_TITLE):
            starts.append((number, filled[0]))
    if not starts:
        return [table]
    found = []
    edges = [table.first, *(number for number, _text in starts)]
    ends = [*(number for number, _text in starts), table.last]
    for at, (begin, end) in enumerate(zip(edges, ends, strict=True)):
        if begin == end:
            continue
        part = Table(table.sheet, table.header, begin, end, table.mapping, table.sure, list(table.texts), table.samples)
        if at:
            part.texts.insert(0, ("小标题", starts[at - 1][1]))
        found.append(part)
    return found
