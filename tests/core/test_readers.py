"""The readers: one way of writing, whatever the spelling; reading again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lxbt.core import idnumber
from lxbt.core.folding import fold, visible
from lxbt.core.readers import (
    READING,
    BadValue,
    name_key,
    read_account,
    read_certificate,
    read_identity,
    read_money,
    read_name,
    read_phone,
)
from lxbt.core.readers.whole import whole_number
from tests.factories import identity_number

ON = date(2026, 11, 30)
WRITTEN = st.text(
    "艾山买提冯建平⻢马·•．.‧ \u200b\u3000=+-@0123456789０６²٦①ⅡXxХ(),;#'\"\0\ufe0fa", max_size=24
) | st.text(max_size=24)
READERS: list[Callable[[str], object]] = [
    read_name,
    lambda text: read_identity(text, ON),
    read_certificate,
    read_account,
    read_phone,
    read_money,
]


def wide(text: str) -> str:
    """The digits at full width."""
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isascii() and sign.isalnum() else sign for sign in text)


@given(WRITTEN)
@example("U \u0304")  # a sign and its mark, a space between them
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert name_key(name_key(text)) == name_key(text)
    assert idnumber.normalise(idnumber.normalise(text)) == idnumber.normalise(text)


@given(WRITTEN, st.sampled_from(READERS))
def test_what_was_read_reads_as_itself_and_what_was_not_has_a_sentence(
    text: str, read: Callable[[str], object]
) -> None:
    try:
        value = read(text)
    except BadValue as bad:
        value = READING[bad.code].problem
        read = str
    assert value is None or read(str(value)) == value


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("艾山•买买提", "艾山·买买提"),
        ("艾力．玉素甫", "艾力·玉素甫"),
        ("冯建\u200b平", "冯建平"),
        ("⻢建平", "马建平"),
        ("⼈大伟", "人大伟"),
        (" 欧 阳　建国 ", "欧阳建国"),
        ("𠮷㛃", "𠮷㛃"),
    ],
)
def test_one_name_has_one_way_of_writing(spelled: str, name: str) -> None:
    assert read_name(spelled) == name_key(spelled) == name


@pytest.mark.parametrize(
    "text", ["=1+1", "+冯建平", "-冯建平", "@冯建平", "冯建平2", "冯²平", "冯", "冯建\ufffd平", "冯\ue000平"]
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(BadValue) as bad:
        read_name(text)
    assert bad.value.code == "name_form"


def test_wide_digits_are_the_digits_and_others_are_none() -> None:
    number = identity_number()
    assert read_identity(wide(number), ON) == idnumber.normalise(wide(number)) == number
    assert read_account("６２２８　4804 0256\u200b4890042") == "6228480402564890042"
    assert read_phone("１３８００１３８０００") == "13800138000"
    for text in ("²" * 18, "٦٢٢٨٤٨٠٤٠٢٥٦٤٨٩٠٠٤٢", "①②③④⑤⑥⑦⑧⑨⑩", "𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖"):
        for read in (read_account, read_certificate, read_phone, read_money, lambda cell: read_identity(cell, ON)):
            with pytest.raises(BadValue) as bad:
                read(text)
            assert bad.value.code == "digits_foreign"


@given(st.text(max_size=22) | st.integers().map(str))
def test_a_whole_number_is_written_in_digits_and_fits_a_key(text: str) -> None:
    number = whole_number(text)
    assert number is None or (str(number) == (text.lstrip("0") or "0") and 0 <= number < 2**63)
    assert whole_number("²") is whole_number("٦") is whole_number("-1") is whole_number("9" * 19) is None


def test_prose_keeps_its_punctuation_and_loses_what_is_not_seen() -> None:
    assert visible("户名不符，\u200b本人提供新卡（２０２６）。 ") == "户名不符，本人提供新卡（２０２６）。"
