"""A cell as text, cleaned of what is not seen. The ground of the other readers."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time

from lxbt.imports.rules import words

EXACT_DIGITS = 15  # a spreadsheet keeps no more of a number
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
_FORMULA_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_APOSTROPHES = "'`´‘’′＇"
SPACES = re.compile(r"\s+")
SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d{1,3}", re.ASCII)
ZERO_FRACTION = re.compile(r"(\d+)\.0+", re.ASCII)


class CellFault(ValueError):
    """A cell that cannot be taken; `code` is a key of FAULTS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def text_of(cell: object) -> str:
    """A cell as the user sees it: whole numbers without a fraction, days as written by hand."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if cell != cell or cell in (float("inf"), float("-inf")):
            return str(cell)
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e30 else repr(cell)
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == time() else f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d}"
    return str(cell)


def clean(cell: object) -> str:
    """The text of a cell after NFKC, without invisible characters, a leading apostrophe, outer spaces. A cell in error is a CellFault."""
    text = text_of(cell)
    if not text:
        return ""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    if text.startswith("="):
        found = _FORMULA_TEXT.fullmatch(text)
        text = found[1].strip() if found else text
    text = text.lstrip(_APOSTROPHES).strip() if text[:1] in _APOSTROPHES else text
    if text.startswith(("#", "Err:")) and text.upper().startswith(words.ERRORS):
        raise CellFault("formula_error")
    return text


def compact(cell: object) -> str:
    """`clean`, without any space."""
    return SPACES.sub("", clean(cell))


def exact_digits(cell: object, lost: str, form: str) -> str | None:
    """The digits of a number cell; None when the cell is no number."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    if isinstance(cell, float) and not cell.is_integer():
        raise CellFault(form)
    digits = str(int(cell))
    if len(digits) > EXACT_DIGITS:
        raise CellFault(lost)
    return digits


def number_text(cell: object) -> str:
    text = compact(cell).upper()
    whole = ZERO_FRACTION.fullmatch(text)
    return whole[1] if whole else text
