"""A right is stopped, suspended and resumed by whoever decides; what it costs is said before it is done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.core.months import Month
from lxbt.entitlements.models import Entitlement
from lxbt.payments import operations as payments
from lxbt.payments.models import Item
from tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("february")]


@pytest.fixture
def february():  # type: ignore[no-untyped-def]
    with time_machine.travel("2026-02-03 10:00+08:00", tick=False):
        yield


@pytest.fixture
def case(logged_in: Callable[[User], Client]) -> tuple[str, int, Client]:
    """A person paid for January and February, and who decides there."""
    f.load_places()
    f.flat_standards(living="100")
    person = f.recipient("王小明", division=f.TOWNSHIP)
    for month in (Month(2026, 1), Month(2026, 2)):
        batch = payments.draw_batch(payer_code=f.COUNTY, month=month, by=f.official("draws"), on=f.day_in(month))
        assert batch is not None
        payments.approve_batch(batch_id=batch.pk, control_total=batch.total, by=f.official("approves"), on=f.DAY)
    return reverse("person_right", args=[person.pk]), person.pk, logged_in(f.account("decider", f.COUNTY))


def told(**values: str) -> dict[str, str]:
    return {
        "act": "end",
        "subsidy": "living",
        "since": "2026-02",
        "basis": "own_wish",
        "note": "",
        "step": "look",
        **values,
    }


def periods(person_id: int) -> list[tuple[str, str, str]]:
    return [
        (e.state, f"{e.since:%Y-%m}", f"{e.until:%Y-%m}" if e.until else "")
        for e in Entitlement.objects.filter(person_id=person_id).order_by("since")
    ]


def test_what_stopping_costs_is_said_first_and_nothing_has_happened_yet(case: tuple[str, int, Client]) -> None:
    url, person_id, decider = case
    page = decider.post(url, told()).content.decode()
    assert "已发 1 个月、100.00 元" in page
    assert periods(person_id) == [("granted", "2026-01", "")]


def test_a_stopped_right_ends_there_and_the_next_batch_takes_back_what_was_paid_after(
    case: tuple[str, int, Client],
) -> None:
    url, person_id, decider = case
    assert decider.post(url, told(step="do")).status_code == 302
    assert periods(person_id) == [("granted", "2026-01", "2026-02")]
    payments.draw_batch(payer_code=f.COUNTY, month=Month(2026, 3), by=f.official("draws"), on=f.day_in(Month(2026, 3)))
    assert [
        item.amount for item in Item.objects.filter(person_id=person_id, right_month="2026-02-01").order_by("seq")
    ] == [100, -100]


def test_a_suspended_right_is_resumed_from_a_month_on(case: tuple[str, int, Client]) -> None:
    url, person_id, decider = case
    decider.post(url, told(act="suspend", since="2026-03", basis="not_found", step="do"))
    decider.post(url, told(act="resume", since="2026-05", basis="cleared", step="do"))
    assert periods(person_id) == [
        ("granted", "2026-01", "2026-03"),
        ("suspended", "2026-03", "2026-05"),
        ("granted", "2026-05", ""),
    ]


def test_nothing_to_stop_and_a_basis_without_words_are_said(case: tuple[str, int, Client]) -> None:
    url, person_id, decider = case
    assert "没有可恢复的待遇" in decider.post(url, told(act="resume", step="do")).content.decode()
    assert "请写明不少于 4 个字" in decider.post(url, told(basis="other", step="do")).content.decode()
    assert periods(person_id) == [("granted", "2026-01", "")]


def test_only_who_decides_there_reaches_the_page(
    case: tuple[str, int, Client], logged_in: Callable[[User], Client]
) -> None:
    url, _person_id, _decider = case
    assert logged_in(f.account("clerk", f.TOWNSHIP)).get(url).status_code == 404
    assert logged_in(f.account("decider", f.OTHER_COUNTY)).get(url).status_code == 404
