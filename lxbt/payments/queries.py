"""Reads of payments: payers, batches, items of a person, lines, recoveries, what is held back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.divisions.models import Division
from lxbt.divisions.rules import ancestors, span
from lxbt.payments.models import BankFile, Batch, Item, Line, PayerState, Recovery, UnmatchedRow
from lxbt.payments.rules import RECOVERY_OPEN, RETURNED


def payers_in(area: str) -> list[Division]:
    """The bodies that pay in an area: those that act as a county, and were not abolished."""
    return list(divisions.counties_in(area))


def payer_of(division_code: str) -> Division | None:
    """The body that pays the persons of a division."""
    return divisions.county_of(division_code)


def ranges_of(payer_code: str) -> list[tuple[str, str]]:
    """The half-open code ranges a payer pays for: its area without the areas of payers inside it."""
    low, high = span(payer_code)
    inner = sorted(span(code) for code in divisions.counties_in(payer_code).exclude(code=payer_code).values_list("code", flat=True))
    found: list[tuple[str, str]] = []
    for inner_low, inner_high in inner:
        if low < inner_low:
            found.append((low, inner_low))
        low = max(low, inner_high)
    if low < high:
        found.append((low, high))
    return found


def in_ranges(column: str, ranges: Iterable[tuple[str, str]]) -> tuple[str, list[str]]:
    """An SQL condition that `column` lies in one of the ranges, with its parameters."""
    parts, params = [], []
    for low, high in ranges:
        parts.append(f"({column} >= %s and {column} < %s)")
        params += [low, high]
    return "(" + " or ".join(parts or ["false"]) + ")", params


def payer_groups(area: str, size: int = 120_000) -> list[list[str]]:
    """The payers of an area (or the one above it), neighbours together while they have up to `size` told months of persons."""
    payers = [payer.code for payer in payers_in(area)]
    known = set(payers)
    if not payers:
        above = payer_of(area)
        return [[above.code]] if above else []
    low, high = span(area)
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute("select division_code, count(*) from registry_personprofile where division_code >= %s and division_code < %s group by 1", [low, high])
        for code, count in cursor.fetchall():
            payer = next((above for above in ancestors(code) if above in known), None)
            if payer is not None:
                counts[payer] = counts.get(payer, 0) + count
    groups: list[list[str]] = []
    weight = 0
    for payer in payers:
        if not groups or weight + counts.get(payer, 0) > size:
            groups.append([])
            weight = 0
        groups[-1].append(payer)
        weight += counts.get(payer, 0)
    return groups


def get_batch(pk: int) -> Batch | None:
    """One batch."""
    return Batch.objects.filter(pk=pk).first()


def batches_in(area: str, month: Month | None = None) -> QuerySet[Batch]:
    """The batches of the payers in an area (or above it), the latest first."""
    low, high = span(area)
    rows = Batch.objects.filter(Q(payer_code__gte=low, payer_code__lt=high) | Q(payer_code__in=ancestors(area)))
    if month is not None:
        rows = rows.filter(month=month.first)
    return rows.order_by("-month", "payer_code", "-number")


def payer_state(payer_code: str) -> PayerState | None:
    """How far a payer has come."""
    return PayerState.objects.filter(pk=payer_code).first()


def items_of_batch(batch: Batch) -> QuerySet[Item]:
    """The items of a batch."""
    return Item.objects.filter(batch_id=batch.pk, right_month__lte=batch.month).order_by("person_id", "subsidy", "right_month")


def lines_of_batch(batch: Batch) -> QuerySet[Line]:
    """The lines of a batch in the order of its bank file."""
    return Line.objects.filter(batch=batch).order_by("row_no")


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
    rows = Item.objects.filter(person_id=person_id, void__isnull=True).values("subsidy", "right_month").annotate(paid=Sum("amount")).order_by()
    return {(row["subsidy"], Month.of(row["right_month"])): row["paid"] for row in rows}


def lines_of_person(person_id: int) -> list[Line]:
    """What went to the bank for a person, the latest first."""
    return list(Line.objects.filter(person_id=person_id).select_related("batch").order_by("-batch_id", "subsidy"))


def failed_lines(area: str) -> QuerySet[Line]:
    """Lines that came back and wait for a corrected account, of the payers in an area."""
    low, high = span(area)
    return Line.objects.filter(state="failed", batch__payer_code__gte=low, batch__payer_code__lt=high).select_related("batch").order_by("-batch_id", "row_no")


def recoveries_in(area: str, *, open_only: bool = True) -> QuerySet[Recovery]:
    """Money to be taken back from persons of an area."""
    low, high = span(area)
    rows = Recovery.objects.filter(division_code__gte=low, division_code__lt=high).select_related("batch")
    return (rows.filter(state__in=RECOVERY_OPEN) if open_only else rows).order_by("-batch_id", "person_id")


@dataclass(frozen=True)
class Held:
    """A person whom a draw passes over for want of a good account."""

    person_id: int
    name: str
    division_code: str
    reason: str  # 'no_account', or why the account is bad


def held_back(payer_code: str, month: Month) -> list[Held]:
    """Persons entitled in the month, in the payer's area, without a good account."""
    where, params = in_ranges("pp.division_code", ranges_of(payer_code))
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct p.person_id, p.name, pp.division_code,"
            " case when a.person_id is null then 'no_account' else coalesce(nullif(a.reason, ''), 'other') end"
            " from registry_personprofile pp join registry_person p on p.person_id = pp.person_id"
            " join entitlements_entitlement e on e.person_id = pp.person_id and e.state = 'granted'"
            " and e.since <= %s and (e.until is null or e.until > %s)"
            " left join registry_bankaccount a on a.person_id = pp.person_id and a.until is null"
            f" where {where} and pp.since <= %s and (pp.until is null or pp.until > %s) and (a.state is null or a.state = 'bad') order by 3, 1",
            [month.first, month.first, *params, month.first, month.first],
        )
        return [Held(*row) for row in cursor.fetchall()]


def totals_by_subsidy(batch: Batch) -> list[Any]:
    """Persons, items and yuan of a batch by subsidy and kind."""
    rows = items_of_batch(batch).filter(void__isnull=True).order_by().values("subsidy", "kind")
    return list(rows.annotate(persons=Count("person_id", distinct=True), items=Count("seq"), amount=Sum("amount")).order_by("subsidy", "kind"))


def open_months(area: str) -> Mapping[str, Month | None]:
    """For each payer of an area the last month it has drawn for everybody."""
    states = {row.payer_code: row.drawn_until for row in PayerState.objects.filter(payer_code__in=[d.code for d in payers_in(area)])}
    return {d.code: Month.of(day) if (day := states.get(d.code)) else None for d in payers_in(area)}


def counting_batches(month: Month) -> QuerySet[Batch]:
    """The batches of a month that were not returned."""
    return Batch.objects.filter(month=month.first).exclude(state=RETURNED)
