"""人员登记: an extract of what a county knows of persons. Nothing about money or rights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from lxbt.core.months import Month
from lxbt.core.profile import EVENTS
from lxbt.entitlements.operations.past import tell_months
from lxbt.entitlements.queries import persons_with_rights
from lxbt.imports.operations.handlers._base import Handler, Prepared, Result, Task, column_of
from lxbt.imports.operations.handlers.recipients import FACTS as FACTS_TOLD
from lxbt.imports.operations.handlers.recipients import told_rows
from lxbt.imports.places import Places
from lxbt.imports.reading import Batch
from lxbt.imports.rules.moving import FACTS, MONEYED, Move
from lxbt.imports.states import CHANGED, NEW, SAME
from lxbt.registry.operations.files import People, numbers_of

STATES = {"frozen": "frozen_on", "cancelled": "cancelled_on"}


class Registry(Handler):
    """See the module."""

    @classmethod
    def prepare(cls, batch: Batch, places: Places, task: Task) -> Prepared:
        prepared = Prepared(batch)
        told_rows(batch, places, prepared, facts=(*FACTS_TOLD, *EVENTS))
        states = column_of(batch, "certificate_state")
        for position, told in zip(prepared.rows, prepared.told, strict=True):
            days = {key: day.isoformat() for key in EVENTS if isinstance(day := told.facts.get(key), date)}
            told.facts = {**told.facts, **days}
            if (name := STATES.get(states[position] or "")) and told.category:
                told.dates = {**told.dates, name: task.on}  # the file tells that, not since when: from the day it came
        prepared.numbers = numbers_of(prepared.told, sealed=cls.sealed)
        return prepared

    def compare(self, prepared: Prepared, *, lock: bool) -> list[Result]:
        self.people = People(
            prepared.told, prepared.numbers, area=self.task.area, since=Month.of(self.task.on), on=self.task.on
        )
        results = []
        seen: dict[bytes, int] = {}
        for n, person in enumerate(self.people.find(lock=lock)):
            result = Result(
                NEW if not person.person_id else CHANGED if person.changes else SAME, remarks=list(person.remarks)
            )
            if person.conflict:
                result.against_person(person, prepared)
            elif seen.setdefault(prepared.numbers[n].index, n) != n:
                result.against("identity_number", "row_twice")
            elif not person.person_id and prepared.places[n].coarse:
                result.remarks.append(("division", "place_coarse"))
            results.append(result)
        self.moves = {}
        changed = [n for n, p in enumerate(self.people.found) if p.person_id and MONEYED & p.changes.keys()]
        holders = persons_with_rights(self.people.found[n].person_id for n in changed)
        for n in changed:
            if self.people.found[n].person_id in holders:
                self.moves[n] = [Move(FACTS)]
        return results

    def write(self, prepared: Prepared, chosen: Sequence[int], results: Sequence[Result]) -> None:
        changed = self.people.write(chosen, source=self.task.source, on=self.task.on, by_id=self.task.by_id)
        tell_months(changed)
        self.effects += Counter(persons=sum(self.people.found[n].made for n in chosen), changed=len(changed))
