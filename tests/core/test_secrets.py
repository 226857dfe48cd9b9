"""Sealing, look-up indexes, identity numbers, masks."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lxbt.core.crypto import Unsealable, index_of, seal, sealed_with, sm3, unseal
from lxbt.core.idnumber import birth_of, certificate_parts, check_digit, is_valid, mask, mask_name, sex_of

KEY, OTHER = bytes(range(16)), bytes(range(1, 17))


@given(st.text())
def test_what_was_sealed_is_read_again_and_never_looks_alike(text: str) -> None:
    one, two = seal(text, KEY, 3), seal(text, KEY, 3)
    assert unseal(one, {3: KEY}) == unseal(two, {3: KEY}) == text
    assert one != two
    assert sealed_with(one) == 3


@given(st.text(min_size=1), st.data())
def test_a_changed_byte_is_noticed(text: str, data: st.DataObject) -> None:
    sealed = bytearray(seal(text, KEY, 1))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1
    with pytest.raises(Unsealable):
        unseal(bytes(sealed), {1: KEY, 0: KEY, 257: KEY})


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unsealable):
        unseal(seal("x", KEY, 1), {1: OTHER})
    with pytest.raises(Unsealable):
        unseal(b"", {0: KEY})


def test_an_index_depends_on_kind_text_and_key() -> None:
    assert (
        len(
            {
                index_of("id", "1", KEY),
                index_of("certificate", "1", KEY),
                index_of("id", "2", KEY),
                index_of("id", "1", OTHER),
            }
        )
        == 4
    )
    assert index_of("id", "1", KEY) == index_of("id", "1", KEY)


def test_sm3_has_its_published_digest() -> None:
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 999))
def test_a_number_tells_birth_and_sex_and_one_wrong_digit_is_noticed(birth: date, order: int) -> None:
    first = f"110101{birth:%Y%m%d}{order:03d}"
    number = first + check_digit(first)
    assert is_valid(number)
    assert birth_of(number) == birth
    assert sex_of(number) == ("male" if order % 2 else "female")
    changed = str((int(number[16]) + 1) % 10)
    assert not is_valid(number[:16] + changed + number[17])
    assert certificate_parts(number + "43B2") == (number, 4, 3)
    assert certificate_parts(number + "83") is None


@given(st.text(st.characters(categories=["Nd"]), min_size=1, max_size=22))
def test_a_mask_hides_the_middle_and_keeps_the_length(number: str) -> None:
    masked = mask(number)
    assert len(masked) == len(number)
    assert len(number) == 1 or "*" in masked


def test_a_public_name_shows_its_first_character() -> None:
    assert mask_name("张三丰") == "张**"
