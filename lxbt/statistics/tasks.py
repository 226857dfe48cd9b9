"""Background wake-ups: recount what is stale. A lost wake-up loses nothing, the marks stay in the table."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lxbt.core.clock import Now
from lxbt.core.waking import wakes_when
from lxbt.statistics import operations, queries
from lxbt.statistics.coverage import count_coverage


@wakes_when(queries.marks_wait)
@app.task(name="statistics.count_stale", queueing_lock="count_stale", pass_context=False)
def count_stale(timestamp: int) -> int:
    """Take what is marked."""
    counted = 0
    while taken := operations.count_stale(limit=50):
        counted += taken
    return counted


@app.periodic(cron="40 * * * *")
@app.task(name="statistics.count_coverage", queueing_lock="count_coverage", queue="long", pass_context=False)
def count_whole_coverage(timestamp: int) -> int:
    """Every hour, certificates against rights."""
    now = Now.read()
    return count_coverage(on=now.on, at=now.at)
