"""What a column and a kind of file are, and how titles are compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `kind` names the reader of its cells, `aliases` are other titles it has in files as they come."""

    key: str
    title: str
    kind: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    note: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. Of each group in `one_of` at least one column must be there, and filled in every row."""

    key: str
    title: str
    version: int
    columns: tuple[Column, ...]
    one_of: tuple[tuple[str, ...], ...] = ()

    def column(self, key: str) -> Column:
        """The column of that key; KeyError when the kind has none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)

    def has(self, key: str) -> bool:
        """Whether the kind has a column of that key."""
        return any(column.key == key for column in self.columns)


_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|「[^「」]*」|<[^<>]*>")


_LEAVE_OUT = re.compile(r"[\s*·:、,.;/\\_\-—\"'“”‘’()\[\]【】\u200b-\u200f\u2060\ufeff]+")


_NUMBERED = re.compile(r"^[0-9]{1,2}(?=[^0-9月年季])")
_MEANING = re.compile(
    r"监护|代理|户主|联系人|配偶|代办|代领|照料|持卡|家属|经办|亲属|父|母|子女|本人|残疾人"
    r"|上月|上期|上年|去年|本月|本期|当月|原|旧|老|新|现用|变更|调整|备用|补发|扣|[0-9一二三四五六七八九十]+月|季度|半年"
)  # words in brackets that say whose or of when a column is


_UNIT_ONLY = re.compile(r"元|必填|选填|如|例|格式")
_UNIT = re.compile(r"(单位元|人民币|元每月|元月|元)$")


def titles(words: str) -> tuple[str, ...]:
    """Several titles, written with spaces between them."""
    return tuple(words.split())


def plain_title(title: object) -> str:
    """A title as it is compared: without spaces, line breaks, asterisks, a leading number, the unit.

    What stands in brackets is left out too, unless it says whose or of when the column is: that comes in front.
    """
    text = unicodedata.normalize("NFKC", "" if title is None else str(title))
    meant = [found for found in _BRACKETS.findall(text) if _MEANING.search(found) and not _UNIT_ONLY.search(found)]
    text = "".join(meant) + (_BRACKETS.sub("", text) or ("" if meant else text))
    text = _LEAVE_OUT.sub("", text)
    text = _NUMBERED.sub("", text)
    return _UNIT.sub("", text) or text
