"""Background wake-ups about accounts: looking, attempts, sheets that were started, what happens by night.

A lost one loses nothing.
"""

from __future__ import annotations

import time as clock
from dataclasses import asdict
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from procrastinate.contrib.django import app

from lxbt.accounts.operations import confirming, first_passwords, sheets, tallies
from lxbt.accounts.rules.looking import USUAL
from lxbt.audit.watching import find_unusual_looks
from lxbt.core.clock import Now, day_begins, this_moment
from lxbt.core.hours import cron_at
from lxbt.core.waking import wakes_when

AT_A_TIME = 4.0  # seconds of opening accounts, so that other work gets its turn


@app.periodic(cron="*/5 * * * *")
@app.task(name="accounts.watch_looking", queueing_lock="watch_looking", pass_context=False)
def watch_looking(timestamp: int) -> int:
    """Find unusual looking of yesterday and today."""
    now = Now.read()
    yesterday = day_begins(now.on - timedelta(days=1))
    return find_unusual_looks(since=yesterday, until=now.at, habits=asdict(USUAL))


@app.periodic(cron="*/15 * * * *")
@app.task(name="accounts.forget_tallies", queueing_lock="forget_tallies", pass_context=False)
def forget_tallies(timestamp: int) -> int:
    """Take away counts of attempts that ended, and sessions that ran out."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return tallies.forget_tallies(at=this_moment())


@wakes_when(sheets.sheets_wait)
@app.task(name="accounts.open_sheets", queueing_lock="open_sheets", queue="long", pass_context=False)
def open_sheets(timestamp: int) -> int:
    """Go on with sheets that were started."""
    begun, opened = clock.monotonic(), 0
    while clock.monotonic() - begun < AT_A_TIME:
        now = Now.read()
        some = sheets.open_some(at=now.at, on=now.on)
        if not some:
            break
        opened += some
    return opened


@app.periodic(cron=cron_at("02:30"))
@app.task(name="accounts.nightly", queueing_lock="accounts_nightly", queue="long", pass_context=False)
def nightly(timestamp: int) -> dict[str, int]:
    """Disable what is unused or unconfirmed, wipe first passwords that nobody printed."""
    on = Now.read().on
    return {**confirming.disable_idle(on=on), "slips": first_passwords.expire_slips(on=on)}
