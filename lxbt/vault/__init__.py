"""Values at rest, sealed by the current key of the installation and opened by whichever key they were sealed with.

Callers check the right to see what they open, and leave a record.
"""

from __future__ import annotations

from django.conf import settings

from lxbt.core import crypto


def seal(text: str) -> bytes:
    """Seal a text."""
    return seal_bytes(text.encode())


def seal_bytes(data: bytes) -> bytes:
    """Seal bytes, a file's content for instance."""
    key_id: int = settings.LXBT_KEYRING.current
    return crypto.seal_bytes(data, settings.LXBT_KEYRING[key_id], key_id)


def open_sealed(value: bytes | memoryview) -> str:
    """Open a sealed text; `crypto.Unsealable` when its key is missing or it was altered."""
    return crypto.unseal(bytes(value), settings.LXBT_KEYRING)


def open_sealed_bytes(value: bytes | memoryview) -> bytes:
    """Open sealed bytes; `crypto.Unsealable` when their key is missing or they were altered."""
    return crypto.unseal_bytes(bytes(value), settings.LXBT_KEYRING)
