"""Words that stand for a class, and any text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lxbt.core.folding import SPACES
from lxbt.core.readers.text import BadValue, clean, compact, number_text
from lxbt.core.readers.words import BLANKS, NOTHING
from lxbt.imports.rules import words

_ASIDE = re.compile(r"\([^()]*\)|[-_:]?[一二三四1-4]级(残疾)?$")  # what may follow the name of a subsidy
LONGEST = 500  # characters of a text; a division or a bank has fewer


def read_subsidy(cell: object) -> str | None:
    """living or care."""
    text = compact(cell).lower()
    if text in BLANKS:
        return None
    bare = _ASIDE.sub("", text)
    if bare in words.LIVING_WORDS:
        return "living"
    if bare in words.CARE_WORDS:
        return "care"
    if text in words.BOTH_WORDS or (("生活" in text or "困难" in text) and ("护理" in text or "重度" in text)):
        raise BadValue("subsidy_both")
    raise BadValue("subsidy_unknown")


def read_text(cell: object, longest: int = LONGEST) -> str | None:
    """Any text."""
    text = SPACES.sub(" ", clean(cell))
    if len(text) > longest:
        raise BadValue("text_long")
    return text or None


def economic_of(cell: object) -> tuple[str, str | None] | None:
    """The economic class, and urban or rural where the words say so."""
    text = compact(cell)
    if text in BLANKS:
        return None
    found = words.ECONOMIC.get(re.sub(r"[()\[\]、,:/-]", "", text)) or words.ECONOMIC.get(text.lower())
    if not found:
        raise BadValue("economic_unknown")
    return found


def read_category(cell: object) -> str | None:
    """One of the seven categories."""
    text = number_text(cell).lower()
    if text in BLANKS or text in NOTHING:
        return None
    if text in words.CATEGORY_WORDS:
        return words.CATEGORY_WORDS[text]
    found = {word for stem, word in words.CATEGORY_STEMS.items() if stem in text}
    if len(found) == 1 and re.fullmatch(r"\d?(?:\D{2})(?:类|残疾|残|残疾人|障碍)?(?:[一二三四1-4]级)?", text):
        return found.pop()
    if "multiple" in found and len(text) < 12:
        return "multiple"
    raise BadValue("category_unknown")


def read_grade(cell: object) -> int | None:
    """1, the most severe, to 4."""
    text = number_text(cell)
    if text in BLANKS or text in NOTHING:
        return None
    found = re.fullmatch(r"(?:\D{2}(?:残疾)?)?([1-4一二三四壹贰叁肆]|I{1,3}|IV)(?:级)?(?:残疾)?", text)
    if not found:
        raise BadValue("grade_unknown")
    return words.GRADE_WORDS[found[1]]


def worded(table: Mapping[str, str], code: str) -> Callable[[object], str | None]:
    def read(cell: object) -> str | None:
        text = number_text(cell).lower()
        if text in BLANKS:
            return None
        if text not in table:
            raise BadValue(code)
        return table[text]

    return read
