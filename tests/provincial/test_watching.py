"""How long a province was silent, and what it said: noted once for a push, told below once in a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from lxbt.core.months import Month
from lxbt.provincial.models import Activity
from lxbt.provincial.operations.watching import note_errors, note_heard, note_push
from lxbt.provincial.queries.watching import standings
from lxbt.registry.models import ProvinceHeard
from tests import factories as b
from tests.provincial.calling import Province, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def province() -> Province:
    b.county()
    return opened()


def test_a_push_is_counted_and_its_province_is_heard(province: Province) -> None:
    at = timezone.now()
    note_push(client=province.client, at=at, rows=50)
    note_errors(client=province.client, at=at, rows=3)
    told = standings([province.client], at=at)[province.client.pk]
    assert (told.last_at, told.pushes, told.rows, told.errors, told.silent_for(at + timedelta(days=2, hours=1))) == (
        at,
        1,
        50,
        3,
        2,
    )
    assert ProvinceHeard.objects.get().province_code == "420000000000"


def test_a_push_soon_after_another_costs_one_statement(
    province: Province, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    at = timezone.now()
    note_push(client=province.client, at=at)
    with django_assert_num_queries(3):  # savepoint, statement, release
        note_push(client=province.client, at=at + timedelta(seconds=30))
    assert ProvinceHeard.objects.get().heard_at == at
    note_push(client=province.client, at=at + timedelta(minutes=11))
    assert ProvinceHeard.objects.get().heard_at == at + timedelta(minutes=11)


def test_in_the_sandbox_nobody_is_heard(province: Province) -> None:
    client = opened("trial", sandbox=True).client
    note_push(client=client, at=timezone.now())
    note_heard(client=client, at=timezone.now(), synced_until=Month(2026, 10))
    assert not Activity.objects.exists()
    assert not ProvinceHeard.objects.exists()
