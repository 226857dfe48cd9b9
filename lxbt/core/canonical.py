"""One text for one JSON value (RFC 8785), and the digest that signatures are made over. Pure."""

from __future__ import annotations

import base64
import hashlib
import json
import math

LARGEST = 2**53 - 1  # whole numbers beyond are not the same everywhere


class NotCanonical(ValueError):
    """The value has no canonical text: a number without a value, one too large, or half a character."""


def canonical(value: object) -> bytes:
    """The canonical text in UTF-8: names in order of their UTF-16 code units, no space, numbers as ECMAScript writes
    them.
    """
    try:
        return _text(value).encode()
    except UnicodeEncodeError:
        raise NotCanonical("half a surrogate pair") from None


def digest(value: object) -> str:
    """The SHA-256 of the canonical text, as it stands in a signature: `SHA-256=` and base64."""
    return "SHA-256=" + base64.b64encode(hashlib.sha256(canonical(value)).digest()).decode()


def _text(value: object) -> str:
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise NotCanonical(f"{value} is too large")
        return str(value)
    if isinstance(value, float):
        if LARGEST < abs(value) < 1e21:
            raise NotCanonical(
                f"{value} is too large"
            )  # its text would read back as a whole number that not everybody can hold
        return number(value)
    if isinstance(value, dict):
        names = sorted(value, key=_utf16)
        return "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{_text(value[name])}" for name in names) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    raise NotCanonical(type(value).__name__)


def _utf16(name: object) -> bytes:
    if not isinstance(name, str):
        raise NotCanonical("a name that is no text")
    return name.encode("utf-16-be", "surrogatepass")


def number(value: float) -> str:
    """A number as ECMAScript writes it: 1e+30, 0.002, 1e-7, never -0."""
    if not math.isfinite(value):
        raise NotCanonical("a number without a value")
    if value == 0:
        return "0"
    sign, (digits, exponent) = "-" if value < 0 else "", _shortest(abs(value))
    point = exponent + len(digits)  # where the point stands, counted from the first digit
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    head = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{head}e{point - 1:+d}"


def _shortest(value: float) -> tuple[str, int]:
    """The shortest digits that read back as the number, and the power of ten of the last one."""
    mantissa, _e, power = repr(value).partition("e")
    whole, _point, part = mantissa.partition(".")
    part = part if part != "0" or _e else part.rstrip("0")
    digits = (whole + part).lstrip("0")
    exponent = int(power or 0) - len(part)
    short = digits.rstrip("0")
    return short, exponent + len(digits) - len(short)
