"""What a camera writes into a picture does not come in with it."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lxbt.documents.operations.papers import DocumentRefused, store_document
from lxbt.documents.queries import content_of
from lxbt.documents.rules.pictures import without_traces
from tests import factories as f

PLACE = b"30/1 35/1 1234/100 N"


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def exif(up: int) -> bytes:
    """EXIF with which way is up, and a place."""
    entries = struct.pack(">HHIHH", 0x0112, 3, 1, up, 0) + struct.pack(">HHII", 0x8825, 4, 1, 38)
    return b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x02" + entries + bytes(4) + PLACE


def jpeg(up: int = 6) -> bytes:
    scan = b"\x12\x34\xff\x00\x56\xff\xd0\x78"
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
        + segment(0xE1, exif(up))
        + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x:gps>" + PLACE)
        + segment(0xED, b"Photoshop 3.0\x00" + PLACE)
        + segment(0xFE, b"taken at " + PLACE)
        + segment(0xDB, bytes(65))
        + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + scan
        + segment(0xC4, bytes(20))
        + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + scan
        + b"\xff\xd9"
        + b"a second picture behind the first "
        + PLACE
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png() -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
        + chunk(b"tEXt", b"Comment\x00" + PLACE)
        + chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + PLACE)
        + chunk(b"eXIf", exif(1)[6:])
        + chunk(b"tIME", bytes(7))
        + chunk(b"IDAT", zlib.compress(b"\x00\x00"))
        + chunk(b"IEND", b"")
        + PLACE
    )


@pytest.mark.parametrize(("content", "kind"), [(jpeg(), "image/jpeg"), (png(), "image/png")])
def test_a_place_is_gone_and_the_picture_stays(content: bytes, kind: str) -> None:
    kept = without_traces(content, kind)
    assert PLACE not in kept
    assert b"adobe" not in kept
    assert without_traces(kept, kind) == kept
    assert (kept.count(b"\xff\xda"), kept[-2:]) == (2, b"\xff\xd9") if kind == "image/jpeg" else b"IDAT" in kept


@pytest.mark.parametrize("up", range(1, 9))
def test_which_way_is_up_stays(up: int) -> None:
    kept = without_traces(jpeg(up), "image/jpeg")
    assert (b"Exif" in kept) == (up != 1)
    assert struct.pack(">HHIHH", 0x0112, 3, 1, up, 0) in kept or up == 1


@given(st.integers(2, len(jpeg()) - 60))
def test_a_picture_cut_off_is_refused_or_holds_no_place(end: int) -> None:
    try:
        kept = without_traces(jpeg()[:end], "image/jpeg")
    except ValueError:
        return
    assert PLACE not in kept


@pytest.mark.django_db
def test_a_paper_is_stored_without_the_place_where_it_was_taken() -> None:
    f.load_places()
    by = f.account("clerk", f.TOWNSHIP)
    stored = store_document(content=jpeg(), person_id=1, division_code=f.TOWNSHIP, by=by)
    assert PLACE not in content_of(stored)
    with pytest.raises(DocumentRefused, match="损坏"):
        store_document(content=jpeg()[:200], person_id=1, division_code=f.TOWNSHIP, by=by)
