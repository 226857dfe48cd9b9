"""Whether bytes are a public key that can belong to somebody: a point of the curve, and none that any signature holds
for.
"""

from __future__ import annotations

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)  # of -1
_SM2_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_SM2_A = _SM2_P - 3
_SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93

Point = tuple[int, int]


def is_ed25519_key(public: bytes) -> bool:
    """RFC 8032 (5.1.3), and not one of the points of small order, with which a signature says nothing."""
    if len(public) != 32:
        return False
    point = _decoded(public)
    if point is None:
        return False
    for _doubling in range(3):  # eight times the point
        point = _sum(point, point)
    return point != (0, 1)


def is_sm2_key(public: bytes) -> bool:
    """GB/T 32918.1 (6.2.1): uncompressed, within the field, on the curve (which has no points of small order)."""
    if len(public) != 65 or public[0] != 4:
        return False
    x, y = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")
    return x < _SM2_P and y < _SM2_P and (y * y - (x * x * x + _SM2_A * x + _SM2_B)) % _SM2_P == 0


def _decoded(public: bytes) -> Point | None:
    told = int.from_bytes(public, "little")
    y, odd = told & (2**255 - 1), told >> 255
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and odd):
        return None
    return (x if x & 1 == odd else _P - x), y


def _sum(one: Point, other: Point) -> Point:
    (a, b), (c, d) = one, other
    both = _D * a * b * c * d % _P
    return (a * d + b * c) * pow(1 + both, -1, _P) % _P, (b * d + a * c) * pow(1 - both, -1, _P) % _P
