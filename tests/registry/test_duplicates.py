"""Two entries of one person: proposed, decided, joined without losing anything, parted again as long as nothing was
built on it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lxbt.accounts.models import User
from lxbt.core.idnumber import check_digit
from lxbt.core.months import Month
from lxbt.entitlements.models import Entitlement
from lxbt.entitlements.operations import grant_entitlement
from lxbt.entitlements.queries import told_timelines
from lxbt.leads.operations import join_persons, part_persons
from lxbt.registry.models import FederationEntry, Identifier, Match, Person
from lxbt.registry.operations import record_facts, register_person
from lxbt.registry.operations.duplicates import MatchRefused, keep_apart, propose_matches
from lxbt.registry.queries import person_by_identifier, persons_in
from lxbt.registry.rules.duplicates import (
    Entry,
    certificate_base,
    is_corrected,
    is_same_number,
    plain_name,
    propose,
    short_number,
)
from tests import factories as f
from tests.registry.test_federation import number, person_of, record, take

BIRTH = date(1980, 5, 1)
ON = date(2026, 3, 2)
AT = f.moment(ON)
NUMBERS = (
    st.integers(0, 10**5 - 1)
    .map(lambda n: f"4201021980050{n % 10}{n % 1000:03d}"[:17])
    .map(lambda first: first + check_digit(first))
)


def entry(name: str = "李明", serial: int = 11, **more: Any) -> Entry:
    told: dict[str, Any] = {
        "name": name,
        "sex": "male",
        "birth": BIRTH,
        "division": f.TOWNSHIP,
        "identity_numbers": (number(serial),),
        "certificate_numbers": (number(serial) + "42",),
        **more,
    }
    return Entry(**told)


@given(NUMBERS)
def test_an_18_digit_number_and_its_15_digits_are_the_same(whole: str) -> None:
    assert is_same_number(whole, short_number(whole))
    assert is_same_number(short_number(whole), whole)
    assert is_same_number(whole, whole)


@given(NUMBERS, st.integers(6, 16), st.integers(1, 9))
def test_one_wrong_digit_is_a_correction_whatever_becomes_of_the_check_digit(whole: str, place: int, by: int) -> None:
    first = whole[:place] + str((int(whole[place]) + by) % 10) + whole[place + 1 : 17]
    assert is_corrected(whole, first + check_digit(first))
    assert not is_corrected(whole, whole)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阿卜杜拉·买买提", "阿卜杜拉买买提"),
        ("阿依古丽・吐尔逊", "阿依古丽•吐尔逊"),
        ("王 昇", "王升"),
        ("李喆", "李哲"),
    ],
)
def test_dots_and_variants_make_no_other_name(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)


def test_the_mark_of_a_reissue_is_no_part_of_the_number() -> None:
    assert certificate_base(number(11) + "42B1") == certificate_base(number(11) + "42B2") == number(11) + "42"


def test_reasons_from_the_strongest_and_none_where_nothing_says_so() -> None:
    short = entry(serial=13, identity_numbers=(short_number(number(11)),), certificate_numbers=())
    reasons = [
        propose(entry(), other)
        for other in (
            short,
            entry("李 明", 21),
            entry("李明", 777),
            entry("王五", 777),
            entry(sex="female", serial=777),
        )
    ]
    assert [r.reason if r else None for r in reasons] == [
        "number_15_18",
        "corrected_number",
        "same_name_and_birth",
        None,
        None,
    ]
    reissued = propose(entry(), entry(serial=777, certificate_numbers=(number(11) + "42B1",)))
    assert reissued is not None
    assert reissued.reason == "certificate_number"


@given(st.sampled_from(["李明", "李·明", "王五"]), st.sampled_from(["李明", "王五"]), NUMBERS, NUMBERS)
def test_a_proposal_is_the_same_from_either_side(one_name: str, other_name: str, one: str, other: str) -> None:
    a, b = entry(one_name, identity_numbers=(one,)), entry(other_name, identity_numbers=(other,))
    assert propose(a, b) == propose(b, a)


@pytest.fixture
def pair(db: None) -> tuple[Person, Person, User]:
    """Known by a 15-digit number and drawing care; told by the Federation under 18 digits with a newer certificate."""
    f.load_places()
    f.usual_standards()
    first = register_person(
        name="李明",
        sex="male",
        birth=BIRTH,
        division_code=f.TOWNSHIP,
        identity_number=short_number(number(11)),
        by=None,
        on=ON,
        check_number=False,
    )
    record_facts(person_id=first.pk, values={"economic": "dibao"}, since=None, source="test", received_on=ON, by=None)
    take(record(11, grade=1))
    second = person_of(record(11))
    assert first.pk != second.pk
    assert propose_matches(area=f.COUNTY, at=AT, by=None) == 1
    return first, second, f.account("decider", f.COUNTY)


def test_what_was_proposed_is_not_proposed_again_and_stays_apart_when_so_decided(
    pair: tuple[Person, Person, User],
) -> None:
    match = Match.objects.get()
    assert (match.reason, match.state) == ("number_15_18", "open")
    with pytest.raises(MatchRefused):
        keep_apart(match_id=match.pk, why="否", by=pair[2], at=AT)
    keep_apart(match_id=match.pk, why="查验户口本，系两人", by=pair[2], at=AT)
    assert propose_matches(area=f.COUNTY, at=AT, by=None) == 0


def test_joined_the_numbers_lead_to_the_one_that_stays_and_undone_everything_is_as_before(
    pair: tuple[Person, Person, User],
) -> None:
    first, second, by = pair
    grant_entitlement(person_id=second.pk, subsidy="care", since=Month(2026, 1), basis="test", by=None, on=ON)
    before = told_timelines([first.pk, second.pk])
    numbers = sorted(Identifier.objects.values_list("person_id", "index"))
    joining = join_persons(match_id=Match.objects.get().pk, keep=first.pk, why="同一人，旧号升位", by=by, at=AT)
    found = person_by_identifier("id", number(11))
    assert found is not None
    assert found.pk == first.pk
    assert [p.pk for p in persons_in(f.COUNTY)] == [first.pk]
    certificate = told_timelines([first.pk])[first.pk][-1].profile.certificate
    assert certificate is not None
    assert certificate.grade == 1
    rights = {(e.person_id, f"{e.since:%Y-%m}", e.until and f"{e.until:%Y-%m}") for e in Entitlement.objects.all()}
    assert rights == {(second.pk, "2026-01", "2026-04"), (first.pk, "2026-04", None)}
    assert FederationEntry.objects.get().person_id == first.pk
    part_persons(joining_id=joining.pk, why="误并，户口不同", by=by, at=AT)
    assert told_timelines([first.pk, second.pk]) == before
    assert sorted(Identifier.objects.values_list("person_id", "index")) == numbers
    periods = list(Entitlement.objects.order_by("since").values_list("person_id", "state"))
    assert {pk for pk, _state in periods} == {second.pk}
    assert Entitlement.objects.filter(until__isnull=True).count() == 1


def test_what_the_federation_tells_after_a_joining_reaches_the_one_that_stays_and_forbids_to_undo_it(
    pair: tuple[Person, Person, User],
) -> None:
    first, _second, by = pair
    joining = join_persons(
        match_id=Match.objects.get().pk, keep=first.pk, why="同一人，旧号升位", by=by, at=AT - timedelta(days=400)
    )
    take(record(11, grade=1, sequence=2, state="frozen", state_on=ON, issued_on=date(2026, 3, 1)))
    told = told_timelines([first.pk])[first.pk][-1].profile.certificate
    assert told is not None
    assert told.frozen_on == ON
    with pytest.raises(MatchRefused):
        part_persons(joining_id=joining.pk, why="误并，户口不同", by=by, at=AT)


@pytest.mark.django_db
def test_a_certificate_number_told_of_two_is_proposed_at_once() -> None:
    from dataclasses import replace

    f.load_places()
    take(record(11))
    take(replace(record(13), certificate_number=record(11).certificate_number))
    assert Match.objects.get().reason == "certificate_number"
