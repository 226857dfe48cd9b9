"""What is no longer so goes by itself, with its reason, while nobody has begun to verify; whoever was told of it is
told.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from lxbt.accounts.models import User
from lxbt.audit.models import Event
from lxbt.core.months import Month
from lxbt.matching.models import Act, Suspicion
from lxbt.matching.operations import lapsing, running, verifying
from lxbt.matching.operations.lists import withdraw_list
from lxbt.notices.models import Notice
from lxbt.registry.models import Person
from tests import factories as f
from tests.matching.test_verifying import AT, JANUARY, MARCH, ON, compare, death, pay, people, recipient

__all__ = ["people"]
pytestmark = pytest.mark.django_db
FEBRUARY = Month(2026, 2)


def altered(person: Person, month: Month, by: int) -> None:
    """What only a broken system could do: an item of another amount."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update payments_item set amount = amount + %s where person_id = %s and subsidy = 'care' "
            "and right_month = %s and seq = 1",
            [by, person.pk, month.first],
        )


def paid(people: dict[str, User]) -> Person:
    person = recipient()
    for month in (JANUARY, FEBRUARY, MARCH):
        pay(month, people)
    return person


def lapse(**more: Any) -> int:
    return lapsing.lapse_settled(on=ON, at=AT, **more)


@pytest.mark.parametrize(("rule", "by"), [("R15", 30), ("U05", -20)])
def test_a_month_that_is_settled_meanwhile_leaves_and_without_any_the_case_lapses(
    people: dict[str, User], rule: str, by: int
) -> None:
    person = paid(people)
    for month in (FEBRUARY, MARCH):
        altered(person, month, by)
        compare(month, rules=(rule,))
    case = Suspicion.objects.get(rule=rule)
    assert case.months == {"care": {"2026-02": f"{abs(by)}.00", "2026-03": f"{abs(by)}.00"}}
    assert lapse() == 0  # nothing is settled yet
    altered(person, FEBRUARY, -by)
    assert lapse() == 0
    case.refresh_from_db()
    assert (case.months, case.amount, case.state) == (
        {"care": {"2026-03": f"{abs(by)}.00"}},
        Decimal(abs(by)),
        "dispatched",
    )
    altered(person, MARCH, -by)
    assert lapse(persons=[person.pk]) == 1
    case.refresh_from_db()
    assert (case.state, case.closed_on, case.amount) == (
        "lapsed",
        ON,
        Decimal(abs(by)),
    )  # what it claimed stays to be read
    act = Act.objects.get(suspicion=case)
    assert (act.act, act.details) == ("lapse", {"reason": "settled"})
    assert {notice.division_code for notice in Notice.objects.filter(kind="suspicion_lapsed")} == {f.TOWNSHIP, f.COUNTY}
    assert Event.objects.filter(action="suspicion.lapsed", person_id=person.pk).exists()
    assert lapse() == 0


def test_what_somebody_has_begun_to_verify_does_not_go_by_itself(people: dict[str, User]) -> None:
    person = paid(people)
    altered(person, MARCH, 30)
    compare(MARCH, rules=("R15",))
    case = Suspicion.objects.get()
    verifying.begin_verification(suspicion_id=case.pk, version=case.version, by=people["clerk"], at=AT)
    altered(person, MARCH, -30)
    assert lapse() == 0
    case.refresh_from_db()
    assert (case.state, case.months) == ("verifying", {"care": {"2026-03": "30.00"}})


def test_the_money_of_a_draw_settles_it(people: dict[str, User]) -> None:
    person = paid(people)
    altered(person, MARCH, -40)
    compare(MARCH, rules=("U05",))
    assert Suspicion.objects.get().amount == Decimal(40)
    with connection.cursor() as cursor:
        cursor.execute("insert into registry_change (person_id) values (%s)", [person.pk])
    pay(Month(2026, 4), people)  # due minus paid: the arrears of March are drawn
    running.compare_changed(month=MARCH, on=ON, at=AT)
    lapse()
    assert Suspicion.objects.get().state == "lapsed"


def test_another_area_is_left_alone(people: dict[str, User]) -> None:
    person = paid(people)
    altered(person, MARCH, 30)
    compare(MARCH, rules=("R15",))
    altered(person, MARCH, -30)
    assert lapse(area="420103000000") == 0
    assert lapse(area=f.COUNTY) == 1


def test_a_case_of_a_withdrawn_list_says_why_it_went_and_to_whom(people: dict[str, User]) -> None:
    paid(people)
    taken = death()
    compare()
    withdraw_list(list_id=taken, by=None, on=ON)
    running.compare_changed(month=MARCH, on=ON, at=AT)
    assert Suspicion.objects.get().state == "lapsed"
    assert Act.objects.get().details == {"reason": "gone"}
    assert Notice.objects.filter(kind="suspicion_lapsed", division_code=f.TOWNSHIP).exists()
