"""Background wake-ups: a sign of life every minute, the morning round of clocks.

The state in the tables is the queue.
"""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from lxbt.core.clock import Now, this_moment
from lxbt.core.hours import cron_at
from lxbt.support.operations import clocks
from lxbt.support.operations import status as signs

STALLED = 120.0  # seconds without a sign of a job's worker
KEPT_HOURS = 24  # that a job which ended stays to be looked at


@app.periodic(cron="* * * * *")
@app.task(name="support.leave_sign", queueing_lock="support.leave_sign", pass_context=False)
def leave_sign(timestamp: int) -> bool:
    """Every minute, that the background work lives."""
    return signs.leave_sign(at=this_moment())


@app.periodic(cron="*/10 * * * *")
@app.task(name="support.tidy_jobs", queueing_lock="support.tidy_jobs", pass_context=True)
async def tidy_jobs(context: JobContext, timestamp: int) -> None:
    """Every ten minutes, forget the jobs that ended a day ago, and those whose worker has died: what they were to do
    stands in the tables, and the next look takes it up.
    """
    jobs = context.app.job_manager
    for lost in await jobs.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        await jobs.finish_job(lost, Status.ABORTED, delete_job=True)
    await jobs.delete_old_jobs(KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True)


@app.periodic(cron=cron_at("08:30"))
@app.task(name="support.daily", queueing_lock="support.daily", pass_context=False)
def daily(timestamp: int) -> int:
    """Every morning: late questions climb, silent ones end, keepers of old entries of the directory are told."""
    read = Now.read()
    now, on = read.at, read.on
    return clocks.climb_overdue(on=on, at=now) + clocks.end_silent(on=on, at=now) + clocks.remind_keepers(on=on, at=now)
