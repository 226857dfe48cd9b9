"""A published figure and the list behind it are the same, whatever happened in between."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.divisions.models import StaleMonth
from lxbt.entitlements.listing import GAPS, Wanted, count_wanted
from lxbt.payments import operations as payments
from lxbt.payments.models import Batch
from lxbt.payments.operations.books import come_back
from lxbt.registry.operations import record_certificate, record_fact
from lxbt.statistics.behind import WHAT, rows_behind, sums_behind
from lxbt.statistics.coverage import count_coverage
from lxbt.statistics.models import Coverage, Figure
from lxbt.statistics.operations import count_stale
from lxbt.statistics.queries import AreaCount, area_in_month, classes_in_month, overview
from tests import factories

pytestmark = pytest.mark.django_db
TOWNSHIPS = (factories.FIRST_TOWNSHIP, "420102002000")
JANUARY = factories.JANUARY


def paid(month: Month) -> None:
    batch = payments.draw_batch(
        payer_code=factories.COUNTY, month=month, by=factories.official("draws"), on=factories.day_in(month)
    )
    if batch is not None:
        payments.approve_batch(
            batch_id=batch.pk, control_total=batch.total, by=factories.official("approves"), on=factories.DAY
        )


def differences(month: Month) -> list[tuple[str, str, str]]:
    """(area, figure, subsidy) where the list does not make the figure."""
    found = []
    for area in (factories.COUNTY, *TOWNSHIPS):
        counted = area_in_month(area, month.first)
        for what in WHAT:
            for subsidy in ("", *SUBSIDIES):
                figure = getattr(getattr(counted, subsidy) if subsidy else counted.both, what)
                asked = {
                    "payer": factories.COUNTY,
                    "area": area,
                    "month": month.first,
                    "what": what,
                    "subsidy": subsidy,
                }
                rows = rows_behind(**asked, limit=10_000)
                sums = sums_behind(**asked)
                if (
                    figure != sums.figure(what)
                    or len(rows) != sums.rows
                    or sum(row.amount for row in rows) != sums.amount
                ):
                    found.append((area, what, subsidy))
    return found


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(TOWNSHIPS),
            st.sampled_from([("living",), ("care",), ("living", "care")]),
            st.integers(0, 3),
            st.booleans(),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_every_figure_of_a_county_and_its_townships_is_made_of_the_rows_behind_it(
    people: list[tuple[str, tuple[str, ...], int, bool]],
) -> None:
    factories.county()
    factories.flat_standards(living="100", care="80")
    for place, subsidies, start, dies in people:
        person = factories.recipient(division=place, subsidies=subsidies, since=JANUARY + start)
        if dies:
            person_dies = (JANUARY + start).first
            record_fact(
                person_id=person.pk,
                key="died_on",
                value=person_dies,
                since=None,
                source="test",
                received_on=date(2026, 4, 20),
                by=None,
            )
    for month in (JANUARY + 1, JANUARY + 2):
        paid(month)
        while count_stale():
            pass
        assert differences(month) == []


def classes(month: Month, dimension: str) -> dict[tuple[str, str], int]:
    return {
        (subsidy, value): persons
        for value, subsidy, persons, _yuan in classes_in_month(factories.COUNTY, month.first, dimension)
    }


def counted(month: Month) -> AreaCount:
    while count_stale():
        pass
    return area_in_month(factories.COUNTY, month.first)


def test_a_returned_transfer_is_no_stop_and_its_sending_again_no_start() -> None:
    factories.county()
    factories.flat_standards(living="100", care="80")
    kept, dying = (factories.recipient(name, subsidies=("living",)) for name in ("甲", "乙"))
    paid(JANUARY)
    first = counted(JANUARY)
    assert (first.living.persons, first.living.started, first.living.stopped) == (2, 0, 0)
    record_fact(
        person_id=dying.pk,
        key="died_on",
        value=JANUARY.first,
        since=None,
        source="test",
        received_on=date(2026, 2, 10),
        by=None,
    )
    factories.recipient("丙", subsidies=("living",), since=JANUARY + 1)
    paid(JANUARY + 1)
    batch = Batch.objects.get(month=(JANUARY + 1).first)
    come_back(batch, [(kept.pk, "living")], on=date(2026, 2, 25), by_id=None)
    StaleMonth.objects.get_or_create(division_code=factories.COUNTY, month=(JANUARY + 1).first)
    second = counted(JANUARY + 1)
    assert (second.living.persons, second.living.started, second.living.stopped) == (2, 1, 1)
    assert classes(JANUARY + 1, "stopped") == {("living", "deceased"): 1}
    assert classes(JANUARY + 1, "started") == {("living", "granted"): 1}
    assert differences(JANUARY + 1) == []
    paid(JANUARY + 2)
    third = counted(JANUARY + 2)
    assert (third.living.persons, third.living.started, third.living.stopped) == (2, 0, 0)


def test_a_city_lists_what_its_counties_list_and_nobody_who_moved_between_them_is_lost() -> None:
    factories.county()
    factories.flat_standards(living="100", care="80")
    for number in range(3):
        factories.recipient(f"人{number}", subsidies=("living", "care"))
    paid(JANUARY)
    counted(JANUARY)
    for what in WHAT:
        asked = {"payer": factories.CITY, "area": factories.CITY, "month": JANUARY.first, "what": what}
        figure = getattr(area_in_month(factories.CITY, JANUARY.first).both, what)
        assert sums_behind(**asked).figure(what) == figure
        assert len(rows_behind(**asked, limit=100)) == sums_behind(**asked).rows


def test_coverage_counts_whom_its_lists_name() -> None:
    """The tile and the list that it leads to; who draws care at grade 3 covers no grade 1."""
    factories.county()
    factories.flat_standards(living="100", care="80")
    for name, grade, subsidies in (("甲", 1, ("care",)), ("乙", 2, ()), ("丙", 3, ("care",)), ("丁", 1, ("living",))):
        person = factories.recipient(name, subsidies=subsidies)
        certificate = {
            "category": "physical",
            "grade": grade,
            "issued_on": date(2018, 1, 1),
            "valid_until": date(2030, 1, 1),
        }
        record_certificate(
            person_id=person.pk, certificate=certificate, source="test", received_on=factories.DAY, by=None
        )
    paid(JANUARY)
    day = factories.day_in(JANUARY)
    assert count_coverage(area=factories.COUNTY, on=day, at=factories.moment(day)) > 0
    own = Coverage.objects.get(division_code=factories.COUNTY)
    assert (own.severe, own.severe_without) == (3, 2)
    for gap in GAPS:
        wanted = Wanted(gap=gap)
        assert count_wanted(wanted, area=factories.COUNTY, on=day) == getattr(own, gap), gap
    assert count_wanted(Wanted(state="valid"), area=factories.COUNTY, on=day) == own.certified


def test_the_month_that_runs_is_not_the_headline_and_is_never_compared() -> None:
    factories.county()
    for month in (date(2026, 1, 1), date(2026, 2, 1), date(2026, 4, 1)):
        Figure.objects.create(month=month, division_code=factories.COUNTY, level=3, subsidy="living", persons=1)

    def seen(today: date, month: date | None = None) -> tuple[date | None, bool, bool]:
        found = overview(factories.COUNTY, month, today=today)
        return found.month, found.is_open, found.before is not None

    assert seen(date(2026, 2, 28)) == (date(2026, 1, 1), False, False)
    assert seen(date(2026, 3, 1)) == (date(2026, 2, 1), False, True)
    assert seen(date(2026, 4, 9), date(2026, 4, 1)) == (date(2026, 4, 1), True, False)
    assert seen(date(2026, 5, 1)) == (date(2026, 4, 1), False, False)  # March has no figures: nothing to compare with
    assert [month.month for month, _area in overview(factories.COUNTY, today=date(2026, 4, 9)).whole] == [1, 2]


def test_a_list_is_paged_by_its_last_row_and_no_row_comes_twice() -> None:
    factories.county()
    factories.flat_standards(living="100", care="80")
    for number in range(5):
        factories.recipient(f"人{number}", division=TOWNSHIPS[number % 2], subsidies=("living", "care"))
    paid(JANUARY)
    asked = {"payer": factories.COUNTY, "area": factories.COUNTY, "month": JANUARY.first, "what": "persons"}
    seen, after = [], None
    while rows := rows_behind(**asked, after=after, limit=3):
        seen += rows
        after = (rows[-1].division_code, rows[-1].person_id, rows[-1].subsidy)
    assert seen == rows_behind(**asked, limit=100)
    assert len(seen) == 10
