"""Have the background look at once at what somebody asked for.

The state in the tables is the queue: a lost wake-up loses nothing.
"""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

ASKED = "matching.compare_asked"


def wake_asked() -> None:
    """Wake the task that compares and tries what was asked for, when that is kept."""

    def now() -> None:
        try:
            app.configure_task(ASKED, queueing_lock=ASKED, queue="long", allow_unknown=True).defer(timestamp=0)
        except AlreadyEnqueued:
            return

    transaction.on_commit(now)
