"""Invented numbers of the right form: identity (GB 11643), certificate, bank account (Luhn), telephone. Pure."""

from __future__ import annotations

from datetime import date
from random import Random

from lxbt.core.idnumber import check_digit
from lxbt.core.profile import CATEGORIES

# banks that a demonstration may name, the first digits of their invented cards, their share
BANKS = (
    ("农村商业银行", "621580", 34),
    ("农业银行", "622840", 22),
    ("邮政储蓄银行", "621098", 16),
    ("工商银行", "622208", 10),
    ("建设银行", "621700", 10),
    ("中国银行", "621661", 8),
)
_BANKS = [name for name, _head, _share in BANKS]
_SHARES = [share for _name, _head, share in BANKS]
_HEADS = {name: head for name, head, _share in BANKS}
_MOBILE = [
    "130",
    "131",
    "132",
    "133",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "152",
    "153",
    "155",
    "156",
    "157",
    "158",
    "159",
    "180",
    "181",
    "182",
    "183",
    "185",
    "186",
    "187",
    "188",
    "189",
]


def luhn_digit(digits: str) -> str:
    """The digit that makes `digits` pass the Luhn check when put behind them."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def bank_account(rng: Random, bank: str) -> str:
    """A card number of 19 digits that passes Luhn."""
    body = f"{_HEADS[bank]}{rng.randrange(10**12):012d}"
    return body + luhn_digit(body)


def bank_name(rng: Random) -> str:
    """A bank, the rural ones most often."""
    return rng.choices(_BANKS, _SHARES)[0]


def phone(rng: Random) -> str:
    """A mobile number of eleven digits."""
    return f"{rng.choice(_MOBILE)}{rng.randrange(10**8):08d}"


class IdentityNumbers:
    """Identity numbers of one region, none twice.

    A chunk takes every `of`-th sequence number, so chunks can be made apart from one another: `part` of `of`.
    """

    def __init__(self, region: str, part: int = 0, of: int = 1) -> None:
        self.region = region
        self.slots = [n for n in range(500) if n % of == part] or [part % 500]
        self.taken: set[int] = set()

    def draw(self, rng: Random, birth: date, sex: str) -> str | None:
        """A number for this birth and sex, or None when the day has no number left here."""
        odd = sex == "male"
        start = rng.randrange(len(self.slots))
        for step in range(len(self.slots)):
            sequence = self.slots[(start + step) % len(self.slots)] * 2 + odd
            key = birth.toordinal() * 1000 + sequence
            if key not in self.taken:
                self.taken.add(key)
                body = f"{self.region}{birth:%Y%m%d}{sequence:03d}"
                return body + check_digit(body)
        return None


def certificate_number(identity: str, category: str, grade: int) -> str:
    """The 20 characters of a certificate: identity number, category digit, grade digit."""
    return f"{identity}{CATEGORIES.index(category) + 1}{grade}"
