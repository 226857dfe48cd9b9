"""Where a person is paid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core import idnumber
from lxbt.registry import queries
from lxbt.registry.models import BankAccount, account_place
from lxbt.registry.operations.ground import RegistryRefused, mark_persons, place_of, plain_account, plain_name
from lxbt.registry.rules import BAD, GOOD


def refuse_failed(person_id: int, handle: bytes) -> None:
    """RegistryRefused for the account that the bank sent the person's money back from."""
    failed = BankAccount.objects.filter(person_id=person_id, until__isnull=True, state=BAD, handle=handle)
    if failed.exists():
        raise RegistryRefused(
            _("这个账号刚退过票，再填同一个号码还会退回。请向银行核实后填写新的账号。"), field="account_number"
        )


@transaction.atomic
def note_pay_day(*, division_codes: Iterable[str], on: date) -> None:
    """Bodies that pay drew on a day; it never goes back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into registry_payday as p (division_code, drawn_on) select unnest(%s::text[]), %s"
            " on conflict (division_code) do update set drawn_on = greatest(p.drawn_on, excluded.drawn_on)",
            [sorted(set(division_codes)), on],
        )


@transaction.atomic
def set_account(
    *,
    person_id: int,
    bank: str,
    holder: str,
    account_number: str,
    on: date,
    by: User | None,
    holder_is: str = "",
    proposal_id: int | None = None,
    document_id: int | None = None,
    reason: str = "",
) -> BankAccount:
    """Set where the person is paid from now on; the account before it ends.

    RegistryRefused for what is no account or name, and for an account that failed. Who may do so alone, and when a
    second person confirms, says `entitlements.operations.accounts.change_account`.
    """
    holder, account_number = plain_name(holder, "holder"), plain_account(account_number)
    handle = queries.account_handle(account_number)
    refuse_failed(person_id, handle)
    old = BankAccount.objects.select_for_update().filter(person_id=person_id, until__isnull=True).first()
    BankAccount.objects.filter(person_id=person_id, until__isnull=True).update(until=on)
    entry = BankAccount.objects.create(
        person_id=person_id,
        bank=bank,
        holder=holder,
        sealed=vault.seal(account_number, account_place(person_id, handle)),
        handle=handle,
        masked=idnumber.mask(account_number, 4, 4),
        state=GOOD,
        since=on,
        recorded_by_id=by.pk if by else None,
        holder_is=holder_is,
        proposal_id=proposal_id,
        document_id=document_id,
    )
    mark_persons([person_id])
    record_event(
        by=by,
        action="account.set",
        subject_kind="person",
        subject_id=person_id,
        person_id=person_id,
        division_code=place_of(person_id),
        reason=reason,
        details={"proposal": proposal_id, "document": document_id, "holder_is": holder_is},
        changes={"account": (old.masked if old else None, entry.masked), "bank": (old.bank if old else None, bank)},
        private={
            "account_number": (old.account_number if old else None, account_number),
            "holder": (old.holder if old else None, holder),
        },
    )
    return entry


JUDGE_ACCOUNTS = """
update registry_bankaccount a set state = j.state, reason = j.code
from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) j (person_id, number, state, code)
where a.person_id = j.person_id and a.number = j.number
"""


def judge_accounts(judged: Iterable[tuple[int, int, str, str]]) -> None:
    """Note what a bank said of accounts, in the caller's transaction: person, number, `good` or `bad`, and the code of
    the cause.
    """
    rows = list(judged)
    with connection.cursor() as cursor:
        cursor.execute(JUDGE_ACCOUNTS, [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []])
