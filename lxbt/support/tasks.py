"""Background wake-ups: a sign of life every minute, the morning round of clocks.

The state in the tables is the queue.
"""

from __future__ import annotations

from procrastinate.contrib.django import app

from lxbt.core.clock import Now, this_moment
from lxbt.core.hours import cron_at
from lxbt.support.operations import clocks
from lxbt.support.operations import status as signs


@app.periodic(cron="* * * * *")
@app.task(name="support.leave_sign", queueing_lock="support.leave_sign", pass_context=False)
def leave_sign(timestamp: int) -> bool:
    """Every minute, that the background work lives."""
    return signs.leave_sign(at=this_moment())


@app.periodic(cron=cron_at("08:30"))
@app.task(name="support.daily", queueing_lock="support.daily", pass_context=False)
def daily(timestamp: int) -> int:
    """Every morning: late questions climb, silent ones end, keepers of old entries of the directory are told."""
    read = Now.read()
    now, on = read.at, read.on
    return clocks.climb_overdue(on=on, at=now) + clocks.end_silent(on=on, at=now) + clocks.remind_keepers(on=on, at=now)
