"""A Merkle tree over SM3, for sealing records in blocks. Pure.

Leaves and inner nodes are hashed with different first bytes, so that an inner node never passes for a leaf. An odd node
at the end of a level goes up as it is.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from lxbt.core.crypto import sm3

LEAF, NODE = b"\x00", b"\x01"
EMPTY = bytes(32)


def leaf(record: bytes) -> bytes:
    """The digest of one record."""
    return sm3(LEAF + record)


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf digests in order; 32 zero bytes when there are none."""
    level = list(leaves)
    if not level:
        return EMPTY
    while len(level) > 1:
        paired = [sm3(NODE + level[n] + level[n + 1]) for n in range(0, len(level) - 1, 2)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def block_digest(
    *,
    number: int,
    first: int,
    last: int,
    count: int,
    tree: bytes,
    previous: bytes,
    form: int = 1,
    first_no: int = 0,
    key_id: int = 0,
    key: bytes | None = None,
) -> bytes:
    """The digest of a block: everything that it says, and the digest of the block before it.

    With a key (HMAC-SM3) only who has it can make one; such a block also says which key, and the number of its first
    event.
    """
    says = f"{number},{first},{last},{count}" + (f",{form}" if form > 1 else "")
    if key is None:
        return sm3(b"|".join([says.encode(), tree, previous]))
    return hmac.digest(key, b"|".join([f"{says},{first_no},{key_id}".encode(), tree, previous]), "sm3")
