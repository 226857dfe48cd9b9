"""Reads of the provincial interface: clients and their keys, batches and row results."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from lxbt.accounts.operations.tallies import tallied, tally_key
from lxbt.provincial.models import Batch, Client, ClientKey, Code, RowResult
from lxbt.provincial.rules.codes import TABLES
from lxbt.provincial.rules.outcomes import OUTCOMES, outcome_of


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


def has_key(client_pk: int, at: datetime) -> bool:
    """Whether a client has a key that is taken now."""
    return ClientKey.objects.filter(client_id=client_pk, until_at__isnull=True, since_at__lte=at).exists()


def imports_of(client_pk: int) -> list[int]:
    """The imports that hold what a client pushed and what was written, single pushes included."""
    return list(
        Batch.objects.filter(client_id=client_pk, sandbox=False)
        .order_by("importing_id")
        .values_list("importing_id", flat=True)
    )


def batches_of(client: Client) -> QuerySet[Batch]:
    """A client's batches, the newest first."""
    return Batch.objects.select_related("importing").filter(client=client).order_by("-received_at", "-pk")


def batch_of(client: Client, batch_id: int) -> Batch | None:
    """One of the client's own."""
    return batches_of(client).filter(pk=batch_id).first()


def codes_of(client_pk: int) -> dict[str, dict[str, str]]:
    """A client's own words, by the column that they are written in: word -> ours."""
    found: dict[str, dict[str, str]] = {}
    for table, theirs, ours in Code.objects.filter(client_id=client_pk).values_list("table", "theirs", "ours"):
        for column in TABLES[table]:
            found.setdefault(column, {})[theirs] = ours
    return found


def codes_in(client: Client, table: str) -> dict[str, str]:
    """One table of a client's words."""
    return dict(Code.objects.filter(client=client, table=table).order_by("theirs").values_list("theirs", "ours"))


def results_of(batch: Batch, *, after: int = 0, problems: bool = False, limit: int = 10_000) -> list[RowResult]:
    """Row results in the order of the rows, from behind `after`; `problems`: those that were not taken, or with a
    doubt.
    """
    rows = RowResult.objects.filter(batch_id=batch.pk, row_no__gt=after).order_by("row_no")
    if problems:
        rows = rows.filter(Q(outcome__in=["conflict", "refused"]) | Q(doubts__isnull=False))
    return list(rows[:limit])


def state_of(batch: Batch) -> str:
    """received, running, done, or failed."""
    state, counts = batch.importing.state, batch.importing.counts
    if state == "writing":
        return "running" if counts or batch.day else "received"
    return "done" if state in ("done", "undoing", "undone") else "failed"


def outcomes_of(batch: Batch) -> dict[str, int]:
    """outcome -> rows, of what is through."""
    found = dict.fromkeys(OUTCOMES, 0)
    for told, count in batch.importing.counts.items():
        found[outcome_of(told)] += count
    return found


def next_batch(*, passed_over: Iterable[int] = ()) -> Batch | None:
    """The batch to work on: of the client that was served the longest ago, its oldest, so that a client's order is
    kept.
    """
    waiting = Batch.objects.filter(done_at__isnull=True, day__isnull=True, importing__state="writing").exclude(
        client_id__in=list(passed_over)
    )
    served = (
        Batch.objects.filter(client_id=OuterRef("client_id"), importing__served_at__isnull=False)
        .order_by("-importing__served_at")
        .values("importing__served_at")[:1]
    )
    return (
        waiting.select_related("importing", "client")
        .annotate(served=Subquery(served))
        .order_by(F("served").asc(nulls_first=True), "client_id", "pk")
        .first()
    )


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
