"""A record of another body's list as it travels: what `matching.rules.lists` names, in an object like those of the
registers. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxbt.core import idnumber
from lxbt.core.months import Month
from lxbt.divisions.rules import covers
from lxbt.exchange.rules.envelope import Fault, table, text, whole
from lxbt.matching.rules.lists import LISTS, Column, Complete, ListRow, ToldRecord, ValueKind, event_day_fault

REG_TYPE = "ns:org:RegistryType:CN-LIST"
RECORD_TYPE = "lxbt:ListRecord"
EVENT = "REGISTER"
IDENTITY_TYPE = "UIN"  # 身份证号
IDENTIFIERS = (IDENTITY_TYPE, "CN.RIC")
ATTRIBUTES = ("list",)
LONGEST = {"value": 60, "place": 120, "reference": 60, "note": 120}
APART = ("name", "identity_number", "birth")  # told as of every register, not among the values
MOST = Decimal("9999999.99")
_EARLIEST = date(1900, 1, 1)


class NotGranted(Exception):
    """The list is none of those, or the area lies outside those, that the body may tell."""


def write_record(record: ToldRecord) -> dict[str, Any]:
    """The object of a record."""
    row = record.row
    values: dict[str, Any] = {}
    for column in LISTS[record.kind].columns:
        value = getattr(row, column.key)
        if column.key not in APART and value not in ("", None):
            values[column.key] = str(value)
    person: dict[str, Any] = {"name": {"surname": row.name[:1], "given_name": row.name[1:]}}
    if row.birth is not None:
        person["birth_date"] = row.birth.isoformat()
    numbers = (
        [{"identifier_type": IDENTITY_TYPE, "identifier_value": row.identity_number}] if row.identity_number else []
    )
    told = {
        "list": record.kind,
        "division_code": record.division_code,
        "record_id": record.record_id,
        "sequence": record.sequence,
    }
    return told | (
        {"withdrawn": True}
        if record.withdrawn
        else {"member_identifier": numbers, "demographic_info": person, "values": values}
    )


def write_complete(one: Complete) -> dict[str, Any]:
    """The object that says that a roster is complete."""
    return {
        "list": one.kind,
        "division_code": one.division_code,
        "sequence": one.sequence,
        "complete": {"as_of": one.as_of.isoformat(), "count": one.count},
    }


def check_granted(told: Mapping[str, Any], lists: Collection[str], areas: Collection[str], where: str) -> None:
    """Fault for a list that is none, NotGranted for one that this body may not tell, or for an area of
    somebody else.
    """
    kind = text(told, "list", where)
    if kind not in LISTS:
        raise Fault(f"{where}.list", f"must be one of {', '.join(LISTS)}", "rjct.notify_types.invalid")
    area = told.get("division_code")
    if kind not in lists or (area is not None and not any(covers(one, str(area)) for one in areas)):
        raise NotGranted(f"{where}: this list, or this area, was not granted")


def read_record(
    told: Mapping[str, Any], areas: Collection[str], on: date, where: str = "record"
) -> ToldRecord | Complete:
    """The record in an object; Fault when a value is missing or is none.

    Without an area, a body of one area speaks of that.
    """
    kind = LISTS[text(told, "list", where)]
    sequence = whole(told, "sequence", where, low=1, high=2**63 - 1)
    area = told.get("division_code", next(iter(areas)) if len(areas) == 1 else None)
    if not isinstance(area, str) or len(area) != 12 or not area.isascii() or not area.isdigit():
        raise Fault(f"{where}.division_code", "must be 12 digits")
    if "complete" in told:
        complete = table(told["complete"], f"{where}.complete")
        count = whole(complete, "count", f"{where}.complete", low=0, high=2**31 - 1)
        return Complete(
            kind.key, area, sequence, _day(complete.get("as_of"), f"{where}.complete.as_of", latest=on), count
        )
    record_id = text(told, "record_id", where)
    withdrawn = told.get("withdrawn", False)
    if not isinstance(withdrawn, bool):
        raise Fault(f"{where}.withdrawn", "must be true or false")
    row = ListRow(row=min(sequence, 2**31 - 1), name="") if withdrawn else _row(told, kind.columns, sequence, on, where)
    return ToldRecord(kind.key, area, record_id, sequence, row, withdrawn)


def _row(told: Mapping[str, Any], columns: tuple[Column, ...], sequence: int, on: date, where: str) -> ListRow:
    person = table(told.get("demographic_info"), f"{where}.demographic_info")
    name = table(person.get("name"), f"{where}.name")
    full_name = f"{name.get('surname') or ''}{name.get('given_name') or ''}".strip()
    if not 1 <= len(full_name) <= 60 or "\x00" in full_name:
        raise Fault(f"{where}.name", "must have 1 to 60 characters")
    number = identity_number_of(told)
    if number and not idnumber.is_valid(number):
        raise Fault(f"{where}.member_identifier", "no valid identity number")
    birth = person.get("birth_date")
    given = table(told.get("values") or {}, f"{where}.values")
    known = {column.key: column for column in columns if column.key not in APART}
    if set(given) - set(known):
        raise Fault(f"{where}.values", f"knows {', '.join(known)}")
    values = {key: _value(column, given.get(key), on, f"{where}.values.{key}") for key, column in known.items()}
    since, until = values.get("since_month"), values.get("until_month")
    if since is not None and until is not None and until < since:
        raise Fault(f"{where}.values.until_month", "must not lie before since_month")
    row = ListRow(
        row=min(sequence, 2**31 - 1),
        name=full_name,
        identity_number=number,
        birth=_day(birth, f"{where}.birth_date", latest=on) if birth is not None else None,
        **{key: value for key, value in values.items() if value is not None},
    )
    if event_day_fault(row, on=on) is not None:
        raise Fault(f"{where}.values.event_on", "must not lie before the birth, nor before 1900")
    return row


def identity_number_of(told: Mapping[str, Any]) -> str:
    """The identity number that a record names, as it is written here; empty without one."""
    numbers = told.get("member_identifier") or []
    found = [
        one.get("identifier_value")
        for one in numbers
        if isinstance(one, Mapping) and one.get("identifier_type") in IDENTIFIERS
    ]
    return idnumber.normalise(str(found[0] or "")) if found else ""


def _value(column: Column, value: object, on: date, where: str) -> Any:
    if value is None or value == "":
        if column.required:
            raise Fault(where, "must be there")
        return None
    if column.kind == ValueKind.DATE:
        return _day(value, where, latest=on)
    if not isinstance(value, str):
        raise Fault(where, "must be a text")
    if column.kind == ValueKind.MONTH:
        try:
            return Month.parse(value)
        except ValueError:
            raise Fault(where, "must be a month, YYYY-MM") from None
    if column.kind == ValueKind.MONEY:
        return _money(value, where)
    if column.kind == ValueKind.CHOICE and value not in column.choices.values():
        raise Fault(where, f"must be one of {', '.join(sorted(set(column.choices.values())))}")
    if len(value) > LONGEST.get(column.key, 60) or "\x00" in value:
        raise Fault(where, f"must be a text of 1 to {LONGEST.get(column.key, 60)} characters")
    return value


def _money(value: str, where: str) -> Decimal:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= MOST or amount != round(amount, 2):
        raise Fault(where, f"must be yuan with two places, up to {MOST}")
    return round(amount, 2)


def _day(value: object, where: str, *, latest: date) -> date:
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Fault(where, "must be a day, YYYY-MM-DD") from None
    if not _EARLIEST <= day <= latest:
        raise Fault(where, "must not lie ahead, nor before 1900")
    return day
