"""States of the world for tests, made through the real operations."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from lxbt.accounts.models import InitialPassword, User
from lxbt.accounts.operations.appointing import open_account
from lxbt.accounts.rules import Organ
from lxbt.core.idnumber import check_digit
from lxbt.divisions.models import Division
from lxbt.divisions.operations import load_divisions
from lxbt.proposals.operations import accept
from lxbt.rollout.operations.doors import ask_for_door
from lxbt.standards import operations as standards

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
