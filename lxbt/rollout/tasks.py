"""Background wake-ups: progress is counted every morning, and what is marked within a minute."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lxbt.core.clock import Now, this_moment
from lxbt.core.hours import cron_at
from lxbt.rollout.operations import bulletins, counting


@app.periodic(cron=cron_at("07:30"))
@app.task(name="rollout.count_progress", queueing_lock="rollout.count_progress", queue="long", pass_context=False)
def count_progress(timestamp: int) -> int:
    """Every morning before work, every county."""
    now = Now.read()
    return counting.count_progress(day=now.on, at=now.at)


@app.periodic(cron="* * * * *")
@app.task(name="rollout.count_stale", queueing_lock="rollout.count_stale", pass_context=False)
def count_stale(timestamp: int) -> int:
    """Every minute, the areas that are marked."""
    now = Now.read()
    return counting.count_stale_areas(day=now.on, at=now.at)


@app.periodic(cron="* * * * *")
@app.task(name="rollout.issue_bulletins", queueing_lock="rollout.issue_bulletins", pass_context=False)
def issue_bulletins(timestamp: int) -> int:
    """Every minute, the bulletins that are due."""
    return bulletins.issue_due(at=this_moment())
