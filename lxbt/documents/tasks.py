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


@app.periodic(cron="23 * * * *")
@app.task(name="documents.sweep_folders", queueing_lock="sweep_folders", queue="long", pass_context=False)
def sweep_folders(timestamp: int) -> int:
    """Every hour, remove the files of some folders that belong to nothing; all have their turn within a week."""
    return operations.sweep_folders(at=this_moment())
