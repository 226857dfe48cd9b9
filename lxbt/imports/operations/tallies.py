"""What imports recorded as paid, by paying body, month and subsidy: kept as the rows come, so that nothing is counted over items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection


def add_tallies(import_id: int, handler: Any) -> None:
    """Add the payments of the last chunk."""
    payments = getattr(handler, "payments", None)
    if payments is None or not payments.written:
        return
    rows: Mapping[tuple[str, Any, str], list[Any]] = payments.written
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into imports_tally (import_id, payer_code, month, subsidy, payments, amount, doubtful)"
            " select %s, * from unnest(%s::text[], %s::date[], %s::text[], %s::int[], %s::numeric[], %s::int[])"
            " on conflict (import_id, payer_code, month, subsidy) do update set payments = imports_tally.payments + excluded.payments,"
            " amount = imports_tally.amount + excluded.amount, doubtful = imports_tally.doubtful + excluded.doubtful",
            [
                import_id, [payer for payer, _m, _s in rows], [month.first for _p, month, _s in rows], [subsidy for _p, _m, subsidy in rows],
                *([value[i] for value in rows.values()] for i in range(3)),
            ],
        )  # fmt: skip
