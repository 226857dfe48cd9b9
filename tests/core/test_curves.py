"""Public keys that belong to nobody are none."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lxbt.core import signing
from lxbt.core.curves import is_ed25519_key, is_sm2_key

P = 2**255 - 19
SMALL = [  # the points of order 1, 2, 4 and 8, and what also stands for them
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


@pytest.mark.parametrize("told", SMALL)
def test_a_point_of_small_order_is_no_key(told: str) -> None:
    assert not is_ed25519_key(bytes.fromhex(told))


def test_a_key_that_somebody_made_is_one_and_half_of_all_numbers_are_none() -> None:
    for n in range(1, 30):
        made = Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32).public_key().public_bytes_raw()
        assert is_ed25519_key(made)
        assert not is_ed25519_key(made[:-1])
    beside = [y.to_bytes(32, "little") for y in range(2, 42)]
    assert 10 < sum(map(is_ed25519_key, beside)) < 30


def test_a_point_of_sm2_is_on_the_curve() -> None:
    _private, public = signing.new_pair(signing.SM2)
    assert is_sm2_key(public)
    assert not is_sm2_key(public[:-1] + bytes([public[-1] ^ 1]))
    assert not is_sm2_key(b"\x04" + bytes(64))
    assert not is_sm2_key(b"\x02" + public[1:])
    assert not is_sm2_key(b"\x04" + b"\xff" * 64)
    assert not is_sm2_key(b"\x00" + public[1:])
