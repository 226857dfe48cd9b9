"""What a title says of time: the old and the new of one thing, the month that a column of amounts is for. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_BEFORE = re.compile(
    r"^(?:原来的?|原有|原|旧的?|老的?|变更前的?|更新前|调整前|更正前|上月|上个月|上期|上年|上一年|去年|历史|备用)"
)
_AFTER = re.compile(r"^(?:新的?|现用|现在|现|变更后的?|更新后的?|调整后的?|更正后的?|本月|本期|当月|当期|最新)")
_YEAR = r"(?:(?P<year>20\d\d)(?:年度?|[-./])?)?"
_WHAT = r"(?:应发|实发|发放|补贴|补助|补发)?(?:金额|补贴|标准|发放|数|额|情况|月份|年月)?"
_MONTH = re.compile(rf"{_WHAT}{_YEAR}(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|度)?{_WHAT}")
_PLAIN_MONTH = re.compile(r"(?P<year>20\d\d)[-./年]?(?P<month>0[1-9]|1[0-2]|[1-9])(?:月|-01)?")
_QUARTER = re.compile(rf"{_WHAT}{_YEAR}第?(?P<quarter>[1-4一二三四])季度?{_WHAT}")
_ASIDE = re.compile(r"[\s()（）\[\]【】元:：]+")
_NUMBERS = {
    word: number
    for number, word in enumerate(["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"], start=1)
}


@dataclass(frozen=True, slots=True)
class Months:
    """The months that a column of amounts is for: one, or the three of a quarter.

    `year` is 0 where the title does not say it.
    """

    year: int
    months: tuple[int, ...]


def before_and_after(title: str) -> tuple[str, int]:
    """A plain title without the word for old (-1) or new (1), and which it was; 0 for neither."""
    for pattern, turn in ((_BEFORE, -1), (_AFTER, 1)):
        found = pattern.match(title)
        if found and len(title) - found.end() >= 2:
            return title[found.end() :], turn
    return title, 0


def months_of_title(title: object) -> Months | None:
    """The month or quarter that a title names and nothing else beside a word for an amount."""
    text = _ASIDE.sub("", unicodedata.normalize("NFKC", "" if title is None else str(title)))
    if not text or len(text) > 24:
        return None
    if found := _QUARTER.fullmatch(text):
        first = 3 * (_number(found["quarter"]) - 1) + 1
        return Months(int(found["year"] or 0), (first, first + 1, first + 2))
    if found := _MONTH.fullmatch(text) or _PLAIN_MONTH.fullmatch(text):
        return Months(int(found["year"] or 0), (_number(found["month"]),))
    return None


def _number(text: str) -> int:
    return _NUMBERS.get(text) or int(text)
