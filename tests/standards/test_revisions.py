"""A rise is one act: drafted as a set of rows, handed over, sent back with a reason, published whole by a second
person.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from lxbt.accounts.models import User
from lxbt.core.months import Month
from lxbt.entitlements.costing_revisions import cost_of_revision
from lxbt.entitlements.operations import resolve_changes
from lxbt.standards import queries
from lxbt.standards.models import Change, Revision, Standard
from lxbt.standards.operations import StandardRefused, publish_standard, withdraw_draft
from lxbt.standards.operations import revising as acts
from lxbt.standards.revisions import lines_of, waiting_revisions
from tests.factories import COUNTY, DAY, JANUARY, county, flat_standards, official, recipient

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 5, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
PAPER = acts.Paper("关于提高补贴标准的通知", "县民〔2026〕1号")
LIVING = {"subsidy": "living", "amount": {"fixed": "95"}}
CARE = {"subsidy": "care", "when": {"grade": [1]}, "amount": {"fixed": "130"}}


@pytest.fixture
def two() -> tuple[User, User]:
    county()
    flat_standards(living="80", care="100")
    first = official("drafter", role="standard_drafter")
    return first, official("publisher", role="standard_publisher")


def drafted(by: User, *rows: dict[str, object], since: Month = JANUARY) -> Revision:
    revision = acts.open_revision(division_code=COUNTY, since=since, paper=PAPER, by=by, on=DAY)
    acts.put_rows(revision_id=revision.pk, rows=rows or (LIVING, CARE), by=by, on=DAY)
    revision.refresh_from_db()
    return revision


def submitted(by: User, *rows: dict[str, object], since: Month = JANUARY) -> Revision:
    revision = drafted(by, *rows, since=since)
    return acts.submit_revision(revision_id=revision.pk, version=revision.version, by=by, at=AT)


def test_a_draft_and_what_was_handed_over_count_for_nothing(two: tuple[User, User]) -> None:
    submitted(two[0])
    assert {row.division for row in queries.scheme_for(COUNTY).standards} == {"420000000000"}


def test_all_rows_are_published_at_once_with_the_sum_that_was_shown(two: tuple[User, User]) -> None:
    recipient("甲", subsidies=("living", "care"))
    recipient("乙")
    resolve_changes()
    revision = submitted(two[0])
    cost = cost_of_revision(revision, DAY)
    assert (cost.monthly, cost.persons, cost.more, cost.fewer) == (Decimal("60.00"), 3, 3, 0)
    assert sorted(cost.by_row.values()) == [1, 2]
    with pytest.raises(StandardRefused, match=r"60\.00"):
        acts.publish_revision(
            revision_id=revision.pk, version=revision.version, monthly=Decimal("59.99"), by=two[1], at=AT
        )
    acts.publish_revision(revision_id=revision.pk, version=revision.version, monthly=Decimal(60), by=two[1], at=AT)
    assert {row.state for row in revision.rows.all()} == {"published"}
    assert Change.objects.filter(division_code=COUNTY).count() == 2


def test_months_before_are_counted_with_who_drew_then(two: tuple[User, User]) -> None:
    recipient("甲", since=Month(2025, 11))
    recipient("乙", since=Month(2026, 1))
    resolve_changes()
    revision = submitted(two[0], LIVING, since=Month(2025, 10))
    cost = cost_of_revision(revision, DAY)
    assert (cost.late, cost.past, cost.exact) == (3, Decimal("30.00"), True)
    assert [(c.county_code, c.past_months) for c in cost.counties] == [(COUNTY, 2)]


def test_who_drafted_does_not_publish_even_past_the_operation(two: tuple[User, User]) -> None:
    revision = submitted(two[0])
    both = official("both", role="standard_drafter")
    with pytest.raises(StandardRefused, match="没有在这个区划"):
        acts.publish_revision(revision_id=revision.pk, version=revision.version, monthly=Decimal(0), by=both, at=AT)
    for who in (two[0], two[1]):
        with pytest.raises(IntegrityError), transaction.atomic():  # a row alone, and the drafter's own name
            Standard.objects.filter(revision=revision).update(state="published", published_by=who, published_on=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(state="published", published_by=two[0], published_on=DAY)


def test_what_was_handed_over_does_not_change_until_it_is_sent_back(two: tuple[User, User]) -> None:
    revision = submitted(two[0])
    with pytest.raises(StandardRefused, match="状态已变"):
        acts.put_rows(revision_id=revision.pk, rows=[LIVING], by=two[0], on=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Standard.objects.filter(revision=revision).update(amount={"fixed": "900"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(ends=[1])
    with pytest.raises(StandardRefused, match="原因"):
        acts.return_revision(revision_id=revision.pk, version=revision.version, reason="改", by=two[1], at=AT)
    acts.return_revision(revision_id=revision.pk, version=revision.version, reason="一级应为 140 元", by=two[1], at=AT)
    acts.put_rows(revision_id=revision.pk, rows=[{**CARE, "amount": {"fixed": "140"}}], by=two[0], on=DAY)
    assert sorted(row.amount["fixed"] for row in revision.rows.all()) == ["140", "95"]
    with pytest.raises(StandardRefused, match="状态已变"):
        acts.publish_revision(revision_id=revision.pk, version=revision.version, monthly=Decimal(0), by=two[1], at=AT)


def test_only_the_drafter_edits_and_each_sees_it_on_the_bench(two: tuple[User, User]) -> None:
    from lxbt.accounts.queries import standing_of

    revision = drafted(two[0])
    other = official("another", role="standard_drafter")
    with pytest.raises(StandardRefused, match="起草人"):
        acts.put_rows(revision_id=revision.pk, rows=[LIVING], by=other, on=DAY)
    bench = [list(waiting_revisions(standing_of(who, on=DAY))) for who in (*two, other)]
    assert bench == [[revision], [], []]
    acts.submit_revision(revision_id=revision.pk, version=revision.version, by=two[0], at=AT)
    bench = [list(waiting_revisions(standing_of(who, on=DAY))) for who in (*two, other)]
    assert bench == [[], [revision], []]


def test_rows_of_an_act_are_neither_published_nor_withdrawn_alone(two: tuple[User, User]) -> None:
    row = drafted(two[0]).rows.first()
    assert row is not None
    with pytest.raises(StandardRefused, match="整份发布"):
        publish_standard(standard_id=row.pk, by=two[1], on=DAY)
    with pytest.raises(StandardRefused, match="该文件"):
        withdraw_draft(standard_id=row.pk, by=two[0])


def test_a_row_that_ends_without_another_stops_with_the_act(two: tuple[User, User]) -> None:
    first = submitted(two[0])
    acts.publish_revision(revision_id=first.pk, version=first.version, monthly=Decimal(0), by=two[1], at=AT)
    care = first.rows.get(subsidy="care")
    second = acts.open_revision(division_code=COUNTY, since=Month(2026, 3), paper=PAPER, by=two[0], on=DAY)
    acts.put_rows(revision_id=second.pk, rows=[{"subsidy": "care", "amount": {"fixed": "120"}}], by=two[0], on=DAY)
    acts.end_rows(revision_id=second.pk, standard_ids=[care.pk], by=two[0], on=DAY)
    second.refresh_from_db()
    lines = {(line.present.pk if line.present else None): line for line in lines_of(second) if line.subsidy == "care"}
    assert lines[care.pk].ended
    assert None in lines
    acts.submit_revision(revision_id=second.pk, version=second.version, by=two[0], at=AT)
    second.refresh_from_db()
    acts.publish_revision(revision_id=second.pk, version=second.version, monthly=Decimal(0), by=two[1], at=AT)
    care.refresh_from_db()
    assert f"{care.superseded_from}" == "2026-03-01"
    rows = queries.scheme_for(COUNTY).rows_for("care", COUNTY, Month(2026, 3))[0]
    assert [row.amount.value for row in rows] == [Decimal(120)]


def test_places_outside_and_acts_without_a_number_are_refused(two: tuple[User, User]) -> None:
    revision = drafted(two[0])
    with pytest.raises(StandardRefused, match="不在起草地区"):
        acts.put_rows(revision_id=revision.pk, rows=[{**LIVING, "division": "420103000000"}], by=two[0], on=DAY)
    with pytest.raises(StandardRefused, match="没有在这个区划"):
        acts.open_revision(division_code="420103000000", since=Month(2026, 1), paper=PAPER, by=two[0], on=DAY)
    acts.change_revision(revision_id=revision.pk, since=Month(2026, 2), paper=acts.Paper("通知全文"), by=two[0], on=DAY)
    assert {f"{row.since:%Y-%m}" for row in revision.rows.all()} == {"2026-02"}
    revision.refresh_from_db()
    with pytest.raises(StandardRefused, match="文号"):
        acts.submit_revision(revision_id=revision.pk, version=revision.version, by=two[0], at=AT)
