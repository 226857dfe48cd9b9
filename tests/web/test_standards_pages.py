"""A published table is entered on the pages from nothing, handed over, sent back, published by another with the sum
typed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from lxbt.accounts.models import User
from lxbt.core.months import Month
from lxbt.core.profile import Certificate, Profile
from lxbt.entitlements.operations import resolve_changes
from lxbt.entitlements.rules import rights
from lxbt.standards import queries
from lxbt.standards.models import Revision
from lxbt.standards.rules import tables
from lxbt.standards.rules.vocabulary import (
    PARTS,
    TITLES,
    condition_initial,
    condition_names,
    condition_table,
    kind_of,
)
from lxbt.web.kit.sheets import workbook
from lxbt.web.standards import sheet
from lxbt.web.standards.conditions import LABELS, PART_LABELS, words_of
from tests import factories as f
from tests.factories import JANUARY, recipient

pytestmark = pytest.mark.django_db
PAPER = {
    "division": f.CITY,
    "since": "2026-01",
    "document_title": "关于调整残疾人两项补贴标准的通知",
    "document_number": "市民发〔2026〕3号",
    "issued_on": "2026-01-20",
}


@pytest.fixture
def two(logged_in: Callable[[User], Client]) -> tuple[Client, Client]:
    f.load_places()
    return logged_in(f.account("standard_drafter", f.CITY)), logged_in(f.account("standard_publisher", f.CITY))


def opened(client: Client, **more: str) -> Revision:
    answer = client.post(reverse("standard_new"), PAPER | more)
    assert answer.status_code == 302, answer.content.decode()
    return Revision.objects.latest("pk")


def row(client: Client, act: Revision, **fields: Any) -> None:
    data = {"row-divisions": [f.CITY], "row-kind": "fixed", "row-rounding": "cent", **fields}
    answer = client.post(reverse("revision_row_new", args=[act.pk]), data)
    assert answer.status_code == 302, re.findall(r'class="error"[^>]*>.*?</p>', answer.content.decode(), re.S)


def post(client: Client, found: Revision, **fields: Any) -> str:
    found.refresh_from_db()
    address = reverse("revision", args=[found.pk])
    answer = client.post(address, {"version": found.version, **fields}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def amount(profile: Profile, subsidy: str, month: Month = JANUARY) -> Decimal:
    return rights(profile, queries.scheme_for(f.COUNTY), month)[subsidy].amount


def person(**facts: Any) -> Profile:
    certificate = Certificate(facts.pop("category", "physical"), facts.pop("grade", 1))
    return Profile(f.TOWNSHIP, birth=date(1980, 1, 1), certificate=certificate, long_term_care=True, **facts)


def test_a_published_table_is_entered_from_nothing_and_pays_what_it_says(two: tuple[Client, Client]) -> None:
    """武汉: living 140/100 urban and 120/90 rural by grade, care 100."""
    drafter, publisher = two
    act = opened(drafter)
    for area, severe, other in (("urban", "140", "100"), ("rural", "120", "90")):
        for grades, yuan in ((["1", "2"], severe), (["3", "4"], other)):
            told = {"when-economic": ["dibao"], "when-grade": grades, "when-area": [area]}
            row(drafter, act, **{"row-subsidy": "living", "row-value": yuan, **told})
    row(drafter, act, **{"row-subsidy": "care", "row-value": "100", "when-grade": ["1", "2"]})
    assert 'value="140"' in drafter.get(reverse("revision", args=[act.pk])).content.decode()
    post(drafter, act, act="submit")
    said = post(publisher, act, act="publish", typed="0")
    assert "已发布" in said
    assert amount(person(economic="dibao", area="urban"), "living") == 140
    assert amount(person(economic="dibao", area="rural", grade=4), "living") == 90
    assert amount(person(economic="none"), "care") == 100


def test_a_rise_is_typed_into_the_column_and_published_with_its_sum(two: tuple[Client, Client]) -> None:
    drafter, publisher = two
    f.usual_standards()
    for name in ("甲", "乙"):
        recipient(name, subsidies=("living", "care"), division=f.TOWNSHIP, since=Month(2025, 11))
    resolve_changes()
    first = opened(drafter, since="2025-11")
    page = drafter.get(reverse("revision", args=[first.pk])).content.decode()
    fields = re.findall(r'name="(amount-[\d-]+)"', page)
    assert len(fields) == 2
    said = post(drafter, first, act="amounts", **{fields[0]: "130", fields[1]: "1o0"})
    assert "只填数字" in said
    assert not first.rows.exists()
    post(drafter, first, act="raise", more="10")
    assert sorted(r.amount["fixed"] for r in first.rows.all()) == ["110", "130"]
    post(drafter, first, act="submit")
    said = post(publisher, first, act="publish", typed="40,00")
    assert "测算不符" in said
    said = post(publisher, first, act="publish", typed="40.00")
    assert "已发布" in said
    assert amount(person(economic="dibao", area="urban"), "living", Month(2025, 11)) == 130


def test_the_second_sends_back_with_a_reason_and_the_first_edits(two: tuple[Client, Client]) -> None:
    drafter, publisher = two
    act = opened(drafter)
    row(drafter, act, **{"row-subsidy": "care", "row-value": "110"})
    post(drafter, act, act="submit")
    assert reverse("revision", args=[act.pk]) in publisher.get(reverse("standards")).content.decode()
    assert "原因" in post(publisher, act, act="return", reason="")
    post(publisher, act, act="return", reason="二级应为 100 元")
    assert "二级应为 100 元" in drafter.get(reverse("revision", args=[act.pk])).content.decode()
    assert publisher.post(reverse("revision_row_new", args=[act.pk]), {}).status_code == 404
    standard = act.rows.get()
    answer = drafter.post(
        reverse("revision_row", args=[act.pk, standard.pk]),
        {
            "row-subsidy": "care",
            "row-value": "100",
            "row-kind": "fixed",
            "row-rounding": "cent",
            "row-divisions": [f.CITY],
        },
    )
    assert answer.status_code == 302
    post(drafter, act, act="submit")
    assert "已发布" in post(publisher, act, act="publish", typed="0")
    assert amount(person(), "care") == 100


def test_who_drafted_is_refused_to_publish_and_strangers_find_nothing(two: tuple[Client, Client]) -> None:
    drafter, _publisher = two
    act = opened(drafter)
    row(drafter, act, **{"row-subsidy": "care", "row-value": "110"})
    post(drafter, act, act="submit")
    assert "没有在这个区划" in post(drafter, act, act="publish", typed="0")
    act.refresh_from_db()
    assert act.state == "submitted"


def test_a_city_s_table_comes_from_a_sheet_for_several_districts(two: tuple[Client, Client]) -> None:
    drafter, publisher = two
    act = opened(drafter)
    heads = tables.heads()
    lines = [
        {"地区": "江岸区", "补贴": "护理补贴", "残疾等级": "一级", "金额": Decimal("170")},
        {"地区": "江岸区", "补贴": "护理补贴", "残疾等级": "二级", "金额": Decimal("150")},
        {
            "地区": "420103000000",
            "补贴": "护理补贴",
            "残疾等级": "3、4",
            "残疾类别": "智力、精神",
            "金额": Decimal("99.5"),
        },
        {
            "地区": "",
            "补贴": "生活补贴",
            "经济类别": "低保、低保边缘",
            "金额形式": "低保百分比",
            "金额": 30,
            "取整": "进到元",
        },
    ]
    book = workbook("标准", heads, [[line.get(head, "") for head in heads] for line in lines], note="")
    answer = drafter.post(reverse("revision_sheet", args=[act.pk]), {"file": _file(book)})
    assert answer.status_code == 302, re.findall(r"<td>(.*?)</td>", answer.content.decode())
    assert [(r.division_code, r.amount) for r in act.rows.order_by("pk")][2:] == [
        (f.OTHER_COUNTY, {"fixed": "99.5"}),
        (f.CITY, {"percent_of_dibao": "30", "round": "yuan_up"}),
    ]
    post(drafter, act, act="submit")
    assert "已发布" in post(publisher, act, act="publish", typed="0")
    assert amount(person(), "care") == 170


def test_a_sheet_with_one_cell_that_cannot_be_read_is_not_taken_at_all(two: tuple[Client, Client]) -> None:
    drafter, _publisher = two
    act = opened(drafter)
    heads = [*tables.heads(), "备注"]
    lines = [
        {"补贴": "护理补贴", "残疾等级": "一级", "金额": 170},
        {"地区": "黄陂村", "补贴": "照料", "残疾等级": "五级", "金额": "一百"},
    ]
    book = workbook("标准", heads, [[line.get(head, "") for head in heads] for line in lines], note="")
    answer = drafter.post(reverse("revision_sheet", args=[act.pk]), {"file": _file(book)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not act.rows.exists()
    for word in ("备注", "黄陂村", "五级", "请写数字", "请写生活补贴或护理补贴"):
        assert word in page


def test_the_template_holds_the_present_rows_and_is_read_back_as_it_is(two: tuple[Client, Client]) -> None:
    drafter, _publisher = two
    f.usual_standards()
    act = opened(drafter)
    answer = drafter.get(reverse("revision_sheet", args=[act.pk]), {"template": "1"})
    grid = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    rows = sheet.read_lines(grid, act)
    assert [(r["subsidy"], r["when"], r["amount"]["fixed"]) for r in rows] == [
        ("living", {"economic": ["dibao", "dibao_margin"]}, "120"),
        ("care", {"grade": [1, 2]}, "100"),
    ]


def test_a_published_scheme_is_taken_from_the_library_and_published_by_another(two: tuple[Client, Client]) -> None:
    drafter, publisher = two
    page = drafter.get(reverse("schemes")).content.decode()
    assert reverse("scheme", args=["wuhan-2024"]) in page
    address = reverse("scheme", args=["wuhan-2024"])
    assert drafter.post(address, {"since": "2026"}).status_code == 422
    assert publisher.post(address, {"since": "2026-01"}).status_code == 404
    assert drafter.post(reverse("scheme", args=["shanghai-2025"])).status_code == 404
    drafter.post(address, {"since": "2026-01"})
    act = Revision.objects.get(scheme="wuhan-2024")
    drafter.post(reverse("revision", args=[act.pk]), PAPER | {"act": "paper"})
    post(drafter, act, act="submit")
    assert "已发布" in post(publisher, act, act="publish", typed="0")
    assert amount(person(economic="dibao", area="rural", grade=4), "living") == 90


def test_every_condition_of_the_rule_has_a_field_that_gives_it_back() -> None:
    samples = {
        "grades": [1, 2],
        "flags": [False],
        "whole": 18,
        "number": "1.5",
        "free": ["脱贫户", "监测户"],
        "parts": {"category": ["mental"], "grade": [2]},
    }
    for name in condition_names():
        kind = kind_of(name)
        value = samples.get(kind) or [words_of(name).popitem()[0]]
        shown = condition_initial({name: value})
        typed = {
            key: Decimal(v)
            if kind == "number"
            else [str(x) for x in v]
            if isinstance(v, list) and kind != "flags"
            else v
            for key, v in shown.items()
        }
        assert condition_table(typed) == {name: value}, name


def test_titles_on_the_page_are_those_of_the_sheet() -> None:
    with override("zh-hans"):
        assert {name: str(label) for name, label in LABELS.items()} == dict(TITLES)
        assert {name: str(label) for name, label in PART_LABELS.items()} == dict(PARTS)


def _file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("标准.xlsx", content)
