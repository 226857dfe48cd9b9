"""A question on its way: level by level, with a clock at each desk; merged, answered, reopened; who sees it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Organ
from lxbt.audit.models import Event
from lxbt.core.refusal import Refusal
from lxbt.notices.models import Notice
from lxbt.support.models import Desk, Entry, Question
from lxbt.support.operations import clocks as ticking
from lxbt.support.operations import questions as ops
from lxbt.support.operations.answers import publish_answer
from lxbt.support.queries import questions as queries
from lxbt.support.rules.questions import Line, State
from tests import factories as f

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 9)
AT = f.moment(MONDAY)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


class Offices:
    """A clerk, and coordinators at county, city, province and nation."""

    def __init__(self) -> None:
        f.load_places()
        self.clerk = f.account("clerk", f.TOWNSHIP)
        self.colleague = f.account("clerk", f.TOWNSHIP, username="colleague")
        self.other_clerk = f.account("clerk", f.OTHER_TOWNSHIP)
        self.county, self.city, self.province, self.nation = (
            f.account("coordinator", place) for place in (f.COUNTY, f.CITY, f.PROVINCE, f.NATION)
        )

    def ask(self, by: User | None = None, at: datetime = AT, **more: Any) -> Question:
        told: dict[str, Any] = {"kind": "question", "title": "退票以后怎么重发", "text": "银行退回来的怎么办", **more}
        return ops.ask_question(**told, by=by or self.clerk, at=at)


@pytest.fixture
def offices() -> Offices:
    return Offices()


def sees(user: User, found: Question) -> bool:
    return queries.question_for(standing_of(user, on=MONDAY), found.pk) is not None


def act(done: Any, found: Question, by: User, **more: Any) -> Question:
    found.refresh_from_db()
    return done(question_id=found.pk, version=found.version, by=by, at=more.pop("at", AT), **more)


def test_it_goes_to_the_office_above_with_what_was_on_the_screen(offices: Offices) -> None:
    screen = ops.Screen(
        route="failed_items",
        page="退票与账户",
        lines=[Line("heading", "退票与账户")],
        width=1440,
        error="ab12cd34",
        focus=f.TOWNSHIP,
    )
    found = offices.ask(text="身份证 420102198005010117 的退票怎么办", screen=screen, pictures=[PNG])
    assert (found.desk_code, found.desk_organ, found.due_on) == (f.COUNTY, "civil_affairs", date(2026, 3, 12))
    assert "420102198005010117" not in found.text
    assert (found.route, found.screen, found.error, found.roles) == (
        "failed_items",
        [["heading", "退票与账户"]],
        "ab12cd34",
        ["clerk"],
    )
    assert len(queries.pictures_of(found.pk)) == 1
    assert Notice.objects.get().division_code == f.COUNTY
    assert Event.objects.filter(action="question.asked", subject_id=str(found.pk)).exists()


def test_a_fault_has_one_working_day(offices: Offices) -> None:
    assert offices.ask(kind="fault", at=f.moment(date(2026, 3, 13))).due_on == date(2026, 3, 16)


def test_a_question_from_the_federation_goes_up_the_federation_if_it_has_somebody(offices: Offices) -> None:
    reviewer = f.account("reviewer", f.COUNTY)
    assert (offices.ask(reviewer).desk_code, offices.ask(reviewer).desk_organ) == (f.CITY, "civil_affairs")
    f.ORGANS["coordinator"] = Organ.FEDERATION
    try:
        f.account("coordinator", f.PROVINCE, username="federation")
    finally:
        del f.ORGANS["coordinator"]
    found = offices.ask(reviewer)
    assert (found.desk_code, found.desk_organ) == (f.PROVINCE, "federation")


def test_an_office_without_anybody_is_passed_over(offices: Offices) -> None:
    offices.county.is_active = False
    offices.county.save()
    assert offices.ask().desk_code == f.CITY


def test_it_is_seen_by_the_own_office_and_the_offices_along_its_way_only(offices: Offices) -> None:
    found = offices.ask()
    assert [sees(user, found) for user in (offices.clerk, offices.colleague, offices.county)] == [True, True, True]
    assert [sees(user, found) for user in (offices.other_clerk, offices.city, offices.province, offices.nation)] == [
        False
    ] * 4
    act(ops.pass_question_up, found, offices.county, note="县里没有权限处理")
    assert sees(offices.city, found)
    assert sees(offices.county, found)
    assert not sees(offices.province, found)


def test_each_level_answers_or_passes_up_with_a_note_and_the_reporter_sees_the_whole_way(offices: Offices) -> None:
    found = offices.ask()
    with pytest.raises(Refusal, match="写明为什么上报"):
        act(ops.pass_question_up, found, offices.county, note="不会")
    with pytest.raises(Refusal, match="不在您的单位"):
        act(ops.answer_question, found, offices.city, text="更正账户后随下一批次重发")
    found = act(ops.pass_question_up, found, offices.county, note="县里试过更正账户，仍退票", at=AT + timedelta(days=1))
    assert (found.desk_code, found.due_on) == (f.CITY, date(2026, 3, 13))
    found = act(ops.answer_question, found, offices.city, text="更正账户后随下一批次重发")
    assert [entry.act for entry in queries.entries_of(found.pk)] == ["ask", "pass", "answer"]
    assert [(desk.division_code, desk.outcome) for desk in queries.way_of(found.pk)] == [
        (f.COUNTY, "pass"),
        (f.CITY, "answer"),
    ]
    assert Notice.objects.filter(kind="question_answered", division_code=f.TOWNSHIP).count() == 1
    ops.solve_question(question_id=found.pk, by=offices.colleague, at=AT)
    assert Question.objects.get().state == State.SOLVED


def test_two_officers_who_answer_at_once_do_not_overwrite_each_other(offices: Offices) -> None:
    second = f.account("coordinator", f.COUNTY, username="second")
    found = offices.ask()
    version = found.version
    ops.answer_question(question_id=found.pk, version=version, text="更正账户后重发", by=offices.county, at=AT)
    with pytest.raises(ops.QuestionChanged, match="刚被他人办理"):
        ops.answer_question(question_id=found.pk, version=version, text="请等下一批次", by=second, at=AT)
    assert [entry.text for entry in Entry.objects.filter(act="answer")] == ["更正账户后重发"]


def test_asked_back_the_clock_stands_until_something_is_added(offices: Offices) -> None:
    found = offices.ask()
    act(ops.ask_back, found, offices.county, text="请说明是哪一批次")
    found.refresh_from_db()
    assert found.state == State.ASKED
    assert ticking.climb_overdue(on=date(2026, 4, 1), at=AT) == 0
    found = ops.add_to_question(
        question_id=found.pk, text="二月的批次", by=offices.clerk, at=f.moment(date(2026, 4, 1))
    )
    assert (found.state, found.due_on) == (State.OPEN, date(2026, 4, 7))  # 清明节 lies between


def test_not_solved_it_goes_back_to_the_desk_that_answered(offices: Offices) -> None:
    found = offices.ask()
    act(ops.pass_question_up, found, offices.county, note="请市里看一下")
    act(ops.answer_question, found, offices.city, text="更正账户后重发")
    found = ops.reopen_question(
        question_id=found.pk, text="更正以后还是退票", by=offices.clerk, at=f.moment(date(2026, 3, 12))
    )
    assert (found.state, found.desk_code, found.due_on) == (State.OPEN, f.CITY, date(2026, 3, 17))
    assert Desk.objects.filter(question=found, left_at__isnull=True).get().division_code == f.CITY


def test_merged_questions_get_the_answer_and_a_reporter_who_is_not_content_stands_alone_again(offices: Offices) -> None:
    first, second, third = offices.ask(), offices.ask(offices.colleague), offices.ask(offices.clerk)
    act(ops.merge_question, third, offices.county, into_id=second.pk)
    act(ops.merge_question, second, offices.county, into_id=first.pk)
    first.refresh_from_db()
    third.refresh_from_db()
    assert (first.followers, third.into_id) == (2, first.pk)
    act(ops.pass_question_up, first, offices.county, note="三家都问到了，请市里答")
    act(ops.answer_question, first, offices.city, text="更正账户后重发")
    assert set(Question.objects.values_list("state", flat=True)) == {State.ANSWERED}
    assert Entry.objects.filter(act="answer").count() == 3
    again = ops.reopen_question(question_id=second.pk, text="我们的不是退票", by=offices.colleague, at=AT)
    assert (again.into, again.desk_code, again.state) == (None, f.CITY, State.OPEN)


def test_when_the_leading_one_is_withdrawn_the_others_stand_for_themselves(offices: Offices) -> None:
    first, second = offices.ask(), offices.ask(offices.colleague)
    act(ops.merge_question, second, offices.county, into_id=first.pk)
    ops.withdraw_question(question_id=first.pk, by=offices.clerk, at=AT)
    second.refresh_from_db()
    assert (second.state, second.into, second.desk_code) == (State.OPEN, None, f.COUNTY)
    assert queries.waiting_for(standing_of(offices.county, on=MONDAY)).get() == second


def test_only_one_at_the_same_desk_can_be_merged_into(offices: Offices) -> None:
    first, second = offices.ask(), offices.ask(offices.other_clerk)
    with pytest.raises(Refusal, match="同在本单位"):
        act(ops.merge_question, first, offices.county, into_id=second.pk)


def test_late_it_is_told_once_and_then_climbs_by_itself(offices: Offices) -> None:
    found = offices.ask()  # due on Thursday the 12th
    friday = date(2026, 3, 13)
    for _again in range(2):
        assert ticking.climb_overdue(on=friday, at=f.moment(friday)) == 0
    assert sorted(Notice.objects.filter(kind__contains="overdue").values_list("kind", "division_code")) == [
        ("question_overdue", f.COUNTY),
        ("questions_below_overdue", f.CITY),
    ]
    assert queries.counts(standing_of(offices.county, on=friday), friday)["late"] == 1
    wednesday = date(2026, 3, 18)
    assert ticking.climb_overdue(on=wednesday, at=f.moment(wednesday)) == 1
    found.refresh_from_db()
    assert (found.desk_code, found.due_on) == (f.CITY, date(2026, 3, 23))
    assert Entry.objects.latest("pk").act == "climb"


def test_at_the_top_it_stays_late_for_all_to_see(offices: Offices) -> None:
    found = offices.ask(offices.province)
    assert found.desk_code == f.NATION
    assert ticking.climb_overdue(on=date(2026, 4, 1), at=AT) == 0
    assert ticking.climb_overdue(on=date(2026, 4, 2), at=AT) == 0
    assert list(Notice.objects.filter(kind__contains="overdue").values_list("kind", "division_code")) == [
        ("question_overdue_here", f.NATION)
    ]
    with pytest.raises(Refusal, match="没有可以答复的单位"):
        act(ops.pass_question_up, found, offices.nation, note="上面没有人了")


def test_silence_after_an_answer_ends_it_after_ten_working_days(offices: Offices) -> None:
    found = offices.ask()
    act(ops.answer_question, found, offices.county, text="更正账户后重发")
    assert ticking.end_silent(on=date(2026, 3, 23), at=f.moment(date(2026, 3, 23))) == 0
    assert ticking.end_silent(on=date(2026, 3, 24), at=f.moment(date(2026, 3, 24))) == 1
    found.refresh_from_db()
    assert (found.state, found.ended_on) == (State.SOLVED, date(2026, 3, 24))


def test_who_is_asked_back_has_ten_working_days_from_then_however_late_the_question_is(offices: Offices) -> None:
    found = offices.ask()
    late = date(2026, 4, 1)
    act(ops.ask_back, found, offices.county, text="请说明是哪一批次", at=f.moment(late))
    assert ticking.end_silent(on=late + timedelta(days=12), at=f.moment(late + timedelta(days=12))) == 0
    assert ticking.end_silent(on=date(2026, 4, 20), at=f.moment(date(2026, 4, 20))) == 1
    found.refresh_from_db()
    assert (found.state, found.ended_on) == (State.WITHDRAWN, date(2026, 4, 20))


def test_a_known_answer_answers_it_and_all_that_follow(offices: Offices) -> None:
    known = publish_answer(
        title="退票以后怎样重发", text="更正账户，随下一批次重发。", area_code=f.COUNTY, by=offices.county, at=AT
    )
    first, second = offices.ask(), offices.ask(offices.colleague)
    act(ops.merge_question, second, offices.county, into_id=first.pk)
    act(ops.refer_question, first, offices.county, answer_id=known.pk)
    assert set(Question.objects.values_list("state", "answer_id")) == {(State.ANSWERED, known.pk)}
    known.refresh_from_db()
    assert known.given == 2


def test_pictures_only_and_not_too_many(offices: Offices) -> None:
    with pytest.raises(Refusal, match="JPG"):
        offices.ask(pictures=[b"%PDF-1.7"])
    with pytest.raises(Refusal, match="最多附"):
        offices.ask(pictures=[PNG] * 6)
    assert not Question.objects.exists()


def test_the_clocks_of_an_area_are_counted_by_the_divisions_below(offices: Offices) -> None:
    found = offices.ask()
    offices.ask(offices.other_clerk)
    act(ops.answer_question, found, offices.county, text="更正账户后重发", at=AT + timedelta(hours=5))
    today = date(2026, 3, 20)
    whole, *below = queries.clocks(f.CITY, today=today, at=f.moment(today))
    assert (whole.open, whole.late, whole.reported, whole.answered, whole.hours) == (1, 1, 2, 1, 5.0)
    assert [(row.code, row.open, row.answered) for row in below] == [(f.COUNTY, 0, 1), (f.OTHER_COUNTY, 1, 0)]
    assert [row.code for row in queries.clocks(f.NATION, today=today, at=f.moment(today))] == [f.NATION, f.PROVINCE]
