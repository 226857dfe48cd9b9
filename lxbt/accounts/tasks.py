"""Background wake-ups about accounts. A lost wake-up loses nothing: the next one looks at the same days again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, time, timedelta
from importlib import import_module

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from lxbt.accounts.operations import tallies
from lxbt.accounts.rules.looking import USUAL
from lxbt.audit.watching import find_unusual_looks


@app.periodic(cron="*/5 * * * *")
@app.task(name="accounts.watch_looking", queueing_lock="watch_looking", pass_context=False)
def watch_looking(timestamp: int) -> int:
    """Find unusual looking of yesterday and today."""
    now = timezone.localtime()
    yesterday = datetime.combine(now.date() - timedelta(days=1), time.min, now.tzinfo)
    return find_unusual_looks(since=yesterday, until=now, habits=asdict(USUAL))


@app.periodic(cron="*/15 * * * *")
@app.task(name="accounts.forget_tallies", queueing_lock="forget_tallies", pass_context=False)
def forget_tallies(timestamp: int) -> int:
    """Take away counts of attempts that ended, and sessions that ran out."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return tallies.forget_tallies(at=timezone.now())
