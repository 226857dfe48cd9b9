"""Records of lists as they travel: what is written is read again, and what is wrong is named."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lxbt.core.months import Month
from lxbt.exchange.rules import list_records as lr
from lxbt.exchange.rules.envelope import Fault
from lxbt.matching.rules.lists import LISTS, Complete, ListRow, ToldRecord, ValueKind, event_day_fault
from tests import factories as f

ON = date(2026, 6, 20)
AREA = f.COUNTY
DAYS = st.dates(date(1901, 1, 1), ON)
TEXTS = st.text("甲乙丙丁0123456789abc", min_size=1, max_size=20)


@st.composite
def records(draw: Any) -> ToldRecord:
    kind = LISTS[draw(st.sampled_from(sorted(LISTS)))]
    values: dict[str, Any] = {}
    for column in kind.columns:
        if column.key in lr.APART or (not column.required and draw(st.booleans())):
            continue
        if column.kind == ValueKind.DATE:
            values[column.key] = draw(DAYS)
        elif column.kind == ValueKind.MONTH:
            values[column.key] = Month(2020 if column.key == "since_month" else 2025, draw(st.integers(1, 12)))
        elif column.kind == ValueKind.MONEY:
            values[column.key] = draw(st.decimals(0, 99999, places=2))
        elif column.kind == ValueKind.CHOICE:
            values[column.key] = draw(st.sampled_from(sorted(set(column.choices.values()))))
        else:
            values[column.key] = draw(TEXTS)
    sequence = draw(st.integers(1, 2**40))
    number = draw(st.sampled_from(["", f.identity_number(serial=13)]))
    row = ListRow(min(sequence, 2**31 - 1), draw(TEXTS), number, draw(st.none() | DAYS), **values)
    assume(event_day_fault(row, on=ON) is None)
    return ToldRecord(kind.key, AREA, draw(TEXTS), sequence, row)


@given(records())
def test_a_record_is_read_as_it_was_written(record: ToldRecord) -> None:
    assert lr.read_record(lr.write_record(record), [AREA], ON) == record


def test_a_record_taken_back_and_a_complete_roster_are_read_as_they_were_written() -> None:
    gone = ToldRecord("deaths", AREA, "r1", 4, ListRow(4, ""), withdrawn=True)
    whole = Complete("dibao", AREA, 9, date(2026, 5, 31), 120)
    assert lr.read_record(lr.write_record(gone), [AREA], ON) == gone
    assert lr.read_record(lr.write_complete(whole), [AREA], ON) == whole


def test_a_body_of_one_area_need_not_name_it() -> None:
    told = death()
    del told["division_code"]
    assert lr.read_record(told, [AREA], ON).division_code == AREA
    with pytest.raises(Fault, match="division_code"):
        lr.read_record(told, [AREA, "420103000000"], ON)


def death(**values: Any) -> dict[str, Any]:
    row = ListRow(1, "吴德明", f.identity_number(), event_on=date(2026, 5, 2), value="police")
    told = lr.write_record(ToldRecord("deaths", AREA, "r1", 1, row))
    return told | {"values": told["values"] | values}


@pytest.mark.parametrize(
    ("told", "named"),
    [
        (death(event_on=None), "event_on"),
        (death(event_on=str(ON + timedelta(days=1))), "event_on"),
        (death(event_on="2026-02-30"), "event_on"),
        (death(value="hearsay"), "value"),
        (death(amount="12.00"), "values"),
        (death() | {"sequence": 0}, "sequence"),
        (death() | {"sequence": True}, "sequence"),
        (death() | {"record_id": ""}, "record_id"),
        (death() | {"demographic_info": {"name": {}}}, "name"),
        (
            death() | {"member_identifier": [{"identifier_type": "UIN", "identifier_value": "420102198005010018"}]},
            "member_identifier",
        ),
        (death() | {"division_code": "42"}, "division_code"),
        (death() | {"withdrawn": "yes"}, "withdrawn"),
    ],
)
def test_what_is_wrong_is_named(told: dict[str, Any], named: str) -> None:
    with pytest.raises(Fault, match=named):
        lr.read_record(told, [AREA], ON)


def test_money_has_two_places_and_is_no_number_without_end() -> None:
    row = ListRow(1, "某人", f.identity_number(), since_month=Month(2026, 1), amount=Decimal("1800.00"))
    told = lr.write_record(ToldRecord("work_injury_care", AREA, "r1", 1, row))
    for amount in ("1e3", "12.345", "NaN", "-1", "Infinity"):
        wrong = told | {"values": told["values"] | {"amount": amount}}
        if amount == "1e3":
            assert lr.read_record(wrong, [AREA], ON).row.amount == Decimal("1000.00")  # type: ignore[union-attr]
            continue
        with pytest.raises(Fault, match="amount"):
            lr.read_record(wrong, [AREA], ON)


def test_only_lists_and_areas_that_were_granted_may_be_told() -> None:
    lr.check_granted(death(), ["deaths"], [AREA], "record")
    with pytest.raises(Fault, match="list"):
        lr.check_granted(death() | {"list": "gossip"}, ["deaths"], [AREA], "record")
    with pytest.raises(lr.NotGranted):
        lr.check_granted(death(), ["moves"], [AREA], "record")
    with pytest.raises(lr.NotGranted):
        lr.check_granted(death(), ["deaths"], ["420103000000"], "record")
