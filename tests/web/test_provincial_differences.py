"""The pages of what differs between a province's books and ours: records, not names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.provincial.models import Client, Delivery, Difference, DifferentPerson, Pushed, Webhook
from lxbt.provincial.operations.clients import open_client
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    f.load_places()
    return open_client(
        client_id="wuhan", name="武汉市系统", division_code="420100000000", by=None, at=timezone.now()
    ).client


@pytest.fixture
def browser(client: Client, logged_in: Callable[[User], Browser]) -> Browser:
    return logged_in(f.account("administrator", f.PROVINCE))


@pytest.fixture
def difference(client: Client) -> Difference:
    now = timezone.now()
    row = Difference.objects.create(
        client=client,
        county_code=f.COUNTY,
        month=date(2026, 10, 1),
        subsidy="living",
        ours_count=2,
        ours_fen=15000,
        theirs_count=3,
        theirs_fen=15001,
        found_at=now,
        seen_at=now,
    )
    Pushed.objects.create(
        client_id=client.pk,
        kind="payments",
        ref="P-77",
        digest=b"x" * 16,
        person_id=7,
        subsidy="living",
        month=date(2026, 10, 1),
        batch_id=1,
    )
    DifferentPerson.objects.create(difference=row, handle=b"a" * 16, person_id=7, ours_fen=7000, theirs_fen=7001)
    DifferentPerson.objects.create(difference=row, handle=b"b" * 16, person_id=None, ours_fen=None, theirs_fen=5)
    return row


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_differs_is_listed_and_goes_down_to_the_record(
    browser: Browser, client: Client, difference: Difference
) -> None:
    told = text(browser.get(f"/provinces/{client.pk}/differences/"))
    assert "150.00" in told
    assert "150.01" in told
    one = text(browser.get(f"/provinces/{client.pk}/differences/{difference.pk}/"))
    assert "P-77" in one
    assert "本系统没有" in one
    assert "金额不同" in one


def test_a_difference_of_another_client_is_not_found(browser: Browser, client: Client, difference: Difference) -> None:
    other = open_client(
        client_id="other", name="外县系统", division_code="420100000000", by=None, at=timezone.now()
    ).client
    assert browser.get(f"/provinces/{other.pk}/differences/{difference.pk}/").status_code == 404


def test_an_event_that_was_not_taken_is_sent_again(browser: Browser, client: Client) -> None:
    now = timezone.now()
    Webhook.objects.create(client=client, url="https://province.example.org/x", events=["batch.done"], set_at=now)
    row = Delivery.objects.create(
        client=client,
        delivery_id="d1",
        event="batch.done",
        body=vault.seal_body({}),
        state="failed",
        attempts=40,
        made_at=now,
        next_at=now,
        why="HTTP 500",
    )
    assert "HTTP 500" in text(browser.get(f"/provinces/{client.pk}/events/"))
    assert browser.post(f"/provinces/{client.pk}/events/", {"delivery": row.pk}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 0)
    assert browser.post(f"/provinces/{client.pk}/events/", {"delivery": "9" * 30}).status_code == 404
