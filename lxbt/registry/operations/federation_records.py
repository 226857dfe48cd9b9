"""Records of the Federation on their way in: whose they are, and what is new in them."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from lxbt.core.months import Month
from lxbt.core.profile import Certificate
from lxbt.registry.operations.contradictions import Contradicted
from lxbt.registry.operations.preparing import RecordNumbers
from lxbt.registry.operations.writing import next_numbers
from lxbt.registry.rules import CERTIFICATE_NUMBER, IDENTITY
from lxbt.registry.rules.federation import (
    FederationRecord,
    Move,
    days_doubted,
    doubts_in,
    move_of,
    values_of,
    with_move,
)

RECENT = timedelta(days=180)  # a first record of a certificate issued longer ago is history, not news


SHOWN = ("category", "grade", "valid_until", "frozen_on", "cancelled_on")


@dataclass(frozen=True)
class Taken:
    """How many records were of persons new to us, newer than what was held, the same, older; and how many hold
    something doubtful.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    older: int = 0
    doubtful: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(*(a + b for a, b in zip(asdict(self).values(), asdict(other).values(), strict=True)))


@dataclass
class _One:
    """A record on its way in."""

    record: FederationRecord
    numbers: RecordNumbers
    person_id: int = 0
    made: bool = False
    entry: dict[str, Any] | None = None
    kind: str = ""
    moves: list[Move] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def day_doubted(self) -> bool:
        """Whether a day of the certificate cannot be."""
        return any(doubt.startswith("day:") and doubt != "day:died_on" for doubt in self.doubts)


def _of_issue(held: list[dict[str, Any]], value: Certificate) -> dict[str, Any] | None:
    """The row of that issue; one known without its day of issue is it when all else is alike."""
    for row in held:
        if row["issued_on"] == value.issued_on:
            return row
    alike = (value.category, value.grade, value.valid_until)
    return next(
        (
            row
            for row in held
            if row["issued_on"] is None and (row["category"], row["grade"], row["valid_until"]) == alike
        ),
        None,
    )


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


class ChunkRead:
    """Records of different persons: who they are and what of them is new, by a fixed number of statements."""

    def __init__(self, ones: list[_One], source: str, received_at: datetime, on: date) -> None:
        self.ones = ones
        self.source, self.received_at, self.on = source, received_at, on
        self.certificates: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.names: dict[int, tuple[str, str]] = {}
        self.births: dict[int, date] = {}
        self.owners: dict[bytes, int] = {}
        self.before: dict[int, dict[str, Any] | None] = {}
        self.owned: list[tuple[int, int]] = []  # persons told with a number that is another's
        self.contradictions: list[Contradicted] = []
        self.later: list[_One] = []  # other numbers of a person who is in this chunk already

    def rows(self, sql: str, params: list[Any]) -> list[dict[str, Any]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def find_persons(self) -> None:
        wanted = [(IDENTITY, one.numbers.index) for one in self.ones] + [
            (CERTIFICATE_NUMBER, one.numbers.certificate_index) for one in self.ones if one.numbers.certificate_index
        ]
        found = self.rows(
            'select i.kind, i."index", i.person_id from unnest(%s::text[], %s::bytea[]) w (kind, index) '
            'join registry_identifier i on i.kind = w.kind and i."index" = w.index',
            [[kind for kind, _index in wanted], [index for _kind, index in wanted]],
        )
        persons = {bytes(row["index"]): row["person_id"] for row in found if row["kind"] == IDENTITY}
        self.owners = {bytes(row["index"]): row["person_id"] for row in found if row["kind"] == CERTIFICATE_NUMBER}
        for one in self.ones:
            one.person_id = persons.get(one.numbers.index, 0)
        unknown = [one for one in self.ones if not one.person_id]
        for one, number in zip(unknown, next_numbers("registry_person_person_id_seq", len(unknown)), strict=True):
            one.person_id, one.made = number, True
        first: dict[int, _One] = {}
        for one in self.ones:
            first.setdefault(one.person_id, one)
        self.later = [_One(one.record, one.numbers) for one in self.ones if first[one.person_id] is not one]
        self.ones = list(first.values())
        known = sorted(one.person_id for one in self.ones if not one.made)
        if not known:
            return
        for row in self.rows(
            "select person_id, name, division_code, birth from registry_person where person_id = any(%s) "
            "order by person_id for no key update",
            [known],
        ):
            self.names[row["person_id"]] = (row["name"], row["division_code"])
            self.births[row["person_id"]] = row["birth"]
        entries = {
            bytes(row["handle"]): row
            for row in self.rows(
                "select person_id, handle, sequence, values, moves, known_before, doubts "
                "from registry_federationentry where person_id = any(%s)",
                [known],
            )
        }
        for one in self.ones:
            one.entry = entries.get(one.numbers.handle)
            if one.entry is not None:
                one.entry = {**one.entry, **{name: _loaded(one.entry[name]) for name in ("values", "moves", "doubts")}}
        for row in self.rows(
            "select person_id, number, issued_on, category, grade, valid_until, frozen_on, cancelled_on, sequence "
            "from registry_certificate where person_id = any(%s)",
            [known],
        ):
            self.certificates[row["person_id"]].append(row)

    def sort_out(self) -> None:
        """For each record whether it is new, newer, the same, older, and what in it is doubtful."""
        for one in self.ones:
            entry, record = one.entry, one.record
            self.before[one.person_id] = entry["values"] if entry else None
            owner = self.owners.get(one.numbers.certificate_index or b"")
            known_before = entry["known_before"] if entry else not one.made
            name = self.names[one.person_id][0] if known_before and one.person_id in self.names else None
            one.doubts = doubts_in(record, name=name, number_of_another=owner is not None and owner != one.person_id)
            one.doubts += days_doubted(
                record, birth=record.birth if one.made else self.births[one.person_id], on=self.on
            )
            if owner is not None and owner != one.person_id:
                self.owned.append((one.person_id, owner))
            if entry is None:
                one.kind = "new" if one.made else "changed"
                one.moves = [] if one.made else [(0, None, self.names[one.person_id][1])]
            else:
                one.kind = (
                    "same"
                    if record.sequence == entry["sequence"]
                    else "changed"
                    if record.sequence > entry["sequence"]
                    else "older"
                )
                one.moves = [
                    (number, Month.parse(month) if month else None, division)
                    for number, month, division in entry["moves"]
                ]
            if one.kind != "same":
                one.moves = with_move(one.moves, move_of(record))

    def is_news(self, one: _One) -> bool:
        """Whether somebody may have to do something: a change, a fresh certificate, or a first record that says other
        than what was known.
        """
        if one.entry is not None:
            return bool(values_of(one.record) != one.entry["values"])
        if one.made:
            return (
                one.record.issued_on > self.on - RECENT and one.record.state == "valid" and one.record.died_on is None
            )
        return any(before != after for before, after in one.changes.values())
