"""A published figure and the list behind it are the same, whatever happened in between."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.payments import operations as payments
from lxbt.registry.operations import record_fact
from lxbt.statistics.behind import WHAT, rows_behind, sums_behind
from lxbt.statistics.operations import count_stale
from lxbt.statistics.queries import area_in_month
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
