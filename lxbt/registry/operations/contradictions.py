"""What weaker sources said against stronger ones, many at once: kept for people to settle, each said once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from django.db import connection

# person, key, value, source, what is held, its source, the day received
Contradicted = tuple[int, str, object, str, object, str, date]


def keep_contradictions(rows: Sequence[Contradicted], *, by_id: int | None = None) -> None:
    """Keep contradictions in the caller's transaction; one that is open already is not kept twice."""
    if not rows:
        return
    told = [
        {
            "person_id": person_id,
            "key": key,
            "value": json.dumps(value),
            "source": source,
            "held": json.dumps(held),
            "held_source": held_source,
            "received_on": str(received_on),
        }
        for person_id, key, value, source, held, held_source, received_on in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into registry_contradiction"
            " (person_id, key, value, source, held_value, held_source, received_on, recorded_by_id)"
            " select v.person_id, v.key, v.value::jsonb, v.source, v.held::jsonb, v.held_source, v.received_on, %s"
            " from jsonb_to_recordset(%s::jsonb) v (person_id bigint, key text, value text, source text, held text,"
            " held_source text, received_on date) where not exists (select from registry_contradiction c"
            " where c.person_id = v.person_id and c.key = v.key and c.value = v.value::jsonb"
            " and c.source = v.source and c.settled_on is null)",
            [by_id, json.dumps(told)],
        )
