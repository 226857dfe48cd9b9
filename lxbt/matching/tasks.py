"""Background wake-ups: changed persons every few minutes, everybody once a month, the daily round.

The state in the tables is the queue.
"""

from __future__ import annotations

from procrastinate.contrib.django import app

from lxbt.core.clock import Now
from lxbt.core.hours import cron_at
from lxbt.core.months import Month
from lxbt.divisions.rules import NATION
from lxbt.matching.operations import campaigns, lapsing, running, trying, watching
from lxbt.matching.queries.campaigns import comparing


@app.periodic(cron="*/5 * * * *")
@app.task(name="matching.compare_changed", queueing_lock="matching.compare_changed", queue="long", pass_context=False)
def compare_changed(timestamp: int) -> int:
    """Every five minutes, whoever changed. Compared by the month before: its payments are known."""
    read = Now.read()
    now, on = read.at, read.on
    return running.compare_changed(month=Month.of(on).back(1), on=on, at=now, limit=50_000).persons


@app.periodic(cron=cron_at("02:30", day=2))
@app.task(name="matching.compare_all", queueing_lock="matching.compare_all", queue="long", pass_context=False)
def compare_all(timestamp: int) -> int:
    """In the night of the second of each month, everybody: 民发〔2022〕79号 asks for a comparison each month."""
    read = Now.read()
    now, on, raised = read.at, read.on, 0
    for _done, _all, report in running.run_rules(area=NATION, month=Month.of(on).back(1), on=on, at=now):
        raised = report.total("raised")
    return raised


@app.periodic(cron="* * * * *")
@app.task(
    name="matching.compare_campaigns", queueing_lock="matching.compare_campaigns", queue="long", pass_context=False
)
def compare_campaigns(timestamp: int) -> int:
    """Every minute, the campaigns that were started or are to be compared again."""
    now = Now.read()
    return sum(campaigns.compare_campaign(campaign_id=ident, on=now.on, at=now.at) for ident in comparing())


@app.periodic(cron="* * * * *")
@app.task(name="matching.compare_asked", queueing_lock="matching.compare_asked", queue="long", pass_context=False)
def compare_asked(timestamp: int) -> int:
    """Every minute, and at once when somebody asks: comparisons and trials of areas too large for a page to
    wait for.
    """
    now = Now.read()
    return trying.try_asked(at=now.at) + running.compare_asked(on=now.on, at=now.at)


@app.periodic(cron=cron_at("07:00"))
@app.task(name="matching.daily", queueing_lock="matching.daily", pass_context=False)
def daily(timestamp: int) -> int:
    """Every morning: what is settled closes or lapses, what is late climbs, offices are told what waits."""
    read = Now.read()
    now, on = read.at, read.on
    trying.forget_trials(at=now)
    lapsed = lapsing.lapse_settled(on=on, at=now)
    return (
        lapsed
        + watching.close_settled(on=on)
        + watching.climb_overdue(on=on, at=now)
        + watching.post_digest(on=on, at=now)
    )
