"""Written notices: their kinds, states, whom they are for, and how often somebody is reminded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from lxbt.divisions.rules import Level

REMINDED_BEFORE = (
    2  # days before the last day of the receipt, from when on offices without one are reminded by themselves
)
REMINDED_AFTER = 7  # and so many days beyond it


class CircularKind(StrEnum):
    """What is written."""

    NOTICE = "notice"  # 通知
    BULLETIN = "bulletin"  # 通报


class CircularState(StrEnum):
    """draft <-> scheduled -> published -> corrected | withdrawn; a draft or a scheduled one can be thrown away."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"  # goes out by itself at its moment
    PUBLISHED = "published"
    CORRECTED = "corrected"  # a newer version holds
    WITHDRAWN = "withdrawn"  # its text is no longer shown


S = CircularState
OPEN = frozenset({S.DRAFT, S.SCHEDULED})  # can still be changed
SENT = frozenset({S.PUBLISHED, S.CORRECTED, S.WITHDRAWN})  # readers find it
MOVES: Mapping[tuple[CircularState, str], CircularState] = {
    (S.DRAFT, "schedule"): S.SCHEDULED,
    (S.SCHEDULED, "unschedule"): S.DRAFT,
    (S.DRAFT, "publish"): S.PUBLISHED,
    (S.SCHEDULED, "publish"): S.PUBLISHED,
    (S.PUBLISHED, "correct"): S.CORRECTED,
    (S.PUBLISHED, "withdraw"): S.WITHDRAWN,
}


@dataclass(frozen=True)
class Addressees:
    """Whom a notice is for: every account at the `levels` of the `area`, of one organ and role, or (empty) of every
    one.
    """

    area: str
    levels: tuple[int, ...] = tuple(int(level) for level in Level)
    organ: str = ""
    role: str = ""


@dataclass(frozen=True)
class Content:
    """What a notice says and to whom.

    `text` is paragraphs parted by line ends; `blocks` are the parts that the system made (see `layout`).
    """

    title: str
    text: str
    to: Addressees
    number: str = ""
    issuer: str = ""
    addressee: str = ""
    urgent: bool = False
    receipt_due_on: date | None = None
    kind: CircularKind = CircularKind.NOTICE
    blocks: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, without empty ones."""
    return [line.strip() for line in text.replace("\r", "\n").split("\n") if line.strip()]


def levels_below(level: int) -> tuple[int, ...]:
    """The levels that an office at `level` can write to: its own and those below."""
    return tuple(int(one) for one in Level if one >= level)


def is_reminder_due(*, due_on: date, reminded_on: date | None, on: date) -> bool:
    """Whether the daily round reminds offices without a receipt: near the last day and shortly beyond it, once
    a day.
    """
    return -REMINDED_AFTER <= (due_on - on).days <= REMINDED_BEFORE and reminded_on != on


def chinese_day(day: date) -> str:
    """2026年11月24日, as official documents write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def joined(parts: Iterable[str]) -> str:
    """Things side by side in a Chinese sentence."""
    return "、".join(parts)
