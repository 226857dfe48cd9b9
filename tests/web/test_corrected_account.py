"""A corrected account sends what failed again, whichever door corrected it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.payments.models import Batch, Line
from lxbt.payments.operations import approve_batch, draw_batch, record_results, send_batch
from lxbt.registry import queries as registry
from lxbt.registry.models import Person
from lxbt.registry.operations import set_account
from tests import builders
from tests import factories as f
from tests.payments.test_batches import answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed() -> Person:
    """A person whose January came back from the bank."""
    f.load_places()
    builders.standards(living="80")
    person = builders.recipient(division=f.TOWNSHIP)
    batch = draw_batch(payer_code=f.COUNTY, month=builders.JANUARY, by=None, on=builders.DAY)
    assert batch is not None
    approve_batch(
        batch_id=batch.pk, control_total=batch.total, by=f.account("payment_approver", f.COUNTY), on=builders.DAY
    )
    send_batch(batch_id=batch.pk, by=None, on=builders.DAY)
    record_results(
        batch_id=batch.pk,
        content=answer(Batch.objects.get(pk=batch.pk), failed=person.pk),
        name="r.csv",
        by=None,
        on=builders.DAY,
    )
    assert Line.objects.get(person_id=person.pk).state == "failed"
    return person


def drawn_again() -> str:
    """The total of the next draw, with January in it."""
    batch = draw_batch(
        payer_code=f.COUNTY, month=builders.JANUARY + 1, by=None, on=builders.day_in(builders.JANUARY + 1)
    )
    assert batch is not None
    return str(batch.total)


def test_the_page_marks_the_failed_lines_as_corrected(failed: Person, logged_in: Callable[[User], Client]) -> None:
    client = logged_in(f.account("payment_officer", f.COUNTY))
    data = {"bank": "农商行", "holder": failed.name, "account_number": "6228480000000000019"}
    answered = client.post(reverse("person_account", args=[failed.pk]), data)
    assert answered.status_code == 302, answered.content.decode()
    assert Line.objects.get(person_id=failed.pk).state == "corrected"
    account = registry.current_account(failed.pk)
    assert account is not None
    assert account.state == "good"
    assert drawn_again() == "160.00"
    assert Line.objects.get(person_id=failed.pk).state == "resent"


def test_an_account_given_by_another_door_sends_the_failed_line_again_too(failed: Person) -> None:
    set_account(
        person_id=failed.pk,
        bank="农商行",
        holder=failed.name,
        account_number="6228480000000000019",
        on=builders.DAY,
        by=None,
    )
    assert drawn_again() == "160.00"
    assert Line.objects.get(person_id=failed.pk).state == "resent"


def test_a_line_stays_failed_while_its_owner_has_no_good_account(failed: Person) -> None:
    assert (
        draw_batch(payer_code=f.COUNTY, month=builders.JANUARY + 1, by=None, on=builders.day_in(builders.JANUARY + 1))
        is None
    )
    assert Line.objects.get(person_id=failed.pk).state == "failed"
