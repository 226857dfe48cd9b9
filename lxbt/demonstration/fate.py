"""What happens to an invented person in the months of payments, and when it becomes known. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from lxbt.core.months import Month
from lxbt.demonstration.places import County
from lxbt.demonstration.population import PersonDraft, years_later

MONTHS = 8  # settled months; the month after them is the current one
LAST_EVENT_DAY = 11  # what a month's draw knows was received by this day of the month


@dataclass
class Fate:
    """The months of a person: from when granted, and one event at most with the month in which it becomes known."""

    starts: int = 0  # counted from the first month; MONTHS or more: not yet
    decided: int = 0  # the month in which it was decided, later than `starts` for a late decision
    kind: str = ""  # died, dibao_ended, class, moved, prison, renewed
    known: int = 0
    told: dict[str, object] = field(default_factory=dict)


def day_in(month: Month, number: int, today: date) -> date:
    """That day of a month, never after today."""
    return min(month.first + timedelta(days=number - 1), today)


def fate_of(person: PersonDraft, begin: Month, today: date, county: County) -> Fate:
    """What the rolls of a person decide."""
    rng = Random(person.identity)
    fate = Fate()
    issued = Month.of(person.issued_on) if person.earlier_certificate is None else begin
    if issued > begin:  # newly certified: applies in the month of issue or the one after
        fate.starts = issued - begin + rng.randrange(2)
    elif person.chances[0] < 0.05:
        fate.starts = rng.randrange(1, MONTHS)
    fate.decided = fate.starts + (rng.choices((0, 1, 2), (70, 22, 8))[0] if fate.starts else 0)
    if fate.decided > MONTHS - 1:
        fate.starts = fate.decided = MONTHS
        return fate
    for happen in (_death, _dibao_ended, _renewed, _class_changed, _moved, _imprisoned):
        if happen(rng, person, fate, begin, today, county):
            break
    if fate.known > MONTHS or not fate.kind:  # not known yet: nobody can tell
        fate.kind = ""
    return fate


def _late(rng: Random, weights: tuple[int, ...]) -> int:
    return rng.choices(range(len(weights)), weights)[0]


def _received(rng: Random, begin: Month, known: int, today: date, earliest: date | None = None) -> date:
    day = day_in(begin + known, rng.randrange(1, LAST_EVENT_DAY + 1), today)
    return max(day, earliest) if earliest else day


def _death(rng: Random, person: PersonDraft, fate: Fate, begin: Month, today: date, _county: County) -> bool:
    age = (today - person.birth).days / 365.25
    yearly = 0.11 if age >= 80 else 0.035 if age >= 60 else 0.008
    if person.chances[1] >= yearly * (MONTHS + 1) / 12:
        return False
    month = rng.randrange(fate.decided, MONTHS + 1)
    late = _late(rng, (30, 38, 20, 12))
    died = day_in(begin + month, rng.randrange(1, 8) if late == 0 else rng.randrange(1, 29), today)
    fate.kind, fate.known = "died", month + late
    received = (
        day_in(begin + fate.known, LAST_EVENT_DAY, today)
        if late == 0
        else _received(rng, begin, fate.known, today, died)
    )
    fate.told = {"died_on": died.isoformat(), "received_on": received.isoformat()}
    return True


def _dibao_ended(rng: Random, person: PersonDraft, fate: Fate, begin: Month, today: date, _county: County) -> bool:
    if person.facts["economic"] != "dibao" or person.chances[2] >= 0.02:
        return False
    month = rng.randrange(fate.decided + 1, MONTHS + 1)
    fate.kind, fate.known = "dibao_ended", month + _late(rng, (60, 28, 12))
    became = rng.choice(("dibao_margin", "none", "none"))
    fate.told = {
        "since": (begin + month).first.isoformat(),
        "economic": became,
        "received_on": _received(rng, begin, fate.known, today).isoformat(),
    }
    return True


def _renewed(rng: Random, person: PersonDraft, fate: Fate, begin: Month, today: date, _county: County) -> bool:
    until = person.valid_until
    if not begin.first <= until < (begin + MONTHS).first or person.chances[3] >= 0.6:
        return False
    month = Month.of(until) - begin + rng.randrange(1, 4)
    if month > MONTHS or month <= fate.decided:
        return False
    applied = day_in(begin + month, rng.randrange(1, LAST_EVENT_DAY + 1), today)
    fate.kind, fate.known = "renewed", month
    fate.told = {
        "category": person.category,
        "grade": person.grade,
        "issued_on": applied.isoformat(),
        "valid_until": (years_later(applied, 10) - timedelta(days=1)).isoformat(),
        "received_on": applied.isoformat(),
    }
    return True


def _class_changed(rng: Random, person: PersonDraft, fate: Fate, begin: Month, today: date, _county: County) -> bool:
    if person.chances[4] >= 0.006 or fate.decided >= MONTHS:
        return False
    month = rng.randrange(fate.decided + 1, MONTHS + 1)
    grade = person.grade - 1 if person.grade > 1 and rng.random() < 0.75 else min(4, person.grade + 1)
    issued = max(day_in(begin + month, rng.randrange(1, 9), today), person.issued_on + timedelta(days=1))
    fate.kind, fate.known = "class", month
    fate.told = {
        "category": person.category,
        "grade": grade,
        "issued_on": issued.isoformat(),
        "valid_until": (years_later(issued, 10) - timedelta(days=1)).isoformat(),
        "received_on": max(issued, day_in(begin + month, LAST_EVENT_DAY, today)).isoformat(),
    }
    return True


def _moved(rng: Random, person: PersonDraft, fate: Fate, begin: Month, today: date, county: County) -> bool:
    if person.chances[5] >= 0.006 or fate.decided >= MONTHS:
        return False
    month = rng.randrange(fate.decided + 1, MONTHS + 1)
    fate.known = month + _late(rng, (60, 30, 10))
    received = _received(rng, begin, fate.known, today)
    others = [code for code, _name in county.townships if code != person.division]
    if rng.random() < 0.4 or not others:
        left = min(day_in(begin + month, rng.randrange(1, 29), today), received)
        fate.kind, fate.told = "moved_out", {"moved_out_on": left.isoformat(), "received_on": received.isoformat()}
    else:
        fate.kind = "moved"
        fate.told = {
            "division": rng.choice(others),
            "since": (begin + month).first.isoformat(),
            "received_on": received.isoformat(),
        }
    return True


def _imprisoned(rng: Random, person: PersonDraft, fate: Fate, begin: Month, today: date, _county: County) -> bool:
    age = (today - person.birth).days / 365.25
    if not 18 <= age < 65 or rng.random() >= 0.0004 or fate.decided >= MONTHS:
        return False
    month = rng.randrange(fate.decided, MONTHS)
    fate.kind, fate.known = "prison", month + 1
    judged = day_in(begin + month, rng.randrange(1, 29), today)
    fate.told = {
        "imprisoned_on": judged.isoformat(),
        "received_on": _received(rng, begin, fate.known, today).isoformat(),
    }
    return True


def planned(person_id: int, fate: Fate, county: str) -> Iterator[tuple[int, str, int, str, dict[str, object]]]:
    """The rows of `demo_plan` that a fate gives, save the grants."""
    if not fate.kind:
        return
    yield fate.known, fate.kind, person_id, county, fate.told
    if fate.kind in ("died", "moved_out") and fate.known < MONTHS:  # the ledger is closed the month after
        day = fate.told["died_on" if fate.kind == "died" else "moved_out_on"]
        yield fate.known + 1, "close", person_id, county, {"day": day, "basis": fate.kind}
