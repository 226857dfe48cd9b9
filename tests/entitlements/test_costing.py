"""What a draft would cost is what the rule would say of everybody who draws, with the draft and without."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lxbt.core.months import Month
from lxbt.entitlements.costing import cost_of_draft
from lxbt.entitlements.operations import resolve_changes
from lxbt.standards.models import Standard
from lxbt.standards.operations import draft_standard
from tests.factories import COUNTY, county, flat_standards, recipient

pytestmark = pytest.mark.django_db
MARCH = Month(2026, 3)


@pytest.fixture(autouse=True)
def ground() -> None:
    county()
    flat_standards(living="80", care="100")


def draft(amount: dict[str, object], when: dict[str, object] | None = None) -> Standard:
    row = {"division": COUNTY, "subsidy": "living", "since": "2026-04", "when": when or {}, "amount": amount}
    return draft_standard(row=row, document_title="提标", document_number="县〔2026〕1号", by=None)


def test_a_rise_costs_the_difference_for_everybody_who_draws() -> None:
    for name in ("甲", "乙", "丙"):
        recipient(name)
    recipient("只领护理", subsidies=("care",))
    resolve_changes()
    cost = cost_of_draft(draft({"fixed": "95.50"}), Month(2026, 4))
    assert cost.persons == 3
    assert cost.difference == Decimal("46.50")
    assert [(c.county_code, c.more, c.fewer) for c in cost.counties] == [(COUNTY, 3, 0)]


def test_a_draft_that_some_do_not_meet_shows_who_gets_less() -> None:
    recipient("低保户")
    recipient("低收入户", economic="low_income")
    resolve_changes()
    cost = cost_of_draft(draft({"fixed": "120"}, {"economic": ["dibao"]}), Month(2026, 4))
    (here,) = cost.counties
    assert (here.persons, here.more, here.fewer) == (2, 1, 1)
    assert (here.now, here.then) == (Decimal("160.00"), Decimal("120.00"))


def test_before_its_first_month_a_draft_costs_nothing() -> None:
    recipient("甲")
    resolve_changes()
    assert cost_of_draft(draft({"fixed": "120"}), MARCH).difference == 0
