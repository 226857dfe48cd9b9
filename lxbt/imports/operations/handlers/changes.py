"""历史变更: starts, stops, rises, changes of grade before the system.

Kept as told; beside the payments of the time where both are held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.entitlements.operations.past import past_changes_held, record_past_changes
from lxbt.imports.operations.handlers._base import Handler, Prepared, Result, column_of, placed
from lxbt.imports.operations.handlers._base import Task as Task
from lxbt.imports.places import Places
from lxbt.imports.reading import Batch
from lxbt.imports.states import NEW, SAME
from lxbt.payments.operations.recorded import doubts_of_changes
from lxbt.registry.operations.files import People, Told, numbers_of


class Changes(Handler):
    """See the module."""

    sealed = False

    @classmethod
    def prepare(cls, batch: Batch, places: Places, task: Task) -> Prepared:
        prepared = Prepared(batch)
        columns = [
            column_of(batch, key)
            for key in (
                "name",
                "identity_number",
                "subsidy",
                "change",
                "month",
                "old_value",
                "new_value",
                "reason",
                "decided_on",
            )
        ]
        for position, place in enumerate(placed(batch, places, prepared)):
            if position in batch.faults or place is None:
                continue
            name, identity, subsidy, change, month, old, new, reason, decided = (column[position] for column in columns)
            prepared.rows.append(position)
            prepared.places.append(place)
            prepared.told.append(Told(identity, name or "", place.code))
            prepared.extra.append(
                (subsidy, change, month, (old or "")[:60], (new or "")[:60], (reason or "")[:200], decided)
            )
        prepared.numbers = numbers_of(prepared.told, sealed=cls.sealed)
        return prepared

    def compare(self, prepared: Prepared, *, lock: bool) -> list[Result]:
        self.people = People(
            prepared.told, prepared.numbers, area=self.task.area, since=None, moved_allowed=True, who_only=True
        )
        found = self.people.find(lock=lock)
        results = [Result(SAME) for _person in found]
        self.told: list[list[dict[str, object]]] = [[] for _person in found]
        for n, (person, result) in enumerate(zip(found, results, strict=True)):
            if person.conflict:
                result.against_person(person, prepared)
                continue
            if not person.person_id:
                result.against("identity_number", "person_unknown")
                continue
            subsidy, change, month, old, new, reason, decided = prepared.extra[n]
            self.told[n] = [
                {
                    "person_id": person.person_id,
                    "subsidy": kind,
                    "month": month.first,
                    "kind": "other" if change == "arrears" else change,
                    "old_value": old,
                    "new_value": new,
                    "reason": reason,
                    "decided_on": decided,
                    "doubts": [],
                }
                for kind in ([subsidy] if subsidy else SUBSIDIES)
            ]
        held = past_changes_held([row for rows in self.told for row in rows])
        seen: set[tuple[object, ...]] = set()
        for rows, result in zip(self.told, results, strict=True):
            for row in rows:
                key = (row["person_id"], row["subsidy"], row["month"], row["kind"])
                if key in seen:
                    result.against("identity_number", "row_twice")
                    break
                seen.add(key)
                if key not in held:
                    result.outcome = NEW
        flat = [
            (row, result)
            for rows, result in zip(self.told, results, strict=True)
            if result.outcome == NEW
            for row in rows
        ]
        for (row, result), doubts in zip(flat, doubts_of_changes([row for row, _result in flat]), strict=True):
            row["doubts"] = doubts
            result.remarks += [("change", code) for code in doubts]
        return results

    def about(self, prepared: Prepared, n: int) -> tuple[str, Month | None]:
        return prepared.extra[n][0] or "", prepared.extra[n][2]

    def write(self, prepared: Prepared, chosen: Sequence[int], results: Sequence[Result]) -> None:
        rows = [row for n in chosen for row in self.told[n]]
        outcomes = record_past_changes(rows, import_id=self.task.import_id)
        self.effects += Counter(changes=outcomes.count("new"))
