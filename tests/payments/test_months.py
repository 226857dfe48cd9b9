"""Which months may be drawn, by whom: the current one or an earlier open one, by who may draw there."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from lxbt.accounts.standing import NotPermitted
from lxbt.core.months import Month
from lxbt.payments.models import Batch
from lxbt.payments.operations import DrawRefused, draw_area, draw_batch
from lxbt.standards.operations import set_parameter
from tests.factories import COUNTY, DAY, JANUARY, county, flat_standards, official, recipient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground() -> None:
    county()
    flat_standards(living="80")
    recipient()


def partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("select inhrelid::regclass::text from pg_inherits where inhparent = 'payments_item'::regclass")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize(
    "month", ["2026-02", "2028-01", "2045-06", "9999-12", "2025-12", "2015-12", "1900-01", "0001-01"]
)
def test_a_month_to_come_or_before_the_first_is_refused_and_leaves_nothing(month: str) -> None:
    before = partitions()
    with pytest.raises(DrawRefused, match=month):
        draw_batch(payer_code=COUNTY, month=Month.parse(month), by=official("drawer"), on=DAY)
    with pytest.raises(DrawRefused, match=month):
        list(draw_area(area="420000000000", month=Month.parse(month), by=None, on=DAY))
    assert partitions() == before
    assert not Batch.objects.exists()


def test_a_place_may_draw_ahead_as_far_as_its_parameter_says() -> None:
    set_parameter(division_code=COUNTY, name="draw_months_ahead", value=1, since=None, by=None, on=DAY)
    with pytest.raises(DrawRefused):
        draw_batch(payer_code=COUNTY, month=JANUARY + 2, by=None, on=DAY)
    assert draw_batch(payer_code=COUNTY, month=JANUARY + 1, by=None, on=DAY) is not None


def test_who_may_not_draw_there_draws_nothing() -> None:
    with pytest.raises(NotPermitted, match="权限"):
        draw_batch(payer_code=COUNTY, month=JANUARY, by=official("approver"), on=DAY)
    county("420103000000")
    with pytest.raises(NotPermitted, match="权限"):
        draw_batch(payer_code="420103000000", month=JANUARY, by=official("drawer"), on=DAY)
    nobody = official("approver").username
    with pytest.raises(CommandError, match="权限"):
        call_command("draw", "--division", COUNTY, "--month", f"{Month.of(date.today())}", "--by", nobody)
    assert not Batch.objects.exists()
