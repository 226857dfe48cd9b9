"""Every door in the night: a moment is of the day, and of the month, that it is in Beijing, whichever zone it is told
in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.core.months import Month
from lxbt.entitlements.models import Entitlement
from lxbt.payments.models import Batch
from lxbt.registry.models import Fact
from lxbt.rollout.operations.declaring import DeclarationRefused, declare_totals
from tests import factories as f
from tests.imports import county

pytestmark = pytest.mark.django_db
LAST, FIRST = date(2026, 10, 31), date(2026, 11, 1)
CLOCKS = [(LAST, 7, 59), (LAST, 8, 1), (LAST, 23, 59), (FIRST, 0, 1), (FIRST, 7, 59), (FIRST, 8, 1)]
ZONES = [UTC, f.SHANGHAI, timezone(timedelta(hours=-8))]
NIGHT = pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(day.year, day.month, day.day, hour, minute, tzinfo=f.SHANGHAI).astimezone(zone), day)
        for day, hour, minute in CLOCKS
        for zone in ZONES
    ],
    ids=lambda told: str(told),
)


@NIGHT
def test_a_total_is_declared_up_to_the_month_here(moment: datetime, day: date) -> None:
    f.load_places()
    told: dict[str, Any] = {"payer_code": f.COUNTY, "subsidy": "care", "persons": 1, "amount": Decimal(100)}
    officer = f.account("payment_officer", f.COUNTY)
    made = declare_totals(month=Month.of(day), by=officer, at=moment, **told)
    assert made.month == Month.of(day).first
    with pytest.raises(DeclarationRefused, match="到本月的合计"):
        declare_totals(month=Month.of(day) + 1, by=officer, at=moment, **told)


@NIGHT
def test_a_file_is_of_the_day_on_which_it_is_written(moment: datetime, day: date, tmp_path: Path) -> None:
    county.make_county()
    path = county.write_csv(tmp_path / "a.csv", [county.recipient()])
    entry = county.passed(county.opened(path, "recipients"), path, now=moment)
    assert entry.state == "done", county.reasons(entry)
    assert set(Fact.objects.values_list("received_on", flat=True)) == {day}
    assert set(Entitlement.objects.values_list("granted_on", flat=True)) == {day}


@pytest.mark.parametrize(("moment", "day"), [(LAST, 23), (FIRST, 0), (FIRST, 7)], ids=str)
def test_the_command_draws_on_the_day_here(moment: date, day: int) -> None:
    f.load_places()
    f.usual_standards()
    f.recipient(division=f.TOWNSHIP)
    at = datetime(moment.year, moment.month, moment.day, day, 59, tzinfo=f.SHANGHAI)
    with time_machine.travel(at, tick=False):
        call_command("draw", division=f.COUNTY, month=f"{moment:%Y-%m}", workers=1)
    batch = Batch.objects.get()
    assert (batch.drawn_on, batch.month) == (moment, moment.replace(day=1))


@NIGHT
def test_a_page_is_of_the_day_here(moment: datetime, day: date, logged_in: Callable[[User], Client]) -> None:
    f.load_places()
    f.usual_standards()
    with time_machine.travel(moment, tick=False):
        page = logged_in(f.account("payment_officer", f.COUNTY)).get(reverse("draw"))
    assert f'value="{day:%Y-%m}"' in page.content.decode()


@NIGHT
def test_the_database_takes_the_same_day_of_a_moment(moment: datetime, day: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select %s::timestamptz::date, %s::timestamptz, current_setting('TimeZone')", [moment, moment])
        taken, back, zone = cursor.fetchone()
    assert (taken, zone) == (day, "Asia/Shanghai")
    assert (back, back.day) == (moment, day.day)
