"""What one row of a file tells of a person, and its numbers as they are looked up and kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings

from lxbt.core import crypto, idnumber
from lxbt.core.profile import CATEGORIES
from lxbt.registry import queries
from lxbt.registry.models import number_place
from lxbt.registry.rules import CERTIFICATE_NUMBER, IDENTITY

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


@dataclass(slots=True)
class Numbers:
    """A row's numbers as they are looked up and kept; made without the database, by another process where there are many."""

    index: bytes
    certificate_index: bytes | None = None
    sealed_identity: bytes | None = None
    sealed_certificate: bytes | None = None
    account_handle: bytes | None = None
    phone_handle: bytes | None = None
    initials: str = ""


@dataclass(slots=True)
class Person:
    """What became of a row's person. `conflict` (column, code) says why nothing may be written; `remarks` what was noticed."""

    person_id: int = 0
    made: bool = False
    division: str = ""
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    conflict: tuple[str, str] | None = None
    beside: int | None = None  # the row that the conflict is with
    remarks: list[tuple[str, str]] = field(default_factory=list)


def numbers_of(told: Sequence[Told], *, sealed: bool) -> list[Numbers]:
    """The numbers of many rows; `sealed` also as they will be kept, for persons who are likely to be new."""
    key, current = settings.LXBT_INDEX_KEY, settings.LXBT_KEYRING.current
    cipher, index_of, seal = settings.LXBT_KEYRING[current], crypto.index_of, crypto.seal
    found = []
    for row in told:
        numbers = Numbers(
            index_of(IDENTITY, row.identity, key),
            index_of(CERTIFICATE_NUMBER, row.certificate_number, key) if row.certificate_number else None,
        )
        if sealed:
            numbers.sealed_identity = seal(row.identity, cipher, current, number_place(IDENTITY, numbers.index))
            numbers.initials = queries.initials(row.name)
            if row.certificate_number:
                place = number_place(CERTIFICATE_NUMBER, numbers.certificate_index)
                numbers.sealed_certificate = seal(row.certificate_number, cipher, current, place)
            if row.account:
                numbers.account_handle = queries.account_handle(row.account)
            if row.phone:
                numbers.phone_handle = queries.phone_handle(row.phone)
        found.append(numbers)
    return found


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
    for name in ("phone", "address", "guardian_name", "guardian_relation"):
        if not getattr(first, name):
            setattr(first, name, getattr(other, name))
    if not first.account:
        first.bank, first.holder, first.account = other.bank, other.holder, other.account


@lru_cache(maxsize=1 << 16)
def told_json(value: object) -> str:
    """A fact's value as the table holds it: few values are told of many."""
    return json.dumps(value)


def class_of(certificate_number: str) -> tuple[str, int] | None:
    """Category and grade that a certificate number tells; None when it is none."""
    parts = idnumber.certificate_parts(certificate_number)
    return (CATEGORIES[parts[1] - 1], parts[2]) if parts else None
