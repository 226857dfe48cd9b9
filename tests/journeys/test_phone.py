"""On a phone of 390 pixels: nothing scrolls sideways, axe finds nothing, the daily pages are usable."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lxbt.accounts.rules import DEMONSTRATION_PASSWORD
from lxbt.applications.models import Application
from lxbt.payments.models import Batch, Item
from tests.journeys.conftest import Visitor
from tests.journeys.test_english import given_a_county_in_full_swing

COUNTY = "420102"


@pytest.mark.django_db(transaction=True)
def test_the_daily_pages_on_a_phone(visitor: Callable[..., Visitor]) -> None:
    given_a_county_in_full_swing()
    case = Application.objects.filter(county_code=f"{COUNTY}000000", state="open", step="review").first()
    paid = Item.objects.filter(division_code__startswith=COUNTY, kind="arrears").first()
    drawn = Batch.objects.filter(payer_code=f"{COUNTY}000000", state="drawn").first()
    assert case is not None
    assert paid is not None
    assert drawn is not None
    wide = []
    for username, pages in {
        f"{COUNTY}002_clerk": {
            "workbench": "/",
            "inbox": "/inbox/",
            "application-new": "/applications/new/",
            "persons": "/persons/",
        },
        f"{COUNTY}_reviewer": {"case": f"/applications/{case.number}/", "person": f"/persons/{paid.person_id}/"},
        f"{COUNTY}_approver": {"batches": "/batches/", "batch": f"/batches/{drawn.pk}/"},
        "00_supervisor": {"statistics": "/statistics/", "standards": "/standards/"},
    }.items():
        phone = visitor(390, 844)
        phone.log_in(username, DEMONSTRATION_PASSWORD)
        for name, address in pages.items():
            phone.open(address)
            phone.looked_at(f"phone-{name}")
            across = phone.page.evaluate("document.documentElement.scrollWidth")
            if across > 390:
                wide.append(f"{name}: {across}")
    assert wide == []
