"""现有领取人: who is paid in the current month. The person, the certificate, the account, the month as it was paid, and
the right that goes on from there.

What was paid is kept as it was paid; where the rules of the month say otherwise the row is accepted with that remark,
and the next draw pays by the rules.
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
from lxbt.entitlements.operations.holding import NewRight, hold_rights
from lxbt.entitlements.operations.past import Ledger, tell_months
from lxbt.imports.operations.handlers._base import Handler, Prepared, Result, Task, column_of, home_of, placed
from lxbt.imports.places import Places
from lxbt.imports.reading import Batch
from lxbt.imports.rules.kinds.facts import FACT_KEYS
from lxbt.imports.rules.moving import FACTS as CHANGED_FACTS
from lxbt.imports.rules.moving import MONEYED, PAID, RIGHT, Move, pays_from
from lxbt.imports.rules.values.facts import facts_of
from lxbt.imports.states import CHANGED, CONFLICT, NEW, SAME
from lxbt.payments.operations.holding import stops_payment
from lxbt.payments.operations.recorded import Outcome, Paid, RecordedPayments
from lxbt.registry.operations.files import People, Told, class_of, class_table, numbers_of
from lxbt.standards.queries import parameter_value

FACTS = ("economic", "area", *FACT_KEYS)


@dataclass(frozen=True, slots=True)
class Received:
    """What a row tells of money: the month paid (None: nothing told) and each subsidy with its amount (None: as the
    rules say).
    """

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
            "components",
            "facts_since",
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
                facts_of({key: get[key][position] for key in facts}),
                get["bank"][position] or "",
                get["account_holder"][position] or "",
                get["account_number"][position] or "",
                get["phone"][position] or "",
                get["address"][position] or "",
                get["guardian_name"][position] or "",
                get["guardian_relation"][position] or "",
                [{"category": kind, "grade": n} for kind, n in get["components"][position] or ()],
                get["facts_since"][position],
            )
        )


class Recipients(Handler):
    """See the module."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.payments = RecordedPayments(import_id=task.import_id, on=task.on, by_id=task.by_id)
        self.first_paid: dict[str, Month] = {}

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
                kind == CARE
                for kind, _amount in amounts
                # paid for care: the county found the need for it, 国发〔2015〕52号 二（一）, unless the row itself
                # denies it
            ):
                prepared.told[n].facts = {"long_term_care": True, **prepared.told[n].facts}
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
        self.moves = {}
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
        self._note_moves(found)
        return results

    def _note_moves(self, found: Sequence[Any]) -> None:
        """What each row moves: rights, payments of the system, facts of those who have a right."""
        for n, subsidy, since in self.rights:
            self.moves.setdefault(n, []).append(Move(RIGHT, subsidy, since))
        fresh = [
            (n, paid, outcome)
            for (n, paid), outcome in zip(self.paid, self.outcomes, strict=True)
            if outcome.kind == "new"
        ]
        for (n, paid, outcome), stops in zip(fresh, stops_payment([p for _n, p, _o in fresh]), strict=True):
            if stops:
                yuan = outcome.due if paid.amount is None else paid.amount
                self.moves.setdefault(n, []).append(Move(PAID, paid.subsidy, paid.month, yuan, stops == "right"))
        for n, person in enumerate(found):
            if person.person_id and MONEYED & person.changes.keys() and self.ledger.holds(person.person_id):
                self.moves.setdefault(n, []).append(Move(CHANGED_FACTS))

    def priced(
        self, prepared: Prepared, rows: Sequence[int]
    ) -> dict[tuple[int, str], tuple[Decimal, int, Decimal, int, Decimal]]:
        wanted, came = set(rows), Month.of(self.task.on)
        asked: list[tuple[int, str, Month, Month]] = []
        paid: list[Paid] = []
        for n, subsidy, since in self.rights:
            if n in wanted:
                for month in since.until(came + 1) if since <= came else [since]:
                    asked.append((n, subsidy, month, self.pays_from(prepared.places[n].payer)))
                    paid.append(self._told_paid(n, prepared, subsidy, None, month))
        outcomes = [Outcome("new") for _row in paid]
        self.payments.price(paid, outcomes)
        found: dict[tuple[int, str], tuple[Decimal, int, Decimal, int, Decimal]] = {}
        for (n, subsidy, month, first), outcome in zip(asked, outcomes, strict=True):
            monthly, back, yuan, held, held_yuan = found.get((n, subsidy), (ZERO, 0, ZERO, 0, ZERO))
            if month >= came:
                monthly = outcome.due
            else:
                back, yuan = back + 1, yuan + outcome.due
                if month < first:
                    held, held_yuan = held + 1, held_yuan + outcome.due
            found[n, subsidy] = (monthly, back, yuan, held, held_yuan)
        return found

    def pays_from(self, payer: str) -> Month:
        """The first month that a right of this file is paid for without a decision of two persons."""
        if payer not in self.first_paid:
            came = Month.of(self.task.on)
            told = parameter_value("import_arrears_months", payer, came, 0)
            self.first_paid[payer] = pays_from(came, told if isinstance(told, int) else 0)
        return self.first_paid[payer]

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
        if received.month is not None:
            self.paid.append((n, self._told_paid(n, prepared, subsidy, amount, received.month)))

    def _told_paid(self, n: int, prepared: Prepared, subsidy: str, amount: Decimal | None, month: Month) -> Paid:
        place, told, person = prepared.places[n], prepared.told[n], self.people.found[n]
        priced: tuple[Any, ...] | None = None
        if not person.person_id:
            shared = {key: value for key, value in told.facts.items() if key not in EVENTS} | {
                "sex": idnumber.sex_of(told.identity)
            }
            if told.category:
                shared["certificate"] = class_table(told)
            days = [told.facts.get(key) for key in EVENTS] + [told.dates.get(key) for key in CERTIFICATE_EVENTS]
            priced = (self.payments.pricer.number_of(shared), idnumber.birth_of(told.identity), *days)
        return Paid(
            person.person_id,
            subsidy,
            month,
            amount,
            home_of(place, person),
            place.payer,
            who=prepared.numbers[n].index,
            told=priced,
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
        given = [
            NewRight(found[n].person_id, subsidy, since, prepared.places[n].payer)
            for n, subsidy, since in self.rights
            if n in wanted
        ]
        held = 0
        for payer in sorted({right.payer for right in given}):
            own = [right for right in given if right.payer == payer]
            held += hold_rights(
                own,
                import_id=task.import_id,
                pays_from=self.pays_from(payer),
                confirmed=self.confirmed or (self.answers_for is not None and self.answers_for(payer, len(own))),
            )
        self.effects += Counter(
            persons=sum(found[n].made for n in wanted),
            changed=len(changed),
            rights=len(given),
            held=held,
            payments=self.payments.write(rows, outcomes),
        )

    def forget(self) -> None:
        self.payments.forget()
