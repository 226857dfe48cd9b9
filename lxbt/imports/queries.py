"""Reads of imports: callers cut them down to what the account may see."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from lxbt import vault
from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.divisions.rules import span
from lxbt.imports.models import Import, KeptRow, Tally
from lxbt.imports.states import KEPT, PLANNING, RUNNING, UNDOING, WRITING
from lxbt.rollout.queries.declared import declared_of_many

FIRST_MONTH = Month(2016, 1)
REMARKED_KEPT = 5_000  # rows accepted with a remark that are kept to be shown; all are counted


def imports_within(scope: Q) -> QuerySet[Import]:
    """Imports whose area lies in a scope (a condition on division_code), the newest first."""
    return Import.objects.filter(scope).order_by("-created_at", "-pk")


def import_named(import_id: int) -> Import | None:
    """One import."""
    return Import.objects.filter(pk=import_id).first()


def imports_by_id(import_ids: Iterable[int]) -> dict[int, Import]:
    """Some imports by their id."""
    return Import.objects.in_bulk(list(import_ids))


def rights_pushed(client_id: int, kind: str, *, since: datetime) -> int:
    """How many rights a program's pushes of a kind gave since a moment."""
    rows = Import.objects.filter(client_id=client_id, kind=kind, created_at__gte=since)
    return sum(told.get("rights", 0) for told in rows.values_list("effects", flat=True))


def next_import(*, passed_over: Iterable[int] = ()) -> Import | None:
    """The import that was worked on the longest ago, so that counties take turns."""
    waiting = Import.objects.filter(Q(client_id__isnull=True) | Q(state=UNDOING), state__in=RUNNING).exclude(
        pk__in=list(passed_over)
    )
    return waiting.order_by(F("served_at").asc(nulls_first=True), "pk").first()


def running_count() -> int:
    """How many imports of the nation are being worked on."""
    return Import.objects.filter(state__in=RUNNING).count()


def kept_rows(import_id: int, *, code: str = "") -> QuerySet[KeptRow]:
    """The rows that stay with the user, in the order of the sheet; with `code`, those where that stands
    against them.
    """
    rows = KeptRow.objects.filter(importing_id=import_id, outcome__in=KEPT).order_by("row_no")
    return rows.filter(codes__contains=[code]) if code else rows


def remarked_rows(import_id: int, *, code: str = "") -> QuerySet[KeptRow]:
    """Rows accepted with a remark, in the order of the sheet (the first thousands); with `code`, those with that
    remark.
    """
    rows = KeptRow.objects.filter(importing_id=import_id).exclude(outcome__in=KEPT).order_by("row_no")
    return rows.filter(codes__contains=[code]) if code else rows


def cells_of(row: KeptRow) -> list[Any]:
    """The row's cells as they came. Callers check the right to see them and leave a record."""
    cells: list[Any] = json.loads(
        vault.open_sealed(row.sealed, vault.at("imports_keptrow.sealed", row.importing_id, row.row_no))
    )
    return cells


def samples_of(entry: Import) -> list[list[Any]]:
    """The first rows of the sheet as they came; pages show numbers masked."""
    found: list[list[Any]] = json.loads(vault.open_sealed(bytes(entry.samples))) if entry.samples else []
    return found


def counts_by(rows: QuerySet[Import], field: str) -> dict[str, int]:
    """How many of `rows` there are of each kind or state."""
    return dict(rows.order_by().values_list(field).annotate(n=Count("pk")).values_list(field, "n"))


def remarked_outcomes(import_id: int) -> dict[str, int]:
    """How many of the rows kept with a remark are new, changed or the same."""
    return dict(
        remarked_rows(import_id)
        .order_by()
        .values_list("outcome")
        .annotate(n=Count("row_no"))
        .values_list("outcome", "n")
    )


def error_rows(import_id: int) -> Iterator[tuple[int, list[Any], list[list[str]]]]:
    """(row of the sheet, cells, faults) of every row that stays with the user."""
    for row in kept_rows(import_id).iterator(chunk_size=2000):
        yield row.row_no, cells_of(row), row.faults


def rate_and_left(entry: Import) -> tuple[float, timedelta | None]:
    """Rows a second in this pass, and how long it will take at that pace."""
    rows = sum(entry.counts.values())
    if not entry.seconds or entry.state not in (PLANNING, WRITING):
        return (rows / entry.seconds if entry.seconds else 0.0), None
    left = entry.seconds / entry.share - entry.seconds if entry.share else None
    return rows / entry.seconds, timedelta(seconds=left) if left is not None else None


