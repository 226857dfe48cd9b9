"""Signs of life, maintenance, incidents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from lxbt.core.refusal import Refusal
from lxbt.support.models import Incident
from lxbt.support.operations import status as ops
from lxbt.support.queries import status as queries
from tests import factories as f

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)


def test_a_silence_of_the_background_work_is_written_down_when_it_is_over() -> None:
    for minutes in (0, 1, 2, 5):
        assert not ops.leave_sign(at=NOW + timedelta(minutes=minutes))
    assert ops.leave_sign(at=NOW + timedelta(minutes=40))
    found = Incident.objects.get()
    assert (found.part, found.began_at, found.ended_at, found.by_id) == (
        "worker",
        NOW + timedelta(minutes=5),
        NOW + timedelta(minutes=40),
        None,
    )
    assert queries.last_beat() == NOW + timedelta(minutes=40)


def test_queues_are_read_where_nothing_ever_ran() -> None:
    found = queries.queues()
    assert (found.waiting, found.oldest, found.doing) == (0, None, 0)


def test_what_waits_is_counted_since_the_oldest_and_what_is_of_the_future_does_not_wait_yet() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, scheduled_at) values ('default', 'a', now() - "
            "interval '20 minutes')"
        )
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, scheduled_at) values ('default', 'b', now() + "
            "interval '1 hour')"
        )
        cursor.execute("insert into procrastinate_jobs (queue_name, task_name) values ('default', 'c')")
    found = queries.queues()
    assert (found.waiting, found.doing) == (2, 0)
    assert found.oldest is not None
    assert timezone.now() - found.oldest > timedelta(minutes=19)


def test_maintenance_is_told_from_two_days_before_until_its_end_or_until_it_is_cancelled() -> None:
    f.load_places()
    admin = f.account("administrator", f.NATION)
    start = NOW + timedelta(days=5)
    made = ops.announce_maintenance(
        starts_at=start, ends_at=start + timedelta(hours=2), text="升级数据库", by=admin, at=NOW
    )
    told = [queries.maintenance_due(start + timedelta(hours=h)) is not None for h in (-49, -48, 0, 1, 2)]
    assert told == [False, True, True, True, False]
    ops.cancel_maintenance(maintenance_id=made.pk, by=admin, at=NOW)
    assert queries.maintenance_due(start) is None


def test_only_an_administrator_of_the_nation_announces() -> None:
    f.load_places()
    admin = f.account("administrator", f.PROVINCE)
    with pytest.raises(Refusal, match="国家级"):
        ops.announce_maintenance(starts_at=NOW, ends_at=NOW + timedelta(hours=1), text="升级数据库", by=admin, at=NOW)
    with pytest.raises(Refusal, match="国家级"):
        ops.open_incident(part="pages", title="页面打不开", began_at=NOW, by=admin, at=NOW)


def test_a_window_must_lie_ahead_and_end_after_it_begins() -> None:
    f.load_places()
    admin = f.account("administrator", f.NATION)
    with pytest.raises(Refusal, match="晚于"):
        ops.announce_maintenance(starts_at=NOW, ends_at=NOW, text="升级数据库", by=admin, at=NOW)
    with pytest.raises(Refusal, match="已经过去"):
        ops.announce_maintenance(
            starts_at=NOW - timedelta(hours=2), ends_at=NOW - timedelta(hours=1), text="升级数据库", by=admin, at=NOW
        )


def test_an_incident_is_open_once_for_each_part_and_closed_with_its_cause() -> None:
    f.load_places()
    admin = f.account("administrator", f.NATION)
    made = ops.open_incident(part="federation", title="残联库连不上", began_at=NOW, by=admin, at=NOW)
    with pytest.raises(Refusal, match="已有一条"):
        ops.open_incident(part="federation", title="残联库又连不上", began_at=NOW, by=admin, at=NOW)
    with pytest.raises(Refusal, match="原因"):
        ops.close_incident(incident_id=made.pk, cause="", by=admin, at=NOW)
    closed = ops.close_incident(
        incident_id=made.pk, cause="对方机房停电，已恢复", by=admin, at=NOW + timedelta(hours=1)
    )
    assert closed.ended_at == NOW + timedelta(hours=1)
