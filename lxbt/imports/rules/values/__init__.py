"""How a cell is read: as a careful clerk would, and never by guessing. Pure.

A cell is what a reader of workbooks gives: text, int, float, bool, date, datetime, time, timedelta or None; in a CSV
file, text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from lxbt.core.readers.money import MOST_MONEY, read_money
from lxbt.core.readers.persons import (
    is_old,
    read_account,
    read_certificate,
    read_identity,
    read_name,
    read_phone,
)
from lxbt.core.readers.text import EXACT_DIGITS, BadValue, clean, text_of
from lxbt.core.readers.times import (
    FIRST_MONTH,
    read_any_month,
    read_count,
    read_day,
    read_month,
    read_month_number,
    read_past,
    read_year,
)
from lxbt.imports.rules import change_words, words
from lxbt.imports.rules.values import facts
from lxbt.imports.rules.values.classes import economic_of, read_category, read_grade, read_subsidy, read_text, worded

__all__ = [
    "EXACT_DIGITS",
    "FIRST_MONTH",
    "MOST_MONEY",
    "READERS",
    "BadValue",
    "Reader",
    "clean",
    "economic_of",
    "is_old",
    "read_cell",
    "text_of",
]


@dataclass(frozen=True, slots=True)
class Reader:
    """How a kind of cell is read.

    `repeats`: a column of it holds few distinct cells, so that they are worth remembering.
    """

    read: Callable[[object, date], object]
    repeats: bool = True


def _plain(read: Callable[[object], object], repeats: bool = True) -> Reader:
    return Reader(lambda cell, on: read(cell), repeats)


READERS: Mapping[str, Reader] = {
    "name": _plain(read_name, repeats=False),
    "identity": Reader(read_identity, repeats=False),
    "certificate": _plain(read_certificate, repeats=False),
    "subsidy": _plain(read_subsidy),
    "month": Reader(read_month),
    "any_month": _plain(read_any_month),
    "year": _plain(read_year),
    "month_number": _plain(read_month_number),
    "day": _plain(read_day),
    "past": Reader(read_past),
    "money": _plain(read_money),
    "division": _plain(lambda cell: read_text(cell, 200)),
    "bank": _plain(lambda cell: read_text(cell, 60)),
    "address": _plain(lambda cell: read_text(cell, 200)),
    "relation": _plain(lambda cell: read_text(cell, 20)),
    "account": _plain(read_account, repeats=False),
    "phone": _plain(read_phone, repeats=False),
    "text": _plain(read_text),
    "economic": _plain(lambda cell: (economic_of(cell) or (None,))[0]),
    "category": _plain(read_category),
    "grade": _plain(read_grade),
    "change": _plain(worded(change_words.CHANGES, "change_unknown")),
    "state": _plain(worded(words.STATES, "state_unknown")),
    "area": _plain(worded(words.AREAS, "area_unknown")),
    "decision": _plain(worded(change_words.DECISIONS, "decision_unknown")),
    "sex": _plain(worded(words.SEXES, "sex_unknown")),
    "count": _plain(read_count),
    "yes_no": _plain(facts.read_yes_no),
    "yuan": _plain(facts.read_yuan),
    "ratio": _plain(facts.read_ratio),
    "employment": _plain(worded(words.EMPLOYMENT, "employment_unknown")),
    "self_care": _plain(worded(words.SELF_CARE, "self_care_unknown")),
    "care_setting": _plain(worded(words.CARE_SETTINGS, "care_setting_unknown")),
    "pension": _plain(worded(words.PENSIONS, "pension_unknown")),
    "de_facto_orphan": _plain(worded(words.DE_FACTO_ORPHAN, "de_facto_orphan_unknown")),
    "household": _plain(facts.read_household),
    "marks": _plain(facts.read_marks),
    "components": _plain(facts.read_components),
    "allowances": _plain(facts.read_allowances),
}


def read_cell(kind: str, cell: object, *, on: date) -> object:
    """The value of a cell, None for an empty one; BadValue when it cannot be taken.

    Out come: identity and certificate numbers as text, months as Month, days as date, money as Decimal with two places,
    subsidies, classes, categories and changes by their words, grades and counts as int.
    """
    return READERS[kind].read(cell, on)
