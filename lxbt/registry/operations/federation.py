"""Taking the Federation's records into the registry: many at once, in any order, any number of times.

A record counts by its running number: the newest one of a person gives place, name and state, the newest one of a
certificate its values. One that comes late still adds the certificate or the earlier place that only it tells of.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from lxbt.audit.operations import record_system_events
from lxbt.core.months import Month
from lxbt.core.profile import Certificate
from lxbt.core.roster import county_of, mark_of
from lxbt.registry import queries
from lxbt.registry.operations.contradictions import keep_contradictions
from lxbt.registry.operations.duplicates import propose_owners
from lxbt.registry.operations.federation_records import SHOWN, ChunkRead, Taken, _loaded, _of_issue, _One
from lxbt.registry.operations.preparing import RecordNumbers, numbers_of, rounds
from lxbt.registry.operations.writing import copy_rows, update_rows
from lxbt.registry.rules import CERTIFICATE_NUMBER, IDENTITY
from lxbt.registry.rules.federation import (
    FederationRecord,
    certificate_of,
    place_in,
    places_missing,
    places_told,
    values_of,
)
from lxbt.registry.rules.sources import FEDERATION, overrules


@transaction.atomic
def take_federation_records(
    *,
    records: Sequence[FederationRecord],
    source: str,
    received_at: datetime,
    on: date,
    prepared: Sequence[RecordNumbers] | None = None,
    alongside: bool = False,
) -> Taken:
    """Take records as facts and certificates from `source`; every person changed is marked, with one line in the
    record.

    `received_at` is the moment of the message, `on` the day that facts are received on. One at a time in the whole
    system, by a lock until the end of the transaction. `prepared`: the numbers of each record, where they were prepared
    ahead.
    `alongside`: others that take other persons alongside may do so at once; IntegrityError where they meet in a number
    after all.
    """
    taken = Taken()
    if not records:
        return taken
    with connection.cursor() as cursor:
        cursor.execute(f"select pg_advisory_xact_lock{'_shared' if alongside else ''}(hashtext('registry.federation'))")
    numbers = (
        {id(record): found for record, found in zip(records, prepared, strict=True)} if prepared is not None else {}
    )
    for chosen in rounds(records):
        ones = [_One(record, numbers.get(id(record)) or numbers_of(record)) for record in chosen]
        while ones:
            chunk = _Chunk(ones, source, received_at, on)
            taken += chunk.take()
            ones = chunk.later
    return taken


class _Chunk(ChunkRead):
    """Records of different persons, taken by a fixed number of statements."""

    def take(self) -> Taken:
        """Everything in its order: who it is, what is new, what follows."""
        self.find_persons()
        self.sort_out()
        self.write_numbers()
        self.write_certificates()
        self.write_facts()
        self.write_entries()
        self.write_rest()
        count = {kind: sum(one.kind == kind for one in self.ones) for kind in ("new", "changed", "same", "older")}
        return Taken(**count, doubtful=sum(bool(one.doubts) for one in self.ones))

    def write_numbers(self) -> None:
        """New persons with their numbers, and new certificate numbers of persons known; a number of somebody else stays
        there.
        """
        made = [one for one in self.ones if one.made]
        copy_rows(
            "registry_person",
            (
                "person_id",
                "name",
                "pinyin",
                "sex",
                "birth",
                "division_code",
                "address",
                "phone_masked",
                "guardian_name",
                "guardian_relation",
            ),
            [
                (
                    o.person_id,
                    o.record.name,
                    o.numbers.initials or queries.initials(o.record.name),
                    o.record.sex,
                    o.record.birth,
                    o.record.division_code,
                    "",
                    "",
                    "",
                    "",
                )
                for o in made
            ],
        )
        numbers = [
            (
                IDENTITY,
                o.numbers.index,
                o.person_id,
                o.numbers.sealed_identity(),
            )
            for o in made
        ]
        taken: set[bytes] = set()
        for one in self.ones:
            fits = one.numbers.certificate_index is not None and "certificate_number" not in one.doubts
            if (
                one.numbers.certificate_index is None
                or not fits
                or one.numbers.certificate_index in self.owners
                or one.numbers.certificate_index in taken
            ):
                continue
            taken.add(one.numbers.certificate_index)
            numbers.append(
                (
                    CERTIFICATE_NUMBER,
                    one.numbers.certificate_index,
                    one.person_id,
                    one.numbers.sealed_certificate(),
                )
            )
        copy_rows("registry_identifier", ("kind", "index", "person_id", "sealed"), numbers)

    def write_certificates(self) -> None:
        """One row for each issue, with the values of the newest record of that issue."""
        fresh, changed = [], []
        for one in self.ones:
            if one.kind == "same" or one.day_doubted:  # a day that cannot be: nothing of the certificate is taken
                continue
            value = certificate_of(one.record)
            known = _of_issue(self.certificates[one.person_id], value)
            if known is None:
                fresh.append((one.person_id, *_certificate_values(value), self.source, self.on, one.record.sequence, 0))
                one.changes |= {name: (None, getattr(value, name)) for name in SHOWN}
            elif known["sequence"] is None or known["sequence"] < one.record.sequence:
                row = {
                    "person_id": one.person_id,
                    "number": known["number"],
                    "source": self.source,
                    "received_on": self.on,
                }
                changed.append({**row, **asdict(value), "sequence": one.record.sequence})
                one.changes |= {name: (known[name], getattr(value, name)) for name in SHOWN}
        columns = (
            "person_id",
            "category",
            "grade",
            "issued_on",
            "valid_until",
            "frozen_on",
            "cancelled_on",
            "source",
            "received_on",
            "sequence",
        )
        copy_rows("registry_certificate", (*columns, "backpay_months"), fresh)
        update_rows(
            "registry_certificate",
            ("person_id", "number"),
            changed,
            {
                "category": "text",
                "grade": "smallint",
                "issued_on": "date",
                "valid_until": "date",
                "frozen_on": "date",
                "cancelled_on": "date",
                "source": "text",
                "received_on": "date",
                "sequence": "bigint",
            },
        )

    def write_facts(self) -> None:
        """Place, birth and sex of new persons; for others what differs in place and death."""
        rows: list[tuple[Any, ...]] = []

        def add(person_id: int, key: str, value: object, since: Month | None = None) -> None:
            rows.append((person_id, key, json.dumps(value), since.first if since else None, self.source, self.on))

        recorded, died = self._recorded()
        for one in self.ones:
            if one.made:
                add(one.person_id, "birth", one.record.birth.isoformat())
                add(one.person_id, "sex", one.record.sex)
            if one.kind == "same":
                continue
            held = recorded.get(one.person_id, {})
            if one.moves[0][0] == 0:
                held.setdefault(None, one.moves[0][2])
            for month, division in places_missing(places_told(one.moves), held).items():
                add(one.person_id, "division", division, month)
                one.changes["division"] = (None if one.made else self.names[one.person_id][1], division)
            if one.kind != "older":
                self._death(one, died, add)
        copy_rows("registry_fact", ("person_id", "key", "value", "since", "source", "received_on"), rows)
        keep_contradictions(self.contradictions)

    def _death(self, one: _One, died: dict[int, tuple[Any, str | None]], add: Any) -> None:
        """A day of death, or that the Federation takes back what it told itself."""
        if "day:died_on" in one.doubts:
            return
        told = one.record.died_on.isoformat() if one.record.died_on else None
        known, source = died.get(one.person_id, (None, None))
        if told == known or (told is None and source != self.source):
            return
        if overrules(
            "died_on",
            held=known,
            held_source=source,
            held_since=None,
            told=told,
            source=FEDERATION,
            since=None,
        ):
            add(one.person_id, "died_on", told)
            one.changes["died_on"] = (known, told)
        else:
            self.contradictions.append((one.person_id, "died_on", told, FEDERATION, known, source or "", self.on))

    def _recorded(self) -> tuple[dict[int, dict[Month | None, str]], dict[int, tuple[Any, str | None]]]:
        """The places recorded from the Federation, and the last recorded day of death, by person."""
        known = [one.person_id for one in self.ones if not one.made and one.kind != "same"]
        places: dict[int, dict[Month | None, str]] = defaultdict(dict)
        died: dict[int, tuple[Any, str | None]] = {}
        if known:
            for row in self.rows(
                "select person_id, key, value, since, source from registry_fact where person_id = any(%s) "
                "and (key = 'died_on' or key = 'division' and source = %s)"
                " order by number",
                [known, self.source],
            ):
                value = _loaded(row["value"])
                if row["key"] == "died_on":
                    died[row["person_id"]] = (value, row["source"])
                else:
                    places[row["person_id"]][Month.of(row["since"]) if row["since"] else None] = value
        return places, died

    def write_entries(self) -> None:
        """The newest record of each number, and for all that they were told now."""
        fresh, newer, late = [], [], []
        for one in self.ones:
            record = one.record
            moves = json.dumps(
                [[number, str(month) if month else None, division] for number, month, division in one.moves]
            )
            row = {
                "person_id": one.person_id,
                "handle": one.numbers.handle.hex(),
                "confirmed_at": self.received_at.isoformat(),
            }
            if one.kind == "older":
                late.append(row | {"moves": moves})
            elif one.kind == "same":
                late.append(row | {"moves": None})
            else:
                mark = mark_of(one.numbers.handle, record.sequence, settings.LXBT_ROSTER_KEY)
                told = {
                    "mark": mark,
                    "county_code": county_of(record.division_code),
                    "division_code": record.division_code,
                    "sequence": record.sequence,
                    "values": json.dumps(values_of(record)),
                    "moves": moves,
                    "doubts": json.dumps(one.doubts),
                    "changed_at": record.changed_at.isoformat(),
                    "received_at": self.received_at.isoformat(),
                }
                if one.entry is None:
                    fresh.append((one.person_id, one.numbers.handle, *told.values(), not one.made, self.received_at))
                else:
                    newer.append(row | told)
        columns = (
            "mark",
            "county_code",
            "division_code",
            "sequence",
            "values",
            "moves",
            "doubts",
            "changed_at",
            "received_at",
        )
        copy_rows("registry_federationentry", ("person_id", "handle", *columns, "known_before", "confirmed_at"), fresh)
        types = dict(
            zip(
                columns,
                ("bigint", "text", "text", "bigint", "jsonb", "jsonb", "jsonb", "timestamptz", "timestamptz"),
                strict=True,
            )
        )
        update_rows(
            "registry_federationentry",
            ("person_id", "handle:hex"),
            newer,
            {**types, "confirmed_at": "timestamptz:later"},
        )
        update_rows(
            "registry_federationentry",
            ("person_id", "handle:hex"),
            late,
            {"moves": "jsonb:kept", "confirmed_at": "timestamptz:later"},
        )

    def write_rest(self) -> None:
        """Name and place of the person now, the marks for recounting, the queue of changes, the record."""
        touched = [one for one in self.ones if one.changes]
        newest = [one for one in self.ones if one.kind == "changed" and not one.made]
        persons = []
        for one in newest:
            known_before = one.entry["known_before"] if one.entry else True
            name, division = self.names[one.person_id]
            now = {
                "name": name if known_before else one.record.name,
                "division_code": one.record.division_code if "division" in one.changes else division,
            }
            if (name, division) != (now["name"], now["division_code"]):
                persons.append({"person_id": one.person_id, "pinyin": queries.initials(now["name"]), **now})
        update_rows(
            "registry_person", ("person_id",), persons, {"name": "text", "pinyin": "text", "division_code": "text"}
        )
        copy_rows("registry_change", ("person_id",), [(one.person_id,) for one in touched])
        copy_rows(
            "registry_federationchange",
            ("person_id", "sequence", "before", "after", "changed_at", "received_at"),
            [
                (
                    one.person_id,
                    one.record.sequence,
                    json.dumps(before) if before else None,
                    json.dumps(values_of(one.record)),
                    one.record.changed_at,
                    self.received_at,
                )
                for one in self.ones
                if one.kind in ("new", "changed") and self.is_news(one)
                for before in [self.before[one.person_id]]
            ],
        )
        record_system_events(
            "federation.recorded",
            "person",
            [
                (
                    one.person_id,
                    place_in(places_told(one.moves), Month(9999, 12)) or one.record.division_code,
                    {
                        "source": self.source,
                        "sequence": one.record.sequence,
                        "changed_at": one.record.changed_at.isoformat(),
                        "doubts": one.doubts,
                    },
                    one.changes,
                )
                for one in touched
            ],
        )

        if self.owned:
            propose_owners(self.owned, self.received_at)


def _certificate_values(value: Certificate) -> tuple[Any, ...]:
    return value.category, value.grade, value.issued_on, value.valid_until, value.frozen_on, value.cancelled_on
