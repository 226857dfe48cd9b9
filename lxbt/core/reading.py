"""Reading nested values from YAML or JSON: every fault names the key where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from lxbt.core.money import parse_decimal
from lxbt.core.months import Month

T = TypeVar("T")
REMARKS = ("name", "title", "note", "source", "comment", "description")  # keys that say something to people only


class Unreadable(ValueError):
    """A value that cannot be taken; `where` is the path of its key."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


def mapping(value: object, where: str, known: Iterable[str] | None = None) -> Mapping[str, object]:
    """A table of keys; with `known`, a key outside it is a fault."""
    if not isinstance(value, Mapping):
        raise Unreadable(where, f"应为键值表，现为 {value!r}")
    if known is not None:
        known = list(known)
        for key in value:
            if key not in known:
                raise Unreadable(f"{where}.{key}", f"不认识的键；可用：{', '.join(known)}")
    return value


def items(value: object, where: str) -> list[object]:
    """A list; nothing at all counts as an empty one."""
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise Unreadable(where, f"应为列表，现为 {value!r}")
    return list(value)


def required(table: Mapping[str, object], key: str, where: str) -> object:
    """The value of a key that must be there."""
    if table.get(key) is None:
        raise Unreadable(f"{where}.{key}" if where else key, "缺少此项")
    return table[key]


def _guard(read: Callable[[object], T], value: object, where: str) -> T:
    try:
        return read(value)
    except ValueError as error:
        raise Unreadable(where, str(error)) from None


def month(value: object, where: str) -> Month:
    """A month 'YYYY-MM'."""
    if isinstance(value, Month):
        return value
    if not isinstance(value, str):
        raise Unreadable(where, f"月份应写作 YYYY-MM，现为 {value!r}")
    return _guard(lambda text: Month.parse(str(text)), value, where)


def month_or_none(value: object, where: str) -> Month | None:
    """A month, or None for nothing."""
    return None if value is None else month(value, where)


def day(value: object, where: str) -> date:
    """A date 'YYYY-MM-DD'."""
    if isinstance(value, datetime):
        raise Unreadable(where, f"应为日期 YYYY-MM-DD，现为 {value!r}")
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        try:
            if len(value) == 10:
                return date.fromisoformat(value)
        except ValueError:
            pass
    raise Unreadable(where, f"应为日期 YYYY-MM-DD，现为 {value!r}")


def day_or_none(value: object, where: str) -> date | None:
    """A date, or None for nothing."""
    return None if value is None else day(value, where)


def number(value: object, where: str) -> Decimal:
    """A number, exact."""
    return _guard(parse_decimal, value, where)


def not_negative(value: object, where: str) -> Decimal:
    """A number of at least 0."""
    read = number(value, where)
    if read < 0:
        raise Unreadable(where, f"不能为负数，现为 {value!r}")
    return read


def whole(value: object, where: str, low: int, high: int) -> int:
    """A whole number from low to high, both allowed."""
    read = number(value, where)
    if read != int(read) or not low <= read <= high:
        raise Unreadable(where, f"应为 {low} 到 {high} 的整数，现为 {value!r}")
    return int(read)


def choice(value: object, where: str, allowed: Iterable[str]) -> str:
    """One of the allowed words."""
    allowed = tuple(allowed)
    if not isinstance(value, str) or value not in allowed:
        raise Unreadable(where, f"应为 {', '.join(allowed)} 之一，现为 {value!r}")
    return value


def choices(value: object, where: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """Several of the allowed words, each once, in the order of `allowed`; a single word counts as a list of one."""
    allowed = tuple(allowed)
    listed = [value] if isinstance(value, str) else items(value, where)
    found = {choice(entry, where, allowed) for entry in listed}
    return tuple(word for word in allowed if word in found)


def flag(value: object, where: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Unreadable(where, f"应为 true 或 false，现为 {value!r}")
    return value


def division(value: object, where: str) -> str:
    """A division code of 12 digits (a number is padded, for YAML written without quotes)."""
    text = f"{value:012d}" if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or len(text) != 12 or not (text.isascii() and text.isdigit()):
        raise Unreadable(where, f"区划代码应为 12 位数字，现为 {value!r}")
    return text


def text(value: object, where: str) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise Unreadable(where, f"应为文字，现为 {value!r}")
    return value
