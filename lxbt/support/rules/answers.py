"""Finding known answers: a text is cut into pairs of characters, and its pinyin initials likewise. Pure.

PostgreSQL here has no extension that cuts Chinese, and needs none: an array of pairs with a GIN index finds every word
of two characters, and three or more are its pairs.
"""

from __future__ import annotations

import re

from pypinyin import Style, lazy_pinyin

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
LATIN = re.compile(r"[a-z0-9]+")
MOST = 400  # tokens of one answer, or of a text that somebody types


def tokens(text: str) -> list[str]:
    """What a text can be found by: pairs of neighbouring characters, words of letters and digits; each once,
    in order.
    """
    found: dict[str, None] = {}
    low = text.lower()
    for run in CHINESE.findall(low):
        for start in range(max(1, len(run) - 1)):
            found[run[start : start + 2]] = None
    for word in LATIN.findall(low):
        if len(word) > 1:
            found[word] = None
    return list(found)[:MOST]


def initials(text: str) -> str:
    """The pinyin initials of the Chinese runs of a text, a space between runs: 退票怎么办 is tpzmb."""
    return " ".join("".join(lazy_pinyin(run, style=Style.FIRST_LETTER)) for run in CHINESE.findall(text))


def is_initials(text: str) -> bool:
    """Whether somebody types letters only, perhaps initials."""
    return bool(re.fullmatch(r"[A-Za-z]{2,20}", text.strip()))
