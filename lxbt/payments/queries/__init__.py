"""Reads of payments: payers, batches, items of a person, lines, recoveries, what is held back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.divisions.models import Division
from lxbt.divisions.rules import ancestors, covers, span
from lxbt.entitlements.waiting import persons_held
from lxbt.payments.models import BankFile, Batch, Item, Line, Recovery, UnmatchedRow
from lxbt.payments.queries.books import Order as Order
from lxbt.payments.queries.books import Overlap as Overlap
from lxbt.payments.queries.books import net_of as net_of
from lxbt.payments.queries.books import order_of as order_of
from lxbt.payments.queries.books import overlapping as overlapping
from lxbt.payments.rules import RECOVERY_OPEN, RETURNED
from lxbt.registry import queries as registry

SUBSIDIES_BEGAN = Month(2016, 1)  # 国发〔2015〕52号


def payers_in(area: str) -> list[Division]:
    """The bodies that pay in an area: those that act as a county, and were not abolished."""
    return list(divisions.counties_in(area))


def payer_of(division_code: str) -> Division | None:
    """The body that pays the persons of a division."""
    return divisions.county_of(division_code)


def ranges_of(payer_code: str) -> list[tuple[str, str]]:
    """The half-open code ranges a payer pays for: its area without those of payers inside it, and the areas of counties that merged into it."""
    merged = divisions.merged_counties()
    own = _own_ranges(payer_code, [code for code, into in merged.items() if into != payer_code])
    more = [span(code) for code, into in merged.items() if into == payer_code and not covers(payer_code, code)]
    return sorted([*own, *more])


def _own_ranges(payer_code: str, elsewhere: Iterable[str]) -> list[tuple[str, str]]:
    low, high = span(payer_code)
    inner = sorted(
        span(code)
        for code in [
            *divisions.counties_in(payer_code).exclude(code=payer_code).values_list("code", flat=True),
            *(code for code in elsewhere if covers(payer_code, code) and code != payer_code),
        ]
    )
    found: list[tuple[str, str]] = []
    for inner_low, inner_high in inner:
        if low < inner_low:
            found.append((low, inner_low))
        low = max(low, inner_high)
    if low < high:
        found.append((low, high))
    return found


def first_month(payer_code: str) -> Month:
    """The first month a payer can draw: that of its first right, or of its beginning, never before the subsidies began."""
    found = SUBSIDIES_BEGAN
    began = Division.objects.filter(code=payer_code).values_list("since", flat=True).first()
    if began is not None:
        found = max(found, Month.of(began))
    where, params = in_ranges("p.division_code", ranges_of(payer_code))
    with connection.cursor() as cursor:
        cursor.execute(  # whoever lived here, and who was registered here and whose months are not told yet
            "select min(e.since) from entitlements_entitlement e where e.state = 'granted' and e.person_id in ("
            f"select p.person_id from registry_personprofile p where {where}"
            f" union select p.person_id from registry_person p where {where})",
            [*params, *params],
        )
        right = cursor.fetchone()[0]
        cursor.execute("select min(month) from payments_batch where payer_code = %s", [payer_code])
        batch = cursor.fetchone()[0]
    told = [Month.of(day) for day in (right, batch) if day is not None]
    return max(found, min(told)) if told else found


def in_ranges(column: str, ranges: Iterable[tuple[str, str]]) -> tuple[str, list[str]]:
    """An SQL condition that `column` lies in one of the ranges, with its parameters."""
    parts, params = [], []
    for low, high in ranges:
        parts.append(f"({column} >= %s and {column} < %s)")
        params += [low, high]
    return "(" + " or ".join(parts or ["false"]) + ")", params


def payer_groups(area: str, size: int = 120_000, parts: int = 1) -> list[list[str]]:
    """The payers of an area (or the one above it), neighbours together up to `size` stretches of persons; at least `parts` groups if there are so many payers."""
    payers = [payer.code for payer in payers_in(area)]
    known = set(payers)
    if not payers:
        above = payer_of(area)
        return [[above.code]] if above else []
    low, high = span(area)
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select division_code, count(*) from registry_personprofile where division_code >= %s and division_code < %s group by 1",
            [low, high],
        )
        for code, count in cursor.fetchall():
            payer = next((above for above in ancestors(code) if above in known), None)
            if payer is not None:
                counts[payer] = counts.get(payer, 0) + count
    groups: list[list[str]] = []
    weight = 0
    size = min(size, sum(counts.values()) // parts + 1)
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
    """Persons entitled in the month, in the payer's area, without a good account or with an event that waits for a second person."""
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
            f" where {where} and pp.since <= %s and (pp.until is null or pp.until > %s) and (a.state is null or a.state = 'bad' or pp.person_id = any(%s)) order by 3, 1",
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


