"""Names of areas on pages: one query for many, and a rename reaches every process."""

from __future__ import annotations

import pytest
from django.test.utils import CaptureQueriesContext

from lxbt.divisions import queries
from lxbt.divisions.models import Division
from lxbt.divisions.operations import rename_division
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places() -> None:
    f.load_places()


def test_many_names_cost_one_query(django_assert_num_queries: type[CaptureQueriesContext]) -> None:
    queries.forget_names()
    with django_assert_num_queries(1):
        names = {queries.name_of(code) for code in (f.PROVINCE, f.CITY, f.COUNTY, f.TOWNSHIP, f.OTHER_COUNTY)}
    assert len(names) == 5


def test_an_unknown_code_stands_for_itself() -> None:
    assert queries.name_of("999999999999") == "999999999999"


def test_a_rename_is_seen_at_once_where_it_was_done() -> None:
    queries.name_of(f.TOWNSHIP)
    rename_division(code=f.TOWNSHIP, name="新街道", by=None)
    assert queries.name_of(f.TOWNSHIP) == "新街道"


def test_a_rename_by_another_process_is_seen_when_the_minute_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("lxbt.divisions.queries.time.monotonic", lambda: now)
    queries.forget_names()
    before = queries.name_of(f.TOWNSHIP)
    Division.objects.filter(code=f.TOWNSHIP).update(name="新街道")  # as another process would
    assert queries.name_of(f.TOWNSHIP) == before
    now += 61
    assert queries.name_of(f.TOWNSHIP) == "新街道"
    monkeypatch.undo()
    queries.forget_names()
