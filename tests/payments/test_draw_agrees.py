"""The draw, which moves rows in SQL, agrees with the rule asked month by month for each person."""

from __future__ import annotations

import random
import threading
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.entitlements.operations import end_entitlement, grant_entitlement, suspend_entitlement
from lxbt.entitlements.queries import rights_by_month
from lxbt.payments import queries
from lxbt.payments.models import Batch, Item
from lxbt.payments.operations import draw_area, draw_batch, return_batch
from lxbt.registry.models import Person
from lxbt.registry.operations import record_certificate, record_fact, record_facts
from lxbt.standards.operations import draft_standard, load_scheme, publish_standard, set_parameter
from lxbt.standards.rules.rows import read_dibao, read_standard
from lxbt.standards.rules.scheme import read_scheme
from tests import wider
from tests.factories import COUNTY, DAY, county, day_in, flat_standards, recipient

FIRST, LAST = Month(2025, 9), Month(2026, 6)
PROVINCE = "420000000000"
OTHER = "420202000000"
ROWS = [
    {"subsidy": "living", "when": {"economic": ["dibao"], "age_below": 18}, "amount": {"fixed": "100"}},
    {"subsidy": "living", "when": {"economic": ["dibao"], "age_from": 18}, "amount": {"fixed": "80"}},
    {
        "subsidy": "living",
        "when": {"any_of": [{"age_from": 60}, {"economic": ["low_income"]}]},
        "amount": {"percent_of_dibao": 10},
    },
    {
        "subsidy": "care",
        "when": {"grade": [1]},
        "amount": {"fixed": "120", "adjust": [{"when": {"age_from": 60}, "add": "10"}]},
        "floor": True,
    },
    {"subsidy": "care", "when": {"grade": [2]}, "amount": {"yearly": "1000"}},
    {"subsidy": "care", "division": "420200000000", "when": {}, "amount": {"fixed": "95.55"}},
]


def set_scheme() -> None:
    rows = [read_standard({"since": "2020-01", **row}, "test", PROVINCE) for row in ROWS]
    load_scheme(
        standards=rows, dibao=[read_dibao({"since": "2020-01", "amount": "733"}, "test", PROVINCE)], by=None, on=DAY
    )


def some_day(dice: random.Random, low: date = date(2025, 10, 1), days: int = 240) -> date:
    return low + timedelta(days=dice.randrange(days))


def disagreements(persons: list[Person]) -> list[object]:
    found: list[object] = []
    for person in persons:
        paid = {key: amount for key, amount in queries.paid_by_month(person.pk).items() if amount}
        due = {}
        for told in rights_by_month(person.pk, FIRST, LAST + 1):
            for subsidy in told.granted:
                if told.rights[subsidy].amount:
                    due[subsidy, told.month] = told.rights[subsidy].amount
        if paid != due:
            found.append((person.pk, sorted(set(due.items()) ^ set(paid.items()), key=str)))
    return found


