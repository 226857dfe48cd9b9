"""Background wake-ups about files. A lost wake-up loses nothing."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lxbt.core.clock import this_moment
from lxbt.documents import operations


@app.periodic(cron="17 * * * *")
@app.task(name="documents.wipe_releases", queueing_lock="wipe_releases", pass_context=False)
def wipe_releases(timestamp: int) -> int:
    """Every hour, wipe the exports whose time is over, and forget what left the window of exports."""
    operations.forget_takings(at=this_moment())
    return operations.wipe_releases(at=this_moment())
