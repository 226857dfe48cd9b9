"""The operator's pages of the lines to other systems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.audit.models import Event
from lxbt.exchange.models import Message
from lxbt.exchange.operations.partners import open_partner
from lxbt.matching.operations.list_records import take_list_records
from lxbt.matching.rules.lists import ListRow, ToldRecord
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(monkeypatch: pytest.MonkeyPatch) -> Message:
    f.load_places()
    partner, _secret = open_partner(
        sender_id="cdpf", name="残联库", kind="federation", base_url="http://127.0.0.1:1", by=None
    )
    now = timezone.now()
    return Message.objects.create(
        partner=partner,
        sender_id="cdpf",
        message_id="m1",
        action="notify",
        namespace="dr",
        transaction_id="t",
        correlation_id="c",
        sent_at=now,
        received_at=now,
        next_at=now,
        state="failed",
        why="record 1: no valid identity number",
        attempts=1,
        body=vault.seal_body({"header": {}, "message": {}}),
    )


@pytest.mark.parametrize("role", ["administrator", "security_administrator"])
def test_administrators_of_the_nation_see_the_lines_and_what_failed(
    failed: Message, logged_in: Callable[[User], Client], role: str
) -> None:
    client = logged_in(f.account(role, f.NATION))
    body = client.get(reverse("exchange")).content.decode()
    assert "残联库" in body
    assert "no valid identity number" in body
    assert client.get(reverse("exchange_message", args=["in", failed.pk])).status_code == 200


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("administrator", f.PROVINCE),
        ("security_administrator", f.PROVINCE),
        ("supervisor", f.NATION),
        ("decider", f.COUNTY),
    ],
)
def test_nobody_else_does(failed: Message, logged_in: Callable[[User], Client], role: str, place: str) -> None:
    client = logged_in(f.account(role, place))
    for address in (reverse("exchange"), reverse("exchange_demo"), reverse("exchange_message", args=["in", failed.pk])):
        assert client.get(address).status_code == 404
    assert client.post(reverse("exchange_act"), {"act": "replay"}).status_code == 404
    assert reverse("exchange") not in client.get(reverse("profile")).content.decode()


def test_a_failed_message_is_tried_again_or_put_aside_with_the_reason(
    failed: Message, logged_in: Callable[[User], Client]
) -> None:
    client = logged_in(f.account("administrator", f.NATION))
    client.post(reverse("exchange_act"), {"act": "replay"})
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("waiting", 0)
    Message.objects.update(state="failed")
    address = reverse("exchange_message", args=["in", failed.pk])
    assert client.post(address, {"act": "aside", "reason": ""}).status_code == 200
    client.post(address, {"act": "aside", "reason": "对方已更正重发"})
    failed.refresh_from_db()
    assert failed.state == "put_aside"
    assert Event.objects.get(action="exchange.put_aside").why == "对方已更正重发"
    assert client.get(address).status_code == 404


def test_who_does_not_answer_is_said_in_a_sentence(failed: Message, logged_in: Callable[[User], Client]) -> None:
    client = logged_in(f.account("administrator", f.NATION))
    told: Any = client.post(reverse("exchange_act"), {"act": "compare"}, follow=True)
    assert "对方没有应答" in told.content.decode()


def test_the_switch_exists_in_a_demonstration_only(failed: Message, logged_in: Callable[[User], Client]) -> None:
    assert logged_in(f.account("administrator", f.NATION)).get(reverse("exchange_demo")).status_code == 404


def test_lists_of_other_bodies_are_shown_with_their_rows_and_rounds(logged_in: Callable[[User], Client]) -> None:
    f.load_places()
    open_partner(sender_id="police", name="公安局", kind="lister", areas=[f.COUNTY], lists=["deaths", "moves"], by=None)
    open_partner(
        sender_id="injury",
        name="社保局",
        kind="lister",
        areas=[f.COUNTY],
        lists=["work_injury_care"],
        answers="later",
        base_url="http://127.0.0.1:1",
        by=None,
    )
    row = ToldRecord("deaths", f.COUNTY, "r1", 1, ListRow(1, "某人", f.identity_number(), event_on=date(2026, 5, 2)))
    take_list_records(sender="police", source="公安局", records=[row], received_on=date(2026, 6, 1))
    body = logged_in(f.account("administrator", f.NATION)).get(reverse("exchange")).content.decode()
    for words in ("死亡登记", "户籍迁出", "逐条告知", "社保局", "逐批查询，稍后回复", "尚未查询"):
        assert words in body
    assert f.identity_number() not in body
