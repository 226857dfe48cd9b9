"""SM4-GCM for values at rest and HMAC-SM3 for looking them up, as plain functions of a key.

Sealed form: key id (2 bytes, big-endian), nonce (12), ciphertext, tag (16). The highest bit of the key id says that the
value is bound: it opens only with the same context (table, column, row), so that it is worth nothing in another place.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

_HEAD, _NONCE, _TAG = 2, 12, 16
BOUND = 0x8000  # in the head: the value is bound to its place


class Unsealable(ValueError):
    """The value was not sealed by a key that is known here, or was altered."""


def head_of(key_id: int, context: bytes = b"") -> bytes:
    """The head of a value sealed by this key, bound when there is a context."""
    return (key_id | (BOUND if context else 0)).to_bytes(_HEAD, "big")


def seal(text: str, key: bytes, key_id: int, context: bytes = b"") -> bytes:
    """Encrypt a text with the SM4 key (16 bytes) known by `key_id`."""
    return seal_bytes(text.encode(), key, key_id, context)


def seal_bytes(data: bytes, key: bytes, key_id: int, context: bytes = b"") -> bytes:
    """Encrypt bytes, a file for instance, with the SM4 key (16 bytes) known by `key_id`; bound to a context where one
    is given.
    """
    nonce = os.urandom(_NONCE)
    encryptor = Cipher(SM4(key), GCM(nonce)).encryptor()
    head = head_of(key_id, context)
    encryptor.authenticate_additional_data(head + context)
    return head + nonce + encryptor.update(data) + encryptor.finalize() + encryptor.tag


def unseal(sealed: bytes, keys: Mapping[int, bytes], context: bytes = b"") -> str:
    """The text again; Unsealable when the key is missing, the value was altered, or it was sealed for another place."""
    return unseal_bytes(sealed, keys, context).decode()


def unseal_bytes(sealed: bytes, keys: Mapping[int, bytes], context: bytes = b"") -> bytes:
    """The bytes again; Unsealable when the key is missing, the value was altered, or it was sealed for another place.

    A value from before values were bound opens anywhere, until `keys rotate` has bound it.
    """
    sealed = bytes(sealed)
    key = keys.get(sealed_with(sealed))
    if key is None or len(sealed) < _HEAD + _NONCE + _TAG:
        raise Unsealable("unknown key or damaged value")
    nonce, body, tag = sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE : -_TAG], sealed[-_TAG:]
    decryptor = Cipher(SM4(key), GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(sealed[:_HEAD] + (context if sealed[0] & 0x80 else b""))
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag:
        raise Unsealable("damaged value") from None


def sealed_with(sealed: bytes) -> int:
    """The id of the key that a value was sealed with."""
    return int.from_bytes(bytes(sealed[:_HEAD]), "big") & ~BOUND


def index_of(kind: str, text: str, key: bytes) -> bytes:
    """The look-up index of an identifier: 32 bytes, the same for the same kind and text."""
    return hmac.digest(key, f"{kind}\0{text}".encode(), "sm3")


_SM3 = hashlib.new("sm3")  # copied for each digest: finding the algorithm anew costs as much as a short digest itself


def sm3(data: bytes) -> bytes:
    """The SM3 digest, 32 bytes."""
    digest = _SM3.copy()
    digest.update(data)
    return digest.digest()
