"""What a province signs of a request, and how: Ed25519, or SM2 with SM3. Pure; the province's own program may take this file as it is.

Signed is the text `METHOD\\nPATH?QUERY\\nTIME\\nNONCE\\nDIGEST` in UTF-8 without a last line end. A digest is that of the body as it is
sent, after it was packed. Keys are raw: Ed25519 32 bytes each; SM2 32 bytes private, 65 bytes public (04, x, y). The signature of SM2
is DER, over the user id 1234567812345678 that GM/T 0009 names as the usual one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from tongsuopy.crypto import exceptions as sm
from tongsuopy.crypto import hashes
from tongsuopy.crypto.asymciphers import ec

from lxbt.core.crypto import sm3

ED25519, SM2 = "ed25519", "sm2"
SKEW = timedelta(minutes=5)  # how far the clocks of both sides may differ
CLIENT, KEY, TIME, NONCE, DIGEST, SIGNATURE = (
    f"X-Lxbt-{name}" for name in ("Client", "Key", "Time", "Nonce", "Digest", "Signature")
)
HEADERS = (CLIENT, KEY, TIME, NONCE, DIGEST, SIGNATURE)


class BadSignature(ValueError):
    """The signature does not belong to this text and key, or the key is none."""


def digest_of(body: bytes) -> str:
    """The digest of a body as it stands in the header."""
    return "sm3=" + sm3(body).hex()


def text_to_sign(method: str, target: str, moment: str, nonce: str, digest: str) -> bytes:
    """What is signed; `target` is the path with its query as sent."""
    return "\n".join((method.upper(), target, moment, nonce, digest)).encode()


def sign(algorithm: str, private: bytes, text: bytes) -> bytes:
    """The signature of a text. KeyError for an algorithm that is not known, ValueError for a key that is none."""
    return ALGORITHMS[algorithm].sign(private, text)


def verify(algorithm: str, public: bytes, signed: bytes, text: bytes) -> None:
    """BadSignature unless the text was signed with the private key of this public one."""
    if algorithm not in ALGORITHMS:
        raise BadSignature(f"algorithm {algorithm} is not known here")
    ALGORITHMS[algorithm].verify(public, signed, text)


def new_pair(algorithm: str) -> tuple[bytes, bytes]:
    """A new private key and its public one."""
    return ALGORITHMS[algorithm].make()


def _make_ed25519() -> tuple[bytes, bytes]:
    made = Ed25519PrivateKey.generate()
    return made.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()), made.public_key().public_bytes(
        Encoding.Raw, PublicFormat.Raw
    )


def _sign_ed25519(private: bytes, text: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).sign(text)


def _verify_ed25519(public: bytes, signed: bytes, text: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signed, text)
    except (InvalidSignature, ValueError):
        raise BadSignature("the signature does not belong to this request and key") from None


def _make_sm2() -> tuple[bytes, bytes]:
    made = ec.generate_private_key(ec.SM2())
    point = made.public_key().public_numbers()
    return made.private_numbers().private_value.to_bytes(32, "big"), b"\x04" + point.x.to_bytes(
        32, "big"
    ) + point.y.to_bytes(32, "big")


def _sign_sm2(private: bytes, text: bytes) -> bytes:
    signed: bytes = ec.derive_private_key(int.from_bytes(private, "big"), ec.SM2()).sign(text, ec.ECDSA(hashes.SM3()))
    return signed


def _verify_sm2(public: bytes, signed: bytes, text: bytes) -> None:
    try:
        _sm2_key(public).verify(signed, text, ec.ECDSA(hashes.SM3()))
    except (sm.InvalidSignature, sm.InternalError, ValueError):  # InternalError: no DER, or a point beside the curve
        raise BadSignature("the signature does not belong to this request and key") from None


@dataclass(frozen=True, slots=True)
class Algorithm:
    """How keys are made and used, all as raw bytes."""

    make: Callable[[], tuple[bytes, bytes]]
    sign: Callable[[bytes, bytes], bytes]
    verify: Callable[[bytes, bytes, bytes], None]


ALGORITHMS: Mapping[str, Algorithm] = {
    ED25519: Algorithm(_make_ed25519, _sign_ed25519, _verify_ed25519),
    SM2: Algorithm(_make_sm2, _sign_sm2, _verify_sm2),
}


def _sm2_key(public: bytes) -> ec.EllipticCurvePublicKey:
    if len(public) != 65 or public[0] != 4:
        raise BadSignature("the key is none of SM2")
    return ec.EllipticCurvePublicNumbers(
        int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big"), ec.SM2()
    ).public_key()
