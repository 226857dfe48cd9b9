"""Months and ages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lxbt.core.months import Month, age_in

MONTHS = st.builds(Month, st.integers(1900, 2200), st.integers(1, 12))


@given(MONTHS, st.integers(-1200, 1200))
def test_adding_and_taking_away_are_inverse(month: Month, n: int) -> None:
    assert (month + n) - month == n
    assert (month + n).back(n) == month
    assert (month + n > month) == (n > 0)


@given(MONTHS)
def test_a_month_ends_where_the_next_begins(month: Month) -> None:
    assert month.last + timedelta(days=1) == (month + 1).first
    assert Month.parse(str(month)) == month == Month.of(month.first) == Month.of(month.last)


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "26-01", "2026-00", "2026-01-01", "2026/01", "２０２６-01"])
def test_what_is_not_a_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="月份"):
        Month.parse(text)


@given(st.dates(date(1900, 1, 1), date(2030, 12, 31)), MONTHS)
def test_an_age_grows_by_one_each_year_and_never_falls(birth: date, month: Month) -> None:
    assume(birth <= month.first)
    leap_day_in_february = (birth.month, birth.day) == (2, 29) and month.first.month == 2
    grown = age_in(birth, month + 12) - age_in(birth, month)
    assert grown in (0, 1, 2) if leap_day_in_february else grown == 1
    assert 0 <= age_in(birth, month + 1) - age_in(birth, month) <= 1


@given(st.dates(date(1904, 1, 1), date(2020, 12, 31)), st.integers(0, 110))
def test_an_age_is_reached_in_the_month_of_the_birthday(birth: date, age: int) -> None:
    assume((birth.month, birth.day) != (2, 29))
    reached = Month(birth.year + age, birth.month)
    assert (age_in(birth, reached), age_in(birth, reached.back(1))) == (age, age - 1)


def test_an_age_is_reached_within_its_month() -> None:
    assert age_in(date(2006, 1, 31), Month(2022, 1)) == 16
    assert age_in(date(2006, 2, 1), Month(2022, 1)) == 15
    assert age_in(date(2004, 2, 29), Month(2022, 2)) == 17
    assert age_in(date(2004, 2, 29), Month(2024, 2)) == 20
