"""One person anywhere: with a reason, with a record, with no more than helps; and the rows behind a figure."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.accounts.rules.looking import reveals_allowed
from lxbt.audit.models import Event
from lxbt.core.months import Month
from lxbt.entitlements.operations import grant_entitlement
from lxbt.payments import operations as payments
from lxbt.registry.models import Person
from lxbt.registry.operations import add_identifier
from lxbt.registry.rules import IDENTITY
from lxbt.statistics.operations import count_stale
from tests import factories as f

pytestmark = pytest.mark.django_db
REASON = "受理前核对是否重复享受"
NUMBER = f.identity_number(serial=71)


def told(client: Client, **values: str) -> str:
    return client.post(reverse("nation"), {"number": NUMBER, "reason": REASON, **values}).content.decode()


@pytest.fixture
def paid(logged_in: Callable[[User], Client]) -> tuple[Person, Client, Client]:
    """A person paid in January, a clerk of another province's township, a clerk of the own one."""
    f.load_places()
    f.flat_standards(living="100")
    person = f.recipient("王小明", subsidies=(), division=f.TOWNSHIP)
    add_identifier(person_id=person.pk, kind=IDENTITY, number=NUMBER)
    grant_entitlement(person_id=person.pk, subsidy="living", since=f.JANUARY, basis="test", by=None, on=f.DAY)
    batch = payments.draw_batch(payer_code=f.COUNTY, month=Month(2026, 1), by=f.official("draws"), on=f.DAY)
    assert batch is not None
    payments.approve_batch(batch_id=batch.pk, control_total=batch.total, by=f.official("approves"), on=f.DAY)
    while count_stale():
        pass
    return (
        person,
        logged_in(f.account("clerk", f.OTHER_TOWNSHIP, username="far")),
        logged_in(f.account("clerk", f.TOWNSHIP, username="near")),
    )


@time_machine.travel("2026-02-03 10:00+08:00", tick=False)
def test_a_window_far_away_learns_that_a_subsidy_is_paid_and_where_and_nothing_else(
    paid: tuple[Person, Client, Client],
) -> None:
    person, far, _near = paid
    page = told(far)
    assert "王**" in page
    assert "2026-01" in page
    assert "困难残疾人生活补贴" in page
    for hidden in (person.name, NUMBER, reverse("person", args=[person.pk]), "肢体"):
        assert hidden not in page
    event = Event.objects.get(action="nation.asked")
    assert (event.person_id, event.why, event.details) == (person.pk, REASON, {"found": "yes"})


@time_machine.travel("2026-02-03 10:00+08:00", tick=False)
def test_those_who_may_see_the_person_are_led_to_the_page(paid: tuple[Person, Client, Client]) -> None:
    person, _far, near = paid
    assert reverse("person", args=[person.pk]) in told(near)


@time_machine.travel("2026-02-03 10:00+08:00", tick=False)
def test_a_question_without_a_reason_or_with_a_wrong_number_is_not_asked(paid: tuple[Person, Client, Client]) -> None:
    _person, far, _near = paid
    assert "须选择理由" in told(far, reason="")
    assert "号码不对" in told(far, number=NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"))
    assert not Event.objects.filter(action="nation.asked").exists()


@time_machine.travel("2026-02-03 10:00+08:00", tick=False)
def test_a_number_that_nobody_has_is_recorded_without_the_number(paid: tuple[Person, Client, Client]) -> None:
    _person, far, _near = paid
    unknown = f.identity_number(serial=72)
    assert "全国没有" in told(far, number=unknown)
    event = Event.objects.get(action="nation.asked")
    assert event.person_id is None
    assert unknown not in str(event.__dict__)


@time_machine.travel("2026-02-03 10:00+08:00", tick=False)
def test_nobody_asks_about_the_whole_nation_one_by_one(paid: tuple[Person, Client, Client]) -> None:
    _person, far, _near = paid
    for _n in range(reveals_allowed({"clerk"})):
        told(far)
    assert "上限" in told(far)


@time_machine.travel("2026-02-03 10:00+08:00", tick=False)
def test_the_dashboard_of_a_county_leads_to_the_rows_behind_a_figure_and_they_agree(
    paid: tuple[Person, Client, Client], logged_in: Callable[[User], Client]
) -> None:
    decider = logged_in(f.account("decider", f.COUNTY, username="decides"))
    dashboard = decider.get(reverse("statistics"), {"code": f.COUNTY}).content.decode()
    url = f"{reverse('statistics_rows')}?code={f.COUNTY}&amp;month=2026-01&amp;what=persons&amp;subsidy=living"
    assert url in dashboard
    rows = decider.get(url.replace("&amp;", "&")).content.decode()
    assert "统计数与明细一致" in rows
    assert "王小明" in rows
    stranger = logged_in(f.account("decider", f.OTHER_COUNTY, username="elsewhere"))
    assert stranger.get(url.replace("&amp;", "&")).status_code == 404
