"""Every fact that a scheme may turn on comes in by file, for the new and for the known; one benefit never wipes
another.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lxbt.core.months import Month
from lxbt.core.profile import CATEGORIES, Benefits, Profile
from lxbt.entitlements.operations import resolve_changes
from lxbt.entitlements.queries import profile_in
from lxbt.imports.rules.values.facts import (
    facts_of,
    read_allowances,
    read_components,
    read_ratio,
    read_yuan,
    write_components,
)
from lxbt.registry.models import Fact, Person, PersonProfile
from lxbt.registry.models import Profile as Interned
from lxbt.registry.operations import record_fact
from lxbt.registry.queries import person_by_identifier
from tests.imports.county import NOW, TOWNSHIP, identity, make_county, reasons, recipient, taken, undone

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER, DECEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 12)
FACTS = {
    "多重残疾组成": "视力一级、言语2级",
    "家庭人均收入倍数": "130%",
    "本人月收入": "1500",
    "固定收入": "无",
    "养老保险待遇": "城乡居民养老保险",
    "就业": "无业",
    "自理能力": "基本不能自理",
    "照护方式": "机构托养",
    "长期照护": "是",
    "特殊家庭": "依老养残、一户多残",
    "标记": "市特困残疾人；监测户",
    "工伤生活护理费": "",
    "事实无人抚养儿童补贴": "部分",
    "老年人护理补贴": "50",
    "其他补贴": "取暖补贴 300、孤困儿童 0",
}


@pytest.fixture(autouse=True)
def _county() -> None:
    make_county()


def person(number: int = 1) -> Person:
    found = person_by_identifier("id", identity(number))
    assert found is not None
    return found


def told(month: Month, number: int = 1) -> Profile:
    resolve_changes()
    profile = profile_in(person(number).pk, month)
    assert profile is not None
    return profile


def row(number: int = 1, **other: Any) -> dict[str, Any]:
    known = {"姓名": "张三", "身份证号": identity(number), "残疾人证号": identity(number) + "71", "行政区划": TOWNSHIP}
    return {**known, **other}


def holds(profile: Profile) -> None:
    assert profile.certificate is not None
    assert [(one.category, one.grade) for one in profile.certificate.components] == [("vision", 1), ("speech", 2)]
    assert (profile.income_ratio, profile.own_income) == (Decimal("1.3"), Decimal(1500))
    assert (profile.steady_income, profile.pension, profile.employment) == (False, "residents", "none")
    assert (profile.self_care, profile.care_setting, profile.long_term_care) == ("mostly_unable", "institution", True)
    assert profile.household == ("several_disabled", "cared_by_elderly")
    assert profile.marks == ("市特困残疾人", "监测户")
    allowances = (("取暖补贴", Decimal(300)),)
    wanted = Benefits(de_facto_orphan="partial", elderly_care=Decimal(50), allowances=allowances)
    assert profile.other_benefits == wanted


@pytest.mark.parametrize("kind", ["registry", "recipients"])
def test_a_new_person_has_every_fact_at_once_and_the_told_months_say_the_same(tmp_path: Path, kind: str) -> None:
    made = {**recipient(), **row()} if kind == "recipients" else row()
    taken(tmp_path, kind, {**made, **FACTS})
    holds(told(DECEMBER))
    holds(told(Month(2020, 1)))
    kept = PersonProfile.objects.get(person=person()).profile_id
    facts = Interned.objects.get(pk=kept).facts
    assert facts["other_benefits"]["allowances"] == {"取暖补贴": "300"}
    assert facts["marks"] == ["市特困残疾人", "监测户"]


def test_a_known_person_has_them_from_the_month_told_and_nothing_else_is_wiped(tmp_path: Path) -> None:
    taken(tmp_path, "registry", row(工伤生活护理费="800"))
    entry = taken(tmp_path, "registry", {**row(), **FACTS, "情况起始月份": "2026-11"})
    assert told(OCTOBER).own_income is None
    assert told(OCTOBER).other_benefits == Benefits(work_injury_care=Decimal(800))
    assert told(NOVEMBER).own_income == Decimal(1500)
    found = told(DECEMBER).other_benefits
    assert (found.work_injury_care, found.elderly_care) == (Decimal(800), Decimal(50))
    before = Fact.objects.count()
    taken(tmp_path, "registry", {**row(), **FACTS, "情况起始月份": "2026-11"})
    assert Fact.objects.count() == before
    undone(entry)
    assert told(DECEMBER).other_benefits == Benefits(work_injury_care=Decimal(800))
    assert told(DECEMBER).own_income is None


def test_a_benefit_of_nothing_ends_that_one_alone(tmp_path: Path) -> None:
    taken(tmp_path, "registry", row(工伤生活护理费="800", 老年人护理补贴="50", 离休="是"))
    taken(tmp_path, "registry", row(工伤生活护理费="0", 离休="否"))
    assert told(DECEMBER).other_benefits == Benefits(elderly_care=Decimal(50))


def test_a_file_neither_frees_anybody_nor_forgets_who_was_free_between(tmp_path: Path) -> None:
    taken(tmp_path, "registry", row())
    times = [{"since": "2024-02-10", "until": "2025-11-03"}]
    sure: dict[str, Any] = {"person_id": person().pk, "since": None, "source": "confirmed", "by": None}
    record_fact(key="custody", value=times, received_on=NOW.date(), **sure)
    taken(tmp_path, "registry", row(服刑起始日期="2024-03-01"))
    assert told(Month(2025, 12)).imprisoned_on is None
    record_fact(key="imprisoned_on", value="2026-04-01", received_on=NOW.date(), **{**sure, "source": "police"})
    assert told(Month(2025, 10)).imprisoned_on is not None
    assert [told(month).imprisoned_on is not None for month in (Month(2026, 3), Month(2026, 5))] == [True, True]
    assert str(told(Month(2026, 3)).imprisoned_on) == "2026-04-01"  # still to come
    taken(tmp_path, "registry", row(服刑起始日期="2026-05-01"))  # later than the police say: people settle that
    assert str(told(Month(2026, 8)).imprisoned_on) == "2026-04-01"


def test_what_cannot_be_read_is_told_with_its_column(tmp_path: Path) -> None:
    wrong = {"家庭人均收入倍数": "多", "自理能力": "好", "特殊家庭": "大家庭", "多重残疾组成": "视力", "其他补贴": "有"}
    codes = reasons(taken(tmp_path, "registry", row(**wrong)))
    assert {code for listed in codes.values() for code in listed} >= {"ratio_form", "self_care_unknown"}


def test_cells_are_read_as_a_careful_clerk_would() -> None:
    assert read_components("听力残疾2级，言语 1 级") == (("hearing", 2), ("speech", 1))
    every = [{"category": category, "grade": n % 4 + 1} for n, category in enumerate(CATEGORIES[:-1])]
    assert read_components(write_components(every)) == tuple(sorted((one["category"], one["grade"]) for one in every))
    assert (read_ratio("1.5倍"), read_ratio("0.8"), read_yuan("无"), read_yuan("")) == (
        Decimal("1.5"),
        Decimal("0.8"),
        Decimal(0),
        None,
    )
    assert read_allowances("取暖补贴:300元/月") == (("取暖补贴", "300"),)
    assert facts_of({"orphan": False, "marks": (), "own_income": Decimal(0)}) == {
        "marks": [],
        "own_income": "0",
        "other_benefits": {"orphan": None},
    }
