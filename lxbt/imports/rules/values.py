"""How a cell is read: as a careful clerk would, and never by guessing. Pure.

A cell is what a reader of workbooks gives: text, int, float, bool, date, datetime, time, timedelta or None; in a CSV file, text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from lxbt.core.idnumber import certificate_parts, check_digit, is_valid
from lxbt.core.money import CENT
from lxbt.core.months import Month
from lxbt.imports.rules import words

FIRST_MONTH = Month(2016, 1)  # 国发〔2015〕52号: the two subsidies are paid from 2016-01-01
MOST_MONEY = Decimal(100_000)  # no payment of these subsidies to one person comes near
LONGEST = {"text": 500, "division": 200, "bank": 200}
EXACT_DIGITS = 15  # a spreadsheet keeps no more of a number

_INVISIBLE = re.compile(r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"\s+")
_FORMULA_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_APOSTROPHES = "'`´‘’′＇"
_CROSS = str.maketrans(dict.fromkeys("ХхΧχ×✕xX", "X"))  # what is typed for the last X
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d{1,3}", re.ASCII)
_ZERO_FRACTION = re.compile(r"(\d+)\.0+", re.ASCII)
_OLD_NUMBER = re.compile(r"\d{15}", re.ASCII)
_YEAR_MONTH = re.compile(r"((?:19|20)\d{2})(?:[-/.年]\s?)(\d{1,2})月?份?", re.ASCII)
_SHORT_YEAR = re.compile(r"(\d{2})年(\d{1,2})月份?", re.ASCII)
_DAY = re.compile(r"((?:19|20)\d{2})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})日?(?:[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII)
_MONEY = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)(\.\d*)?", re.ASCII)
_MONEY_UNIT = re.compile(r"^(?:RMB|CNY|人民币|[¥￥])|(?:元整|元|圆)?(?:/|每)?(?:人)?(?:/|每)?月?$")
_HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_NAME = re.compile(rf"[{_HAN}]{{2,}}(?:·[{_HAN}]+)*|[{_HAN}](?:·[{_HAN}]+)+|[A-Za-z{_HAN}][A-Za-z{_HAN}·.' -]*[A-Za-z{_HAN}.]")
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}·])\s+(?=[{_HAN}·])")
_DOTS = re.compile(r"[·•．‧・.∙⋅●⸱᛫﹒]+")
_PHONE = re.compile(r"(?:\+?86)?1\d{10}|0\d{2,3}-?\d{7,8}(?:[-转]\d{1,6})?|\d{7,8}|[48]00-?\d{3}-?\d{4}", re.ASCII)
_ACCOUNT = re.compile(r"[0-9A-Z]{6,32}")


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
    return _SPACES.sub("", clean(cell))


def _exact(cell: object, lost: str, form: str) -> str | None:
    """The digits of a number cell; None when the cell is no number."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    if isinstance(cell, float) and not cell.is_integer():
        raise CellFault(form)
    digits = str(int(cell))
    if len(digits) > EXACT_DIGITS:
        raise CellFault(lost)
    return digits


def _number_text(cell: object) -> str:
    text = compact(cell).upper()
    whole = _ZERO_FRACTION.fullmatch(text)
    return whole[1] if whole else text


