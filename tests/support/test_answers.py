"""Known answers: found by two characters and by initials, for an area and below, by page and role; votes; who keeps
them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.core.refusal import Refusal
from lxbt.support.models import KnownAnswer, Question
from lxbt.support.operations import answers as ops
from lxbt.support.operations import questions as asking
from lxbt.support.queries import answers as queries
from tests import factories as f

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 9)
AT = f.moment(DAY)


@pytest.fixture
def people() -> dict[str, User]:
    f.load_places()
    coordinators = {
        name: f.account("coordinator", place)
        for name, place in (("county", f.COUNTY), ("province", f.PROVINCE), ("nation", f.NATION))
    }
    return {**coordinators, "clerk": f.account("clerk", f.TOWNSHIP), "other": f.account("clerk", f.OTHER_TOWNSHIP)}


def publish(by: User, title: str = "银行退票以后怎样重发", area: str = f.NATION, **more: Any) -> KnownAnswer:
    return ops.publish_answer(
        **{
            "title": title,
            "text": "在退票与账户页更正账户，随下一批次重发。",
            "area_code": area,
            "by": by,
            "at": AT,
            **more,
        }
    )


def found(user: User, text: str) -> list[str]:
    return [one.title for one in queries.answers_found(standing_of(user, on=DAY), text)]


def test_it_is_found_by_two_characters_by_keywords_by_initials_and_by_one(people: dict[str, User]) -> None:
    publish(people["nation"], keywords="打不进去 退款")
    publish(people["nation"], "残疾人证到期怎么办", text="到户籍地残联换证。")
    for text in ("退票", "重发", "更正账户", "打不进去", "yhtp", "TP", "票"):
        assert found(people["clerk"], text) == ["银行退票以后怎样重发"], text
    assert found(people["clerk"], "医保") == []
    assert len(found(people["clerk"], "")) == 2


def test_it_holds_for_its_area_and_below_and_for_its_organ(people: dict[str, User]) -> None:
    publish(people["county"], "江岸区的窗口在哪里", area=f.COUNTY)
    reviewer = f.account("reviewer", f.COUNTY)
    publish(people["province"], "民政怎样审定申请", area=f.PROVINCE, organ="civil_affairs")
    assert set(found(people["clerk"], "")) == {"江岸区的窗口在哪里", "民政怎样审定申请"}
    assert found(people["other"], "") == ["民政怎样审定申请"]
    assert found(reviewer, "") == ["江岸区的窗口在哪里"]
    assert set(found(people["province"], "")) == {
        "江岸区的窗口在哪里",
        "民政怎样审定申请",
    }  # who answers sees the area below


def test_nobody_publishes_for_a_wider_area_than_the_own(people: dict[str, User]) -> None:
    with pytest.raises(Refusal, match="本级及以下"):
        publish(people["county"], area=f.PROVINCE)
    with pytest.raises(Refusal, match="本级及以下"):
        publish(people["clerk"], area=f.TOWNSHIP)


def test_an_office_above_may_widen_it_and_a_stale_change_is_refused(people: dict[str, User]) -> None:
    known = publish(people["county"], area=f.COUNTY)
    told: dict[str, Any] = {"title": known.title, "text": known.text, "area_code": f.PROVINCE, "at": AT}
    ops.revise_answer(answer_id=known.pk, version=1, by=people["province"], **told)
    assert found(people["other"], "退票") == ["银行退票以后怎样重发"]
    with pytest.raises(ops.AnswerChanged, match="刚被他人改过"):
        ops.revise_answer(answer_id=known.pk, version=1, by=people["province"], **told)
    with pytest.raises(Refusal, match="本级及以下"):
        ops.revise_answer(answer_id=known.pk, version=2, by=people["county"], **told)


def test_retired_it_is_found_by_nobody(people: dict[str, User]) -> None:
    known = publish(people["nation"])
    with pytest.raises(Refusal, match="不由您的单位维护"):
        ops.retire_answer(answer_id=known.pk, version=1, by=people["county"], at=AT)
    ops.retire_answer(answer_id=known.pk, version=1, by=people["nation"], at=AT)
    assert found(people["clerk"], "退票") == []


def test_it_is_shown_on_the_pages_it_belongs_to_for_its_roles(people: dict[str, User]) -> None:
    publish(people["nation"], "窗口怎样受理", pages=["application_new"], roles=["clerk"])
    publish(people["nation"], "审定怎样办", pages=["application_new"], roles=["decider"])
    shown = queries.for_page("application_new", standing=standing_of(people["clerk"], on=DAY))
    assert [one.title for one in shown] == ["窗口怎样受理"]
    assert queries.for_page("batches", standing=standing_of(people["clerk"], on=DAY)) == []


def test_near_answers_are_proposed_while_a_question_is_typed(people: dict[str, User]) -> None:
    publish(people["nation"])
    publish(people["nation"], "残疾人证到期怎么办", text="到户籍地残联换证。", pages=["leads"])
    standing = standing_of(people["clerk"], on=DAY)
    assert [one.title for one in queries.answers_near(standing, "请问退票之后怎么重发呢")] == ["银行退票以后怎样重发"]
    assert queries.answers_near(standing, "打印机没有墨") == []
    assert queries.answers_near(standing, "") == []


def test_each_account_has_one_vote_and_may_change_its_mind(people: dict[str, User]) -> None:
    known = publish(people["nation"])
    for user, useful in (("clerk", True), ("other", True), ("clerk", False), ("clerk", False)):
        ops.vote_answer(answer_id=known.pk, is_useful=useful, by=people[user], at=AT)
    known.refresh_from_db()
    assert (known.useful, known.useless) == (1, 1)


def test_a_question_becomes_a_known_answer_once_with_its_numbers_covered(people: dict[str, User]) -> None:
    question = asking.ask_question(kind="question", title="退票怎么办", text="", by=people["clerk"], at=AT)
    asking.answer_question(question_id=question.pk, version=1, text="更正账户", by=people["county"], at=AT)
    known = publish(
        people["county"], area=f.COUNTY, text="身份证 420102198005010117 的更正账户", question_id=question.pk
    )
    assert "420102" not in known.text
    assert Question.objects.get().answer_id == known.pk
    with pytest.raises(Refusal, match="已经转为常见问题"):
        publish(people["county"], area=f.COUNTY, question_id=question.pk)


def test_a_desk_refers_to_what_the_reporter_can_find_only(people: dict[str, User]) -> None:
    question = asking.ask_question(kind="question", title="退票怎么办", text="", by=people["clerk"], at=AT)
    federation_only = publish(people["nation"], organ="federation")
    with pytest.raises(Refusal, match="对方能查到"):
        asking.refer_question(
            question_id=question.pk, version=1, answer_id=federation_only.pk, by=people["county"], at=AT
        )
