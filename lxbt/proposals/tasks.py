"""Background wake-ups about proposals. A lost wake-up loses nothing."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lxbt.core.clock import this_moment
from lxbt.proposals import operations


@app.periodic(cron="41 * * * *")
@app.task(name="proposals.lapse", queueing_lock="lapse_proposals", pass_context=False)
def lapse(timestamp: int) -> int:
    """Every hour, end what nobody decided on in time."""
    return operations.lapse(at=this_moment())
