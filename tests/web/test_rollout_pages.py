"""The pages of going live: who sees what, the plan tried before it is decided, lists that agree with the figures before
them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.audit.models import Event
from lxbt.divisions import queries as divisions
from lxbt.divisions.operations import load_divisions
from lxbt.rollout.models import Plan, Remark, StaleArea
from lxbt.rollout.operations.counting import count_progress
from lxbt.rollout.operations.planning import load_plan, set_plan
from lxbt.rollout.queries.plan import plan_in_force
from lxbt.rollout.queries.progress import board
from lxbt.rollout.rules.judging import State
from lxbt.rollout.rules.plan import Place, Window
from tests import factories as f

pytestmark = pytest.mark.django_db
LoggedIn = Callable[[User], Client]
HUBEI, ANHUI = f.PROVINCE, "340000000000"


@pytest.fixture(autouse=True)
def counted() -> None:
    """The shipped plan, long past, and progress counted today: nothing is done anywhere."""
    f.load_places()
    load_divisions(only=["340102001000"])
    load_plan()
    count_progress(day=timezone.localdate(), at=timezone.now())


@pytest.fixture
def ministry(logged_in: LoggedIn) -> Client:
    return logged_in(f.account("coordinator", f.NATION, username="ministry"))


@pytest.fixture
def province(logged_in: LoggedIn) -> Client:
    return logged_in(f.account("coordinator", HUBEI, username="province"))


def page(client: Client, name: str, **query: str) -> str:
    answer = client.get(reverse(name), query)
    assert answer.status_code == 200, (name, query, answer.status_code)
    return answer.content.decode()


def test_the_board_shows_every_province_by_batch_and_windows_long_closed(ministry: Client) -> None:
    text = page(ministry, "rollout")
    for word in (
        "第一批",
        "第三批",
        "未列批次",
        "湖北省",
        "安徽省",
        "2019-02-14 至 03-13",
        "窗口已关闭",
        "全部时间窗已于 2019-03-13 关闭",
    ):
        assert word in text
    assert "第二批" not in text  # none of its provinces is in the tree of this test
    closed = (timezone.localdate() - date(2019, 3, 13)).days
    assert f"窗口已关闭 {closed:,} 天" in text


def test_nothing_in_the_address_moves_the_clock(ministry: Client) -> None:
    before = page(ministry, "rollout")
    for name in ("on", "day", "today", "date"):
        assert re.sub(r'csrf\w+" value="\w+', "", page(ministry, "rollout", **{name: "2019-01-01"})).count(
            "窗口已关闭"
        ) == before.count("窗口已关闭")


def test_a_province_sees_itself_and_not_its_neighbours(province: Client) -> None:
    assert "湖北省上线进展" in page(province, "rollout")
    assert "江岸区上线进展" in page(province, "rollout", code=f.COUNTY)
    for name in ("rollout", "rollout_counties", "rollout_export", "rollout_counties_export"):
        for code in (f.NATION, ANHUI, "441900000000", "999999000000"):
            assert province.get(reverse(name), {"code": code}).status_code == 404, (name, code)
    assert province.get(reverse("rollout_plan")).status_code == 404
    for name in ("rollout_remark", "rollout_recount"):
        assert province.post(reverse(name), {"code": ANHUI, "reason": "x"}).status_code == 404
    assert not Remark.objects.exists()


def test_who_does_not_track_going_live_finds_no_such_page(logged_in: LoggedIn) -> None:
    client = logged_in(f.account("clerk", f.TOWNSHIP))
    for name in ("rollout", "rollout_counties", "rollout_plan", "rollout_export"):
        assert client.get(reverse(name)).status_code == 404
    assert "上线进展" not in client.get(reverse("home")).content.decode()


def test_the_number_of_counties_in_a_reason_is_the_length_of_the_list_it_leads_to(ministry: Client) -> None:
    found = re.findall(r'<a href="(/rollout/counties/[^"]+)">(\d+) 个县', page(ministry, "rollout"))
    found += re.findall(r'<a href="(/rollout/counties/[^"]+)">(\d+) 个县', page(ministry, "rollout", code=HUBEI))
    assert len(found) > 3
    for url, number in found:
        text = ministry.get(url.replace("&amp;", "&")).content.decode()
        assert f"显示 {number} / {number} 个县" in text, url


def test_the_counts_of_states_are_those_of_the_lists_behind_them(ministry: Client) -> None:
    text = page(ministry, "rollout_counties", code=f.NATION)
    whole = board(on=timezone.localdate(), now=timezone.now())
    for state, word in ((State.BLOCKED, "受阻"), (State.PENDING, "待定")):
        number = sum(judged.count(state) for judged in whole.judged.values())
        assert re.search(rf'{word}\s+<span class="n">{number}</span>', text)
        assert f"显示 {number} / {number} 个县" in page(ministry, "rollout_counties", code=f.NATION, state=state)


def test_the_workbook_holds_what_the_screen_shows(ministry: Client) -> None:
    for query, wanted in (
        ({}, {"安徽省", "福建省", "浙江省", "湖北省", "广东省"}),
        ({"show": "look"}, {"福建省", "浙江省", "湖北省", "广东省"}),
    ):
        book = openpyxl.load_workbook(
            io.BytesIO(ministry.get(reverse("rollout_export"), {"code": f.NATION, **query}).content)
        )
        rows = list(book.active.iter_rows(min_row=4, values_only=True))  # type: ignore[union-attr]
        assert {row[1] for row in rows} == wanted
        assert all(name in page(ministry, "rollout", **query) for name in wanted)
    assert Event.objects.filter(action="rollout.exported").count() == 2
    counties = openpyxl.load_workbook(
        io.BytesIO(ministry.get(reverse("rollout_counties_export"), {"code": HUBEI}).content)
    )
    assert len(list(counties.active.iter_rows(min_row=4))) == 2  # type: ignore[union-attr]


def test_trying_a_window_shows_what_it_does_and_saves_nothing_until_it_is_confirmed(ministry: Client) -> None:
    today, rows = timezone.localdate(), Plan.objects.count()
    wish = {
        "target": HUBEI,
        "batch": "3",
        "opens_on": str(today + timedelta(days=40)),
        "closes_on": str(today + timedelta(days=70)),
        "connection": "",
        "reason": "",
    }
    text = ministry.post(reverse("rollout_plan"), {**wish, "act": "try"}).content.decode()
    assert "其中 1 个省的状态会改变" in text
    assert re.search("受阻.*正常", text, re.DOTALL)
    assert Plan.objects.count() == rows
    refused = ministry.post(reverse("rollout_plan"), {**wish, "act": "save"}).content.decode()
    assert "请写明调整的依据或原因" in refused
    assert Plan.objects.count() == rows
    assert ministry.post(reverse("rollout_plan"), {**wish, "act": "save", "reason": "延期"}).status_code == 302
    assert plan_in_force()[HUBEI].window == Window(today + timedelta(days=40), today + timedelta(days=70))
    assert "延期" in page(ministry, "rollout", code=HUBEI)
    assert "未开始" in page(ministry, "rollout")


def test_a_whole_batch_moves_together_and_the_province_outside_gets_its_own_window(ministry: Client) -> None:
    days = {
        "opens_on": "2019-03-01",
        "closes_on": "2019-04-01",
        "reason": "改期",
        "act": "save",
        "connection": "",
        "batch": "",
    }
    ministry.post(reverse("rollout_plan"), {**days, "target": "b3"})
    moved = {
        code for code, place in plan_in_force().items() if place.window and place.window.opens_on == date(2019, 3, 1)
    }
    assert moved == {HUBEI, "330000000000", "440000000000"}
    ministry.post(reverse("rollout_plan"), {**days, "target": ANHUI, "connection": "interface"})
    anhui = plan_in_force()[ANHUI]
    assert (anhui.batch, anhui.window, anhui.connection) == (
        None,
        Window(date(2019, 3, 1), date(2019, 4, 1)),
        "interface",
    )


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"opens_on": "2019-03-02", "closes_on": "2019-03-01"}, "结束日期早于开始日期"),
        ({"opens_on": "2019-03-02", "closes_on": ""}, "应都填或都空"),
        ({"opens_on": "2019-03-02", "closes_on": "2029-03-01"}, "超过一年"),
        ({"target": "b3", "opens_on": "", "closes_on": ""}, "整批调整须填日期"),
    ],
)
def test_days_that_cannot_be_are_named_at_their_field(ministry: Client, wish: dict[str, str], sentence: str) -> None:
    told = {"target": HUBEI, "batch": "3", "connection": "", "reason": "改", "act": "save", **wish}
    assert sentence in ministry.post(reverse("rollout_plan"), told).content.decode()


def test_reason_and_next_step_of_the_province_stand_on_the_board(province: Client, ministry: Client) -> None:
    told = {"code": HUBEI, "reason": "名册核对中", "next_step": "补录两县", "next_on": str(timezone.localdate())}
    assert province.post(reverse("rollout_remark"), told).status_code == 302
    for text in (page(ministry, "rollout"), page(province, "rollout")):
        assert "名册核对中" in text
        assert "补录两县" in text
    assert 'name="next_step"' not in page(ministry, "rollout", code=HUBEI)  # the nation reads, it does not answer
    answer = province.post(reverse("rollout_remark"), {"code": HUBEI, "reason": "改", "next_on": "2019-01-01"})
    assert "已经过去" in answer.content.decode()


def test_counting_again_is_asked_for_by_a_button(province: Client, ministry: Client) -> None:
    assert province.post(reverse("rollout_recount"), {"code": HUBEI}).status_code == 302
    assert ministry.post(reverse("rollout_recount"), {"code": f.NATION}).status_code == 302
    assert StaleArea.objects.get().area_code == f.NATION
    assert "正在重新统计" in page(ministry, "rollout")
    assert Event.objects.filter(action="rollout.recounted").count() == 2


@pytest.mark.parametrize(
    "query",
    [
        {"show": "ranking"},
        {"show": "ranking", "by": "history"},
        {"show": "history"},
        {"show": "interface"},
        {"show": "?", "by": "?"},
    ],
)
def test_every_tab_answers(ministry: Client, query: dict[str, str]) -> None:
    page(ministry, "rollout", **query)


def test_the_pages_cost_under_twenty_statements_each(ministry: Client, province: Client) -> None:
    today = timezone.localdate()
    set_plan(
        places=[Place(HUBEI, 3, Window(today, today), counties=(f.COUNTY, f.OTHER_COUNTY))],
        reason="试点",
        by=None,
        on=today,
    )
    costs = {}
    for client, name, query in (
        (ministry, "rollout", {}),
        (ministry, "rollout", {"show": "ranking"}),
        (ministry, "rollout_counties", {"code": f.NATION}),
        (province, "rollout", {}),
        (province, "rollout", {"code": f.COUNTY}),
    ):
        page(client, name, **query)
        divisions.forget_names()
        with CaptureQueriesContext(connection) as seen:
            page(client, name, **query)
        costs[client, name, *query.values()] = [
            entry["sql"][:150] for entry in seen.captured_queries if "SAVEPOINT" not in entry["sql"]
        ]
    assert [statements for statements in costs.values() if len(statements) >= 20] == []
