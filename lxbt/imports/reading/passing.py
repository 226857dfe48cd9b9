"""Rows that are no data: empty ones, totals, what stands below a table, titles again, the example of the template."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from lxbt.imports.reading.layout import Layout
from lxbt.imports.rules.kinds import Kind, plain_title
from lxbt.imports.rules.values import text_of

ADDED = ("问题", "怎么改")  # columns in front of the error workbook, passed over when it comes back
ANSWER = "答复"  # the last column of the error workbook where something was asked
ADDED_TITLES = frozenset(plain_title(title) for title in (*ADDED, ANSWER))
EXAMPLE = "（示例）"  # a row whose name begins so is passed over
_TOTAL = re.compile(r"(?:.{0,20}?)(?:合计|总计|小计|共计|累计)(?:人数|人次|金额|数)?[:：(]?.{0,40}")
_TOTAL_NAME = re.compile(
    r"(?:本页|全[县市区镇乡村]|.{0,12}[县市区镇乡村街道社])?(?:合计|总计|小计|共计|累计)(?:人数|人次|金额|数)?(?:[:：(].{0,40}|\d.{0,40})?"
)
_FOOTER = re.compile(
    r"(?:制表|填表|审核|复核|经办|负责|审批|分管|主管|填报|单位|编制|核对|联系)(?:人|单位|领导|负责人|日期|时间|电话|\(?盖章\)?)?(?:签字|签名|签章)?(?:\([^)]*\))?[:：].*"
    r"|(?:注|备注|说明|填表说明|填报说明)[:：1-9].*|(?:单位)?\(?(?:盖章|公章)\)?[:：]?.*|(?:以下空白|以上合计|本页无正文).*|第\d+页.*|共\d+页.*"
)
_LABEL = re.compile(r"[^:\d]{1,14}:.*")
_SEAL = re.compile(r"\(?(?:[^()]{0,12})?(?:盖章|公章|印章|签章|签字|签名)\)?:?.{0,12}")
_DAY = re.compile(r"(?:20\d\d年)?\d{1,2}月\d{1,2}日|20\d\d[年./-]\d{1,2}[月./-]\d{1,2}日?|年月日|20\d\d年\d{1,2}月")
_VILLAGE = re.compile(r".{1,14}(?:村|社区|街道|居委会|村委会|小区|办事处)|.{2,12}(?:镇|乡|组)")
_UNIT = re.compile(r"\([^()\d]{1,12}\)|元|元/月|元/人|人|月|个月")
_AMONG = re.compile(r"其中[:：]?.{0,20}")
_PEOPLE = re.compile(r"共?\d+人(?:次)?[,.;，。]?.*|\d+")
_STEMS = "甲乙丙丁戊己庚辛壬癸"


class Passing:
    """Tells of a row why it is no data."""

    def __init__(self, kind: Kind, layout: Layout, at: Mapping[str, int]) -> None:
        self.examples = "name" in at
        self.name_at, self.identity_at = at.get("name", -1), at.get("identity_number", -1)
        self.division_at = at.get("division", -1)
        self.mapped = [place for key, place in at.items() if key != "division"]
        self.titles = {place: plain_title(title) for place, title in enumerate(layout.titles)}
        self.added = {place for place, title in self.titles.items() if title in ADDED_TITLES}
        self.money_at = {place for key, place in at.items() if kind.column(key).kind == "money"}

    def why(self, row: Sequence[Any], *, covered: bool) -> str:
        """Why the row is passed over; empty when it is data.

        `covered`: its identity number may stand in a merged cell above.
        """
        filled = [
            place
            for place, cell in enumerate(row)
            if cell not in ("", None) and place not in self.added and _seen(cell)
        ]
        if not filled:
            return "blank"
        first = _seen(row[filled[0]])
        name = _seen(row[self.name_at]) if 0 <= self.name_at < len(row) else ""
        identity = _seen(row[self.identity_at]) if 0 <= self.identity_at < len(row) else ""
        if name and self.is_example(name):
            return "example"
        if sum(character.isdigit() for character in identity) >= 12:
            return ""
        if len(filled) > 1 and self._is_header(row, filled):
            return "header"
        if len(filled) == 1 and not identity and _VILLAGE.fullmatch(first):
            return "heading"
        if not any(map(str.isdigit, identity)) and any(
            _TOTAL.fullmatch(text) or _AMONG.fullmatch(text) for text in (_seen(row[place]) for place in filled[:4])
        ):
            return "total"
        if (
            _TOTAL_NAME.fullmatch(first)
            or (name and _TOTAL_NAME.fullmatch(name))
            or (identity and _TOTAL_NAME.fullmatch(identity))
        ):
            return "total"
        if sum(character.isdigit() for character in identity) < 9 and all(
            _LABEL.fullmatch(text) or _SEAL.fullmatch(text) or _DAY.fullmatch(text)
            for text in (_seen(row[place]) for place in filled)
            if text
        ):
            return "footer"
        if _FOOTER.fullmatch(first) and len(filled) < 6 and sum(character.isdigit() for character in identity) < 6:
            return "footer"
        if identity and not _PEOPLE.fullmatch(identity):
            return ""
        if not name and not identity and not covered:
            return self._without_person(row, filled)
        return ""

    def _without_person(self, row: Sequence[Any], filled: Sequence[int]) -> str:
        """A row without name and number: sums, a heading, or only what is filled down in advance."""
        known = [place for place in filled if place in self.mapped]
        if not known:
            if len(filled) == 1 and isinstance(row[filled[0]], str) and not _is_number(row[filled[0]]):
                return "total" if _TOTAL.fullmatch(_seen(row[filled[0]])) else "heading"
            return "blank"
        if any(_TOTAL.fullmatch(_seen(row[place])) for place in filled[:3]):
            return "total"
        if all(_UNIT.fullmatch(_seen(row[place])) for place in filled):
            return "header"
        if all(_is_number(row[place]) for place in filled) and self.money_at.intersection(filled):
            return "total"
        return ""

    def _is_header(self, row: Sequence[Any], filled: Sequence[int]) -> bool:
        same = sum(plain_title(row[place]) == self.titles.get(place) for place in filled)
        if same >= max(2, len(filled) // 2):
            return True
        signs = [_seen(row[place]) for place in filled]
        return (
            len(signs) > 2
            and all(
                sign in _STEMS or sign == str(place + 1) or (sign.isdigit() and len(sign) < 3 and int(sign) <= len(row))
                for place, sign in zip(filled, signs, strict=True)
            )
            and _rising(signs)
        )

    @staticmethod
    def is_example(name: str) -> bool:
        """Whether a name is that of an example row."""
        return unicodedata.normalize("NFKC", name).strip().startswith(("(示例)", "(例)", "(样例)", "例:", "示例:"))


def _rising(signs: Sequence[str]) -> bool:
    numbers = [int(sign) for sign in signs if sign.isdigit()]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True


def _seen(cell: Any) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text_of(cell)))


def _is_number(cell: Any) -> bool:
    if isinstance(cell, int | float):
        return True
    return isinstance(cell, str) and re.fullmatch(r"[¥￥]?[\d,]+(\.\d+)?(元|人)?", _seen(cell)) is not None
