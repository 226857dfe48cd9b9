"""The whole rule set over N recipients and ten lists of N/10, against the bare hash joins that it cannot do without.

The limit, measured in the same run: each list hash-joined to what was paid to whom (ten joins), and the told months of
everybody hash-joined to rights and to the items of the month, once for both subsidies. Nothing is kept of the limit's
rows.
Of each list one row in fifty is about a recipient, as in a list that a body gives for a whole province.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from bench.draw import draw_province
from bench.ground import Stopwatch
from bench.population import FIRST, PROVINCE, make_recipients, set_standards
from lxbt.core.months import Month
from lxbt.matching.catalogue import RULES
from lxbt.matching.operations.lists import close_list, open_list
from lxbt.matching.operations.running import run_rules

KINDS = (
    "deaths",
    "cremations",
    "moves",
    "dibao",
    "destitute",
    "work_injury_care",
    "orphans",
    "prison",
    "elderly_care",
    "public_employees",
)
COUNTY = "420102000000"
ON = date(2026, 1, 20)


def make_lists(rows: int) -> None:
    """Ten lists of `rows` rows, filled by SQL as taking them in would leave them."""
    for number, kind in enumerate(KINDS):
        area = COUNTY if kind == "dibao" else PROVINCE  # a roster of the province would have to name everybody on 低保
        entry = open_list(kind=kind, division_code=area, received_on=ON, as_of=ON, by=None)
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into matching_listentry (handle, list_id, digest, row, kind, person_id, matched, name, "
                "sealed, event_on, since, amount, value, detail)"
                " select decode(md5(i || %s) || md5(i || 'x' || %s), 'hex'), %s, decode(md5(i::text), 'hex'), i, %s,"
                " case when i %% 50 = 0 then 1 + (i::bigint * 7919 + %s) %% (%s * 10) end, case when i %% 50 = 0 "
                "then 'number' else '' end, '张' || i, '\\x00', %s, %s,"
                " 50, %s, '{}' from generate_series(1, %s) i on conflict do nothing",
                [
                    kind,
                    kind,
                    entry.pk,
                    kind,
                    number * 104729,
                    rows,
                    date(2025, 11, 20),
                    FIRST.first,
                    {"orphans": "full", "public_employees": "public"}.get(kind, ""),
                    rows,
                ],
            )
        close_list(list_id=entry.pk, by=None, on=ON)


def measure_matching(rows: int) -> dict[str, Any]:
    """Recipients a second through all rules, and through the bare joins."""
    make_recipients(rows)
    with connection.cursor() as cursor:  # nearly everybody who has a right draws it
        cursor.execute(
            "insert into entitlements_entitlement (person_id, subsidy, since, state, basis, granted_on, end_basis)"
            " select person_id, s, %s, 'granted', 'bench', %s, '' from registry_person cross "
            "join (values ('living'), ('care')) v (s) where person_id %% 50 <> 0"
            " on conflict do nothing",
            [FIRST.first, ON],
        )
    set_standards()
    draw_province(FIRST)
    make_lists(rows // 10)
    with connection.cursor() as cursor:
        cursor.execute(
            "vacuum analyze payments_item, matching_listentry, registry_personprofile, entitlements_entitlement"
        )
        with Stopwatch() as plain:
            bare_joins(cursor, FIRST)
    with Stopwatch() as ours:
        report = list(run_rules(area=PROVINCE, month=FIRST, on=ON, at=datetime.combine(ON, datetime.min.time(), UTC)))[
            -1
        ][2]
    if os.environ.get("BENCH_VERBOSE"):
        print(
            f"  ours {ours.seconds:.1f} s, bare joins {plain.seconds:.1f} s, {report.total('found'):,} found, "
            f"{report.total('raised'):,} raised, {len(RULES)} rules"
        )
    return {
        "ours": rows / ours.seconds,
        "limit": rows / plain.seconds,
        "unit": "persons/s",
        "ratio": plain.seconds / ours.seconds,
        "rows": rows,
    }


def bare_joins(cursor: Any, month: Month) -> None:
    """What any comparison must do at the least."""
    for way in ("nestloop", "mergejoin"):
        cursor.execute(f"set enable_{way} = off")
    for kind in KINDS:
        cursor.execute(
            "select count(*), sum(i.amount) from matching_listentry e "
            "join payments_item i on i.person_id = e.person_id and i.void is null where e.kind = %s",
            [kind],
        )
    for subsidy in ("living", "care"):
        cursor.execute(
            "select count(*), sum(i.amount), max(p.valid_until) from registry_personprofile p"
            " join entitlements_entitlement e on e.person_id = p.person_id and e.subsidy = %s and e.since <= %s "
            "and (e.until is null or e.until > %s)"
            " left join payments_item i on i.person_id = p.person_id and i.subsidy = e.subsidy "
            "and i.right_month = %s and i.void is null"
            " where p.since <= %s and (p.until is null or p.until > %s)",
            [subsidy, *[month.first] * 5],
        )
    for way in ("nestloop", "mergejoin"):
        cursor.execute(f"set enable_{way} = on")
