"""Faults of places and of procedures: each function plants one of its kind in the whole area, and notes what comparing
should find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from lxbt.applications.models import Application, Step
from lxbt.applications.rules import Agent, State, StepName
from lxbt.core.profile import CARE, Certificate
from lxbt.demonstration.faults.planting import Ground, Recipient, day_before
from lxbt.divisions.rules import span
from lxbt.entitlements.models import Entitlement
from lxbt.entitlements.operations import grant_entitlement
from lxbt.registry.operations import record_certificate, register_person

BORN = date(1975, 6, 1)
AGENT_CASES, SEVERE, NEW = 12, 90, 40


def _application(
    g: Ground, who: Recipient, state: str, *, agent: str = "", ended_on: date | None = None, due_on: date | None = None
) -> Application:
    return Application.objects.create(
        number=f"{g.area[:6]}-{g.month.first:%Y%m}-9{who.person.pk:06d}"[:24],
        person_id=who.person.pk,
        division_code=who.person.division_code,
        county_code=g.area,
        state=state,
        step=StepName.EXAMINE if state == State.OPEN else StepName.DECIDE,
        due_on=due_on,
        step_since=day_before(g.month, 1),
        applied_on=day_before(g.month, 1),
        agent=Agent.OTHER if agent else Agent.SELF,
        agent_name=agent,
        ended_on=ended_on,
    )


def _step(
    made: Application, name: str, *, due_on: date, finished_on: date | None = None, by_name: str = "", act: str = ""
) -> None:
    at = datetime(finished_on.year, finished_on.month, finished_on.day, 2, tzinfo=UTC) if finished_on else None
    Step.objects.create(
        application=made,
        name=name,
        limit_days=5,
        started_on=made.applied_on,
        due_on=due_on,
        finished_on=finished_on,
        finished_at=at,
        act=act,
        by_id=1 if finished_on else None,
        by_name=by_name,
    )


def late(g: Ground) -> None:
    """P01: examined for longer than the limit allows."""
    who = g.take()
    if who:
        due = g.on - timedelta(days=12)
        _step(_application(g, who, State.OPEN, due_on=due), StepName.EXAMINE, due_on=due)
        g.note("P01", "step", who)


def short_notice(g: Ground) -> None:
    """P02: the public notice was taken down before its time."""
    who = g.take()
    if who:
        ended = g.on - timedelta(days=9)
        made = _application(g, who, State.GRANTED, ended_on=ended)
        _step(made, StepName.NOTICE, due_on=ended, finished_on=ended - timedelta(days=3), by_name="公示员", act="pass")
        g.note("P02", "short", who)


def own_case(g: Ground) -> None:
    """R21: who decided bears the name of the applicant."""
    who = g.take()
    if who:
        made = _application(g, who, State.GRANTED, ended_on=g.on - timedelta(days=30))
        _step(
            made,
            StepName.EXAMINE,
            due_on=g.on - timedelta(days=30),
            finished_on=g.on - timedelta(days=31),
            by_name=who.person.name,
            act="pass",
        )
        g.note("R21", "operator", who)


def one_agent(g: Ground) -> None:
    """R20: one person filed many applications of others; all of them ended long ago."""
    for _n in range(AGENT_CASES):
        who = g.take()
        if who:
            _application(g, who, State.WITHDRAWN, agent="代办人甲", ended_on=g.on - timedelta(days=20))
    g.note_place("R20", "agent", g.area)


def many_severe(g: Ground) -> None:
    """R20: in one township nearly everybody is of a severe grade.

    Their certificates are cancelled, so nothing else is wrong with them.
    """
    place = _townships(g)[0]
    told = Certificate(
        category="physical", grade=1, issued_on=date(2015, 1, 1), valid_until=None, cancelled_on=date(2020, 1, 1)
    )
    for number in range(SEVERE):
        person = register_person(name=f"重度{number}", sex="male", birth=BORN, division_code=place, by=None, on=g.on)
        record_certificate(person_id=person.pk, certificate=told, source="federation", received_on=g.on, by=None)
    g.note_place("R20", "severe", place)


def sudden_growth(g: Ground) -> None:
    """R20: far more new rights in one township this month than in the year before."""
    place = _townships(g)[-1]
    for number in range(NEW):
        person = register_person(name=f"新增{number}", sex="male", birth=BORN, division_code=place, by=None, on=g.on)
        grant_entitlement(person_id=person.pk, subsidy=CARE, since=g.month, basis="planted", by=None, on=g.on)
    g.note_place("R20", "growth", place)


def no_roster(g: Ground) -> None:
    """P03: the batches of the month stand under another month."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update payments_batch set month = %s, number = number + 50 where payer_code = %s and month = %s",
            [g.month.back(60).first, g.area, g.month.first],
        )
    g.note_place("P03", "roster", g.area)


def _townships(g: Ground) -> list[str]:
    """Townships of the area, those with the fewest new rights in the year before first; all have had some."""
    low, high = span(g.area)
    rows = Entitlement.objects.filter(
        person__division_code__gte=low,
        person__division_code__lt=high,
        since__gte=g.month.back(12).first,
        since__lt=g.month.first,
    )
    found = Counter(rows.values_list("person__division_code", flat=True))
    return sorted(found, key=lambda code: (found[code], code))


KINDS: tuple[Callable[[Ground], None], ...] = (late, short_notice, own_case)
PLACES: tuple[Callable[[Ground], None], ...] = (
    one_agent,
    many_severe,
    sudden_growth,
    no_roster,
)  # once in an area, at the end
