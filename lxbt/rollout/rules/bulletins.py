"""Bulletins by a plan: when the next one is due, and how its text becomes parts with figures put in. Pure.

The text of a plan is paragraphs; `{生活补贴人数}` stands for a figure, a line `【分地区发放表】` for a table or chart.
Both lists are closed.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any

from lxbt.core.clock import beijing_day

PLACE = re.compile(r"\{([^{}\n]*)\}")
PART = re.compile(r"【([^【】\n]+)】")
Part = Mapping[str, Any]


class Interval(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKLY = "weekly"  # `day` 1 (Monday) to 7
    MONTHLY = "monthly"  # `day` of the month; the last one where the month is shorter


@dataclass(frozen=True)
class Timing:
    """When a bulletin is due; `at` is local time."""

    interval: Interval
    day: int
    at: time

    def on(self, day: date) -> bool:
        """Whether one is due on this day."""
        if self.interval == Interval.DAILY:
            return True
        if self.interval == Interval.WEEKLY:
            return day.isoweekday() == self.day
        return day.day == min(self.day, calendar.monthrange(day.year, day.month)[1])


def is_timing(timing: Timing) -> bool:
    """Whether the day fits the interval."""
    highest = {Interval.DAILY: 31, Interval.WEEKLY: 7, Interval.MONTHLY: 31}[timing.interval]
    return 1 <= timing.day <= highest


def next_due(timing: Timing, after: datetime) -> datetime:
    """The first moment later than `after` (with its time zone) at which one is due."""
    for ahead in range(40):
        day = beijing_day(after) + timedelta(days=ahead)
        moment = datetime.combine(day, timing.at, after.tzinfo)
        if timing.on(day) and moment > after:
            return moment
    raise ValueError("no day of forty fits the timing")


def latest_due(timing: Timing, first: datetime, now: datetime) -> datetime:
    """Of the moments from `first` on, the last one that is not later than `now`: what was missed is caught up once."""
    due = first
    while (following := next_due(timing, due)) <= now:
        due = following
    return due


@dataclass(frozen=True)
class Figures:
    """What was counted for an area at a moment, as plain values that JSON keeps: whole numbers, amounts as text with
    two decimals.
    """

    area: str
    name: str
    month: str  # YYYY-MM, empty when nothing is counted yet
    as_of: str  # YYYY-MM-DD HH:MM, when the figures were counted; empty as above
    stale: bool  # something of the area waits to be counted anew
    values: Mapping[str, int | str] = field(default_factory=dict)
    tables: Mapping[str, Part] = field(default_factory=dict)
    charts: Mapping[str, Part] = field(default_factory=dict)
    running: bool = False  # no month that is over has figures: nothing of this goes out by itself


# The word between braces and the value that stands for it.
PLACES: Mapping[str, str] = {
    "生活补贴人数": "living",
    "护理补贴人数": "care",
    "人项合计": "persons",
    "发放金额": "amount",
    "常规金额": "regular",
    "补发金额": "arrears",
    "抵扣金额": "recovery",
    "人均标准": "average",
    "新增": "started",
    "停发": "stopped",
    "退票未补": "failed",
    "生活补贴环比": "living_change",
    "护理补贴环比": "care_change",
    "持证人数": "certified",
    "一二级持证人数": "severe",
    "低保持证人数": "dibao",
    "一二级未享护理补贴人数": "severe_without",
    "低保未享生活补贴人数": "dibao_without",
    "证件失效仍享受人数": "lapsed",
    "参与县数": "counties",
    "录入人数": "entered",
    "申报人数": "declared",
    "录入比例": "entered_share",
    "账号到位单位数": "places_ready",
    "应有账号单位数": "places",
    "进度正常地区数": "on_track",
    "进度关注地区数": "watched",
    "进度受阻地区数": "blocked",
}
ABOUT = ("地区", "月份", "截至", "年", "期")
PARTS: Mapping[str, tuple[str, str]] = {
    "分地区发放表": ("table", "areas"),
    "持证与覆盖表": ("table", "coverage"),
    "上线进展表": ("table", "progress"),
    "人数走势图": ("chart", "persons"),
    "资金走势图": ("chart", "money"),
}


# What a new plan begins with: an official document, Chinese for every reader.
FIRST_TITLE = "{地区}残疾人两项补贴工作情况通报（{年}年第{期}期）"
FIRST_TEXT = """一、发放情况
{月份}，{地区}享受困难残疾人生活补贴{生活补贴人数}人（环比{生活补贴环比}），享受重度残疾人护理补贴{护理补贴人数}人（环比{护理补贴环比}），当月发放{发放金额}元，其中补发{补发金额}元。
【分地区发放表】
【人数走势图】
二、覆盖情况
持证残疾人{持证人数}人，其中一、二级{一二级持证人数}人，尚有{一二级未享护理补贴人数}人未享受护理补贴；低保家庭持证人员尚有{低保未享生活补贴人数}人未享受生活补贴，请逐人核实。
三、上线进展
{参与县数}个县（市、区）申报{申报人数}人·项，已录入{录入人数}人·项，进度受阻的地区{进度受阻地区数}个。
【上线进展表】"""


def words_of(names: Iterable[str]) -> list[str]:
    """The words as they stand in a text, between braces."""
    return [f"{{{name}}}" for name in names]


def lines_of(names: Iterable[str]) -> list[str]:
    """The lines for tables and charts as they stand in a text."""
    return [f"【{name}】" for name in names]


def strangers(*texts: str) -> list[str]:
    """Words between braces or brackets on a line of their own that stand for nothing."""
    unknown = [
        f"{{{word}}}" for text in texts for word in PLACE.findall(text) if word not in PLACES and word not in ABOUT
    ]
    lines = (PART.fullmatch(line.strip()) for text in texts for line in text.splitlines())
    return [*unknown, *(f"【{found.group(1)}】" for found in lines if found and found.group(1) not in PARTS)]


def said(value: int | str) -> str:
    """A value in a sentence: 1,234, 1,291,020.00, −12."""
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    try:
        return f"{Decimal(value):,.2f}".replace("-", "−")
    except ArithmeticError:
        return value


def filled(text: str, figures: Figures, *, year: int, number: int) -> str:
    """The text with figures put in; one that is not counted is a dash."""
    about = {
        "地区": figures.name,
        "月份": month_words(figures.month),
        "截至": moment_words(figures.as_of),
        "年": str(year),
        "期": str(number),
    }

    def put(found: re.Match[str]) -> str:
        word = found.group(1)
        if word in about:
            return about[word] or "—"
        value = figures.values.get(PLACES.get(word, ""))
        return said(value) if value is not None else "—"

    return PLACE.sub(put, text)


def month_words(month: str) -> str:
    """2026年11月."""
    return f"{month[:4]}年{int(month[5:7])}月" if month else ""


def moment_words(moment: str) -> str:
    """11月24日10时05分."""
    return f"{int(moment[5:7])}月{int(moment[8:10])}日{int(moment[11:13])}时{moment[14:16]}分" if moment else ""


def rendered(text: str, figures: Figures, *, year: int, number: int) -> list[Part]:
    """The parts of an issue: paragraphs and headings with figures, tables, charts.

    Left out are a paragraph none of whose figures is counted, a table or chart without figures, and a heading with
    nothing below it.
    The last part says when the figures were counted.
    """
    parts: list[Part] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        found = PART.fullmatch(line)
        if found is not None and found.group(1) in PARTS:
            kind, what = PARTS[found.group(1)]
            part = (figures.tables if kind == "table" else figures.charts).get(what)
            if part is not None:
                parts.append({"kind": kind, **part})
        elif not is_empty(line, figures):
            parts.append(
                {
                    "kind": "heading" if is_heading(line) else "paragraph",
                    "text": filled(line, figures, year=year, number=number),
                }
            )
    as_of = (
        f"数字截至{moment_words(figures.as_of)}，统计月份{month_words(figures.month)}。"
        if figures.as_of
        else "系统中还没有统计数字。"
    )
    kept = [
        part
        for part, following in pairwise([*parts, {"kind": "heading"}])
        if not part["kind"] == following["kind"] == "heading"
    ]
    return [*kept, {"kind": "note", "text": as_of}]


def is_empty(line: str, figures: Figures) -> bool:
    """Whether a line has places for figures and none of them is counted."""
    wanted = [PLACES[word] for word in PLACE.findall(line) if word in PLACES]
    return bool(wanted) and not any(name in figures.values for name in wanted)


def is_heading(line: str) -> bool:
    """一、发放情况: short, a Chinese number before 、."""
    mark, found, _rest = line.partition("、")
    return (
        bool(found)
        and 0 < len(mark) <= 3
        and all(c in "一二三四五六七八九十" for c in mark)
        and len(line) <= 30
        and not line.endswith("。")
    )
