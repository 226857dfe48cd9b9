"""Bulletins: when they are due, what they say, that each issue is made once and says what the dashboard says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from lxbt.accounts.models import User
from lxbt.accounts.operations.signing_in import take_session
from lxbt.divisions.models import StaleMonth
from lxbt.notices.models import Circular, Notice
from lxbt.notices.operations import circulars as notices
from lxbt.notices.rules.layout import parts_of
from lxbt.rollout.models import Bulletin, BulletinIssue
from lxbt.rollout.operations import bulletins as operations
from lxbt.rollout.operations.bulletins import BulletinPlan, BulletinRefused
from lxbt.rollout.queries.bulletins import figures_of
from lxbt.rollout.rules.bulletins import (
    PARTS,
    PLACES,
    Figures,
    Interval,
    Timing,
    filled,
    latest_due,
    next_due,
    rendered,
    strangers,
)
from lxbt.statistics.models import Coverage, Figure
from tests import factories as f

AT = datetime(2026, 11, 24, 9, 30, tzinfo=f.SHANGHAI)  # a Tuesday
PLAN = BulletinPlan(
    title="{地区}残疾人两项补贴情况通报（{年}年第{期}期）",
    number="通报〔{年}〕{期}号",
    issuer="湖北省民政厅",
    area=f.PROVINCE,
    levels=(2, 3),
    text="一、发放情况\n{月份}，全省{生活补贴人数}人享受生活补贴，发放{发放金额}元。\n【分地区发放表】\n【人数走势图】",
    interval=Interval.WEEKLY,
    day=1,
    at=time(9, 0),
    receipt_days=5,
)


def moments() -> st.SearchStrategy[datetime]:
    return st.integers(0, 12 * 365 * 1440).map(
        lambda minutes: datetime(2020, 1, 1, tzinfo=f.SHANGHAI) + timedelta(minutes=minutes)
    )


TIMES = st.integers(0, 1439).map(lambda minutes: time(minutes // 60, minutes % 60))
TIMINGS = st.one_of(
    st.builds(Timing, st.just(Interval.DAILY), st.just(1), TIMES),
    st.builds(Timing, st.just(Interval.WEEKLY), st.integers(1, 7), TIMES),
    st.builds(Timing, st.just(Interval.MONTHLY), st.integers(1, 31), TIMES),
)


@given(TIMINGS, moments())
def test_the_next_moment_is_later_fits_and_none_lies_between(timing: Timing, after: datetime) -> None:
    due = next_due(timing, after)
    assert due > after
    assert timing.on(due.date())
    assert due.time() == timing.at
    days = [(after + timedelta(days=n)).date() for n in range((due.date() - after.date()).days)]
    assert not [day for day in days[1:] if timing.on(day)]


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        (Timing(Interval.DAILY, 1, time(9, 0)), datetime(2026, 11, 25, 9)),
        (Timing(Interval.DAILY, 1, time(9, 31)), datetime(2026, 11, 24, 9, 31)),
        (Timing(Interval.WEEKLY, 2, time(9, 0)), datetime(2026, 12, 1, 9)),
        (Timing(Interval.WEEKLY, 5, time(9, 0)), datetime(2026, 11, 27, 9)),
        (Timing(Interval.MONTHLY, 31, time(8, 0)), datetime(2026, 11, 30, 8)),
        (Timing(Interval.MONTHLY, 10, time(8, 0)), datetime(2026, 12, 10, 8)),
    ],
)
def test_when_the_next_one_is_due(timing: Timing, expected: datetime) -> None:
    assert next_due(timing, AT) == expected.replace(tzinfo=f.SHANGHAI)


@given(TIMINGS, moments(), st.integers(0, 60))
def test_what_was_missed_is_caught_up_by_its_last_moment(timing: Timing, first: datetime, days: int) -> None:
    due = next_due(timing, first)
    now = due + timedelta(days=days)
    last = latest_due(timing, due, now)
    assert due <= last <= now < next_due(timing, last)


def test_words_that_stand_for_nothing_are_named() -> None:
    assert strangers("{生活补贴人数}{身份证号}\n【分地区发放表】\n【人员名册】") == ["{身份证号}", "【人员名册】"]
    assert strangers(*(f"{{{word}}}" for word in PLACES), *(f"【{word}】" for word in PARTS)) == []


def test_figures_are_put_into_sentences_and_what_is_not_counted_is_a_dash() -> None:
    figures = Figures(f.PROVINCE, "湖北省", "2026-11", "2026-11-24 09:05", False, {"living": 1234, "amount": "-5.50"})
    assert (
        filled("{地区}{月份}{生活补贴人数}人，{发放金额}元，{停发}，{截至}", figures, year=2026, number=3)
        == "湖北省2026年11月1,234人，−5.50元，—，11月24日9时05分"
    )


def test_an_issue_without_any_figures_says_so_and_leaves_out_what_would_be_empty() -> None:
    text = "一、发放情况\n{月份}\n{生活补贴人数}人\n【分地区发放表】\n二、上线进展\n录入{录入人数}人\n【上线进展表】"
    parts = rendered(text, Figures(f.PROVINCE, "湖北省", "", "", False), year=2026, number=1)
    assert [(part["kind"], part.get("text")) for part in parts] == [
        ("heading", "一、发放情况"),
        ("paragraph", "—"),
        ("note", "系统中还没有统计数字。"),
    ]


def test_an_issue_of_which_nothing_is_counted_says_only_that() -> None:
    parts = rendered("一、发放情况\n{停发}", Figures(f.PROVINCE, "湖北省", "", "", False), year=2026, number=1)
    assert [part["kind"] for part in parts] == ["note"]


@pytest.fixture
def people(db: None) -> dict[str, User]:
    f.load_places()
    for month, living in ((date(2026, 9, 1), 1200), (date(2026, 10, 1), 1234)):
        for code, level, share in ((f.PROVINCE, 1, 1), (f.CITY, 2, 1), (f.NATION, 0, 1)):
            for subsidy in ("living", "care"):
                Figure.objects.create(
                    month=month,
                    division_code=code,
                    level=level,
                    subsidy=subsidy,
                    persons=living * share,
                    started=10,
                    stopped=3,
                    items=living,
                    regular=Decimal(living) * 80,
                    arrears=Decimal("160.50"),
                    recovery=Decimal(-80),
                    failed=2,
                )
    Coverage.objects.create(
        division_code=f.PROVINCE,
        certified=5000,
        severe=2000,
        dibao=1500,
        living=1300,
        care=1400,
        severe_without=30,
        dibao_without=20,
        lapsed=4,
        counted_at=AT,
    )
    return {
        "province": f.account("coordinator", f.PROVINCE),
        "county": f.account("decider", f.COUNTY),
        "other": f.account("coordinator", f.COUNTY),
    }


def planned(people: dict[str, User], **changes: Any) -> Bulletin:
    return operations.plan_bulletin(plan=replace(PLAN, **changes), from_code=f.PROVINCE, by=people["province"], at=AT)


def test_its_figures_are_those_of_the_dashboard_of_that_day(people: dict[str, User]) -> None:
    bulletin = planned(people)
    client = Client()
    client.force_login(people["province"])
    take_session(user=people["province"], session_key=client.session.session_key or "")
    page = client.get(reverse("statistics"), {"code": f.PROVINCE}).context
    operations.issue_due(at=bulletin.next_due_at)
    issue = BulletinIssue.objects.get()
    values = issue.figures["values"]
    tiles = {tile.label: tile.value for tile in page["tiles"]}
    assert (f"{values['living']:,}", f"{values['care']:,}") == (tiles["生活补贴"], tiles["护理补贴"])
    assert f"{values['started']:,} / {values['stopped']:,}" == tiles["新增 / 停发"]
    assert f"{values['failed']:,}" == tiles["退票未补"]
    assert f"{Decimal(values['average']):,.2f}" == tiles["人均标准"]
    assert Decimal(values["amount"]) == page["area"].both.amount
    assert issue.figures["month"] == f"{page['month']:%Y-%m}"
    shown = [[row.cells[0], *row.cells[1:5]] for row in page["table"].rows]
    frozen = [row[:5] for row in issue.figures["tables"]["areas"]["rows"][:-1]]
    assert frozen == [
        [name, f"{living:,}", f"{care:,}", f"{amount:,.2f}", f"{arrears:,.2f}"]
        for name, living, care, amount, arrears in shown
    ]
    assert issue.figures["charts"]["persons"]["series"][0]["values"] == list(page["persons"].series[0].values)
    assert issue.figures["values"]["certified"] == 5000


def test_a_due_bulletin_becomes_a_draft_that_somebody_looks_at(people: dict[str, User]) -> None:
    bulletin = planned(people)
    assert bulletin.next_due_at == datetime(2026, 11, 30, 9, tzinfo=f.SHANGHAI)
    assert operations.issue_due(at=bulletin.next_due_at - timedelta(minutes=1)) == 0
    assert operations.issue_due(at=bulletin.next_due_at) == 1
    circular = Circular.objects.get()
    assert (circular.state, circular.kind) == ("draft", "bulletin")
    assert circular.title == "湖北省残疾人两项补贴情况通报（2026年第1期）"
    assert circular.number == "通报〔2026〕1号"
    assert circular.receipt_due_on == date(2026, 12, 5)
    parts = parts_of(circular.text, circular.blocks)
    assert parts[1]["text"] == "2026年10月，全省1,234人享受生活补贴，发放197,601.00元。"
    assert [part["kind"] for part in parts] == ["heading", "paragraph", "table", "chart", "note"]
    told = Notice.objects.get(kind="bulletin_waiting")
    assert (told.division_code, told.role) == (f.PROVINCE, "coordinator")
    sent = notices.publish_circular(circular_id=circular.pk, by=people["province"], at=AT)
    assert sent.pdf is not None


def test_its_figures_stay_when_the_numbers_change_later(people: dict[str, User]) -> None:
    bulletin = planned(people)
    operations.issue_due(at=bulletin.next_due_at)
    Figure.objects.filter(division_code=f.PROVINCE).update(persons=9)
    assert BulletinIssue.objects.get().figures["values"]["living"] == 1234
    assert figures_of(f.PROVINCE, at=AT).values["living"] == 9


def test_what_was_missed_is_made_once_and_the_next_one_comes_in_time(people: dict[str, User]) -> None:
    bulletin = planned(people)
    late = bulletin.next_due_at + timedelta(days=16)
    assert operations.issue_due(at=late) == 1
    assert operations.issue_due(at=late) == 0
    issue = BulletinIssue.objects.get()
    assert issue.due_at == datetime(2026, 12, 14, 9, tzinfo=f.SHANGHAI)
    bulletin.refresh_from_db()
    assert bulletin.next_due_at == datetime(2026, 12, 21, 9, tzinfo=f.SHANGHAI)


def test_the_database_refuses_a_second_issue_of_the_same_moment(people: dict[str, User]) -> None:
    bulletin = planned(people)
    operations.issue_due(at=bulletin.next_due_at)
    first = BulletinIssue.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        BulletinIssue.objects.create(
            bulletin=bulletin, due_at=first.due_at, made_at=AT, year=2026, number=2, figures={}
        )


def test_issues_are_numbered_within_the_year(people: dict[str, User]) -> None:
    bulletin = planned(people, interval=Interval.MONTHLY, day=20)
    for due in (datetime(2026, 12, 20, 9), datetime(2027, 1, 20, 9), datetime(2027, 2, 20, 9)):
        operations.issue_due(at=due.replace(tzinfo=f.SHANGHAI))
    assert list(BulletinIssue.objects.order_by("due_at").values_list("year", "number")) == [
        (2026, 1),
        (2027, 1),
        (2027, 2),
    ]
    assert bulletin.issues.count() == 3


def test_a_month_that_still_runs_never_goes_out_by_itself(people: dict[str, User]) -> None:
    bulletin = planned(people, automatic=True)
    Figure.objects.filter(month=date(2026, 9, 1)).delete()
    Figure.objects.update(month=date(2026, 11, 1))
    operations.issue_due(at=bulletin.next_due_at)
    issue = BulletinIssue.objects.get()
    assert issue.figures["month"] == "2026-11"
    assert issue.circular.state == "draft"


def test_an_automatic_one_goes_out_by_itself_unless_figures_wait_to_be_counted(people: dict[str, User]) -> None:
    bulletin = planned(people, automatic=True)
    operations.issue_due(at=bulletin.next_due_at)
    assert Circular.objects.get().state == "published"
    StaleMonth.objects.create(division_code=f.COUNTY, month=date(2026, 11, 1))
    operations.issue_due(at=bulletin.next_due_at + timedelta(days=7))
    latest = BulletinIssue.objects.latest("due_at")
    assert latest.stale
    assert latest.circular is not None
    assert latest.circular.state == "draft"


def test_one_that_rests_is_not_made_nor_caught_up(people: dict[str, User]) -> None:
    bulletin = planned(people)
    operations.switch_bulletin(bulletin_id=bulletin.pk, active=False, by=people["province"], at=AT)
    assert operations.issue_due(at=AT + timedelta(days=30)) == 0
    again = operations.switch_bulletin(
        bulletin_id=bulletin.pk, active=True, by=people["province"], at=AT + timedelta(days=30)
    )
    assert again.next_due_at > AT + timedelta(days=30)


def test_another_office_neither_plans_nor_changes_it(people: dict[str, User]) -> None:
    with pytest.raises(BulletinRefused, match="以这个单位的名义"):
        operations.plan_bulletin(plan=PLAN, from_code=f.PROVINCE, by=people["other"], at=AT)
    bulletin = planned(people)
    with pytest.raises(BulletinRefused, match="不由您单位办理"):
        operations.change_bulletin(bulletin_id=bulletin.pk, version=1, plan=PLAN, by=people["other"], at=AT)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"text": "{姓名}"}, "没有这样的数字"),
        ({"day": 9}, "每周填 1 至 7"),
        ({"area": f.NATION}, "只能发给本级和下级"),
        ({"levels": ()}, "至少选择一级"),
        ({"title": ""}, "标题"),
    ],
)
def test_what_cannot_be_planned_says_why(people: dict[str, User], changes: dict[str, Any], why: str) -> None:
    with pytest.raises(BulletinRefused, match=why):
        planned(people, **changes)


def test_a_draft_at_once_is_a_new_issue_and_never_goes_out_by_itself(people: dict[str, User]) -> None:
    bulletin = planned(people, automatic=True)
    issue = operations.issue_now(bulletin_id=bulletin.pk, by=people["province"], at=AT)
    assert issue.circular is not None
    assert issue.circular.state == "draft"
    with pytest.raises(BulletinRefused, match="这一分钟"):
        operations.issue_now(bulletin_id=bulletin.pk, by=people["province"], at=AT)
