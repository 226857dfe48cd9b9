"""A trial is the draw that would follow, and nothing of it stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.accounts.standing import NotPermitted
from lxbt.payments import queries
from lxbt.payments.operations import DrawRefused, approve_batch, draw_batch, trial_batch, try_payer
from lxbt.registry.models import BankAccount, Person
from tests import factories as f
from tests.web.conftest import logged_in  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
FEBRUARY = f.JANUARY + 1


@pytest.fixture
def drawer() -> User:
    f.load_places()
    f.flat_standards(living="80", care="100")
    return f.account("payment_officer", f.COUNTY)


@pytest.fixture
def people(drawer: User) -> list[Person]:
    return [f.recipient(division=f.TOWNSHIP) for _n in range(4)]


def rows() -> dict[str, int]:
    """How many rows every table holds that a draw writes."""
    tables = ["payments_batch", "payments_item", "payments_line", "payments_recovery", "payments_payerstate"]
    tables += ["audit_event", "entitlements_stale", "divisions_stalemonth", "registry_payday"]
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"select count(*) from {table}")
            found[table] = cursor.fetchone()[0]
        return found


def spoil(person: Person) -> None:
    """The person's account is bad: the money is held."""
    BankAccount.objects.filter(person_id=person.pk).update(state="bad", reason="account_closed")


def test_a_trial_brings_what_the_draw_brings_and_leaves_nothing(drawer: User, people: list[Person]) -> None:
    draw_batch(payer_code=f.COUNTY, month=f.JANUARY, by=drawer, on=f.DAY)
    spoil(people[1])
    on = f.day_in(FEBRUARY)
    try_payer(payer_code=f.COUNTY, month=FEBRUARY, by=drawer, on=on)  # the partition is made, and stays
    before = rows()
    tried = try_payer(payer_code=f.COUNTY, month=FEBRUARY, by=drawer, on=on)
    assert rows() == before
    batch = draw_batch(payer_code=f.COUNTY, month=FEBRUARY, by=drawer, on=on)
    assert batch is not None
    order = queries.order_of(batch)
    assert (tried.due, tried.net, tried.lines, tried.held) == (batch.total, order.net, order.lines, batch.held_count)
    assert tried.held == 1
    assert tried.counts == {k: n for k, n in queries.batch_item_counts(batch).items() if k in tried.counts or n}


def test_what_was_drawn_already_leaves_nothing_to_try(drawer: User, people: list[Person]) -> None:
    draw_batch(payer_code=f.COUNTY, month=f.JANUARY, by=drawer, on=f.DAY)
    tried = try_payer(payer_code=f.COUNTY, month=f.JANUARY, by=drawer, on=f.DAY)
    assert (tried.counts, tried.net, tried.lines) == ({}, 0, 0)


def test_a_block_that_fails_leaves_nothing_either(drawer: User, people: list[Person]) -> None:
    inside: list[dict[str, int]] = []

    def failing() -> None:
        with trial_batch(payer_code=f.COUNTY, month=f.JANUARY, by=drawer, on=f.DAY):
            inside.append(rows())
            raise LookupError

    with pytest.raises(LookupError):
        failing()
    assert inside[0]["payments_item"] > 0
    assert rows()["payments_item"] == 0


def test_a_trial_is_for_those_who_draw_or_approve_there_and_for_months_that_may_be_drawn(drawer: User) -> None:
    stranger = f.account("payment_officer", "420103000000")
    with pytest.raises(NotPermitted):
        try_payer(payer_code=f.COUNTY, month=f.JANUARY, by=stranger, on=f.DAY)
    with pytest.raises(DrawRefused):
        try_payer(payer_code=f.COUNTY, month=f.JANUARY + 24, by=drawer, on=f.DAY)


def test_the_page_shows_it_before_it_is_drawn_and_keeps_nothing(
    drawer: User,
    people: list[Person],
    logged_in: Callable[[User], Client],  # noqa: F811
) -> None:
    approver = f.account("payment_approver", f.COUNTY)
    told = {"payer": f.COUNTY, "month": str(f.JANUARY)}
    page = logged_in(approver).get(reverse("trial"), told).content.decode()
    assert "320.00" in page  # four persons, living
    assert people[0].name in page
    assert rows()["payments_batch"] == 0
    export = logged_in(approver).get(reverse("trial_export"), {**told, "show": "started"})
    assert export.status_code == 200
    assert rows()["payments_batch"] == 0
    elsewhere = logged_in(f.account("payment_officer", "420103000000"))
    assert elsewhere.get(reverse("trial"), told).status_code == 404
    batch = draw_batch(payer_code=f.COUNTY, month=f.JANUARY, by=drawer, on=f.DAY)
    assert batch is not None
    approve_batch(batch_id=batch.pk, control_total=queries.net_of(batch), by=approver, on=f.DAY)
    assert "没有新的差额" in logged_in(approver).get(reverse("trial"), told).content.decode()


@pytest.mark.parametrize("month", ["2026-13", "x", "", "2199-01"])
def test_a_month_that_is_none_is_told(drawer: User, logged_in: Callable[[User], Client], month: str) -> None:  # noqa: F811
    answer = logged_in(drawer).get(reverse("trial"), {"payer": f.COUNTY, "month": month})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode() or "error" in answer.content.decode()


def test_the_command_tries_every_payer_of_an_area(drawer: User, people: list[Person]) -> None:
    out, before = StringIO(), rows()["payments_batch"]
    with redirect_stdout(out):
        call_command("draw", division="420100000000", month=str(f.JANUARY), trial=True, json=True)
    told = json.loads(out.getvalue())
    assert told["trial"] is True
    assert next(row for row in told["rows"] if row["payer"] == f.COUNTY)["started"] == 4
    assert rows()["payments_batch"] == before
