"""Reads of what is told to provinces."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from lxbt.exchange.rules.breaker import Breaker
from lxbt.provincial.models import Client, Delivery, RowResult, Webhook
from lxbt.provincial.rules.events import WAITING


def due(at: datetime, limit: int) -> list[int]:
    """Deliveries to be sent now, the oldest first."""
    rows = Delivery.objects.filter(state=WAITING, next_at__lte=at).order_by("next_at", "pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def breaker_of(hook: Webhook) -> Breaker:
    """The circuit breaker of an address."""
    return Breaker(hook.state, hook.failures, hook.next_at)  # type: ignore[arg-type]


def webhook_of(client: Client) -> Webhook | None:
    """Where a client is told of events."""
    return Webhook.objects.filter(client=client).first()


def deliveries_of(clients: Iterable[Client]) -> QuerySet[Delivery]:
    """What is told to some clients, the newest first."""
    return Delivery.objects.select_related("client").filter(client__in=list(clients)).order_by("-made_at", "-pk")


def delivery_named(delivery_id: int) -> Delivery | None:
    """One delivery."""
    return Delivery.objects.select_related("client").filter(pk=delivery_id).first()


def rows_in_doubt(batch_id: int) -> int:
    """Rows of a batch that were taken although the rules of the month say otherwise."""
    return RowResult.objects.filter(batch_id=batch_id, doubts__isnull=False).count()
