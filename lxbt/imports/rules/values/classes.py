"""Words that stand for a class, and any text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lxbt.imports.rules import words
from lxbt.imports.rules.values.cells import SPACES, CellFault, clean, compact, number_text

_ASIDE = re.compile(r"\([^()]*\)|[-_:]?[一二三四1-4]级(残疾)?$")  # what may follow the name of a subsidy
LONGEST = 500  # characters of a text; a division or a bank has fewer


def read_subsidy(cell: object) -> str | None:
    """living or care."""
    text = compact(cell).lower()
    if text in words.BLANKS:
        return None
    bare = _ASIDE.sub("", text)
    if bare in words.LIVING_WORDS:
        return "living"
    if bare in words.CARE_WORDS:
        return "care"
    if text in words.BOTH_WORDS or (("生活" in text or "困难" in text) and ("护理" in text or "重度" in text)):
        raise CellFault("subsidy_both")
    raise CellFault("subsidy_unknown")


def read_text(cell: object, longest: int = LONGEST) -> str | None:
    """Any text."""
    text = SPACES.sub(" ", clean(cell))
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
    text = number_text(cell).lower()
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
    text = number_text(cell)
    if text in words.BLANKS or text in words.NOTHING:
        return None
    found = re.fullmatch(r"(?:\D{2}(?:残疾)?)?([1-4一二三四壹贰叁肆]|I{1,3}|IV)(?:级)?(?:残疾)?", text)
    if not found:
        raise CellFault("grade_unknown")
    return words.GRADE_WORDS[found[1]]


def worded(table: Mapping[str, str], code: str) -> Callable[[object], str | None]:
    def read(cell: object) -> str | None:
        text = number_text(cell).lower()
        if text in words.BLANKS:
            return None
        if text not in table:
            raise CellFault(code)
        return table[text]

    return read
