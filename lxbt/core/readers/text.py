"""A value as text, folded to one way of writing and cleaned of what is not seen. The ground of the other readers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time

from lxbt.core.folding import SPACES, fold, has_foreign_digits
from lxbt.core.readers import words

_ILLEGIBLE = re.compile(r"[\x00\ud800-\udfff]")  # what no column of text holds
EXACT_DIGITS = 15  # a spreadsheet keeps no more of a number
_FORMULA_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_APOSTROPHES = "'`´‘’′＇"
SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d{1,3}", re.ASCII)
ZERO_FRACTION = re.compile(r"(\d+)\.0+", re.ASCII)


class BadValue(ValueError):
    """A value that cannot be taken; `code` is a key of `sentences.READING` or of what stands on it."""

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
    """The text of a cell after NFKC, without invisible characters, a leading apostrophe, outer spaces.

    A cell in error is a BadValue.
    """
    text = text_of(cell)
    if not text:
        return ""
    text = fold(text).strip()
    if text.startswith("="):
        found = _FORMULA_TEXT.fullmatch(text)
        text = found[1].strip() if found else text
    text = text.lstrip(_APOSTROPHES).strip() if text[:1] in _APOSTROPHES else text
    if text.startswith(("#", "Err:")) and text.upper().startswith(words.ERRORS):
        raise BadValue("formula_error")
    return text


def compact(cell: object) -> str:
    """`clean`, without any space."""
    return SPACES.sub("", clean(cell))


def exact_digits(cell: object, lost: str, form: str) -> str | None:
    """The digits of a number cell; None when the cell is no number."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    if isinstance(cell, float) and not cell.is_integer():
        raise BadValue(form)
    digits = str(int(cell))
    if len(digits) > EXACT_DIGITS:
        raise BadValue(lost)
    return digits


def digits_text(cell: object) -> str:
    """`number_text` of what is a number to its last sign; BadValue where a digit is none of 0 to 9."""
    if isinstance(cell, str) and has_foreign_digits(cell):
        raise BadValue("digits_foreign")
    return number_text(cell)


def number_text(cell: object) -> str:
    """`compact` in upper case, without a fraction of noughts."""
    text = compact(cell).upper()
    whole = ZERO_FRACTION.fullmatch(text)
    return whole[1] if whole else text


def is_legible(text: str) -> bool:
    """Whether a text can be kept: no NUL and no half of a pair of surrogates."""
    return _ILLEGIBLE.search(text) is None


def all_legible(asked: Iterable[tuple[str, Iterable[object]]]) -> bool:
    """Whether every name and every value of what was sent can be kept."""
    return all(is_legible(name) and all(is_legible(str(value)) for value in values) for name, values in asked)
