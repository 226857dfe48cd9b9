"""Background wake-ups about written notices. A lost wake-up loses nothing: the next one takes what is due."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lxbt.core.clock import this_moment
from lxbt.core.hours import cron_at
from lxbt.notices.operations import receipts, typesetting


@app.periodic(cron="* * * * *")
@app.task(name="notices.publish_due", queueing_lock="notices.publish_due", pass_context=False)
def publish_due(timestamp: int) -> int:
    """Every minute, what was set to go out by itself."""
    return receipts.publish_due(at=this_moment())


@app.periodic(cron=cron_at("08:30"))
@app.task(name="notices.remind_due", queueing_lock="notices.remind_due", pass_context=False)
def remind_due(timestamp: int) -> int:
    """Every morning, the offices whose receipts are due about now."""
    return receipts.remind_due(at=this_moment())


@app.periodic(cron="*/10 * * * *")
@app.task(name="notices.typeset_missing", queueing_lock="notices.typeset_missing", pass_context=False)
def typeset_missing(timestamp: int) -> int:
    """Every ten minutes, the PDF of what was published without one."""
    return typesetting.typeset_missing(at=this_moment())