def read_identity(cell: object, on: date) -> str | None:
    """An identity number of 18, born up to `on`; one of 15 is converted."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < 1e30 and cell == int(cell) and len(str(int(cell))) in (16, 17):
        raise CellFault("identity_form")
    text = _exact(cell, "identity_digits_lost", "identity_form") or _number_text(cell)
    if text in words.BLANKS or text in words.NOTHING:
        return None
    if _SCIENTIFIC.fullmatch(text):
        raise CellFault("identity_scientific")
    text = text[:-1] + text[-1].translate(_CROSS)
    if _OLD_NUMBER.fullmatch(text):
        first = text[:6] + "19" + text[6:]
        text = first + check_digit(first)
    if not (len(text) == 18 and text.isascii() and text[:17].isdigit() and (text[17].isdigit() or text[17] == "X")):
        raise CellFault("identity_form")
    if not is_valid(text):
        if text.endswith("000"):
            raise CellFault("identity_digits_lost")
        raise CellFault("identity_check" if _possible_birth(text, on) else "identity_birth")
    if not _possible_birth(text, on):
        raise CellFault("identity_birth")
    return text


def _possible_birth(text: str, on: date) -> bool:
    try:
        return date(1880, 1, 1) <= date(int(text[6:10]), int(text[10:12]), int(text[12:14])) <= on
    except ValueError:
        return False


def is_old(cell: object) -> bool:
    """Whether an identity cell that could be read holds a number of 15."""
    return bool(_OLD_NUMBER.fullmatch(_number_text(cell)))


def read_certificate(cell: object) -> str | None:
    """A certificate number of 20, with its mark of re-issue if it has one."""
    text = _exact(cell, "certificate_digits_lost", "certificate_form") or _number_text(cell)
    if text in words.BLANKS or text in words.NOTHING:
        return None
    if _SCIENTIFIC.fullmatch(text) or (re.fullmatch(r"\d{15}0{5}", text, re.ASCII)):
        raise CellFault("certificate_digits_lost")
    if len(text) >= 18:
        text = text[:17] + text[17].translate(_CROSS) + text[18:]
    if certificate_parts(text) is None:
        raise CellFault("certificate_form")
    return text


def read_subsidy(cell: object) -> str | None:
    """living or care."""
    text = compact(cell).lower()
    if text in words.BLANKS:
        return None
    if text in words.LIVING_WORDS:
        return "living"
    if text in words.CARE_WORDS:
        return "care"
    if text in words.BOTH_WORDS or (("生活" in text or "困难" in text) and ("护理" in text or "重度" in text)):
        raise CellFault("subsidy_both")
    raise CellFault("subsidy_unknown")


def _from_serial(number: float, code: str) -> date:
    """The day of an Excel serial number (1900 calendar), from 1954 to 2064."""
    if not 20_000 <= number < 60_100:
        raise CellFault(code)
    return date(1899, 12, 30) + timedelta(days=int(number))


def read_month(cell: object, on: date) -> Month | None:
    """A month from 2016-01 to the one after `on`."""
    year, month = _year_and_month(cell) or (0, 0)
    if not year:
        return None
    if not 1 <= month <= 12:
        raise CellFault("month_impossible")
    found = Month(year, month)
    if not FIRST_MONTH <= found <= Month.of(on) + 1:
        raise CellFault("month_impossible")
    return found


def _year_and_month(cell: object) -> tuple[int, int] | None:
    if isinstance(cell, date):
        return cell.year, cell.month
    if isinstance(cell, time | timedelta):
        raise CellFault("month_form")
    if isinstance(cell, float) and not isinstance(cell, bool) and not cell.is_integer():
        return _from_fraction(cell)
    text = compact(cell)
    if text in words.BLANKS:
        return None
    digits = _ZERO_FRACTION.fullmatch(text)
    text = digits[1] if digits else text
    if text.isascii() and text.isdigit():
        return _from_digits(text)
    found = _YEAR_MONTH.fullmatch(text) or _DAY.fullmatch(text)
    if found:
        if found.re is _DAY:
            _a_day(int(found[1]), int(found[2]), int(found[3]), "month_impossible")
        return int(found[1]), int(found[2])
    found = _SHORT_YEAR.fullmatch(text)
    if found:
        return 2000 + int(found[1]), int(found[2])
    raise CellFault("month_form")


def _from_fraction(number: float) -> tuple[int, int]:
    """2019.03 is March, 2019.1 may be January or October, 43525.5 is a serial number with a time of day."""
    text = repr(number)
    if 20_000 <= number < 60_100:
        day = _from_serial(number, "month_form")
        return day.year, day.month
    found = re.fullmatch(r"(20\d{2})\.(\d{1,2})", text, re.ASCII)
    if not found:
        raise CellFault("month_form")
    if found[2] == "1":
        raise CellFault("month_ambiguous")
    return int(found[1]), int(found[2])


def _from_digits(text: str) -> tuple[int, int]:
    if len(text) == 6:
        return int(text[:4]), int(text[4:])
    if len(text) == 8:
        day = _a_day(int(text[:4]), int(text[4:6]), int(text[6:]), "month_impossible")
        return day.year, day.month
    if len(text) == 5:
        day = _from_serial(int(text), "month_form")
        return day.year, day.month
    raise CellFault("month_form")


def _a_day(year: int, month: int, day: int, code: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise CellFault(code) from None


def read_day(cell: object) -> date | None:
    """A day from 1900 to 2099; "长期" is none."""
    if isinstance(cell, datetime):
        found: date | None = cell.date()
    elif isinstance(cell, date):
        found = cell
    elif isinstance(cell, time | timedelta):
        raise CellFault("day_form")
    elif isinstance(cell, float) and not cell.is_integer():
        found = _from_serial(cell, "day_form")
    else:
        found = _day_of(clean(cell))
    if found is not None and not 1900 <= found.year < 2100:
        raise CellFault("day_form")
    return found


def _day_of(text: str) -> date | None:
    if _SPACES.sub("", text) in words.BLANKS | words.NOTHING | words.LASTING:
        return None
    whole = _ZERO_FRACTION.fullmatch(text)
    text = whole[1] if whole else text
    if text.isascii() and text.isdigit():
        if len(text) == 8:
            return _a_day(int(text[:4]), int(text[4:6]), int(text[6:]), "day_form")
        if len(text) == 5:
            return _from_serial(int(text), "day_form")
        raise CellFault("day_form")
    written = _DAY.fullmatch(text) or _DAY.fullmatch(_SPACES.sub("", text))
    if not written:
        raise CellFault("day_form")
    return _a_day(int(written[1]), int(written[2]), int(written[3]), "day_form")


def read_past(cell: object, on: date) -> date | None:
    """A day not after `on`."""
    found = read_day(cell)
    if found is not None and found > on:
        raise CellFault("day_future")
    return found


def read_money(cell: object) -> Decimal | None:
    """Yuan with two places, more than nothing."""
    if isinstance(cell, bool | date | time | timedelta):
        raise CellFault("money_form")
    if isinstance(cell, int | float):
        number = _from_number(cell)
    else:
        text = compact(cell).upper()
        if text in words.BLANKS or text in words.NOTHING:
            return None
        number = _from_text(text)
    if number < 0:
        raise CellFault("money_negative")
    if number >= MOST_MONEY:
        raise CellFault("money_large")
    exact = number.quantize(CENT)
    if exact != number:
        raise CellFault("money_places")
    if not exact:
        raise CellFault("money_zero")
    return exact


def _from_number(cell: int | float) -> Decimal:
    """As written, save the noise that a binary fraction brings along after a sum."""
    if not abs(cell) < 1e15:  # also what is no number
        raise CellFault("money_large" if cell == cell and cell > 0 else "money_form")
    near = round(cell, 2)
    return Decimal(str(near if abs(near - cell) <= 1e-9 * max(1.0, abs(cell)) else cell))


def _from_text(text: str) -> Decimal:
    bare = _MONEY_UNIT.sub("", _MONEY_UNIT.sub("", text, count=1), count=1)
    found = _MONEY.fullmatch(bare)
    if not found or len(bare) > 40:
        raise CellFault("money_form")
    number = Decimal(found[1] + found[2].replace(",", "") + (found[3] or ""))
    return _from_number(float(number)) if len(found[3] or "") > 10 else number  # so many places are written by a program only


def read_name(cell: object) -> str | None:
    """A name, dots between its parts made alike, spaces inside a Chinese one removed."""
    text = clean(cell)
    if _SPACES.sub("", text) in words.BLANKS | words.NOTHING:
        return None
    text = _BETWEEN_HAN.sub("", _SPACES.sub(" ", text))
    if not text.isascii():
        text = _DOTS.sub("·", text).strip("·")
    if len(text) > 60 or not _NAME.fullmatch(text):
        raise CellFault("name_form")
    return text


def read_account(cell: object) -> str | None:
    """An account number: digits, with letters in some passbooks."""
    text = _exact(cell, "account_digits_lost", "account_form") or _number_text(cell).replace("-", "")
    if text in words.BLANKS or text in words.NOTHING:
        return None
    if _SCIENTIFIC.fullmatch(text):
        raise CellFault("account_digits_lost")
    if not _ACCOUNT.fullmatch(text) or sum(character.isdigit() for character in text) < 6:
        raise CellFault("account_form")
    return text


def read_phone(cell: object) -> str | None:
    """A telephone number; several, one after the other with commas."""
    text = _number_text(cell)
    if text in words.BLANKS or text in words.NOTHING:
        return None
    parts = [part.replace("(", "").replace(")", "-") for part in re.split(r"[,;、/]", text) if part]
    if not parts or len(parts) > 4 or not all(_PHONE.fullmatch(part) for part in parts):
        parts = [text.replace("-", "")]
        if not _PHONE.fullmatch(parts[0]):
            raise CellFault("phone_form")
    return ",".join(parts)


def read_text(cell: object, longest: int = 500) -> str | None:
    """Any text."""
    text = _SPACES.sub(" ", clean(cell))
    if len(text) > longest:
        raise CellFault("text_long")
    return text or None


def economic_of(cell: object) -> tuple[str, str | None] | None:
    """The economic class, and urban or rural where the words say so."""
    text = compact(cell)
    if text in words.BLANKS:
        return None
    found = words.ECONOMIC.get(re.sub(r"[()\[\]、,:/-]", "", text)) or words.ECONOMIC.get(text.lower())
    if not found:
        raise CellFault("economic_unknown")
    return found


def read_category(cell: object) -> str | None:
    """One of the seven categories."""
    text = _number_text(cell).lower()
    if text in words.BLANKS or text in words.NOTHING:
        return None
    if text in words.CATEGORY_WORDS:
        return words.CATEGORY_WORDS[text]
    found = {word for stem, word in words.CATEGORY_STEMS.items() if stem in text}
    if len(found) == 1 and re.fullmatch(r"\d?(?:\D{2})(?:类|残疾|残|残疾人|障碍)?(?:[一二三四1-4]级)?", text):
        return found.pop()
    if "multiple" in found and len(text) < 12:
        return "multiple"
    raise CellFault("category_unknown")


def read_grade(cell: object) -> int | None:
    """1, the most severe, to 4."""
    text = _number_text(cell)
    if text in words.BLANKS or text in words.NOTHING:
        return None
    found = re.fullmatch(r"(?:\D{2}(?:残疾)?)?([1-4一二三四壹贰叁肆]|I{1,3}|IV)(?:级)?(?:残疾)?", text)
    if not found:
        raise CellFault("grade_unknown")
    return words.GRADE_WORDS[found[1]]


def _worded(table: Mapping[str, str], code: str) -> Callable[[object], str | None]:
    def read(cell: object) -> str | None:
        text = _number_text(cell).lower()
        if text in words.BLANKS:
            return None
        if text not in table:
            raise CellFault(code)
        return table[text]

    return read


def read_count(cell: object) -> int | None:
    """A whole number of at least 0."""
    text = _number_text(cell).removesuffix("年").removesuffix("月")
    if text in words.BLANKS:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise CellFault("count_form")
    return int(text)


@dataclass(frozen=True, slots=True)
class Reader:
    """How a kind of cell is read. `repeats`: a column of it holds few distinct cells, so that they are worth remembering."""

    read: Callable[[object, date], object]
    repeats: bool = True


def _plain(read: Callable[[object], object], repeats: bool = True) -> Reader:
    return Reader(lambda cell, on: read(cell), repeats)


def _month_number(cell: object) -> int | None:
    found = read_count(cell)
    if found is not None and not 1 <= found <= 12:
        raise CellFault("month_impossible")
    return found


def _year(cell: object) -> int | None:
    found = read_count(cell)
    if found is not None and not 1900 <= found <= 2100:
        raise CellFault("month_form")
    return found


READERS: Mapping[str, Reader] = {
    "name": _plain(read_name, repeats=False),
    "identity": Reader(read_identity, repeats=False),
    "certificate": _plain(read_certificate, repeats=False),
    "subsidy": _plain(read_subsidy),
    "month": Reader(read_month),
    "year": _plain(_year),
    "month_number": _plain(_month_number),
    "day": _plain(read_day),
    "past": Reader(read_past),
    "money": _plain(read_money),
    "division": _plain(lambda cell: read_text(cell, LONGEST["division"])),
    "bank": _plain(lambda cell: read_text(cell, LONGEST["bank"])),
    "account": _plain(read_account, repeats=False),
    "phone": _plain(read_phone, repeats=False),
    "text": _plain(read_text),
    "economic": _plain(lambda cell: (economic_of(cell) or (None,))[0]),
    "category": _plain(read_category),
    "grade": _plain(read_grade),
    "change": _plain(_worded(words.CHANGES, "change_unknown")),
    "state": _plain(_worded(words.STATES, "state_unknown")),
    "area": _plain(_worded(words.AREAS, "area_unknown")),
    "sex": _plain(_worded(words.SEXES, "sex_unknown")),
    "count": _plain(read_count),
}


def read_cell(kind: str, cell: object, *, on: date) -> object:
    """The value of a cell, None for an empty one; CellFault when it cannot be taken.

    Out come: identity and certificate numbers as text, months as Month, days as date, money as Decimal with two places,
    subsidies, classes, categories and changes by their words, grades and counts as int.
    """
    return READERS[kind].read(cell, on)
