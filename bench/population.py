"""Recipients of one province, made by SQL: persons, told months, entitlements, accounts. No real person is meant."""

from __future__ import annotations

from datetime import date
from itertools import product

from django.db import connection

from lxbt.core.months import Month
from lxbt.core.profile import CATEGORIES
from lxbt.registry.operations import intern_profiles
from lxbt.standards.operations import draft_standard, load_scheme, publish_standard
from lxbt.standards.rules.rows import read_standard

PROVINCE = "420000000000"
FIRST = Month(2026, 1)
DAY = date(2026, 1, 1)


def make_recipients(rows: int) -> None:
    """`rows` persons, 55 in a hundred with the living subsidy and 70 with care, spread over the province's townships.

    Some certificates run out, some persons have died: one in two hundred each.
    """
    facts = [
        {"economic": e, "area": a, "sex": s, "long_term_care": True, "certificate": {"category": c, "grade": g}}
        for e, a, s, c, g in product(
            ("dibao", "dibao_margin", "none"), ("urban", "rural"), ("female", "male"), CATEGORIES, (1, 2, 3, 4)
        )
    ]
    ids = list(intern_profiles(facts).values())
    with connection.cursor() as cursor:
        cursor.execute(
            "select array_agg(code order by code) from divisions_division where code like '42%' and level = 4"
        )
        townships = cursor.fetchone()[0]
        run = cursor.execute
        run(
            "insert into registry_person (person_id, name, pinyin, sex, birth, division_code, address, "
            "phone_masked, guardian_name, guardian_relation)"
            " select i, '张' || i, 'z', case i %% 2 when 0 then 'female' else 'male' end, date '1930-01-01' + (i * "
            "7919 %% 33000)::int,"
            " (%s::text[])[1 + (i - 1) * %s / %s], '', '', '', '' from generate_series(1, %s::bigint) i",
            [townships, len(townships), rows, rows],
        )
        run(
            "insert into registry_personprofile (person_id, since, division_code, profile_id, birth, died_on, "
            "valid_until)"
            " select person_id, '1900-01-01', division_code, (%s::bigint[])[1 + (person_id * 104729 %% %s)], birth,"
            " case when person_id %% 200 = 7 then date '2026-02-10' end,"
            " case when person_id %% 200 = 9 then date '2026-02-20' else date '2027-01-01' + (person_id %% "
            "2500)::int end from registry_person",
            [ids, len(ids)],
        )
        run(
            "insert into entitlements_entitlement (person_id, subsidy, since, state, basis, granted_on, end_basis)"
            " select person_id, s, %s, 'granted', 'bench', %s, '' from registry_person cross "
            "join (values ('living'), ('care')) v (s)"
            " where case s when 'living' then person_id %% 20 < 11 else person_id %% 20 >= 6 end",
            [FIRST.first, DAY],
        )
        run(
            "insert into registry_bankaccount (person_id, number, bank, holder, sealed, masked, state, reason, since)"
            " select person_id, person_id, 'bank', name, '\\x00', '6200****0000', 'good', '', %s from registry_person",
            [DAY],
        )
        run("analyze")


def set_standards() -> None:
    """Standards of the province: living by class, care by grade."""
    rows = [
        {
            "subsidy": "living",
            "since": "2020-01",
            "when": {"economic": ["dibao", "dibao_margin"]},
            "amount": {"fixed": "80"},
        },
        {
            "subsidy": "living",
            "since": "2020-01",
            "when": {"economic": ["none"], "age_from": 60},
            "amount": {"fixed": "60"},
        },
        {
            "subsidy": "living",
            "since": "2020-01",
            "when": {"economic": ["none"], "age_below": 60},
            "amount": {"fixed": "50"},
        },
        {"subsidy": "care", "since": "2020-01", "when": {}, "amount": {"fixed": "70"}},
        {"subsidy": "care", "since": "2020-01", "when": {"grade": [1]}, "amount": {"fixed": "120"}},
        {"subsidy": "care", "since": "2020-01", "when": {"grade": [2]}, "amount": {"fixed": "100"}},
    ]
    load_scheme(standards=[read_standard(row, "bench", PROVINCE) for row in rows], by=None, on=DAY)


def raise_standards() -> None:
    """Every row ten yuan higher, from the first month on."""
    for when, subsidy, amount in (
        ({"economic": ["dibao", "dibao_margin"]}, "living", "90"),
        ({"economic": ["none"], "age_from": 60}, "living", "70"),
        ({"economic": ["none"], "age_below": 60}, "living", "60"),
        ({}, "care", "80"),
        ({"grade": [1]}, "care", "130"),
        ({"grade": [2]}, "care", "110"),
    ):
        row = {"subsidy": subsidy, "since": str(FIRST), "when": when, "amount": {"fixed": amount}}
        publish_standard(
            standard_id=draft_standard(row=read_standard(row, "bench", PROVINCE), by=None).pk, by=None, on=DAY
        )
