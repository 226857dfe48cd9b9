"""What one row of a file tells of a person, and its numbers as they are looked up and kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from lxbt.core import idnumber
from lxbt.core.months import Month
from lxbt.core.profile import CATEGORIES
from lxbt.registry import queries
from lxbt.registry.operations.numbers import Numbers
from lxbt.registry.rules.benefits import merged

DATES = ("issued_on", "valid_until", "frozen_on", "cancelled_on")


@dataclass(slots=True)
class Told:
    """What one row tells of a person. Numbers are normalised and checked; `facts` are values of the profile as JSON."""

    identity: str
    name: str
    division: str
    certificate_number: str = ""
    category: str | None = None
    grade: int | None = None
    dates: Mapping[str, date] = field(default_factory=dict)  # of the certificate, by DATES
    facts: Mapping[str, object] = field(default_factory=dict)
    bank: str = ""
    holder: str = ""
    account: str = ""
    phone: str = ""
    address: str = ""
    guardian_name: str = ""
    guardian_relation: str = ""
    components: Sequence[Mapping[str, object]] = ()  # of a multiple disability
    since: Month | None = None  # from when the facts hold; None: as the file says


@dataclass(slots=True)
class RowNumbers(Numbers):
    """A row's numbers, with what its account and telephone are known by."""

    account_handle: bytes | None = None
    phone_handle: bytes | None = None


@dataclass(slots=True)
class Person:
    """What became of a row's person.

    `conflict` (column, code) says why nothing may be written; `remarks` what was noticed.
    """

    person_id: int = 0
    made: bool = False
    division: str = ""
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    conflict: tuple[str, str] | None = None
    beside: int | None = None  # the row that the conflict is with
    remarks: list[tuple[str, str]] = field(default_factory=list)


def numbers_of(rows: Sequence[Told], *, sealed: bool) -> list[RowNumbers]:
    """The numbers of many rows; `sealed` also as they will be kept, for persons who are likely to be new."""
    made = []
    for row in rows:
        numbers = RowNumbers(row.identity, row.certificate_number)
        if sealed:
            numbers.prepare(row.name)
            if row.account:
                numbers.account_handle = queries.account_handle(row.account)
            if row.phone:
                numbers.phone_handle = queries.phone_handle(row.phone)
        made.append(numbers)
    return made


def add_told(first: Told, other: Told) -> None:
    """What another row tells of the same person beside the first."""
    first.facts = {**other.facts, **first.facts}
    if first.category is None:
        first.category, first.grade, first.dates, first.certificate_number = (
            other.category,
            other.grade,
            other.dates,
            first.certificate_number or "",
        )
    first.components, first.since = first.components or other.components, first.since or other.since
    for name in ("phone", "address", "guardian_name", "guardian_relation"):
        if not getattr(first, name):
            setattr(first, name, getattr(other, name))
    if not first.account:
        first.bank, first.holder, first.account = other.bank, other.holder, other.account


@lru_cache(maxsize=1 << 16)
def told_json(value: object) -> str:
    """A fact's value as the table holds it: few values are told of many."""
    return json.dumps(value)


def fact_json(value: object) -> str:
    """The same of any value: of benefits, those received."""
    if isinstance(value, dict):
        return json.dumps(merged({}, value))
    return json.dumps(value) if isinstance(value, list) else told_json(value)


def class_table(row: Told) -> dict[str, object]:
    """What a row tells of the class of a certificate, as JSON."""
    components = list(row.components) if row.category == "multiple" else []
    return {"category": row.category, "grade": row.grade, **({"components": components} if components else {})}


def class_of(certificate_number: str) -> tuple[str, int] | None:
    """Category and grade that a certificate number tells; None when it is none."""
    parts = idnumber.certificate_parts(certificate_number)
    return (CATEGORIES[parts[1] - 1], parts[2]) if parts else None
