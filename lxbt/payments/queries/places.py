"""Places where people have a right and nobody pays."""

from __future__ import annotations

from django.db import connection

from lxbt.divisions.queries import county_of


def unpaid_places() -> list[tuple[str, int]]:
    """Places of persons with an open right that no body in force pays for, with how many persons, the most first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.division_code, count(distinct p.person_id) from registry_personprofile p"
            " join entitlements_entitlement e on e.person_id = p.person_id and e.state = 'granted' and e.until is null"
            " where p.until is null group by 1 order by 2 desc, 1"
        )
        rows = cursor.fetchall()
    found = []
    for code, count in rows:
        payer = county_of(code)
        if payer is None or payer.until is not None:
            found.append((code, count))
    return found
