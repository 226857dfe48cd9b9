"""Background wake-ups: follow what came from the Federation, and the day's round.

The state in the tables is the queue.
"""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from lxbt.core.clock import Now
from lxbt.core.hours import cron_at
from lxbt.core.waking import wakes_when
from lxbt.leads import operations
from lxbt.registry.queries.federation import changes_wait


@wakes_when(changes_wait)
@app.task(name="leads.follow_changes", queueing_lock="leads.follow_changes", pass_context=False)
def follow_changes(timestamp: int) -> int:
    """Follow what waits."""
    now = Now.read()
    return operations.follow_changes(at=now.at, on=now.on, limit=5000)


@app.periodic(cron="* * * * *")
@app.task(name="leads.close_settled", queueing_lock="leads.close_settled", pass_context=False)
def close_settled(timestamp: int) -> int:
    """Every minute, close the leads of those who applied in the last days."""
    on = Now.read().on
    return operations.close_settled_leads(on=on, since=on - timedelta(days=3))


@app.periodic(cron=cron_at("04:10"))
@app.task(name="leads.look_ahead", queueing_lock="leads.look_ahead", queue="long", pass_context=False)
def look_ahead(timestamp: int) -> int:
    """Every morning, look ahead."""
    now = Now.read()
    return sum(operations.look_ahead(at=now.at, on=now.on).values())
