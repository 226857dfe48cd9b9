"""One clock: the day of a moment is Beijing's, and nothing in the program reads another one."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lxbt.core.clock import BEIJING, Now, beijing_day, day_begins
from scripts import check_clock

ROOT = Path(__file__).resolve().parents[2]


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.integers(-12, 14))
def test_a_moment_has_one_day_whatever_zone_it_is_written_in(moment: datetime, hours: int) -> None:
    here = moment.replace(tzinfo=BEIJING)
    elsewhere = here.astimezone(timezone(timedelta(hours=hours)))
    assert beijing_day(elsewhere) == beijing_day(here) == moment.date()
    assert Now.of(elsewhere) == Now(here, moment.date())
    assert day_begins(moment.date()) <= here < day_begins(moment.date() + timedelta(days=1))


def test_a_moment_and_a_day_that_disagree_are_refused() -> None:
    moment = datetime(2026, 1, 31, 16, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="is not the day"):
        Now(moment, date(2026, 1, 31))
    with pytest.raises(ValueError, match="time zone"):
        beijing_day(datetime(2026, 1, 31, 16, 1))


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles"])
def test_the_zone_of_the_machine_does_not_matter(zone: str) -> None:
    told = "from lxbt.core.clock import Now; n = Now.read(); print(n.on, n.at.utcoffset())"
    out = subprocess.run(
        [sys.executable, "-c", told],
        env={**os.environ, "TZ": zone},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert out.split()[1] == "8:00:00"
    assert abs((date.fromisoformat(out.split()[0]) - beijing_day(datetime.now(UTC))).days) <= 1


def test_nothing_else_reads_a_clock_or_takes_the_day_of_a_moment() -> None:
    assert check_clock.faults(ROOT) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("lxbt/payments/operations/x.py", "on = at.date()"),
        ("lxbt/web/x.py", "on = row.at.date()"),
        ("lxbt/web/x.py", "on = timezone.localtime()"),
        ("lxbt/web/x.py", "sql = 'select current_date'"),
        ("lxbt/web/x.py", "sql = 'select now()::date'"),
        ("lxbt/payments/operations/x.py", "on = Now.read().on"),
        ("lxbt/payments/queries/x.py", "at = this_moment()"),
    ],
)
def test_what_would_read_another_clock_is_named(path: str, text: str) -> None:
    assert len(list(check_clock.faults_in(Path(path), text))) == 1
