"""How numbers, amounts, months and days are written on the screen."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lxbt.core.clock import Now

MINUS = "\u2212"
DASH = "\u2014"


def money(amount: Decimal | int | None) -> str:
    """1,291,020.00 with a true minus; an em dash for None."""
    if amount is None or amount == "":
        return DASH
    return f"{amount:,.2f}".replace("-", MINUS)


def whole(number: int | None) -> str:
    """12,345 with a true minus; an em dash for None."""
    return DASH if number is None else f"{number:,d}".replace("-", MINUS)


def signed(amount: Decimal | None) -> str:
    """Money with + or minus before it."""
    if amount is None:
        return DASH
    return ("+" if amount > 0 else "") + money(amount)


def month(value: Any) -> str:
    """2026-11 from a date or a `Month`; an em dash for None."""
    if value is None or value == "":
        return DASH
    return f"{value:%Y-%m}" if isinstance(value, date) else str(value)


def day(value: date | None) -> str:
    """This year 11-24, else 2025-11-24; a moment with its time; an em dash for None."""
    if value is None or value == "":
        return DASH
    moment = ""
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        moment = f" {value:%H:%M}"
    this_year = value.year == Now.read().on.year
    return (f"{value:%m-%d}" if this_year else f"{value:%Y-%m-%d}") + moment


def weekday(value: date) -> str:
    """周二 and so on."""
    return [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")][value.weekday()]


def lookup(table: dict[str, Any], key: str) -> Any:
    """The value at `key`, empty when there is none."""
    return table.get(key, "")


def percent(share: float, digits: int = 0) -> str:
    """0.978 as 97.8%."""
    return f"{100 * share:.{digits}f}%".replace("-", MINUS)


def trimmed(amount: Decimal | None) -> str:
    """An amount without needless cents: 140, 126.50."""
    if amount is None:
        return ""
    text = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    return text.replace("-", MINUS)


def signed_trimmed(amount: Decimal) -> str:
    """The same with + or minus before it."""
    return ("+" if amount > 0 else "") + trimmed(amount)


def half(length: float) -> str:
    """Half a length, for drawings."""
    return f"{length / 2:g}"


def less(length: float, by: str) -> str:
    """A length shortened, for drawings."""
    return f"{length - float(by):g}"


def plus(length: float, by: float) -> str:
    """A length with another added, for drawings."""
    return f"{length + by:g}"


def words(text: str) -> list[str]:
    """A list of words written as one text."""
    return text.split()


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    if moment is None:
        return "—"
    seconds = max(0, int((now - moment).total_seconds()))
    if seconds < 60:
        return _("刚刚")
    if seconds < 3600:
        return ngettext("%(n)s 分钟前", "%(n)s 分钟前", seconds // 60) % {"n": seconds // 60}
    if seconds < 2 * 86400:
        return ngettext("%(n)s 小时前", "%(n)s 小时前", seconds // 3600) % {"n": seconds // 3600}
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


WAN, YI = Decimal(10_000), Decimal(100_000_000)


MILLION, BILLION = Decimal(10**6), Decimal(10**9)


def large(number: Decimal | int) -> tuple[str, str]:
    """A number for a tile with its unit: 1,173.65 万, 35.02 亿, or as it is; English counts in thousands of
    thousands.
    """
    value = Decimal(number)
    english = (get_language() or "").startswith("en")
    for size, word in ((BILLION, "billion "), (MILLION, "million ")) if english else ((YI, _("亿")), (WAN, _("万"))):
        if abs(value) >= size:
            return f"{value / size:,.2f}", word
    return (f"{value:,.2f}" if isinstance(number, Decimal) else f"{number:,}"), ""
