"""Days that cannot be are refused by rule, by operation and by the database; weaker sources never overrule stronger
ones.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from lxbt.core.months import Month
from lxbt.core.profile import EVENTS, Certificate
from lxbt.registry.models import Contradiction, Fact
from lxbt.registry.operations import RegistryRefused, record_certificate, record_fact, record_facts, register_person
from lxbt.registry.rules.days import birth_fault, certificate_fault, day_fault, event_fault
from lxbt.registry.rules.sources import CONFIRMED, Strength, desk, overrules, strength
from tests import factories

ON = date(2026, 6, 20)
BIRTH = date(1980, 1, 1)
DAYS = st.dates(date(1850, 1, 1), date(2150, 1, 1))
SOURCES = st.sampled_from(
    ["federation", "police", "import 3", "declared", "desk civil_affairs county", "verified", "whatever somebody typed"]
)


@given(DAYS, st.sampled_from(EVENTS))
def test_an_event_is_possible_only_between_birth_and_the_day_of_recording(day: date, key: str) -> None:
    assert (event_fault(key, day, birth=BIRTH, on=ON) is None) == (BIRTH <= day <= ON)
    assert (day_fault(day, birth=None, on=ON) is None) == (date(1900, 1, 1) <= day <= ON)


@given(DAYS)
def test_nobody_is_born_later_than_today_or_older_than_anybody_ever_was(day: date) -> None:
    assert (birth_fault(day, on=ON) is None) == (day.year >= 1896 and date(1900, 1, 1) <= day <= ON)


@given(DAYS, DAYS)
def test_nobody_dies_in_a_month_before_that_of_a_certificate(day: date, issued: date) -> None:
    fault = event_fault("died_on", day, birth=None, on=ON, issued_on=issued)
    if date(1900, 1, 1) <= day <= ON:
        assert (fault is None) == (Month.of(day) >= Month.of(issued))


@given(st.none() | DAYS, st.none() | DAYS, st.none() | DAYS, st.none() | DAYS)
def test_the_days_of_a_certificate_follow_one_another(
    issued: date | None, until: date | None, frozen: date | None, cancelled: date | None
) -> None:
    told = Certificate("physical", 1, issued, until, frozen, cancelled)
    if certificate_fault(told, birth=BIRTH, on=ON) is None:
        assert issued is None or BIRTH <= issued <= ON
        assert until is None or until >= (issued or BIRTH)
        for day in (frozen, cancelled):
            assert day is None or (issued or BIRTH) <= day <= ON


@given(SOURCES, SOURCES, st.none() | DAYS, st.none() | DAYS)
def test_no_source_but_the_same_database_or_two_persons_ever_brings_somebody_back(
    held_by: str, told_by: str, held: date | None, told: date | None
) -> None:
    taken = overrules(
        "died_on",
        held=str(held) if held else None,
        held_source=held_by,
        held_since=None,
        told=str(told) if told else None,
        source=told_by,
        since=None,
    )
    if taken and held is not None and (told is None or told > held):
        assert told_by == "verified" or told_by == held_by == "federation"


@given(SOURCES, SOURCES)
def test_of_values_that_hold_from_a_month_a_weaker_source_rewrites_nothing_and_a_later_month_is_news(
    held_by: str, told_by: str
) -> None:
    def taken(since: Month | None) -> bool:
        return overrules(
            "economic",
            held="none",
            held_source=held_by,
            held_since=Month(2026, 3),
            told="dibao",
            source=told_by,
            since=since,
        )

    assert taken(Month(2026, 4))
    if told_by != "verified":
        assert taken(Month(2026, 3)) == taken(None) == (strength(told_by) >= strength(held_by))


def test_the_order_of_sources_is_the_documented_one() -> None:
    order = ["typed", "import 7", "declared", desk("civil_affairs", "county"), "federation", "police", CONFIRMED]
    assert [strength(source) for source in order] == list(Strength)
    assert strength(desk("civil_affairs", "township")) == Strength.WINDOW


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(2099, 1, 1), date(1979, 12, 31), date(1899, 12, 31), ON + timedelta(days=1)])
@pytest.mark.parametrize("key", EVENTS)
def test_an_impossible_event_is_refused_with_a_sentence(key: str, day: date) -> None:
    person = factories.recipient()
    with pytest.raises(RegistryRefused, match="日期"):
        record_fact(
            person_id=person.pk, key=key, value=str(day), since=None, source="verified", received_on=ON, by=None
        )
    assert not Fact.objects.filter(person_id=person.pk, key=key).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["2099-01-01", "1979-12-31", "1899-12-31", "2026-06-22"])
def test_the_database_refuses_an_impossible_event_whoever_writes_it(day: str) -> None:
    person = factories.recipient()
    with pytest.raises(IntegrityError), transaction.atomic():
        Fact.objects.create(person_id=person.pk, key="died_on", value=day, source="police", received_on=ON)


@pytest.mark.django_db
def test_impossible_certificates_and_births_are_refused() -> None:
    person = factories.recipient()
    told = {"category": "physical", "grade": 1}
    for days in (
        {"issued_on": "2025-01-01", "valid_until": "2024-12-31"},
        {"issued_on": "1979-01-01"},
        {"issued_on": "2026-06-21"},
        {"issued_on": "2025-01-01", "cancelled_on": "2099-01-01"},
        {"issued_on": "2025-01-01", "frozen_on": "2024-01-01"},
    ):
        with pytest.raises(RegistryRefused):
            record_certificate(
                person_id=person.pk, certificate={**told, **days}, source="declared", received_on=ON, by=None
            )
    with pytest.raises(RegistryRefused):
        register_person(
            name="未来人",
            sex="male",
            birth=ON + timedelta(days=1),
            division_code=factories.FIRST_TOWNSHIP,
            by=None,
            on=ON,
        )


@pytest.mark.django_db
def test_what_a_weaker_source_says_is_kept_once_and_changes_nothing() -> None:
    person = factories.recipient()
    told = {"person_id": person.pk, "since": None, "received_on": ON, "by": None}
    record_facts(values={"died_on": "2026-03-05"}, source="police", **told)  # type: ignore[arg-type]
    for _again in range(2):
        record_facts(values={"died_on": "2026-06-01"}, source="desk civil_affairs county", **told)  # type: ignore[arg-type]
        record_facts(values={"died_on": None}, source="federation", **told)  # type: ignore[arg-type]
    assert [row.value for row in Fact.objects.filter(person_id=person.pk, key="died_on")] == ["2026-03-05"]
    kept = Contradiction.objects.filter(person_id=person.pk).order_by("number")
    assert [(row.value, row.source, row.held_source) for row in kept] == [
        ("2026-06-01", "desk civil_affairs county", "police"),
        (None, "federation", "police"),
    ]


@pytest.mark.django_db
def test_recording_one_benefit_leaves_the_others_as_they_were() -> None:
    from lxbt.entitlements.queries import profile_in

    person = factories.recipient()
    told = {"person_id": person.pk, "source": "desk civil_affairs county", "received_on": ON, "by": None}
    record_facts(values={"other_benefits": {"work_injury_care": "300"}}, since=Month(2026, 1), **told)  # type: ignore[arg-type]
    record_facts(values={"other_benefits": {"elderly_age": "20"}}, since=Month(2026, 5), **told)  # type: ignore[arg-type]
    record_facts(values={"other_benefits": {"elderly_care": "50"}}, since=Month(2026, 3), **told)  # type: ignore[arg-type]
    record_facts(values={"other_benefits": None}, since=Month(2026, 6), **told)  # type: ignore[arg-type]

    def held(month: int) -> tuple[int, int, int]:
        profile = profile_in(person.pk, Month(2026, month))
        assert profile is not None
        found = profile.other_benefits
        return int(found.work_injury_care), int(found.elderly_care), int(found.elderly_age)

    assert [held(month) for month in (2, 3, 5, 6)] == [(300, 0, 0), (300, 50, 0), (300, 50, 20), (300, 50, 20)]
    record_facts(values={"other_benefits": {"work_injury_care": "0"}}, since=Month(2026, 6), **told)  # type: ignore[arg-type]
    assert held(6) == (0, 50, 20)
