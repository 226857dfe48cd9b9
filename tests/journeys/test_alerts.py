"""From the ministry's campaign to a recovery paid back: dispatched, visited with a phone, confirmed, drawn, settled,
closed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from lxbt.core.months import Month
from lxbt.matching.models import Campaign, Suspicion
from lxbt.matching.operations.campaigns import compare_campaign
from lxbt.matching.operations.lists import close_list, open_list, take_list_rows
from lxbt.matching.rules.lists import ListRow
from lxbt.payments.models import Recovery
from tests import factories as f
from tests.journeys.conftest import Visitor
from tests.matching.test_verifying import BORN, JPG, pay, recipient


@pytest.mark.django_db(transaction=True)
def test_from_the_ministrys_campaign_to_the_money_paid_back(visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    today = timezone.localdate()
    month = Month.of(today)
    f.load_places()
    f.usual_standards()
    people = {"officer": f.account("payment_officer", f.COUNTY), "approver": f.account("payment_approver", f.COUNTY)}
    for role, place in (("inspector", f.NATION), ("verifier", f.TOWNSHIP), ("decider", f.COUNTY)):
        f.account(role, place)
    person = recipient(since=month.back(3))
    for past in (month.back(2), month.back(1)):
        pay(past, people)
    died = month.back(3).first.replace(day=20)
    entry = open_list(kind="deaths", division_code=f.COUNTY, received_on=today, as_of=month.back(1).last, by=None)
    take_list_rows(
        list_id=entry.pk,
        rows=[
            ListRow(
                row=2, name=person.name, identity_number=f.identity_number(birth=BORN), event_on=died, value="health"
            )
        ],
        on=today,
    )
    close_list(list_id=entry.pk, by=None, on=today)

    ministry = visitor()
    the_ministry_plans_and_starts(ministry, str(month.back(1)))
    assert compare_campaign(campaign_id=Campaign.objects.get().pk, on=today, at=timezone.now()) == 1
    case = Suspicion.objects.get()
    the_township_visits_with_a_phone(visitor(390, 844), case.pk, tmp_path)
    decider = visitor()
    the_county_confirms(decider, case.pk)
    pay(month, people)
    the_money_comes_back(visitor(), visitor(), Recovery.objects.filter(person_id=person.pk).count())
    f.account("decider", f.COUNTY, username="another_decider")
    other = visitor()
    other.log_in("another_decider")
    other.open(f"/alerts/{case.pk}/")
    other.presses("button[value=close]")
    other.sees("已销号")
    ministry.open(f"/campaigns/{Campaign.objects.get().pk}/")
    ministry.sees("100%")
    ministry.looked_at("alerts-05-campaign")


def the_ministry_plans_and_starts(ministry: Visitor, month: str) -> None:
    page = ministry.page
    ministry.log_in("_inspector")  # the nation has no digits
    ministry.open("/campaigns/new/")
    page.fill("#id_name", "死亡后领取核对")
    page.fill("#id_plan", "核对死亡后领取，乡镇入户核实，县级复核")
    page.fill("#id_document_number", "民办函〔2023〕43号")
    page.fill("#id_month", month)
    page.fill("#id_due_on", f"{timezone.localdate().replace(year=timezone.localdate().year + 1):%Y-%m-%d}")
    page.check("input[name=rules][value=R01]")
    ministry.looked_at("alerts-01-plan")
    ministry.presses("main button:has-text('保存方案')")
    ministry.presses("button[value=start]")
    ministry.sees("比对中")


def the_township_visits_with_a_phone(phone: Visitor, ident: int, folder: Path) -> None:
    page = phone.page
    phone.log_in("420102002_verifier")
    phone.open("/alerts/")
    phone.sees("死亡后仍领取")
    phone.looked_at("alerts-02-phone-list")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.open(f"/alerts/{ident}/visit/")
    phone.looked_at("alerts-03-phone-visit")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture = folder / "visit.jpg"
    picture.write_bytes(JPG)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": 30.6012, "longitude": 114.3055})
    page.click("[data-locate]")
    expect(page.locator("[data-latitude]")).not_to_have_value("")
    page.set_input_files("#visit-photo", str(picture))
    page.fill("#id_opinion", "家属出示死亡证明，已拍照")
    phone.presses("main form button[type=submit].btn-primary")
    phone.sees("结论已提交县级复核")


def the_county_confirms(decider: Visitor, ident: int) -> None:
    decider.log_in("420102_decider")
    decider.open(f"/alerts/{ident}/")
    decider.sees("停发，已发的追缴")
    decider.looked_at("alerts-04-case")
    decider.presses("button[value=confirm]")
    decider.sees("已复核")


def the_money_comes_back(officer: Visitor, approver: Visitor, count: int) -> None:
    assert count == 2
    officer.log_in("420102_payment_officer")
    approver.log_in("420102_payment_approver")
    for _n in range(count):
        officer.open("/recoveries/")
        officer.presses("main table.data tbody a.btn >> nth=0")
        officer.page.select_option("#id_outcome", "recovered")
        officer.page.fill("#id_basis", "缴款收据 2026-118")
        officer.presses("main form button[type=submit]")
        approver.open("/proposals/")
        approver.presses("main h2 a")
        approver.presses("button[name=act][value=accept]")
        approver.sees("已同意")
