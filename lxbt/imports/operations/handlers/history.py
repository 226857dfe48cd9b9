"""历史发放: what was paid in a month of the past.

Kept as it was; where it contradicts the rules of the time it is marked, never corrected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.entitlements.operations.past import Ledger
from lxbt.imports.operations.handlers._base import Handler, Prepared, Result, Task, column_of, home_of, placed
from lxbt.imports.operations.handlers.recipients import amounts_of
from lxbt.imports.places import Places
from lxbt.imports.reading import Batch
from lxbt.imports.rules.moving import PAID, Move
from lxbt.imports.states import CONFLICT, NEW, SAME
from lxbt.payments.operations.holding import stops_payment
from lxbt.payments.operations.recorded import Outcome, Paid, RecordedPayments
from lxbt.payments.operations.retracting import interrupted_rights
from lxbt.registry.operations.files import People, RowNumbers, Told, numbers_of

REMEMBERED = 400_000  # numbers of persons kept between chunks: a history tells of the same persons every month


class History(Handler):
    """See the module."""

    sealed = False
    indexes: dict[str, RowNumbers] = {}

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.payments = RecordedPayments(import_id=task.import_id, on=task.on, by_id=task.by_id)
        self.regular: set[int] = set()  # of the rows so far, those that are no arrears
        self.own_rights: list[str] = []  # bases of rights that a program pushed: it may tell of their payments

    @classmethod
    def prepare(cls, batch: Batch, places: Places, task: Task) -> Prepared:
        prepared = Prepared(batch)
        where = placed(batch, places, prepared)
        names, identities = column_of(batch, "name"), column_of(batch, "identity_number")
        keys = (
            "subsidy",
            "amount",
            "standard_amount",
            "living_amount",
            "care_amount",
            "paying_organ",
            "change",
            "batch_note",
            "reason",
            "note",
            "paid_on",
        )
        columns = [column_of(batch, key) for key in keys]
        months = months_of(batch)
        for position, place in enumerate(where):
            if position in batch.faults or place is None:
                continue
            subsidy, amount, standard, living, care, organ, change, *notes, paid_on = (
                column[position] for column in columns
            )
            amounts = amounts_of(subsidy, amount or standard, living, care)
            month = months[position]
            if not amounts or month is None or any(value is None for _subsidy, value in amounts):
                column = "month" if month is None else "subsidy" if not amounts else "amount"
                prepared.faults.setdefault(position, []).append((column, "missing"))
                continue
            prepared.rows.append(position)
            prepared.places.append(place)
            prepared.told.append(Told(identities[position], names[position] or "", place.code))
            arrears = change == "arrears" or any("补发" in note or "arrears" in note.lower() for note in notes if note)
            prepared.extra.append((month, amounts, (organ or "")[:40], arrears, paid_on))
        prepared.numbers = cls._numbers(prepared.told)
        return prepared

    @classmethod
    def _numbers(cls, told: Sequence[Told]) -> list[RowNumbers]:
        if len(cls.indexes) > REMEMBERED:
            cls.indexes.clear()
        known = cls.indexes
        fresh = {row.identity: row for row in told if row.identity not in known}
        known.update(zip(fresh, numbers_of(list(fresh.values()), sealed=False), strict=True))
        return [known[row.identity] for row in told]

    def compare(self, prepared: Prepared, *, lock: bool) -> list[Result]:
        task = self.task
        self.people = People(
            prepared.told, prepared.numbers, area=task.area, since=None, moved_allowed=True, who_only=True
        )
        found = self.people.find(lock=lock)
        results = [Result(SAME) for _person in found]
        self.paid: list[tuple[int, Paid]] = []
        for n, (person, result) in enumerate(zip(found, results, strict=True)):
            if person.conflict:
                result.against_person(person, prepared)
                continue
            if not person.person_id and not prepared.told[n].name:
                result.against("identity_number", "person_unknown")
                continue
            month, amounts, organ, arrears, paid_on = prepared.extra[n]
            place = prepared.places[n]
            if person.person_id and self.people.lives_elsewhere(person.person_id):
                result.remarks.append(("division", "lives_elsewhere"))
            for subsidy, amount in amounts:
                if self._told_before(prepared.numbers[n].index, subsidy, month, amount, arrears=arrears, day=paid_on):
                    result.against("identity_number", "row_twice")
                    break
                self.paid.append(
                    (
                        n,
                        Paid(
                            person.person_id,
                            subsidy,
                            month,
                            amount,
                            home_of(place, person),
                            place.payer,
                            organ,
                            arrears,
                            paid_on=paid_on,
                            who=prepared.numbers[n].index,
                        ),
                    )
                )
                result.amount += amount
        self.outcomes = self.payments.compare([paid for _n, paid in self.paid])
        for (n, paid), outcome in zip(self.paid, self.outcomes, strict=True):
            if results[n].outcome != CONFLICT:
                self._compare_payment(results[n], paid, outcome, coarse=prepared.places[n].coarse)
        self.moves = {}
        fresh = [
            (n, paid) for (n, paid), outcome in zip(self.paid, self.outcomes, strict=True) if outcome.kind == "new"
        ]
        for (n, paid), stops in zip(fresh, stops_payment([p for _n, p in fresh], own=self.own_rights), strict=True):
            if stops:
                self.moves.setdefault(n, []).append(
                    Move(PAID, paid.subsidy, paid.month, paid.amount or ZERO, stops == "right")
                )
        return results

    def _told_before(
        self, index: bytes, subsidy: str, month: Month, amount: object, *, arrears: bool, day: date | None
    ) -> bool:
        """Whether arrears come to exactly what a row before told of the month, and no day tells them apart: the word
        alone makes no second payment.
        """
        key = hash((index, subsidy, month, amount))
        if arrears:
            return day is None and key in self.regular
        if len(self.regular) < REMEMBERED:
            self.regular.add(key)
        return False

    def _compare_payment(self, result: Result, paid: Paid, outcome: Outcome, *, coarse: bool) -> None:
        if outcome.elsewhere(self.task.area):
            result.against("month", "paid_elsewhere")
        elif outcome.kind == "otherwise":
            result.paid_otherwise(outcome.held)
        elif outcome.kind == "another_day":
            result.against("paid_on", "paid_on_another_day")
        elif outcome.kind == "twice":
            result.against("identity_number", "row_twice" if outcome.held == paid.amount else "row_twice_otherwise")
        elif outcome.kind == "new":
            result.outcome = NEW
            if not paid.person_id:
                result.remarks.append(("identity_number", "person_made"))
                if coarse:
                    result.remarks.append(("division", "place_coarse"))
            elif outcome.doubts:
                result.doubt(outcome.doubts)

    def write(self, prepared: Prepared, chosen: Sequence[int], results: Sequence[Result]) -> None:
        task, found, wanted = self.task, self.people.found, set(chosen)
        self.people.write(chosen, source=task.source, on=task.on, by_id=task.by_id)
        rows, outcomes = [], []
        made = {found[n].person_id for n in wanted if found[n].made}
        months: dict[tuple[int, str], set[Month]] = {}
        for (n, paid), outcome in zip(self.paid, self.outcomes, strict=True):
            if n in wanted and outcome.kind == "new":
                paid.person_id = found[n].person_id
                rows.append(paid)
                outcomes.append(outcome)
                months.setdefault((paid.person_id, paid.subsidy), set()).add(paid.month)
        if made:
            self.payments.price(rows, outcomes)
        ledger = Ledger((pid for pid, _subsidy in months if pid not in made), on=task.on, by_id=task.by_id, at=task.at)
        for key, added in months.items():
            ledger.add_past(key, added)
        ledger.write()
        self.effects += Counter(
            persons=len(made),
            payments=self.payments.write(rows, outcomes),
            doubtful=sum(bool(outcome.doubts) for outcome in outcomes),
        )

    def about(self, prepared: Prepared, n: int) -> tuple[str, Month | None]:
        month, amounts, *_rest = prepared.extra[n]
        return (amounts[0][0] if len(amounts) == 1 else ""), month

    def finish(self) -> Counter[str]:
        return Counter(interrupted=interrupted_rights(import_id=self.task.import_id))

    def forget(self) -> None:
        self.payments.forget()
        self.regular.clear()


def months_of(batch: Batch) -> Sequence[Month | None]:
    """The month of every row: one column, or year and month side by side."""
    if "month" in batch.values:
        return batch.values["month"]
    years, numbers = column_of(batch, "year"), column_of(batch, "month_of_year")
    return [Month(year, number) if year and number else None for year, number in zip(years, numbers, strict=True)]
