"""Files in the old compound format: an XLS workbook, a workbook behind a password, or something else.

Told by the names in its directory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from lxbt.documents.rules.workbooks.faults import Fault, Unfit

PIECE = 2**20
_ENTRY = 128  # bytes of a directory entry; its name stands first
_SECTOR = 512
_FILE_PASS = 0x2F
_BEGINNINGS = (
    b"\x09\x08\x10\x00\x00\x06\x05\x00",
    b"\x09\x08\x08\x00\x00\x05\x05\x00",
)  # of the globals of a workbook, BIFF 8 and 5
_DATE_MODE = 0x22
_RECORDS = 400  # at the head of a workbook, among which its way of counting days is told
_LOCKED = ("EncryptedPackage", "EncryptionInfo")
_FROM_1904 = "1904"
_MACROS = ("_VBA_PROJECT_CUR", "VBA")
_BOOKS = ("Workbook", "Book")


def check_old(stream: IO[bytes], size: int) -> bool:
    """Whether days are counted from 1904; Unfit unless the file holds an XLS workbook without a password or macros."""
    head = stream.read(_SECTOR)
    if len(head) < _SECTOR or (int.from_bytes(head[48:52], "little") + 1) * _SECTOR >= size:
        raise Unfit(Fault.DAMAGED)  # the directory would stand behind the end
    names = _names(stream)
    if names.intersection(_LOCKED):
        raise Unfit(Fault.LOCKED)
    if names.intersection(_MACROS):
        raise Unfit(Fault.MACROS)
    if not names.intersection(_BOOKS):
        raise Unfit(Fault.NOT_A_SHEET)
    return _FROM_1904 in names


def _names(stream: IO[bytes]) -> set[str]:
    """Which of the names looked for stand where a directory entry may begin, with the length that it tells; and whether
    a workbook is locked.
    """
    wanted = {name: name.encode("utf-16-le") + b"\x00\x00" for name in (*_LOCKED, *_MACROS, *_BOOKS)}
    found: set[str] = set()
    stream.seek(0)
    while piece := stream.read(PIECE):
        for name, letters in wanted.items():
            found.update(
                name
                for at in _places(piece, letters, _ENTRY)
                if piece[at + 64 : at + 66] == len(letters).to_bytes(2, "little")
            )
        for begin in _BEGINNINGS:
            if any(_is_locked(piece[at : at + _SECTOR]) for at in _places(piece, begin, _SECTOR)):
                found.add(_LOCKED[0])
            if any(_says_1904(piece[at : at + 64 * _SECTOR]) for at in _places(piece, begin, _SECTOR)):
                found.add(_FROM_1904)
    return found


def _places(piece: bytes, wanted: bytes, step: int) -> Iterator[int]:
    at = piece.find(wanted)
    while at != -1:
        if at % step == 0:
            yield at
        at = piece.find(wanted, at + 1)


def _is_locked(records: bytes) -> bool:
    """Whether one of the first records of a workbook says that the rest is enciphered."""
    at = 0
    for _number in range(4):
        kind, length = (
            int.from_bytes(records[at : at + 2], "little"),
            int.from_bytes(records[at + 2 : at + 4], "little"),
        )
        if kind == _FILE_PASS:
            return True
        at += 4 + length
    return False


def _says_1904(records: bytes) -> bool:
    """Whether one of the records at the head of a workbook says that days are counted from 1904."""
    at = 0
    for _number in range(_RECORDS):
        kind, length = (
            int.from_bytes(records[at : at + 2], "little"),
            int.from_bytes(records[at + 2 : at + 4], "little"),
        )
        if kind == _DATE_MODE and length == 2:
            return records[at + 4 : at + 6] == b"\x01\x00"
        at += 4 + length
        if at + 6 > len(records):
            return False
    return False
