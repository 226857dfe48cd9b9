"""Age bands and the relation of events to a month: SQL says what the rule says, and nobody else says it."""

from __future__ import annotations

import re
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from django.db import connection

import lxbt
from lxbt.core.months import Month
from lxbt.entitlements import fragments
from lxbt.entitlements.rules import ALL_EVENTS
from lxbt.entitlements.rules.situations import age_of, band_of, events_from, relations_code, relations_from

MONTHS = (Month(2024, 2), Month(2025, 2), Month(2025, 12), Month(2026, 1))
DAYS = (
    None,
    date(2024, 1, 31),
    date(2024, 2, 1),
    date(2024, 2, 29),
    date(2025, 2, 28),
    date(2025, 3, 1),
    date(2026, 1, 31),
)
BIRTHS = (
    None,
    date(2008, 2, 28),
    date(2008, 2, 29),
    date(2008, 3, 1),
    date(1965, 12, 31),
    date(1966, 1, 1),
    date(2025, 12, 31),
)
AGES = (16, 18, 60)


@pytest.mark.django_db
@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_the_database_counts_bands_and_relations_as_the_rule_does(month: Month) -> None:
    persons = [
        (birth, *(DAYS[(n + k) % len(DAYS)] for k in range(len(ALL_EVENTS)))) for n, birth in product(range(7), BIRTHS)
    ]
    columns = ", ".join(("birth", *ALL_EVENTS))
    arrays = ", ".join(["%s::date[]"] * (1 + len(ALL_EVENTS)))
    expressions = (
        fragments.band("p", AGES, month),
        fragments.band("p", (), month),
        fragments.relations("p", month),
        fragments.events_text("p", month),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {', '.join(expressions)} from unnest({arrays}) with ordinality p ({columns}, n) order by n",
            [list(values) for values in zip(*persons, strict=True)],
        )
        rows = cursor.fetchall()
    for (birth, *days), (band, ageless, relations, text) in zip(persons, rows, strict=True):
        assert band == band_of(birth, AGES, month)
        assert ageless == band_of(birth, (), month)
        assert relations == relations_code(days, month)
        assert relations_code(events_from(text), month) == relations


def test_a_code_and_a_band_are_read_back() -> None:
    assert all(
        sum(r * 3**k for k, r in enumerate(relations_from(code))) == code for code in range(3 ** len(ALL_EVENTS))
    )
    assert [age_of(band, AGES) for band in (-1, 0, 1, 2, 3)] == [None, 15, 16, 18, 60]


def test_bands_and_relations_are_written_once() -> None:
    root, written_once = Path(lxbt.__file__).parent, re.compile(r"width_bucket|3\s*\*\*")
    users = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if written_once.search(path.read_text(encoding="utf-8"))
    }
    assert users == {"entitlements/fragments.py", "entitlements/rules/situations.py"}
