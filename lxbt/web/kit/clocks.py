"""A deadline in words and as the clock that pages show."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lxbt.applications.rules import ClockReading
from lxbt.web.kit.components import Clock


def clock_words(reading: ClockReading) -> str:
    """还剩 2 个工作日 · 今日到期 · 逾期 1 个工作日 · 等待补正 · 3 个工作日办结."""
    if reading.state == "paused":
        return _("计时暂停，等待补正")
    if reading.state == "done":
        return ngettext("%(n)d 个工作日办结", "%(n)d 个工作日办结", reading.used) % {"n": reading.used}
    if reading.state == "overdue":
        over = max(1, reading.used - reading.limit)
        return ngettext("逾期 %(n)d 个工作日", "逾期 %(n)d 个工作日", over) % {"n": over}
    if reading.state == "today":
        return _("今日到期")
    left = reading.limit - reading.used
    return ngettext("还剩 %(n)d 个工作日", "还剩 %(n)d 个工作日", left) % {"n": left}


def clock_of(reading: ClockReading) -> Clock:
    """The clock component of a reading."""
    title = _("限 %(limit)d 个工作日，%(due)s 到期；周末与法定节假日已扣除") % {
        "limit": reading.limit,
        "due": reading.due_on,
    }
    return Clock(reading.used, reading.limit, reading.state, clock_words(reading), title)  # type: ignore[arg-type]
