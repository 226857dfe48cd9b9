"""Who has finished the exercises, by county: `support` keeps that record."""

from __future__ import annotations

from datetime import date

from lxbt.support.queries.training import trained


def trained_in(area: str, *, on: date) -> dict[str, tuple[int, int]]:
    """(accounts with a role to practise, of these trained) of the counties of an area; one without such accounts is
    left out.
    """
    return {row.county_code: (row.accounts, row.trained) for row in trained(area, on=on)}
