"""Background wake-ups of the exchange.

The state in the tables is the queue: a lost wake-up loses nothing, the next one takes what is due.
"""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from lxbt.core.clock import Now, this_moment
from lxbt.core.hours import cron_at
from lxbt.core.waking import wakes_when
from lxbt.exchange import queries
from lxbt.exchange.operations import answering, applying, asking, reconciling, sending, subscribing, syncing

KEPT = timedelta(days=30)  # bodies of messages that were done


@app.task(name="exchange.work_inbox", queueing_lock="exchange.work_inbox")
def work_inbox() -> int:
    """Apply what waits."""
    done = 0
    while taken := applying.apply_waiting(at=(read := Now.read()).at, on=read.on, limit=200):
        done += taken
    return done


@app.task(name="exchange.work_outbox", queueing_lock="exchange.work_outbox")
def work_outbox() -> int:
    """Send what waits."""
    sent = 0
    while gone := sending.send_due(at=this_moment(), limit=50):
        sent += gone
    return sent


@wakes_when(lambda: queries.messages_wait(this_moment()))
@app.task(name="exchange.look_again", queueing_lock="exchange.look_again", pass_context=False)
def look_again(timestamp: int) -> int:
    """Take what a lost wake-up left, and what is to be tried again."""
    return work_inbox() + work_outbox()


@app.periodic(cron="* * * * *")
@app.task(name="exchange.keep_current", queueing_lock="exchange.keep_current", pass_context=False)
def keep_current(timestamp: int) -> int:
    """Stay subscribed, tell partners of changes, and after an interruption fetch what was missed."""
    read = Now.read()
    now, on = read.at, read.on
    subscribing.keep_subscribed(at=now)
    told = answering.notify_subscribers(at=now, on=on)
    partner = queries.federation()
    if partner is not None and queries.must_catch_up(partner):
        try:
            syncing.synchronise(at=now, on=on, clock=this_moment)
        except syncing.TROUBLE:
            return told
    return told


@app.periodic(cron=cron_at("02:30"))
@app.task(name="exchange.compare", queueing_lock="exchange.compare", queue="long", pass_context=False)
def compare(timestamp: int) -> int:
    """Every night, compare both sides and heal what differs; forget what is old."""
    now = Now.read()
    applying.forget_old(before=now.at - KEPT)
    if queries.federation() is None:
        return 0
    try:
        found = reconciling.reconcile(at=now.at, on=now.on)
        if found.persons:
            subscribing.subscribe(at=now.at)  # something was not told: perhaps the other side has forgotten us
        return found.healed
    except syncing.TROUBLE:
        return 0


@app.periodic(cron=cron_at("01:00", day=3))
@app.task(name="exchange.ask_bodies", queueing_lock="exchange.ask_bodies", queue="long", pass_context=False)
def ask_bodies(timestamp: int) -> int:
    """In the night of the third of each month, the rounds of questions to bodies that only answer."""
    now = Now.read()
    return asking.start_month(at=now.at, on=now.on)


@app.periodic(cron="*/2 * * * *")
@app.task(name="exchange.keep_asking", queueing_lock="exchange.keep_asking", queue="long", pass_context=False)
def keep_asking(timestamp: int) -> int:
    """Every two minutes, go on with the rounds that are open."""
    return asking.keep_asking(clock=this_moment, on=Now.read().on)
