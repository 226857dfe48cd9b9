"""Yuan with two places. Exact fractions while an amount is being worked out, one rounding at the end."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation
from fractions import Fraction

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
LARGEST = Decimal("9999999.99")  # what the tables hold for one month of one person


def cents_half_up(exact: Fraction) -> Decimal:
    """Rounded to the cent, half a cent upwards."""
    return Decimal(math.floor(exact * 100 + Fraction(1, 2))).scaleb(-2)


def yuan_up(exact: Fraction) -> Decimal:
    """Rounded up to the whole yuan."""
    return Decimal(math.ceil(exact)).quantize(CENT)


def yuan_down(exact: Fraction) -> Decimal:
    """Rounded down to the whole yuan."""
    return Decimal(math.floor(exact)).quantize(CENT)


def yuan_half_up(exact: Fraction) -> Decimal:
    """Rounded to the whole yuan, half a yuan upwards."""
    return Decimal(math.floor(exact + Fraction(1, 2))).quantize(CENT)


ROUNDINGS = {"cent": cents_half_up, "yuan": yuan_half_up, "yuan_up": yuan_up, "yuan_down": yuan_down}


def parse_decimal(value: object) -> Decimal:
    """A finite number from text, int, float (as written) or Decimal; ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(f"应为数字，现为 {value!r}")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"应为数字，现为 {value!r}") from None
    if not number.is_finite():
        raise ValueError(f"应为数字，现为 {value!r}")
    return number


def plain(number: Decimal) -> str:
    """The shortest writing of a number: '1.5' for 1.50, '100' for 1E+2. Equal numbers are written alike."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
