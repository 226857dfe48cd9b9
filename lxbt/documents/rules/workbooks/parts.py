"""The parts of a packed workbook, looked through piece by piece: no part is ever whole in memory."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import IO, Any

from lxbt.documents.rules.workbooks.faults import Fault, Limits, Unfit
from lxbt.documents.rules.workbooks.marks import COMMENT, Marks, commented_rows, formats_of
from lxbt.documents.rules.workbooks.opendocument import Tables

PIECE = 2**20
_MAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_MACROS = re.compile(r"(^|/)vbaproject|^xl/(macrosheets|dialogsheets)/|^(basic|scripts)/.", re.IGNORECASE)
_OBJECTS = re.compile(r"^xl/(embeddings|activex|ctrlprops)/", re.IGNORECASE)
_LINKS = re.compile(r"^xl/(connections\.xml|querytables|customdata|model)", re.IGNORECASE)
_OTHER_BOOKS = re.compile(r"^xl/externallinks/", re.IGNORECASE)
_COMMENTS = re.compile(r"^xl/(?:comments/)?comments?\d*\.xml$")
_EXTERNAL = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*\bTargetMode\s*+=\s*+[\"']External[\"'][^<>]*>", re.IGNORECASE)
# Digits alike, capitals alike, spaces as single quotes: the shape of a reference is then seen without a regular
# expression.
_SHAPES = bytes.maketrans(b"0123456789BCDEFGHIJKLMNOPQRSTUVWXYZ \t\r\n", b"0000000000" + b"A" * 25 + b"''''")
_CELL_START, _REFERENCE = b"<c'", b"<c'r=\""  # of a cell as most programs write it, in shapes
# The third group: a cell that has a format only, which is not laid out.
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^<>/]*(/>|></c>)?')
_CELL = re.compile(rb"<(?:\w+:)?c\b[^<>/]*?\sr\s*+=\s*+[\"']([A-Za-z]{1,3})(\d{1,7})[\"'][^<>/]*(/>|></(?:\w+:)?c>)?")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_OTHER_CELL = re.compile(rb"<c[\t\r\n/>]|<\w+:c[\s/>]")
_ANY_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]*?\sr\s*+=\s*+[\"'](\d{1,9})[\"']")
_IN_ERROR = re.compile(
    rb"<(?:\w+:)?c\b(?=[^<>]*?\st\s*+=\s*+[\"']e[\"'])[^<>]*?\sr\s*+=\s*+[\"']([A-Za-z]{1,3})(\d{1,7})[\"']"
)
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^<>]*>")
_ATTRIBUTE = re.compile(r"(?<![\w:])([\w:]++)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)')")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^<>]*>")
# No pattern looks beyond the next tag: what a tag costs is bounded by its own length. A tag within a tag is no XML.
_BROKEN_TAG = re.compile(rb"<[^<>]*+<")
MOST_ERRORS = 100_000  # cells in error that are remembered


@dataclass
class Book:
    """What a workbook was found to be. Cells in error by the name of the sheet, as (row, column) from 0."""

    kind: str  # xlsx, ods, xls or text
    errors: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    merged: dict[str, list[tuple[tuple[int, int], tuple[int, int]]]] = field(
        default_factory=dict
    )  # of ODS, which its reader does not tell
    encoding: str = ""  # of text
    date1904: bool = False  # days are counted from 1904, as on a Mac of old
    marks: dict[str, dict[str, list[int]]] = field(default_factory=dict)  # sheet -> mark -> rows from 0
    links: bool = False  # formulas ask other files: their last values are read
    tables: dict[str, list[list[Any]]] = field(default_factory=dict)  # of a web page or XML, laid out already


@dataclass
class _Sheet:
    rows: int = 0
    columns: int = 0
    counted: int = 0  # rows, where cells do not say where they stand
    letters: int = 1
    digits: int = 1
    certain: bool = True  # that the corner is near, by letters and digits alone
    errors: set[tuple[int, int]] = field(default_factory=set)
    marks: Marks = field(default_factory=Marks)

    def take(self, data: bytes, limits: Limits) -> None:
        """Look through a piece of the sheet."""
        _find_errors(data, self.errors)
        self.marks.take(data)
        if self.certain:
            reach = _reach(data, self.letters, self.digits)
            self.certain = reach is not None and _is_near(*reach, limits)
            self.letters, self.digits = reach or (1, 1)


def check_packed(stream: IO[bytes], limits: Limits) -> Book:
    """What a zip file is; Unfit when it is not taken."""
    try:
        with zipfile.ZipFile(stream) as packed:
            return _check_parts(packed, limits)
    # RuntimeError: how zipfile tells of a password, or of a method of packing that it does not know
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError) as error:
        if isinstance(error, Unfit):
            raise
        raise Unfit(Fault.DAMAGED) from error


def _check_parts(packed: zipfile.ZipFile, limits: Limits) -> Book:
    parts = packed.infolist()
    names = [part.filename for part in parts]
    if len(parts) > limits.parts or len(set(names)) != len(names):
        raise Unfit(Fault.BOMB)
    if any(part.flag_bits & 1 for part in parts):
        raise Unfit(Fault.LOCKED if limits.old else Fault.OLD_OR_LOCKED)
    for pattern, fault in ((_MACROS, Fault.MACROS), (_LINKS, Fault.LINKS), (_OBJECTS, Fault.OBJECTS)):
        if any(pattern.search(name) for name in names):
            raise Unfit(fault)
    links = any(_OTHER_BOOKS.search(name) for name in names)
    if links and not limits.links:
        raise Unfit(Fault.LINKS)
    book = Book("ods" if limits.ods and "mimetype" in names else "xlsx")
    if book.kind == "xlsx" and "[content_types].xml" not in {name.lower() for name in names}:
        raise Unfit(Fault.NOT_A_SHEET)
    left = limits.unpacked
    sheets: dict[str, _Sheet] = {}
    kept: dict[str, bytes] = {}
    for part in parts:
        most = min(left, max(limits.small, limits.times * part.compress_size))
        left -= _check_part(packed, part, most, limits, book, sheets, kept)
    book.date1904 = book.kind == "xlsx" and _counts_from_1904(kept.get("xl/workbook.xml", b""))
    book.links = links
    if book.kind == "xlsx":
        _mark(packed, parts, limits, book, sheets, kept)
    return book


def _mark(
    packed: zipfile.ZipFile,
    parts: list[zipfile.ZipInfo],
    limits: Limits,
    book: Book,
    sheets: dict[str, _Sheet],
    kept: dict[str, bytes],
) -> None:
    """Cells in error or never worked out, and what is marked, by the name of the sheet."""
    formats = formats_of(kept.get("xl/styles.xml", b""))
    if formats.any:
        for part in parts:
            sheet = sheets.get(part.filename.lower())
            if sheet is not None:
                for piece in _pieces(packed, part, limits.unpacked):
                    sheet.marks.take_formats(piece.data, formats)
    for name, path in _paths(kept).items():
        if path not in sheets:
            continue
        sheet = sheets[path]
        for row in _rows_with_comments(path, kept):
            sheet.marks.add(COMMENT, row)
        if errors := sheet.errors | sheet.marks.never:
            book.errors[name] = errors
        if told := sheet.marks.told():
            book.marks[name] = told


def _rows_with_comments(path: str, kept: dict[str, bytes]) -> Iterator[int]:
    folder, _slash, name = path.rpartition("/")
    relations = kept.get(f"{folder}/_rels/{name}.rels", b"").decode("utf-8", "replace")
    for tag in _RELATION.findall(relations):
        target = _attributes(tag).get("Target", "").lower().rpartition("/")[2]
        for told, data in kept.items():
            if _COMMENTS.match(told) and told.rpartition("/")[2] == target:
                yield from commented_rows(data)


def _counts_from_1904(workbook: bytes) -> bool:
    """Whether the properties of a workbook say that day 0 is 1904-01-01."""
    _before, found, rest = workbook.partition(b"workbookPr")
    told = _attributes(rest[: rest.find(b">") + 1][:4096].decode("utf-8", "replace")) if found else {}
    return told.get("date1904", "").strip().lower() in ("1", "true", "on")


def _check_part(
    packed: zipfile.ZipFile,
    part: zipfile.ZipInfo,
    most: int,
    limits: Limits,
    book: Book,
    sheets: dict[str, _Sheet],
    kept: dict[str, bytes],
) -> int:
    """Look through a part; its bytes. What its head claims of its size is not believed."""
    name = part.filename.lower()
    xml = name.endswith((".xml", ".rels", ".vml")) or name == "mimetype"
    in_sheet = name.startswith("xl/worksheets/") and name.endswith(".xml")
    keep = (
        name in ("xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "[content_types].xml", "mimetype")
        or _COMMENTS.match(name) is not None
        or name.endswith(".rels")
        or name == "meta-inf/manifest.xml"
    )
    sheet = sheets.setdefault(name, _Sheet()) if in_sheet else None
    tables = Tables(limits) if book.kind == "ods" and name == "content.xml" else None
    whole = bytearray()
    size = 0
    for piece in _pieces(packed, part, most):
        first, size = size == 0, size + len(piece.fresh)
        if not xml:
            continue
        _check_piece(piece.data, first, followed=sheet is not None or tables is not None or keep)
        if sheet is not None:
            sheet.take(piece.data, limits)
        if tables is not None:
            tables.take(piece.data)
        if keep:
            whole += piece.fresh
            if len(whole) > (32 if _COMMENTS.match(name) else 8) * PIECE:
                raise Unfit(Fault.BOMB)
    if sheet is not None and not sheet.certain:
        for piece in _pieces(packed, part, most):
            _find_corner(piece.data, sheet, limits)
    if tables is not None:
        book.errors, book.merged = tables.finish()
    if keep:
        kept[name] = bytes(whole)
        _check_kept(name, kept[name], limits, book)
    return size


def _check_piece(data: bytes, first: bool, *, followed: bool) -> None:
    entities = b"<!DOCTYPE" in data or (b"<!E" in data and b"<!ENTITY" in data)
    if entities or (first and data.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise Unfit(Fault.BOMB)
    if followed and _BROKEN_TAG.search(data):
        raise Unfit(Fault.DAMAGED)


def _check_kept(name: str, data: bytes, limits: Limits, book: Book) -> None:
    if name == "mimetype":
        if data.strip() != _ODS:
            raise Unfit(Fault.NOT_A_SHEET)
    elif name == "meta-inf/manifest.xml":
        if b"encryption-data" in data:
            raise Unfit(Fault.LOCKED)
    elif name == "[content_types].xml":
        if b"macroEnabled" in data or b"vbaProject" in data:
            raise Unfit(Fault.MACROS)
        if book.kind == "xlsx" and _MAIN not in data:
            raise Unfit(Fault.NOT_A_SHEET)
    elif name.endswith(".rels"):
        of_other_books = limits.links and name.startswith("xl/externallinks/")
        if not of_other_books and any(b"/hyperlink" not in found for found in _EXTERNAL.findall(data)):
            raise Unfit(Fault.LINKS)


@dataclass
class _Piece:
    fresh: bytes  # what is new
    data: bytes  # the end of the last piece, from its last tag on, and what is new up to the last tag


def _pieces(packed: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> Iterator[_Piece]:
    """A part in pieces that end between tags; one tag that does not end is no workbook."""
    rest, size = b"", 0
    with packed.open(part) as stream:
        while fresh := stream.read(PIECE):
            size += len(fresh)
            if size > most:
                raise Unfit(Fault.BOMB)
            data = rest + fresh
            cut = data.rfind(b"<")
            if cut <= 0 or len(data) - cut > 2 * PIECE:
                cut = len(data)
            rest = data[cut:]
            yield _Piece(fresh, data[:cut])
    if rest:
        yield _Piece(b"", rest)


def column_number(letters: bytes) -> int:
    """A is 1, AA is 27."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return column


