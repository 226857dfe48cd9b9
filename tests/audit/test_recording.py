"""An event says where the act came from and what changed, and gives no personal number away."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from lxbt.audit.models import Event
from lxbt.audit.operations import record_event
from lxbt.audit.origin import acts_from, origin
from lxbt.registry.operations import record_facts, set_account
from tests.factories import account, load_places, recipient

pytestmark = pytest.mark.django_db


def record(**given: object) -> Event:
    record_event(by=None, action="test.changed", subject_kind="test", subject_id=1, **given)  # type: ignore[arg-type]
    return Event.objects.latest("pk")


def test_only_fields_that_changed_are_kept_as_before_and_after() -> None:
    event = record(
        changes={"amount": (Decimal("70.00"), Decimal("80.00")), "until": (None, date(2026, 5, 1)), "same": (1, 1)}
    )
    assert event.changes == {"amount": ["70.00", "80.00"], "until": [None, "2026-05-01"]}


def test_private_values_are_kept_as_digests_that_tell_same_from_other() -> None:
    one = record(private={"phone": (None, "13800000000")}).changes["phone"]
    two = record(private={"phone": ("13800000000", "13900000000")}).changes["phone"]
    assert one[0] is None
    assert (one[1] == two[0], two[0] == two[1]) == (True, False)
    assert "138" not in str(one)


def test_events_carry_the_origin_that_the_door_named_and_nothing_after_it_left() -> None:
    with acts_from("10.1.2.3"):
        assert record().origin == "10.1.2.3"
    assert (record().origin, origin()) == ("", "")


def test_a_change_of_account_records_banks_and_digests_but_no_number() -> None:
    found = recipient()
    for number in ("6222020000000000001", "6222020000000000002"):
        set_account(
            person_id=found.pk, bank="建设银行", holder="张三", account_number=number, on=date(2026, 5, 1), by=None
        )
    event = Event.objects.filter(action="account.set").latest("pk")
    assert set(event.changes) == {"account_number", "account"}
    assert "62220200000000" not in str(event.changes) + str(event.details)


def test_a_recorded_fact_says_what_was_known_before() -> None:
    found = recipient()
    for value in ("dibao", "none"):
        record_facts(
            person_id=found.pk,
            values={"economic": value},
            since=None,
            source="test",
            received_on=date(2026, 5, 1),
            by=None,
        )
    assert Event.objects.filter(action="facts.recorded").latest("pk").changes == {"economic": ["dibao", "none"]}


def test_a_log_in_records_the_address(client: Client) -> None:
    load_places()
    user = account("supervisor", "420102000000")
    user.set_password("a-long-word-2026")
    user.must_change_password = False
    user.save()
    client.post(reverse("login"), {"username": user.username, "password": "a-long-word-2026"}, REMOTE_ADDR="10.7.7.7")
    assert Event.objects.get(action="account.logged_in").origin == "10.7.7.7"
