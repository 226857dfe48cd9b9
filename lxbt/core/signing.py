"""Signatures of machines, as plain functions of raw keys: Ed25519, and SM2 with SM3.

Keys are raw: Ed25519 32 bytes each; SM2 32 bytes private, 65 bytes public (04, x, y). The signature of SM2 is DER, over
the user id 1234567812345678 that GM/T 0009 names as the usual one.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from tongsuopy.crypto import exceptions as sm
from tongsuopy.crypto import hashes
from tongsuopy.crypto.asymciphers import ec

ED25519, SM2 = "ed25519", "sm2"
FOREIGN = "the signature does not belong to this text and key"


class BadSignature(ValueError):
    """The signature does not hold, or the key is none; the text says what is wrong, and is meant for the log of the
    line.
    """


@dataclass(frozen=True, slots=True)
class Algorithm:
    """How keys are made and used, all as raw bytes."""

    make: Callable[[], tuple[bytes, bytes]]
    sign: Callable[[bytes, bytes], bytes]
    verify: Callable[[bytes, bytes, bytes], None]


def sign(algorithm: str, private: bytes, text: bytes) -> bytes:
    """Sign a text. KeyError for an algorithm that is not known, ValueError for a key that is none."""
    return ALGORITHMS[algorithm].sign(private, text)


def verify(algorithm: str, public: bytes, signed: bytes, text: bytes) -> None:
    """BadSignature unless the text was signed with the private key of this public one."""
    if algorithm not in ALGORITHMS:
        raise BadSignature(f"algorithm {algorithm} is not known here")
    ALGORITHMS[algorithm].verify(public, signed, text)


def new_pair(algorithm: str) -> tuple[bytes, bytes]:
    """Make a private key and its public one."""
    return ALGORITHMS[algorithm].make()


def key_set(keys: Mapping[str, bytes]) -> dict[str, Any]:
    """Ed25519 public keys, by id, as a JSON Web Key Set (RFC 8037)."""
    shared = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA"}
    return {"keys": [{**shared, "kid": key_id, "x": _base64url(public)} for key_id, public in keys.items()]}


def keys_of_set(document: Mapping[str, Any]) -> dict[str, bytes]:
    """The Ed25519 public keys of a JSON Web Key Set, by id."""
    keys = {}
    for key in document.get("keys", []):
        if key.get("kty") == "OKP" and key.get("crv") == "Ed25519":
            text = str(key["x"])
            keys[str(key["kid"])] = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return keys


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _make_ed25519() -> tuple[bytes, bytes]:
    made = Ed25519PrivateKey.generate()
    return made.private_bytes_raw(), made.public_key().public_bytes_raw()


def _sign_ed25519(private: bytes, text: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).sign(text)


def _verify_ed25519(public: bytes, signed: bytes, text: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signed, text)
    except (InvalidSignature, ValueError):
        raise BadSignature(FOREIGN) from None


def _make_sm2() -> tuple[bytes, bytes]:
    made = ec.generate_private_key(ec.SM2())
    point = made.public_key().public_numbers()
    public = b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
    return made.private_numbers().private_value.to_bytes(32, "big"), public


def _sign_sm2(private: bytes, text: bytes) -> bytes:
    signed: bytes = ec.derive_private_key(int.from_bytes(private, "big"), ec.SM2()).sign(text, ec.ECDSA(hashes.SM3()))
    return signed


def _verify_sm2(public: bytes, signed: bytes, text: bytes) -> None:
    try:
        _sm2_key(public).verify(signed, text, ec.ECDSA(hashes.SM3()))
    except (sm.InvalidSignature, sm.InternalError, ValueError):  # InternalError: no DER, or a point beside the curve
        raise BadSignature(FOREIGN) from None


def _sm2_key(public: bytes) -> ec.EllipticCurvePublicKey:
    if len(public) != 65 or public[0] != 4:
        raise BadSignature("the key is none of SM2")
    return ec.EllipticCurvePublicNumbers(
        int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big"), ec.SM2()
    ).public_key()


ALGORITHMS: Mapping[str, Algorithm] = {
    ED25519: Algorithm(_make_ed25519, _sign_ed25519, _verify_ed25519),
    SM2: Algorithm(_make_sm2, _sign_sm2, _verify_sm2),
}
