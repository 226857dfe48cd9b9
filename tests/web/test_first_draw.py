"""Before the first draw it is told whom the rule would pay otherwise than before, and which fact is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.core.months import Month
from lxbt.core.profile import Certificate, Profile
from lxbt.documents.models import Release
from lxbt.entitlements.operations import resolve_changes
from lxbt.entitlements.rules.missing import missing_facts
from lxbt.payments.models import Batch, Item
from lxbt.payments.operations import draw_batch
from lxbt.payments.queries.first_draw import kept_by, missing_by_person, paid_otherwise
from lxbt.registry.operations import record_facts
from lxbt.standards.library import SchemeSet, set_named
from lxbt.web.payments.first_draw import sheet_rows
from tests import factories as f
from tests.imports.county import COUNTY, NOW, make_county, officer, recipient, released, taken

NEXT = Month(2026, 11)
MANY = 200


def scheme(name: str) -> SchemeSet:
    found = set_named(name)
    assert found is not None
    return found


def published(name: str, *subsidies: str) -> None:
    """The rows of a set of the library, as if the county of the tests had published them."""
    for row in scheme(name).raw:
        if row["subsidy"] in subsidies:
            f.publish(subsidy=row["subsidy"], when=row["when"], amount=row["amount"], division=COUNTY)


def imported(tmp_path: Path, subsidy: str, amounts: Iterable[str], **other: str) -> None:
    rows = [recipient(n, 补贴类型=subsidy, 发放金额=amount, **other) for n, amount in enumerate(amounts, start=1)]
    released(taken(tmp_path, "recipients", *rows))
    resolve_changes()


@pytest.fixture
def zhejiang(tmp_path: Path, db: None) -> None:
    """200 recipients of a place that pays care by self-care, from a sheet that says nothing of it."""
    make_county()
    published("zhejiang-2021", "care")
    imported(tmp_path, "护理补贴", (["500", "250", "125", "187.5"] * MANY)[:MANY])


def test_whom_the_rule_would_pay_nothing_for_want_of_self_care_is_told_before(zhejiang: None) -> None:
    kept = kept_by(COUNTY, NEXT)
    assert (kept.same, kept.other, kept.nothing, kept.told) == (0, 0, MANY, 0)
    assert kept.missing["self_care"] == MANY
    assert (kept.paid, kept.due) == (Decimal("53125.00"), Decimal(0))
    assert kept.missing["care_setting"] == MANY // 4, "125 in an institution is 187.50"


def test_with_the_fact_told_everybody_is_paid_what_the_sheet_said(zhejiang: None) -> None:
    asked = missing_by_person(paid_otherwise(COUNTY, NEXT))
    level = {Decimal(500): "unable", Decimal(250): "mostly_unable", Decimal(125): "partly_unable"}
    for one in paid_otherwise(COUNTY, NEXT):
        facts = {"self_care": level.get(one.paid, "partly_unable")}
        if "care_setting" in asked[one.person_id]:
            facts["care_setting"] = "institution"
        record_facts(
            person_id=one.person_id, values=facts, since=None, source="补事实表", received_on=NOW.date(), by=None
        )
    resolve_changes()
    kept = kept_by(COUNTY, NEXT)
    assert (kept.same, kept.changed) == (MANY, 0)
    batch = draw_batch(payer_code=COUNTY, month=NEXT, by=None, on=date(2026, 11, 5))
    assert batch is not None
    assert (batch.item_count, batch.total) == (MANY, Decimal("53125.00"))
    assert kept_by(COUNTY, NEXT + 1).same == 0, "what this system has drawn is not looked at any more"


def test_a_living_subsidy_that_turns_on_work_names_employment(tmp_path: Path, db: None) -> None:
    make_county()
    published("shanghai-2025", "living")
    imported(tmp_path, "生活补贴", ["450"] * 10, 低保类别="无")
    kept = kept_by(COUNTY, NEXT)
    assert (kept.nothing, kept.other) == (10, 0)
    assert kept.missing == {"employment": 10}, "grade 1 and no economic class: only work decides"


def test_a_living_subsidy_that_turns_on_income_names_the_income(tmp_path: Path, db: None) -> None:
    make_county()
    published("fujian-2025", "living")
    imported(tmp_path, "生活补贴", ["121"] * 10, 低保类别="无")
    told = kept_by(COUNTY, NEXT).missing
    assert told == {"income_ratio": 10, "steady_income": 10}, "they are 61: no steady income would do too"


def test_the_sheet_of_missing_columns_comes_back_and_two_persons_change_the_amount(tmp_path: Path, db: None) -> None:
    make_county()
    published("qinghai-2025", "living")
    rows = [recipient(n, 补贴类型="生活补贴", 发放金额="120", 低保类别="") for n in range(1, 6)]
    released(taken(tmp_path, "recipients", *rows))
    resolve_changes()
    asked = paid_otherwise(COUNTY, NEXT)
    heads, lines = sheet_rows(asked)
    assert (len(lines), heads[:2], heads[3:]) == (5, ["姓名", "身份证号"], ["情况起始月份", "低保类别"])
    filled = [dict(zip(heads, line, strict=True)) | {"低保类别": "农村低保"} for line in lines]
    taken(tmp_path, "registry", *filled, by=officer())
    resolve_changes()
    kept = kept_by(COUNTY, NEXT)
    assert (kept.same, kept.changed) == (5, 0)


def test_two_hundred_of_zhejiang_are_paid_as_before_when_the_sheet_came_back(zhejiang: None, tmp_path: Path) -> None:
    asked = paid_otherwise(COUNTY, NEXT)
    by_place = {row.person_id: row.paid for row in asked}
    heads, lines = sheet_rows(asked)
    assert set(heads[4:]) == {"自理能力", "照护方式"}
    level = {Decimal(500): "完全不能自理", Decimal(250): "基本不能自理"}
    filled = []
    for person_id, line in zip(sorted(by_place), lines, strict=True):
        paid = by_place[person_id]
        setting = "机构托养" if paid == Decimal("187.5") else ""
        filled.append(
            dict(zip(heads, line, strict=True)) | {"自理能力": level.get(paid, "部分不能自理"), "照护方式": setting}
        )
    taken(tmp_path, "registry", *filled, by=officer())
    resolve_changes()
    batch = draw_batch(payer_code=COUNTY, month=NEXT, by=None, on=date(2026, 11, 24))
    assert batch is not None
    assert (batch.item_count, batch.total) == (MANY, Decimal("53125.00"))


@pytest.mark.parametrize(
    ("name", "subsidy", "told", "amount"),
    [
        ("zhejiang-2021", "护理补贴", {"自理能力": "完全不能自理"}, "500"),
        ("shanghai-2025", "生活补贴", {"就业": "无业", "低保类别": "无"}, "450"),
        ("fujian-2025", "生活补贴", {"家庭人均收入倍数": "1.2", "低保类别": "无"}, "121"),
    ],
)
def test_a_sheet_that_tells_the_fact_is_paid_from_the_first_draw_on(
    tmp_path: Path, db: None, name: str, subsidy: str, told: dict[str, str], amount: str
) -> None:
    make_county()
    published(name, "care" if subsidy == "护理补贴" else "living")
    imported(tmp_path, subsidy, [amount] * 20, **told)
    kept = kept_by(COUNTY, NEXT)
    assert (kept.same, kept.changed) == (20, 0)


def test_the_page_of_the_first_draw_warns_and_draws_when_it_was_seen(
    zhejiang: None, logged_in: Callable[[User], Client]
) -> None:
    client = logged_in(f.account("payment_officer", COUNTY))
    page = client.get(reverse("first_draw")).content.decode()
    assert "自理能力" in page
    assert f"{MANY:,}" in page
    told = {"payer": COUNTY, "month": "2026-11"}
    answer = client.post(reverse("draw"), told)
    assert answer.status_code == 200
    assert "会停发" in answer.content.decode()
    assert not Batch.objects.exclude(state="recorded").exists()
    assert client.post(reverse("draw"), told | {"seen": str(MANY)}).status_code == 302


def test_the_sheet_with_numbers_in_full_leaves_only_by_two(
    tmp_path: Path, db: None, logged_in: Callable[[User], Client]
) -> None:
    make_county()
    published("qinghai-2025", "living")
    released(taken(tmp_path, "recipients", recipient(1, 补贴类型="生活补贴", 发放金额="120", 低保类别="")))
    resolve_changes()
    client = logged_in(f.account("payment_officer", COUNTY))
    assert client.post(reverse("first_draw"), {"payer": COUNTY, "reason": "补"}).status_code == 422
    assert client.post(reverse("first_draw"), {"payer": "420103000000", "reason": "补齐事实"}).status_code == 404
    assert client.post(reverse("first_draw"), {"payer": COUNTY, "reason": "补齐事实"}).status_code == 302
    release = Release.objects.get()
    assert (release.rows, release.division_code, release.decided_by_id) == (1, COUNTY, None)


def test_another_standard_is_no_missing_fact(tmp_path: Path, db: None) -> None:
    make_county()
    f.publish(subsidy="care", amount={"fixed": "120"}, when={"grade": [1, 2]})
    imported(tmp_path, "护理补贴", ["100"] * 3)
    kept = kept_by(COUNTY, NEXT)
    assert (kept.other, kept.told, dict(kept.missing)) == (3, 3, {})
    assert [(one.paid, one.due) for one in paid_otherwise(COUNTY, NEXT)] == [(Decimal(100), Decimal(120))] * 3
    assert not Item.objects.filter(batch_id__isnull=True).exists()


def test_a_fact_is_missing_only_where_it_can_still_decide() -> None:
    one = scheme("shanghai-2025").scheme()
    grown = Profile("310101000000", birth=date(1980, 1, 1), certificate=Certificate("vision", 3), economic="none")
    assert missing_facts(grown, 46, one, "living", NEXT, Decimal(450)) == ()
    severe = Profile("310101000000", birth=date(1980, 1, 1), certificate=Certificate("vision", 1))
    assert missing_facts(severe, 46, one, "living", NEXT, Decimal(450)) == ("economic", "employment")
    assert missing_facts(severe, 46, one, "living", NEXT, Decimal(320)) == ("economic",)
