"""Deaths and other facts that move money, tried as an insider would: one person alone changes nothing but
stops money.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.audit.models import Event
from lxbt.core.months import Month
from lxbt.entitlements.operations import end_entitlement, resolve_changes
from lxbt.payments.operations import draw_batch, return_batch
from lxbt.payments.queries import held_back, paid_by_month
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import effect_now
from lxbt.registry.models import Fact, Person
from lxbt.registry.operations import record_fact
from tests import factories as f

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("paper.png", PNG, "image/png")


@pytest.fixture
def person() -> Person:
    f.load_places()
    f.flat_standards(living="80")
    return f.recipient(division=f.TOWNSHIP, since=this_month().back(5))


@pytest.fixture
def decider() -> User:
    return f.account("decider", f.COUNTY)


@pytest.fixture
def clerk() -> User:
    return f.account("clerk", f.TOWNSHIP)


def this_month() -> Month:
    return Month.of(timezone.localdate())


def draw(month: Month | None = None) -> str | None:
    resolve_changes()
    batch = draw_batch(payer_code=f.COUNTY, month=month or this_month(), by=None, on=timezone.localdate())
    return str(batch.total) if batch else None


def police_said(person: Person, day: date) -> None:
    record_fact(
        person_id=person.pk,
        key="died_on",
        value=day.isoformat(),
        since=None,
        source="police",
        received_on=timezone.localdate(),
        by=None,
    )


def event(client: Client, person: Person, **data: Any) -> Any:
    told = {"act": "event", "kind": "died_on", "reason": "死亡证明第 12 号", "paper": paper(), **data}
    return client.post(reverse("person_change", args=[person.pk]), told)


def accept(client: Client, proposal: Proposal) -> Any:
    _effect, digest = effect_now(proposal, timezone.localdate())
    return client.post(
        reverse("proposal", args=[proposal.pk]), {"act": "accept", "digest": digest, "password": f.PASSWORD}
    )


def test_a_death_told_by_the_police_is_not_moved_by_one_person_and_never_to_2099(
    person: Person, decider: User, clerk: User, logged_in: Login
) -> None:
    died = this_month().back(3).first
    police_said(person, died)
    assert draw() == "240.00"
    client = logged_in(decider)
    answered = event(client, person, happened_on="2099-01-01", source="police")
    assert "还没有到" in answered.content.decode()
    assert not Proposal.objects.exists()
    later = this_month().first.isoformat()
    assert event(client, person, happened_on=later, source="police").status_code == 302
    proposal = Proposal.objects.get()
    assert proposal.kind == "registry.death"
    assert proposal.effect["months"] == 3
    assert proposal.effect["yuan"] == "240.00"
    assert draw() is None
    assert [row.source for row in Fact.objects.filter(person_id=person.pk, key="died_on")] == ["police"]
    accept(client, proposal)
    proposal.refresh_from_db()
    assert proposal.state == "waiting"
    accept(logged_in(clerk), proposal)
    proposal.refresh_from_db()
    assert proposal.state == "accepted"
    assert draw() == "240.00"
    newest = Fact.objects.filter(person_id=person.pk, key="died_on").order_by("number").last()
    assert newest is not None
    assert (newest.value, newest.source) == (later, "confirmed")


def test_a_reported_death_stops_the_money_at_once_and_a_refusal_gives_it_back(
    person: Person, decider: User, clerk: User, logged_in: Login
) -> None:
    month = this_month()
    assert draw(month.back(1)) == "400.00"
    event(logged_in(clerk), person, happened_on=month.back(2).first.isoformat())
    proposal = Proposal.objects.get()
    assert proposal.effect["yuan"] == "-160.00"
    assert draw(month) is None
    assert [held.reason for held in held_back(f.COUNTY, month)] == ["event_waits"]
    client = logged_in(decider)
    client.post(reverse("proposal", args=[proposal.pk]), {"act": "refuse", "opinion": "本人健在，已见面"})
    proposal.refresh_from_db()
    assert proposal.state == "refused"
    assert held_back(f.COUNTY, month) == []
    assert draw(month) == "80.00"


def test_a_confirmed_death_takes_back_what_was_paid_after_it_and_withdrawn_puts_everything_back(
    person: Person, decider: User, clerk: User, logged_in: Login
) -> None:
    assert draw() == "480.00"
    one, other = logged_in(clerk), logged_in(decider)
    event(one, person, happened_on=this_month().back(3).first.isoformat())
    accept(other, Proposal.objects.get())
    assert draw() == "-240.00"
    end_entitlement(
        person_id=person.pk,
        subsidy="living",
        since=this_month().back(2),
        basis="federation died",
        by=None,
        on=timezone.localdate(),
    )
    event(one, person, withdrawn="on", reason="同名同姓，本人健在")
    proposal = Proposal.objects.get(state="waiting")
    assert proposal.effect["yuan"] == "240.00"
    accept(other, proposal)
    assert draw() == "240.00"
    assert set(paid_by_month(person.pk).values()) == {Decimal("80.00")}


@pytest.mark.parametrize("missing", ["paper", "reason"])
def test_a_death_without_paper_or_reason_is_not_proposed(
    missing: str, person: Person, clerk: User, logged_in: Login
) -> None:
    answered = event(logged_in(clerk), person, happened_on=str(this_month().first), **{missing: ""})
    assert answered.status_code == 200
    assert not Proposal.objects.exists()


@pytest.fixture
def decider_and_clerk() -> tuple[User, User]:
    f.load_places()
    f.usual_standards()
    return f.account("decider", f.COUNTY), f.account("clerk", f.TOWNSHIP)


def test_what_pays_more_waits_for_a_second_person_and_what_pays_less_holds_at_once(
    decider_and_clerk: tuple[User, User], logged_in: Login
) -> None:
    decider, clerk = decider_and_clerk
    client, month = logged_in(decider), this_month()
    person = f.recipient(division=f.TOWNSHIP, since=month.back(5))
    told = {"act": "fact", "since": str(month.back(4)), "reason": "低保中心来函", "source": "police"}
    answered = client.post(reverse("person_change", args=[person.pk]), {**told, "economic": "none"})
    assert answered.status_code == 302, answered.content.decode()
    assert not Proposal.objects.exists()
    assert draw() == "120.00"
    answered = client.post(reverse("person_change", args=[person.pk]), {**told, "economic": "dibao"})
    assert "请上传证明材料" in answered.content.decode()
    client.post(reverse("person_change", args=[person.pk]), {**told, "economic": "dibao", "paper": paper()})
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.effect["months"], proposal.effect["yuan"]) == ("registry.facts", 5, "600.00")
    assert draw() is None
    accept(logged_in(clerk), proposal)
    assert draw() == "600.00"


def test_the_second_person_reads_the_paper_and_nobody_else_does(
    person: Person, clerk: User, decider: User, logged_in: Login
) -> None:
    event(logged_in(clerk), person, happened_on=this_month().back(1).first.isoformat())
    waiting = Proposal.objects.get()
    address = reverse("proposal_paper", args=[waiting.pk])
    assert address in logged_in(decider).get(reverse("proposal", args=[waiting.pk])).content.decode()
    seen = logged_in(decider).get(address)
    assert (seen.content[:8], seen.headers["Content-Type"]) == (PNG[:8], "image/png")
    assert "sandbox" in seen.headers["Content-Security-Policy"]
    assert Event.objects.filter(action="document.viewed", person_id=person.pk, by_id=decider.pk).count() == 1
    assert logged_in(clerk).get(address).status_code == 200  # who proposed it
    for stranger in (f.account("payment_officer", f.COUNTY), f.account("decider", "420103000000")):
        assert logged_in(stranger).get(address).status_code == 404


def test_a_death_proposed_after_the_draw_stands_before_who_approves(
    person: Person, clerk: User, logged_in: Login
) -> None:
    f.recipient("李四", division=f.TOWNSHIP, since=this_month())
    batch = draw_batch(payer_code=f.COUNTY, month=this_month(), by=None, on=timezone.localdate())
    assert batch is not None
    approver, address = logged_in(f.account("payment_approver", f.COUNTY)), reverse("batch", args=[batch.pk])
    assert "正等第二人复核" not in approver.get(address).content.decode()
    event(logged_in(clerk), person, happened_on=this_month().back(1).first.isoformat())
    page = approver.get(address).content.decode()
    assert "其中 1 人的死亡、服刑或迁出正等第二人复核" in page
    assert reverse("person", args=[person.pk]) in page
    return_batch(batch_id=batch.pk, reason="有人死亡", by=None, on=timezone.localdate(), at=timezone.now())
    again = draw_batch(payer_code=f.COUNTY, month=this_month(), by=None, on=timezone.localdate())
    assert again is not None
    assert again.total == batch.total / 7  # six months of one who is held now, one of the other
    page = approver.get(reverse("batch", args=[again.pk])).content.decode()
    assert "正等第二人复核" not in page


def test_what_changed_after_the_draw_leads_to_the_trial(person: Person, decider: User, logged_in: Login) -> None:
    batch = draw_batch(payer_code=f.COUNTY, month=this_month(), by=None, on=timezone.localdate())
    assert batch is not None
    police_said(person, this_month().back(1).first)
    resolve_changes()
    page = logged_in(f.account("payment_approver", f.COUNTY)).get(reverse("batch", args=[batch.pk])).content.decode()
    assert "其中 1 人的情况有了变化" in page
    assert reverse("trial") in page
