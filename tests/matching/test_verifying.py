"""From a list to a recovery: raised, verified by one, confirmed by another, settled by the draw, sampled, closed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from lxbt.accounts.models import User
from lxbt.audit.models import Event
from lxbt.core.months import Month
from lxbt.core.transitions import WrongState
from lxbt.entitlements.models import Entitlement, Uncompared
from lxbt.entitlements.operations import grant_entitlement
from lxbt.leads.models import Lead
from lxbt.matching.models import Quiet, Suspicion
from lxbt.matching.operations import running, trying, watching
from lxbt.matching.operations import verifying as v
from lxbt.matching.operations.finding import RunRefused
from lxbt.matching.operations.lists import close_list, open_list, take_list_rows, withdraw_list
from lxbt.matching.operations.setting import set_rule
from lxbt.matching.proposing import propose_quiet
from lxbt.matching.queries.precision import precision_by_rule
from lxbt.matching.rules.lists import ListRow
from lxbt.notices.models import Notice
from lxbt.payments.models import Item, Recovery
from lxbt.payments.operations import approve_batch, draw_batch, send_batch, settle_recovery
from lxbt.payments.queries import net_of
from lxbt.proposals.operations import ProposalRefused, accept
from lxbt.registry.models import Person
from lxbt.registry.operations import record_certificate, record_facts, register_person, set_account
from lxbt.standards.operations import StandardRefused
from tests import factories as f

pytestmark = pytest.mark.django_db
JANUARY, MARCH = Month(2026, 1), Month(2026, 3)
ON = date(2026, 4, 7)
AT = f.moment(ON)
BORN = date(1947, 5, 1)
JPG = b"\xff\xd8\xff\xe0" + b"0" * 200


@pytest.fixture
def people() -> dict[str, User]:
    f.load_places()
    f.usual_standards()
    return {
        "clerk": f.account("clerk", f.TOWNSHIP),
        "decider": f.account("decider", f.COUNTY),
        "officer": f.account("payment_officer", f.COUNTY),
        "approver": f.account("payment_approver", f.COUNTY),
        "inspector": f.account("inspector", f.PROVINCE),
        "drafter": f.account("standard_drafter", f.PROVINCE),
        "publisher": f.account("standard_publisher", f.PROVINCE),
    }


def recipient(
    serial: int = 11, name: str = "吴德明", subsidies: tuple[str, ...] = ("living", "care"), since: Month = JANUARY
) -> Person:
    number = f.identity_number(birth=date(1947, 5, 1), serial=serial)
    person = register_person(
        name=name,
        sex="male",
        birth=date(1947, 5, 1),
        division_code=f.TOWNSHIP,
        identity_number=number,
        by=None,
        on=date(2026, 1, 1),
    )
    facts = {"economic": "dibao", "area": "urban", "long_term_care": True}
    record_facts(person_id=person.pk, values=facts, since=None, source="test", received_on=date(2026, 1, 1), by=None)
    certificate = {"category": "physical", "grade": 1, "issued_on": date(2018, 1, 1), "valid_until": date(2030, 1, 1)}
    record_certificate(
        person_id=person.pk, certificate=certificate, source="test", received_on=date(2026, 1, 1), by=None
    )
    set_account(
        person_id=person.pk,
        bank="农商行",
        holder=name,
        account_number=f"62280000000{serial}",
        on=date(2026, 1, 1),
        by=None,
    )
    for subsidy in subsidies:
        grant_entitlement(person_id=person.pk, subsidy=subsidy, since=since, basis="test", by=None, on=date(2026, 1, 1))
    return person


def pay(month: Month, people: dict[str, User]) -> Any:
    on = max(ON, month.last)
    batch = draw_batch(payer_code=f.COUNTY, month=month, by=people["officer"], on=on)
    if batch is not None:
        approve_batch(batch_id=batch.pk, control_total=net_of(batch), by=people["approver"], on=on)
        send_batch(batch_id=batch.pk, encoding="utf-8", by=people["officer"], on=on)
    return batch


def death(
    serial: int = 11, *, number: bool = True, on: date = date(2026, 1, 20), kind: str = "deaths", **more: Any
) -> int:
    entry = open_list(kind=kind, division_code=f.COUNTY, received_on=ON, as_of=date(2026, 3, 31), by=None)
    told = {"name": "吴德明", "event_on": on, "birth": date(1947, 5, 1), **more}
    take_list_rows(
        list_id=entry.pk,
        rows=[
            ListRow(
                row=2,
                identity_number=f.identity_number(birth=date(1947, 5, 1), serial=serial) if number else "",
                **told,
            )
        ],
        on=ON,
    )
    close_list(list_id=entry.pk, by=None, on=ON)
    return entry.pk


def compare(month: Month = MARCH, rules: Any = ("R01",), on: date = ON) -> running.Report:
    return list(running.run_rules(area=f.COUNTY, rules=rules, month=month, on=on, at=f.moment(on)))[-1][2]


def paid_dead(people: dict[str, User]) -> tuple[Person, Suspicion]:
    person = recipient()
    for month in (JANUARY, Month(2026, 2), MARCH):
        pay(month, people)
    death()
    compare()
    return person, Suspicion.objects.get()


def concluded(case: Suspicion, people: dict[str, User], **more: Any) -> Suspicion:
    v.add_proof(
        suspicion_id=case.pk,
        kind="photo",
        content=JPG,
        latitude="30.6012",
        longitude="114.3055",
        by=people["clerk"],
        at=AT,
    )
    told = {
        "outcome": "true",
        "measure": "stop",
        "way": "visit",
        "opinion": "家属出示死亡证明",
        "measure_month": Month(2026, 2),
        **more,
    }
    return v.conclude_suspicion(suspicion_id=case.pk, version=case.version, by=people["clerk"], at=AT, **told)


def test_a_death_told_late_is_raised_with_the_months_paid_after_it(people: dict[str, User]) -> None:
    person, case = paid_dead(people)
    assert (case.rule, case.source, case.state, case.person_id) == ("R01", "deaths", "dispatched", person.pk)
    assert case.months == {
        "living": {"2026-02": "120.00", "2026-03": "120.00"},
        "care": {"2026-02": "100.00", "2026-03": "100.00"},
    }
    assert (case.amount, case.month_count, case.first_month) == (Decimal(440), 4, date(2026, 2, 1))
    assert case.due_on is not None
    assert case.due_on > ON
    assert (
        Entitlement.objects.filter(person_id=person.pk, state="granted", until__isnull=True).count() == 2
    )  # nothing stops by itself
    assert Event.objects.filter(action="suspicion.raised", person_id=person.pk).exists()


def test_told_again_it_is_the_same_suspicion(people: dict[str, User]) -> None:
    _person, case = paid_dead(people)
    report = compare()
    assert (report.total("raised"), Suspicion.objects.count()) == (0, 1)
    case.refresh_from_db()
    assert case.version == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Suspicion.objects.create(
            person_id=case.person_id,
            rule="R01",
            source="deaths",
            side="over",
            severity="high",
            division_code=f.TOWNSHIP,
            county_code=f.COUNTY,
            digest="x",
            raised_on=ON,
        )


def test_confirmed_it_ends_the_right_and_the_next_draw_takes_the_money_back(people: dict[str, User]) -> None:
    person, case = paid_dead(people)
    case = v.begin_verification(suspicion_id=case.pk, version=case.version, by=people["clerk"], at=AT)
    case = concluded(case, people)
    case = v.confirm_suspicion(suspicion_id=case.pk, version=case.version, by=people["decider"], at=AT)
    assert case.state == "confirmed"
    assert set(Entitlement.objects.filter(person_id=person.pk).values_list("until", flat=True)) == {date(2026, 2, 1)}
    pay(Month(2026, 4), people)
    taken_back = Item.objects.filter(person_id=person.pk, kind="recovery")
    assert sum(item.amount for item in taken_back) == -case.amount
    recoveries = Recovery.objects.filter(person_id=person.pk)
    assert sum(r.amount for r in recoveries) == case.amount
    assert watching.close_settled(on=date(2026, 5, 20)) == 0  # the money is not back yet
    for r in recoveries:
        settle_recovery(
            person_id=person.pk,
            batch_id=r.batch_id,
            subsidy=r.subsidy,
            outcome="recovered",
            amount=None,
            basis="收据 12 号",
            proposed_by=people["officer"],
            by=people["approver"],
            on=ON,
        )
    assert watching.close_settled(on=date(2026, 5, 20)) == 1
    assert compare().total("raised") == 0  # settled: nothing paid is left that was not owed


def test_who_concluded_does_not_confirm_and_proof_is_needed(people: dict[str, User]) -> None:
    _person, case = paid_dead(people)
    told = {
        "outcome": "true",
        "measure": "stop",
        "way": "visit",
        "opinion": "家属出示死亡证明",
        "measure_month": Month(2026, 2),
    }
    with pytest.raises(v.SuspicionRefused, match="凭据"):
        v.conclude_suspicion(suspicion_id=case.pk, version=case.version, by=people["clerk"], at=AT, **told)
    with pytest.raises(v.SuspicionRefused, match="处理"):
        v.conclude_suspicion(
            suspicion_id=case.pk, version=case.version, by=people["clerk"], at=AT, **(told | {"outcome": "false"})
        )
    with pytest.raises(v.SuspicionRefused):
        v.conclude_suspicion(suspicion_id=case.pk, version=case.version, by=people["decider"], at=AT, **told)
    with pytest.raises(v.SuspicionChanged):
        v.begin_verification(suspicion_id=case.pk, version=case.version + 1, by=people["clerk"], at=AT)
    case = concluded(case, people)
    with pytest.raises(WrongState):
        v.begin_verification(suspicion_id=case.pk, version=case.version, by=people["clerk"], at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Suspicion.objects.filter(pk=case.pk).update(confirmed_by_id=case.concluded_by_id)


def test_the_county_gives_back_and_those_above_object(people: dict[str, User]) -> None:
    _person, case = paid_dead(people)
    case = concluded(case, people)
    case = v.return_suspicion(
        suspicion_id=case.pk, version=case.version, opinion="请补死亡证明", by=people["decider"], at=AT
    )
    assert case.state == "verifying"
    case = concluded(case, people)
    case = v.confirm_suspicion(suspicion_id=case.pk, version=case.version, by=people["decider"], at=AT)
    case = v.sample_suspicion(
        suspicion_id=case.pk, version=case.version, agree=False, opinion="照片看不清", by=people["inspector"], at=AT
    )
    assert (case.state, case.sampled_on) == ("verifying", ON)


def test_a_false_hit_is_not_raised_again_and_lowers_precision(people: dict[str, User]) -> None:
    person, case = paid_dead(people)
    case = concluded(
        case, people, outcome="false", measure="none", measure_month=None, opinion="本人健在，名单证号有误"
    )
    case = v.confirm_suspicion(suspicion_id=case.pk, version=case.version, by=people["decider"], at=AT)
    another = f.account("decider", f.COUNTY, username="another_decider")
    v.close_suspicion(suspicion_id=case.pk, version=case.version, by=another, at=AT)
    pay(Month(2026, 4), people)
    assert compare(Month(2026, 4)).counts["R01"]["known"] == 1
    assert Suspicion.objects.count() == 1
    assert Entitlement.objects.filter(person_id=person.pk, until__isnull=True).count() == 2
    found = precision_by_rule(f.COUNTY, since=date(2026, 1, 1))
    assert [(p.rule, p.source, p.hits, p.misses) for p in found] == [("R01", "deaths", 0, 1)]


def test_only_some_months_were_wrong(people: dict[str, User]) -> None:
    _person, case = paid_dead(people)
    case = concluded(case, people, outcome="partly", measure_month=MARCH, opinion="实为三月去世")
    assert (case.amount, case.months) == (
        Decimal(220),
        {"living": {"2026-03": "120.00"}, "care": {"2026-03": "100.00"}},
    )


def test_a_withdrawn_list_lets_its_suspicions_go(people: dict[str, User]) -> None:
    person = recipient()
    pay(JANUARY, people)
    ident = death(on=date(2025, 12, 20))
    compare(JANUARY)
    withdraw_list(list_id=ident, by=None, on=ON)
    assert list(Uncompared.objects.values_list("person_id", flat=True)) == [person.pk]
    running.compare_changed(month=JANUARY, on=ON, at=AT)
    case = Suspicion.objects.get()
    assert (case.state, case.closed_on) == ("lapsed", ON)


def test_a_name_only_proposes_and_never_stops(people: dict[str, User]) -> None:
    set_rule(
        code="R01",
        division_code=f.PROVINCE,
        value={"stopping": ["deaths"]},
        since=None,
        document_number="测试〔2026〕9号",
        drafted_by=people["drafter"],
        by=people["publisher"],
        at=AT,
    )
    person = recipient()
    pay(JANUARY, people)
    death(number=False, on=date(2025, 12, 20))
    compare(JANUARY)
    case = Suspicion.objects.get()
    assert (case.fuzzy, case.stopped_month) == (True, None)
    assert not Entitlement.objects.filter(person_id=person.pk, state="suspended").exists()


def test_where_a_setting_says_so_a_death_certificate_suspends_with_a_notice_and_a_false_one_resumes(
    people: dict[str, User],
) -> None:
    set_rule(
        code="R01",
        division_code=f.PROVINCE,
        value={"stopping": ["deaths"]},
        since=None,
        document_number="测试〔2026〕9号",
        drafted_by=people["drafter"],
        by=people["publisher"],
        at=AT,
    )
    person, case = paid_dead(people)
    assert case.stopped_month == MARCH.first
    assert Entitlement.objects.filter(person_id=person.pk, state="suspended", since=MARCH.first).count() == 2
    assert {n.division_code for n in Notice.objects.filter(kind="suspicion_stopped")} == {f.TOWNSHIP, f.COUNTY}
    case = concluded(
        case, people, outcome="false", measure="none", measure_month=None, opinion="本人健在，名单证号有误"
    )
    v.confirm_suspicion(suspicion_id=case.pk, version=case.version, by=people["decider"], at=AT)
    assert not Entitlement.objects.filter(person_id=person.pk, state="suspended").exists()


def test_a_rule_is_switched_off_below_and_its_days_are_set(people: dict[str, User]) -> None:
    set_rule(
        code="R01",
        division_code=f.PROVINCE,
        value={"days": 3},
        since=None,
        document_number="",
        drafted_by=people["drafter"],
        by=people["publisher"],
        at=AT,
    )
    _person, case = paid_dead(people)
    assert case.due_on == date(2026, 4, 10)
    off = {"code": "R01", "division_code": f.COUNTY, "value": {"on": False}, "since": None, "document_number": ""}
    with pytest.raises(StandardRefused, match="期限"):
        set_rule(**off, by=None, at=AT)
    set_rule(**off, until=Month.of(ON) + 2, by=None, at=AT)
    assert compare().counts["R01"] == {"found": 0, "raised": 0, "known": 0, "quiet": 0, "lapsed": 0}
    for wrong in ({"days": 0}, {"stopping": ["rumour"]}, {"threshold": 1}):
        with pytest.raises(RunRefused):
            set_rule(code="R01", division_code=f.COUNTY, value=wrong, since=None, document_number="", by=None, at=AT)


def test_a_changed_threshold_is_tried_and_leaves_nothing_behind(people: dict[str, User]) -> None:
    recipient(11)
    recipient(13, "李四")
    tried = trying.try_rule(code="R19", setting={"age": 70}, area=f.COUNTY, month=MARCH, on=ON)
    assert (tried.persons, Suspicion.objects.count()) == (2, 0)
    assert trying.try_rule(code="R19", setting=None, area=f.COUNTY, month=MARCH, on=ON).persons == 0


def test_a_kind_of_hit_is_kept_quiet_until_a_day(people: dict[str, User]) -> None:
    recipient()
    pay(JANUARY, people)
    death(on=date(2025, 12, 20))
    told = {
        "rule": "R01",
        "source": "deaths",
        "division_code": f.COUNTY,
        "until": date(2026, 5, 1),
        "by": people["inspector"],
        "at": AT,
    }
    other = f.account("inspector", f.COUNTY, username="other.county.inspector")
    with pytest.raises(v.SuspicionRefused, match="理由"):
        propose_quiet(reason="错", **told)
    with pytest.raises(v.SuspicionRefused, match="最长 90 天"):
        propose_quiet(reason="本批名单证号列错位", **(told | {"until": date(2027, 1, 20)}))
    waiting = propose_quiet(reason="本批名单证号列错位", **told)
    with pytest.raises(ProposalRefused):
        accept(proposal_id=waiting.pk, digest=waiting.digest, by=people["inspector"], at=AT, on=ON)
    with pytest.raises(v.SuspicionRefused, match="另一人"):
        watching.quiet_kind(reason="本批名单证号列错位", proposed_by=people["inspector"], **told)
    assert not Quiet.objects.exists()
    accept(proposal_id=waiting.pk, digest=waiting.digest, by=other, at=AT, on=ON)
    quiet = Quiet.objects.get()
    assert Notice.objects.filter(kind="proposal_accepted_below", division_code="420100000000").exists()
    assert compare(JANUARY).counts["R01"] == {"found": 1, "raised": 0, "known": 0, "quiet": 1, "lapsed": 0}
    watching.end_quiet(quiet_id=quiet.pk, by=people["inspector"], at=AT)
    assert compare(JANUARY).total("raised") == 1
    assert Quiet.objects.get().ended_on == ON


def test_late_cases_climb_level_by_level_and_offices_have_one_notice_each(people: dict[str, User]) -> None:
    _person, case = paid_dead(people)
    assert watching.climb_overdue(on=ON, at=AT) == 0
    assert watching.climb_overdue(on=date(2026, 4, 22), at=AT) == 1
    assert watching.climb_overdue(on=date(2026, 4, 23), at=AT) == 0
    assert watching.climb_overdue(on=date(2026, 4, 30), at=AT) == 1
    assert [n.division_code for n in Notice.objects.filter(kind="suspicion_overdue").order_by("id")] == [
        f.COUNTY,
        f.CITY,
    ]
    assert watching.post_digest(on=ON, at=AT) == 1
    case.refresh_from_db()
    assert case.climbed == 2


def test_who_is_entitled_and_draws_nothing_is_invited(people: dict[str, User]) -> None:
    person = recipient(subsidies=("living",))
    pay(JANUARY, people)
    compare(JANUARY, rules=("U01", "U02"))
    case = Suspicion.objects.get()
    assert (case.rule, case.side, case.amount) == ("U01", "under", 0)
    v.add_proof(suspicion_id=case.pk, kind="paper", content=JPG, by=people["clerk"], at=AT)
    case = v.conclude_suspicion(
        suspicion_id=case.pk,
        version=case.version,
        outcome="true",
        measure="invite",
        way="phone",
        opinion="本人愿意申请",
        by=people["clerk"],
        at=AT,
    )
    v.confirm_suspicion(suspicion_id=case.pk, version=case.version, by=people["decider"], at=AT)
    lead = Lead.objects.get(person_id=person.pk)
    assert (lead.kind, lead.subsidies, lead.division_code) == ("unclaimed", ["care"], f.TOWNSHIP)


def test_a_right_stopped_in_error_is_granted_again_with_arrears(people: dict[str, User]) -> None:
    person = recipient(subsidies=("living",))
    pay(JANUARY, people)
    Entitlement.objects.filter(person_id=person.pk).update(until=Month(2026, 2).first, end_basis="certificate expired")
    pay(Month(2026, 2), people)
    compare(MARCH, rules=("U03", "U08"))
    case = Suspicion.objects.get()
    assert (case.rule, case.evidence[0]["subsidy"]) == ("U03", "living")
    case = v.conclude_suspicion(
        suspicion_id=case.pk,
        version=case.version,
        outcome="true",
        measure="arrears",
        way="data",
        opinion="证件一直有效",
        measure_month=Month(2026, 2),
        by=people["clerk"],
        at=AT,
    )
    v.confirm_suspicion(suspicion_id=case.pk, version=case.version, by=people["decider"], at=AT)
    pay(MARCH, people)
    assert sorted(Item.objects.filter(person_id=person.pk).values_list("right_month", "amount")) == [
        (date(2026, 1, 1), Decimal(120)),
        (date(2026, 2, 1), Decimal(120)),
        (date(2026, 3, 1), Decimal(120)),
    ]


def test_incremental_work_looks_at_the_changed_alone(people: dict[str, User]) -> None:
    for serial in (11, 13, 15):
        recipient(serial, f"某{serial}")
    pay(JANUARY, people)
    running.compare_changed(month=JANUARY, on=ON, at=AT)
    assert not Uncompared.objects.exists()
    death(13, name="某13", on=date(2025, 12, 20))
    report = running.compare_changed(month=JANUARY, on=ON, at=AT)
    assert (report.persons, report.counts["R01"]["raised"]) == (1, 1)


def test_a_run_that_was_broken_off_is_taken_up_where_it_was(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "GROUP", 1)
    recipient()
    steps = running.run_rules(area=f.PROVINCE, rules=("R01",), month=JANUARY, on=ON, at=AT)
    next(steps)
    steps.close()
    done = [
        done for done, _all, _report in running.run_rules(area=f.PROVINCE, rules=("R01",), month=JANUARY, on=ON, at=AT)
    ]
    from lxbt.matching.models import Run

    assert Run.objects.count() == 1
    assert Run.objects.get().finished_at is not None
    assert done[-1] == Run.objects.get().total


def test_who_confirmed_does_not_close_it_before_those_above_could_look(people: dict[str, User]) -> None:
    _person, case = paid_dead(people)
    case = v.confirm_suspicion(
        suspicion_id=case.pk, version=concluded(case, people).version, by=people["decider"], at=AT
    )
    told = {"suspicion_id": case.pk, "version": case.version, "at": AT}
    with pytest.raises(v.SuspicionRefused, match="抽查期"):
        v.close_suspicion(by=people["decider"], **told)
    other = f.account("decider", f.COUNTY, username="another_decider")
    assert v.close_suspicion(by=other, **told).state == "closed"
