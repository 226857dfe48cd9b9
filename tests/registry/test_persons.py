"""Persons, their numbers, what becomes known of them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from lxbt.audit.models import Event
from lxbt.core.months import Month
from lxbt.registry import queries
from lxbt.registry.models import Fact
from lxbt.registry.operations import (
    IdentifierTaken,
    RegistryRefused,
    add_identifier,
    record_certificate,
    record_fact,
    register_person,
    reveal_number,
)
from tests.factories import DAY, FIRST_TOWNSHIP, fresh_identity_number, moment, official, recipient

pytestmark = pytest.mark.django_db


def test_a_person_is_found_by_number_and_by_name() -> None:
    number = fresh_identity_number()
    person = register_person(
        name="欧阳一",
        sex="male",
        birth=date(1980, 1, 1),
        division_code=FIRST_TOWNSHIP,
        identity_number=number.lower(),
        by=None,
        on=DAY,
    )
    assert queries.person_by_identifier("id", f" {number} ") == person
    assert queries.person_by_identifier("id", fresh_identity_number()) is None
    assert queries.persons_named("欧阳", within="420100000000") == [person]
    assert queries.persons_named("oyy", within="420102000000") == [person]
    assert queries.persons_named("欧阳", within="430000000000") == []


def test_a_number_belongs_to_one_person_of_the_nation() -> None:
    number = fresh_identity_number()
    register_person(
        name="甲",
        sex="male",
        birth=date(1980, 1, 1),
        division_code=FIRST_TOWNSHIP,
        identity_number=number,
        by=None,
        on=DAY,
    )
    other = register_person(
        name="乙", sex="male", birth=date(1980, 1, 1), division_code="110101001000", by=None, on=DAY
    )
    with pytest.raises(IdentifierTaken):
        add_identifier(person_id=other.pk, kind="id", number=number)


def test_a_number_with_a_wrong_check_digit_is_refused() -> None:
    number = fresh_identity_number()
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    with pytest.raises(RegistryRefused, match="校验码"):
        register_person(
            name="甲",
            sex="male",
            birth=date(1980, 1, 1),
            division_code=FIRST_TOWNSHIP,
            identity_number=wrong,
            by=None,
            on=DAY,
        )


def test_seeing_a_number_in_full_needs_a_reason_and_leaves_a_record() -> None:
    number = fresh_identity_number()
    person = register_person(
        name="甲",
        sex="male",
        birth=date(1980, 1, 1),
        division_code=FIRST_TOWNSHIP,
        identity_number=number,
        by=None,
        on=DAY,
    )
    [entry] = queries.identifiers_of(person.pk)
    assert number not in entry.masked
    clerk = official("clerk")
    with pytest.raises(RegistryRefused):
        reveal_number(person=person, kind="id", reason=" ", by=clerk, at=moment(date(2026, 5, 4)))
    assert reveal_number(person=person, kind="id", reason="来电核身", by=clerk, at=moment(date(2026, 5, 4))) == number
    event = Event.objects.get(action="person.revealed", person_id=person.pk, by_id=clerk.pk)
    assert "来电核身" not in event.reason


def test_facts_are_only_ever_added() -> None:
    person = recipient()
    with pytest.raises(DatabaseError), transaction.atomic():
        Fact.objects.filter(person=person).update(value="none")
    with pytest.raises(DatabaseError), transaction.atomic():
        Fact.objects.filter(person=person).delete()


def test_an_unknown_key_or_value_is_refused() -> None:
    person = recipient()
    with pytest.raises(RegistryRefused):
        record_fact(person_id=person.pk, key="colour", value="red", since=None, source="test", received_on=DAY, by=None)
    with pytest.raises(RegistryRefused, match="economic"):
        record_fact(
            person_id=person.pk,
            key="economic",
            value="rich",
            since=Month(2026, 1),
            source="test",
            received_on=DAY,
            by=None,
        )


def test_a_certificate_number_must_fit_its_certificate() -> None:
    person = recipient()
    certificate = {"category": "physical", "grade": 1, "issued_on": date(2026, 1, 1)}
    number = fresh_identity_number()
    with pytest.raises(RegistryRefused, match="末两位"):
        record_certificate(
            person_id=person.pk,
            certificate=certificate,
            source="test",
            received_on=DAY,
            by=None,
            certificate_number=number + "42",
        )
    record_certificate(
        person_id=person.pk,
        certificate=certificate,
        source="test",
        received_on=DAY,
        by=None,
        certificate_number=number + "41B1",
    )
    assert queries.person_by_identifier("certificate", number + "41B1") == person
