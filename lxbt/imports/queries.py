"""Reads of imports: callers cut them down to what the account may see."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.divisions.rules import span
from lxbt.imports.models import Declared, Import, KeptRow, Tally
from lxbt.imports.states import DONE, KEPT, PLANNING, RUNNING, WRITING
from lxbt.registry.queries import open_sealed

FIRST_MONTH = Month(2016, 1)


def imports_within(scope: Q) -> QuerySet[Import]:
    """Imports whose area lies in a scope (a condition on division_code), the newest first."""
    return Import.objects.filter(scope).order_by("-created_at", "-pk")


def import_named(import_id: int) -> Import | None:
    """One import."""
    return Import.objects.filter(pk=import_id).first()


def next_import(*, passed_over: Iterable[int] = ()) -> Import | None:
    """The import that was worked on the longest ago, so that counties take turns."""
    waiting = Import.objects.filter(state__in=RUNNING).exclude(pk__in=list(passed_over))
    return waiting.order_by(F("served_at").asc(nulls_first=True), "pk").first()


@dataclass(frozen=True)
class KeptLine:
    """A kept row as shown: the row of the sheet, what became of it, its faults [column, code, shown masked]."""

    row_no: int
    outcome: str
    faults: list[list[str]]


def kept_rows(import_id: int, *, code: str = "") -> QuerySet[KeptRow]:
    """The rows that stay with the user, in the order of the sheet; with `code`, those where that stands against them."""
    rows = KeptRow.objects.filter(importing_id=import_id, outcome__in=KEPT).order_by("row_no")
    return rows.filter(codes__contains=[code]) if code else rows


def remarked_rows(import_id: int) -> QuerySet[KeptRow]:
    """Rows accepted with a remark, in the order of the sheet (the first thousands)."""
    return KeptRow.objects.filter(importing_id=import_id).exclude(outcome__in=KEPT).order_by("row_no")


def cells_of(row: KeptRow) -> list[Any]:
    """The row's cells as they came. Callers check the right to see them and leave a record."""
    cells: list[Any] = json.loads(open_sealed(bytes(row.sealed)))
    return cells


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
    declared = {(row.month, row.subsidy): row for row in Declared.objects.filter(payer_code=payer)}
    recorded = {
        (row["month"], row["subsidy"]): row
        for row in Tally.objects.filter(payer_code=payer).values("month", "subsidy").annotate(n=Sum("payments"), yuan=Sum("amount"), doubts=Sum("doubtful"))
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


def progress_by_payer(area: str, *, on: date) -> list[dict[str, Any]]:
    """For each paying body of an area: months declared, months that agree, payments recorded."""
    low, high = span(area)
    rows: dict[str, dict[str, Any]] = {}
    declared = {(r.payer_code, r.month, r.subsidy): (r.persons, r.amount) for r in Declared.objects.filter(payer_code__gte=low, payer_code__lt=high)}
    recorded = (
        Tally.objects.filter(payer_code__gte=low, payer_code__lt=high).values("payer_code", "month", "subsidy").annotate(n=Sum("payments"), yuan=Sum("amount"))
    )
    for (payer, _month, _subsidy), _told in declared.items():
        rows.setdefault(payer, {"payer": payer, "declared": 0, "agree": 0, "payments": 0})["declared"] += 1
    for row in recorded:
        entry = rows.setdefault(row["payer_code"], {"payer": row["payer_code"], "declared": 0, "agree": 0, "payments": 0})
        entry["payments"] += row["n"]
        entry["agree"] += declared.get((row["payer_code"], row["month"], row["subsidy"])) == (row["n"], row["yuan"])
    return [rows[payer] for payer in sorted(rows)]


def finished_in(area: str) -> int:
    """How many imports of an area are done."""
    low, high = span(area)
    return Import.objects.filter(division_code__gte=low, division_code__lt=high, state=DONE).count()
