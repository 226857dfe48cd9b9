"""Files in the old compound format: an XLS workbook, a workbook behind a password, or something else. Told by the names in its directory."""

from __future__ import annotations

from typing import IO

from lxbt.documents.rules.workbooks.faults import Fault, Unfit

PIECE = 2**20
_ENTRY = 128  # bytes of a directory entry; its name stands first
_LOCKED = ("EncryptedPackage", "EncryptionInfo")
_MACROS = ("_VBA_PROJECT_CUR", "VBA")
_BOOKS = ("Workbook", "Book")


def check_old(stream: IO[bytes]) -> None:
    """Unfit unless the file holds an XLS workbook without a password or macros."""
    names = _names(stream)
    if names.intersection(_LOCKED):
        raise Unfit(Fault.LOCKED)
    if names.intersection(_MACROS):
        raise Unfit(Fault.MACROS)
    if not names.intersection(_BOOKS):
        raise Unfit(Fault.NOT_A_SHEET)


def _names(stream: IO[bytes]) -> set[str]:
    """Which of the names looked for stand where a directory entry may begin, with the length that it tells."""
    wanted = {name: name.encode("utf-16-le") + b"\x00\x00" for name in (*_LOCKED, *_MACROS, *_BOOKS)}
    found: set[str] = set()
    stream.seek(0)
    while piece := stream.read(PIECE):
        for name, letters in wanted.items():
            at = piece.find(letters)
            while at != -1:
                if at % _ENTRY == 0 and piece[at + 64 : at + 66] == len(letters).to_bytes(2, "little"):
                    found.add(name)
                at = piece.find(letters, at + 1)
    return found
