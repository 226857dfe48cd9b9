"""Acts that need two human beings: what the second is shown is what happens, and the first is never the second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.accounts.rules import Permission
from lxbt.audit.models import Event
from lxbt.notices.models import Notice
from lxbt.proposals.kinds import KINDS
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import (
    Kind,
    ProposalRefused,
    ProposalStale,
    accept,
    lapse,
    propose,
    refuse,
    register,
    withdraw,
)
from lxbt.proposals.rules import Effect
from tests import factories as f

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


class Ledger:
    """A thing that acts change, and the effect that is told of them."""

    def __init__(self) -> None:
        self.yuan, self.done = Decimal("80.00"), []

    def effect(self, proposal: Proposal, on: date) -> Effect:
        return Effect((("标准", f"{self.yuan}", proposal.payload["to"]),), persons=1, months=3, yuan=self.yuan)

    def carry_out(self, proposal: Proposal, **told: Any) -> None:
        self.done.append((proposal.payload["to"], told["by"].username))


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    f.load_places()
    book = Ledger()
    for key, above in (("test.change", False), ("test.above", True)):
        register(
            Kind(key, "改动", Permission.APPROVE_BATCHES, book.effect, book.carry_out, above=True, decided_above=above)
        )
    yield book
    KINDS.pop("test.change"), KINDS.pop("test.above")


def first() -> User:
    return f.account("payment_officer", f.COUNTY)


def second() -> User:
    return f.account("payment_approver", f.COUNTY)


def asked(by: User, kind: str = "test.change", **more: Any) -> Proposal:
    told = {"payload": {"to": "90"}, "reason": "县里的通知", "at": timezone.now()} | more
    return propose(kind=kind, division_code=f.COUNTY, by=by, **told)


def agreed(proposal: Proposal, by: User, digest: str | None = None) -> Proposal:
    return accept(proposal_id=proposal.pk, digest=digest or proposal.digest, by=by, at=timezone.now(), on=TODAY)


def test_what_one_proposes_happens_when_another_agrees_and_the_level_above_is_told(ledger: Ledger) -> None:
    drawer, approver = first(), second()
    proposal = asked(drawer)
    assert ledger.done == []
    agreed(proposal, approver)
    assert ledger.done == [("90", approver.username)]
    assert list(Event.objects.filter(subject_kind="proposal").order_by("pk").values_list("action", flat=True)) == [
        "proposal.proposed",
        "proposal.accepted",
    ]
    assert Notice.objects.get(kind="proposal_accepted_below").division_code == "420100000000"


def test_nobody_agrees_to_what_he_proposed_whatever_he_may(ledger: Ledger) -> None:
    both = second()
    proposal = asked(both)
    with pytest.raises(ProposalRefused, match="另一个人"):
        agreed(proposal, both)
    with pytest.raises(IntegrityError, match="first"), transaction.atomic(), connection.cursor() as c:
        c.execute(
            "update proposals_proposal set state='accepted', decided_by_id=proposed_by_id, decided_at=now() "
            "where id=%s",
            [proposal.pk],
        )
    assert ledger.done == []


def test_who_lacks_the_right_or_stands_elsewhere_cannot_agree(ledger: Ledger) -> None:
    proposal = asked(first())
    for stranger in (f.account("clerk", f.TOWNSHIP), f.account("payment_approver", f.OTHER_COUNTY)):
        with pytest.raises(ProposalRefused, match="有权限"):
            agreed(proposal, stranger)


def test_what_changed_since_it_was_shown_does_not_happen(ledger: Ledger) -> None:
    proposal, approver = asked(first()), second()
    ledger.yuan = Decimal("85.00")
    with pytest.raises(ProposalStale):
        agreed(proposal, approver)
    assert ledger.done == []
    proposal.refresh_from_db()
    assert proposal.state == "waiting"


def test_a_proposal_is_not_bent_after_it_was_made_and_not_decided_twice(ledger: Ledger) -> None:
    proposal, approver = asked(first()), second()
    for change in ('payload = \'{"to": "9000"}\'', "reason = 'x'", "division_code = '000000000000'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update proposals_proposal set {change} where id = %s", [proposal.pk])
    agreed(proposal, approver)
    with pytest.raises(ProposalRefused, match="办结"):
        agreed(proposal, approver)
    assert len(ledger.done) == 1


def test_refusing_needs_a_reason_and_only_the_first_withdraws(ledger: Ledger) -> None:
    drawer, approver = first(), second()
    proposal = asked(drawer)
    with pytest.raises(ProposalRefused, match="原因"):
        refuse(proposal_id=proposal.pk, opinion="", by=approver, at=timezone.now())
    with pytest.raises(ProposalRefused, match="提出人"):
        withdraw(proposal_id=proposal.pk, by=approver, at=timezone.now())
    refuse(proposal_id=proposal.pk, opinion="材料不符", by=approver, at=timezone.now())
    again = asked(drawer)
    withdraw(proposal_id=again.pk, by=drawer, at=timezone.now())
    assert ledger.done == []


def test_a_thing_waits_once_and_a_proposal_lapses(ledger: Ledger) -> None:
    drawer = first()
    proposal = asked(drawer, subject_kind="row", subject_id=7)
    with pytest.raises(ProposalRefused, match="已经有人提出"):
        asked(drawer, subject_kind="row", subject_id=7)
    assert lapse(at=timezone.now() + timedelta(days=31)) == 1
    with pytest.raises(ProposalRefused):
        agreed(proposal, second())
    asked(drawer, subject_kind="row", subject_id=7)


def test_what_is_decided_above_is_not_decided_where_it_was_proposed(ledger: Ledger) -> None:
    proposal = asked(first(), kind="test.above")
    with pytest.raises(ProposalRefused, match="有权限"):
        agreed(proposal, second())


def test_the_page_shows_the_effect_and_carries_it_out(ledger: Ledger, logged_in: Callable[[User], Client]) -> None:
    drawer, approver = first(), second()
    proposal = asked(drawer)
    page = logged_in(approver).get(reverse("proposal", args=[proposal.pk]))
    assert "县里的通知" in page.content.decode()
    assert "80.00" in page.content.decode()
    assert logged_in(f.account("clerk", f.TOWNSHIP)).get(reverse("proposal", args=[proposal.pk])).status_code == 404
    browser = logged_in(approver)
    assert "改动" in browser.get(reverse("proposals")).content.decode()
    browser.post(reverse("proposal", args=[proposal.pk]), {"act": "accept", "digest": proposal.digest})
    assert ledger.done == [("90", approver.username)]
    assert browser.get(reverse("proposals") + "?tab=decided&page=9").status_code == 200
