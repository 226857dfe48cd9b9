"""States of the world for tests, made through the real operations: places, accounts, standards, persons with rights."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from lxbt.accounts.models import InitialPassword, User
from lxbt.accounts.operations.appointing import give, open_account
from lxbt.accounts.rules import Organ
from lxbt.core.idnumber import check_digit
from lxbt.core.months import Month
from lxbt.divisions.models import Division
from lxbt.divisions.operations import load_divisions
from lxbt.divisions.rules import ancestors
from lxbt.entitlements.operations import grant_entitlement
from lxbt.proposals.operations import accept
from lxbt.registry.models import Person
from lxbt.registry.operations import record_certificate, record_facts, register_person, set_account
from lxbt.rollout.operations.doors import ask_for_door
from lxbt.standards import operations as standards
from lxbt.standards.operations import load_scheme
from lxbt.standards.rules.rows import read_standard

TOWNSHIP = "420102002000"
COUNTY = "420102000000"
CITY = "420100000000"
PROVINCE = "420000000000"
NATION = "000000000000"
OTHER_TOWNSHIP = "420103001000"
OTHER_COUNTY = "420103000000"
PASSWORD = "correct-horse-42"
SHANGHAI = ZoneInfo("Asia/Shanghai")

ORGANS = {"reviewer": Organ.FEDERATION, "auditor": Organ.AUDIT}


def load_places() -> None:
    """The divisions that tests use: two counties of 武汉 with a township each, 东莞, and what lies above."""
    load_divisions(only=[TOWNSHIP, "420102003000", OTHER_TOWNSHIP, "441900003000", "330106001000", "350102001000"])


def account(role: str, place: str, *, username: str = "", on: date = date(2026, 1, 1)) -> User:
    """An account with one role, its password already changed."""
    name = username or f"{place[:9].rstrip('0')}_{role}"
    user, _first = open_account(
        username=name,
        name=f"测试{role[:4]}",
        organ=ORGANS.get(role, Organ.CIVIL_AFFAIRS),
        place=Division.objects.get(code=place),
        roles=[role],
        by=None,
        on=on,
        password=PASSWORD,
    )
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    return user


def number_of(username: str) -> str:
    """The invented identity number of whoever has this user name."""
    serial = int.from_bytes(sha256(username.encode()).digest()[:4], "big")
    return identity_number(birth=date(1970, 1, 1) + timedelta(days=serial % 9000), serial=serial // 9000 % 1000)


def opened_by(by: User, *, username: str, password: str = PASSWORD, **more: Any) -> User:
    """An account that an administrator opened and its owner has made the own: its first password already changed."""
    user, _slip = open_account(username=username, by=by, identity_number=number_of(username), **more)
    InitialPassword.objects.filter(user=user).delete()
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    return user


def identity_number(*, region: str = "420102", birth: date = date(1980, 5, 1), serial: int = 11) -> str:
    """A valid number; an odd serial is a man's."""
    first = f"{region}{birth:%Y%m%d}{serial:03d}"
    return first + check_digit(first)


def publish(
    *,
    subsidy: str,
    amount: dict[str, Any],
    when: dict[str, Any] | None = None,
    division: str = PROVINCE,
    since: str = "2020-01",
    on: date = date(2026, 1, 5),
) -> Any:
    """A published standard, by the system itself."""
    row = {"division": division, "subsidy": subsidy, "since": since, "when": when or {}, "amount": amount}
    draft = standards.draft_standard(row=row, document_title="测试文件", document_number="测试〔2026〕1号", by=None)
    return standards.publish_standard(standard_id=draft.pk, by=None, on=on)


def usual_standards() -> None:
    """Living 120 for 低保, care 100 for grades 1 and 2."""
    publish(subsidy="living", amount={"fixed": "120"}, when={"economic": ["dibao", "dibao_margin"]})
    publish(subsidy="care", amount={"fixed": "100"}, when={"grade": [1, 2]})


def moment(day: date, hour: int = 10) -> datetime:
    """A moment in office hours."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def door_open(*doors: str, place: str = COUNTY, by: User, above: User, on: date) -> None:
    """A door of going live, asked for below and opened by the level above."""
    proposal = ask_for_door(
        division_code=place,
        doors=doors,
        opens_on=on,
        closes_on=on + timedelta(days=30),
        reason="漏报一个街道",
        by=by,
        at=moment(on),
        on=on,
    )
    accept(proposal_id=proposal.pk, digest=proposal.digest, by=above, at=moment(on), on=on)


# A county with standards of its own, people with rights, and two officials.

FIRST_TOWNSHIP = "420102001000"
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


def flat_standards(**amounts: str) -> None:
    rows = [
        read_standard({"subsidy": subsidy, "since": "2020-01", "amount": {"fixed": amount}}, "test", "420000000000")
        for subsidy, amount in amounts.items()
    ]
    load_scheme(standards=rows, by=None, on=DAY)


def fresh_identity_number(birth: date = date(1980, 1, 1)) -> str:
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
        name=name,
        sex="male",
        birth=date(1980, 1, 1),
        division_code=facts.pop("division", FIRST_TOWNSHIP),
        by=None,
        on=DAY,
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