@dataclass(frozen=True)
class MonthOfCounty:
    """What was declared and what is recorded for a month and subsidy. `state`: none, missing, differs, agrees."""

    month: Month
    subsidy: str
    declared: int | None
    declared_amount: Decimal | None
    recorded: int
    recorded_amount: Decimal
    doubtful: int

    @property
    def state(self) -> str:
        """How both stand to each other."""
        if self.declared is None:
            return "missing" if self.recorded else "none"
        return "agrees" if (self.declared, self.declared_amount) == (self.recorded, self.recorded_amount) else "differs"


def declared_and_recorded(payer: str, *, until: Month, since: Month = FIRST_MONTH) -> list[MonthOfCounty]:
    """Every month and subsidy of a paying body, the newest first: what it declared beside what imports recorded."""
    declared = {(month, subsidy): row for (_payer, month, subsidy), row in declared_of_many([payer]).items()}
    recorded = {
        (row["month"], row["subsidy"]): row
        for row in Tally.objects.filter(payer_code=payer)
        .values("month", "subsidy")
        .annotate(n=Sum("payments"), yuan=Sum("amount"), doubts=Sum("doubtful"))
    }
    found = []
    for month in reversed(list(since.until(until + 1))):
        for subsidy in SUBSIDIES:
            told, held = declared.get((month.first, subsidy)), recorded.get((month.first, subsidy))
            found.append(
                MonthOfCounty(
                    month,
                    subsidy,
                    told.persons if told else None,
                    told.amount if told else None,
                    held["n"] if held else 0,
                    held["yuan"] if held else ZERO,
                    held["doubts"] if held else 0,
                )
            )
    return found


@dataclass(frozen=True)
class MonthOfImport:
    """A month and subsidy that an import recorded payments of: its own yuan, what all imports recorded, what was
    declared.
    """

    payer: str
    month: date
    subsidy: str
    own: Decimal
    recorded: int
    recorded_amount: Decimal
    declared: int | None
    declared_amount: Decimal | None

    @property
    def state(self) -> str:
        """As of a `MonthOfCounty`."""
        if self.declared is None:
            return "missing"
        return "agrees" if (self.declared, self.declared_amount) == (self.recorded, self.recorded_amount) else "differs"


def declared_for(import_id: int) -> list[MonthOfImport]:
    """The months that an import recorded payments of, with what was declared for them."""
    own = {(t.payer_code, t.month, t.subsidy): t.amount for t in Tally.objects.filter(import_id=import_id)}
    payers, months = {key[0] for key in own}, {key[1] for key in own}
    held = (
        Tally.objects.filter(payer_code__in=payers, month__in=months)
        .values("payer_code", "month", "subsidy")
        .annotate(n=Sum("payments"), yuan=Sum("amount"))
    )
    recorded = {(r["payer_code"], r["month"], r["subsidy"]): (r["n"], r["yuan"]) for r in held}
    told = {key: (d.persons, d.amount) for key, d in declared_of_many(payers, months).items()}
    return [MonthOfImport(*key, own[key], *recorded[key], *told.get(key, (None, None))) for key in sorted(own)]


@dataclass(frozen=True)
class Payer:
    """How far a paying body is: months (of each subsidy) declared, those that agree, those that differ, payments
    recorded, those in doubt.
    """

    code: str
    declared: int
    agree: int
    differ: int
    payments: int
    doubtful: int


def progress_by_payer(area: str) -> list[Payer]:
    """Every paying body of an area that declared or recorded anything, in order of codes."""
    low, high = span(area)
    with connection.cursor() as cursor:
        cursor.execute(
            "with recorded as (select payer_code, month, subsidy, sum(payments) n, sum(amount) yuan, "
            "sum(doubtful) doubts from imports_tally"
            "  where payer_code >= %(low)s and payer_code < %(high)s group by 1, 2, 3),"
            " declared as (select payer_code, month, subsidy, persons, amount from rollout_declared "
            "where payer_code >= %(low)s and payer_code < %(high)s)"
            " select payer_code, count(persons), count(*) filter (where (persons, amount) = (coalesce(n, 0), "
            "coalesce(yuan, 0))),"
            "  count(*) filter (where (persons, amount) <> (coalesce(n, 0), coalesce(yuan, 0))), coalesce(sum(n), "
            "0), coalesce(sum(doubts), 0)"
            " from recorded full join declared using (payer_code, month, subsidy) group by payer_code "
            "order by payer_code",
            {"low": low, "high": high},
        )
        return [
            Payer(code, declared, agree, differ, int(n), int(doubts))
            for code, declared, agree, differ, n, doubts in cursor.fetchall()
        ]
