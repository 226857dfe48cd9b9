"""Accounts of persons: which were met before, and which changed since a moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from lxbt.divisions.rules import ancestors
from lxbt.registry.models import BankAccount, PayDay


@dataclass(frozen=True)
class ChangedAccount:
    """A person's account that took the place of another.

    Handles are the same for the same number; no number is here.
    """

    person_id: int
    name: str
    division_code: str
    old_handle: bytes | None
    old_masked: str
    new_handle: bytes | None
    new_masked: str
    holder: str
    at: datetime
    by_id: int | None
    proposal_id: int | None


def accounts_changed_since(low: str, high: str, moment: datetime) -> list[ChangedAccount]:
    """The changes of accounts of persons in a range of divisions [low, high) after a moment, in their order.

    First accounts are not among them; one changed there and back is there twice.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.person_id, p.name, p.division_code, o.handle, o.masked, a.handle, a.masked, a.holder,"
            " a.recorded_at, a.recorded_by_id, a.proposal_id"
            " from registry_person p join registry_bankaccount a on a.person_id = p.person_id"
            " join lateral (select handle, masked from registry_bankaccount b where b.person_id = a.person_id"
            "  and b.number < a.number order by b.number desc limit 1) o on true"
            " where p.division_code >= %s and p.division_code < %s and a.recorded_at > %s "
            "order by a.recorded_at, a.number",
            [low, high, moment],
        )
        rows = cursor.fetchall()
    return [
        ChangedAccount(
            person_id, name, place, _bytes(old), old_masked, _bytes(new), masked, holder, at, by_id, proposal_id
        )
        for person_id, name, place, old, old_masked, new, masked, holder, at, by_id, proposal_id in rows
    ]


def _bytes(value: memoryview | bytes | None) -> bytes | None:
    return None if value is None else bytes(value)


def current_account_numbers(person_ids: Iterable[int]) -> dict[int, int]:
    """Return the running number of the account that each person is paid into now."""
    rows = BankAccount.objects.filter(person_id__in=list(person_ids), until__isnull=True)
    return dict(rows.values_list("person_id", "number"))


def had_account(person_id: int, handle: bytes) -> bool:
    """Whether the person had this account at an earlier time."""
    return BankAccount.objects.filter(person_id=person_id, until__isnull=False, handle=handle).exists()


def account_of_others(person_id: int, handle: bytes) -> bool:
    """Whether another person is paid into this account."""
    return BankAccount.objects.filter(handle=handle, until__isnull=True).exclude(person_id=person_id).exists()


def last_pay_day(division_code: str) -> date | None:
    """When the body that pays the persons of a division drew last."""
    rows = PayDay.objects.filter(division_code__in=ancestors(division_code))
    return rows.order_by("-drawn_on").values_list("drawn_on", flat=True).first()
