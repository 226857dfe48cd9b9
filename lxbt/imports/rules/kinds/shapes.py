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


_NUMBERED = re.compile(r"^[0-9]{1,2}(?=[^0-9])")


_UNIT = re.compile(r"(单位元|人民币|元每月|元月|元)$")


def titles(words: str) -> tuple[str, ...]:
    """Several titles, written with spaces between them."""
    return tuple(words.split())


def plain_title(title: object) -> str:
    """A title as it is compared: without spaces, line breaks, asterisks, what stands in brackets, a leading number, the unit."""
    text = unicodedata.normalize("NFKC", "" if title is None else str(title))
    text = _BRACKETS.sub("", text) or text
    text = _LEAVE_OUT.sub("", text)
    text = _NUMBERED.sub("", text)
    return _UNIT.sub("", text) or text
