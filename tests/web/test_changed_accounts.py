"""Who approves sees whose account changed since the last batch, and whose money still goes to the former one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.payments.models import Batch
from lxbt.payments.operations import draw_batch
from lxbt.payments.queries.changed_accounts import accounts_changed_for
from lxbt.registry.models import Person
from lxbt.registry.operations import set_account
from tests import factories as f

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
FEBRUARY = f.JANUARY + 1


@pytest.fixture
def people() -> list[Person]:
    f.load_places()
    f.flat_standards(living="80")
    with time_machine.travel(f.moment(f.DAY)):
        found = [f.recipient(name, division=f.TOWNSHIP) for name in ("张三", "李四", "王五")]
        assert draw(f.JANUARY) is not None
    return found


def draw(month: object) -> Batch | None:
    on = f.day_in(month)  # type: ignore[arg-type]
    return draw_batch(payer_code=f.COUNTY, month=month, by=None, on=on)  # type: ignore[arg-type]


def give(person: Person, number: str, *, holder: str = "", hour: int = 9) -> None:
    """The person has another account, on the day of February's draw."""
    on = f.day_in(FEBRUARY)
    with time_machine.travel(f.moment(on, hour)):
        set_account(
            person_id=person.pk, bank="农商行", holder=holder or person.name, account_number=number, on=on, by=None
        )


def test_changes_since_the_last_batch_are_listed_and_those_after_the_draw_are_marked(
    people: list[Person], logged_in: Login
) -> None:
    give(people[0], "6228480000000000019")
    batch = draw(FEBRUARY)
    assert batch is not None
    give(people[1], "6228480000000000027", holder="赵六", hour=15)
    assert [(one.change.person_id, one.late) for one in accounts_changed_for(batch)] == [
        (people[0].pk, False),
        (people[1].pk, True),
    ]
    approver = logged_in(f.account("payment_approver", f.COUNTY))
    page = approver.get(reverse("batch", args=[batch.pk])).content.decode()
    assert "上一批以后有 2 次更换账户" in page
    assert "编制后更换，本批仍付原账户" in page
    assert "赵六" in page
    assert "6228480000000000019" not in page
    assert approver.get(reverse("changed_accounts_export", args=[batch.pk])).status_code == 200
    elsewhere = logged_in(f.account("payment_approver", "420103000000"))
    assert elsewhere.get(reverse("changed_accounts_export", args=[batch.pk])).status_code == 404


def test_there_and_back_is_there_twice_and_a_first_batch_has_nothing_to_tell(people: list[Person]) -> None:
    first = Batch.objects.get()
    assert accounts_changed_for(first) == []
    give(people[2], "6228480000000000035")
    give(people[2], f"622800{people[2].pk:010d}", hour=10)
    batch = draw(FEBRUARY)
    assert batch is not None
    assert [one.change.person_id for one in accounts_changed_for(batch)] == [people[2].pk] * 2
    assert not any(one.late for one in accounts_changed_for(batch))
