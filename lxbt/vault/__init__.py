"""Values at rest, sealed by the current key of the installation and opened by whichever key they were sealed with.

A value is bound to its place: table, column and what tells its row (`at`). Moved to another row or column it does not
open, whoever moved it. Callers check the right to see what they open, and leave a record.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

from django.conf import settings

from lxbt.core import crypto


def at(column: str, *row: object) -> bytes:
    """The place of a value: `table.column` and what tells the row, in the order that `config.rotation` names them."""
    return "|".join([column, *(_plain(one) for one in row)]).encode()


def _plain(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return "" if value is None else str(value)


def seal(text: str, place: bytes = b"") -> bytes:
    """Seal a text for a place."""
    return seal_bytes(text.encode(), place)


def seal_bytes(data: bytes, place: bytes = b"") -> bytes:
    """Seal bytes, a file's content for instance, for a place."""
    key_id: int = settings.LXBT_KEYRING.current
    return crypto.seal_bytes(data, settings.LXBT_KEYRING[key_id], key_id, place)


def open_sealed(value: bytes | memoryview, place: bytes = b"") -> str:
    """Open a sealed text; `crypto.Unsealable` when its key is missing, it was altered, or it is not in its place."""
    return crypto.unseal(bytes(value), settings.LXBT_KEYRING, place)


def open_sealed_bytes(value: bytes | memoryview, place: bytes = b"") -> bytes:
    """Open sealed bytes; `crypto.Unsealable` when their key is missing, they were altered, or are not in their
    place.
    """
    return crypto.unseal_bytes(bytes(value), settings.LXBT_KEYRING, place)


def seal_body(body: object, place: bytes = b"") -> bytes:
    """Pack and seal a message, anything that JSON holds."""
    return seal_bytes(zlib.compress(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), 1), place)


def open_body(sealed: bytes | memoryview, place: bytes = b"") -> Any:
    """Open and unpack a message."""
    return json.loads(zlib.decompress(open_sealed_bytes(sealed, place)))
