"""At 200 % on a desk screen of 1440 or 1280 pixels: no page scrolls sideways, in anybody's role (WCAG 2.1, 1.4.10)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lxbt.accounts.rules import DEMONSTRATION_PASSWORD
from lxbt.applications.models import Application
from lxbt.payments.models import Batch, Item
from tests.journeys.conftest import Visitor
from tests.journeys.test_english import given_a_county_in_full_swing

COUNTY = "420102"
WIDTHS = (720, 640)
BEYOND = """() => {
  const width = document.documentElement.clientWidth;
  const across = document.documentElement.scrollWidth;
  if (across <= width) return "";
  const wide = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > width + 1);
  const name = (one) => one.tagName.toLowerCase() + (one.className && one.className.baseVal === undefined ? "." +
      one.className.trim().replace(/\\s+/g, ".") : "");
  return across + ": " + wide.slice(0, 5).map((one) => name(one) + " " +
      Math.round(one.getBoundingClientRect().right)).join(", ");
}"""


@pytest.mark.django_db(transaction=True)
def test_no_page_scrolls_sideways_at_twice_its_size(visitor: Callable[..., Visitor]) -> None:
    given_a_county_in_full_swing()
    case = Application.objects.filter(county_code=f"{COUNTY}000000", state="open", step="review").first()
    paid = Item.objects.filter(division_code__startswith=COUNTY, kind="arrears").first()
    drawn = Batch.objects.filter(payer_code=f"{COUNTY}000000", state="drawn").first()
    assert case is not None
    assert paid is not None
    assert drawn is not None
    person = f"/persons/{paid.person_id}/"
    wide = []
    for username, pages in {
        f"{COUNTY}002_clerk": [
            "/",
            "/inbox/",
            "/applications/new/",
            "/applications/",
            "/persons/",
            person,
            "/notices/",
        ],
        f"{COUNTY}_reviewer": ["/", f"/applications/{case.number}/", "/leads/"],
        f"{COUNTY}_officer": ["/batches/", f"/batches/{drawn.pk}/", "/imports/", "/failed/", "/recoveries/"],
        f"{COUNTY}_approver": [f"/batches/{drawn.pk}/"],
        f"{COUNTY}_admin": ["/accounts/", "/accounts/new/", "/profile/"],
        f"{COUNTY}_inspector": ["/alerts/", "/signals/"],
        "42_standards": ["/standards/", "/standards/new/"],
        "42_coordinator": ["/rollout/", "/bulletins/", "/help/", "/directory/"],
        "00_supervisor": ["/statistics/", "/coverage/"],
        "00_auditor": ["/audit/", "/audit/seals/", "/looks/"],
    }.items():
        desk = visitor(WIDTHS[0], 450)
        desk.log_in(username, DEMONSTRATION_PASSWORD)
        for width in WIDTHS:
            desk.page.set_viewport_size({"width": width, "height": 450})
            for address in pages:
                desk.open(address)
                if beyond := desk.page.evaluate(BEYOND):
                    wide.append(f"{username} {address} at {width} -> {beyond}")
    assert wide == [], "\n".join(wide)
