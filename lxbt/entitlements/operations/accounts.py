"""Changing where a person is paid: by one person with a reason and a paper, or proposed to a second
(docs/decisions/0039).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.core import idnumber
from lxbt.core.months import Month
from lxbt.documents.operations import store_document
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import Kind, propose, register
from lxbt.proposals.queries import waiting_for
from lxbt.proposals.rules import Effect
from lxbt.registry import queries
from lxbt.registry.models import BankAccount, Person
from lxbt.registry.operations import RegistryRefused, set_account
from lxbt.registry.operations.accounts import refuse_failed
from lxbt.registry.operations.ground import plain_account, plain_name
from lxbt.registry.queries.accounts import account_of_others, had_account, last_pay_day
from lxbt.registry.rules.accounts import HOLDER_IS, NEAR_DAYS, SELF, AccountChange, why_second
from lxbt.standards.queries import parameter_value

KIND = "registry.account"
PARAMETER = "account_days"
WHY = {
    "other_holder": lazy("户名不是本人"),
    "near_draw": lazy("临近编制批次"),
    "earlier_account": lazy("换回以前用过的账户"),
    "shared_account": lazy("已有别人收款"),
    "window": lazy("随申请变更，没有扫描件"),
}
RELATIONS = {
    "self": lazy("本人"),
    "spouse": lazy("配偶"),
    "parent": lazy("父母"),
    "child": lazy("子女"),
    "sibling": lazy("兄弟姐妹"),
    "other_relative": lazy("其他亲属"),
    "guardian": lazy("其他监护人"),
    "institution": lazy("供养或托养机构"),
}


def days_near(division_code: str, on: date) -> int:
    """Within how many days of a draw a second person confirms there."""
    told = parameter_value(PARAMETER, division_code, Month.of(on), NEAR_DAYS)
    return told if isinstance(told, int) and not isinstance(told, bool) and 0 <= told <= 31 else NEAR_DAYS


def reasons_for_second(
    person: Person, *, holder: str, account_number: str, on: date, at_window: bool = False
) -> tuple[str, ...]:
    """Why a second person must confirm this account for the person; empty: one is enough."""
    handle = queries.account_handle(account_number)
    change = AccountChange(
        person.name,
        holder,
        had_account(person.pk, handle),
        account_of_others(person.pk, handle),
        last_pay_day(person.division_code),
        at_window,
    )
    return why_second(change, on=on, days=days_near(person.division_code, on))


@transaction.atomic
def change_account(
    *,
    person_id: int,
    bank: str,
    holder: str,
    account_number: str,
    holder_is: str,
    reason: str,
    paper: bytes = b"",
    at_window: bool = False,
    by: User,
    at: datetime,
    on: date,
) -> BankAccount | Proposal:
    """Set another account with a reason and a paper, or propose it where a second must confirm.

    `at_window`: beside an application, where the paper was seen and is scanned later: always confirmed by a second.
    RegistryRefused without them, for a relation that does not fit the name, for the account as it is, one that failed,
    or while another change waits.
    """
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    right = Permission.ACCEPT_APPLICATIONS if at_window else Permission.CORRECT_ACCOUNTS
    if person is None or not standing_of(by, on=on).may(right, person.division_code):
        raise RegistryRefused(_("没有这个人，请刷新页面。"))
    bank, holder, account_number = bank.strip(), plain_name(holder, "holder"), plain_account(account_number)
    if holder_is not in HOLDER_IS or (holder_is == SELF) != (holder == person.name):
        raise RegistryRefused(_("户名是本人的选“本人”，不是本人的选与本人的关系。"), field="holder_is")
    if len(reason.strip()) < 4:
        raise RegistryRefused(_("请写明更换账户的理由（至少 4 个字）。"), field="reason")
    if not paper and not at_window:
        raise RegistryRefused(_("请上传存折、社保卡或银行卡的照片。"), field="paper")
    handle = queries.account_handle(account_number)
    refuse_failed(person_id, handle)
    current = queries.current_account(person_id)
    if (
        current is not None
        and (current.bank, current.holder, current.holder_is or holder_is) == (bank, holder, holder_is)
        and bytes(current.handle or b"") == handle
    ):
        raise RegistryRefused(_("现在就是这个账户，没有要改的。"), field="account_number")
    if waiting_for(person_id=person_id, kind=KIND).exists():
        raise RegistryRefused(_("此人已有一次更换账户正等另一人确认，请先办结那一件。"))
    document_id = None
    if paper:
        document_id = store_document(content=paper, person_id=person_id, division_code=person.division_code, by=by).pk
    why = reasons_for_second(person, holder=holder, account_number=account_number, on=on, at_window=at_window)
    if why:
        told = {"bank": bank, "holder": holder, "number": account_number}
        return propose(
            kind=KIND,
            division_code=person.division_code,
            payload={
                **{key: vault.seal(text, _sealed_at(person_id, key)).hex() for key, text in told.items()},
                "holder_is": holder_is,
                "why": list(why),
            },
            reason=reason,
            by=by,
            at=at,
            on=on,
            person_id=person_id,
            document_id=document_id,
        )
    return set_account(
        person_id=person_id,
        bank=bank,
        holder=holder,
        account_number=account_number,
        holder_is=holder_is,
        document_id=document_id,
        reason=reason.strip()[:200],
        on=on,
        by=by,
    )


def _told(proposal: Proposal) -> dict[str, str]:
    return {
        key: vault.open_sealed(bytes.fromhex(proposal.payload[key]), _sealed_at(proposal.person_id, key))
        for key in ("bank", "holder", "number")
    }


def _sealed_at(person_id: int | None, key: str) -> bytes:
    return vault.at("proposals_proposal.payload", KIND, person_id, key)


def effect_of(proposal: Proposal, on: date) -> Effect:
    """From which account to which, masked, and why a second person is asked."""
    told, current = _told(proposal), queries.current_account(proposal.person_id or 0)
    lines: list[tuple[Any, ...]] = [
        (
            _("收款账户"),
            f"{current.bank} {idnumber.mask(current.account_number, 4, 4)}" if current else _("没有"),
            f"{told['bank']} {idnumber.mask(told['number'], 4, 4)}",
        ),
        (
            _("户名"),
            current.holder if current else _("没有"),
            f"{told['holder']}（{RELATIONS[proposal.payload['holder_is']]}）",
        ),
        (_("为什么要另一人确认"), "", "、".join(str(WHY[code]) for code in proposal.payload["why"])),
    ]
    return Effect(tuple((str(a), str(b), str(c)) for a, b, c in lines), 1)


def carry_out(proposal: Proposal, *, by: User, at: datetime, on: date) -> None:
    """Set the account that was proposed; the second person stands in the record, the first in the proposal."""
    assert proposal.person_id is not None
    told = _told(proposal)
    set_account(
        person_id=proposal.person_id,
        bank=told["bank"],
        holder=told["holder"],
        account_number=told["number"],
        holder_is=proposal.payload["holder_is"],
        proposal_id=proposal.pk,
        document_id=proposal.document_id,
        reason=proposal.reason,
        on=on,
        by=by,
    )


def register_kinds() -> None:
    """Called when the program starts."""
    register(Kind(KIND, lazy("更换收款账户"), Permission.CORRECT_ACCOUNTS, effect_of, carry_out))
