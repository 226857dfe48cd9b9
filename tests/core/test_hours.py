"""Hours of wake-ups: said in Beijing's time, due then."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import given
from hypothesis import strategies as st

from lxbt.core.hours import cron_at

BEIJING = ZoneInfo("Asia/Shanghai")


@given(
    st.integers(0, 23),
    st.integers(0, 59),
    st.one_of(st.none(), st.integers(2, 28)),
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),
)
def test_whenever_one_looks_the_next_wake_up_is_at_that_hour_of_beijing(
    hour: int, minute: int, day: int | None, now: datetime
) -> None:
    due = (
        croniter(cron_at(f"{hour:02d}:{minute:02d}", day=day), now.replace(tzinfo=UTC))
        .get_next(datetime)
        .astimezone(BEIJING)
    )
    assert (due.hour, due.minute) == (hour, minute)
    assert day is None or due.day == day


@pytest.mark.parametrize(("clock", "day"), [("24:00", None), ("08:60", None), ("08:00", 1), ("08:00", 29)])
def test_an_hour_or_day_that_cannot_be_written_so_is_refused(clock: str, day: int | None) -> None:
    with pytest.raises(ValueError, match=clock):
        cron_at(clock, day=day)
