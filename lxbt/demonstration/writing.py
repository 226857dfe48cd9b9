"""Writing invented persons in bulk: the rows of a chunk are made in memory and go into each table by one COPY.

The months told (`PersonProfile`) and interned profiles are written as `resolve_changes` would write them; a test
compares.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from lxbt.core import crypto, idnumber
from lxbt.core.clock import BEIJING
from lxbt.core.months import BEGINNING, Month, age_in
from lxbt.core.profile import SUBSIDIES, Profile, read_profile
from lxbt.demonstration.fate import MONTHS, Fate, day_in, fate_of, planned
from lxbt.demonstration.places import County
from lxbt.demonstration.population import GRANTED, PersonDraft, population
from lxbt.divisions.rules import NATION, prefix
from lxbt.entitlements.rules import rights_at
from lxbt.registry import queries as registry
from lxbt.registry.models import account_place, number_place, phone_place
from lxbt.registry.operations import intern_profiles
from lxbt.simulators.people import names
from lxbt.standards.rules.scheme import Scheme

CHUNK = 5000
NO_EVENTS = (0,) * 6
SOURCES = {
    "economic": "dibao",
    "income_ratio": "dibao",
    "household": "declared",
    "employment": "declared",
    "self_care": "federation",
    "long_term_care": "federation",
}
COLUMNS = {
    "registry_person": "person_id, name, pinyin, sex, birth, division_code, "
    "address, phone, phone_masked, phone_handle, "
    "guardian_name, guardian_relation, registered_at",
    "registry_identifier": "kind, index, person_id, sealed",
    "registry_certificate": "person_id, category, grade, issued_on, valid_until, backpay_months, source, received_on",
    "registry_fact": "person_id, key, value, source, received_on",
    "registry_bankaccount": "person_id, bank, holder, sealed, handle, masked, state, reason, since",
    "registry_personprofile": "person_id, since, until, division_code, profile_id, birth, valid_until",
    "entitlements_entitlement": "person_id, subsidy, since, state, basis, granted_by_id, granted_on, end_basis",
    "demo_plan": "step, kind, person_id, county, told",
}


def copy_rows(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table."""
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({columns}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)


