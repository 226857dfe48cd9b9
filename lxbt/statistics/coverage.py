"""Coverage: certificates against rights.

One pass over the told months of an area gives every division in it and above it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from lxbt.divisions.rules import NATION, ancestors, span
from lxbt.entitlements.listing import IN_FORCE, KINDS

FIELDS = ("certified", "severe", "dibao", "living", "care", "severe_without", "dibao_without", "lapsed")
SUMS = ", ".join(f"sum({name})" for name in FIELDS)
LIST = ", ".join(FIELDS)

TOWNSHIPS = f"""
insert into statistics_covered (division_code, {LIST})
select division_code, count(*) filter (where valid), count(*) filter (where valid
    and severe), count(*) filter (where valid and poor),
    count(*) filter (where valid and living), count(*) filter (where valid and care),
    count(*) filter (where valid and severe and not coalesce(care, false)), count(*) filter (where valid and poor
        and not coalesce(living, false)),
    count(*) filter (where not valid and held)
from (
    select pp.division_code, e.living, e.care, coalesce(e.held, false) held, k.severe, k.poor,
        {IN_FORCE} valid
    from registry_personprofile pp
    join statistics_kinds k on k.id = pp.profile_id
    left join (
        select person_id, bool_or(subsidy = 'living' and state <> 'suspended') living, bool_or(subsidy = 'care'
            and state <> 'suspended') care, true held
        from entitlements_entitlement where since <= %(on)s and (until is null or until > %(on)s) group by 1
    ) e on e.person_id = pp.person_id
    where pp.division_code >= %(low)s and pp.division_code < %(high)s and pp.since <= %(on)s and (pp.until is null
        or pp.until > %(on)s)
        and not exists (select 1 from registry_joining j where j.other_id = pp.person_id and j.undone_at is null)
) told group by 1
"""
KINDS_NOW = f"create temporary table statistics_kinds on commit drop as {KINDS}"
UPWARD = f"""
insert into statistics_coverage (division_code, {LIST}, counted_at)
select u.code, {SUMS}, %(at)s from statistics_covered c
cross join lateral (select distinct rpad(left(c.division_code, n), 12, '0') code
    from unnest(array[2, 4, 6, 9, 12]) n union select %(nation)s) u
where u.code >= %(low)s and u.code < %(high)s group by 1
"""


@transaction.atomic
def count_coverage(*, area: str = NATION, on: date, at: datetime) -> int:
    """Count an area anew and sum what lies above it; gives how many divisions were counted.

    Done again, it changes nothing.
    """
    low, high = span(area)
    told: dict[str, Any] = {"low": low, "high": high, "on": on, "at": at, "nation": NATION}
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('statistics.coverage'))")
        cursor.execute(
            "create temporary table statistics_covered (division_code varchar(12), "
            f"{', '.join(name + ' int' for name in FIELDS)}) on commit drop"
        )
        cursor.execute(KINDS_NOW)
        cursor.execute("analyze statistics_kinds")
        cursor.execute(TOWNSHIPS, told)
        cursor.execute("delete from statistics_coverage where division_code >= %s and division_code < %s", [low, high])
        cursor.execute(UPWARD, told)
        counted = int(cursor.rowcount)
        for code in ancestors(area)[1:]:
            _sum_of_counted(cursor, code, at)
        cursor.execute("drop table statistics_covered, statistics_kinds")
    return counted


def _sum_of_counted(cursor: Any, code: str, at: datetime) -> None:
    """A division above from the provinces (the nation) or the townships (all others) counted below it."""
    low, high = span(code)
    below = "right(division_code, 10) = '0000000000'" if code == NATION else "right(division_code, 6) <> '000000'"
    cursor.execute("delete from statistics_coverage where division_code = %s", [code])
    cursor.execute(
        f"insert into statistics_coverage (division_code, {LIST}, counted_at) "
        f"select %s, {', '.join(f'coalesce(sum({n}), 0)' for n in FIELDS)}, %s"
        " from statistics_coverage where division_code >= %s and division_code < %s and division_code <> %s "
        f"and {below}",
        [code, at, low, high, code],
    )
