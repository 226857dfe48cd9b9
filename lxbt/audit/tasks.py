"""Background wake-up of the sealer. A lost wake-up loses nothing: what is not sealed yet stays to be sealed."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from lxbt.audit.anchoring import send_anchors as send
from lxbt.audit.sealing import RecordCut
from lxbt.audit.sealing import seal_events as seal
from lxbt.core.clock import Now

logger = logging.getLogger("lxbt")


@app.periodic(cron="* * * * * */30")
@app.task(name="audit.seal_events", queueing_lock="seal_events", pass_context=False)
def seal_events(timestamp: int) -> int:
    """Seal what has become final."""
    try:
        return seal()
    except RecordCut as cut:
        logger.error("%s", cut)
        return 0


@app.periodic(cron="*/10 * * * *")
@app.task(name="audit.send_anchors", queueing_lock="send_anchors", pass_context=False)
def send_anchors(timestamp: int) -> dict[str, str]:
    """Hand the last seal to the channels that are due."""
    done = send(at=Now.read().at)
    for channel, outcome in done.items():
        if outcome != "sent":
            logger.error("anchors did not leave by %s: %s", channel, outcome)
    return done
