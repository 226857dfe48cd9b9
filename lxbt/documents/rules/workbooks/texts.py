"""Text files: which encoding, and whether it is text at all."""

from __future__ import annotations

import codecs
from typing import IO

from lxbt.documents.rules.workbooks.faults import Fault, Unfit

PIECE = 2**20
_OTHERS = (b"%pdf", b"{\\rtf", b"\xff\xd8", b"\x89png", b"gif8", b"7z\xbc\xaf", b"rar!", b"\x1f\x8b", b"mz\x90")
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def check_head(head: bytes, *, wide: bool = False) -> str | None:
    """Unfit when the first bytes are those of something else; the encoding where they tell it.

    `wide`: UTF-16 with a mark is taken.
    """
    if wide and head[:2] in _WIDE:
        return _WIDE[head[:2]]
    start = head[:4096].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith(b"<"):
        raise Unfit(Fault.WEB_PAGE if wide else Fault.NOT_A_SHEET)
    if b"\x00" in head or start.startswith(_OTHERS):
        raise Unfit(Fault.NOT_A_SHEET)
    return None


def is_page(head: bytes) -> bool:
    """Whether a file begins as a web page or as XML."""
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<") or (
        head[:2] in _WIDE and head[:200].decode("utf-16", "ignore").lstrip("\ufeff \r\n").startswith("<")
    )


def encoding_of_page(data: bytes) -> str:
    """The encoding of a whole page: by its mark, else UTF-8 where all of it is, else that of the Chinese systems of
    old.
    """
    if data[:2] in _WIDE:
        return "utf-16"
    for name in ("utf-8-sig", "gb18030"):
        try:
            data.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    return "utf-8"


def encoding_of(stream: IO[bytes]) -> str:
    """The encoding of a whole file, read piece by piece from where the stream stands; Unfit when it is no text."""
    head = stream.read(65536)
    told = check_head(head, wide=True)
    tried = {name: codecs.getincrementaldecoder(name)() for name in ([told] if told else ["utf-8-sig", "gb18030"])}
    piece = head
    while tried:
        last = not piece
        for name, decoder in list(tried.items()):
            try:
                decoder.decode(piece, final=last)
            except UnicodeDecodeError:
                del tried[name]
        if last or not tried:
            break
        if not told and b"\x00" in piece:
            raise Unfit(Fault.NOT_A_SHEET)
        piece = stream.read(PIECE)
    for name in ("utf-8-sig", "utf-16", "gb18030"):
        if name in tried:
            return name
    raise Unfit(Fault.NOT_A_SHEET)
