"""Rights that a program pushes: paid within the window up to the day's limit, else held back until two
officials agree.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from lxbt.core.clock import Now
from lxbt.core.months import Month
from lxbt.divisions.rules import NATION
from lxbt.entitlements.models import Hold
from lxbt.entitlements.operations import grant_entitlement, resolve_changes
from lxbt.payments.models import Batch, Item
from lxbt.payments.operations import draw_area
from lxbt.provincial.operations import clients
from lxbt.registry.models import Person
from lxbt.standards.models import Parameter
from tests import factories as b
from tests.imports.county import COUNTY, decider, open_window
from tests.provincial.calling import Province
from tests.provincial.records import MAKERS, payment, person

pytestmark = pytest.mark.django_db


def drawn() -> list[Batch]:
    now = Now.read()
    resolve_changes()
    found = draw_area(area=COUNTY, month=Month.of(now.on), by=None, on=now.on, workers=1)
    return [batch for _n, batches in found for batch in batches]


def pushed(province: Province, **other: Any) -> None:
    answer = province.push("rights", MAKERS["rights"](**other))
    assert answer.json()["outcome"] == "new", answer.json()
    resolve_changes()


def test_within_the_window_a_pushed_right_is_paid_from_its_month_and_the_batch_names_the_push(
    province: Province,
) -> None:
    pushed(province)
    assert not Hold.objects.filter(why="unconfirmed").exists()


def test_outside_the_window_a_pushed_right_is_drawn_for_nobody(province: Province) -> None:
    open_window(date(2020, 1, 1), date(2020, 1, 31))
    pushed(province)
    assert list(Hold.objects.values_list("why", "until", "payer_code")) == [("unconfirmed", None, COUNTY)]
    assert drawn() == []


def test_beyond_the_limit_of_a_day_pushed_rights_wait(province: Province) -> None:
    Parameter.objects.create(division_code=COUNTY, name="pushed_rights_a_day", value=1, recorded_on=b.DAY)
    pushed(province)
    other = MAKERS["rights"](2)
    province.push("rights", other)
    assert Hold.objects.filter(why="unconfirmed").count() == 1


def test_a_pushed_payment_does_not_stop_what_an_official_decided(province: Province) -> None:
    province.push("persons", person())
    now = Now.read()
    someone = Person.objects.get()
    grant_entitlement(
        person_id=someone.pk, subsidy="care", since=Month.of(now.on), basis="application 7", by=decider(), on=now.on
    )
    answer = province.push("payments", payment(month=str(Month.of(now.on))))
    assert [reason["code"] for reason in answer.json()["reasons"]] == ["needs_confirmation"]
    assert not Item.objects.exists()


def test_a_program_tells_the_payments_of_the_rights_that_it_pushed(province: Province) -> None:
    pushed(province)
    granted = Month.of(Now.read().on)
    answer = province.push("payments", payment(month=str(granted)))
    assert answer.json()["outcome"] == "new"


def test_an_official_does_not_open_a_system_for_the_nation_or_outside_the_sandbox(province: Province) -> None:
    told = {"client_id": "another", "name": "另一个系统", "at": Now.read().at}
    with pytest.raises(clients.ClientRefused, match="不能是全国"):
        clients.open_client(division_code=NATION, by=None, **told)
    admin = b.official("admin")
    from lxbt.accounts.models import Appointment

    since = Now.read().on - timedelta(days=1)
    Appointment.objects.create(user=admin, role="administrator", division_code=COUNTY, since=since)
    with pytest.raises(clients.ClientRefused, match="沙箱"):
        clients.open_client(division_code=COUNTY, by=admin, sandbox=False, **told)
