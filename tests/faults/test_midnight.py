"""The clock at midnight: the month is that of the day in 北京时间, whatever day it is at Greenwich."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.applications.models import Application
from lxbt.core.months import Month
from lxbt.entitlements.models import Entitlement
from lxbt.payments.models import Batch
from tests import factories as f
from tests.faults.test_rivals import pass_it, waiting_for_decision

pytestmark = pytest.mark.django_db
LAST = datetime(2026, 1, 31, 23, 59, 59, tzinfo=f.SHANGHAI)  # 15:59:59 at Greenwich
FIRST = datetime(2026, 2, 1, 0, 0, 0, tzinfo=f.SHANGHAI)  # still the 31st of January at Greenwich
MOMENTS = pytest.mark.parametrize(
    ("moment", "day"),
    [(LAST, date(2026, 1, 31)), (FIRST, date(2026, 2, 1))],
    ids=["last second of January", "first of February"],
)


@pytest.fixture(autouse=True)
def ground() -> None:
    f.load_places()
    f.usual_standards()


@MOMENTS
def test_a_draw_offers_and_notes_the_month_and_the_day_here(
    moment: datetime, day: date, logged_in: Callable[[User], Client]
) -> None:
    f.recipient(division=f.TOWNSHIP)
    with time_machine.travel(moment, tick=False):
        client = logged_in(f.account("payment_officer", f.COUNTY))
        assert f'value="{day:%Y-%m}"' in client.get(reverse("draw")).content.decode()
        client.post(reverse("draw"), {"payer": f.COUNTY, "month": f"{day:%Y-%m}"})
    batch = Batch.objects.get()
    assert (batch.drawn_on, Month.of(batch.month)) == (day, Month.of(day))
    assert batch.item_count == day.month  # January alone, or January and February


@MOMENTS
def test_a_decision_is_of_the_day_here_and_the_right_counts_from_the_month_of_the_application(
    moment: datetime, day: date, logged_in: Callable[[User], Client]
) -> None:
    found = waiting_for_decision()
    with time_machine.travel(moment, tick=False):
        client = logged_in(f.account("decider", f.COUNTY))
        data = {
            "act": "pass",
            "version": found.version,
            "verdict_living": "agree",
            "verdict_care": "agree",
            "opinion": "同意",
        }
        answered = client.post(reverse("application_act", args=[found.number]), data)
        assert answered.status_code == 302, answered.content.decode()
    decided = Application.objects.get(number=found.number)
    assert (decided.state, decided.ended_on) == ("granted", day)
    assert set(Entitlement.objects.values_list("since", "granted_on")) == {(date(2026, 1, 1), day)}


@MOMENTS
def test_an_application_counts_from_the_month_of_its_day_here(moment: datetime, day: date) -> None:
    """国发〔2015〕52号 三（三）: from the month of the application."""
    from lxbt.applications import operations as applications
    from tests.web.test_scope import declaration

    clerk, reviewer, decider = (
        f.account("clerk", f.TOWNSHIP),
        f.account("reviewer", f.COUNTY),
        f.account("decider", f.COUNTY),
    )
    told = declaration("李四", f.TOWNSHIP, f.identity_number(serial=13))
    found = applications.take_in(
        declaration=told, subsidies=["living", "care"], applicant=applications.Applicant(), by=clerk, at=moment
    )
    assert (found.applied_on, found.number[7:13]) == (day, f"{day:%Y%m}")
    for by in (clerk, reviewer, decider):
        found = pass_it(found, by)
    assert set(Entitlement.objects.values_list("since", flat=True)) == {day.replace(day=1)}
