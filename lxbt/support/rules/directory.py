"""The contact directory: telephones of offices, confirmed once a year. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

CONFIRMED_EVERY = timedelta(days=365)
REMINDED_EVERY = timedelta(days=30)
TELEPHONE = re.compile(
    r"(?:0\d{2,3}[- ])?\d{3,4}[- ]?\d{4}(?:[- ]\d{1,6})?|(?:12|95|96)\d{3,4}|400[- ]?\d{3}[- ]?\d{4}"
)
MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}")


def is_office_telephone(text: str) -> bool:
    """Whether a text is the number of an office; a mobile telephone is somebody's own."""
    return bool(TELEPHONE.fullmatch(text.strip())) and not MOBILE.fullmatch(text.strip())


def is_stale(confirmed_on: date | None, on: date) -> bool:
    """Whether an entry should be confirmed again."""
    return confirmed_on is None or on - confirmed_on > CONFIRMED_EVERY
