"""Accounts that changed since a payer's last batch: who approves sees where the money goes otherwise than before."""

from __future__ import annotations

from dataclasses import dataclass

from lxbt.core.clock import day_begins
from lxbt.payments.models import Batch, Item
from lxbt.payments.queries.payers import ranges_of
from lxbt.payments.rules import RECORDED, RETURNED
from lxbt.registry.queries.accounts import ChangedAccount, accounts_changed_since, current_account_numbers


@dataclass(frozen=True)
class ChangedFor:
    """A change of account of somebody whom the batch pays; `late`: after the draw, so that the former one is paid."""

    change: ChangedAccount
    late: bool


def accounts_changed_for(batch: Batch) -> list[ChangedFor]:
    """Return the changes since the payer's batch before this one of those whom it pays, in their order.

    None for the payer's first batch. One who changed there and back is there twice.
    """
    before = Batch.objects.filter(payer_code=batch.payer_code, pk__lt=batch.pk).exclude(
        state__in=[RECORDED, RETURNED]
    )  # those ordered nothing
    last = before.order_by("-pk").first()
    if last is None:
        return []
    changes = [
        change
        for low, high in ranges_of(batch.payer_code)
        for change in accounts_changed_since(low, high, day_begins(last.drawn_on))
    ]
    persons = {change.person_id for change in changes}
    items = Item.objects.filter(batch_id=batch.pk, person_id__in=persons).values_list("person_id", "account_number")
    paid = dict(items)
    now = current_account_numbers(paid)
    return [
        ChangedFor(change, paid[change.person_id] != now.get(change.person_id))
        for change in changes
        if change.person_id in paid
    ]
