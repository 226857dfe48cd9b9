"""A planted truth: every kind of fault is put into a demonstration, and comparing finds each, with its months to the
cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from lxbt.core.months import Month
from lxbt.demonstration.faults import Planted, plant_faults
from lxbt.divisions.operations import load_divisions, rows_of_data
from lxbt.matching.catalogue import RULES
from lxbt.matching.models import Signal, Suspicion
from lxbt.matching.operations.running import run_rules
from tests import factories as f
from tests.demonstration.filling import DAY, run_demo

pytestmark = pytest.mark.django_db
MONTH = Month(2026, 5)


def compare(**more: Any) -> Any:
    return list(run_rules(area=f.COUNTY, month=MONTH, on=DAY, at=f.moment(DAY), **more))[-1][2]


@pytest.fixture(scope="module")
def truth(
    django_db_setup: None, django_db_blocker: Any
) -> Iterator[tuple[list[Planted], set[tuple[int | str, str, str]]]]:
    """A county of the demonstration, compared once as it is, then with faults planted, in a transaction that nothing
    survives.
    """
    codes = [row["code"] for row in rows_of_data() if row["code"].startswith(("420102", "420103"))]
    with django_db_blocker.unblock(), transaction.atomic():
        load_divisions(only=codes)
        run_demo(persons=900)
        compare()
        before = set(Suspicion.objects.values_list("person_id", "rule", "source")) | set(
            Signal.objects.values_list("division_code", "rule", "source")
        )
        planted = plant_faults(area=f.COUNTY, month=MONTH, on=DAY, each=2)
        compare()
        yield planted, before
        transaction.set_rollback(True)


def found() -> dict[tuple[int, str, str], Suspicion]:
    return {(s.person_id, s.rule, s.source): s for s in Suspicion.objects.exclude(state="lapsed")}


def test_every_planted_fault_is_found_with_its_months_and_money(truth: Any) -> None:
    planted, _before = truth
    raised = found()
    planted = [p for p in planted if p.person_id]
    missing = [(p.rule, p.source, p.person_id) for p in planted if (p.person_id, p.rule, p.source) not in raised]
    assert missing == []
    wrong = [
        (p.rule, p.source, p.months, raised[p.person_id, p.rule, p.source].months)
        for p in planted
        if raised[p.person_id, p.rule, p.source].months != p.months and p.rule not in ("U01", "U02", "U03", "U08")
    ]
    assert wrong == []
    assert all(raised[p.person_id, p.rule, p.source].amount == Decimal(p.amount) for p in planted)


def test_nothing_else_is_raised_than_was_planted(truth: Any) -> None:
    planted, before = truth
    told = {(p.person_id, p.rule, p.source) for p in planted}
    others = defaultdict(list)
    for key in found():
        if key not in told and key not in before:
            others[key[1]].append(key)
    assert dict(others) == {}


def test_every_planted_fault_of_a_place_is_a_signal_and_nothing_else_is(truth: Any) -> None:
    planted, before = truth
    told = {(p.division, p.rule, p.source) for p in planted if not p.person_id}
    assert {rule for _place, rule, _source in told} == {"R20", "P03"}
    raised = set(Signal.objects.filter(ended_on__isnull=True).values_list("division_code", "rule", "source"))
    assert told - raised == set()
    assert raised - told - before == set()


def test_enough_kinds_of_faults_were_planted(truth: Any) -> None:
    planted, _before = truth
    kinds = {p.rule for p in planted}
    assert kinds >= {code for code, rule in RULES.items() if code != "P04"}
