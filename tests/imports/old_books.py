"""Files in formats that no library here writes: compound files with an XLS workbook, OpenDocument sheets."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (the container of old office files) of those streams, each at least 4096 bytes long."""
    sectors: list[bytes] = []
    table: list[int] = []
    starts = {}
    for name, data in streams.items():
        data = data.ljust(4096, b"\x00")
        starts[name] = (len(sectors), len(data))
        pieces = [data[at : at + SECTOR].ljust(SECTOR, b"\x00") for at in range(0, len(data), SECTOR)]
        table += [*range(len(sectors) + 1, len(sectors) + len(pieces)), END]
        sectors += pieces
    entries = [_entry("Root Entry", 5, END, 0, 1 if starts else FREE)]
    for number, (name, (start, size)) in enumerate(starts.items(), start=1):
        entries.append(_entry(name, 2, start, size, FREE, right=number + 1 if number < len(starts) else FREE))
    while len(entries) % 4:
        entries.append(bytes(64) + struct.pack("<HBBIII", 0, 0, 0, FREE, FREE, FREE) + bytes(48))
    directory = len(sectors)
    pieces = [b"".join(entries[at : at + 4]) for at in range(0, len(entries), 4)]
    table += [*range(directory + 1, directory + len(pieces)), END]
    sectors += pieces
    needed = 1
    while (len(sectors) + needed) > needed * 128:
        needed += 1
    fats = list(range(len(sectors), len(sectors) + needed))
    table += [FAT] * needed
    table += [FREE] * (needed * 128 - len(table))
    for at in range(0, len(table), 128):
        sectors.append(struct.pack("<128I", *table[at : at + 128]))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, needed, directory, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *(fats + [FREE] * (109 - len(fats))))
    return header + b"".join(sectors)


def _entry(name: str, kind: int, start: int, size: int, child: int, right: int = FREE) -> bytes:
    letters = name.encode("utf-16-le") + b"\x00\x00"
    return (
        letters.ljust(64, b"\x00")
        + struct.pack("<HBBIII", len(letters), kind, 1, FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def xls(
    rows: Sequence[Sequence[Any]], *, merged: Sequence[tuple[int, int, int, int]] = (), locked: bool = False
) -> bytes:
    """A BIFF8 workbook of text and numbers."""
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6)) + (_record(0x2F, bytes(54)) if locked else b"")
    name = "表".encode("utf-16-le")
    font = _record(0x31, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + bytes([5, 0]) + b"Arial")
    formats = font * 5 + _record(0xE0, bytes(20)) * 16
    sheet_name = bytes([len(name) // 2, 1]) + name
    before = len(head) + len(formats) + len(_record(0x85, bytes(6) + sheet_name)) + 4
    globals_ = head + formats + _record(0x85, struct.pack("<IH", before, 0) + sheet_name) + _record(0x0A, b"")
    width = max(len(row) for row in rows)
    body = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6)) + _record(
        0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0)
    )
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, str) and cell:
                text = cell.encode("utf-16-le")
                body += _record(0x204, struct.pack("<HHHHB", number, place, 15, len(text) // 2, 1) + text)
            elif isinstance(cell, int | float):
                body += _record(0x203, struct.pack("<HHHd", number, place, 15, cell))
    if merged:
        body += _record(
            0xE5,
            struct.pack("<H", len(merged))
            + b"".join(struct.pack("<HHHH", first, last, left, right) for first, left, last, right in merged),
        )
    return compound({"Workbook": globals_ + body + _record(0x0A, b"")})


def _record(number: int, data: bytes) -> bytes:
    return struct.pack("<HH", number, len(data)) + data


_SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


def ods(path: Path, rows: Sequence[str], *, extra: Mapping[str, bytes] | None = None) -> Path:
    """An OpenDocument sheet of rows given as XML, written as LibreOffice does."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES} '
        'office:version="1.3"><office:body><office:spreadsheet>'
        f'<table:table table:name="表">{"".join(rows)}'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content.encode(),
        "META-INF/manifest.xml": manifest.encode(),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in {**parts, **(extra or {})}.items():
            packed.writestr(name, data)
    return path


def ods_row(cells: Sequence[Any], times: int = 1) -> str:
    """A row of an OpenDocument sheet."""
    written = "".join(_ods_cell(cell) for cell in cells)
    repeated = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    return (
        f"<table:table-row{repeated}>{written}<table:table-cell "
        'table:number-columns-repeated="16370"/></table:table-row>'
    )


def _ods_cell(cell: Any) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, int | float):
        return (
            f'<table:table-cell office:value-type="float" office:value="{cell}" '
            f'calcext:value-type="float"><text:p>{cell}</text:p></table:table-cell>'
        )
    if str(cell).startswith("#"):
        return (
            '<table:table-cell office:value-type="string" office:string-value="" '
            f'calcext:value-type="error"><text:p>{cell}</text:p></table:table-cell>'
        )
    if isinstance(cell, tuple):
        text, down = cell
        return (
            '<table:table-cell office:value-type="string" table:number-columns-spanned="1" '
            f'table:number-rows-spanned="{down}"><text:p>{escape(text)}</text:p></table:table-cell>'
        )
    return (
        '<table:table-cell office:value-type="string" '
        f'calcext:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'
    )
