"""Exercises and training as they stand on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import BY_KEY as ROLES_BY_KEY
from lxbt.accounts.rules import Role
from lxbt.divisions import queries as divisions
from lxbt.support.queries.training import Trained, Trainee
from lxbt.support.rules.exercises import Exercise, of_role
from lxbt.web.kit.components import Chip, Column, Empty, Row, Table, Tile
from lxbt.web.words import translated

if TYPE_CHECKING:
    from lxbt.support.models import Attempt

GIVEN: dict[str, Promise] = {
    "name": lazy("姓名"),
    "identity_number": lazy("身份证号"),
    "certificate_number": lazy("残疾人证号"),
    "issued_on": lazy("发证日期"),
    "valid_until": lazy("有效期至"),
    "phone": lazy("手机"),
    "bank": lazy("开户银行"),
    "account_number": lazy("银行账号"),
    "holder": lazy("户名"),
    "application": lazy("受理编号"),
    "payer": lazy("发放单位"),
    "month": lazy("月份"),
    "total": lazy("合计（元）"),
    "document": lazy("依据"),
}


@dataclass(frozen=True)
class Line:
    """One exercise in the list: how far it is, the page of its latest attempt."""

    key: str
    title: str
    chip: Chip
    url: str
    passed: bool


@dataclass(frozen=True)
class Group:
    """The exercises of a role."""

    role: str
    label: str
    lines: Sequence[Line]
    finished_on: date | None


@dataclass(frozen=True)
class Shown:
    """An exercise told to the trainee."""

    title: str
    role: str
    story: str
    steps: Sequence[str]
    hint: str
    given: Sequence[tuple[str, str]]


def group(role: Role, attempts: Mapping[str, Attempt], records: Mapping[str, date]) -> Group:
    """A role's exercises with what the account did."""
    lines = []
    for one in of_role(role.key):
        attempt = attempts.get(one.key)
        if attempt is None:
            chip = Chip(_("未开始"), "off")
        elif attempt.passed_at is not None:
            chip = Chip(_("已通过"), "ok")
        else:
            chip = Chip(_("练习中"), "run")
        url = reverse("practice_exercise", args=[attempt.pk]) if attempt is not None else ""
        lines.append(
            Line(one.key, translated(one.title), chip, url, attempt is not None and attempt.passed_at is not None)
        )
    return Group(role.key, translated(role.label), lines, records.get(role.key))


def exercise(it: Exercise, attempt: Attempt) -> Shown:
    """What to do, and the numbers to type."""
    given = [(str(GIVEN[key]), str(attempt.given[key])) for key in GIVEN if key in attempt.given]
    role = translated(ROLES_BY_KEY[it.role].label)
    return Shown(
        translated(it.title),
        role,
        translated(it.story),
        [translated(step) for step in it.steps],
        translated(it.hint),
        given,
    )


def tiles(rows: Sequence[Trained]) -> list[Tile]:
    """The sums of an area."""
    accounts, trained = sum(row.accounts for row in rows), sum(row.trained for row in rows)
    nobody = sum(1 for row in rows if not row.trained)
    return [
        Tile(_("要培训的账号"), f"{accounts:,}", note=_("在用、有练习的角色"), icon="users"),
        Tile(
            _("已完成培训"), f"{trained:,}", note=share(trained, accounts), icon="school", tone="ok" if trained else ""
        ),
        Tile(_("还没有人完成的县"), f"{nobody:,}", icon="alert-triangle", tone="warn" if nobody else ""),
    ]


def share(part: int, whole: int) -> str:
    """A percentage in words; a dash of nothing."""
    return f"{100 * part / whole:.1f}%" if whole else "—"


def county_table(rows: Sequence[Trained]) -> Table:
    """One line for each county, the least trained first."""
    order = sorted(rows, key=lambda row: (row.trained / row.accounts, row.county_code))
    columns = [
        Column(_("地区"), phone="lead"),
        Column(_("要培训的账号"), "num"),
        Column(_("已完成培训"), "num"),
        Column(_("比例"), "num", phone="corner"),
    ]
    cells = [
        Row(
            [
                " ".join(node.name for node in divisions.trail(row.county_code)[-2:]),
                row.accounts,
                row.trained,
                share(row.trained, row.accounts),
            ],
            url=reverse("training") + f"?code={row.county_code}",
            action=_("查看"),
        )
        for row in order
    ]
    return Table(caption=_("培训记录"), columns=columns, rows=cells, empty=Empty(_("没有要培训的账号"), icon="school"))


def people_table(people: Sequence[Trainee]) -> Table:
    """Who is trained in what, those who are not first."""
    columns = [
        Column(_("状态"), phone="first"),
        Column(_("姓名"), phone="lead"),
        Column(_("区划")),
        Column(_("角色")),
        Column(_("练习通过"), "num"),
        Column(_("完成日期")),
    ]
    rows = [
        Row(
            [
                Chip(_("已完成"), "ok")
                if one.finished_on
                else Chip(_("练习中"), "run")
                if one.passed
                else Chip(_("未开始"), "off"),
                one.name,
                divisions.name_of(one.place_code),
                translated(ROLES_BY_KEY[one.role].label),
                f"{one.passed} / {one.of}",
                one.finished_on or "—",
            ]
        )
        for one in sorted(people, key=lambda one: (one.finished_on is not None, -one.passed, one.place_code))
    ]
    return Table(caption=_("培训记录"), columns=columns, rows=rows, empty=Empty(_("没有要培训的账号"), icon="school"))
