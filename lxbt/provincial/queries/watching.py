"""How each client stands: when it spoke last, how much was wrong, how long it is silent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Sum

from lxbt.core.clock import beijing_day
from lxbt.provincial.models import Activity, Batch, Client, Comparison, Delivery, Difference
from lxbt.provincial.rules.events import FAILED, WAITING

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Standing:
    """How a client stands: of the last seven days pushes, rows and errors; when it spoke last; what differs and since
    when; what waits for it.
    """

    last_at: datetime | None = None
    pushes: int = 0
    rows: int = 0
    errors: int = 0
    compared_at: datetime | None = None
    differences: int = 0
    waiting: int = 0
    failed: int = 0

    def silent_for(self, at: datetime) -> int | None:
        """Whole days since it spoke; None when it never did."""
        return None if self.last_at is None else max(0, (at - self.last_at).days)


def standings(clients: Iterable[Client], *, at: datetime) -> dict[int, Standing]:
    """By client, in four statements."""
    pks = [client.pk for client in clients]
    last = dict(Activity.objects.filter(client_id__in=pks).values_list("client_id").annotate(at=Max("last_at")))
    week = {
        row[0]: row[1:]
        for row in Activity.objects.filter(client_id__in=pks, day__gt=beijing_day(at - WEEK))
        .values_list("client_id")
        .annotate(Sum("pushes"), Sum("rows"), Sum("errors"))
    }
    compared = dict(
        Comparison.objects.filter(client_id__in=pks).values_list("client_id").annotate(at=Max("compared_at"))
    )
    open_now = dict(
        Difference.objects.filter(client_id__in=pks, closed_at__isnull=True)
        .values_list("client_id")
        .annotate(n=Count("pk"))
    )
    told: dict[int, dict[str, int]] = {}
    for pk, state, count in (
        Delivery.objects.filter(client_id__in=pks, state__in=(WAITING, FAILED))
        .values_list("client_id", "state")
        .annotate(n=Count("pk"))
    ):
        told.setdefault(pk, {})[state] = count
    found = {}
    for pk in pks:
        pushes, rows, errors = week.get(pk, (0, 0, 0))
        states = told.get(pk, {})
        found[pk] = Standing(
            last.get(pk),
            pushes,
            rows,
            errors,
            compared.get(pk),
            open_now.get(pk, 0),
            states.get(WAITING, 0),
            states.get(FAILED, 0),
        )
    return found


def seconds_waiting(client: Client, at: datetime) -> int:
    """How long the oldest batch that is not through has been waiting."""
    first = Batch.objects.filter(client=client, done_at__isnull=True, day__isnull=True).aggregate(
        at=Min("received_at")
    )["at"]
    return max(0, int((at - first).total_seconds())) if first else 0
