"""Drafts, publication by another person, supersession."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from lxbt.core.months import Month
from lxbt.standards import queries
from lxbt.standards.models import Standard
from lxbt.standards.operations import StandardRefused, draft_standard, publish_standard, set_parameter
from tests.factories import DAY, official

pytestmark = pytest.mark.django_db
ROW = {
    "division": "420000000000",
    "subsidy": "living",
    "since": "2026-01",
    "when": {"grade": [1, 2]},
    "amount": {"fixed": "80"},
}


def test_a_draft_counts_for_nothing() -> None:
    draft_standard(row=ROW, by=None)
    assert queries.scheme_for("420102000000").standards == ()


def test_who_drafted_cannot_publish() -> None:
    drafter = official("drafter")
    draft = draft_standard(row=ROW, by=drafter)
    with pytest.raises(StandardRefused, match="另一人"):
        publish_standard(standard_id=draft.pk, by=drafter, on=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Standard.objects.filter(pk=draft.pk).update(state="published", published_by=drafter, published_on=DAY)


def test_a_later_row_supersedes_for_good() -> None:
    first = publish_standard(standard_id=draft_standard(row=ROW, by=None).pk, by=None, on=DAY)
    later = {**ROW, "since": "2026-03", "until": "2026-05", "when": {"grade": [2, 1]}, "amount": {"fixed": "90"}}
    publish_standard(standard_id=draft_standard(row=later, by=None).pk, by=None, on=DAY)
    first.refresh_from_db()
    assert f"{first.superseded_from}" == "2026-03-01"
    scheme = queries.scheme_for("420102000000")
    assert [len(scheme.rows_for("living", "420102000000", Month(2026, m))[0]) for m in (1, 2, 3, 4, 5)] == [
        1,
        1,
        1,
        1,
        0,
    ]


def test_a_published_row_cannot_be_altered() -> None:
    row = publish_standard(standard_id=draft_standard(row=ROW, by=None).pk, by=None, on=DAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        Standard.objects.filter(pk=row.pk).update(amount={"fixed": "1"})
    with pytest.raises(DatabaseError), transaction.atomic():
        Standard.objects.filter(pk=row.pk).delete()


def test_a_faulty_row_is_refused_with_its_key() -> None:
    with pytest.raises(StandardRefused, match=r"standard\.when\.colour"):
        draft_standard(row={**ROW, "when": {"colour": ["red"]}}, by=None)


def test_a_parameter_is_inherited_and_dated() -> None:
    set_parameter(division_code="420000000000", name="stop", value="same_month", since=Month(2026, 3), by=None, on=DAY)
    assert queries.parameters_at("420102000000", Month(2026, 2)).stop == "next_month"
    assert queries.parameters_at("420102000000", Month(2026, 3)).stop == "same_month"
    assert queries.parameters_at("430102000000", Month(2026, 3)).stop == "next_month"
    with pytest.raises(StandardRefused):
        set_parameter(division_code="420000000000", name="stop", value="never", since=None, by=None, on=DAY)
