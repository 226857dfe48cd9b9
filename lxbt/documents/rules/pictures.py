"""Pictures without what the camera wrote into them: where and when, whose device, comments, the small picture. Pure.

Which way is up is kept, for else papers taken by a phone lie on their side; so are the colours.
"""

from __future__ import annotations

import struct

_MARKS = (b"Exif\x00\x00", b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"http://ns.adobe.com/xap", b"Photoshop 3.0")
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"bKGD"}
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_SOI, _EOI, _SOS, _COMMENT, _APP0, _APP1, _APP2, _APP14, _APP15 = 0xD8, 0xD9, 0xDA, 0xFE, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_ORIENTATION = 0x0112


class Damaged(ValueError):
    """The picture cannot be taken apart, and something of its camera may be in it."""


def without_traces(content: bytes, media_type: str) -> bytes:
    """The picture alone; other files as they are. Damaged when it cannot be told what a picture holds beside itself."""
    strip = {"image/jpeg": _jpeg, "image/png": _png}.get(media_type)
    if strip is None:
        return content
    try:
        return strip(content)
    except (IndexError, struct.error, ValueError):
        if any(mark in content for mark in _MARKS):
            raise Damaged from None
        return content


def _jpeg(content: bytes) -> bytes:
    out, place, up = [content[:2]], 2, 1
    while True:
        if content[place] != 0xFF:
            raise ValueError("no marker")
        marker = content[place + 1]
        if marker == 0xFF:  # (fill bytes may stand before a marker)
            place += 1
            continue
        if marker == _EOI:
            out.append(b"\xff\xd9")  # (what stands behind the end is no part of it)
            break
        (size,) = struct.unpack_from(">H", content, place + 2)
        segment = content[place : place + 2 + size]
        if size < 2 or len(segment) < 2 + size:
            raise ValueError("cut off")
        place += 2 + size
        if marker == _APP1 and segment[4:10] == b"Exif\x00\x00":
            up = _orientation(segment[10:]) or up
        if _is_kept(marker, segment):
            out.append(segment)
        if marker == _SOS:
            end = _end_of_scan(content, place)
            out.append(content[place:end])
            place = end
    if up != 1:
        out.insert(1, _exif_of(up))
    return b"".join(out)


def _is_kept(marker: int, segment: bytes) -> bool:
    if marker == _APP2:
        return segment[4:16] == b"ICC_PROFILE\x00"
    return marker in (_APP0, _APP14) or not (marker == _COMMENT or _APP0 <= marker <= _APP15)


def _end_of_scan(content: bytes, place: int) -> int:
    while True:
        place = content.index(b"\xff", place)
        if content[place + 1] == 0 or 0xD0 <= content[place + 1] <= 0xD7:
            place += 2
            continue
        return place


def _orientation(tiff: bytes) -> int | None:
    """Which way is up (2 to 8), where the camera said so."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (first,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, first)
        for n in range(min(count, 200)):
            tag, kind, _number, value = struct.unpack_from(order + "HHIH", tiff, first + 2 + 12 * n)
            if tag == _ORIENTATION and kind == 3:
                return value if 1 <= value <= 8 else None
    except (KeyError, struct.error):
        return None
    return None


def _exif_of(up: int) -> bytes:
    """A block that says which way is up and nothing else."""
    tiff = b"MM\x00*\x00\x00\x00\x08\x00\x01" + struct.pack(">HHIHH", _ORIENTATION, 3, 1, up, 0) + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\x00\x00" + tiff


def _png(content: bytes) -> bytes:
    out, place = [_PNG_HEAD], len(_PNG_HEAD)
    while True:
        size, kind = struct.unpack_from(">I4s", content, place)
        chunk = content[place : place + 12 + size]
        if len(chunk) < 12 + size:
            raise ValueError("cut off")
        place += 12 + size
        if kind in _PNG_KEPT:
            out.append(chunk)
        if kind == b"IEND":
            return b"".join(out)
