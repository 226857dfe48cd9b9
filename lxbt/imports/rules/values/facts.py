"""Cells that tell facts a scheme may turn on.

Pure. What "无" says depends on the column: no such benefit, no income.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from lxbt.core.money import plain
from lxbt.core.profile import LONGEST_WORD, read_words
from lxbt.core.readers.money import read_money
from lxbt.core.readers.text import BadValue, clean, compact, number_text
from lxbt.core.readers.words import BLANKS, NOTHING
from lxbt.core.reading import Unreadable
from lxbt.imports.rules import words

_APART = re.compile(r"[、,，;；/|\n]+")
_GRADED = re.compile(r"(\D{2})(?:残疾)?([1-4一二三四壹贰叁肆])级?")
_NAMED = re.compile(r"(.+?)[:：= ]?(\d+(?:\.\d{1,2})?)元?(?:/?月)?")


def read_yes_no(cell: object) -> bool | None:
    """True or false."""
    text = compact(cell).lower()
    if text in BLANKS:
        return None
    if text in words.YES:
        return True
    if text in words.NO:
        return False
    raise BadValue("yes_no_unknown")


def read_yuan(cell: object) -> Decimal | None:
    """Yuan a month; 0 or 无 is none at all."""
    if number_text(cell) in NOTHING | {"0", "0.0", "0.00"}:
        return Decimal(0)
    return read_money(cell)


def read_ratio(cell: object) -> Decimal | None:
    """Family income a head ÷ the 低保 standard: 1.3, 130%."""
    text = number_text(cell)
    if text in BLANKS or text in NOTHING:
        return None
    found = re.fullmatch(r"(\d{1,4}(?:\.\d{1,4})?)(%|倍)?", text)
    if not found:
        raise BadValue("ratio_form")
    number = Decimal(found[1]) / (100 if found[2] == "%" else 1)
    if number > 100:
        raise BadValue("ratio_form")
    return number


def _listed(cell: object) -> list[str]:
    text = clean(cell)
    return [] if text in BLANKS else [one.strip() for one in _APART.split(text) if one.strip()]


def read_household(cell: object) -> tuple[str, ...] | None:
    """Marks of the family; 无 is none."""
    listed = _listed(cell)
    if not listed:
        return None
    if set(listed) <= NOTHING:
        return ()
    if not set(listed) <= words.HOUSEHOLD.keys():
        raise BadValue("household_unknown")
    return tuple(sorted({words.HOUSEHOLD[one] for one in listed}))


def read_marks(cell: object) -> tuple[str, ...] | None:
    """Words of the place; 无 is none."""
    listed = _listed(cell)
    if not listed:
        return None
    if set(listed) <= NOTHING:
        return ()
    try:
        return read_words(listed, "marks")
    except Unreadable:
        raise BadValue("text_long") from None


def read_components(cell: object) -> tuple[tuple[str, int], ...] | None:
    """视力一级、言语二级: the parts of a multiple disability."""
    listed = _listed(cell)
    if not listed or set(listed) <= NOTHING:
        return None
    found = set()
    for one in listed:
        told = _GRADED.fullmatch(compact(one))
        category = words.CATEGORY_WORDS.get(told[1]) or words.CATEGORY_STEMS.get(told[1]) if told else None
        if told is None or category is None or category == "multiple":
            raise BadValue("components_form")
        found.add((category, words.GRADE_WORDS[told[2]]))
    return tuple(sorted(found))


def write_components(parts: Iterable[Mapping[str, object]]) -> str:
    """The parts (as JSON) as `read_components` reads them."""
    stems = {category: word for word, category in words.CATEGORY_WORDS.items() if len(word) == 2 and not word.isdigit()}
    return "、".join(f"{stems[str(one['category'])]}{one['grade']}级" for one in parts)


def read_allowances(cell: object) -> tuple[tuple[str, str], ...] | None:
    """取暖补贴 300、孤困儿童 900: others by name; of 0 not received."""
    listed = _listed(clean(cell).replace("元/月", "元"))
    if not listed or set(listed) <= NOTHING:
        return None
    found: dict[str, str] = {}
    for one in listed:
        told = _NAMED.fullmatch(one)
        if told is None or len(told[1].strip()) > LONGEST_WORD:
            raise BadValue("allowances_form")
        found[told[1].strip()] = plain(Decimal(told[2]))
    return tuple(sorted(found.items()))


BENEFITS = (
    "work_injury_care",
    "orphan",
    "de_facto_orphan",
    "elderly_care",
    "elderly_service",
    "elderly_age",
    "retired_cadre",
    "allowances",
)


def _as_json(value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    return list(value) if isinstance(value, tuple) else value


def facts_of(told: Mapping[str, object]) -> dict[str, object]:
    """The values of a row, as facts in JSON: of the benefits those that were told; one of 0 is told as None."""
    found = {key: _as_json(value) for key, value in told.items() if key not in BENEFITS and value is not None}
    benefits: dict[str, object] = {}
    for name in BENEFITS:
        value = told.get(name)
        if value is None:
            continue
        if name == "allowances":
            assert isinstance(value, tuple)
            benefits[name] = {one: yuan if yuan != "0" else None for one, yuan in value}
        elif name == "de_facto_orphan":
            benefits[name] = None if value == "none" else value
        else:
            benefits[name] = _as_json(value) if value else None
    if benefits:
        found["other_benefits"] = benefits
    return found
