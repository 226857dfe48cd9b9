"""Background wake-ups: batches in turn, client by client.

The state in the table is the queue: a lost wake-up loses nothing.
"""

from __future__ import annotations

import time

from procrastinate.contrib.django import app

from lxbt.core.clock import Now, this_moment
from lxbt.core.waking import wakes_when
from lxbt.imports.operations.locking import alone
from lxbt.imports.operations.records import close_days
from lxbt.provincial import queries
from lxbt.provincial.operations import batches, receiving

IN_ALL = 50.0  # seconds of a wake-up


@wakes_when(lambda: queries.next_batch() is not None)
@app.task(name="provincial.work", queueing_lock="provincial.work", queue="long", pass_context=False)
def work(timestamp: int) -> int:
    """Take the batches that wait. Gives how many are through."""
    begun, done = time.monotonic(), 0
    busy: set[int] = set()  # clients whose batch another process is at: their order is kept
    while time.monotonic() - begun < IN_ALL and (batch := queries.next_batch(passed_over=busy)) is not None:
        with alone(batch.importing_id) as mine:
            if mine:
                done += batches.run_batch(batch=batch, clock=this_moment, seconds=IN_ALL)
            else:
                busy.add(batch.client_id)
    return done


@app.periodic(cron="*/10 * * * *")
@app.task(name="provincial.sweep", queueing_lock="provincial.sweep", pass_context=False)
def sweep(timestamp: int) -> int:
    """Days of single records that are over, nonces and answers whose time is over."""
    now = Now.read()
    return close_days(before=now.on, at=now.at) + receiving.forget_seen(at=now.at)
