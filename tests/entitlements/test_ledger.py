"""The ledger of rights, and the database's refusal of overlaps."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from lxbt.core.months import Month
from lxbt.entitlements import queries
from lxbt.entitlements.models import Entitlement
from lxbt.entitlements.operations import (
    EntitlementRefused,
    end_entitlement,
    grant_entitlement,
    resume_entitlement,
    suspend_entitlement,
)
from lxbt.registry.models import Person
from tests.factories import DAY, recipient

pytestmark = pytest.mark.django_db


def periods(person: Person) -> list[tuple[str, str, str]]:
    rows = queries.entitlements_of(person.pk)
    return [(f"{p.since:%Y-%m}", f"{p.until:%Y-%m}" if p.until else "", p.state) for p in rows]


@pytest.fixture
def person() -> Person:
    return recipient(subsidies=())


def grant(person: Person, since: str) -> None:
    grant_entitlement(person_id=person.pk, subsidy="care", since=Month.parse(since), basis="test", by=None, on=DAY)


def test_a_grant_is_open(person: Person) -> None:
    grant(person, "2026-03")
    assert periods(person) == [("2026-03", "", "granted")]


def test_a_grant_twice_changes_nothing(person: Person) -> None:
    grant(person, "2026-03")
    grant(person, "2026-05")
    assert periods(person) == [("2026-03", "", "granted")]


def test_an_earlier_grant_fills_the_gap_before(person: Person) -> None:
    grant(person, "2026-03")
    grant(person, "2026-01")
    assert periods(person) == [("2026-01", "2026-03", "granted"), ("2026-03", "", "granted")]


def test_an_ended_right_can_be_granted_again(person: Person) -> None:
    grant(person, "2026-01")
    end_entitlement(person_id=person.pk, subsidy="care", since=Month(2026, 3), basis="wish", by=None, on=DAY)
    grant(person, "2026-06")
    assert periods(person) == [("2026-01", "2026-03", "granted"), ("2026-06", "", "granted")]


def test_a_right_suspended_and_resumed_has_three_periods(person: Person) -> None:
    grant(person, "2026-01")
    suspend_entitlement(person_id=person.pk, subsidy="care", since=Month(2026, 3), basis="review", by=None, on=DAY)
    resume_entitlement(person_id=person.pk, subsidy="care", since=Month(2026, 5), basis="review", by=None, on=DAY)
    assert periods(person) == [
        ("2026-01", "2026-03", "granted"),
        ("2026-03", "2026-05", "suspended"),
        ("2026-05", "", "granted"),
    ]
    assert queries.is_entitled(person.pk, "care", Month(2026, 2))
    assert not queries.is_entitled(person.pk, "care", Month(2026, 4))
    assert queries.subsidies_held(person.pk, Month(2026, 4)) == ["care"]


def test_what_is_not_held_cannot_be_ended(person: Person) -> None:
    with pytest.raises(EntitlementRefused):
        end_entitlement(person_id=person.pk, subsidy="care", since=Month(2026, 3), basis="wish", by=None, on=DAY)


@pytest.mark.parametrize(
    ("since", "until", "after"),
    [
        (date(2026, 2, 1), None, None),  # a second first period
        (date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)),  # follows what ends later
        (date(2026, 3, 1), None, date(2026, 3, 1)),  # follows what is not there
        (date(2026, 5, 1), date(2026, 5, 1), date(2026, 4, 1)),  # empty
        (date(2026, 5, 2), None, date(2026, 4, 1)),  # begins within a month
    ],
)
def test_the_database_refuses_an_overlap_whoever_writes(
    person: Person, since: date, until: date | None, after: date | None
) -> None:
    grant(person, "2026-01")
    end_entitlement(person_id=person.pk, subsidy="care", since=Month(2026, 4), basis="wish", by=None, on=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entitlement.objects.create(
            person=person, subsidy="care", since=since, until=until, after=after, basis="raw", granted_on=DAY
        )


def test_an_end_moved_into_the_next_period_is_refused(person: Person) -> None:
    grant(person, "2026-03")
    grant(person, "2026-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        Entitlement.objects.filter(person=person, since=date(2026, 1, 1)).update(until=date(2026, 5, 1))
