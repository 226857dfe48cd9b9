"""A corrected account sends what failed again, whichever door corrected it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lxbt.accounts.models import User
from lxbt.divisions.rules import span
from lxbt.payments.models import Batch, Item, Line
from lxbt.payments.operations import approve_batch, draw_batch, record_results, send_batch
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import effect_now
from lxbt.registry import queries as registry
from lxbt.registry.models import BankAccount, PayDay, Person
from lxbt.registry.operations import RegistryRefused, set_account
from lxbt.registry.queries.accounts import accounts_changed_since
from lxbt.registry.rules.accounts import expected_draw, near_draw
from tests import factories as f
from tests.payments.test_batches import answer
from tests.web.test_confirmed_facts import PNG

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed() -> Person:
    """A person whose January came back from the bank."""
    f.load_places()
    f.flat_standards(living="80")
    person = f.recipient(division=f.TOWNSHIP)
    batch = draw_batch(payer_code=f.COUNTY, month=f.JANUARY, by=None, on=f.DAY)
    assert batch is not None
    approve_batch(batch_id=batch.pk, control_total=batch.total, by=f.account("payment_approver", f.COUNTY), on=f.DAY)
    send_batch(batch_id=batch.pk, by=None, on=f.DAY)
    record_results(
        batch_id=batch.pk,
        content=answer(Batch.objects.get(pk=batch.pk), failed=person.pk),
        name="r.csv",
        by=None,
        on=f.DAY,
    )
    assert Line.objects.get(person_id=person.pk).state == "failed"
    return person


def drawn_again() -> str:
    """The total of the next draw, with January in it."""
    batch = draw_batch(payer_code=f.COUNTY, month=f.JANUARY + 1, by=None, on=f.day_in(f.JANUARY + 1))
    assert batch is not None
    return str(batch.total)


def give(client: Client, person: Person, **data: Any) -> Any:
    told = {
        "bank": "农商行",
        "holder": person.name,
        "holder_is": "self",
        "account_number": "6228480000000000019",
        "reason": "原卡注销，换新卡",
        "paper": SimpleUploadedFile("card.png", PNG, "image/png"),
        **data,
    }
    return client.post(reverse("person_account", args=[person.pk]), told)


def accept(client: Client, proposal: Proposal) -> str:
    _effect, digest = effect_now(proposal, timezone.localdate())
    client.post(reverse("proposal", args=[proposal.pk]), {"act": "accept", "digest": digest})
    proposal.refresh_from_db()
    return proposal.state


def drawn(days_ago: int) -> None:
    PayDay.objects.update_or_create(pk=f.COUNTY, defaults={"drawn_on": timezone.localdate() - timedelta(days=days_ago)})


def number_of(person: Person) -> str:
    account = registry.current_account(person.pk)
    assert account is not None
    return account.account_number


def test_the_page_marks_the_failed_lines_as_corrected(failed: Person, logged_in: Callable[[User], Client]) -> None:
    drawn(14)
    client = logged_in(f.account("payment_officer", f.COUNTY))
    answered = give(client, failed)
    assert answered.status_code == 302, answered.content.decode()
    assert Line.objects.get(person_id=failed.pk).state == "corrected"
    account = registry.current_account(failed.pk)
    assert account is not None
    assert account.state == "good"
    assert (account.holder_is, account.document_id is not None) == ("self", True)
    assert drawn_again() == "160.00"
    assert Line.objects.get(person_id=failed.pk).state == "resent"


@pytest.mark.parametrize(
    ("days_ago", "data", "why"),
    [
        (14, {"holder": "李四", "holder_is": "spouse"}, ["other_holder"]),
        (3, {}, ["near_draw"]),
        (27, {}, ["near_draw"]),
        (200, {}, ["near_draw"]),
        (14, {"account_number": "6228001111222233334"}, ["shared_account"]),
    ],
)
def test_one_person_alone_does_not_turn_the_money_to_a_doubtful_account(
    days_ago: int, data: dict[str, str], why: list[str], failed: Person, logged_in: Callable[[User], Client]
) -> None:
    other = f.recipient("王五", division=f.TOWNSHIP, account=False)
    told = {"bank": "农商行", "holder": "王五", "account_number": "6228001111222233334"}
    set_account(person_id=other.pk, **told, on=f.DAY, by=None)
    drawn(days_ago)
    before = number_of(failed)
    officer = logged_in(f.account("payment_officer", f.COUNTY))
    give(officer, failed, **data)
    proposal = Proposal.objects.get()
    assert proposal.kind == "registry.account"
    assert proposal.payload["why"] == why
    assert data.get("account_number", "6228480000000000019") not in str(proposal.payload) + str(proposal.effect)
    assert number_of(failed) == before
    assert accept(officer, proposal) == "waiting"
    assert drawn_again_or_nothing() is None
    assert accept(logged_in(f.account("clerk", f.TOWNSHIP)), proposal) == "accepted"
    assert number_of(failed) == data.get("account_number", "6228480000000000019")
    drawn_again_or_nothing(2)
    assert Line.objects.get(person_id=failed.pk).state == "resent"


def drawn_again_or_nothing(months: int = 1) -> str | None:
    month = f.JANUARY + months
    batch = draw_batch(payer_code=f.COUNTY, month=month, by=None, on=f.day_in(month))
    return str(batch.total) if batch and failed_in(batch) else None


def failed_in(batch: Batch) -> bool:
    return Item.objects.filter(batch_id=batch.pk, person_id=Line.objects.get().person_id).exists()


def test_an_account_swapped_and_swapped_back_takes_a_second_person_and_stands_in_the_list_of_changes(
    failed: Person, logged_in: Callable[[User], Client]
) -> None:
    since = timezone.now()
    drawn(14)
    first = number_of(failed)
    BankAccount.objects.filter(person_id=failed.pk).update(state="good")
    officer, clerk = logged_in(f.account("payment_officer", f.COUNTY)), logged_in(f.account("clerk", f.TOWNSHIP))
    give(officer, failed)
    give(officer, failed, account_number=first)
    proposal = Proposal.objects.get()
    assert proposal.payload["why"] == ["earlier_account"]
    accept(clerk, proposal)
    low, high = span(f.COUNTY)
    changes = accounts_changed_since(low, high, since)
    assert [(row.person_id, row.proposal_id) for row in changes] == [(failed.pk, None), (failed.pk, proposal.pk)]
    assert changes[0].old_handle == changes[1].new_handle
    assert changes[0].new_handle == changes[1].old_handle == registry.account_handle("6228480000000000019")


def test_the_number_that_failed_is_refused_with_a_sentence(failed: Person, logged_in: Callable[[User], Client]) -> None:
    drawn(14)
    answered = give(logged_in(f.account("payment_officer", f.COUNTY)), failed, account_number=number_of(failed))
    assert "刚退过票" in answered.content.decode()
    with pytest.raises(RegistryRefused):
        set_account(
            person_id=failed.pk,
            bank="农商行",
            holder=failed.name,
            account_number=number_of(failed),
            on=f.DAY,
            by=None,
        )


@pytest.mark.parametrize("missing", [{"paper": ""}, {"reason": ""}, {"holder_is": "spouse"}, {"holder": "李四"}])
def test_an_account_without_reason_or_paper_or_with_a_relation_that_does_not_fit_is_refused(
    missing: dict[str, str], failed: Person, logged_in: Callable[[User], Client]
) -> None:
    drawn(14)
    before = number_of(failed)
    assert give(logged_in(f.account("payment_officer", f.COUNTY)), failed, **missing).status_code == 200
    assert not Proposal.objects.exists()
    assert number_of(failed) == before


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.dates(date(2026, 1, 1), date(2027, 3, 1)), st.integers(0, 31))
def test_near_a_draw_is_within_so_many_days_of_the_last_one_or_before_the_next(last: date, on: date, days: int) -> None:
    near = near_draw(last, on=on, days=days)
    assert near_draw(None, on=on, days=days) is False
    if days == 0:
        assert not near
    elif on > last:
        assert near == ((on - last).days <= days or (expected_draw(last) - on).days <= days)


def test_an_account_given_by_another_door_sends_the_failed_line_again_too(failed: Person) -> None:
    set_account(
        person_id=failed.pk,
        bank="农商行",
        holder=failed.name,
        account_number="6228480000000000019",
        on=f.DAY,
        by=None,
    )
    assert drawn_again() == "160.00"
    assert Line.objects.get(person_id=failed.pk).state == "resent"


def test_a_line_stays_failed_while_its_owner_has_no_good_account(failed: Person) -> None:
    assert draw_batch(payer_code=f.COUNTY, month=f.JANUARY + 1, by=None, on=f.day_in(f.JANUARY + 1)) is None
    assert Line.objects.get(person_id=failed.pk).state == "failed"
