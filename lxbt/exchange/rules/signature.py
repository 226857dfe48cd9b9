"""The signature of a message: its header string, what is signed, and the algorithms. Pure.

Signed are `(created)`, `(expires)` and `digest`, one a line, where the digest is that of {"header", "message"} in
canonical form. The specification fixes neither; `docs/dci.md` writes this choice down. Another algorithm, SM2 with SM3
for instance, is one more entry of `ALGORITHMS`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxbt.core import canonical, signing
from lxbt.core.signing import ED25519, Algorithm, BadSignature

VALID = timedelta(minutes=5)  # from created to expires, at most
SKEW = timedelta(minutes=2)  # how far the clocks of two centres may differ
_FORM = re.compile(r"Signature:\s*(.+)", re.DOTALL)
_PART = re.compile(r'(?<!\w)(\w++)="([^"]*+)"')
_UNSIGNED = re.compile(r"(unsigned[\w-]*)?", re.ASCII)
SIGNED = "(created) (expires) digest"


ALGORITHMS: Mapping[str, Algorithm] = {ED25519: signing.ALGORITHMS[ED25519]}  # what is agreed with partners


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature string says."""

    sender_id: str
    key_id: str
    algorithm: str
    created: str
    expires: str
    signed: bytes


def is_unsigned(text: str | None) -> bool:
    """Whether the message says that it is not signed: nothing, an empty text, or a word that begins with `unsigned`."""
    return text is None or bool(_UNSIGNED.fullmatch(text))


def read_signature(text: str) -> Signature:
    """The parts of a signature string; BadSignature when it is none."""
    found = _FORM.fullmatch(text.strip())
    parts = dict(_PART.findall(found[1])) if found else {}
    owner = parts.get("kidId", "").split("|")
    if (
        parts.get("namespace") != "spdci"
        or parts.get("headers") != SIGNED
        or len(owner) != 3
        or owner[2] != parts.get("algorithm")
    ):
        raise BadSignature("not a signature string of this form")
    try:
        signed = base64.b64decode(parts.get("signature", ""), validate=True)
    except binascii.Error:
        raise BadSignature("the signature is no base64") from None
    return Signature(owner[0], owner[1], owner[2], parts.get("created", ""), parts.get("expires", ""), signed)


def signed_text(created: str, expires: str, header: Mapping[str, object], message: object) -> bytes:
    """What is signed."""
    return (
        f"(created): {created}\n(expires): {expires}\ndigest: "
        f"{canonical.digest({'header': header, 'message': message})}"
    ).encode()


def sign(
    header: Mapping[str, object],
    message: object,
    *,
    sender_id: str,
    key_id: str,
    key: bytes,
    at: datetime,
    algorithm: str = ED25519,
) -> str:
    """The signature string of a message, valid from now for five minutes."""
    created, expires = str(int(at.timestamp())), str(int((at + VALID).timestamp()))
    signed = ALGORITHMS[algorithm].sign(key, signed_text(created, expires, header, message))
    parts = {
        "namespace": "spdci",
        "kidId": f"{sender_id}|{key_id}|{algorithm}",
        "algorithm": algorithm,
        "created": created,
        "expires": expires,
        "headers": SIGNED,
        "signature": base64.b64encode(signed).decode(),
    }
    return "Signature: " + ", ".join(f'{name}="{value}"' for name, value in parts.items())


def verify(
    text: str,
    header: Mapping[str, object],
    message: object,
    *,
    sender_id: str,
    key_of: Callable[[str, str], bytes | None],
    at: datetime,
) -> None:
    """BadSignature unless the message was signed by the sender, with a key known for it, within the last minutes.

    `key_of(key id, algorithm)` gives the sender's public key.
    """
    told = read_signature(text)
    if told.sender_id != sender_id:
        raise BadSignature("signed by another sender")
    if told.algorithm not in ALGORITHMS:
        raise BadSignature(f"algorithm {told.algorithm} is not known here")
    created, expires = moment(told.created), moment(told.expires)
    if created > at.timestamp() + SKEW.total_seconds():
        raise BadSignature("signed in the future")
    if expires < at.timestamp() - SKEW.total_seconds() or not 0 <= expires - created <= VALID.total_seconds():
        raise BadSignature("the signature has expired, or is valid for too long")
    key = key_of(told.key_id, told.algorithm)
    if key is None:
        raise BadSignature(f"key {told.key_id} of {sender_id} is not known here")
    try:
        text_signed = signed_text(told.created, told.expires, header, message)
    except canonical.NotCanonical as error:
        raise BadSignature(f"no canonical form: {error}") from None
    ALGORITHMS[told.algorithm].verify(key, told.signed, text_signed)


def moment(text: str) -> float:
    """A moment in a signature: seconds since 1970, or ISO 8601 with a time zone."""
    if re.fullmatch(r"\d{1,12}", text, re.ASCII):
        return float(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadSignature("created and expires must be moments") from None
    if found.tzinfo is None:
        raise BadSignature("created and expires must have a time zone")
    return found.timestamp()
