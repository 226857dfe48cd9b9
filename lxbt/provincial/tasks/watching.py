"""Wake-ups: events on their way, manifests of the night, what is old."""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from lxbt.core.clock import Now, this_moment
from lxbt.core.hours import cron_at
from lxbt.core.months import Month
from lxbt.core.waking import wakes_when
from lxbt.provincial import queries
from lxbt.provincial.operations import manifests, webhooks
from lxbt.provincial.queries import deliveries

MONTHS = 3  # of the nightly manifest; others are made when they are asked for


@wakes_when(lambda: bool(deliveries.due(this_moment(), 1)))
@app.task(name="provincial.deliver", queueing_lock="provincial.deliver", pass_context=False)
def deliver(timestamp: int) -> int:
    """Tell provinces what waits."""
    sent = 0
    while gone := webhooks.deliver_due(at=this_moment(), limit=50):
        sent += gone
    return sent


@app.periodic(cron=cron_at("01:40"))
@app.task(name="provincial.make_manifests", queueing_lock="provincial.make_manifests", queue="long", pass_context=False)
def make_manifests(timestamp: int) -> int:
    """Every night, what we hold of the last months, for those who ask later what it was that day; forget old events."""
    read = Now.read()
    now, day = read.at, read.on
    made = 0
    for client in queries.open_clients():
        if not client.sandbox:
            months = [Month.of(day).back(n) for n in range(MONTHS)]
            made += len(manifests.make_manifest(client=client, day=day - timedelta(days=1), months=months, at=now))
    webhooks.forget_deliveries(at=now)
    return made
