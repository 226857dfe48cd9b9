"""Where a person is paid."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core import idnumber
from lxbt.registry import queries
from lxbt.registry.models import BankAccount, account_place
from lxbt.registry.operations.ground import mark_persons, place_of, plain_account, plain_name
from lxbt.registry.rules import GOOD


@transaction.atomic
def set_account(
    *, person_id: int, bank: str, holder: str, account_number: str, on: date, by: User | None
) -> BankAccount:
    """Set where the person is paid from now on; the account before it ends. RegistryRefused for what is no account or name."""
    holder, account_number = plain_name(holder, "holder"), plain_account(account_number)
    old = BankAccount.objects.select_for_update().filter(person_id=person_id, until__isnull=True).first()
    BankAccount.objects.filter(person_id=person_id, until__isnull=True).update(until=on)
    handle = queries.account_handle(account_number)
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
    )
    mark_persons([person_id])
    record_event(
        by=by,
        action="account.set",
        subject_kind="person",
        subject_id=person_id,
        person_id=person_id,
        division_code=place_of(person_id),
        changes={"account": (old.masked if old else None, entry.masked), "bank": (old.bank if old else None, bank)},
        private={
            "account_number": (old.account_number if old else None, account_number),
            "holder": (old.holder if old else None, holder),
        },
    )
    return entry
