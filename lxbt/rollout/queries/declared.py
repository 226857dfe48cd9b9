"""What paying bodies declared for their months."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from lxbt.rollout.models import Declared


def declared_of_many(
    payers: Iterable[str], months: Iterable[date] | None = None
) -> dict[tuple[str, date, str], Declared]:
    """Declarations by (paying body, month, subsidy); of all months when none are named."""
    rows = Declared.objects.filter(payer_code__in=list(payers))
    if months is not None:
        rows = rows.filter(month__in=list(months))
    return {(row.payer_code, row.month, row.subsidy): row for row in rows}
