"""Certificates against rights, place by place, and the lists of persons behind the figures."""

from __future__ import annotations

from datetime import date

import pytest

from lxbt.core.months import Month
from lxbt.entitlements.listing import Wanted, count_wanted, person_ids_wanted
from lxbt.entitlements.operations import grant_entitlement, resolve_changes
from lxbt.registry.operations import record_facts
from lxbt.statistics.coverage import FIELDS, count_coverage
from lxbt.statistics.models import Coverage
from tests import factories as f
from tests.registry.test_federation import person_of, record, take

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def people() -> None:
    """Severe with care, severe without, mild and poor without living, one frozen with care, and one of 东莞."""
    f.load_places()
    held = {"issued_on": date(2020, 1, 1), "valid_until": date(2030, 1, 1)}
    take(
        record(11, grade=1, **held),
        record(13, grade=2, **held),
        record(15, grade=4, division_code=f.OTHER_TOWNSHIP, **held),
        record(17, grade=1, state="frozen", state_on=date(2026, 1, 5), **held),
        record(19, grade=3, division_code="441900003000", issued_on=date(2020, 1, 1), valid_until=date(2026, 4, 1)),
    )
    for serial in (11, 17):
        grant_entitlement(
            person_id=person_of(record(serial)).pk, subsidy="care", since=Month(2026, 1), basis="test", by=None, on=ON
        )
    record_facts(
        person_id=person_of(record(15)).pk,
        values={"economic": "dibao"},
        since=None,
        source="test",
        received_on=ON,
        by=None,
    )
    resolve_changes()


def figures(code: str) -> dict[str, int]:
    row = Coverage.objects.get(division_code=code)
    return {name: getattr(row, name) for name in FIELDS if getattr(row, name)}


def test_every_level_has_the_sum_of_what_lies_below() -> None:
    count_coverage(on=ON, at=f.moment(ON))
    assert (
        figures(f.TOWNSHIP)
        == figures(f.COUNTY)
        == {"certified": 2, "severe": 2, "care": 1, "severe_without": 1, "lapsed": 1}
    )
    assert (
        figures(f.CITY)
        == figures(f.PROVINCE)
        == {"certified": 3, "severe": 2, "dibao": 1, "care": 1, "severe_without": 1, "dibao_without": 1, "lapsed": 1}
    )
    assert figures(f.NATION)["certified"] == 4
    assert figures("441900000000") == {"certified": 1}


def test_counting_a_county_alone_keeps_the_sums_above_right() -> None:
    count_coverage(on=ON, at=f.moment(ON))
    before = {row.division_code: figures(row.division_code) for row in Coverage.objects.all()}
    count_coverage(area=f.COUNTY, on=ON, at=f.moment(ON))
    assert {row.division_code: figures(row.division_code) for row in Coverage.objects.all()} == before


@pytest.mark.parametrize(
    ("wanted", "serials"),
    [
        (Wanted(state="valid"), [11, 13, 15, 19]),
        (Wanted(state="frozen"), [17]),
        (Wanted(grade=1), [11, 17]),
        (Wanted(category="physical", held=True), [11, 17]),
        (Wanted(state="valid", held=False), [13, 15, 19]),
        (Wanted(ends_before=date(2026, 6, 30)), [19]),
        (Wanted(state="none"), []),
        (Wanted(category="mental"), []),
    ],
)
def test_persons_are_found_by_what_holds_of_them_now(wanted: Wanted, serials: list[int]) -> None:
    found = person_ids_wanted(wanted, area=f.NATION, on=ON, limit=10)
    assert sorted(pk for _place, pk in found) == sorted(person_of(record(serial)).pk for serial in serials)
    assert count_wanted(wanted, area=f.NATION, on=ON) == len(serials)


def test_a_list_goes_on_behind_its_last_row() -> None:
    whole = person_ids_wanted(Wanted(state="valid"), area=f.NATION, on=ON, limit=10)
    assert person_ids_wanted(Wanted(state="valid"), area=f.NATION, on=ON, after=whole[1], limit=10) == whole[2:]
