"""Who receives which subsidy, as a partner may ask it.

Rows come through `in_areas`, fields through the partner's grant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.divisions.rules import span
from lxbt.entitlements import queries as entitlements
from lxbt.exchange import queries
from lxbt.exchange.models import Partner
from lxbt.exchange.rules.beneficiaries import (
    ACTIVE,
    ATTRIBUTES,
    CERTIFICATE_TYPE,
    IDENTITY_TYPES,
    NEEDS,
    SUSPENDED,
    Beneficiary,
    Held,
)
from lxbt.exchange.rules.questions import Both, Condition, Either, Not, NotAskable, Question
from lxbt.payments import queries as payments
from lxbt.registry.queries.numbers import numbers_in_full, person_ids_with
from lxbt.registry.rules import CERTIFICATE_NUMBER, IDENTITY

if TYPE_CHECKING:
    from lxbt.entitlements.models import Entitlement

COLUMNS = {
    "division_code": "person__division_code",
    "subsidy": "subsidy",
    "birth_date": "person__birth",
    "sex": "person__sex",
    "enrollment_date": "since",
    "name": "person__name",
}
SIGNS = {"eq": "", "lt": "__lt", "gt": "__gt", "le": "__lte", "ge": "__gte", "in": "__in"}
PROGRAMMES = {"CN.LXBT.LIVING": "living", "CN.LXBT.CARE": "care", "living": "living", "care": "care"}
MOST_FOUND = 100_000  # persons that one question may find


@dataclass(frozen=True, slots=True)
class Found:
    """A page of beneficiaries, and how many there are in all."""

    beneficiaries: list[Beneficiary]
    total: int


def askable(partner: Partner) -> tuple[str, ...]:
    """The attributes that a partner may ask by: those whose fields it may see."""
    return tuple(name for name in ATTRIBUTES if name not in NEEDS or NEEDS[name] in partner.fields)


def identifiers(partner: Partner) -> tuple[str, ...]:
    """The kinds of numbers that a partner may ask by: its own tokens, and what people show at a counter."""
    return (queries.namespace_of(partner), *IDENTITY_TYPES, CERTIFICATE_TYPE)


def beneficiaries(partner: Partner, question: Question, *, on: date, size: int, page: int) -> Found:
    """The persons that answer a question and hold a subsidy in the month of the day.

    Unknown and out of scope are alike: not there.
    """
    month = Month.of(on)
    rows = _in_sight(partner, month).filter(_condition(partner, question, on))
    ids = rows.values_list("person_id", flat=True).order_by("person_id").distinct()
    total = ids.count()
    if total > MOST_FOUND:
        raise NotAskable(f"more than {MOST_FOUND} persons: narrow the question", "rjct.search.too_many_records_found")
    chosen = list(ids[(page - 1) * size : page * size])
    return Found(told(partner, chosen, month), total)


def holds_a_subsidy(partner: Partner, question: Question, *, on: date) -> bool:
    """Whether somebody who answers the question receives a subsidy in the month of the day: the question of mutual
    exclusion.
    """
    return (
        _in_sight(partner, Month.of(on)).filter(_condition(partner, question, on)).exclude(state="suspended").exists()
    )


def told(partner: Partner, person_ids: Sequence[int], month: Month) -> list[Beneficiary]:
    """These persons with all that they hold in the month: a handful of statements for a page."""
    held: dict[int, list[Entitlement]] = {}
    for row in (
        _in_sight(partner, month)
        .filter(person_id__in=person_ids)
        .select_related("person")
        .order_by("person_id", "subsidy")
    ):
        held.setdefault(row.person_id, []).append(row)
    kinds = [
        kind for field, kind in (("identity", IDENTITY), ("certificate", CERTIFICATE_NUMBER)) if field in partner.fields
    ]
    numbers = numbers_in_full(held, kinds)
    amounts = payments.monthly_amounts(held, month) if "benefits" in partner.fields else {}
    found = []
    for person_id, rows in held.items():
        person = rows[0].person
        found.append(
            Beneficiary(
                person_id=person_id,
                name=person.name,
                sex=person.sex,
                birth=person.birth,
                division_code=person.division_code,
                identity_number=numbers.get(person_id, {}).get(IDENTITY, ""),
                certificate_number=numbers.get(person_id, {}).get(CERTIFICATE_NUMBER, ""),
                registered_at=person.registered_at,
                held=tuple(
                    Held(
                        row.subsidy,
                        row.since,
                        SUSPENDED if row.state == "suspended" else ACTIVE,
                        amounts.get((person_id, row.subsidy)),
                    )
                    for row in rows
                ),
            )
        )
    return found


def changed(partner: Partner, question: Question, *, since: datetime, until: datetime, on: date) -> list[int]:
    """The persons whose periods began to be known in [since, until), or were ended on days before today that were not
    told yet.
    """
    fresh = Q(recorded_at__gte=since, recorded_at__lt=until)
    ended = Q(ended_on__gte=beijing_day(since), ended_on__lt=beijing_day(until))
    rows = (
        entitlements.periods()
        .filter(fresh | ended)
        .filter(queries.in_areas(partner, "person__division_code"), _condition(partner, question, on))
    )
    return sorted(set(rows.values_list("person_id", flat=True)))


def _in_sight(partner: Partner, month: Month) -> QuerySet[Entitlement]:
    return entitlements.periods_in_month(month).filter(queries.in_areas(partner, "person__division_code"))


def _condition(partner: Partner, question: Question, on: date) -> Q:
    """The question as a condition on periods of the ledger."""
    if isinstance(question, Not):
        return ~_condition(partner, question.part, on)
    if isinstance(question, Both | Either):
        found = Q()
        for part in question.parts:
            one = _condition(partner, part, on)
            found = found & one if isinstance(question, Both) else found | one
        return found
    return _test(partner, question, on)


def _test(partner: Partner, one: Condition, on: date) -> Q:
    name, value = one.name, one.value
    if name not in COLUMNS and name not in ("age", "enrollment_status"):
        return Q(person_id__in=_persons(partner, name, str(value)))
    if name == "age":
        return _by_age(one.operator, value, on)
    if name == "enrollment_status":
        states = {ACTIVE: ("granted", "past"), SUSPENDED: ("suspended",)}
        return Q(
            state__in=[state for v in (value if one.operator == "in" else [value]) for state in states.get(str(v), ())]
        )
    if name == "division_code":
        return _by_place(one.operator, value)
    if name == "subsidy":
        value = (
            [PROGRAMMES.get(str(v), str(v)[:6]) for v in value]
            if one.operator == "in"
            else PROGRAMMES.get(str(value), str(value)[:6])
        )
    if name in ("birth_date", "enrollment_date"):
        value = [_day(v) for v in value] if one.operator == "in" else _day(value)
    elif not isinstance(value, list):
        value = [str(v) for v in value] if one.operator == "in" else str(value)
    return Q(**{COLUMNS[name] + SIGNS[one.operator]: value})


def _persons(partner: Partner, kind: str, number: str) -> list[int]:
    """Who is meant by a number: a token of this partner, an identity or a certificate number."""
    if kind == queries.namespace_of(partner):
        found = queries.person_of_token(partner, number)
        return [] if found is None else [found]
    known = person_ids_with(CERTIFICATE_NUMBER if kind == CERTIFICATE_TYPE else IDENTITY, [number])
    return list(known.values())


def _by_place(operator: str, value: Any) -> Q:
    """An area with everything in it."""
    if operator not in ("eq", "in"):
        raise NotAskable("division_code answers eq and in")
    found = Q(pk__in=[])
    for code in value if operator == "in" else [value]:
        text = str(code)
        if len(text) > 12 or not text.isascii() or not text.isdigit():
            raise NotAskable("division_code wants up to 12 digits")
        low, high = span(text.ljust(12, "0"))
        found |= Q(person__division_code__gte=low, person__division_code__lt=high)
    return found


def _by_age(operator: str, value: Any, on: date) -> Q:
    """Age in whole years as a condition on the day of birth."""
    try:
        years = [int(float(v)) for v in (value if operator == "in" else [value])]
    except (TypeError, ValueError):
        raise NotAskable("age wants a whole number") from None
    if not all(0 <= year <= 200 for year in years):
        raise NotAskable("age wants a whole number from 0 to 200")

    def born_after(age: int) -> date:
        """Those born later are younger than `age`."""
        return (
            date(on.year - age, on.month, min(on.day, 28) if (on.month, on.day) == (2, 29) else on.day)
            if on.year - age > 0
            else date.min
        )

    conditions_of = {
        "lt": lambda age: Q(person__birth__gt=born_after(age)),
        "ge": lambda age: Q(person__birth__lte=born_after(age)),
        "gt": lambda age: Q(person__birth__lte=born_after(age + 1)),
        "le": lambda age: Q(person__birth__gt=born_after(age + 1)),
        "eq": lambda age: Q(person__birth__lte=born_after(age), person__birth__gt=born_after(age + 1)),
    }
    found = Q(pk__in=[])
    for age in years:
        found |= conditions_of["eq" if operator == "in" else operator](age)
    return found


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise NotAskable("a day is written YYYY-MM-DD") from None
