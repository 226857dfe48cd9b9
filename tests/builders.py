"""Small builders for tests: a county with its standards, people with rights, and two officials."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from lxbt.accounts.models import User
from lxbt.accounts.operations.appointing import give
from lxbt.core.idnumber import check_digit
from lxbt.core.months import Month
from lxbt.divisions.models import Division
from lxbt.divisions.rules import ancestors
from lxbt.entitlements.operations import grant_entitlement
from lxbt.registry.models import Person
from lxbt.registry.operations import record_certificate, record_facts, register_person, set_account
from lxbt.standards.operations import load_scheme
from lxbt.standards.rules.rows import read_standard

COUNTY, TOWNSHIP = "420102000000", "420102001000"
DAY, JANUARY = date(2026, 1, 5), Month(2026, 1)
_numbers = count(1)


def day_in(month: Month) -> date:
    """A day on which a month may be drawn."""
    return max(DAY, month.first.replace(day=25))


def official(name: str, *, role: str | None = None, area: str = COUNTY) -> User:
    """Somebody of the county: in the role that is named, else who approves when the name says so, else who draws."""
    user = User.objects.create(
        username=f"test.{name}.{next(_numbers)}", name=name, organ="civil_affairs", place_code=COUNTY
    )
    role = role or ("payment_approver" if name.startswith("appro") else "payment_officer")
    give(user, [role], area, right=None, until=None, by=None, on=date(2020, 1, 1))
    return user


def county(code: str = COUNTY) -> None:
    for level, above in enumerate(reversed(ancestors(code))):
        Division.objects.get_or_create(
            code=above, defaults={"name": above, "pinyin": "", "level": level, "acts_as_county": above == code}
        )


def standards(**amounts: str) -> None:
    rows = [
        read_standard({"subsidy": subsidy, "since": "2020-01", "amount": {"fixed": amount}}, "test", "420000000000")
        for subsidy, amount in amounts.items()
    ]
    load_scheme(standards=rows, by=None, on=DAY)


def identity_number(birth: date = date(1980, 1, 1)) -> str:
    first = f"420102{birth:%Y%m%d}{next(_numbers) % 1000:03d}"
    return first + check_digit(first)


def recipient(
    name: str = "张三",
    *,
    subsidies: tuple[str, ...] = ("living",),
    since: Month = JANUARY,
    account: bool = True,
    **facts: Any,
) -> Person:
    person = register_person(
        name=name, sex="male", birth=date(1980, 1, 1), division_code=facts.pop("division", TOWNSHIP), by=None, on=DAY
    )
    told = {"economic": "dibao", "area": "urban", "long_term_care": True, **facts}
    record_facts(person_id=person.pk, values=told, since=None, source="test", received_on=DAY, by=None)
    certificate = {"category": "physical", "grade": 1, "issued_on": date(2018, 1, 1), "valid_until": date(2030, 1, 1)}
    record_certificate(person_id=person.pk, certificate=certificate, source="test", received_on=DAY, by=None)
    if account:
        set_account(
            person_id=person.pk, bank="农商行", holder=name, account_number=f"622800{person.pk:010d}", on=DAY, by=None
        )
    for subsidy in subsidies:
        grant_entitlement(person_id=person.pk, subsidy=subsidy, since=since, basis="test", by=None, on=DAY)
    return person
