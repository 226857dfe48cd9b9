"""Why a right began or ended in a month: one cause for each person and subsidy that the figures count as started or
stopped.

A stop has the code of the first reason that the rule gives against the right (`entitlements.rules.REASONS`), or one of
its own; read from the facts and the ledger as they are known when the month is counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from lxbt.core.months import Month
from lxbt.divisions.rules import span
from lxbt.entitlements.pricing import Pricer, Spell

STARTED, STOPPED = "started", "stopped"
SUSPENDED, ENDED, MOVED_AWAY, HELD, NOT_DRAWN = "suspended", "ended", "moved_away", "held", "not_drawn"
GRANTED, RESUMED, MOVED_IN, ELIGIBLE_AGAIN, DRAWN_AGAIN = (
    "granted",
    "resumed",
    "moved_in",
    "eligible_again",
    "drawn_again",
)
AT_ONCE = 5_000  # persons looked at together

PERIODS = """
select person_id, subsidy, state, since, until, after, granted_on from entitlements_entitlement
where person_id = any(%s) and state <> 'past'
"""
HOLDS = """
select distinct person_id, subsidy from entitlements_hold
where person_id = any(%s) and since <= %s and (until is null or until > %s)
"""


@dataclass(frozen=True, slots=True)
class Period:
    """A period of the ledger of rights."""

    state: str
    since: date
    until: date | None
    after: date | None
    granted_on: date

    def covers(self, month: Month) -> bool:
        """Whether the month lies in it."""
        return self.since <= month.first and (self.until is None or month.first < self.until)


@dataclass(frozen=True)
class Known:
    """What is known of some persons when a month is counted."""

    spells: dict[int, list[Spell]]
    periods: dict[tuple[int, str], list[Period]]
    held: set[tuple[int, str]]

    def spell(self, person_id: int, month: Month) -> Spell | None:
        """What holds of the person in the month."""
        return next((spell for spell in self.spells.get(person_id, ()) if spell.covers(month)), None)

    def period(self, key: tuple[int, str], month: Month) -> Period | None:
        """The right of the month."""
        return next((period for period in self.periods.get(key, ()) if period.covers(month)), None)


def causes_of(
    keys: Iterable[tuple[int, str]], *, payer_code: str, month: Month, which: str, pricer: Pricer
) -> dict[tuple[int, str], str]:
    """The cause of each (person, subsidy) that STARTED or STOPPED at the payer in the month."""
    wanted = list(keys)
    found: dict[tuple[int, str], str] = {}
    if wanted:
        pricer.refresh()
    for at in range(0, len(wanted), AT_ONCE):
        part = wanted[at : at + AT_ONCE]
        known = _known(sorted({person for person, _subsidy in part}), month, pricer)
        cause = _why_stopped if which == STOPPED else _why_started
        found |= {key: cause(key, known, span(payer_code), month, pricer) for key in part}
    return found


def _known(person_ids: list[int], month: Month, pricer: Pricer) -> Known:
    periods: dict[tuple[int, str], list[Period]] = {}
    with connection.cursor() as cursor:
        cursor.execute(PERIODS, [person_ids])
        for person_id, subsidy, *values in cursor.fetchall():
            periods.setdefault((person_id, subsidy), []).append(Period(*values))
        cursor.execute(HOLDS, [person_ids, month.first, month.first])
        held = {(person_id, subsidy) for person_id, subsidy in cursor.fetchall()}
    return Known(pricer.spells_of(person_ids), periods, held)


def _reasons(spell: Spell | None, subsidy: str, month: Month, pricer: Pricer) -> str:
    """The code of the first reason against the right, or nothing."""
    return (pricer.price_of(spell, month)[subsidy][2] or "").partition(",")[0] if spell else ""


def _why_stopped(key: tuple[int, str], known: Known, place: tuple[str, str], month: Month, pricer: Pricer) -> str:
    spell, period = known.spell(key[0], month), known.period(key, month)
    if reason := _reasons(spell, key[1], month, pricer):
        return reason
    if period is None:
        return ENDED
    if period.state == SUSPENDED:
        return SUSPENDED
    if spell is not None and not place[0] <= spell.division < place[1]:
        return MOVED_AWAY
    return HELD if key in known.held else NOT_DRAWN


def _why_started(key: tuple[int, str], known: Known, place: tuple[str, str], month: Month, pricer: Pricer) -> str:
    before = month.back(1)
    spell, period, earlier = known.spell(key[0], before), known.period(key, month), known.period(key, before)
    if period is not None and period.after is None and max(period.since, period.granted_on) >= before.first:
        return GRANTED
    if earlier is None or earlier.state == SUSPENDED:
        return RESUMED
    if spell is not None and not place[0] <= spell.division < place[1]:
        return MOVED_IN
    return ELIGIBLE_AGAIN if _reasons(spell, key[1], before, pricer) else DRAWN_AGAIN
