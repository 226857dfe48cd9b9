"""Reads of payments: payers, batches, items of a person, lines, recoveries, what is held back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from lxbt import vault
from lxbt.core.months import Month
from lxbt.entitlements.waiting import persons_held
from lxbt.payments.models import BankFile, Batch, Item, Line, Recovery, UnmatchedRow
from lxbt.payments.queries.books import Order, Overlap, net_of, order_of, overlapping
from lxbt.payments.queries.bridge import Bridged, ItemRow, batch_item_counts, batch_item_rows, bridge_of
from lxbt.payments.queries.causes import Asked, causes_of
from lxbt.payments.queries.known import Book
from lxbt.payments.queries.payers import (
    SUBSIDIES_BEGAN,
    first_month,
    in_ranges,
    payer_groups,
    payer_of,
    payers_in,
    ranges_of,
)
from lxbt.payments.rules import RECORDED, RECOVERY_OPEN
from lxbt.registry import queries as registry

__all__ = [
    "SUBSIDIES_BEGAN",
    "Asked",
    "Book",
    "Bridged",
    "Held",
    "ItemRow",
    "Order",
    "Overlap",
    "PersonItem",
    "asked_of_items",
    "batch_counts",
    "batch_item_counts",
    "batch_item_rows",
    "batches_of",
    "batches_within",
    "bridge_of",
    "causes_of",
    "change_of",
    "failed_lines_of",
    "file_content",
    "files_of_batch",
    "first_month",
    "get_batch",
    "get_recovery",
    "has_open_trouble",
    "held_back",
    "in_ranges",
    "items_of_batch",
    "items_of_person",
    "last_bank_file",
    "lines_by_state",
    "monthly_amounts",
    "net_of",
    "order_of",
    "overlapping",
    "paid_by_month",
    "payer_groups",
    "payer_of",
    "payers_in",
    "person_items",
    "persons_paid_otherwise",
    "ranges_of",
    "recoveries_within",
    "recovery_sum",
    "totals_by_subsidy",
    "unmatched_rows",
]


def get_batch(pk: int) -> Batch | None:
    """One batch."""
    return Batch.objects.filter(pk=pk).first()


def items_of_batch(batch: Batch) -> QuerySet[Item]:
    """The items of a batch."""
    return Item.objects.filter(batch_id=batch.pk, right_month__lte=batch.month).order_by(
        "person_id", "subsidy", "right_month"
    )


def files_of_batch(batch: Batch) -> QuerySet[BankFile]:
    """The files of a batch, without their content."""
    return BankFile.objects.filter(batch=batch).defer("content").order_by("pk")


def unmatched_rows(batch: Batch) -> QuerySet[UnmatchedRow]:
    """Rows of result files of the batch that fitted no line."""
    return UnmatchedRow.objects.filter(file__batch=batch).order_by("file_id", "row_no")


def items_of_person(person_id: int) -> list[Item]:
    """Every item of a person, void ones included, in order."""
    return list(Item.objects.filter(person_id=person_id).order_by("right_month", "subsidy", "seq"))


def paid_by_month(person_id: int) -> dict[tuple[str, Month], Decimal]:
    """What was drawn for each subsidy and right-month, all items that count added up."""
    rows = (
        Item.objects.filter(person_id=person_id, void__isnull=True)
        .values("subsidy", "right_month")
        .annotate(paid=Sum("amount"))
        .order_by()
    )
    return {(row["subsidy"], Month.of(row["right_month"])): row["paid"] for row in rows}


@dataclass(frozen=True)
class Held:
    """A person whom a draw passes over for want of a good account."""

    person_id: int
    name: str
    division_code: str
    reason: str  # 'event_waits', 'no_account', or why the account is bad


def held_back(payer_code: str, month: Month) -> list[Held]:
    """Persons entitled in the month, in the payer's area, without a good account or with an event that waits for a
    second person.
    """
    waiting = persons_held()
    where, params = in_ranges("pp.division_code", ranges_of(payer_code))
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct p.person_id, p.name, pp.division_code,"
            " case when pp.person_id = any(%s) then 'event_waits' when a.person_id is null then 'no_account'"
            " else coalesce(nullif(a.reason, ''), 'other') end"
            " from registry_personprofile pp join registry_person p on p.person_id = pp.person_id"
            " join entitlements_entitlement e on e.person_id = pp.person_id and e.state = 'granted'"
            " and e.since <= %s and (e.until is null or e.until > %s)"
            " left join registry_bankaccount a on a.person_id = pp.person_id and a.until is null"
            f" where {where} and pp.since <= %s and (pp.until is null or pp.until > %s) and (a.state is null "
            "or a.state = 'bad' or pp.person_id = any(%s)) order by 3, 1",
            [waiting, month.first, month.first, *params, month.first, month.first, waiting],
        )
        return [Held(*row) for row in cursor.fetchall()]


def totals_by_subsidy(batch: Batch) -> list[Any]:
    """Persons, items and yuan of a batch by subsidy and kind."""
    rows = items_of_batch(batch).filter(void__isnull=True).order_by().values("subsidy", "kind")
    return list(
        rows.annotate(persons=Count("person_id", distinct=True), items=Count("seq"), amount=Sum("amount")).order_by(
            "subsidy", "kind"
        )
    )


def batches_of(payer_code: str) -> QuerySet[Batch]:
    """The batches of one payer, the latest first."""
    return Batch.objects.filter(payer_code=payer_code).order_by("-month", "-number")


@dataclass(frozen=True)
class PersonItem:
    """An item of a person with the month and state of its batch."""

    person_id: int
    subsidy: str
    right_month: Any
    seq: int
    amount: Decimal
    kind: str
    void: str | None
    batch_id: int
    batch_month: Any
    batch_state: str
    standard_id: int | None
    profile_id: int | None
    reasons: str | None
    batch: Batch


def person_items(person_id: int) -> list[PersonItem]:
    """Every item of a person with its batch, void ones included, in order."""
    items = items_of_person(person_id)
    batches = {b.pk: b for b in Batch.objects.filter(pk__in={i.batch_id for i in items})}
    return [
        PersonItem(
            i.person_id,
            i.subsidy,
            i.right_month,
            i.seq,
            i.amount,
            i.kind,
            i.void,
            i.batch_id,
            batches[i.batch_id].month,
            batches[i.batch_id].state,
            i.standard_id,
            i.profile_id,
            i.reasons,
            batches[i.batch_id],
        )
        for i in items
    ]


def change_of(item: PersonItem, items: Sequence[PersonItem]) -> str:
    """What kind of change an item is: started | changed | same | arrears | recovery."""
    if item.kind != "regular":
        return item.kind
    last = Month.of(item.right_month).back(1)
    before = [
        i
        for i in items
        if i.subsidy == item.subsidy
        and Month.of(i.right_month) == last
        and Month.of(i.batch_month) == last
        and i.void is None
        and i.batch_id < item.batch_id
    ]
    if not before:
        return "started"
    return "same" if sum(i.amount for i in before) == item.amount else "changed"


def asked_of_items(items: Sequence[PersonItem], *, only: PersonItem | None = None) -> list[Asked]:
    """The items of a person whose causes are asked: of all that differ from the month before, or of one."""
    wanted = [(i, change_of(i, items)) for i in items if (only is None or i is only) and i.batch_state != RECORDED]
    return [
        Asked(i.batch, i.person_id, i.subsidy, i.right_month, i.seq, change) for i, change in wanted if change != "same"
    ]


def lines_by_state(batch: Batch) -> list[tuple[str, int, Decimal]]:
    """(state, lines, yuan) of a batch."""
    return list(
        Line.objects.filter(batch=batch)
        .values_list("state")
        .annotate(n=Count("person_id"), total=Sum("amount"))
        .order_by("state")
    )


def batches_within() -> QuerySet[Batch]:
    """All batches; callers cut them down to what the account may see."""
    return Batch.objects.all()


def batch_counts(rows: QuerySet[Batch]) -> dict[str, int]:
    """How many of `rows` stand in each state."""
    return dict(rows.order_by().values_list("state").annotate(n=Count("pk")).values_list("state", "n"))


def failed_lines_of(scope: Q) -> QuerySet[Line]:
    """Lines that wait for a corrected account, of persons whose household lies in the scope (a condition on
    division_code).
    """
    persons = registry.persons_within(scope)
    return (
        Line.objects.filter(state="failed", person_id__in=persons)
        .select_related("batch")
        .order_by("-batch_id", "row_no")
    )


def has_open_trouble(person_id: int) -> bool:
    """Whether a payment came back and waits for a corrected account, or money is to be taken back."""
    return (
        Line.objects.filter(person_id=person_id, state="failed").exists()
        or Recovery.objects.filter(person_id=person_id, state__in=RECOVERY_OPEN).exists()
    )


def recoveries_within(*, open_only: bool) -> QuerySet[Recovery]:
    """Recoveries; callers cut them down to what the account may see."""
    rows = Recovery.objects.select_related("batch")
    return rows.filter(state__in=RECOVERY_OPEN) if open_only else rows


def recovery_sum(rows: QuerySet[Recovery]) -> tuple[int, Decimal]:
    """How many, and yuan still to come."""
    left = Sum(F("amount") - F("recovered") - F("waived") - F("lifted"))
    found = rows.order_by().aggregate(n=Count("person_id"), left=left)
    return found["n"], found["left"] or Decimal(0)


def get_recovery(person_id: int, batch_id: int, subsidy: str) -> Recovery | None:
    """One recovery."""
    return (
        Recovery.objects.select_related("batch").filter(person_id=person_id, batch_id=batch_id, subsidy=subsidy).first()
    )


def last_bank_file() -> tuple[str, datetime] | None:
    """Which way the last bank file of the nation went (`out` or `in`), and when. Nothing of what stood in it."""
    return BankFile.objects.order_by("-pk").values_list("direction", "stored_at").first()


def file_content(stored: BankFile) -> bytes:
    """The bank file as it went out or came in. Callers check the right to see it and leave a record."""
    return vault.open_sealed_bytes(stored.content)


def monthly_amounts(person_ids: Iterable[int], month: Month) -> dict[tuple[int, str], Decimal]:
    """What was drawn for a month itself, for several persons: (person, subsidy) -> yuan. One statement."""
    rows = Item.objects.filter(
        person_id__in=list(person_ids), right_month=month.first, kind="regular", void__isnull=True
    )
    return {(row.person_id, row.subsidy): row.amount for row in rows}


def persons_paid_otherwise(person_ids: Iterable[int], *, import_id: int, made: Iterable[int]) -> set[int]:
    """Of these persons, those of whom a later payment counted on one that an import recorded; of those in `made`, with
    any other payment.
    """
    own = list(Batch.objects.filter(import_id=import_id).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "select ours.person_id from payments_item ours join payments_item i on i.person_id = ours.person_id "
            "and i.subsidy = ours.subsidy"
            " and i.right_month = ours.right_month and i.seq > ours.seq where ours.person_id = any(%(all)s) "
            "and ours.batch_id = any(%(own)s) and i.batch_id <> all(%(own)s)"
            " union select person_id from payments_item where person_id = any(%(made)s) and batch_id <> all(%(own)s)",
            {"all": list(person_ids), "made": list(made), "own": own},
        )
        return {row[0] for row in cursor.fetchall()}
