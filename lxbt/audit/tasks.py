"""Background wake-up of the sealer. A lost wake-up loses nothing: what is not sealed yet stays to be sealed."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lxbt.audit.sealing import seal_events as seal


@app.periodic(cron="* * * * * */30")
@app.task(name="audit.seal_events", queueing_lock="seal_events", pass_context=False)
def seal_events(timestamp: int) -> int:
    """Seal what has become final."""
    return seal()
