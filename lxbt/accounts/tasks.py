"""Background wake-ups: take away counts that ended and sessions that ran out."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from lxbt.accounts.operations.tallies import forget_tallies as forget


@app.periodic(cron="*/15 * * * *")
@app.task(name="accounts.forget_tallies", queueing_lock="forget_tallies", pass_context=False)
def forget_tallies(timestamp: int) -> int:
    """Every quarter of an hour."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return forget(at=timezone.now())
