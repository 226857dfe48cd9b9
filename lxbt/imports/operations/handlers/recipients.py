"""现有领取人: who is paid in the current month. The person, the certificate, the account, the month as it was paid, and the right that goes on from there.

What was paid is kept as it was paid; where the rules of the month say otherwise the row is accepted with that remark, and
the next draw pays by the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxbt.core import idnumber
from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.core.profile import CARE, CERTIFICATE_EVENTS, EVENTS, LIVING
from lxbt.entitlements.operations.past import Ledger, tell_months
from lxbt.imports.operations.handlers._base import Handler, Prepared, Result, Task, column_of, home_of, placed
from lxbt.imports.places import Places
from lxbt.imports.reading import Batch
from lxbt.imports.states import CHANGED, CONFLICT, NEW, SAME
from lxbt.payments.operations.recorded import Outcome, Paid, RecordedPayments
from lxbt.registry.operations.files import People, Told, class_of, numbers_of

FACTS = ("economic", "area")


@dataclass(frozen=True, slots=True)
class Received:
    """What a row tells of money: the month paid (None: nothing told) and each subsidy with its amount (None: as the rules say)."""

    month: Month | None
    since: Month | None
    amounts: tuple[tuple[str, Decimal | None], ...]


def amounts_of(
    subsidy: str | None, amount: Decimal | None, living: Decimal | None, care: Decimal | None
) -> tuple[tuple[str, Decimal | None], ...]:
    """Each subsidy of a row with its amount: one named with an amount, or two columns side by side."""
    found: dict[str, Decimal | None] = {}
    if living:
        found[LIVING] = living
    if care:
        found[CARE] = care
    if subsidy:
        found[subsidy] = found.get(subsidy) or amount
    return tuple(found.items())


def told_rows(batch: Batch, places: Places, prepared: Prepared, *, facts: Sequence[str]) -> None:
    """The persons of the rows that can be read, into `prepared`."""
    get = {
        key: column_of(batch, key)
        for key in (
            "name",
            "identity_number",
            "certificate_number",
            "category",
            "grade",
            "certificate_issued_on",
            "certificate_until",
            "bank",
            "account_holder",
            "account_number",
            "phone",
            "address",
            "guardian_name",
            "guardian_relation",
            *facts,
        )
    }
    where = placed(batch, places, prepared)
    names, identities, certificates = get["name"], get["identity_number"], get["certificate_number"]
    for position, place in enumerate(where):
        if position in batch.faults or place is None:
            continue
        number = certificates[position] or ""
        category, grade = get["category"][position], get["grade"][position]
        if number and (told := class_of(number)) is not None:
            category, grade = told
        dates = {}
        if day := get["certificate_issued_on"][position]:
            dates["issued_on"] = day
        if day := get["certificate_until"][position]:
            dates["valid_until"] = day
        prepared.rows.append(position)
        prepared.places.append(place)
        prepared.told.append(
            Told(
                identities[position],
                names[position] or "",
                place.code,
                number,
                category if grade else None,
                grade if category else None,
                dates,
                {key: value for key in facts if (value := get[key][position]) is not None},
                get["bank"][position] or "",
                get["account_holder"][position] or "",
                get["account_number"][position] or "",
                get["phone"][position] or "",
                get["address"][position] or "",
                get["guardian_name"][position] or "",
                get["guardian_relation"][position] or "",
            )
        )


class Recipients(Handler):
    """See the module."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.payments = RecordedPayments(import_id=task.import_id, on=task.on, by_id=task.by_id)

    @classmethod
    def prepare(cls, batch: Batch, places: Places, task: Task) -> Prepared:
        prepared = Prepared(batch)
        told_rows(batch, places, prepared, facts=FACTS)
        columns = [
            column_of(batch, key)
            for key in (
                "subsidy",
                "amount",
                "standard_amount",
                "living_amount",
                "care_amount",
                "paid_month",
                "since_month",
            )
        ]
        kept: list[int] = []
        for n, position in enumerate(prepared.rows):
            subsidy, amount, standard, living, care, month, since = (column[position] for column in columns)
            amounts = amounts_of(subsidy, amount or standard, living, care)
            if not amounts:
                prepared.faults.setdefault(position, []).append(("subsidy", "missing"))
                continue
            if any(
                kind == CARE for kind, _amount in amounts
            ):  # paid for care: the county found the need for it, 国发〔2015〕52号 二（一）
                prepared.told[n].facts = {**prepared.told[n].facts, "long_term_care": True}
            prepared.extra.append(Received(month, since, amounts))
            kept.append(n)
        if len(kept) < len(prepared.rows):
            prepared.rows, prepared.told = [prepared.rows[n] for n in kept], [prepared.told[n] for n in kept]
            prepared.places = [prepared.places[n] for n in kept]
        prepared.numbers = numbers_of(prepared.told, sealed=cls.sealed)
        return prepared

    def compare(self, prepared: Prepared, *, lock: bool) -> list[Result]:
        task = self.task
        self.people = People(prepared.told, prepared.numbers, area=task.area, since=Month.of(task.on), on=task.on)
        found = self.people.find(lock=lock)
        self.ledger = Ledger((p.person_id for p in found), on=task.on, by_id=task.by_id, at=task.at)
        results = [Result(SAME, remarks=list(person.remarks)) for person in found]
        self.paid: list[tuple[int, Paid]] = []
        self.rights: list[tuple[int, str, Month]] = []
        seen: dict[tuple[bytes, str], int] = {}
        for n, (person, result, received) in enumerate(zip(found, results, prepared.extra, strict=True)):
            if person.conflict:
                result.against_person(person, prepared)
                continue
            if not person.person_id:
                result.outcome = NEW
                if prepared.places[n].coarse:
                    result.remarks.append(("division", "place_coarse"))
            elif person.changes:
                result.outcome = CHANGED
            for subsidy, amount in received.amounts:
                if seen.setdefault((prepared.numbers[n].index, subsidy), n) != n:
                    result.against("identity_number", "row_twice")
                    break
                self._compare_right(n, person.person_id, subsidy, received, result)
                self._paid_row(n, prepared, subsidy, amount, received)
                result.amount += amount or ZERO
        rows = [paid for _n, paid in self.paid]
        self.outcomes = self.payments.compare(rows)
        for (n, paid), outcome in zip(self.paid, self.outcomes, strict=True):
            self._compare_payment(results[n], paid, outcome)
        return results

    def _compare_right(self, n: int, person_id: int, subsidy: str, received: Received, result: Result) -> None:
        since = received.month + 1 if received.month else Month.of(self.task.on)
        outcome = self.ledger.outcome((person_id, subsidy), since) if person_id else "new"
        if outcome == "ended":
            result.against("subsidy", "right_ended")
        elif outcome == "new":
            self.rights.append((n, subsidy, since))
            if result.outcome in (SAME, CHANGED):
                result.outcome = NEW

    def _paid_row(self, n: int, prepared: Prepared, subsidy: str, amount: Decimal | None, received: Received) -> None:
        if received.month is None:
            return
        place, told, person = prepared.places[n], prepared.told[n], self.people.found[n]
        priced: tuple[Any, ...] | None = None
        if not person.person_id:
            shared = {key: value for key, value in told.facts.items() if key not in EVENTS} | {
                "sex": idnumber.sex_of(told.identity)
            }
            if told.category:
                shared["certificate"] = {"category": told.category, "grade": told.grade}
            days = [told.facts.get(key) for key in EVENTS] + [told.dates.get(key) for key in CERTIFICATE_EVENTS]
            priced = (self.payments.pricer.number_of(shared), idnumber.birth_of(told.identity), *days)
        self.paid.append(
            (
                n,
                Paid(
                    person.person_id,
                    subsidy,
                    received.month,
                    amount,
                    home_of(place, person),
                    place.payer,
                    who=prepared.numbers[n].index,
                    told=priced,
                ),
            )
        )

    def _compare_payment(self, result: Result, paid: Paid, outcome: Outcome) -> None:
        if result.outcome == CONFLICT:
            return
        if outcome.kind == "otherwise":
            result.paid_otherwise(outcome.held)
        elif outcome.kind == "twice":
            result.against("identity_number", "row_twice")
        elif outcome.kind == "new":
            if paid.amount is None and not outcome.due:
                result.against("amount", "amount_unknown")
                return
            if outcome.doubts:
                result.doubt(outcome.doubts)
            if result.outcome in (SAME, CHANGED):
                result.outcome = NEW

    def about(self, prepared: Prepared, n: int) -> tuple[str, Month | None]:
        amounts = prepared.extra[n].amounts
        return (amounts[0][0] if len(amounts) == 1 else ""), prepared.extra[n].month

    def write(self, prepared: Prepared, chosen: Sequence[int], results: Sequence[Result]) -> None:
        task, found = self.task, self.people.found
        wanted = set(chosen)
        changed = self.people.write(chosen, source=task.source, on=task.on, by_id=task.by_id)
        tell_months(changed)
        keys: dict[tuple[int, str], list[Month]] = {}
        for n, subsidy, since in self.rights:
            if n in wanted:
                self.ledger.grant((found[n].person_id, subsidy), since, task.source)
        rows, outcomes = [], []
        for (n, paid), outcome in zip(self.paid, self.outcomes, strict=True):
            if n in wanted and outcome.kind == "new":
                paid.person_id, paid.told = found[n].person_id, None
                rows.append(paid)
                outcomes.append(outcome)
                keys.setdefault((paid.person_id, paid.subsidy), []).append(paid.month)
        self.payments.price(rows, outcomes)
        for key, months in keys.items():
            self.ledger.add_past(key, months)
        self.ledger.write()
        self.effects += Counter(
            persons=sum(found[n].made for n in wanted),
            changed=len(changed),
            rights=sum(n in wanted for n, _s, _m in self.rights),
            payments=self.payments.write(rows, outcomes),
        )

    def forget(self) -> None:
        self.payments.forget()
