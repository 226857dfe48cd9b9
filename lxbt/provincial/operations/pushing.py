"""Records taken, in chunks or one by one: compared with what was pushed before under the same number, then as imports
take rows.

The same number with the same content is `same` and costs nothing more; with another content it is a correction: what it
told before is taken back in the same transaction. In the sandbox each chunk is rolled back when its answers are known.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt.audit.operations import record_system_events
from lxbt.core.clock import beijing_day, day_begins
from lxbt.core.months import Month
from lxbt.entitlements.operations.past import Ledger
from lxbt.imports.operations.handlers import Prepared, Result
from lxbt.imports.operations.running import Clock, Running, ToldRow, lock_import
from lxbt.imports.operations.tallies import take_from_tallies
from lxbt.imports.queries import rights_pushed
from lxbt.imports.reading import Layout, RecordReader
from lxbt.imports.reading.records import DIGEST, REF, TROUBLE
from lxbt.imports.states import CHANGED, KEPT, NEW, SAME, WRITING
from lxbt.payments.operations.retracting import retract_recorded
from lxbt.provincial import queries
from lxbt.provincial.models import Batch
from lxbt.provincial.rules.outcomes import code_of, outcome_of
from lxbt.provincial.rules.problems import Problem
from lxbt.provincial.words import worded
from lxbt.registry.operations.writing import copy_rows
from lxbt.rollout.queries.doors import door_of
from lxbt.standards.queries import parameter_value

# rights a day that a province pushes within its window without a confirmation, unless a parameter says otherwise
PUSHED_A_DAY = 1000
PUSHED = ("client_id", "kind", "ref", "digest", "version", "person_id", "subsidy", "month", "batch_id")


@dataclass(frozen=True, slots=True)
class Held:
    """A record as it was pushed before."""

    digest: bytes
    version: int
    person_id: int
    subsidy: str
    month: date | None
    batch_id: int


def pushed_before(client_pk: int, kind: str, refs: Sequence[str]) -> dict[str, Held]:
    """The records of a client that were taken, by its numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select ref, digest, version, person_id, subsidy, month, batch_id from provincial_pushed "
            "where client_id = %s and kind = %s and ref = any(%s)",
            [client_pk, kind, list(refs)],
        )
        return {row[0]: Held(bytes(row[1]), *row[2:]) for row in cursor.fetchall()}


class _Refused(Exception):
    """Corrections that cannot be taken: what they told before stays."""

    def __init__(self, results: dict[int, Result]) -> None:
        super().__init__()
        self.results = results