def _reach(data: bytes, letters: int, digits: int) -> tuple[int, int] | None:
    """How many letters and digits the references of cells have at most, from what was so before; None when that is not
    certain.
    """
    shapes = data.translate(_SHAPES)
    if (
        shapes.count(_CELL_START) != shapes.count(_REFERENCE + b"A")
        or b"<c>" in shapes
        or b"<c/" in shapes
        or b":c" in shapes
    ):
        return None  # a cell is written in another way than <c r="A1"
    while letters < 4 and _REFERENCE + b"A" * (letters + 1) in shapes:
        letters += 1
    starts = [_REFERENCE + b"A" * length for length in range(letters + 1)]
    while digits < 8 and any(start + b"0" * (digits + 1) in shapes for start in starts):
        digits += 1
    return letters, digits


def _is_near(letters: int, digits: int, limits: Limits) -> bool:
    rows, columns = int("9" * digits), sum((26, 676, 17576, 456976)[:letters])
    return rows <= limits.rows and columns <= limits.columns and rows * columns <= limits.cells


def _find_corner(data: bytes, sheet: _Sheet, limits: Limits) -> None:
    """A reader lays out every cell up to the last one: that corner must be near."""
    found = _PLAIN_CELL.findall(data)
    cells = data.count(b"<c ")
    if len(found) != cells or _OTHER_CELL.search(data):  # written in another way than most
        found, cells = _CELL.findall(data), len(_ANY_CELL.findall(data))
    filled = {(letters, number) for letters, number, bare in found if not bare}
    if filled:
        sheet.rows = max(sheet.rows, *(int(number) for _letters, number in filled))
        sheet.columns = max(
            sheet.columns, *(column_number(letters) for letters in {letters for letters, _number in filled})
        )
    if cells > len(found):  # a cell that does not say where it stands follows the one before it
        rows = _ANY_ROW.split(data)
        sheet.counted += len(rows) - 1
        sheet.rows = max(sheet.rows, sheet.counted, *map(int, _ROW.findall(data)))
        sheet.columns = max(sheet.columns, *(len(_ANY_CELL.findall(row)) for row in rows))
    if sheet.rows > limits.rows:
        raise Unfit(Fault.TOO_MANY_ROWS)
    if sheet.columns > limits.columns or sheet.rows * sheet.columns > limits.cells:
        raise Unfit(Fault.BOMB)


def _find_errors(data: bytes, errors: set[tuple[int, int]]) -> None:
    if b't="e"' in data or b"t='e'" in data:
        for letters, number in _IN_ERROR.findall(data):
            if len(errors) < MOST_ERRORS:
                errors.add((int(number) - 1, column_number(letters) - 1))


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(double or single) for name, double, single in _ATTRIBUTE.findall(tag)}


def _paths(kept: dict[str, bytes]) -> dict[str, str]:
    """The name of each sheet and the part (in lower case) that it stands in."""
    book = kept.get("xl/workbook.xml", b"").decode("utf-8", "replace")
    relations = kept.get("xl/_rels/workbook.xml.rels", b"").decode("utf-8", "replace")
    targets = {}
    for tag in _RELATION.findall(relations):
        told = _attributes(tag)
        target = told.get("Target", "").lower()
        targets[told.get("Id", "")] = target.lstrip("/") if target.startswith("/") else "xl/" + target
    found = {}
    for tag in _SHEET.findall(book):
        told = _attributes(tag)
        relation = next((value for key, value in told.items() if key.endswith(":id")), "")
        if relation in targets:
            found[told.get("name", "")] = targets[relation]
    return found
