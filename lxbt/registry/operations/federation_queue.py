"""The changes that wait to be followed, and the counties found to agree."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from lxbt.registry.models import FederationAgreed


@transaction.atomic
def note_agreed_counties(*, counties: Sequence[str], at: datetime) -> None:
    """Both sides hold the same of these counties: the facts of everybody there are confirmed at that moment."""
    rows = [FederationAgreed(county_code=county, agreed_at=at) for county in dict.fromkeys(counties)]
    FederationAgreed.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["county_code"], update_fields=["agreed_at"]
    )


@dataclass(frozen=True)
class ChangeTaken:
    """A change taken from the queue: what the Federation said before (None: nothing) and says now."""

    person_id: int
    before: dict[str, Any] | None
    after: dict[str, Any]
    changed_at: datetime | None
    received_at: datetime


def take_federation_changes(limit: int) -> list[ChangeTaken]:
    """Take up to `limit` changes out of the queue, in their order.

    One at a time in the whole system, until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('registry.federationchange'))")
        cursor.execute(
            "with chosen as (select person_id, number from registry_federationchange order by number "
            "limit %s) delete from registry_federationchange c using chosen"
            " where (c.person_id, c.number) = (chosen.person_id, chosen.number) returning c.number, c.person_id, "
            "c.before, c.after, c.changed_at, c.received_at",
            [limit],
        )
        rows = sorted(cursor.fetchall(), key=lambda row: row[0])
    return [
        ChangeTaken(person, _loaded(before), _loaded(after), changed, at)
        for _number, person, before, after, changed, at in rows
    ]


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