# Regular items of the month beside those of the month before, one row a person and subsidy. %(here)s: the batches of the
# month looked at, %(before)s: those of the month before.
BESIDE = """
with now_items as (
    select person_id, subsidy, sum(amount) amount, max(division_code) division_code from payments_item
    where batch_id = any(%(here)s::bigint[]) and right_month = %(month)s and void is null group by 1, 2
), then_items as (
    select person_id, subsidy, sum(amount) amount, max(division_code) division_code from payments_item
    where batch_id = any(%(before)s::bigint[]) and right_month = %(earlier)s and void is null group by 1, 2
), beside as (
    select coalesce(n.person_id, t.person_id) person_id, coalesce(n.subsidy, t.subsidy) subsidy,
        coalesce(n.division_code, t.division_code) division_code, n.amount now_amount, t.amount then_amount,
        case when t.person_id is null then 'started' when n.person_id is null then 'stopped'
            when n.amount <> t.amount then 'changed' else 'same' end change
    from now_items n full join then_items t on n.person_id = t.person_id and n.subsidy = t.subsidy
)
"""


@dataclass(frozen=True)
class Bridged:
    """From the total of the month before to that of the month, in yuan, with persons (or items) of each change."""

    before: Decimal
    one_off: Decimal  # what last month brought beside its own month, taken away
    started: tuple[int, Decimal]
    stopped: tuple[int, Decimal]
    changed: tuple[int, Decimal]
    arrears: tuple[int, Decimal]
    recovery: tuple[int, Decimal]
    now: Decimal


def _month_ids(payer_code: str, month: Month) -> list[int]:
    return list(
        Batch.objects.filter(payer_code=payer_code, month=month.first)
        .exclude(state=RETURNED)
        .values_list("pk", flat=True)
    )


def _beside_params(payer_code: str, month: Month) -> dict[str, Any]:
    earlier = month.back(1)
    return {
        "here": _month_ids(payer_code, month),
        "before": _month_ids(payer_code, earlier),
        "month": month.first,
        "earlier": earlier.first,
    }


def bridge_of(payer_code: str, month: Month) -> Bridged:
    """Why a payer's month differs from the month before, to the cent: the parts add up to the difference."""
    params = _beside_params(payer_code, month)
    with connection.cursor() as cursor:
        cursor.execute(
            BESIDE
            + "select change, count(*), coalesce(sum(coalesce(now_amount, 0) - coalesce(then_amount, 0)), 0) from beside group by 1",
            params,
        )
        parts = {change: (count, amount) for change, count, amount in cursor.fetchall()}
        cursor.execute(
            "select batch_id = any(%(here)s::bigint[]), kind, count(*), sum(amount) from payments_item where batch_id = any(%(here)s::bigint[] || %(before)s::bigint[]) and void is null"
            " and not (right_month = case when batch_id = any(%(here)s::bigint[]) then %(month)s::date else %(earlier)s::date end) group by 1, 2",
            params,
        )
        others = {(here, kind): (count, amount) for here, kind, count, amount in cursor.fetchall()}
        cursor.execute(
            "select coalesce(sum(amount) filter (where batch_id = any(%(before)s::bigint[])), 0), coalesce(sum(amount) filter (where batch_id = any(%(here)s::bigint[])), 0)"
            " from payments_item where batch_id = any(%(here)s::bigint[] || %(before)s::bigint[]) and void is null",
            params,
        )
        before, now = cursor.fetchone()
    none = (0, Decimal(0))
    one_off = sum((amount for (here, _kind), (_count, amount) in others.items() if not here), Decimal(0))
    return Bridged(
        before,
        -one_off,
        parts.get("started", none),
        parts.get("stopped", none),
        parts.get("changed", none),
        others.get((True, "arrears"), none),
        others.get((True, "recovery"), none),
        now,
    )


