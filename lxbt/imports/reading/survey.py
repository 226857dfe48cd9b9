"""How a file is to be read: which of its sheets and tables, what each column is, what is said once, which rows are
unfolded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from lxbt.documents.rules.workbooks import Fault, Unfit
from lxbt.imports.reading.files import OpenedFile
from lxbt.imports.reading.frames import Frame
from lxbt.imports.reading.layout import Layout, letters
from lxbt.imports.reading.parts import Part
from lxbt.imports.reading.passing import ADDED_TITLES
from lxbt.imports.reading.recognition import MARK, PROBED, SAMPLES, Titles
from lxbt.imports.reading.tables import SCANNED, PlaceOf, Table, needed, tables_in
from lxbt.imports.reading.unfolding import constant_months, unfolding_of
from lxbt.imports.rules.doubts import watched
from lxbt.imports.rules.kinds import Kind, lacking, plain_title
from lxbt.imports.rules.once import said_in
from lxbt.imports.rules.values import text_of

SMALL_TEXT = 4 * 2**20  # bytes of a text file that is looked through to its end for further tables
_DOUBLED = ("name", "identity_number", "account_number", "amount")  # of which another column is a doubt


_PAID = re.compile(r"实发|实际|到账|打卡|已发|本人|残疾人")  # titles that leave no doubt which of two it is


@dataclass
class Wish:
    """What the user set by hand: sheets, columns, what is said once (key -> text), remembered titles; the file's own
    name.
    """

    sheet: str | None = None
    sheets: Sequence[str] | None = None
    mapping: Mapping[int, str] | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, str] | None = None
    name: str = ""
    place_of: PlaceOf | None = None


def recognise(
    path: Path,
    kind: Kind,
    *,
    sheet: str | None = None,
    sheets: Sequence[str] | None = None,
    mapping: Mapping[int, str] | None = None,
    remembered: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    name: str = "",
    place_of: PlaceOf | None = None,
) -> Layout:
    """How a file of that kind is to be read; Unfit when it is not taken at all.

    `sheet`, `sheets`: those to read instead of all that fit; `mapping`: the columns as set by hand, which then holds
    alone;
    `remembered`: titles of earlier files (compared as by `plain_title`) -> key, an empty key for a column that is not
    taken;
    `settings`: key -> what holds for every row that does not say it; `name`: of the file, which may say a month;
    `place_of`: the township that a text names.
    """
    opened = OpenedFile(path)
    wish = Wish(sheet, sheets, mapping, settings or {}, remembered, name or path.stem, place_of)
    return _Survey(opened, kind, wish).layout()


def _template(opened: OpenedFile) -> tuple[str, int] | None:
    """The kind and version that a template of ours tells in its hidden sheet."""
    if MARK not in opened.hidden:
        return None
    line = next(iter(opened.grid(MARK).lines()), [])
    version = text_of(line[1]) if len(line) > 1 else ""
    return (text_of(line[0]), int(version)) if version.isdigit() and len(version) < 5 else None


@dataclass
class _Column:
    """One of all tables together."""

    title: str
    key: str = ""
    sure: str = ""


class _Survey:
    def __init__(self, opened: OpenedFile, kind: Kind, wish: Wish) -> None:
        self.opened, self.kind, self.wish = opened, kind, wish
        self.titles = Titles(kind, wish.remembered)
        self.template = _template(opened)
        self.small = opened.path.stat().st_size <= SMALL_TEXT
        self.keys = {column.key for column in kind.columns}
        self.unread: list[tuple[str, str]] = []
        self.told: list[tuple[str, str]] = []
        if opened.book.links:
            self.told.append(("links", ""))
        self.columns: list[_Column] = []
        self.constants: dict[str, tuple[str, str]] = {}

    def layout(self) -> Layout:
        """All of it."""
        tables = self.tables = self._chosen()
        main = max(
            tables,
            key=lambda table: (not self._lacking(table), table.header.score, len(table.samples), -tables.index(table)),
        )
        self._unite(main, tables)
        parts = [self._part(table, main) for table in tables]
        mapping = {at: column.key for at, column in enumerate(self.columns) if column.key}
        sure = {at: column.sure for at, column in enumerate(self.columns) if column.key}
        plain = len(parts) == 1 and not parts[0].constants and parts[0].unfolding is None and not self._moved(parts[0])
        self.told += [("column_unread", f"{letters(at)} 列（没有列名）") for at in self._nameless(main)]
        layout = Layout(
            sheet=main.sheet,
            sheets=self.opened.names,
            header_row=parts[0].first if len(parts) == 1 and parts[0].each == 1 else 0,
            titles=tuple(column.title for column in self.columns),
            mapping=mapping,
            sure=sure,
            missing=tuple(dict.fromkeys((*lacking(self.kind, mapping.values()), *self.lacks))),
            samples=(),
            rows=None,
            also=tuple(dict.fromkeys(table.sheet for table in tables if table.sheet != main.sheet)),
            template=self.template,
            header_rows=main.header.last - main.header.first + 1,
            parts=() if plain else tuple(parts),
            constants=self.constants,
            unread=tuple(self.unread),
            told=tuple(dict.fromkeys(self.told)),
            watch=self._watch(mapping, parts),
            instead=self._instead(main),
            doubles=self._doubles(main),
            _opened=[self.opened],
        )
        return self._with_samples(layout, main)

    def _chosen(self) -> list[Table]:
        """The tables that are read, in the order of the file; what is not read is noted."""
        wanted = [self.wish.sheet] if self.wish.sheet is not None else self.wish.sheets
        if wanted is not None and not set(wanted) <= set(self.opened.names):
            raise Unfit(Fault.EMPTY)
        by_sheet: dict[str, list[Table]] = {}
        for name in self.opened.names:
            if wanted is not None and name not in wanted:
                self.unread.append((name, "not_chosen"))
                continue
            grid = self.opened.grid(name)
            if grid.rows == 0:
                if len(self.opened.names) == 1:
                    raise Unfit(Fault.EMPTY)
                self.unread.append((name, "empty"))
                continue
            small = self.small if grid.rows is None else grid.rows <= SCANNED
            by_sheet[name] = tables_in(grid, self.titles, self.wish.mapping, small=small)
        self.unread += [(name, "hidden") for name in self.opened.hidden if not name.startswith("_")]
        self.unread += [(name, "too_many") for name in self.opened.beyond]
        if not by_sheet:
            raise Unfit(Fault.EMPTY)
        fitting = {
            name: [table for table in tables if not self._lacking(table) and self._has_rows(table)]
            for name, tables in by_sheet.items()
        }
        if not any(fitting.values()):
            best = max(by_sheet, key=lambda name: max(table.header.score for table in by_sheet[name]))
            fitting[best] = by_sheet[best][:1]
        for name, tables in by_sheet.items():
            if not fitting[name]:
                self.unread.append((name, "no_table"))
            self.told += [
                ("table_unread", f"{name} 第 {table.first} 行起")
                for table in tables
                if fitting[name] and table not in fitting[name] and self._has_rows(table)
            ]
        order = {name: at for at, name in enumerate((*self.opened.names, *self.opened.beyond, *self.opened.hidden))}
        self.unread.sort(key=lambda told: order[told[0]])
        return [table for tables in fitting.values() for table in tables]

    def _has_rows(self, table: Table) -> bool:
        return table.last is None or table.last > table.first

    def _lacking(self, table: Table) -> tuple[str, ...]:
        there = set(table.mapping.values()) | set(self._said(table)) | set(self.wish.settings)
        if constant_months(table, self.kind):
            there |= {"month", "amount"}
        return lacking(self.kind, there)

    def _said(self, table: Table) -> dict[str, tuple[str, str]]:
        """Key -> (text, where it was read), of what the table does not tell row by row."""
        wanted = needed(self.keys, table.mapping)
        found: dict[str, tuple[str, str]] = {}
        year, month = "", ("", "")
        for origin, text in [*table.texts, ("工作表名", table.sheet), ("文件名", self.wish.name)]:
            said = said_in(text)
            year = year or said.year
            if said.month and not month[0]:
                month = (said.month, origin)
            if said.subsidy and "subsidy" in wanted:
                found.setdefault("subsidy", (said.subsidy, origin))
            if said.paid_on and "paid_on" in self.keys and "paid_on" not in table.mapping.values():
                found.setdefault("paid_on", (said.paid_on, origin))
            if "division" in wanted and self.wish.place_of and (place := self.wish.place_of(text)):
                found.setdefault("division", (place, origin))
        if month[0].startswith("-"):
            month = (year + month[0][1:] if year else "", month[1])
        for key in ("month", "paid_month"):
            if key in wanted and month[0]:
                found[key] = month
        return found

    def _unite(self, main: Table, tables: Sequence[Table]) -> None:
        """The columns of all tables, those of the main one first and in their places."""
        titles = main.header.titles
        self.columns = [
            _Column(titles[at] if at < len(titles) else "", main.mapping.get(at, ""), main.sure.get(at, ""))
            for at in range(main.width)
        ]
        self.lacks: tuple[str, ...] = ()
        for table in tables:
            for key in table.mapping.values():
                if not any(column.key == key for column in self.columns):
                    title = next(
                        (plain for at, plain in enumerate(table.header.titles) if table.mapping.get(at) == key), ""
                    )
                    self.columns.append(_Column(title or self.kind.column(key).title, key, "title"))

    def _column(self, key: str, sure: str) -> int:
        """The place of a key among all columns, made where there is none."""
        for at, column in enumerate(self.columns):
            if column.key == key:
                return at
        self.columns.append(_Column(self.kind.column(key).title, key, sure))
        return len(self.columns) - 1

    def _part(self, table: Table, main: Table) -> Part:
        unfolding, lacks, told = unfolding_of(
            table, self.kind, self._said(table), self.wish, self._column, self.columns
        )
        self.lacks += lacks
        self.told += told
        constants = []
        said = self._said(table)
        for key, text in self.wish.settings.items():
            if key in self.keys and not (key in said and self._several(key)):
                said[key] = (text, "set")
        if unfolding and unfolding.columns:
            said = {
                key: text for key, text in said.items() if key not in ("month", "paid_month") or not unfolding.columns
            }
        for key, (text, origin) in said.items():
            at = self._column(key, "set" if origin == "set" else "once")
            constants.append((at, text))
            self.constants.setdefault(key, (text, origin))
            self.told.append(
                ("said_once", f"{self.kind.column(key).title}“{text}”（{origin if origin != 'set' else '由您设定'}）")
            )
        by_key = {key: place for place, key in table.mapping.items()}
        by_title: dict[str, list[int]] = {}
        for place, title in enumerate(table.header.titles):
            by_title.setdefault(plain_title(title), []).append(place)
        places = []
        for at, column in enumerate(self.columns):
            if table.header is main.header and table.mapping == main.mapping and at < main.width:
                places.append(at)
            elif column.key:
                places.append(by_key.get(column.key, -1))
            else:
                same = [
                    place
                    for place in by_title.get(plain_title(column.title), [])
                    if place not in table.mapping and plain_title(column.title)
                ]
                places.append(same[0] if same else -1)
        return Part(table.sheet, table.first, table.last, tuple(places), tuple(constants), unfolding)

    def _several(self, key: str) -> bool:
        """Whether the tables say different things of this once: what is set then holds for those alone that say
        nothing.
        """
        return len({self._said(table).get(key, ("", ""))[0] for table in self.tables}) > 1

    def _moved(self, part: Part) -> bool:
        """Whether the columns are not simply those of the sheet."""
        grid_rows = part.last is None or part.last == self.opened.grid(part.sheet).rows
        return not grid_rows or any(place != at for at, place in enumerate(part.places))

    def _nameless(self, main: Table) -> list[int]:
        """Columns without a title that hold something and are not read."""
        return [
            at
            for at in range(main.width)
            if at not in main.mapping
            and not (at < len(main.header.titles) and main.header.titles[at].strip())
            and sum(at < len(line) and line[at] not in ("", None) for line in main.samples) > 1
        ]

    def _watch(self, mapping: Mapping[int, str], parts: Sequence[Part]) -> dict[int, str]:
        if self.kind.key not in ("recipients", "history"):
            return {}
        titles = {
            at: plain
            for at, column in enumerate(self.columns)
            if (plain := plain_title(column.title)) and plain not in ADDED_TITLES
        }
        found = watched(titles, mapping)
        if any(part.unfolding and part.unfolding.columns for part in parts):  # how many months is seen by the months
            found = {at: what for at, what in found.items() if what != "count"}
        return found

    def _instead(self, main: Table) -> dict[str, int]:
        there = set(main.mapping.values())
        return {key: at for at, key in main.header.before.items() if key in there and key == "account_number"}

    def _doubles(self, main: Table) -> dict[str, int]:
        found: dict[str, int] = {}
        paid = {
            key
            for at, key in main.mapping.items()
            if _PAID.search(main.header.titles[at] if at < len(main.header.titles) else "")
        }
        for at, key in main.header.others.items():
            if key in _DOUBLED and at not in main.mapping and key not in paid:
                found.setdefault(key, at)
        return found

    def _with_samples(self, layout: Layout, main: Table) -> Layout:
        grid = self.opened.grid(main.sheet)
        if not layout.parts:
            below = [tuple(line) for line in main.samples[:SAMPLES]]
            rows = None if grid.rows is None else max(0, grid.rows - layout.header_row)
            return replace(layout, samples=tuple(below), rows=rows)
        frame = frame_of(layout, self.kind, self.opened)
        seen = [
            line
            for line in islice(frame.lines_from(layout.header_row), PROBED * 4)
            if any(cell not in ("", None) for cell in line)
        ]
        rows = None if frame.rows is None else max(0, frame.rows - layout.header_row)
        return replace(layout, samples=tuple(tuple(line) for line in seen[: SAMPLES * 2]), rows=rows)


def frame_of(layout: Layout, kind: Kind, opened: OpenedFile) -> Frame:
    """The tables of a layout, to be read as one."""
    from lxbt.imports.reading.rows import FILLED_DOWN

    kinds = {at: kind.column(key).kind for at, key in layout.mapping.items()}
    at = {key: place for place, key in layout.mapping.items()}
    return Frame(opened, layout.parts, kinds, FILLED_DOWN, (at.get("name", -1), at.get("identity_number", -1)))
