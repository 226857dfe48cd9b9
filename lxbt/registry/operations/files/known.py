"""Who the persons of a chunk of rows are, and what a row would change of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from lxbt import vault
from lxbt.core import idnumber
from lxbt.core.months import Month
from lxbt.core.profile import EVENTS, read_components
from lxbt.core.profile import Certificate as CertificateValue
from lxbt.core.readers.persons import name_key
from lxbt.divisions.rules import covers
from lxbt.registry.models import account_place, phone_place
from lxbt.registry.operations.contradictions import Contradicted
from lxbt.registry.operations.files.told import DATES, Person, RowNumbers, Told, add_told, class_table
from lxbt.registry.queries import custody_times
from lxbt.registry.rules import CERTIFICATE_NUMBER, IDENTITY
from lxbt.registry.rules.benefits import merged
from lxbt.registry.rules.days import certificate_fault, event_fault
from lxbt.registry.rules.sources import overrules, strength

FILE = "import"  # whatever its number: a file weighs least of all


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def persons_by_index(indexes: Sequence[bytes], *, kind: str = IDENTITY) -> dict[bytes, int]:
    """Person ids by the indexes of their numbers; an alias leads to the person it belongs to."""
    found = _rows(
        'select i."index", coalesce(p.joined_to, p.person_id) from unnest(%s::bytea[]) w ("index")'
        ' join registry_identifier i on i.kind = %s and i."index" = w."index" '
        "join registry_person p on p.person_id = i.person_id",
        [list(indexes), kind],
    )
    return {bytes(index): person_id for index, person_id in found}


CERTIFICATE_COLUMNS = {
    "issued_on": "certificate_issued_on",
    "valid_until": "certificate_until",
    "frozen_on": "certificate_state",
    "cancelled_on": "certificate_state",
}


class KnownPeople:
    """The persons of a chunk of rows as they are known, and what each row would change; nothing is written."""

    def __init__(
        self,
        told: Sequence[Told],
        numbers: Sequence[RowNumbers],
        *,
        area: str,
        since: Month | None,
        on: date | None = None,
        moved_allowed: bool = False,
        who_only: bool = False,
    ) -> None:
        self.told, self.numbers, self.area = told, numbers, area
        self.who_only = who_only  # the rows tell who, and nothing about the persons that could change
        self.on = on or date.max  # the day that the rows came: nothing in them lies behind it
        self.since = since  # from when changed facts of a known person hold; None: from the beginning
        self.moved_allowed = moved_allowed
        self.found = [Person() for _row in told]
        self.first: dict[bytes, int] = {}
        self.known: dict[int, tuple[str, str, bytes | None, str, str]] = {}
        self.births: dict[int, date] = {}
        self.certificates: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.facts: dict[int, dict[str, object]] = defaultdict(dict)
        self.fact_sources: dict[tuple[int, str], tuple[str, Month | None]] = {}
        self.contradictions: dict[int, list[Contradicted]] = {}  # by place
        self.accounts: dict[int, tuple[str, str, bytes, int, bytes | None]] = {}
        self.released: dict[int, str] = {}  # of those who are not in custody any more, since when
        self.undo: dict[int, dict[str, Any]] = {}  # of known persons that were changed: what was there before
        self.extra_numbers: list[int] = []  # rows of known persons with a certificate number that is new

    def find(self, *, lock: bool) -> list[Person]:
        """Who the persons are, what would change, what does not fit."""
        ids = persons_by_index([n.index for n in self.numbers])
        owners = persons_by_index(
            [n.certificate_index for n in self.numbers if n.certificate_index], kind=CERTIFICATE_NUMBER
        )
        for place, (numbers, person) in enumerate(zip(self.numbers, self.found, strict=True)):
            person.person_id = ids.get(numbers.index, 0)
            first = self.first.setdefault(numbers.index, place)
            if first != place and self.told[first].name == self.told[place].name:
                add_told(self.told[first], self.told[place])
        self._read_known(sorted(set(ids.values())), lock)
        contested = self._contested()
        taken: dict[bytes, bytes] = {}
        for place, (row, numbers, person) in enumerate(zip(self.told, self.numbers, self.found, strict=True)):
            first = self.first[numbers.index]
            if (other := contested.get(place)) is not None:
                person.conflict, person.beside = ("name", "name_differs_in_file"), other
            elif numbers.certificate_index and (
                owners.get(numbers.certificate_index, person.person_id or -1) != (person.person_id or -1)
                or taken.setdefault(numbers.certificate_index, numbers.index) != numbers.index
            ):
                person.conflict = ("certificate_number", "certificate_taken")
            elif (fault := self._day_fault(row, person.person_id)) is not None:
                person.conflict = fault
            elif person.person_id:
                self._compare(
                    place,
                    row,
                    person,
                    numbers.certificate_index is not None and numbers.certificate_index not in owners,
                )
            else:
                person.division = row.division
        return self.found

    def _contested(self) -> dict[int, int]:
        """Rows whose number stands in this chunk with another name too, each with such a row: nobody can say which is
        right.

        Of a person already known the registered name decides.
        """
        names: dict[bytes, dict[str, int]] = defaultdict(dict)
        for place, (row, numbers, person) in enumerate(zip(self.told, self.numbers, self.found, strict=True)):
            if not person.person_id and row.name:
                names[numbers.index].setdefault(row.name, place)
        told = {index: places for index, places in names.items() if len(places) > 1}
        if not told:
            return {}
        return {
            place: next(other for name, other in told[numbers.index].items() if name != row.name)
            for place, (row, numbers) in enumerate(zip(self.told, self.numbers, strict=True))
            if numbers.index in told
        }

    def lives_elsewhere(self, person_id: int) -> bool:
        """Whether a known person's household register lies outside the file's area."""
        return not covers(self.area, self.known[person_id][1])

    def _read_known(self, ids: list[int], lock: bool) -> None:
        if not ids:
            return
        known = {
            row[0]: row[1:]
            for row in _rows(
                "select person_id, name, division_code, phone, address, phone_masked, birth from registry_person "
                "where person_id = any(%s) order by person_id" + (" for no key update" if lock else ""),
                [ids],
            )
        }
        self.births = {person_id: row[-1] for person_id, row in known.items()}
        self.known = {person_id: row[:-1] for person_id, row in known.items()}
        if self.who_only:
            return
        columns = ("person_id", "number", "category", "grade", *DATES, "components", "sequence")
        for row in _rows(
            f"select {', '.join(columns)} from registry_certificate where person_id = any(%s) "
            "order by issued_on, number",
            [ids],
        ):
            held = dict(zip(columns, row, strict=True))
            if isinstance(held["components"], str):
                held["components"] = json.loads(held["components"])
            self.certificates[row[0]].append(held)
        for person_id, key, value, source, since in _rows(
            "select distinct on (person_id, key) person_id, key, value, source, since from registry_fact "
            "where person_id = any(%s)"
            " order by person_id, key, since desc nulls last, number desc",
            [ids],
        ):
            self.facts[person_id][key] = json.loads(value) if isinstance(value, str) else value
            self.fact_sources[person_id, key] = source, Month.of(since) if since else None
        self._read_custody([person_id for person_id, told in self.facts.items() if "custody" in told])
        for account in _rows(
            "select person_id, bank, holder, sealed, number, handle from registry_bankaccount where until is null "
            "and person_id = any(%s)",
            [ids],
        ):
            self.accounts[account[0]] = account[1:]

    def _read_custody(self, ids: list[int]) -> None:
        """When the last custody of these began, and ended: told as a list and as a beginning, the later word holds."""
        for person_id, times in custody_times(ids).items():
            self.facts[person_id]["imprisoned_on"] = times[-1].since.isoformat()
            told, listed = (self.fact_sources.get((person_id, key), ("", None)) for key in ("imprisoned_on", "custody"))
            self.fact_sources[person_id, "imprisoned_on"] = max(told, listed, key=lambda one: strength(one[0]))
            if times[-1].until is not None:
                self.released[person_id] = times[-1].until.isoformat()

    def _compare(self, place: int, row: Told, person: Person, number_is_new: bool) -> None:
        name, division, phone, address, _masked = self.known[person.person_id]
        person.division = division
        if row.name and name_key(name) != row.name:
            person.conflict = ("name", "name_differs")
            return
        if not covers(self.area, division):
            if not self.moved_allowed:
                person.conflict = ("identity_number", "person_elsewhere")
                return
            person.division = row.division
            return  # what is known of a person elsewhere is not for this file to change
        if self.first[self.numbers[place].index] != place:
            return
        changes = person.changes
        self._compare_facts(place, row, person)
        self._compare_certificate(row, person)
        if number_is_new:
            self.extra_numbers.append(place)
        if row.account and self._account_differs(person.person_id, row):
            self._compare_account(row, person, name)
        if row.phone and (phone is None or vault.open_sealed(phone, phone_place(person.person_id)) != row.phone):
            changes["phone"] = (None, idnumber.mask_phone(row.phone))
        if row.address and address != row.address:
            changes["address"] = (None, "…")

    def _compare_facts(self, place: int, row: Told, person: Person) -> None:
        changes = person.changes
        for key, value in row.facts.items():
            held = self.facts[person.person_id].get(key)
            if key == "other_benefits" and isinstance(value, dict):  # those told alone change
                before = held if isinstance(held, dict) else {}
                if (value := merged(before, value)) != before:
                    changes[key] = (held, value)
                continue
            if held == value:
                continue
            again = key == "imprisoned_on" and self.released.get(person.person_id, "9") < str(value)
            if again or self._overrules(person.person_id, key, value, row.since or self.since):
                changes[key] = (held, value)
            else:
                person.remarks.append((key, "weaker_source"))
                source, _since = self.fact_sources[person.person_id, key]
                self.contradictions.setdefault(place, []).append(
                    (person.person_id, key, value, "", held, source, self.on)
                )

    def _day_fault(self, row: Told, person_id: int) -> tuple[str, str] | None:
        """The first day of a row that cannot be: (column, code)."""
        birth = self.births.get(person_id) or idnumber.birth_of(row.identity)
        days = {name: row.dates.get(name) for name in DATES}
        told = CertificateValue(  # (its days alone are looked at)
            "physical", 1, days["issued_on"], days["valid_until"], days["frozen_on"], days["cancelled_on"]
        )
        if (fault := certificate_fault(told, birth=birth, on=self.on)) is not None:
            return CERTIFICATE_COLUMNS[fault[0]], fault[1]
        issued = [c["issued_on"] for c in self.certificates.get(person_id, []) if c["issued_on"]]
        latest = max([*issued, *([days["issued_on"]] if days["issued_on"] else [])], default=None)
        for key in EVENTS:
            if (value := row.facts.get(key)) is not None:
                code = event_fault(key, date.fromisoformat(str(value)), birth=birth, on=self.on, issued_on=latest)
                if code is not None:
                    return key, code
        return None

    def _overrules(self, person_id: int, key: str, value: object, told_since: Month | None) -> bool:
        """Whether a file may take the place of what is held."""
        source, since = self.fact_sources.get((person_id, key), (None, None))
        return overrules(
            key,
            held=self.facts[person_id].get(key),
            held_source=source,
            held_since=since,
            told=value,
            source=FILE,
            since=told_since,
        )

    def _account_differs(self, person_id: int, row: Told) -> bool:
        held = self.accounts.get(person_id)
        return (
            held is None
            or (row.holder and held[1] != row.holder)
            or vault.open_sealed(held[2], account_place(person_id, held[4])) != row.account
        )

    def _compare_account(self, row: Told, person: Person, name: str) -> None:
        """A file gives a first account of the person's own name; any other takes a reason, a paper, and often a second
        person.
        """
        if person.person_id in self.accounts or (row.holder or name) != name:
            person.remarks.append(("account_number", "account_by_hand"))
        else:
            person.changes["account"] = (None, idnumber.mask(row.account, 4, 4))

    def _compare_certificate(self, row: Told, person: Person) -> None:
        if row.category is None or row.grade is None:
            return
        held = self.certificates.get(person.person_id, [])
        last = held[-1] if held else None
        if last is None:
            person.changes["certificate"] = (None, f"{row.category} {row.grade}")
            return
        alike = (last["category"], last["grade"]) == (row.category, row.grade)
        told = {name: row.dates[name] for name in DATES if name in row.dates}
        if last["sequence"] is not None:  # the Federation's own record
            if not alike:
                person.remarks.append(("certificate_number", "certificate_differs"))
        elif not alike or any(last[name] != value for name, value in told.items()) or self._parts_differ(last, row):
            person.changes["certificate"] = (f"{last['category']} {last['grade']}", f"{row.category} {row.grade}")

    def _parts_differ(self, last: dict[str, Any], row: Told) -> bool:
        told = class_table(row).get("components")
        return told is not None and read_components(told, "told") != read_components(last["components"], "held")
