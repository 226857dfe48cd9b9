"""Rows in chunks, each in one transaction with its counts and how far the import has come: stop it anywhere, run it
again.

The reader may run ahead in a process of its own; it sends chunks already prepared (numbers looked up by keyed index and
sealed), so that the database is never waited for with idle hands.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from django.db import DatabaseError, connection, transaction

from lxbt import vault
from lxbt.accounts.queries import user_of
from lxbt.audit.operations import record_event, record_system_events
from lxbt.core import idnumber
from lxbt.core.clock import beijing_day
from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.entitlements.operations import mark_uncompared
from lxbt.imports.kinds import kind_of
from lxbt.imports.models import Import, KeptRow, Touched
from lxbt.imports.operations.handlers import Handler, Prepared, Result, Task, handler_of
from lxbt.imports.operations.intake import layout_of, understood
from lxbt.imports.operations.mending import mends_of
from lxbt.imports.operations.planned import forget_planned, keep_planned, keep_to_plan
from lxbt.imports.operations.reading_ahead import batches_ahead, batches_here
from lxbt.imports.operations.tallies import add_tallies
from lxbt.imports.places import Places, places_in
from lxbt.imports.queries import REMARKED_KEPT
from lxbt.imports.reading import Layout
from lxbt.imports.rules.doubts import DOUBTS
from lxbt.imports.rules.faults import Fault
from lxbt.imports.states import CHANGED, DONE, ERROR, KEPT, LEFT, PLANNING, SAME, WRITING, WRITTEN
from lxbt.notices.operations import Post, post_notices
from lxbt.payments.operations.recorded import prepare_months
from lxbt.registry.operations.writing import copy_rows

MOST_TOLD = 200  # sentences about a file
SAVED = ("counts", "effects", "reasons", "remarks", "total", "row_no", "share", "served_at", "seconds")
TRIES = 4  # of a chunk that met another writer
MASKED = ("identity_number", "certificate_number", "account_number", "phone")
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Progress:
    """How far an import has come: rows dealt with, share of the file, rows a second."""

    rows: int
    share: float
    rate: float


@dataclass(frozen=True, slots=True)
class ToldRow:
    """What became of a row: its place in the chunk, its number, the outcome, what stands against it, remarks (column,
    code).
    """

    position: int
    row_no: int
    outcome: str
    faults: list[Fault]
    remarks: list[tuple[str, str]]
    amount: Decimal = ZERO


class Running:
    """One pass over a file. `run` goes on until the file is through, the time is over, or somebody halts it."""

    def __init__(self, entry: Import, path: Path, *, clock: Clock, ahead: bool = False) -> None:
        self.entry, self.path, self.clock, self.ahead = entry, path, clock, ahead
        now = clock()
        self.task = Task(
            entry.pk,
            entry.kind,
            entry.division_code,
            beijing_day(now),
            entry.by_id,
            now,
            bytes(entry.digest),
            entry.name,
        )
        self.handler_type = handler_of(entry.kind)
        self.handler: Handler = self.handler_type(self.task)
        self.places: Places = places_in(entry.division_code)
        self.by = user_of(entry.by_id)
        self.source: Iterator[Prepared] | None = None
        self.remarked = KeptRow.objects.filter(importing=entry, outcome__in=WRITTEN).count()
        prepare_months(Month.of(self.task.on))

    def run(self, *, seconds: float | None = None, tell: Callable[[Progress], None] | None = None) -> bool:
        """Go on with the pass. Gives whether the file is through; ImportRefused when it cannot be read to its end."""
        began = time.monotonic()
        with understood(self.entry):
            for prepared in self._chunks():
                if not self._take(prepared):
                    return False  # halted, or another process is further
                if tell:
                    tell(self.progress())
                if seconds is not None and time.monotonic() - began > seconds:
                    return False
        with transaction.atomic():
            entry = finish(self.entry.pk, at=self.clock())
            if entry.state == DONE:
                entry.effects = dict(Counter(entry.effects) + self.last_effects())
                entry.save(update_fields=["effects"])
        return True

    def layout(self) -> Layout:
        """How the file is read, with what was mended on the page."""
        return replace(layout_of(self.entry), mends=mends_of(self.entry))

    def last_effects(self) -> Counter[str]:
        """What can only be counted when every row is through."""
        return self.handler.finish()

    def tell(self, prepared: Prepared, rows: list[ToldRow]) -> None:
        """What became of each row of a chunk, for whoever keeps it."""

    def close(self) -> None:
        """Let go of the file."""
        if self.source is not None:
            self.source.close()  # type: ignore[attr-defined]

    def progress(self) -> Progress:
        """As of the last chunk."""
        rows = sum(self.entry.counts.values())
        return Progress(rows, self.entry.share, rows / self.entry.seconds if self.entry.seconds else 0.0)

    def _chunks(self) -> Iterator[Prepared]:
        if self.source is None:
            read = batches_ahead if self.ahead else batches_here
            kind = kind_of(self.entry.kind)
            self.source = read(
                self.path, kind, self.layout(), self.handler_type, self.places, self.task, after_row=self.entry.row_no
            )
        return self.source

    def _take(self, prepared: Prepared) -> bool:
        began = time.monotonic()
        for attempt in range(TRIES):
            try:
                with transaction.atomic():
                    return self._take_once(prepared, began)
            except (DatabaseError, psycopg.Error) as error:  # COPY raises the driver's own
                # another import, or a clerk at the window, wrote the same person in this moment: look again
                self.handler.forget()
                self.handler.effects.clear()
                if attempt == TRIES - 1 or not connection.is_usable() or not _meeting(error):
                    raise
        return False

    def _take_once(self, prepared: Prepared, began: float) -> bool:
        entry = Import.objects.select_for_update().get(pk=self.entry.pk)
        if entry.state not in (PLANNING, WRITING) or entry.row_no != self.entry.row_no:
            return False
        self.pass_over(entry, prepared, began)
        self.entry = entry
        return True

    def pass_over(self, entry: Import, prepared: Prepared, began: float | None = None) -> None:
        """Deal with a chunk and note how far the import has come; `entry` is locked by the caller."""
        began = time.monotonic() if began is None else began
        results = self.deal(entry, prepared, writing=entry.state == WRITING)
        self._count(entry, prepared, results)
        entry.effects = dict(
            Counter(entry.effects) + self.handler.effects + Counter(skipped=len(prepared.batch.skipped))
        )
        self.handler.effects.clear()
        entry.told = [*entry.told, *(list(told) for told in prepared.batch.told)][:MOST_TOLD]
        entry.row_no = prepared.batch.last_row
        entry.share, entry.served_at = prepared.batch.done, self.clock()
        entry.seconds += time.monotonic() - began
        entry.save(update_fields=[*SAVED, "plan_digest", "told"])

    def deal(self, entry: Import, prepared: Prepared, *, writing: bool) -> list[Result]:
        """Compare the rows of a chunk and write what was chosen."""
        results = self.handler.compare(prepared, lock=writing)
        for n, position in enumerate(prepared.rows):
            results[n].remarks = [*prepared.remarks.get(position, []), *results[n].remarks]
            for fault in prepared.batch.asks.get(position, ()):  # a doubt is asked, never taken
                if fault.code not in entry.answers and results[n].outcome in (*WRITTEN, LEFT):
                    results[n].against(fault.column, fault.code, LEFT)
        if not writing:  # with every choice: what is left out is known when it is chosen
            wanted = [n for n, result in enumerate(results) if result.outcome in WRITTEN]
            keep_planned(entry, self.handler, prepared, wanted, results)
        chosen = [n for n, result in enumerate(results) if self._wanted(entry, result)]
        if writing and chosen:
            chosen = keep_to_plan(entry, self.handler, prepared, chosen, results)
        if writing and chosen:
            self.handler.confirmed = self.is_confirmed(entry)
            self.handler.write(prepared, chosen, results)
            self._note_people(entry, chosen)
        return results

    def is_confirmed(self, entry: Import) -> bool:
        """Whether somebody answers for the rights that are written now; else they are held back from every draw."""
        return entry.confirmed_by_id is not None

    def _wanted(self, entry: Import, result: Result) -> bool:
        """Whether a row is written; one that the user left out says so."""
        if result.outcome not in WRITTEN:
            return False
        if (result.outcome == CHANGED and "changed" not in entry.accepts) or (
            result.remarks and "remarked" not in entry.accepts
        ):
            result.against("", "left_changed" if result.outcome == CHANGED else "left_remarked", LEFT)
            return False
        return True

    def _count(self, entry: Import, prepared: Prepared, results: list[Result]) -> None:
        batch = prepared.batch
        counts: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        remarks: Counter[str] = Counter()
        kept: list[tuple[int, str, list[list[str]], list[Any]]] = []
        dealt = dict(zip(prepared.rows, results, strict=True))
        rows: list[ToldRow] = []
        for position, row_no in enumerate(batch.row_nos):
            faults = [
                *batch.faults.get(position, []),
                *(self._fault(batch, position, *told) for told in prepared.faults.get(position, [])),
            ]
            result = dealt.get(position)
            said: list[tuple[str, str]] = []
            outcome = ERROR
            if result is not None:
                outcome = result.outcome
                faults += [self._fault(batch, position, column, code, result.values) for column, code in result.faults]
                said = result.remarks
                if outcome in (*WRITTEN, SAME):
                    entry.total += result.amount
            amount = result.amount if result is not None else ZERO
            rows.append(ToldRow(position, row_no, outcome, faults, said, amount))
            counts[outcome] += 1
            reasons.update({fault.code for fault in faults})
            if outcome in KEPT:
                kept.append(
                    (
                        row_no,
                        outcome,
                        [_told(fault) for fault in (*faults, *self._remarks(batch, position, said))],
                        batch.cells[position],
                    )
                )
            elif said or position in batch.remarks:
                remarks.update(
                    {code for _column, code in said} | {fault.code for fault in batch.remarks.get(position, ())}
                )
                if self.remarked < REMARKED_KEPT:
                    self.remarked += 1
                    kept.append(
                        (
                            row_no,
                            outcome,
                            [_told(fault) for fault in self._remarks(batch, position, said)],
                            batch.cells[position],
                        )
                    )
        self.tell(prepared, rows)
        entry.counts = dict(Counter(entry.counts) + counts)
        entry.reasons = dict(Counter(entry.reasons) + reasons)
        entry.remarks = dict(Counter(entry.remarks) + remarks)
        copy_rows(
            "imports_keptrow",
            ("import_id", "row_no", "outcome", "faults", "codes", "sealed"),
            [
                (
                    entry.pk,
                    row_no,
                    outcome,
                    _json(faults),
                    _json(sorted({f[1] for f in faults})),
                    vault.seal(_json(cells), vault.at("imports_keptrow.sealed", entry.pk, row_no)),
                )
                for row_no, outcome, faults, cells in kept
            ],
        )

    def _remarks(self, batch: Any, position: int, said: list[tuple[str, str]]) -> list[Fault]:
        return [
            *batch.remarks.get(position, []),
            *(self._fault(batch, position, column, code) for column, code in said),
        ]

    def _fault(self, batch: Any, position: int, column: str, code: str, values: dict[str, str] | None = None) -> Fault:
        shown = (values or {}).get("held")
        if code in DOUBTS:
            shown = next((fault.shown for fault in batch.asks.get(position, ()) if fault.code == code), shown)
        if shown is None:
            found = next((place for place, key in self._columns().items() if key == column), None)
            cells = batch.cells[position]
            shown = "" if found is None or found >= len(cells) or cells[found] is None else str(cells[found])
        return Fault(column, code, shown)

    def _columns(self) -> dict[int, str]:
        return {int(place): key for place, key in self.entry.mapping.items()}

    def _note_people(self, entry: Import, chosen: list[int]) -> None:
        """Who was made or changed, for an undo and for the record; everybody written is compared anew by the rules."""
        people = getattr(self.handler, "people", None)
        if people is None:
            return
        mark_uncompared(sorted({people.found[n].person_id for n in chosen}))
        made = {person.person_id: person for person in people.found if person.made and person.person_id}
        changed = {
            person.person_id: person for person in people.found if person.person_id in people.undo and not person.made
        }
        copy_rows(
            "imports_touched",
            ("person_id", "import_id", "made", "before"),
            [(pid, entry.pk, True, "{}") for pid in made],
        )
        if changed:
            Touched.objects.bulk_create(
                [Touched(person_id=pid, import_id=entry.pk, made=False, before=people.undo[pid]) for pid in changed],
                ignore_conflicts=True,
            )
        if self.handler_type.sealed:
            said = {"import": entry.pk, "kind": entry.kind}
            record_system_events(
                "person.imported",
                "person",
                [
                    (pid, person.division, {**said, "new": person.made}, {} if person.made else person.changes)
                    for pid, person in (made | changed).items()
                ],
                by=self.by,
            )
        add_tallies(entry.pk, self.handler)


def _json(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)


def _told(fault: Fault) -> list[str]:
    shown = fault.shown[:60]
    return [fault.column, fault.code, idnumber.mask(shown, 3, 0) if fault.column in MASKED else shown]


def _meeting(error: Exception) -> bool:
    """Whether two writers met: a unique key, a deadlock, a serialisation failure."""
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    return getattr(cause, "sqlstate", "") in ("23505", "40P01", "40001")


def lock_import(import_id: int) -> Import:
    """An import, locked for the caller's transaction."""
    return Import.objects.select_for_update().get(pk=import_id)


@transaction.atomic
def finish(import_id: int, *, at: datetime) -> Import:
    """The file is through: planned, or done."""
    entry = Import.objects.select_for_update().get(pk=import_id)
    if entry.state == PLANNING:
        entry.state, entry.planned = "planned", entry.counts
    elif entry.state == WRITING:
        entry.state = "done"
        forget_planned(entry)
    else:
        return entry
    entry.share, entry.finished_at = 1.0, at
    entry.save(update_fields=["state", "planned", "share", "finished_at"])
    by = user_of(entry.by_id)
    record_event(
        by=by,
        action=f"import.{entry.state}",
        subject_kind="import",
        subject_id=entry.pk,
        division_code=entry.division_code,
        details={"counts": entry.counts, "effects": entry.effects, "total": str(entry.total)},
    )
    if by is not None and entry.seconds > 20:  # long enough to have left the page
        post_notices(
            posts=[Post(entry.division_code, f"import_{entry.state}", organ=by.organ, params={"import": entry.pk})],
            at=at,
        )
    return entry
