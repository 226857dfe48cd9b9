"""Words that stand for a class, and any text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lxbt.core.folding import SPACES
from lxbt.core.readers.text import BadValue, clean, compact, number_text
from lxbt.core.readers.words import BLANKS, NOTHING
from lxbt.imports.rules import words

_ASIDE = re.compile(r"\([^()]*\)|[-_:]?[一二三四1-4]级(残疾)?$")  # what may follow the name of a subsidy
_WHEN = re.compile(
    r"^(?:20\d\d年?)?(?:[01]?\d月份?)?(?:发放)?(?=\D{2})|(?:发放|资金|款项?)$"
)  # and what stands around it
_KIND_OF = re.compile(r"(?:[A-Ca-c一二三]类|[A-Ca-c])$|^(?:[A-Ca-c一二三]类)")  # classes of 低保 among themselves
LONGEST = 500  # characters of a text; a division or a bank has fewer
_STEMS = "|".join([*words.CATEGORY_STEMS, *(word for word in words.CATEGORY_WORDS if "\u4e00" <= word[0] <= "\u9fff")])
_LEVEL = r"(?P<{0}>[1-4一二三四壹贰叁肆]|i{{1,3}}|iv)级"
_CLASS = re.compile(
    rf"\d?(?P<word>{_STEMS})(?:类|残疾|残疾人|残|障碍)?[/,、:-]?\(?(?:{_LEVEL.format('after')}(?:残疾)?)?\)?"
    rf"|{_LEVEL.format('before')}[/,、:-]?(?P<last>{_STEMS})(?:类|残疾|残疾人|残|障碍)?"
)
_PARTS = re.compile(r"多重(?:残疾)?(?:\([^()]*\)|[:-].*)?")
_GRADE = re.compile(
    r"(?:\D{2}(?:残疾)?)?\(?([1-4一二三四壹贰叁肆]|I{1,3}|IV)(?:级)?(?:残疾)?\)?(?:\((?:极?重度|中度|轻度)\))?"
)


def read_subsidy(cell: object) -> str | None:
    """living or care."""
    text = compact(cell).lower()
    if text in BLANKS:
        return None
    bare = _ASIDE.sub("", text)
    for tried in (bare, _WHEN.sub("", _WHEN.sub("", bare))):
        if tried in words.LIVING_WORDS:
            return "living"
        if tried in words.CARE_WORDS:
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
    plain = re.sub(r"[()\[\]、,:/-]", "", text)
    tried = (plain, text.lower(), _KIND_OF.sub("", plain), re.sub(r"\((?:分散|集中|全护理|半护理|全自理)\)", "", text))
    found = next((words.ECONOMIC[word] for word in tried if word in words.ECONOMIC), None)
    if not found:
        raise BadValue("economic_unknown")
    return found


def read_category(cell: object) -> str | None:
    """One of the seven categories."""
    found = category_and_grade(cell)
    return found[0] if found else None


def category_and_grade(cell: object) -> tuple[str, int | None] | None:
    """The category, and the grade where the same cell tells it, in either order."""
    text = number_text(cell).lower()
    if text in BLANKS or text in NOTHING:
        return None
    if text in words.CATEGORY_WORDS:
        return words.CATEGORY_WORDS[text], None
    if found := _CLASS.fullmatch(text):
        word = found["word"] or found["last"]
        level = (found["after"] or found["before"] or "").upper()
        return words.CATEGORY_STEMS.get(word) or words.CATEGORY_WORDS[word], words.GRADE_WORDS.get(level)
    if _PARTS.fullmatch(text) and len(text) < 40:
        return "multiple", None
    raise BadValue("category_unknown")


def read_grade(cell: object) -> int | None:
    """1, the most severe, to 4."""
    text = number_text(cell)
    if text in BLANKS or text in NOTHING:
        return None
    found = _GRADE.fullmatch(text)
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
