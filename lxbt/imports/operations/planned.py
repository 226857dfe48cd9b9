"""What a plan foresees of money, row by row: kept while planning, summed for who confirms, and held to while
writing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from lxbt.core.crypto import sm3
from lxbt.core.months import Month
from lxbt.imports.models import Import, Planned
from lxbt.imports.operations.handlers import Handler, Prepared, Result
from lxbt.imports.rules.moving import MOVING, PAID, RIGHT, Move
from lxbt.imports.states import CHANGED, LEFT
from lxbt.registry.operations.writing import copy_rows

COLUMNS = (
    "import_id",
    "row_no",
    "subsidy",
    "what",
    "month",
    "person_index",
    "name",
    "payer_code",
    "monthly",
    "back",
    "yuan",
    "held",
    "held_yuan",
    "changed",
    "remarked",
)


def begin_plan(entry: Import) -> None:
    """Forget an earlier plan; the digest begins with the file and how it is read."""
    Planned.objects.filter(importing=entry).delete()
    entry.proposal_id = entry.confirmed_by_id = None
    told = [entry.kind, entry.division_code, bytes(entry.digest).hex(), entry.sheet, entry.header_row, entry.mapping]
    told += [entry.shape, entry.settings, entry.answers]
    told += [[m.row_no, m.place, bytes(m.sealed).hex()] for m in entry.mended.order_by("row_no", "place")]
    entry.plan_digest = sm3(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hex()


def keep_planned(
    entry: Import, handler: Handler, prepared: Prepared, chosen: Sequence[int], results: Sequence[Result]
) -> None:
    """Keep what these rows would move, and fold it into the plan's digest; the caller saves the import."""
    if entry.kind not in MOVING:
        return
    moving = [n for n in chosen if handler.moves.get(n)]
    prices = handler.priced(prepared, [n for n in moving if any(m.what == RIGHT for m in handler.moves[n])])
    rows: list[tuple[Any, ...]] = []
    for n in moving:
        told, result = prepared.told[n], results[n]
        for move in handler.moves[n]:
            money: tuple[Any, ...] = (0, 0, move.yuan, 0, 0)
            if move.what == RIGHT:
                money = prices.get((n, move.subsidy), money)
            rows.append(
                (
                    entry.pk,
                    prepared.batch.row_nos[prepared.rows[n]],
                    move.subsidy,
                    move.what,
                    move.month.first if move.month else None,
                    prepared.numbers[n].index,
                    told.name[:60],
                    prepared.places[n].payer,
                    *money,
                    result.outcome == CHANGED,
                    bool(result.remarks),
                )
            )
    copy_rows("imports_planned", COLUMNS, rows)
    if rows:
        text = "\n".join("|".join(str(value) for value in row[1:]) for row in rows)
        entry.plan_digest = sm3((entry.plan_digest + text).encode()).hex()


def keep_to_plan(
    entry: Import, handler: Handler, prepared: Prepared, chosen: Sequence[int], results: Sequence[Result]
) -> list[int]:
    """The rows that may be written: those that move no more than was confirmed. The others are left, and say so.

    What the system itself takes in was confirmed by nobody: it stops no payment, and its rights are held back.
    """
    moving = [n for n in chosen if handler.moves.get(n)]
    if not moving:
        return list(chosen)
    if entry.confirmed_by_id is None and (entry.by_id is None or entry.client_id is not None):
        left = [n for n in moving if any(m.what == PAID and m.covered for m in handler.moves[n])]
        code = "needs_confirmation"
    else:
        nos = {n: prepared.batch.row_nos[prepared.rows[n]] for n in moving}
        planned: dict[int, set[tuple[str, str, str]]] = {}
        if entry.confirmed_by_id is not None:
            for row_no, what, subsidy, month in Planned.objects.filter(
                importing=entry, row_no__gte=min(nos.values()), row_no__lte=max(nos.values())
            ).values_list("row_no", "what", "subsidy", "month"):
                move = Move(what, subsidy, Month.of(month) if month else None)
                planned.setdefault(row_no, set()).add(move.key)
        left = [n for n in moving if not {m.key for m in handler.moves[n]} <= planned.get(nos[n], set())]
        code = "not_as_planned"
    for n in left:
        results[n].against("", code, LEFT)
    gone = set(left)
    return [n for n in chosen if n not in gone]


@dataclass(frozen=True)
class Moved:
    """The sums of one thing that a plan moves: `right` (of a subsidy), `paid` or `facts`."""

    what: str
    subsidy: str
    rows: int
    persons: int
    monthly: Decimal
    back: int
    yuan: Decimal
    held: int
    held_yuan: Decimal


@dataclass(frozen=True)
class Figures:
    """All that a plan moves, by what was chosen to be written."""

    moved: tuple[Moved, ...]
    persons: int

    def of(self, what: str) -> list[Moved]:
        """The lines of one kind."""
        return [row for row in self.moved if row.what == what]

    def total(self, what: str, name: str) -> Any:
        """The sum of a column over the lines of one kind."""
        return sum(
            (getattr(row, name) for row in self.of(what)), Decimal(0) if "yuan" in name or name == "monthly" else 0
        )


def _where(accepts: Sequence[str]) -> str:
    return ("" if "changed" in accepts else " and not changed") + ("" if "remarked" in accepts else " and not remarked")


def figures_of(entry: Import, accepts: Sequence[str] | None = None) -> Figures:
    """What the plan moves; by the choices of the import where none are given."""
    where = _where(entry.accepts if accepts is None else accepts)
    with connection.cursor() as cursor:
        cursor.execute(
            "select what, subsidy, count(*), count(distinct person_index), sum(monthly), sum(back), sum(yuan), "
            "sum(held), sum(held_yuan)"
            f" from imports_planned where import_id = %s{where} group by 1, 2 order by 1 desc, 2",
            [entry.pk],
        )
        moved = tuple(Moved(*row) for row in cursor.fetchall())
        cursor.execute(
            f"select count(distinct person_index) from imports_planned where import_id = %s{where}", [entry.pk]
        )
        return Figures(moved, cursor.fetchone()[0])


def largest_of(entry: Import, what: str, limit: int) -> list[Planned]:
    """The rows that move the most money, the largest first."""
    rows = Planned.objects.filter(importing=entry, what=what)
    if "changed" not in entry.accepts:
        rows = rows.filter(changed=False)
    if "remarked" not in entry.accepts:
        rows = rows.filter(remarked=False)
    return list(rows.order_by("-yuan", "-monthly", "row_no")[:limit])


def forget_planned(entry: Import) -> None:
    """The import is through, or was taken back: names of its plan are not kept."""
    Planned.objects.filter(importing=entry).delete()
