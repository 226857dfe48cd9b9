"""Identity numbers (GB 11643), certificate numbers and account numbers: checks, what they tell, how they are masked."""

from __future__ import annotations

import re
from datetime import date
from operator import mul

from lxbt.core.folding import SPACES, fold, has_foreign_digits

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CROSS = str.maketrans(dict.fromkeys("ХхΧχ×✕x", "X"))  # what is typed for the last X
_ZEROS = ord("0") * sum(WEIGHTS)
CHECK = "10X98765432"
_FORM = re.compile(r"\d{17}[\dX]", re.ASCII)
_CERTIFICATE = re.compile(r"(\d{17}[\dX])([1-7])([1-4])(B\d{1,2})?", re.ASCII)


def normalise(number: str) -> str:
    """The number in the one way of writing it: full-width signs narrow, nothing unseen, no spaces, upper case, the last
    X a Latin one.

    Digits that are not 0 to 9 (superscripts, other scripts) stay as they are, so that no check takes them. Never
    refuses.
    """
    if number.isascii() and number.isalnum():
        return number.upper()
    if has_foreign_digits(number):
        return SPACES.sub("", number)
    closed = SPACES.sub("", fold(number)).upper()  # what stood apart may be one sign now
    return fold(closed).translate(CROSS)


def phone_number(text: str) -> str:
    """The first telephone number of a text, digits only, without the country's; empty without one."""
    first = re.split(r"[,;，；、/]", text, maxsplit=1)[0]
    digits = re.sub(r"[^0-9]", "", normalise(first))
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def check_digit(first17: str) -> str:
    """The 18th character for the first seventeen digits; ValueError when they are not seventeen digits."""
    if len(first17) != 17 or not first17.isdecimal() or not first17.isascii():
        raise ValueError(first17)
    return CHECK[(sum(map(mul, first17.encode(), WEIGHTS)) - _ZEROS) % 11]


def is_valid(number: str) -> bool:
    """Whether the number has the form, a real date of birth and the right check digit."""
    return bool(_FORM.fullmatch(number)) and birth_of(number) is not None and check_digit(number[:17]) == number[17]


def birth_of(number: str) -> date | None:
    """The date of birth in the number, or None if it is no date."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> str:
    """male or female, by the 17th digit."""
    return "male" if int(number[16]) % 2 else "female"


def certificate_parts(number: str) -> tuple[str, int, int] | None:
    """Identity number, category 1 to 7 and grade 1 to 4 in a certificate number, a re-issue mark (B1, B2) left aside;
    None if it is none.
    """
    found = _CERTIFICATE.fullmatch(number)
    if not found or not is_valid(found[1]):
        return None
    return found[1], int(found[2]), int(found[3])


def mask(number: str, head: int = 3, tail: int = 2) -> str:
    """The number for the screen: its head and tail, stars between; a short one shows only its last character.

    An identity number shows three and two: with region, month of birth and sex beside it more than a hundred remain.
    With the day of birth beside it that is not so, and the pages do not show it there. What stays hidden are four
    characters or more.
    """
    if len(number) < head + tail + 4:
        return "*" * max(0, len(number) - 1) + number[-1:]
    return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]


def mask_phone(text: str) -> str:
    """The first telephone number of a text for the screen."""
    return mask(text.split(",")[0], 3, 4)[-20:] if text else ""


def mask_name(name: str) -> str:
    """A name for public lists: the first character, stars for the rest."""
    return name[:1] + "*" * (len(name) - 1)
