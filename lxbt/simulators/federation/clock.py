"""The played Federation's clock: certificates issued, changed, expired, frozen, cancelled, moved, and deaths, at a set
rate, by a seed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from lxbt.core.clock import beijing_day
from lxbt.core.profile import CATEGORIES
from lxbt.registry.rules.federation import FederationRecord
from lxbt.simulators.federation.store import Store
from lxbt.simulators.people.names import person_name
from lxbt.simulators.people.numbers import IdentityNumbers, certificate_number

KINDS = ("issued", "grade", "category", "renewed", "expired", "frozen", "unfrozen", "cancelled", "moved", "died")
SHARES = (30, 14, 4, 18, 8, 5, 3, 5, 9, 4)
ADULT = 18 * 365


def new_person(
    random: Random, numbers: dict[str, IdentityNumbers], division: str, on: date, sequence: int, at: datetime
) -> FederationRecord:
    """An invented person with a valid certificate."""
    sex = random.choice(("male", "female"))
    region = numbers.setdefault(division[:6], IdentityNumbers(division[:6]))
    identity = None
    while identity is None:
        birth = on - timedelta(days=random.randrange(5 * 365, 90 * 365))
        identity = region.draw(random, birth, sex)
    category, grade = random.choice(CATEGORIES), random.choice((1, 2, 2, 3, 3, 4))
    issued = max(birth + timedelta(days=400), on - timedelta(days=random.randrange(0, 9 * 365)))
    return FederationRecord(
        identity_number=identity,
        name=person_name(random, sex, birth.year, division[:2]),
        sex=sex,
        birth=birth,
        division_code=division,
        certificate_number=certificate_number(identity, category, grade),
        category=category,
        grade=grade,
        issued_on=issued,
        valid_until=issued + timedelta(days=3652),
        state="valid",
        state_on=None,
        died_on=None,
        sequence=sequence,
        changed_at=at,
    )


def population(seed: str, divisions: list[str], persons: int, at: datetime) -> Iterator[FederationRecord]:
    """So many invented persons, spread over townships; the same seed gives the same persons."""
    random = Random(f"population {seed}")
    numbers: dict[str, IdentityNumbers] = {}
    for sequence in range(1, persons + 1):
        yield new_person(random, numbers, random.choice(divisions), beijing_day(at), sequence, at)


class Clock:
    """Makes one change after another."""

    def __init__(self, store: Store, seed: str, divisions: list[str]) -> None:
        self.store, self.divisions = store, divisions
        self.random = Random(f"clock {seed}")
        self.numbers: dict[str, IdentityNumbers] = {}
        self.made: dict[str, int] = dict.fromkeys(KINDS, 0)

    def tick(self, at: datetime, kind: str = "", identity_number: str = "") -> FederationRecord | None:
        """One change now, of a random kind and person unless they are named. None when nobody fits."""
        kind = kind or self.random.choices(KINDS, SHARES)[0]
        on = beijing_day(at)
        if kind == "issued":
            with self.store.lock:
                made = new_person(
                    self.random,
                    self.numbers,
                    self.random.choice(self.divisions),
                    on,
                    self.store.last_sequence() + 1,
                    at,
                )
                if self.store.of("identity_number", made.identity_number) is not None:
                    return None
                made = replace(made, issued_on=on, valid_until=on + timedelta(days=3652))
                self.store.put([made], tell=True)
        else:
            known = (
                self.store.of("identity_number", identity_number)
                if identity_number
                else self.store.sample(self.random.random())
            )
            if known is None:
                return None
            found = self.store.change(
                known.identity_number, at, **changed(self.random, known, kind, on, self.divisions)
            )
            if found is None:
                return None
            made = found
        self.made[kind] += 1
        return made

    def ticks(self, count: int, at: datetime) -> int:
        """So many changes; gives how many were made."""
        return sum(self.tick(at) is not None for _n in range(count))


def changed(
    random: Random, known: FederationRecord, kind: str, on: date, divisions: Iterable[str]
) -> dict[str, object]:
    """The values that a change of this kind sets."""
    if kind in ("grade", "category"):
        category = (
            random.choice([c for c in CATEGORIES if c != known.category]) if kind == "category" else known.category
        )
        grade = random.choice([g for g in (1, 2, 3, 4) if g != known.grade]) if kind == "grade" else known.grade
        number = certificate_number(known.identity_number, category, grade)
        issued = max(on, known.issued_on)
        return {
            "category": category,
            "grade": grade,
            "certificate_number": number,
            "issued_on": issued,
            "valid_until": issued + timedelta(days=3652),
            "state": "valid",
            "state_on": None,
        }
    if kind in ("renewed", "unfrozen"):
        issued = max(on, known.issued_on) if kind == "renewed" else known.issued_on
        return {"issued_on": issued, "valid_until": issued + timedelta(days=3652), "state": "valid", "state_on": None}
    if kind == "expired":
        return {"valid_until": on - timedelta(days=1), "state": "expired", "state_on": on}
    if kind in ("frozen", "cancelled"):
        return {"state": kind, "state_on": on}
    if kind == "moved":
        return {"division_code": random.choice(list(divisions)), "state": "moved", "state_on": on}
    return {"died_on": on - timedelta(days=random.randrange(0, 40)), "state": "cancelled", "state_on": on}
