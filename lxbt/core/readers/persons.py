"""Numbers and names of persons."""

from __future__ import annotations

import re
from datetime import date

from lxbt.core.folding import SPACES, fold
from lxbt.core.idnumber import CROSS, certificate_parts, check_digit, is_valid
from lxbt.core.readers import words
from lxbt.core.readers.text import SCIENTIFIC, BadValue, clean, digits_text, exact_digits

_OLD_NUMBER = re.compile(r"\d{15}", re.ASCII)
_HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_NAME = re.compile(
    rf"[{_HAN}]{{2,}}(?:·[{_HAN}]+)*|[{_HAN}](?:·[{_HAN}]+)+|[A-Za-z{_HAN}][A-Za-z{_HAN}·.' -]*[A-Za-z{_HAN}.]"
)
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}·])\s+(?=[{_HAN}·])")
_DOTS = re.compile(r"[·•．‧・.∙⋅●⸱᛫﹒]+")
LONGEST_NAME = 60  # what the tables hold
_PHONE = re.compile(r"(?:\+?86)?1\d{10}|0\d{2,3}-?\d{7,8}(?:[-转]\d{1,6})?|\d{7,8}|[48]00-?\d{3}-?\d{4}", re.ASCII)
_ACCOUNT = re.compile(r"[0-9A-Z]{6,32}")


def read_identity(cell: object, on: date) -> str | None:
    """An identity number of 18, born up to `on`; one of 15 is converted."""
    if (
        isinstance(cell, int | float)
        and not isinstance(cell, bool)
        and abs(cell) < 1e30
        and cell == int(cell)
        and len(str(int(cell))) in (16, 17)
    ):
        raise BadValue("identity_form")
    text = exact_digits(cell, "identity_digits_lost", "identity_form") or digits_text(cell)
    if text in words.BLANKS or text in words.NOTHING:
        return None
    if SCIENTIFIC.fullmatch(text):
        raise BadValue("identity_scientific")
    text = text[:-1] + text[-1].translate(CROSS)
    if _OLD_NUMBER.fullmatch(text):
        first = text[:6] + "19" + text[6:]
        text = first + check_digit(first)
    if not (len(text) == 18 and text.isascii() and text[:17].isdigit() and (text[17].isdigit() or text[17] == "X")):
        raise BadValue("identity_form")
    if not is_valid(text):
        if text.endswith("000"):
            raise BadValue("identity_digits_lost")
        raise BadValue("identity_check" if _possible_birth(text, on) else "identity_birth")
    if not _possible_birth(text, on):
        raise BadValue("identity_birth")
    return text


def _possible_birth(text: str, on: date) -> bool:
    try:
        return date(1880, 1, 1) <= date(int(text[6:10]), int(text[10:12]), int(text[12:14])) <= on
    except ValueError:
        return False


def is_old(cell: object) -> bool:
    """Whether an identity cell that could be read holds a number of 15."""
    return bool(_OLD_NUMBER.fullmatch(digits_text(cell)))


def read_certificate(cell: object) -> str | None:
    """A certificate number of 20, with its mark of re-issue if it has one."""
    text = exact_digits(cell, "certificate_digits_lost", "certificate_form") or digits_text(cell)
    if text in words.BLANKS or text in words.NOTHING:
        return None
    if SCIENTIFIC.fullmatch(text) or (re.fullmatch(r"\d{15}0{5}", text, re.ASCII)):
        raise BadValue("certificate_digits_lost")
    if len(text) >= 18:
        text = text[:17] + text[17].translate(CROSS) + text[18:]
    if certificate_parts(text) is None:
        raise BadValue("certificate_form")
    return text


def name_key(text: str) -> str:
    """A name in the one way of writing it: dots between its parts alike, spaces inside a Chinese one gone. Never
    refuses.

    Two spellings are the same name when their keys are equal; what is stored in an older spelling is compared by its
    key.
    """
    text = SPACES.sub(" ", fold(text)).strip()
    if text.isascii():
        return text
    return _DOTS.sub("·", _BETWEEN_HAN.sub("", _DOTS.sub("·", text))).strip("· ")


def read_name(cell: object) -> str | None:
    """A name as `name_key` writes it, of at most `LONGEST_NAME` signs."""
    text = clean(cell)
    if SPACES.sub("", text) in words.BLANKS | words.NOTHING:
        return None
    text = name_key(text)
    if len(text) > LONGEST_NAME:
        raise BadValue("name_long")
    if not _NAME.fullmatch(text):
        raise BadValue("name_form")
    return text


def read_account(cell: object) -> str | None:
    """An account number: digits, with letters in some passbooks."""
    text = exact_digits(cell, "account_digits_lost", "account_form") or digits_text(cell).replace("-", "")
    if text in words.BLANKS or text in words.NOTHING:
        return None
    if SCIENTIFIC.fullmatch(text):
        raise BadValue("account_digits_lost")
    if not _ACCOUNT.fullmatch(text) or sum(character.isdigit() for character in text) < 6:
        raise BadValue("account_form")
    return text


def read_phone(cell: object) -> str | None:
    """A telephone number; several, one after the other with commas."""
    text = digits_text(cell)
    if text in words.BLANKS or text in words.NOTHING:
        return None
    parts = [part.replace("(", "").replace(")", "-") for part in re.split(r"[,;、/]", text) if part]
    if not parts or len(parts) > 4 or not all(_PHONE.fullmatch(part) for part in parts):
        parts = [text.replace("-", "")]
        if not _PHONE.fullmatch(parts[0]):
            raise BadValue("phone_form")
    return ",".join(parts)
