"""What a province signs of a request. Pure; the province's own program may take this file as it is.

Signed is the text `METHOD\\nPATH?QUERY\\nTIME\\nNONCE\\nDIGEST` in UTF-8 without a last line end. A digest is that of
the body as it is sent, after it was packed. The algorithms are those of `lxbt/core/signing.py`.
"""

from __future__ import annotations

from datetime import timedelta

from lxbt.core.crypto import sm3

SKEW = timedelta(minutes=5)  # how far the clocks of both sides may differ
CLIENT, KEY, TIME, NONCE, DIGEST, SIGNATURE = (
    f"X-Lxbt-{name}" for name in ("Client", "Key", "Time", "Nonce", "Digest", "Signature")
)
HEADERS = (CLIENT, KEY, TIME, NONCE, DIGEST, SIGNATURE)


def digest_of(body: bytes) -> str:
    """The digest of a body as it stands in the header."""
    return "sm3=" + sm3(body).hex()


def text_to_sign(method: str, target: str, moment: str, nonce: str, digest: str) -> bytes:
    """What is signed; `target` is the path with its query as sent."""
    return "\n".join((method.upper(), target, moment, nonce, digest)).encode()