@dataclass(frozen=True)
class ItemRow:
    """A row of a batch's list: an item, or (stopped) what was paid the month before and is not any more."""

    person_id: int
    name: str
    division_code: str
    subsidy: str
    right_month: Any
    seq: int | None
    amount: Decimal
    before: Decimal | None
    change: str  # started | stopped | changed | same | arrears | recovery
    reasons: str


ITEM_ROWS = (
    BESIDE
    + """, listed as (
    select b.person_id, b.division_code, b.subsidy, %(month)s::date right_month, i.seq, coalesce(b.now_amount, 0) amount, b.then_amount before, b.change, '' reasons
    from beside b left join payments_item i on i.person_id = b.person_id and i.subsidy = b.subsidy and i.right_month = %(month)s and i.batch_id = %(batch)s and i.void is null
    where i.person_id is not null or b.change = 'stopped'
    union all
    select person_id, division_code, subsidy, right_month, seq, amount, null, case when amount < 0 then 'recovery' else 'arrears' end, coalesce(reasons, '')
    from payments_item where batch_id = %(batch)s and right_month < %(month)s and void is null
)
"""
)


def batch_item_counts(batch: Batch) -> dict[str, int]:
    """How many rows of each change a batch has."""
    params = {**_beside_params(batch.payer_code, Month.of(batch.month)), "batch": batch.pk}
    with connection.cursor() as cursor:
        cursor.execute(ITEM_ROWS + "select change, count(*) from listed group by 1", params)
        return dict(cursor.fetchall())


def batch_item_rows(
    batch: Batch,
    *,
    changes: Iterable[str],
    after: tuple[int, str, str] | None = None,
    area: str | None = None,
    limit: int = 51,
) -> list[ItemRow]:
    """Rows of a batch by kind of change, in the order of persons; `after` is (person, subsidy, right month) of the last row shown."""
    low, high = span(area or batch.payer_code)
    params: dict[str, Any] = {
        **_beside_params(batch.payer_code, Month.of(batch.month)),
        "batch": batch.pk,
        "changes": list(changes),
        "low": low,
        "high": high,
        "limit": limit,
        "p": after[0] if after else 0,
        "s": after[1] if after else "",
        "m": after[2] if after else "1900-01-01",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            ITEM_ROWS
            + "select l.person_id, p.name, l.division_code, l.subsidy, l.right_month, l.seq, l.amount, l.before, l.change, l.reasons"
            " from listed l join registry_person p on p.person_id = l.person_id"
            " where l.change = any(%(changes)s) and l.division_code >= %(low)s and l.division_code < %(high)s"
            " and (l.person_id, l.subsidy, l.right_month) > (%(p)s, %(s)s, %(m)s::date)"
            " order by l.person_id, l.subsidy, l.right_month limit %(limit)s",
            params,
        )
        return [ItemRow(*row) for row in cursor.fetchall()]


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
        )
        for i in items
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
    """Lines that wait for a corrected account, of persons whose household lies in the scope (a condition on division_code)."""
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
    return registry.open_sealed_bytes(bytes(stored.content))


def monthly_amounts(person_ids: Iterable[int], month: Month) -> dict[tuple[int, str], Decimal]:
    """What was drawn for a month itself, for several persons: (person, subsidy) -> yuan. One statement."""
    rows = Item.objects.filter(
        person_id__in=list(person_ids), right_month=month.first, kind="regular", void__isnull=True
    )
    return {(row.person_id, row.subsidy): row.amount for row in rows}


def persons_paid_otherwise(person_ids: Iterable[int], *, import_id: int, made: Iterable[int]) -> set[int]:
    """Of these persons, those of whom a later payment counted on one that an import recorded; of those in `made`, with any other payment."""
    own = list(Batch.objects.filter(import_id=import_id).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "select ours.person_id from payments_item ours join payments_item i on i.person_id = ours.person_id and i.subsidy = ours.subsidy"
            " and i.right_month = ours.right_month and i.seq > ours.seq where ours.person_id = any(%(all)s) and ours.batch_id = any(%(own)s) and i.batch_id <> all(%(own)s)"
            " union select person_id from payments_item where person_id = any(%(made)s) and batch_id <> all(%(own)s)",
            {"all": list(person_ids), "made": list(made), "own": own},
        )
        return {row[0] for row in cursor.fetchall()}
