"""比对名单: what other bodies tell of persons. Nothing here is changed by it; the rules of comparison look at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lxbt.accounts.queries import user_of
from lxbt.imports.kinds import LIST
from lxbt.imports.operations.handlers._base import Handler, Prepared, Result, Task, column_of
from lxbt.imports.places import Place, Places
from lxbt.imports.reading import Batch
from lxbt.imports.states import ERROR, NEW, SAME
from lxbt.matching.operations.lists import close_list, open_list, take_list_rows
from lxbt.matching.queries.watch import list_of_file
from lxbt.matching.rules.lists import LISTS, ListRow, event_day_fault

KEYS = (
    "name",
    "identity_number",
    "birth",
    "event_on",
    "since_month",
    "until_month",
    "amount",
    "value",
    "place",
    "reference",
    "note",
)
TEXTS = ("name", "identity_number", "value", "place", "reference", "note")


class OtherList(Handler):
    """See the module."""

    sealed = False

    @classmethod
    def prepare(cls, batch: Batch, places: Places, task: Task) -> Prepared:
        prepared = Prepared(batch)
        words = {column.key: column.choices for column in LISTS[task.kind.removeprefix(LIST)].columns if column.choices}
        columns = {key: column_of(batch, key) for key in KEYS}
        for position, row_no in enumerate(batch.row_nos):
            if position in batch.faults:
                continue
            told = {key: column[position] for key, column in columns.items()}
            told |= {key: told[key] or "" for key in TEXTS}
            unknown = next((key for key, known in words.items() if told[key] and told[key] not in known), None)
            if unknown:
                prepared.faults.setdefault(position, []).append((unknown, "value_unknown"))
                continue
            told |= {key: known[told[key]] for key, known in words.items() if told[key]}
            prepared.rows.append(position)
            prepared.places.append(Place(task.area, task.area))
            prepared.extra.append(ListRow(row_no, **told))
        return prepared

    def compare(self, prepared: Prepared, *, lock: bool) -> list[Result]:
        held = list_of_file(self.task.kind.removeprefix(LIST), self.task.area, self.task.digest)
        self.again = held is not None and held.state == "taken"
        self.list_id = held.pk if held else None
        results = []
        for row in prepared.extra:
            result = Result(SAME if self.again else NEW)
            if not row.name and not row.identity_number:
                result.against("name", "missing", ERROR)
            elif row.event_on is not None and (fault := event_day_fault(row, on=self.task.on)) is not None:
                result.against("event_on", fault, ERROR)
            elif not row.identity_number:
                result.remarks.append(("identity_number", "proposes_only"))
            results.append(result)
        return results

    def write(self, prepared: Prepared, chosen: Sequence[int], results: Sequence[Result]) -> None:
        task = self.task
        if self.list_id is None:
            kind = task.kind.removeprefix(LIST)
            self.list_id = open_list(
                kind=kind,
                division_code=task.area,
                received_on=task.on,
                as_of=task.on,
                name=task.name,
                digest=task.digest,
                by=user_of(task.by_id),
            ).pk
        taken = take_list_rows(list_id=self.list_id, rows=[prepared.extra[n] for n in chosen], on=task.on)
        self.effects += Counter(listed=taken.new, repeated=taken.same, unknown=taken.unknown_person)

    def finish(self) -> Counter[str]:
        held = list_of_file(self.task.kind.removeprefix(LIST), self.task.area, self.task.digest)
        if held is not None and held.state == "open":
            close_list(list_id=held.pk, by=user_of(self.task.by_id), on=self.task.on)
        return Counter()
