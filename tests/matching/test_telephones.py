"""One telephone of several households: found by its handle, counted by households, compared anew when it changes."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from lxbt.core import crypto
from lxbt.core.idnumber import phone_number
from lxbt.core.months import Month
from lxbt.entitlements.models import Uncompared
from lxbt.entitlements.operations import grant_entitlement, resolve_changes
from lxbt.matching.models import Suspicion
from lxbt.matching.operations.running import compare_changed, sharers
from lxbt.matching.operations.setting import set_rule
from lxbt.registry import queries
from lxbt.registry.models import Person
from lxbt.registry.operations import register_person
from tests import factories as f

ON, MONTH = date(2026, 6, 17), Month(2026, 5)
PHONE = "13900001111"


@pytest.mark.parametrize("text", ["139 0000 1111", "+86-139-0000-1111", "13900001111,13800002222", "8613900001111"])
def test_a_telephone_is_the_same_however_it_is_written(text: str) -> None:
    assert queries.phone_handle(text) == queries.phone_handle(PHONE)


@given(st.integers(0, 10**9 - 1), st.integers(0, 10**9 - 1))
def test_two_telephones_are_known_apart_and_neither_is_told_by_its_handle(
    first_number: int, second_number: int
) -> None:
    one, other = f"13{first_number:09d}", f"13{second_number:09d}"
    first, second = queries.phone_handle(one), queries.phone_handle(other)
    assert (first == second) == (one == other)
    assert first is not None
    assert one.encode() not in first
    assert phone_number(f" {one[:3]}-{one[3:7]}-{one[7:]} ") == one


def test_no_number_is_no_telephone() -> None:
    assert queries.phone_handle("") is None


@pytest.fixture
def places(db: None) -> None:
    f.load_places()


def holders(count: int, phone: str = PHONE, **more: Any) -> list[Person]:
    made = []
    for number in range(count):
        person = register_person(
            name=f"甲{'一二三四五六七八九'[number]}",
            sex="male",
            birth=date(1980, 5, 1),
            division_code=f.TOWNSHIP,
            address=more.get("address", f"{number}号"),
            phone=phone,
            guardian_name=more.get("guardian", ""),
            by=None,
            on=ON,
            identity_number=f.identity_number(serial=11 + 2 * number),
        )
        grant_entitlement(person_id=person.pk, subsidy="care", since=MONTH.back(3), basis="test", by=None, on=ON)
        made.append(person)
    return made


def compare() -> set[int]:
    compare_changed(month=MONTH, on=ON, at=f.moment(ON))
    return set(
        Suspicion.objects.filter(rule="R18", source="phone").exclude(state="lapsed").values_list("person_id", flat=True)
    )


@pytest.mark.usefixtures("places")
def test_five_households_of_one_telephone_are_asked_about_four_are_not() -> None:
    persons = holders(4)
    assert compare() == set()
    persons.append(
        register_person(
            name="乙",
            sex="male",
            birth=date(1980, 5, 1),
            division_code=f.TOWNSHIP,
            address="9号",
            phone=f"+86 {PHONE}",
            by=None,
            on=ON,
        )
    )
    grant_entitlement(person_id=persons[-1].pk, subsidy="care", since=MONTH, basis="test", by=None, on=ON)
    assert compare() == {person.pk for person in persons}  # the four are met again, though nothing of them changed
    case = Suspicion.objects.filter(rule="R18", source="phone", person_id=persons[0].pk).first()
    assert case is not None
    assert case.evidence == [{"phone": "139****1111", "homes": 5}]


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("more", [{"guardian": "同一人"}, {"address": "1号"}])
def test_one_guardian_or_one_address_is_one_household(more: dict[str, str]) -> None:
    holders(6, **more)
    assert compare() == set()


@pytest.mark.usefixtures("places")
def test_a_division_may_set_how_many() -> None:
    set_rule(
        code="R18",
        division_code=f.COUNTY,
        value={"homes": 2},
        since=MONTH.back(5),
        document_number="",
        by=None,
        at=f.moment(ON),
    )
    assert len(compare()) == 0
    persons = holders(3)
    assert compare() == {person.pk for person in persons}


@pytest.mark.usefixtures("places")
def test_whoever_shares_is_found_by_account_and_telephone_within_bounds() -> None:
    one, other, _third = holders(3)
    resolve_changes()
    assert other.pk in sharers([one.pk])
    Person.objects.filter(pk=other.pk).update(phone_handle=None)
    assert other.pk not in sharers([one.pk])
    assert Uncompared.objects.exists()


@pytest.mark.usefixtures("places")
def test_telephones_of_before_get_their_handles_chunk_by_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    persons = holders(5)
    register_person(name="丙", sex="male", birth=date(1980, 5, 1), division_code=f.TOWNSHIP, by=None, on=ON)
    key_id = settings.LXBT_KEYRING.current  # as telephones were sealed then, bound to no row
    for one in persons:
        of_before = crypto.seal(PHONE, settings.LXBT_KEYRING[key_id], key_id)
        Person.objects.filter(pk=one.pk).update(phone=of_before, phone_handle=None)
    migration = import_module("lxbt.registry.migrations.0010_phone_handles")
    monkeypatch.setattr(migration, "CHUNK", 2)
    migration.fill(None, SimpleNamespace(connection=connection))
    assert {
        bytes(handle) for handle in Person.objects.exclude(phone_handle=None).values_list("phone_handle", flat=True)
    } == {queries.phone_handle(PHONE)}
    assert Person.objects.exclude(phone_handle=None).count() == len(persons)
