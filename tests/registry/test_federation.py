"""What the Federation tells becomes known here: in any order, any number of times, never an older word over a newer
one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lxbt.audit.models import Event
from lxbt.core.idnumber import check_digit
from lxbt.core.months import BEGINNING, Month
from lxbt.core.roster import digest_of_marks, handle_of, mark_of
from lxbt.entitlements.queries import told_timelines
from lxbt.registry.models import Certificate, Change, Fact, FederationChange, FederationEntry, Identifier, Person
from lxbt.registry.operations import register_person
from lxbt.registry.operations.federation import Taken, take_federation_records
from lxbt.registry.operations.federation_queue import note_agreed_counties
from lxbt.registry.queries import person_by_identifier
from lxbt.registry.queries.federation import digests_by_county, digests_by_person, freshness_of
from lxbt.registry.rules.federation import FederationRecord, Move, place_in, places_missing, places_told

A, B, C = "420102002000", "420102003000", "420103001000"
AT = datetime(2026, 3, 2, 1, 12, tzinfo=UTC)
DAY = date(2026, 3, 2)


def number(serial: int) -> str:
    first = f"42010219800501{serial:03d}"
    return first + check_digit(first)


def record(serial: int = 11, **more: Any) -> FederationRecord:
    category, grade = more.pop("category", "physical"), more.pop("grade", 2)
    digit = {"vision": 1, "physical": 4, "mental": 6}[category]
    values: dict[str, Any] = {
        "identity_number": number(serial),
        "name": "李明",
        "sex": "male",
        "birth": date(1980, 5, 1),
        "division_code": A,
        "certificate_number": f"{number(serial)}{digit}{grade}",
        "category": category,
        "grade": grade,
        "issued_on": date(2026, 2, 20),
        "valid_until": date(2036, 2, 19),
        "state": "valid",
        "state_on": None,
        "died_on": None,
        "sequence": 1,
        "changed_at": AT,
    }
    return FederationRecord(**{**values, **more})


def take(*records: FederationRecord, at: datetime = AT, on: date = DAY) -> Taken:
    return take_federation_records(records=records, source="federation", received_at=at, on=on)


def person_of(told: FederationRecord) -> Person:
    found = person_by_identifier("id", told.identity_number)
    assert found is not None
    return found


@pytest.mark.django_db
def test_a_person_not_known_yet_becomes_a_person_of_the_registry_with_certificate_and_facts() -> None:
    assert take(record()) == Taken(new=1)
    person = person_of(record())
    assert (person.name, person.division_code, person.pinyin) == ("李明", A, "lm")
    stretch = told_timelines([person.pk])[person.pk][-1].profile
    assert (stretch.division, stretch.sex, stretch.birth) == (A, "male", date(1980, 5, 1))
    assert stretch.certificate is not None
    assert (stretch.certificate.category, stretch.certificate.grade) == ("physical", 2)
    assert Identifier.objects.filter(person_id=person.pk).count() == 2
    assert Change.objects.filter(person_id=person.pk).exists()
    assert Event.objects.get(action="federation.recorded").changes["grade"] == [None, 2]


@pytest.mark.django_db
def test_the_same_record_again_changes_nothing_but_confirms() -> None:
    take(record())
    rows = Fact.objects.count(), Event.objects.count(), FederationChange.objects.count()
    assert take(record(), at=AT + timedelta(hours=2)) == Taken(same=1)
    assert (Fact.objects.count(), Event.objects.count(), FederationChange.objects.count()) == rows
    person = person_of(record())
    assert freshness_of([person.pk])[person.pk].confirmed_at == AT + timedelta(hours=2)


@pytest.mark.django_db
def test_an_older_record_that_comes_later_never_overwrites_a_newer_one() -> None:
    take(record(sequence=5, state="frozen", state_on=date(2026, 3, 1), name="李明明"))
    assert take(record(sequence=3)) == Taken(older=1)
    person = person_of(record())
    assert person.name == "李明明"
    assert Certificate.objects.get(person_id=person.pk).frozen_on == date(2026, 3, 1)
    assert FederationEntry.objects.get(person_id=person.pk).sequence == 5


@pytest.mark.django_db
def test_a_person_known_from_an_application_keeps_name_and_place_until_the_federation_tells_of_a_move() -> None:
    person = register_person(
        name="李鸣", sex="male", birth=date(1980, 5, 1), division_code=A, identity_number=number(11), by=None, on=DAY
    )
    assert take(record()) == Taken(changed=1, doubtful=1)
    person.refresh_from_db()
    assert person.name == "李鸣"
    assert FederationEntry.objects.get(person_id=person.pk).doubts == ["name"]
    take(
        record(
            sequence=2, division_code=B, state="moved", state_on=date(2026, 3, 10), changed_at=AT + timedelta(days=9)
        )
    )
    stretches = told_timelines([person.pk])[person.pk]
    assert {str(s.since): s.profile.division for s in stretches}["2026-04"] == B
    assert stretches[0].profile.division == A
    person.refresh_from_db()
    assert person.division_code == B


@pytest.mark.django_db
def test_a_number_of_another_person_is_not_taken_from_them() -> None:
    take(record(11))
    assert take(replace(record(13), certificate_number=record(11).certificate_number)) == Taken(new=1, doubtful=1)
    owner = Identifier.objects.get(kind="certificate").person_id
    assert owner == person_of(record(11)).pk


@pytest.mark.django_db
def test_a_death_taken_back_by_the_federation_is_taken_back_here() -> None:
    take(record(), record(sequence=2, died_on=date(2026, 3, 1), state="cancelled", state_on=date(2026, 3, 2)))
    person = person_of(record())
    assert told_timelines([person.pk])[person.pk][-1].profile.died_on == date(2026, 3, 1)
    take(record(sequence=3))
    assert told_timelines([person.pk])[person.pk][-1].profile.died_on is None


@pytest.mark.django_db
def test_sums_for_comparing_are_those_of_the_other_side() -> None:
    take(record(11), record(13, sequence=7), record(15, division_code=C, sequence=9))
    key = settings.LXBT_ROSTER_KEY
    marks = [mark_of(handle_of(number(serial), key), sequence, key) for serial, sequence in ((11, 1), (13, 7))]
    assert next((row.division_code, row.count, row.digest) for row in digests_by_county("420100000000")) == (
        "420102000000",
        2,
        digest_of_marks(marks),
    )
    assert [(row.handle, row.sequence) for row in digests_by_person("420103000000")] == [
        (handle_of(number(15), key).hex(), 9)
    ]


@pytest.mark.django_db
def test_a_county_found_to_agree_confirms_everybody_there() -> None:
    take(record())
    note_agreed_counties(counties=["420102000000"], at=AT + timedelta(days=1))
    person = person_of(record())
    assert freshness_of([person.pk])[person.pk].confirmed_at == AT + timedelta(days=1)


@pytest.mark.django_db
def test_a_thousand_records_cost_as_many_statements_as_two(django_assert_max_num_queries: Any) -> None:
    many = [record(serial) for serial in range(1, 999)]
    with django_assert_max_num_queries(24):
        take(*many)
    with django_assert_max_num_queries(24):
        take(
            *[
                replace(
                    one,
                    sequence=2,
                    grade=3,
                    certificate_number=one.certificate_number[:-1] + "3",
                    issued_on=date(2026, 3, 1),
                )
                for one in many
            ]
        )


STORY: tuple[FederationRecord, ...] = (
    record(
        sequence=1,
        issued_on=date(2016, 1, 5),
        valid_until=date(2026, 1, 4),
        changed_at=datetime(2016, 1, 6, tzinfo=UTC),
    ),
    record(
        sequence=2,
        issued_on=date(2016, 1, 5),
        valid_until=date(2026, 1, 4),
        division_code=B,
        state="moved",
        state_on=date(2020, 6, 3),
        changed_at=datetime(2020, 6, 4, tzinfo=UTC),
    ),
    record(
        sequence=3, issued_on=date(2021, 3, 1), grade=1, division_code=B, changed_at=datetime(2021, 3, 2, tzinfo=UTC)
    ),
    record(
        sequence=4,
        issued_on=date(2021, 3, 1),
        grade=1,
        division_code=B,
        state="frozen",
        state_on=date(2022, 1, 1),
        changed_at=datetime(2022, 1, 1, tzinfo=UTC),
    ),
    record(
        sequence=5,
        issued_on=date(2021, 3, 1),
        grade=1,
        division_code=A,
        state="moved",
        state_on=date(2022, 2, 1),
        changed_at=datetime(2022, 2, 1, tzinfo=UTC),
    ),
    record(
        sequence=6,
        issued_on=date(2021, 3, 1),
        grade=1,
        division_code=A,
        died_on=date(2023, 1, 1),
        state="cancelled",
        state_on=date(2023, 1, 9),
        changed_at=datetime(2023, 1, 9, tzinfo=UTC),
    ),
)


def state_of(serial: int = 11) -> dict[str, Any]:
    """Everything that decides, without the numbers of rows."""
    person = person_of(record(serial))
    entry = FederationEntry.objects.get(person_id=person.pk)
    return {
        "person": (person.name, person.division_code),
        "certificates": sorted(
            (c.issued_on, c.category, c.grade, c.valid_until, c.frozen_on, c.cancelled_on)
            for c in Certificate.objects.filter(person_id=person.pk)
            if c.issued_on
        ),
        "numbers": sorted(row.number for row in Identifier.objects.filter(person_id=person.pk)),
        "entry": (entry.sequence, entry.values, entry.moves, entry.county_code),
        "months": [(str(s.since), s.profile) for s in told_timelines([person.pk])[person.pk]],
    }


@pytest.mark.django_db
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.lists(st.integers(0, 5), max_size=6).flatmap(lambda extra: st.permutations([*range(6), *extra])),
    parts=st.integers(1, 4),
)
def test_any_permutation_and_repetition_of_records_gives_the_same_state(order: Sequence[int], parts: int) -> None:
    def told(records: Sequence[FederationRecord], size: int) -> dict[str, Any]:
        with transaction.atomic():
            for start in range(0, len(records), size):
                take(*records[start : start + size])
            found = state_of()
            transaction.set_rollback(True)
        return found

    assert told([STORY[n] for n in order], parts) == told(STORY, 1)


MONTHS = st.integers(24000, 24030).map(Month.from_ordinal)


@given(
    st.dictionaries(st.integers(1, 9), st.tuples(MONTHS, st.sampled_from([A, B, C])), min_size=1),
    st.dictionaries(MONTHS, st.sampled_from([A, B, C])),
)
def test_what_is_recorded_besides_gives_every_month_the_place_that_was_told(
    moves: dict[int, tuple[Month, str]], recorded: dict[Month, str]
) -> None:
    told = places_told([Move((n, month, place)) for n, (month, place) in moves.items()])
    before: dict[Month | None, str] = {None: C, **recorded}
    after = {**before, **places_missing(told, before)}
    for month in (None, *Month.from_ordinal(23999).until(Month.from_ordinal(24032))):
        assert place_in(after, month) == place_in(told, month)
    assert places_missing(told, after) == {}
    assert told[None] == moves[min(moves)][1]
    assert place_in(told, Month(9999, 1)) == moves[max(moves)][1]
    assert Month.from_ordinal(24000) > BEGINNING
