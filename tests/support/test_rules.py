"""What is kept of a text and of a screen, how known answers are found, when something runs. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lxbt.core.transitions import can
from lxbt.support.rules.answers import initials, is_initials, tokens
from lxbt.support.rules.directory import is_office_telephone
from lxbt.support.rules.questions import FINAL, TRANSITIONS, WAITING, Line, State, Vocabulary, masked
from lxbt.support.rules.status import Health, line_health, queue_health, worker_health, worst

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
WORDS = Vocabulary.of(
    ["窗口受理", "人员查询", "还剩 %(n)s 个工作日", "%(name)s 的补贴已停发", "{} 件", "身份证号", "%(day)s %(way)s"]
)


@given(st.text("0123456789", min_size=9, max_size=19), st.sampled_from(["", " ", "，", "号码"]))
def test_no_long_number_is_left_in_a_text(number: str, before: str) -> None:
    text, covered = masked(f"录入{before}{number}后提示错误")
    assert number not in text
    assert covered == 1


def test_numbers_written_in_groups_are_covered_and_dates_and_amounts_are_not() -> None:
    assert masked("卡号 6217 0012 3456 7890 退票")[0] == "卡号 ******** 退票"
    assert masked("420102198005010117")[0] == masked("42010219800501011X")[0] == "********"
    assert masked("2026-11-24 应发 1290.00 元，差 120 元") == ("2026-11-24 应发 1290.00 元，差 120 元", 0)


def test_of_a_screen_only_the_systems_own_words_are_kept() -> None:
    sent = [
        ["heading", "人员查询"],
        ["heading", "刘秀英"],
        ["column", "身份证号"],
        ["message", "刘秀英 的补贴已停发"],
        ["state", "还剩 2 个工作日"],
        ["label", "420102198005010117"],
        ["nonsense", "人员查询"],
        "窗口受理",
        ["button", 5],
        ["button", " 窗口受理\n"],
    ]
    assert WORDS.screen(sent) == [
        Line("heading", "人员查询"),
        Line("column", "身份证号"),
        Line("message", "… 的补贴已停发"),
        Line("state", "还剩 … 个工作日"),
        Line("button", "窗口受理"),
    ]


@given(st.lists(st.tuples(st.sampled_from(["heading", "message"]), st.text(max_size=40)), max_size=30))
def test_whatever_a_browser_sends_nothing_but_own_words_comes_through(sent: list[tuple[str, str]]) -> None:
    own = {"窗口受理", "人员查询", "身份证号", "还剩 … 个工作日", "… 的补贴已停发", "… 件"}
    assert {line.text for line in WORDS.screen(sent)} <= own


def test_words_of_two_characters_and_initials_find_an_answer() -> None:
    assert set(tokens("退票")) <= set(tokens("银行退票怎么重发"))
    assert "票重" not in tokens("退票，重发")  # no pair across a stop
    assert initials("退票，账户更正") == "tp zhgz"
    assert is_initials("tpcf")
    assert not is_initials("退票")


def test_every_state_that_is_not_final_has_a_way_out_and_final_ones_only_a_way_back() -> None:
    for state in State:
        acts = {act for before, act in TRANSITIONS if before == state}
        assert acts or state == State.WITHDRAWN
    assert all(can(TRANSITIONS, state, "withdraw") for state in WAITING)
    assert {act for before, act in TRANSITIONS if before in FINAL} == {"reopen"}


@pytest.mark.parametrize(
    "number",
    [
        "027-8888 0000",
        "027-88880000",
        "0717-625 1234",
        "88880000",
        "12345",
        "12385",
        "400-820-1234",
        "010-5812 3456-801",
    ],
)
def test_office_telephones_are_taken(number: str) -> None:
    assert is_office_telephone(number)


@pytest.mark.parametrize("number", ["13812345678", "138 1234 5678", "+86 13812345678", "", "电话"])
def test_mobile_telephones_are_somebodys_own(number: str) -> None:
    assert not is_office_telephone(number)


def test_a_silent_worker_is_down_old_work_piles_up_and_the_whole_is_as_its_worst_part() -> None:
    assert worker_health(NOW - timedelta(minutes=2), NOW) == Health.FINE
    assert worker_health(NOW - timedelta(minutes=6), NOW) == worker_health(None, NOW) == Health.DOWN
    assert queue_health(None, NOW) == queue_health(NOW - timedelta(minutes=9), NOW) == Health.FINE
    assert queue_health(NOW - timedelta(minutes=11), NOW) == Health.SLOW
    assert [line_health(state) for state in (None, "closed", "half", "open")] == [
        Health.UNUSED,
        Health.FINE,
        Health.SLOW,
        Health.DOWN,
    ]
    assert worst([Health.FINE, Health.SLOW, Health.UNUSED]) == Health.SLOW
    assert worst([Health.SLOW, Health.DOWN]) == Health.DOWN
