"""A person's record as it travels from the Federation: the DisabledPerson object of the Disability Registry. Pure.

What the specification has no place for travels in `personal_details.additional_attributes`, under names that begin with
`cn_`; `docs/dci.md` lists them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, get_args

from lxbt.core import idnumber
from lxbt.core.profile import CATEGORIES, SEXES
from lxbt.core.readers.persons import name_key
from lxbt.exchange.rules.envelope import Fault, table
from lxbt.registry.rules.federation import CertificateState, FederationRecord

REG_TYPE = "ns:org:RegistryType:DR"
RECORD_TYPE = "spdci-extensions-dci:DisabledPerson"
EVENT = "REGISTER"
IDENTITY_TYPE, CERTIFICATE_TYPE = "UIN", "DRN"  # 身份证号, 残疾人证号
IDENTIFIERS = {IDENTITY_TYPE: "identity_number", "CN.RIC": "identity_number", CERTIFICATE_TYPE: "certificate_number"}
ATTRIBUTES = (
    "division_code",
    "county_code",
    "last_updated",
    "sequence",
    "handle",
    "category",
    "grade",
    "state",
    "birth_date",
    "valid_until",
)

IMPAIRMENTS = {"vision": "1", "hearing": "2", "physical": "3", "intellectual": "4", "speech": "5", "mental": "6"}
LEVELS = {1: "4", 2: "3", 3: "2", 4: "1"}  # ImpairmentLevel runs from 1 mild to 4 extreme, grades the other way
STATUS = {
    "valid": "0",
    "moved": "0",
    "expired": "2",
    "frozen": "2",
    "cancelled": "2",
}  # DisabilityStatus knows approved, pending, expired
STATES: tuple[str, ...] = get_args(CertificateState)


def write_record(record: FederationRecord) -> dict[str, Any]:
    """The DisabledPerson object of a record."""
    day = date.isoformat
    extra: dict[str, Any] = {
        "cn_division_code": record.division_code,
        "cn_category": record.category,
        "cn_grade": record.grade,
        "cn_state": record.state,
        "cn_issued_on": day(record.issued_on),
        "cn_sequence": record.sequence,
    }
    for name, value in (("cn_valid_until", record.valid_until), ("cn_state_on", record.state_on)):
        if value is not None:
            extra[name] = day(value)
    person: dict[str, Any] = {
        "name": {"surname": record.name[:1], "given_name": record.name[1:]},
        "sex": record.sex,
        "birth_date": day(record.birth),
    }
    if record.died_on is not None:
        person["death_date"] = day(record.died_on)
    kinds = list(IMPAIRMENTS) if record.category == "multiple" else [record.category]
    updated = record.changed_at.isoformat()
    return {
        "personal_details": {
            "member_identifier": [
                {"identifier_type": IDENTITY_TYPE, "identifier_value": record.identity_number},
                {"identifier_type": CERTIFICATE_TYPE, "identifier_value": record.certificate_number},
            ],
            "demographic_info": person,
            "is_disabled": record.state in ("valid", "moved"),
            "additional_attributes": extra,
            "last_updated": updated,
        },
        "disability_status": STATUS[record.state],
        "disability_status_level": str(record.grade),
        "disability_details": [
            {"impairment_type": IMPAIRMENTS[kind], "impairment_level": LEVELS[record.grade]} for kind in kinds
        ],
        "registration_date": day(record.issued_on),
        "last_updated": updated,
    }


def read_record(told: Mapping[str, Any], where: str = "record") -> FederationRecord:
    """The record in a DisabledPerson object; Fault when a value is missing or is none."""
    details = table(told.get("personal_details"), f"{where}.personal_details")
    extra = table(details.get("additional_attributes"), f"{where}.additional_attributes")
    person = table(details.get("demographic_info"), f"{where}.demographic_info")
    numbers = {
        one.get("identifier_type"): one.get("identifier_value")
        for one in details.get("member_identifier") or []
        if isinstance(one, Mapping)
    }
    name = table(person.get("name"), f"{where}.name")
    identity = idnumber.normalise(str(numbers.get(IDENTITY_TYPE) or ""))
    certificate = idnumber.normalise(str(numbers.get(CERTIFICATE_TYPE) or ""))
    if not idnumber.is_valid(identity):
        raise Fault(f"{where}.member_identifier", "no valid identity number")
    division = str(extra.get("cn_division_code") or "")
    if len(division) != 12 or not division.isascii() or not division.isdigit():
        raise Fault(f"{where}.cn_division_code", "must be 12 digits")
    grade, sequence = extra.get("cn_grade"), extra.get("cn_sequence")
    if isinstance(grade, bool) or grade not in (1, 2, 3, 4):
        raise Fault(f"{where}.cn_grade", "must be 1 to 4")
    if isinstance(sequence, bool) or not isinstance(sequence, int) or not 0 < sequence < 2**63:
        raise Fault(f"{where}.cn_sequence", "must be a whole number above 0")
    full_name = name_key(f"{name.get('surname') or ''}{name.get('given_name') or ''}")
    if not 1 <= len(full_name) <= 60:
        raise Fault(f"{where}.name", "must have 1 to 60 characters")
    issued, birth = (
        _day(extra.get("cn_issued_on"), where, "cn_issued_on"),
        _day(person.get("birth_date"), where, "birth_date"),
    )
    if issued is None or birth is None:
        raise Fault(where, "cn_issued_on and birth_date must be there")
    return FederationRecord(
        identity_number=identity,
        name=full_name,
        sex=_one_of(person.get("sex"), SEXES, where, "sex"),
        birth=birth,
        division_code=division,
        certificate_number=certificate,
        category=_one_of(extra.get("cn_category"), CATEGORIES, where, "cn_category"),
        grade=grade,
        issued_on=issued,
        valid_until=_day(extra.get("cn_valid_until"), where, "cn_valid_until"),
        state=_one_of(extra.get("cn_state"), STATES, where, "cn_state"),  # type: ignore[arg-type]
        state_on=_day(extra.get("cn_state_on"), where, "cn_state_on"),
        died_on=_day(person.get("death_date"), where, "death_date"),
        sequence=sequence,
        changed_at=_moment(told.get("last_updated"), where),
    )


COLUMNS = tuple(one.name for one in fields(FederationRecord))


def read_file(content: bytes) -> Iterator[FederationRecord]:
    """The records of a bulk file (CSV in UTF-8, the columns of a record).

    One line of wrong form refuses the file: Fault names the line.
    """
    rows = csv.reader(io.StringIO(content.decode()))
    if tuple(next(rows, ())) != COLUMNS:
        raise Fault("file", f"the first line must be {','.join(COLUMNS)}")
    day, moment = date.fromisoformat, datetime.fromisoformat
    for number, row in enumerate(rows):
        try:
            (
                identity,
                name,
                sex,
                birth,
                division,
                certificate,
                category,
                grade,
                issued,
                until,
                state,
                state_on,
                died,
                sequence,
                changed,
            ) = row
            record = FederationRecord(
                idnumber.normalise(identity),
                name_key(name),
                sex,
                day(birth),
                division,
                certificate,
                category,
                int(grade),
                day(issued),
                day(until) if until else None,
                state,  # type: ignore[arg-type]
                day(state_on) if state_on else None,
                day(died) if died else None,
                int(sequence),
                moment(changed),
            )
        except ValueError:
            raise Fault(f"file, line {number + 2}", "must be a record") from None
        if (
            sex not in SEXES
            or category not in CATEGORIES
            or state not in STATES
            or not 1 <= record.grade <= 4
            or not idnumber.is_valid(record.identity_number)
        ):
            raise Fault(f"file, line {number + 2}", "must be a record")
        yield record


def _one_of(value: object, known: tuple[str, ...], where: str, name: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise Fault(f"{where}.{name}", f"must be one of {', '.join(known)}")
    return value


def _day(value: object, where: str, name: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Fault(f"{where}.{name}", "must be a day, YYYY-MM-DD") from None


def _moment(value: object, where: str) -> datetime:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise Fault(f"{where}.last_updated", "must be a moment") from None
    if found.tzinfo is None:
        raise Fault(f"{where}.last_updated", "must have a time zone")
    return found
