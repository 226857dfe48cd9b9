"""Background wake-ups: recount what is stale. A lost wake-up loses nothing, the marks stay in the table."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lxbt.core.clock import Now
from lxbt.statistics import operations
from lxbt.statistics.coverage import count_coverage


@app.periodic(cron="* * * * * */5")
@app.task(name="statistics.count_stale", queueing_lock="count_stale", pass_context=False)
def count_stale(timestamp: int) -> int:
    """Every few seconds, take what is marked."""
    counted = 0
    while taken := operations.count_stale(limit=50):
        counted += taken
    return counted


@app.periodic(cron="40 * * * *")
@app.task(name="statistics.count_coverage", queueing_lock="count_coverage", pass_context=False)
def count_whole_coverage(timestamp: int) -> int:
    """Every hour, certificates against rights."""
    now = Now.read()
    return count_coverage(on=now.on, at=now.at)
