"""Months and days."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from lxbt.core.folding import SPACES, has_foreign_digits
from lxbt.core.months import Month
from lxbt.core.readers import words
from lxbt.core.readers.text import ZERO_FRACTION, BadValue, clean, digits_text

FIRST_SERIAL, LAST_SERIAL = 20_000, 60_100  # numbers that are taken for days: from 1954 to 2064
BETWEEN_1900_AND_1904 = 1462  # days: a workbook that counts from 1904 tells this many less
FIRST_MONTH = Month(2016, 1)  # 国发〔2015〕52号: the two subsidies are paid from 2016-01-01
_YEAR_MONTH = re.compile(r"((?:19|20)\d{2})(?:[-/.年]\s?)(\d{1,2})月?份?", re.ASCII)
_SHORT_YEAR = re.compile(r"(\d{2})年(\d{1,2})月份?", re.ASCII)
_DAY = re.compile(
    r"((?:19|20)\d{2})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})日?(?:[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII
)


def _from_serial(number: float, code: str) -> date:
    """The day of an Excel serial number (1900 calendar), from 1954 to 2064."""
    if not FIRST_SERIAL <= number < LAST_SERIAL:
        raise BadValue(code)
    return date(1899, 12, 30) + timedelta(days=int(number))


def read_month(cell: object, on: date) -> Month | None:
    """A month from 2016-01 to the one after `on`."""
    year, month = _year_and_month(cell) or (0, 0)
    if not year:
        return None
    if not 1 <= month <= 12:
        raise BadValue("month_impossible")
    found = Month(year, month)
    if not FIRST_MONTH <= found <= Month.of(on) + 1:
        raise BadValue("month_impossible")
    return found


def read_any_month(cell: object) -> Month | None:
    """A month of any year, for what other bodies tell of: from 1949 on."""
    year, month = _year_and_month(cell) or (0, 0)
    if not year:
        return None
    if not 1 <= month <= 12 or not 1949 <= year <= 2100:
        raise BadValue("month_form")
    return Month(year, month)


def _year_and_month(cell: object) -> tuple[int, int] | None:
    if isinstance(cell, date):
        return cell.year, cell.month
    if isinstance(cell, time | timedelta):
        raise BadValue("month_form")
    if isinstance(cell, float) and not isinstance(cell, bool) and not cell.is_integer():
        return _from_fraction(cell)
    text = digits_text(cell)
    if text in words.BLANKS:
        return None
    digits = ZERO_FRACTION.fullmatch(text)
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
    raise BadValue("month_form")


def _from_fraction(number: float) -> tuple[int, int]:
    """2019.03 is March, 2019.1 may be January or October, 43525.5 is a serial number with a time of day."""
    text = repr(number)
    if FIRST_SERIAL <= number < LAST_SERIAL:
        day = _from_serial(number, "month_form")
        return day.year, day.month
    found = re.fullmatch(r"(20\d{2})\.(\d{1,2})", text, re.ASCII)
    if not found:
        raise BadValue("month_form")
    if found[2] == "1":
        raise BadValue("month_ambiguous")
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
    raise BadValue("month_form")


def _a_day(year: int, month: int, day: int, code: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise BadValue(code) from None


def read_day(cell: object) -> date | None:
    """A day from 1900 to 2099; "长期" is none."""
    if isinstance(cell, datetime):
        found: date | None = date(cell.year, cell.month, cell.day)
    elif isinstance(cell, date):
        found = cell
    elif isinstance(cell, time | timedelta):
        raise BadValue("day_form")
    elif isinstance(cell, float) and not cell.is_integer():
        found = _from_serial(cell, "day_form")
    else:
        if isinstance(cell, str) and has_foreign_digits(cell):
            raise BadValue("digits_foreign")
        found = _day_of(clean(cell))
    if found is not None and not 1900 <= found.year < 2100:
        raise BadValue("day_form")
    return found


def _day_of(text: str) -> date | None:
    if SPACES.sub("", text) in words.BLANKS | words.NOTHING | words.LASTING:
        return None
    whole = ZERO_FRACTION.fullmatch(text)
    text = whole[1] if whole else text
    if text.isascii() and text.isdigit():
        if len(text) == 8:
            return _a_day(int(text[:4]), int(text[4:6]), int(text[6:]), "day_form")
        if len(text) == 5:
            return _from_serial(int(text), "day_form")
        raise BadValue("day_form")
    written = _DAY.fullmatch(text) or _DAY.fullmatch(SPACES.sub("", text))
    if not written:
        raise BadValue("day_form")
    return _a_day(int(written[1]), int(written[2]), int(written[3]), "day_form")


def read_past(cell: object, on: date) -> date | None:
    """A day not after `on`."""
    found = read_day(cell)
    if found is not None and found > on:
        raise BadValue("day_future")
    return found


def read_count(cell: object) -> int | None:
    """A whole number of at least 0."""
    text = digits_text(cell).removesuffix("年").removesuffix("月")
    if text in words.BLANKS:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadValue("count_form")
    return int(text)


def read_month_number(cell: object) -> int | None:
    found = read_count(cell)
    if found is not None and not 1 <= found <= 12:
        raise BadValue("month_impossible")
    return found


def read_year(cell: object) -> int | None:
    found = read_count(cell)
    if found is not None and not 1900 <= found <= 2100:
        raise BadValue("month_form")
    return found