@dataclass
class Writer:
    """Turns persons into rows; remembers prices of profiles, so that granting asks the rule once for each kind of
    person.
    """

    scheme: Scheme
    begin: Month
    today: date
    deciders: dict[str, int] = field(default_factory=dict)  # county digits -> user id
    marking: bool = False  # the payers have drawn before: they must be told of newcomers

    def __post_init__(self) -> None:
        key_id: int = settings.LXBT_KEYRING.current
        self.key_id, self.key, self.index_key = key_id, settings.LXBT_KEYRING[key_id], settings.LXBT_INDEX_KEY
        self.profiles: dict[str, tuple[str, Profile]] = {}
        self.ids: dict[str, int] = {}
        self.granted: dict[tuple[str, str, int, Month], tuple[str, ...]] = {}

    def write_chunk(self, county: County, *, seed: int, part: int, of: int, size: int, first_id: int) -> None:
        """Write `size` persons of a county, with ids from `first_id` on."""
        self.rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}
        self.told: list[tuple[int, PersonDraft, str]] = []
        self.decider = self.deciders.get(prefix(county.code))
        for n, person in enumerate(population(county, seed=seed, day=self.today, part=part, of=of, size=size)):
            self._add(first_id + n, person, county)
        fresh = {
            text: self.profiles[key][1]
            for _id, _person, key in self.told
            if (text := self.profiles[key][0]) not in self.ids
        }
        if fresh:
            self.ids |= intern_profiles(registry.interned(profile) for profile in fresh.values())
        for person_id, person, key in self.told:
            self._tell(person_id, person, self.ids[self.profiles[key][0]])
        for table, columns in COLUMNS.items():
            copy_rows(table, columns, self.rows[table])
        if self.marking:
            copy_rows("registry_change", "person_id", [(person_id,) for person_id, _person, _key in self.told])
        with connection.cursor() as cursor:
            cursor.execute(
                "select setval(pg_get_serial_sequence('registry_person', 'person_id'), (select max(person_id) "
                "from registry_person))"
            )

    def _seal(self, text: str, place: bytes) -> bytes:
        return crypto.seal(text, self.key, self.key_id, place)

    def _add(self, person_id: int, person: PersonDraft, county: County) -> None:
        key = self._profile_of(person)
        fate = fate_of(person, self.begin, self.today, county)
        known = min(person.issued_on + timedelta(days=12), self.today)
        entered = datetime.combine(known, time(9 + person_id % 8, person_id % 60), BEIJING)
        self.rows["registry_person"].append(
            (
                person_id,
                person.name,
                names.initials(person.name),
                person.sex,
                person.birth,
                person.division,
                person.address,
                self._seal(person.phone, phone_place(person_id)),
                idnumber.mask(person.phone, 3, 4),
                registry.phone_handle(person.phone),
                person.guardian,
                person.relation,
                entered,
            )
        )
        for kind, number in (("id", person.identity), ("certificate", person.certificate)):
            index = crypto.index_of(kind, number, self.index_key)
            sealed = self._seal(number, number_place(kind, index))
            self.rows["registry_identifier"].append((kind, index, person_id, sealed))
        issues = [
            *([person.earlier_certificate] if person.earlier_certificate else []),
            (person.issued_on, person.valid_until),
        ]
        for issued, until in issues:
            received = min(issued + timedelta(days=3), self.today)
            self.rows["registry_certificate"].append(
                (person_id, person.category, person.grade, issued, until, 0, "federation", received)
            )
        for name, value in person.facts.items():
            self.rows["registry_fact"].append(
                (person_id, name, json.dumps(value), SOURCES.get(name, "register"), known)
            )
        handle, shown = registry.account_handle(person.account), idnumber.mask(person.account, 4, 4)
        sealed = self._seal(person.account, account_place(person_id, handle))
        self.rows["registry_bankaccount"].append(
            (person_id, person.bank, person.holder, sealed, handle, shown, "good", "", known)
        )
        self.told.append((person_id, person, key))
        self._grant(person_id, person, key, fate, county)

    def _profile_of(self, person: PersonDraft) -> str:
        """The key of a person's kind; `profiles` holds its canonical text and its value."""
        shared = {name: value for name, value in person.facts.items() if name not in ("division", "birth")}
        key = json.dumps([shared, person.category, person.grade])
        if key not in self.profiles:
            profile = read_profile(
                {**shared, "division": NATION, "certificate": {"category": person.category, "grade": person.grade}},
                "person",
            )
            self.profiles[key] = (registry.facts_text(registry.interned(profile)), profile)
        return key

    def _tell(self, person_id: int, person: PersonDraft, profile_id: int) -> None:
        turn = Month.of(person.issued_on).first if person.earlier_certificate else None
        rows = self.rows["registry_personprofile"]
        since = BEGINNING.first
        if person.earlier_certificate and turn:
            rows.append(
                (person_id, since, turn, person.division, profile_id, person.birth, person.earlier_certificate[1])
            )
            since = turn
        rows.append((person_id, since, None, person.division, profile_id, person.birth, person.valid_until))

    def _subsidies(self, person: PersonDraft, key: str, month: Month) -> tuple[str, ...]:
        place, age = self.scheme.place_of(person.division), age_in(person.birth, month)
        asked = (key, place, age, month)
        if asked not in self.granted:
            profile = self.profiles[key][1]
            found = rights_at(_placed(profile, place), age, NO_EVENTS, self.scheme, month)
            self.granted[asked] = tuple(subsidy for subsidy in SUBSIDIES if found[subsidy].amount > 0)
        return self.granted[asked]

    def _grant(self, person_id: int, person: PersonDraft, key: str, fate: Fate, county: County) -> None:
        if fate.starts >= MONTHS or person.chances[0] > GRANTED:
            return
        month = self.begin + fate.starts
        covered = (
            max(person.valid_until, person.earlier_certificate[1]) if person.earlier_certificate else person.valid_until
        )
        if Month.of(covered) < month:
            return
        subsidies = self._subsidies(person, key, month)
        if not subsidies:
            return
        if fate.decided:
            on = day_in(self.begin + fate.decided, 1 + person_id % 10, self.today)
            told = {"subsidies": list(subsidies), "since": month.first.isoformat(), "granted_on": on.isoformat()}
            self.rows["demo_plan"].append((fate.decided, "granted", person_id, prefix(county.code), json.dumps(told)))
        else:
            for subsidy in subsidies:
                self.rows["entitlements_entitlement"].append(
                    (person_id, subsidy, month.first, "granted", "首月录入", self.decider, month.first, "")
                )
        for row in planned(person_id, fate, prefix(county.code)):
            self.rows["demo_plan"].append((*row[:4], json.dumps(row[4])))


def _placed(profile: Profile, place: str) -> Profile:
    return replace(profile, division=place)
