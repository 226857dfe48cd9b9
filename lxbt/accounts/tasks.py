"""Background wake-ups: sheets that were started, and what happens to accounts by night. A lost wake-up loses nothing."""

from __future__ import annotations

import time

from django.utils import timezone
from procrastinate.contrib.django import app

from lxbt.accounts.operations import confirming, passwords, sheets

AT_A_TIME = 4.0  # seconds, so that other work gets its turn


@app.periodic(cron="* * * * * */5")
@app.task(name="accounts.open_sheets", queueing_lock="open_sheets", pass_context=False)
def open_sheets(timestamp: int) -> int:
    """Go on with sheets that were started."""
    begun, opened = time.monotonic(), 0
    while time.monotonic() - begun < AT_A_TIME:
        some = sheets.open_some(at=timezone.now(), on=timezone.localdate())
        if not some:
            break
        opened += some
    return opened


@app.periodic(cron="30 2 * * *")
@app.task(name="accounts.nightly", queueing_lock="accounts_nightly", pass_context=False)
def nightly(timestamp: int) -> dict[str, int]:
    """Disable what is unused or unconfirmed, wipe first passwords that nobody printed."""
    on = timezone.localdate()
    return {**confirming.disable_idle(on=on), "slips": passwords.expire_slips(on=on)}
