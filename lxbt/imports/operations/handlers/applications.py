"""申请办理: applications dealt with elsewhere, with their steps and decision.

They do not go through our procedure, and give no right: rights come as such.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lxbt.applications.operations.recorded import ToldApplication, record_applications, recorded_before
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.imports.operations.handlers._base import Handler, Prepared, Result, Task, column_of, home_of, placed
from lxbt.imports.places import Places
from lxbt.imports.reading import Batch
from lxbt.imports.states import CHANGED, CONFLICT, NEW, SAME
from lxbt.registry.operations.files import People, Told, numbers_of

STEPS = {"accepted_on": "accepted", "reviewed_on": "reviewed", "noticed_on": "noticed"}


class Applications(Handler):
    """See the module."""

    @classmethod
    def prepare(cls, batch: Batch, places: Places, task: Task) -> Prepared:
        prepared = Prepared(batch)
        keys = ("name", "identity_number", "subsidy", "applied_on", "decision", "decided_on", "reason", *STEPS)
        columns = [column_of(batch, key) for key in keys]
        for position, place in enumerate(placed(batch, places, prepared)):
            if position in batch.faults or place is None:
                continue
            name, identity, subsidy, applied, decision, decided, reason, *days = (
                column[position] for column in columns
            )
            if decided is not None and decided < applied:
                prepared.faults.setdefault(position, []).append(("decided_on", "decided_before_applied"))
                continue
            prepared.rows.append(position)
            prepared.places.append(place)
            prepared.told.append(Told(identity, name or "", place.code))
            steps = {step: day.isoformat() for step, day in zip(STEPS.values(), days, strict=True) if day}
            prepared.extra.append(
                (subsidy, applied, steps, decision, None if decision == "pending" else decided, (reason or "")[:200])
            )
        prepared.numbers = numbers_of(prepared.told, sealed=cls.sealed)
        return prepared

    def compare(self, prepared: Prepared, *, lock: bool) -> list[Result]:
        self.people = People(prepared.told, prepared.numbers, area=self.task.area, since=None, who_only=True)
        found = self.people.find(lock=lock)
        held = recorded_before(sorted({person.person_id for person in found if person.person_id}))
        self.rows: list[list[ToldApplication]] = []
        results, seen = [], set()
        for n, person in enumerate(found):
            result = Result(SAME)
            told: list[ToldApplication] = []
            results.append(result)
            self.rows.append(told)
            if person.conflict:
                result.against_person(person, prepared)
                continue
            subsidy, applied, steps, decision, decided, reason = prepared.extra[n]
            place = prepared.places[n]
            for kind in [subsidy] if subsidy else SUBSIDIES:
                once = (prepared.numbers[n].index, kind, applied)
                if once in seen:
                    result.against("identity_number", "row_twice")
                    break
                seen.add(once)
                row = ToldApplication(
                    person.person_id,
                    kind,
                    applied,
                    home_of(place, person),
                    place.payer,
                    steps,
                    decision,
                    decided,
                    reason,
                )
                before = held.get(row.key) if person.person_id else None
                if before != row.content:
                    told.append(row)
                    if result.outcome != NEW:
                        result.outcome = NEW if before is None else CHANGED
            if result.outcome == CONFLICT:
                told.clear()
        return results

    def write(self, prepared: Prepared, chosen: Sequence[int], results: Sequence[Result]) -> None:
        self.people.write(chosen, source=self.task.source, on=self.task.on, by_id=self.task.by_id)
        rows = [row for n in chosen for row in self.rows[n]]
        for n in chosen:
            for row in self.rows[n]:
                row.person_id = self.people.found[n].person_id
        record_applications(rows, import_id=self.task.import_id)
        self.effects += Counter(applications=len(rows), persons=sum(self.people.found[n].made for n in chosen))

    def about(self, prepared: Prepared, n: int) -> tuple[str, Month | None]:
        return prepared.extra[n][0] or "", Month.of(prepared.extra[n][1])
