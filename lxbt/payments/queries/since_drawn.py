"""What became known of the people in a batch after it was drawn: the batch stays as it was drawn, and says so."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from lxbt.entitlements.waiting import persons_held
from lxbt.payments.models import Batch, Item

CHANGED = """
select count(distinct i.person_id) from payments_item i join entitlements_stale s on s.person_id = i.person_id
where i.batch_id = %s and s.since <= %s
"""


@dataclass(frozen=True)
class SinceDrawn:
    """Persons whose death, custody or moving out waits for a second person, and how many have months to be looked at
    again for whatever reason, these among them.
    """

    waiting: tuple[int, ...]
    changed: int


def since_drawn(batch: Batch) -> SinceDrawn:
    """Return what a new draw would look at again of those whom the batch pays; two or three statements."""
    held = persons_held()
    rows = Item.objects.filter(batch_id=batch.pk, person_id__in=held) if held else Item.objects.none()
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, [batch.pk, batch.month])
        (changed,) = cursor.fetchone()
    return SinceDrawn(tuple(sorted(set(rows.values_list("person_id", flat=True)))), changed)
