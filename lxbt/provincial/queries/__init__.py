"""Reads of the provincial interface: clients and their keys, batches and row results."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from lxbt.accounts.operations.tallies import tallied, tally_key
from lxbt.provincial.models import Batch, Client, ClientKey


def clients_within(scope: Q) -> QuerySet[Client]:
    """Clients whose area lies in a scope (a condition on division_code), those open first."""
    return Client.objects.filter(scope).order_by("closed_at", "division_code", "client_id")


def client_named(client_id: str) -> Client | None:
    """A client by how it calls itself."""
    return Client.objects.filter(client_id=client_id).first()


def open_clients() -> list[Client]:
    """All that may speak."""
    return list(Client.objects.filter(closed_at__isnull=True).order_by("pk"))


def keys_of(client: Client) -> list[ClientKey]:
    """A client's keys, the newest first."""
    return list(ClientKey.objects.filter(client=client).order_by("-since_at", "-pk"))


def key_of(client_id: str, key_id: str, at: datetime) -> ClientKey | None:
    """A key that is taken at a moment, with its client; a closed client's too."""
    rows = ClientKey.objects.select_related("client").filter(client__client_id=client_id, key_id=key_id)
    return rows.filter(Q(until_at__isnull=True) | Q(until_at__gt=at)).first()


def imports_of(client_pk: int) -> list[int]:
    """The imports that hold what a client pushed and what was written, single pushes included."""
    return list(Batch.objects.filter(client_id=client_pk, sandbox=False).order_by("importing_id").values_list("importing_id", flat=True))


def batches_of(client: Client) -> QuerySet[Batch]:
    """A client's batches, the newest first."""
    return Batch.objects.select_related("importing").filter(client=client).order_by("-received_at", "-pk")


def batch_of(client: Client, batch_id: int) -> Batch | None:
    """One of the client's own."""
    return batches_of(client).filter(pk=batch_id).first()


def clients_by_pk(pks: Iterable[int]) -> dict[int, Client]:
    """Some clients by their key."""
    return Client.objects.in_bulk(list(pks))


def quota_left(client: Client, at: datetime) -> int:
    """Requests that are left of this minute."""
    return max(0, client.quota - tallied(key=tally_key("provincial", client.pk), at=at).count)


def last_push(client: Client) -> datetime | None:
    """When something came last that was taken."""
    found: datetime | None = Batch.objects.filter(client=client).aggregate(at=Max("importing__served_at"))["at"]
    return found


def waiting_batches(client: Client) -> int:
    """How many batches are not through yet."""
    return Batch.objects.filter(client=client, done_at__isnull=True, day__isnull=True).count()
