"""How the ground of the system is: signs of life, queues, maintenance, incidents.

Cheap, and right while the worker is down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from lxbt.support.models import Beat, Incident, Maintenance
from lxbt.support.rules.status import ANNOUNCED

WORKER = "worker"


@dataclass(frozen=True)
class Queues:
    """What waits to be done in the background: how much, since when; what is being done; when a worker last moved."""

    waiting: int
    oldest: datetime | None
    doing: int
    moved_at: datetime | None


def queues() -> Queues:
    """One statement over the partial indexes of what is to be done; jobs of the future do not wait yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with waiting as (
                select id, scheduled_at from procrastinate_jobs where status = 'todo'
                    and coalesce(scheduled_at, now()) <= now()
            )
            select count(*), (select min(at) from procrastinate_events where job_id = (select min(id) from waiting
                where scheduled_at is null)), min(scheduled_at),
                (select count(*) from procrastinate_jobs where status = 'doing'), (select max(last_heartbeat)
                    from procrastinate_workers)
            from waiting
            """
        )
        waiting, deferred, scheduled, doing, moved = cursor.fetchone()
        return Queues(waiting, min((one for one in (deferred, scheduled) if one), default=None), doing, moved)


def last_beat() -> datetime | None:
    """The last sign of life that the background work left."""
    return Beat.objects.filter(pk=WORKER).values_list("at", flat=True).first()


def maintenance_due(at: datetime) -> Maintenance | None:
    """The window that pages tell of: running, or beginning soon."""
    rows = Maintenance.objects.filter(cancelled_at__isnull=True, ends_at__gt=at, starts_at__lte=at + ANNOUNCED)
    return rows.order_by("starts_at").first()


def maintenance_planned(at: datetime) -> list[Maintenance]:
    """All windows that have not ended."""
    return list(Maintenance.objects.filter(cancelled_at__isnull=True, ends_at__gt=at).order_by("starts_at")[:20])


def incidents() -> QuerySet[Incident]:
    """What did not run, the latest first."""
    return Incident.objects.order_by("-began_at", "-id")
