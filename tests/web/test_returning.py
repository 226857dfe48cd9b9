"""A batch goes back with a reason that a human being typed; who drew it is told, and may take an own one back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.notices.models import Notice
from lxbt.payments.models import Batch
from lxbt.payments.operations import draw_batch
from lxbt.payments.queries import net_of
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawer() -> User:
    f.load_places()
    f.flat_standards(living="80")
    f.recipient(division=f.TOWNSHIP)
    return f.account("payment_officer", f.COUNTY)


@pytest.fixture
def batch(drawer: User) -> Batch:
    found = draw_batch(payer_code=f.COUNTY, month=f.JANUARY, by=drawer, on=f.DAY)
    assert found is not None
    return found


def acted(browser: Client, batch: Batch, **told: str) -> str:
    address = reverse("batch_act", args=[batch.pk])
    status = browser.post(address, told, follow=True).status_code
    batch.refresh_from_db()
    return batch.state if status == 200 else str(status)


@pytest.mark.parametrize("reason", ["", " ", "x"])
def test_without_a_reason_nothing_goes_back(batch: Batch, logged_in: Callable[[User], Client], reason: str) -> None:
    approver = logged_in(f.account("payment_approver", f.COUNTY))
    assert acted(approver, batch, act="return", reason=reason) == "drawn"


@pytest.mark.parametrize("act", ["", "reject", "APPROVE"])
def test_an_act_that_is_none_is_refused(batch: Batch, logged_in: Callable[[User], Client], act: str) -> None:
    approver = logged_in(f.account("payment_approver", f.COUNTY))
    assert acted(approver, batch, act=act, reason="漏了三个人") == "404"
    assert batch.state == "drawn"


def test_who_drew_it_reads_that_it_came_back_and_why(
    batch: Batch, drawer: User, logged_in: Callable[[User], Client]
) -> None:
    approver = logged_in(f.account("payment_approver", f.COUNTY))
    assert acted(approver, batch, act="return", reason="漏了三个人") == "returned"
    assert Notice.objects.get(kind="batch_returned").user_id == drawer.pk
    browser = logged_in(drawer)
    assert "退回了您编制的" in browser.get(reverse("notices")).content.decode()
    assert "漏了三个人" in browser.get(reverse("batch", args=[batch.pk])).content.decode()


def test_who_drew_it_may_take_it_back_and_another_officer_may_not(
    batch: Batch, drawer: User, logged_in: Callable[[User], Client]
) -> None:
    other = logged_in(f.account("payment_officer", f.COUNTY, username="other_officer"))
    assert acted(other, batch, act="return", reason="不是我编制的") == "drawn"
    assert "撤回自己编制的批次" in logged_in(drawer).get(reverse("batch", args=[batch.pk])).content.decode()
    assert acted(logged_in(drawer), batch, act="return", reason="编错月份") == "returned"
    assert not Notice.objects.filter(kind="batch_returned").exists()


def test_the_sum_to_be_typed_stands_on_the_page(batch: Batch, logged_in: Callable[[User], Client]) -> None:
    page = logged_in(f.account("payment_approver", f.COUNTY)).get(reverse("batch", args=[batch.pk])).content.decode()
    assert "报送银行净额（元）" in page
    assert f"{net_of(batch):,.2f}" in page