class Pushing(Running):
    """A pass over the records of a batch."""

    def __init__(self, batch: Batch, path: Path, *, clock: Clock, ahead: bool = False) -> None:
        super().__init__(batch.importing, path, clock=clock, ahead=ahead)
        self.batch = batch
        self.codes = queries.codes_of(batch.client_id)
        self.width = len(self.entry.titles)
        if (payments := getattr(self.handler, "payments", None)) is not None:
            payments.growing = batch.day is not None
        self.accepted: dict[int, tuple[int, str, Month | None]] = {}  # position -> person, subsidy, month
        self.held: dict[str, Held] = {}
        self.answers: list[
            tuple[str, str, list[list[str]], list[list[str]]]
        ] = []  # ref, outcome, reasons, doubts of the last chunk

    def pushed_today(self) -> int:
        """Rights that the client pushed on this day so far."""
        begins = day_begins(beijing_day(self.clock()))
        return rights_pushed(self.batch.client_id, self.entry.kind, since=begins)

    def answers_for(self, payer: str, count: int) -> bool:
        """Whether rights pushed for a paying body are paid without a confirmation: within its window, up to the day's
        limit.
        """
        day = beijing_day(self.clock())
        if not door_of(payer, "rights", day).open:
            return False
        limit = parameter_value("pushed_rights_a_day", payer, Month.of(day), PUSHED_A_DAY)
        return isinstance(limit, int) and self.pushed_today() + count <= limit

    def layout(self) -> Layout:
        return replace(super().layout(), codes=self.codes)

    def last_effects(self) -> Counter[str]:
        return Counter()  # a batch is a part of what is pushed: nothing can be said of the whole at its end

    def deal(self, entry: Any, prepared: Prepared, *, writing: bool) -> list[Result]:
        cells, self.accepted = prepared.batch.cells, {}
        self.handler.answers_for = self.answers_for
        if hasattr(self.handler, "own_rights"):
            self.handler.own_rights = [f"import {pk}" for pk in queries.imports_of(self.batch.client_id)]
        told = [
            (cells[position][self.width + REF], bytes.fromhex(cells[position][self.width + DIGEST]))
            for position in prepared.rows
        ]
        self.held = pushed_before(self.batch.client_id, self.batch.kind, [ref for ref, _digest in told])
        results: dict[int, Result] = {}
        first: dict[str, int] = {}
        repeated: dict[int, int] = {}
        for n, (ref, digest) in enumerate(told):
            held, before = self.held.get(ref), first.setdefault(ref, n)
            if held is not None and held.digest == digest:
                results[n] = Result(SAME)
            elif before != n and told[before][1] == digest:
                repeated[n] = before
            elif before != n or (held is not None and held.batch_id == self.batch.pk and self.batch.day is None):
                results[n] = Result(SAME)
                results[n].against("ref", "ref_twice")
        fresh = [n for n in range(len(told)) if n not in results and n not in repeated]
        self._take_fresh(entry, prepared, fresh, results, writing=writing)
        for n, before in repeated.items():
            earlier = results[before]
            results[n] = (
                Result(earlier.outcome, earlier.faults, earlier.remarks) if earlier.outcome in KEPT else Result(SAME)
            )
        return [results[n] for n in range(len(told))]

    def _take_fresh(
        self, entry: Any, prepared: Prepared, fresh: list[int], results: dict[int, Result], *, writing: bool
    ) -> None:
        """Deal with the rows that are new or told otherwise; into `results`."""
        if not fresh:
            return
        refs = {n: prepared.batch.cells[prepared.rows[n]][self.width + REF] for n in fresh}
        try:
            with transaction.atomic():
                corrected = {n: self.held[refs[n]] for n in fresh if refs[n] in self.held}
                self._retract(corrected.values())
                part = prepared.only(fresh)
                found = super().deal(entry, part, writing=writing)
                refused = {
                    n: result
                    for n, result in zip(fresh, found, strict=True)
                    if n in corrected and result.outcome in KEPT
                }
                if refused and self.batch.kind == "payments":
                    raise _Refused(refused)
                for n, result in zip(fresh, found, strict=True):
                    results[n] = result
                    if n in corrected and result.outcome == NEW:
                        result.outcome = CHANGED
                people = self.handler.people.found  # type: ignore[attr-defined]
                for place, n in enumerate(fresh):
                    if results[n].outcome not in KEPT and people[place].person_id:
                        self.accepted[prepared.rows[n]] = (people[place].person_id, *self.handler.about(part, place))
                if self.batch.sandbox:
                    transaction.set_rollback(True)
        except _Refused as no:
            self.handler.forget()
            self.handler.effects.clear()
            results.update(no.results)
            self._take_fresh(entry, prepared, [n for n in fresh if n not in no.results], results, writing=writing)
            return
        if self.batch.sandbox:
            self.handler.forget()
            self.accepted = {}

    def _retract(self, rows: Iterable[Held]) -> None:
        """Payments that are told otherwise now count no more: what was recorded goes, the record of it stays."""
        if self.batch.kind != "payments":
            return
        keys = [(held.person_id, held.subsidy, held.month) for held in rows if held.month is not None]
        gone = retract_recorded(keys=keys, import_ids=queries.imports_of(self.batch.client_id)) if keys else []
        if not gone:
            return
        take_from_tallies(gone)
        ledger = Ledger({row.person_id for row in gone}, on=self.task.on, by_id=None, at=self.task.at)
        for row in gone:
            ledger.remove_past((row.person_id, row.subsidy), [Month.of(row.month)])
        ledger.write()
        record_system_events(
            "payment.told_otherwise",
            "person",
            [
                (
                    row.person_id,
                    row.payer,
                    {
                        "subsidy": row.subsidy,
                        "month": f"{row.month:%Y-%m}",
                        "amount": str(row.amount),
                        "batch": self.batch.pk,
                    },
                    {},
                )
                for row in gone
            ],
            by=None,
        )

    def take_one(self, reader: RecordReader, line: bytes, at: datetime) -> dict[str, object]:
        """Take one record inside the caller's transaction, as the next row of the day; what became of it."""
        entry = lock_import(self.entry.pk)
        if entry.state != WRITING:
            raise Problem(409, "stopped", _("今天的逐条推送已由管理员停止。"), remedy=_("请联系上级系统管理员。"))
        self.entry = entry
        self.task = self.handler.task = replace(self.task, at=at)
        prepared = self.handler_type.prepare(reader.batch([line], entry.row_no + 1), self.places, self.task)
        self.pass_over(entry, prepared)
        ((ref, outcome, reasons, doubts),) = self.answers
        return {
            "ref": ref,
            "outcome": outcome,
            "reasons": worded(reasons),
            "doubts": worded(doubts),
            "receipt": f"{self.batch.pk}-{entry.row_no}",
            "sandbox": self.batch.sandbox,
        }

    def tell(self, prepared: Prepared, rows: list[ToldRow]) -> None:
        """Keep what became of each row, and which records of theirs are known now."""
        cells, batch = prepared.batch.cells, self.batch
        self.answers, lines = [], []
        fresh: list[tuple[Any, ...]] = []
        changed: list[tuple[Any, ...]] = []
        for row in rows:
            ref = cells[row.position][self.width + REF]
            outcome = outcome_of(row.outcome)
            faults = (
                row.faults[:1] if cells[row.position][self.width + TROUBLE] else row.faults
            )  # a record that is none lacks everything else too
            reasons = [[fault.column, code_of(fault.code)] for fault in faults] if row.outcome in KEPT else []
            doubts = [[column, code_of(code)] for column, code in row.remarks] if row.outcome not in KEPT else []
            self.answers.append((ref, outcome, reasons, doubts))
            lines.append(
                (
                    batch.pk,
                    row.row_no,
                    ref,
                    outcome,
                    json.dumps(reasons) if reasons else None,
                    json.dumps(doubts) if doubts else None,
                )
            )
            if row.position in self.accepted:
                person_id, subsidy, month = self.accepted[row.position]
                known = self.held.get(ref)
                digest = bytes.fromhex(cells[row.position][self.width + DIGEST])
                line = (
                    batch.client_id,
                    batch.kind,
                    ref,
                    digest,
                    known.version + 1 if known else 1,
                    person_id,
                    subsidy,
                    month.first if month else None,
                    batch.pk,
                )
                (changed if known else fresh).append(line)
        copy_rows("provincial_rowresult", ("batch_id", "row_no", "ref", "outcome", "reasons", "doubts"), lines)
        copy_rows("provincial_pushed", PUSHED, fresh)
        self._rewrite(changed)

    def _rewrite(self, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            with connection.cursor() as cursor:
                cursor.execute(
                    "update provincial_pushed p set digest = v.digest, version = v.version, person_id = v.person_id, "
                    "subsidy = v.subsidy, month = v.month,"
                    " batch_id = v.batch_id from unnest(%s::text[], %s::bytea[], %s::int[], %s::bigint[], "
                    "%s::text[], %s::date[], %s::bigint[])"
                    " v (ref, digest, version, person_id, subsidy, month, batch_id) where p.client_id = %s "
                    "and p.kind = %s and p.ref = v.ref",
                    [*([row[i] for row in rows] for i in range(2, 9)), self.batch.client_id, self.batch.kind],
                )
