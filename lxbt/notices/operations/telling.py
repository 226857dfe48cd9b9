"""Event notices about written ones, posted to offices in one statement."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import connection

from lxbt.core.clock import beijing_day
from lxbt.notices.models import Circular
from lxbt.notices.queries.receipts import JOINED, SHOW, narrowed

POST = "insert into notices_notice (division_code, organ, role, kind, params, posted_at)"


def tell_readers(*, of: Circular, kind: str, circular_id: int, at: datetime) -> int:
    """Tell the offices that read a notice of what became of it; gives how many.

    Called inside the transaction of the act.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"{POST} select distinct division_code, organ, '', %s, %s::jsonb, %s::timestamptz "
            "from notices_circularreceipt where circular_id = %s",
            [kind, json.dumps({"circular": circular_id}), at, of.pk],
        )
        return int(cursor.rowcount)


def tell_owing(*, of: Circular, at: datetime) -> int:
    """Remind the offices that have not read it or, where a receipt is wanted, have not given it; gives how many."""
    show = SHOW["owing" if of.receipt_due_on else "unread"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"{JOINED} {POST} select o.division_code, o.organ, %(to_role)s, 'circular_owing', %(params)s::jsonb, "
            "%(at)s::timestamptz"
            f" from office o left join told t using (division_code, organ) where {show}",
            {
                **narrowed(of, of.area, beijing_day(at)),
                "to_role": of.to_role,
                "params": json.dumps({"circular": of.pk}),
                "at": at,
            },
        )
        return int(cursor.rowcount)
