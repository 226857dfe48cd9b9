"""Every difference has one exact cause, in one sentence: which fact or standard, from what to what, from whom
and when.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lxbt.core.months import Month
from lxbt.entitlements.operations import end_entitlement, grant_entitlement, resume_entitlement, suspend_entitlement
from lxbt.payments import queries
from lxbt.payments.cause_words import basis_words, sentence_of
from lxbt.payments.models import Batch
from lxbt.payments.operations import approve_batch, correct_account, draw_batch, record_results, send_batch
from lxbt.payments.queries import Asked, causes_of
from lxbt.registry.models import Certificate
from lxbt.registry.operations import record_certificate, record_fact
from lxbt.standards.operations import load_scheme
from lxbt.standards.rules.rows import read_standard
from tests.factories import COUNTY, DAY, JANUARY, county, day_in, official, recipient
from tests.payments.test_batches import answer

pytestmark = pytest.mark.django_db
FEBRUARY, MARCH = JANUARY + 1, JANUARY + 2


@pytest.fixture(autouse=True)
def ground() -> None:
    county()
    publish({"fixed": "80"}, when={"economic": ["dibao"]})
    publish({"fixed": "50"}, when={"economic": ["dibao_margin"]})


def publish(
    amount: dict[str, Any], *, when: dict[str, Any], since: str = "2020-01", on: date = DAY, n: str = ""
) -> None:
    table = {"subsidy": "living", "since": since, "amount": amount, "when": when, "document": n}
    load_scheme(standards=[read_standard(table, "test", "420000000000")], by=None, on=on)


def drawn(month: Month = JANUARY) -> Batch:
    batch = draw_batch(payer_code=COUNTY, month=month, by=None, on=day_in(month))
    assert batch is not None
    return batch


def said(batch: Batch, *, whole: bool = True) -> dict[str, str]:
    """The sentence of every row of a batch, by kind of change."""
    rows = queries.batch_item_rows(batch, changes=("started", "stopped", "changed", "arrears", "recovery", "same"))
    asked = [Asked(batch, r.person_id, r.subsidy, r.right_month, r.seq or 0, r.change) for r in rows]
    causes = causes_of(asked)
    return {row.change: sentence_of(causes[row.key], whole=whole) for row in asked if row.key in causes}


def tell(person: Any, key: str, value: object, since: Month | None, on: date, source: str = "dibao") -> None:
    record_fact(person_id=person.pk, key=key, value=value, since=since, source=source, received_on=on, by=None)


def test_a_fact_is_said_with_its_old_and_new_value_its_source_and_both_days() -> None:
    person = recipient(economic="dibao_margin")
    drawn()
    tell(person, "economic", "dibao", FEBRUARY, date(2026, 2, 3))
    sentence = said(drawn(FEBRUARY))["changed"]
    assert sentence == "家庭经济由“低保边缘”变为“低保”（2026-02 起；核对机制 2026-02-03 告知）"


def test_what_became_known_late_says_so_in_the_arrears_and_in_what_is_taken_back() -> None:
    late, less = recipient(economic="dibao_margin"), recipient(economic="dibao")
    drawn()
    tell(late, "economic", "dibao", JANUARY, date(2026, 2, 3))
    tell(less, "economic", "dibao_margin", JANUARY, date(2026, 2, 4))
    sentences = said(drawn(FEBRUARY))
    assert sentences["arrears"] == "家庭经济由“低保边缘”变为“低保”（2026-01 起；核对机制 2026-02-03 告知）"
    assert sentences["recovery"] == "家庭经济由“低保”变为“低保边缘”（2026-01 起；核对机制 2026-02-04 告知）"


def test_of_two_facts_that_changed_only_the_one_that_moved_the_amount_is_named() -> None:
    person = recipient(economic="dibao_margin")
    drawn()
    tell(person, "economic", "dibao", FEBRUARY, date(2026, 2, 3))
    tell(person, "area", "rural", FEBRUARY, date(2026, 2, 3))
    assert "户口" not in said(drawn(FEBRUARY))["changed"]


def test_a_standard_is_said_from_what_to_what_with_its_months_and_the_day_it_was_published() -> None:
    recipient()
    drawn()
    publish(
        {"fixed": "100"}, when={"economic": ["dibao"]}, since="2026-01", on=date(2026, 2, 2), n="鄂民政发〔2026〕1号"
    )
    sentences = said(drawn(FEBRUARY))
    for kind in ("arrears", "changed"):
        assert sentences[kind].startswith("困难残疾人生活补贴标准由每月 80.00 元提高到 100.00 元"), kind
        assert "2026-01 起；2026-02-02 公布" in sentences[kind]


def test_a_death_says_the_day_and_who_told_it() -> None:
    person = recipient()
    drawn()
    drawn(FEBRUARY)
    tell(person, "died_on", "2026-01-20", None, date(2026, 3, 2), source="police")
    sentences = said(drawn(MARCH))
    assert sentences["recovery"] == sentences["stopped"] == "死亡日期 2026-01-20，此前没有（公安 2026-03-02 告知）"


def test_a_death_in_the_month_before_is_said_once() -> None:
    """Both the fact and the new month are needed for the stop: its day is told with the fact."""
    person, _other = recipient(), recipient()
    drawn()
    drawn(FEBRUARY)
    tell(person, "died_on", "2026-02-04", None, date(2026, 3, 2), source="police")
    assert said(drawn(MARCH))["stopped"] == "死亡日期 2026-02-04，此前没有（公安 2026-03-02 告知）"


def test_a_certificate_that_ran_out_was_known_before_and_came_with_the_month() -> None:
    person = recipient()
    held = {"category": "physical", "grade": 1, "issued_on": date(2018, 1, 1), "valid_until": date(2026, 1, 31)}
    record_certificate(person_id=person.pk, certificate=held, source="federation", received_on=DAY, by=None)
    drawn()
    other = recipient()
    assert other.pk != person.pk
    assert said(drawn(FEBRUARY))["stopped"] == "残疾人证有效期 2026-01-31 已到（残联库 2026-01-05 告知）"


def test_a_certificate_corrected_later_says_what_it_was_and_what_it_is() -> None:
    publish({"fixed": "60"}, when={"economic": ["none"], "grade": [2]})
    publish({"fixed": "90"}, when={"economic": ["none"], "grade": [1]})
    person = recipient(economic="none")
    drawn()
    lower = {"category": "physical", "grade": 2, "issued_on": date(2018, 1, 1), "valid_until": date(2030, 1, 1)}
    record_certificate(
        person_id=person.pk, certificate=lower, source="federation", received_on=date(2026, 2, 9), by=None
    )
    sentence = said(drawn(FEBRUARY))["recovery"]
    assert sentence == "残疾等级由“一级”变为“二级”（2018-01-01 发证；残联库 2026-02-09 告知）"


def test_a_right_says_what_it_rests_on_and_when_it_was_decided() -> None:
    recipient()
    drawn()
    late = recipient(subsidies=())
    grant_entitlement(
        person_id=late.pk, subsidy="living", since=JANUARY, basis="application 12", by=None, on=date(2026, 2, 6)
    )
    sentences = said(drawn(FEBRUARY))
    assert sentences["started"] == sentences["arrears"] == "申请第 12 号审定，2026-01 起，2026-02-06 决定"


def test_suspending_resuming_and_ending_are_three_different_sentences() -> None:
    person = recipient()
    drawn()
    told = {"person_id": person.pk, "subsidy": "living", "by": None}
    suspend_entitlement(**told, since=FEBRUARY, basis="suspicion 7", on=date(2026, 2, 2))
    recipient()
    assert said(drawn(FEBRUARY))["stopped"] == "暂停：第 7 号疑点核实，2026-02 起，2026-02-02 决定"
    resume_entitlement(**told, since=MARCH, basis="suspicion 7", on=date(2026, 3, 2))
    assert said(drawn(MARCH))["started"].startswith("暂停后恢复：第 7 号疑点核实，2026-03 起")
    end_entitlement(**told, since=MARCH + 1, basis="本人放弃", on=date(2026, 4, 2))
    recipient()
    assert said(drawn(MARCH + 1))["stopped"] == "资格终止：本人放弃，2026-04 起，2026-04-02 决定"


def test_what_the_bank_sent_back_says_so_and_when_the_account_was_corrected() -> None:
    person = recipient()
    batch = drawn()
    approve_batch(batch_id=batch.pk, control_total=queries.net_of(batch), by=official("approver"), on=DAY)
    send_batch(batch_id=batch.pk, by=official("drawer"), on=DAY)
    record_results(batch_id=batch.pk, content=answer(batch, failed=person.pk), name="a.csv", by=None, on=DAY)
    correct_account(
        person_id=person.pk, bank="农商行", holder="张三", account_number="62281234567890", by=None, on=date(2026, 2, 3)
    )
    assert said(drawn(FEBRUARY))["arrears"] == "2026-01 批次的付款被银行退回（账户已销户），账户 2026-02-03 更正后重发"


def test_who_had_no_account_says_since_when_there_is_one() -> None:
    recipient()
    waiting = recipient(account=False)
    drawn()
    correct_account(
        person_id=waiting.pk, bank="农商行", holder="张三", account_number="6228765432", by=None, on=date(2026, 2, 3)
    )
    assert said(drawn(FEBRUARY))["arrears"] == "此前没有账户，2026-02-03 登记账户后发放"


def test_who_may_not_see_facts_is_told_that_there_is_one_and_nothing_of_it() -> None:
    person = recipient(economic="dibao_margin")
    drawn()
    tell(person, "economic", "dibao", FEBRUARY, date(2026, 2, 3))
    sentence = said(drawn(FEBRUARY), whole=False)["changed"]
    assert sentence == "个人情况有变（2026-02-03 得知，内容不在您的查看范围）"


def test_no_sentence_offers_a_choice_of_causes_and_many_rows_cost_no_more_queries(
    django_assert_max_num_queries: Any,
) -> None:
    people = [recipient(economic="dibao_margin") for _ in range(12)]
    drawn()
    for person in people:
        tell(person, "economic", "dibao", JANUARY, date(2026, 2, 3))
    batch = drawn(FEBRUARY)
    with django_assert_max_num_queries(24):
        sentences = said(batch)
    assert sentences
    assert all("或" not in one for one in sentences.values())


def test_a_certificate_that_the_federation_told_again_hides_no_cause() -> None:
    """It tells all of its certificates from time to time: the day on which one was heard of is then a late one."""
    person = recipient()
    drawn()
    drawn(FEBRUARY)
    tell(person, "died_on", "2026-01-20", None, date(2026, 3, 2), source="police")
    Certificate.objects.filter(person_id=person.pk).update(received_on=date(2026, 3, 2))
    sentences = said(drawn(MARCH))
    assert sentences["recovery"] == sentences["stopped"] == "死亡日期 2026-01-20，此前没有（公安 2026-03-02 告知）"


def test_what_a_right_rests_on_is_said_in_words() -> None:
    for basis, words in (
        ("application 420102-202611-0000021", "申请第 420102-202611-0000021 号审定"),
        ("federation died", "残联库：死亡"),
        ("released from custody", "服刑期满，等待重新申请"),
        ("民政〔2026〕3号", "民政〔2026〕3号"),
    ):
        assert basis_words(basis) == words
