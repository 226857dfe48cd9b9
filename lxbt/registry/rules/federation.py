"""What the Federation's database tells of a person and the certificate. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from lxbt.core.clock import beijing_day
from lxbt.core.idnumber import certificate_parts, normalise
from lxbt.core.months import Month
from lxbt.core.profile import CATEGORIES, Certificate
from lxbt.registry.rules.days import certificate_fault, event_fault

CertificateState = Literal["valid", "expired", "frozen", "cancelled", "moved"]


@dataclass(frozen=True)
class FederationRecord:
    """A person's record at the Federation. `sequence` is its own running number of that record: higher is newer."""

    identity_number: str
    name: str
    sex: str
    birth: date
    division_code: str
    certificate_number: str
    category: str
    grade: int
    issued_on: date
    valid_until: date | None
    state: CertificateState
    state_on: date | None
    died_on: date | None
    sequence: int
    changed_at: datetime


Move = tuple[int, Month | None, str]  # running number, first month there (None: from the beginning), division


def values_of(record: FederationRecord) -> dict[str, str | int | None]:
    """What a record says of certificate, place and life, as JSON: no number, no name."""

    def day(value: date | None) -> str | None:
        return value.isoformat() if value else None

    return {
        "category": record.category,
        "grade": record.grade,
        "issued_on": day(record.issued_on),
        "valid_until": day(record.valid_until),
        "state": record.state,
        "state_on": day(record.state_on),
        "division": record.division_code,
        "died_on": day(record.died_on),
    }


def certificate_of(record: FederationRecord) -> Certificate:
    """The certificate of a record with its own dates.

    Expiry is the day it is valid until; a move touches the place alone.
    """
    on = record.state_on or beijing_day(record.changed_at)
    return Certificate(
        category=record.category,
        grade=record.grade,
        issued_on=record.issued_on,
        valid_until=record.valid_until,
        frozen_on=on if record.state == "frozen" else None,
        cancelled_on=on if record.state == "cancelled" else None,
    )


def move_of(record: FederationRecord) -> Move:
    """The place of a record and the first month there: that after the move, for the place where a month begins pays for
    it.
    """
    on = record.state_on if record.state == "moved" and record.state_on else beijing_day(record.changed_at)
    return record.sequence, Month.of(on) + 1, record.division_code


def with_move(moves: Iterable[Move], new: Move) -> list[Move]:
    """The moves with one more, in the order of their running numbers; one that is there already stays."""
    kept = {move[0]: move for move in moves}
    kept.setdefault(new[0], new)
    return [kept[number] for number in sorted(kept)]


def places_told(moves: Iterable[Move]) -> dict[Month | None, str]:
    """From which month which division holds, whatever the order in which the records came.

    The first one holds from the beginning. A later one counts from its month, never before an earlier one.
    """
    found: dict[Month | None, str] = {}
    last: tuple[Month | None, str] | None = None
    for _sequence, month, division in sorted(moves, key=lambda move: move[0]):
        if last is None:
            last = (None, division)
        elif division == last[1]:
            continue
        else:
            assert month is not None
            last = (month if last[0] is None else max(month, last[0]), division)
        found[last[0]] = division
    return found


def place_in(told: Mapping[Month | None, str], month: Month | None) -> str | None:
    """The division that holds in a month; None asks for the beginning."""
    best: tuple[Month | None, str] | None = None
    for since, division in told.items():
        if since is None:
            best = best or (None, division)
        elif month is not None and since <= month and (best is None or best[0] is None or since > best[0]):
            best = (since, division)
    return best[1] if best else None


def places_missing(told: Mapping[Month | None, str], recorded: Mapping[Month | None, str]) -> dict[Month | None, str]:
    """What must be recorded so that every month has the division that was told; nothing where it has."""
    months = sorted({*told, *recorded}, key=lambda month: month.ordinal if month else -1)
    result, added = dict(recorded), {}
    for month in months:
        wanted = place_in(told, month)
        if wanted is not None and place_in(result, month) != wanted:
            added[month] = result[month] = wanted
    return added


def days_doubted(record: FederationRecord, *, birth: date, on: date) -> list[str]:
    """The days of a record that cannot be: "day:" and their names.

    `on`: the day it came; clocks may differ by a day.
    """
    latest = on + timedelta(days=1)
    found = []
    if (fault := certificate_fault(certificate_of(record), birth=birth, on=latest)) is not None:
        found.append(f"day:{fault[0]}")
    if record.died_on is not None and event_fault("died_on", record.died_on, birth=birth, on=latest):
        found.append("day:died_on")
    return found


def doubts_in(record: FederationRecord, *, name: str | None, number_of_another: bool) -> list[str]:
    """What in a record does not fit: codes. `name` is how the person was known here before."""
    found = []
    parts = certificate_parts(normalise(record.certificate_number))
    if parts is None or parts[0] != normalise(record.identity_number):
        found.append("certificate_number")
    elif (CATEGORIES[parts[1] - 1], parts[2]) != (record.category, record.grade):
        found.append("class")
    if number_of_another:
        found.append("number_of_another")
    if name is not None and name != record.name:
        found.append("name")
    return found
