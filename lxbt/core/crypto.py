"""SM4-GCM for values at rest and HMAC-SM3 for looking them up, as plain functions of a key.

Sealed form: key id (2 bytes, big-endian), nonce (12), ciphertext, tag (16).
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


class Unsealable(ValueError):
    """The value was not sealed by a key that is known here, or was altered."""


def seal(text: str, key: bytes, key_id: int) -> bytes:
    """Encrypt a text with the SM4 key (16 bytes) known by `key_id`."""
    return seal_bytes(text.encode(), key, key_id)


def seal_bytes(data: bytes, key: bytes, key_id: int) -> bytes:
    """Encrypt bytes, a file for instance, with the SM4 key (16 bytes) known by `key_id`."""
    nonce = os.urandom(_NONCE)
    encryptor = Cipher(SM4(key), GCM(nonce)).encryptor()
    head = key_id.to_bytes(_HEAD, "big")
    encryptor.authenticate_additional_data(head)
    return head + nonce + encryptor.update(data) + encryptor.finalize() + encryptor.tag


def unseal(sealed: bytes, keys: Mapping[int, bytes]) -> str:
    """The text again; Unsealable when the key is missing or the value was altered."""
    return unseal_bytes(sealed, keys).decode()


def unseal_bytes(sealed: bytes, keys: Mapping[int, bytes]) -> bytes:
    """The bytes again; Unsealable when the key is missing or the value was altered."""
    sealed = bytes(sealed)
    key = keys.get(sealed_with(sealed))
    if key is None or len(sealed) < _HEAD + _NONCE + _TAG:
        raise Unsealable("unknown key or damaged value")
    nonce, body, tag = sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE : -_TAG], sealed[-_TAG:]
    decryptor = Cipher(SM4(key), GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(sealed[:_HEAD])
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag:
        raise Unsealable("damaged value") from None


def sealed_with(sealed: bytes) -> int:
    """The id of the key that a value was sealed with."""
    return int.from_bytes(bytes(sealed[:_HEAD]), "big")


def index_of(kind: str, text: str, key: bytes) -> bytes:
    """The look-up index of an identifier: 32 bytes, the same for the same kind and text."""
    return hmac.digest(key, f"{kind}\0{text}".encode(), "sm3")


_SM3 = hashlib.new("sm3")  # copied for each digest: finding the algorithm anew costs as much as a short digest itself


def sm3(data: bytes) -> bytes:
    """The SM3 digest, 32 bytes."""
    digest = _SM3.copy()
    digest.update(data)
    return digest.digest()
