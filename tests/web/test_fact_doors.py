"""Facts changed, cleared and corrected on the page of a person: each alone, and with a second person where
money moves.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.core.profile import Benefits, Profile
from lxbt.entitlements.operations import grant_entitlement
from lxbt.entitlements.queries import entitlements_of, profile_in
from lxbt.proposals.models import Proposal
from lxbt.registry.models import Person
from lxbt.registry.operations import record_facts
from tests import factories as f
from tests.web.test_confirmed_facts import Login, accept, clerk, decider, draw, event, paper, person, this_month

__all__ = ["clerk", "decider", "person"]
pytestmark = pytest.mark.django_db


def now(person: Person) -> Profile:
    profile = profile_in(person.pk, this_month())
    assert profile is not None
    return profile


def change(client: Any, person: Person, **data: Any) -> Any:
    told = {"act": "fact", "since": str(this_month()), "reason": "入户核实记录", **data}
    return client.post(reverse("person_change", args=[person.pk]), told)


def test_every_fact_is_changed_and_cleared_on_the_page_and_other_benefits_stay(
    person: Person, decider: User, logged_in: Login
) -> None:
    record_facts(
        person_id=person.pk,
        values={"other_benefits": {"work_injury_care": "0", "retired_cadre": False, "elderly_age": "20"}},
        since=None,
        source="verified",
        received_on=timezone.localdate(),
        by=None,
    )
    client = logged_in(decider)
    answered = change(
        client,
        person,
        income_ratio="1.3",
        own_income="0",
        steady_income="no",
        pension="residents",
        employment="none",
        self_care="unable",
        care_setting="home",
        long_term_care="yes",
        household=["several_disabled"],
        marks="监测户、市特困残疾人",
        elderly_service="60",
        de_facto_orphan="partial",
        allowances="取暖补贴 300",
    )
    assert answered.status_code == 302, answered.content.decode()
    found = now(person)
    assert (found.income_ratio, found.own_income, found.steady_income) == (Decimal("1.3"), Decimal(0), False)
    assert (found.pension, found.self_care, found.long_term_care) == ("residents", "unable", True)
    assert (found.household, found.marks) == (("several_disabled",), ("市特困残疾人", "监测户"))
    held = Benefits(
        de_facto_orphan="partial",
        elderly_service=Decimal(60),
        elderly_age=Decimal(20),
        allowances=(("取暖补贴", Decimal(300)),),
    )
    assert found.other_benefits == held
    assert "市特困残疾人" in client.get(reverse("person", args=[person.pk])).content.decode()
    cleared = ["own_income", "steady_income", "marks", "household", "de_facto_orphan", "allowances"]
    assert change(client, person, cleared=cleared).status_code == 302
    found = now(person)
    assert (found.own_income, found.steady_income, found.marks, found.household) == (None, None, (), ())
    assert found.other_benefits == Benefits(elderly_service=Decimal(60), elderly_age=Decimal(20))
    both = change(client, person, own_income="5", cleared=["own_income"])
    assert "不能既填写又清除" in both.content.decode()
    assert "至少改变一项" in change(client, person).content.decode()


def test_a_release_takes_two_and_the_right_waits_for_a_new_application(
    person: Person, decider: User, clerk: User, logged_in: Login
) -> None:
    month = this_month()
    record_facts(
        person_id=person.pk,
        values={"imprisoned_on": month.back(4).first},
        since=None,
        source="police",
        received_on=timezone.localdate(),
        by=None,
    )
    assert draw() == "160.00"  # the month before, and that of the event
    client = logged_in(clerk)
    released = month.back(1).first
    early = event(client, person, kind="imprisoned_on", released_on=month.back(5).first.isoformat())
    assert "不能早于" in early.content.decode()
    assert event(client, person, kind="imprisoned_on", released_on=released.isoformat()).status_code == 302
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.effect["yuan"]) == ("registry.custody", "0.00")
    accept(logged_in(decider), proposal)
    states = [(p.state, p.since) for p in entitlements_of(person.pk)]
    assert [state for state, _since in states] == ["granted", "suspended"]
    assert states[1][1] == released
    assert draw() is None
    grant_entitlement(
        person_id=person.pk, subsidy="living", since=month, basis="application 2", by=None, on=timezone.localdate()
    )
    assert draw() == "80.00"
    event(client, person, kind="imprisoned_on", withdrawn="on")  # it was somebody else
    accept(logged_in(decider), Proposal.objects.get(state="waiting"))
    assert draw() == "240.00"
    assert {p.state for p in entitlements_of(person.pk)} == {"granted"}


def test_a_certificate_is_corrected_and_withdrawn_by_two_who_see_what_moves(
    person: Person, decider: User, clerk: User, logged_in: Login
) -> None:
    client = logged_in(clerk)
    certificate = now(person).certificate
    assert certificate is not None
    assert certificate.issued_on is not None
    page = reverse("person_change", args=[person.pk])
    told = {
        "act": "certificate",
        "replaces": certificate.issued_on.isoformat(),
        "credential": "disabled",
        "category": "multiple",
        "grade": "2",
        "components": "精神二级、视力三级",
        "issued_on": certificate.issued_on.isoformat(),
        "valid_until": "2035-01-01",
        "reason": "残联换证记录 7 号",
    }
    same = {"category": certificate.category, "grade": str(certificate.grade), "components": ""}
    same["valid_until"] = certificate.valid_until.isoformat() if certificate.valid_until else ""
    assert "没有要改的" in client.post(page, {**told, **same, "paper": paper()}).content.decode()
    future = client.post(page, {**told, "issued_on": "2099-01-01", "valid_until": "", "paper": paper()})
    assert future.status_code == 200
    assert not Proposal.objects.exists()
    assert client.post(page, {**told, "paper": paper()}).status_code == 302
    proposal = Proposal.objects.get()
    accept(client, proposal)
    proposal.refresh_from_db()
    assert proposal.state == "waiting"
    accept(logged_in(decider), proposal)
    found = now(person).certificate
    assert found is not None
    assert [(one.category, one.grade) for one in found.components] == [("intellectual", 2), ("vision", 3)] or [
        (one.category, one.grade) for one in found.components
    ] == [("vision", 3), ("mental", 2)]
    assert draw() == "480.00"
    client = logged_in(clerk)
    withdrawn = client.post(page, {**told, "withdrawn": "on", "paper": paper()})
    assert withdrawn.status_code == 302
    proposal = Proposal.objects.get(state="waiting")
    assert proposal.effect["yuan"] == "-480.00"
    accept(logged_in(decider), proposal)
    assert now(person).certificate is None
    assert draw() == "-480.00"


def test_nobody_dies_before_birth_or_in_a_month_before_a_certificate(
    person: Person, clerk: User, logged_in: Login
) -> None:
    client = logged_in(clerk)
    born = Person.objects.get(pk=person.pk).birth
    issued = now(person).certificate
    assert issued is not None
    for day in (date(born.year - 1, 1, 1), date(2099, 1, 1), date(2000, 1, 1)):
        answered = event(client, person, happened_on=day.isoformat())
        assert answered.status_code == 200, day
    assert not Proposal.objects.exists()
    assert f.COUNTY
