"""What imports recorded as paid, by paying body, month and subsidy: kept as the rows come, so that nothing is counted
over items.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from lxbt.core.money import ZERO
from lxbt.payments.operations.retracting import Retracted


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
            " on conflict (import_id, payer_code, month, subsidy) do update "
            "set payments = imports_tally.payments + excluded.payments,"
            " amount = imports_tally.amount + excluded.amount, doubtful = imports_tally.doubtful + excluded.doubtful",
            [
                import_id,
                [payer for payer, _m, _s in rows],
                [month.first for _p, month, _s in rows],
                [subsidy for _p, _m, subsidy in rows],
                *([value[i] for value in rows.values()] for i in range(3)),
            ],
        )


def take_from_tallies(rows: Iterable[Retracted]) -> None:
    """Take payments out that were told otherwise since."""
    sums: dict[tuple[int, str, Any, str], list[Any]] = {}
    for row in rows:
        told = sums.setdefault((row.import_id, row.payer, row.month, row.subsidy), [0, ZERO, 0])
        told[0], told[1], told[2] = told[0] + 1, told[1] + row.amount, told[2] + row.doubtful
    if sums:
        with connection.cursor() as cursor:
            cursor.execute(
                "update imports_tally t set payments = t.payments - v.n, amount = t.amount - v.yuan, "
                "doubtful = t.doubtful - v.doubts"
                " from unnest(%s::bigint[], %s::text[], %s::date[], %s::text[], %s::int[], %s::numeric[], %s::int[])"
                " v (import_id, payer_code, month, subsidy, n, yuan, doubts) where t.import_id = v.import_id "
                "and t.payer_code = v.payer_code"
                " and t.month = v.month and t.subsidy = v.subsidy",
                [
                    *([key[i] for key in sums] for i in range(4)),
                    *([value[i] for value in sums.values()] for i in range(3)),
                ],
            )
