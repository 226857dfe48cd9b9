"""Sentences for days that cannot be."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.registry.rules import days

_SENTENCES = {
    days.EARLY: lazy("日期早得不可能，请核对年份。"),
    days.FUTURE: lazy("这个日期还没有到，请核对后填写实际发生的日期。"),
    days.BEFORE_BIRTH: lazy("日期早于出生日期，请核对。"),
    days.UNTIL_BEFORE_ISSUED: lazy("残疾人证的有效期早于签发日期，请对照证件核对。"),
    days.STATE_BEFORE_ISSUED: lazy("残疾人证的冻结或注销日期早于签发日期，请核对。"),
}


def day_sentence(code: str, *, issued_on: date | None = None) -> str:
    """What is wrong with a day, and what to do."""
    if code == days.BEFORE_CERTIFICATE:
        return _("死亡日期早于残疾人证的签发月份（%(on)s），两者必有一误，请先核对。") % {"on": issued_on or ""}
    return str(_SENTENCES[code])
