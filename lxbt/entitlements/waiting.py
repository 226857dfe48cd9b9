"""Whose money waits: a death, custody or moving out was proposed, and no second person has decided.

Stopping is safe and can be undone: what was held comes with the draw after the decision. A proposal that nobody decided
in time goes on holding, else waiting would pay.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

HOLDING = ("registry.death", "registry.moved_out", "registry.custody")
_HELD = """
select distinct p.person_id from proposals_proposal p
where p.kind = any(%s) and p.state in ('waiting', 'expired') and (%s::bigint[] is null or p.person_id = any(%s))
    and not exists (select from proposals_proposal d where d.kind = p.kind and d.person_id = p.person_id
        and d.id > p.id and d.state in ('accepted', 'refused'))
order by 1
"""


def persons_held(person_ids: Sequence[int] | None = None) -> list[int]:
    """Of these persons (or of all) those who are not paid until a second person has decided."""
    ids = None if person_ids is None else list(person_ids)
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [list(HOLDING), ids, ids])
        return [row[0] for row in cursor.fetchall()]