def happen(person: Person, dice: random.Random) -> None:
    """Something becomes known of a person."""
    told = {"source": "verified", "received_on": date(2026, 12, 31), "by": None}  # after every day that may be told
    what = dice.choice(
        [
            "died_on",
            "moved_out_on",
            "imprisoned_on",
            "economic",
            "division",
            "birth",
            "certificate",
            "expiry",
            "suspend",
            "end",
            "alive",
        ]
    )
    if what in ("died_on", "moved_out_on", "imprisoned_on"):
        with suppress(Refusal):  # nobody dies before the month of a certificate
            record_fact(person_id=person.pk, key=what, value=some_day(dice), since=None, **told)
    elif what == "alive":
        record_fact(person_id=person.pk, key="died_on", value=None, since=None, **told)
    elif what == "economic":
        since = dice.choice([None, Month.of(some_day(dice))])
        record_fact(
            person_id=person.pk,
            key="economic",
            value=dice.choice(["dibao", "low_income", "none", "destitute"]),
            since=since,
            **told,
        )
    elif what == "division":
        since = dice.choice([None, Month.of(some_day(dice))])
        record_fact(
            person_id=person.pk,
            key="division",
            value=dice.choice(["420102001000", "420202001000"]),
            since=since,
            **told,
        )
    elif what == "birth":
        record_fact(person_id=person.pk, key="birth", value=some_day(dice, date(1965, 10, 1)), since=None, **told)
    elif what == "certificate":
        value = {
            "category": "vision",
            "grade": dice.choice([1, 2]),
            "issued_on": some_day(dice),
            "valid_until": date(2035, 1, 1),
        }
        record_certificate(person_id=person.pk, certificate=value, **told)
    elif what == "expiry":
        value = {"category": "physical", "grade": 1, "issued_on": date(2018, 1, 1), "valid_until": some_day(dice)}
        record_certificate(person_id=person.pk, certificate=value, **told)
    else:
        change = suspend_entitlement if what == "suspend" else end_entitlement
        with suppress(Refusal):
            change(
                person_id=person.pk,
                subsidy=dice.choice(["living", "care"]),
                since=Month.of(some_day(dice)),
                basis="test",
                by=None,
                on=DAY,
            )


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_what_was_drawn_is_what_the_rule_gives_whatever_became_known_when(seed: int) -> None:
    dice = random.Random(seed)
    county()
    county(OTHER)
    set_scheme()
    persons = []
    for n in range(25):
        birth = dice.choice(
            [some_day(dice, date(2007, 10, 1)), some_day(dice, date(1965, 10, 1)), date(2008, 2, 29), date(1990, 5, 5)]
        )
        told = {
            "birth": birth.isoformat(),
            "economic": dice.choice(["dibao", "low_income", "none"]),
            "division": dice.choice(["420102001000", "420202001000"]),
        }
        persons.append(
            recipient(
                f"人{n}", subsidies=("living", "care"), since=Month.of(some_day(dice, date(2025, 9, 1), 120)), **told
            )
        )
    for month in [*FIRST.until(LAST + 1), Month(2026, 3), LAST]:
        for _batches in draw_area(area=PROVINCE, month=month, by=None, on=day_in(month)):
            pass
        for person in dice.sample(persons, 8):
            happen(person, dice)
        if dice.random() < 0.4:
            row = {
                **dice.choice(ROWS),
                "since": str(Month.of(some_day(dice))),
                "amount": {"fixed": str(dice.randrange(60, 140))},
            }
            publish_standard(
                standard_id=draft_standard(row=read_standard(row, "test", PROVINCE), by=None).pk, by=None, on=DAY
            )
        if dice.random() < 0.2:
            value = dice.choice(["next_month", "same_month"])
            set_parameter(
                division_code=PROVINCE,
                name=dice.choice(["stop", "class_change"]),
                value=value,
                since=Month.of(some_day(dice)),
                by=None,
                on=DAY,
            )
        drawn = list(Batch.objects.filter(state="drawn").order_by("pk"))
        if drawn and dice.random() < 0.3:
            with suppress(Refusal):  # a later batch counts on this one
                return_batch(batch_id=dice.choice(drawn).pk, reason="test", by=None, on=DAY)
    for _batches in draw_area(area=PROVINCE, month=LAST, by=None, on=day_in(LAST)):
        pass
    assert disagreements(persons) == []
    assert Item.objects.filter(kind="recovery").count() > 10  # the story had something to take back
    assert [
        batches for _count, batches in draw_area(area=PROVINCE, month=LAST, by=None, on=day_in(LAST)) if batches
    ] == []


def told_of(person: Person, dice: random.Random) -> None:
    """Some fact of the whole vocabulary becomes known of a person."""
    told = {"source": "verified", "received_on": date(2026, 12, 31), "by": None}
    what = dice.choice([*wider.TOLD, "other_benefits", "custody", "custody", "certificate", "grant"])
    if what == "custody":
        record_fact(person_id=person.pk, key=what, value=wider.custody(dice), since=None, **told)
    elif what == "certificate":
        value = wider.certificate(dice, dice.choice([date(2018, 1, 1), some_day(dice)]))
        record_certificate(person_id=person.pk, certificate=value, **told)
    elif what == "grant":
        since = Month.of(some_day(dice))
        grant_entitlement(person_id=person.pk, subsidy="care", since=since, basis="test", by=None, on=DAY)
    else:
        since = dice.choice([None, Month.of(some_day(dice))])
        values = {what: wider.TOLD[what](dice)}
        record_facts(person_id=person.pk, values=values, since=since, whole=dice.random() < 0.3, **told)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_the_draw_agrees_with_the_rule_over_the_whole_vocabulary(seed: int) -> None:
    dice = random.Random(seed)
    county()
    county(OTHER)
    scheme = read_scheme(wider.scheme(dice), "scheme")
    load_scheme(standards=scheme.standards, dibao=scheme.dibao, parameters=scheme.parameters, by=None, on=DAY)
    persons = [
        recipient(f"人{n}", subsidies=("living", "care"), since=FIRST, division=dice.choice(wider.PLACES))
        for n in range(12)
    ]
    for person in persons:
        for _ in range(6):
            told_of(person, dice)
    for month in [FIRST + 3, FIRST + 6, LAST]:
        for _batches in draw_area(area=PROVINCE, month=month, by=None, on=day_in(month)):
            pass
        for person in dice.sample(persons, 8):
            told_of(person, dice)
    for _batches in draw_area(area=PROVINCE, month=LAST, by=None, on=day_in(LAST)):
        pass
    assert disagreements(persons) == []
    assert Item.objects.filter(amount__gt=0).exists()


@pytest.mark.django_db(transaction=True)
def test_two_draws_at_once_pay_once() -> None:
    county()
    flat_standards(living="80")
    person = recipient()
    start, failures = threading.Barrier(2), []

    def draw() -> None:
        try:
            start.wait()
            draw_batch(payer_code=COUNTY, month=FIRST + 6, by=None, on=day_in(FIRST + 6))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=draw) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Item.objects.filter(person_id=person.pk, right_month=date(2026, 3, 1)).count() == 1
    assert queries.paid_by_month(person.pk)["living", Month(2026, 3)] == Decimal("80.00")
