"""Progress as counted set-based is what one finds by looking at every account, right and month by itself."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lxbt.accounts.models import User
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.divisions.rules import covers
from lxbt.entitlements.models import Entitlement
from lxbt.registry.operations import register_person
from lxbt.registry.operations.provinces import note_province_heard
from lxbt.rollout.models import CountyProgress, Declared, StaleArea
from lxbt.rollout.operations.counting import CountRefused, count_progress, count_stale_areas, recount_progress
from lxbt.rollout.operations.declaring import DeclarationRefused, declare_totals
from lxbt.rollout.operations.marking import mark_area
from lxbt.rollout.queries.plan import heard_by_province
from lxbt.rollout.queries.progress import counties_counted, is_stale, places_missing
from lxbt.rollout.rules.figures import County
from lxbt.statistics.models import Figure
from lxbt.support.models import TrainingRecord
from tests import factories as f

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)
MONTH = Month.of(DAY)
COUNTIES = (f.COUNTY, f.OTHER_COUNTY, "441900000000")
TOWNSHIPS = (f.TOWNSHIP, "420102003000", f.OTHER_TOWNSHIP, "441900003000")
PAST = tuple(Month(2016, 1) + n for n in (0, 1, 2, 120, 121))


def moment(hour: int = 10) -> datetime:
    return f.moment(DAY, hour)


def county_of(place: str) -> str:
    return next(code for code in COUNTIES if covers(code, place))


accounts = st.lists(
    st.tuples(
        st.sampled_from([*TOWNSHIPS, *COUNTIES]),
        st.sampled_from(["civil_affairs", "federation"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=6,
)
rights = st.lists(
    st.tuples(
        st.sampled_from(TOWNSHIPS),
        st.sampled_from(SUBSIDIES),
        st.integers(-2, 2),
        st.sampled_from(["granted", "past", "suspended"]),
    ),
    max_size=6,
)
declared = st.dictionaries(
    st.tuples(st.sampled_from(COUNTIES), st.sampled_from([*PAST, MONTH]), st.sampled_from(SUBSIDIES)),
    st.integers(0, 3),
    max_size=8,
)
paid = st.dictionaries(
    st.tuples(st.sampled_from(COUNTIES), st.sampled_from([*PAST, MONTH]), st.sampled_from(SUBSIDIES)),
    st.integers(1, 3),
    max_size=8,
)


def write(world: dict[str, Any]) -> None:
    """The drawn world into the tables."""
    for number, (place, organ, active, taken) in enumerate(world["accounts"]):
        user = f.account(
            "clerk" if place in TOWNSHIPS else "decider", place, username=f"drawn_{number}", on=date(2026, 1, 1)
        )
        User.objects.filter(pk=user.pk).update(is_active=active, must_change_password=not taken, organ=organ)
    for number, (place, subsidy, start, state) in enumerate(world["rights"]):
        person = register_person(
            name=f"甲{number}", sex="male", birth=date(1980, 1, 1), division_code=place, by=None, on=DAY
        )
        until = (MONTH + start + 1).first if state != "granted" else None
        Entitlement.objects.create(
            person_id=person.pk,
            subsidy=subsidy,
            since=(MONTH + start).first,
            until=until,
            state=state,
            basis="test",
            granted_on=DAY,
        )
    Declared.objects.bulk_create(
        Declared(payer_code=code, month=month.first, subsidy=subsidy, persons=n, amount=n * 100, declared_at=moment())
        for (code, month, subsidy), n in world["declared"].items()
    )
    Figure.objects.bulk_create(
        Figure(month=month.first, division_code=code, level=3, subsidy=subsidy, persons=n, items=n)
        for (code, month, subsidy), n in world["paid"].items()
    )


def directly(code: str, world: dict[str, Any]) -> County:
    """One county by looking at everything by itself."""
    townships = {place for place in TOWNSHIPS if county_of(place) == code}
    active = [(place, organ, taken) for place, organ, on, taken in world["accounts"] if on and county_of(place) == code]
    ready = {place for place, _organ, taken in active if taken and place in townships}
    practising = {
        number for number, (place, _o, on, _t) in enumerate(world["accounts"]) if on and county_of(place) == code
    }  # clerks and deciders all practise
    offices = {organ for place, organ, taken in active if taken and place == code}
    told = {(month, subsidy): n for (payer, month, subsidy), n in world["declared"].items() if payer == code}
    had = {(month, subsidy): n for (payer, month, subsidy), n in world["paid"].items() if payer == code}
    month = max((m for m, _s in told), default=MONTH)
    held = dict.fromkeys(SUBSIDIES, 0)
    for place, subsidy, start, state in world["rights"]:
        since, until = MONTH + start, None if state == "granted" else MONTH + start + 1
        if county_of(place) == code and state != "suspended" and since <= month and (until is None or month < until):
            held[subsidy] += 1
    of_month = {s: told[month, s] for s in SUBSIDIES if (month, s) in told}
    signs = []
    for one in Month(2016, 1).until(MONTH + 1):
        nothing = [told.get((one, s)) for s in SUBSIDIES] == [0, 0]
        signs.append("1" if nothing or any((one, s) in had for s in SUBSIDIES) else "0")
    differing = {m for (m, s), n in told.items() if m < month and n != had.get((m, s), 0)}
    return County(
        code,
        len(townships) + 2,
        len(ready) + len(offices),
        len(practising),
        0,
        month.first,
        sum(of_month.values()) if of_month else None,
        sum(held.values()),
        sum(min(held[s], n) for s, n in of_month.items()),
        sum(had.get((month, s), 0) for s in SUBSIDIES),
        "".join(signs),
        len(differing),
        None,
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.fixed_dictionaries({"accounts": accounts, "rights": rights, "declared": declared, "paid": paid}))
def test_what_is_counted_at_once_is_what_one_finds_by_looking(world: dict[str, Any]) -> None:
    with transaction.atomic():
        f.load_places()
        write(world)
        assert count_progress(day=DAY, at=moment()) == 5
        counted = {county.code: county for county in counties_counted(f.NATION)}
        for code in COUNTIES:
            assert counted[code] == directly(code, world)
        transaction.set_rollback(True)


@pytest.fixture
def places() -> None:
    f.load_places()


@pytest.mark.usefixtures("places")
def test_counting_again_changes_nothing_and_a_part_leaves_the_rest_alone() -> None:
    count_progress(day=DAY, at=moment(8))
    before = list(CountyProgress.objects.order_by("county_code").values())
    assert count_progress(area=f.COUNTY, day=DAY, at=moment(9)) == 1
    after = list(CountyProgress.objects.order_by("county_code").values())
    assert [row["counted_at"] for row in after if row["county_code"] == f.COUNTY] == [moment(9)]
    strip = ("id", "counted_at")
    assert [{k: v for k, v in row.items() if k not in strip} for row in after] == [
        {k: v for k, v in row.items() if k not in strip} for row in before
    ]


@pytest.mark.usefixtures("places")
def test_every_day_keeps_its_row_and_the_newest_is_shown() -> None:
    count_progress(day=DAY, at=moment())
    count_progress(day=date(2026, 3, 11), at=moment())
    days = list(CountyProgress.objects.filter(county_code=f.COUNTY).order_by("day").values_list("day", "latest"))
    assert days == [(DAY, False), (date(2026, 3, 11), True)]
    assert len(counties_counted(f.NATION)) == 5


@pytest.mark.usefixtures("places")
def test_a_declaration_marks_its_county_and_the_task_counts_it() -> None:
    officer = f.account("payment_officer", f.COUNTY)
    declare_totals(
        payer_code=f.COUNTY, month=MONTH, subsidy="care", persons=7, amount=Decimal(700), by=officer, at=moment()
    )
    assert is_stale(f.COUNTY)
    assert is_stale(f.PROVINCE)
    assert not is_stale(f.OTHER_COUNTY)
    assert count_stale_areas(day=DAY, at=moment()) == 1
    assert not is_stale(f.NATION)
    (county,) = counties_counted(f.COUNTY)
    assert (county.declared, county.matched, county.roster_done) == (7, 0, False)


@pytest.mark.usefixtures("places")
def test_a_mark_of_a_larger_area_takes_those_below_along() -> None:
    mark_area(area_code=f.COUNTY)
    mark_area(area_code=f.NATION)
    mark_area(area_code=f.COUNTY)
    assert count_stale_areas(day=DAY, at=moment()) == 5
    assert not StaleArea.objects.exists()


@pytest.mark.usefixtures("places")
def test_only_the_county_itself_declares() -> None:
    with pytest.raises(DeclarationRefused, match="没有为该区划"):
        declare_totals(
            payer_code=f.COUNTY,
            month=MONTH,
            subsidy="care",
            persons=7,
            amount=Decimal(700),
            by=f.account("payment_officer", f.OTHER_COUNTY),
            at=moment(),
        )
    with pytest.raises(DeclarationRefused, match="不是发放单位"):
        declare_totals(
            payer_code=f.TOWNSHIP,
            month=MONTH,
            subsidy="care",
            persons=7,
            amount=Decimal(700),
            by=f.account("clerk", f.TOWNSHIP),
            at=moment(),
        )


@pytest.mark.usefixtures("places")
def test_an_official_has_the_own_area_counted_and_no_other() -> None:
    coordinator = f.account("coordinator", f.COUNTY)
    assert recount_progress(area=f.COUNTY, by=coordinator, at=moment()) == 1
    with pytest.raises(CountRefused):
        recount_progress(area=f.OTHER_COUNTY, by=coordinator, at=moment())
    nation = f.account("coordinator", f.NATION, username="ministry")
    assert recount_progress(area=f.NATION, by=nation, at=moment()) == 0
    assert is_stale(f.NATION)


@pytest.mark.usefixtures("places")
def test_places_without_a_taken_account_are_named() -> None:
    f.account("clerk", f.TOWNSHIP, on=DAY)
    f.account("reviewer", f.COUNTY, on=DAY)
    assert places_missing(f.COUNTY, DAY) == [(f.COUNTY, "civil_affairs"), ("420102003000", "")]


@pytest.mark.usefixtures("places")
def test_training_is_taken_from_its_record() -> None:
    clerk = f.account("clerk", f.TOWNSHIP)
    f.account("decider", f.COUNTY)
    TrainingRecord.objects.create(user_id=clerk.pk, role="clerk", place_code=f.TOWNSHIP, finished_on=DAY)
    count_progress(day=DAY, at=moment())
    trained = {county.code: (county.trained, county.people) for county in counties_counted(f.NATION)}
    assert (trained[f.COUNTY], trained[f.OTHER_COUNTY]) == ((1, 2), (0, 0))


def test_an_interface_is_known_from_the_ground_table() -> None:
    note_province_heard(province_code=f.PROVINCE, at=moment(9), synced_until=Month(2026, 1))
    heard = heard_by_province()[f.PROVINCE]
    assert (heard.at, heard.synced_until) == (moment(9), date(2026, 1, 1))
