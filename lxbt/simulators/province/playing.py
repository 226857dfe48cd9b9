"""What the played province does: pushes its books with faults, looks what became of every row, compares manifests,
heals what differs.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxbt.provincial.client import Batch, Packed, Province, Refused, pack
from lxbt.provincial.client.manifests import Group, different
from lxbt.simulators.province.faults import Faults
from lxbt.simulators.province.habits import Habits, record_of_payment, record_of_person
from lxbt.simulators.province.store import Store

WRONG_BY = 100  # fen
REF = "P"  # what record numbers of payments begin with
SINGLY = 25  # corrections told one by one, the others as a batch
ROUNDS = 4
MOST_TOLD = 20_000  # persons of one group
EVENTS = ("batch.done", "manifest.different", "person.conflict")
PERSONS, PAYMENTS = "persons", "payments"


@dataclass(frozen=True, slots=True)
class Job:
    """A batch to be sent: persons `first` to `last` (not itself), or their payments of a month."""

    name: str
    kind: str
    month: str
    first: int
    last: int


@dataclass
class Report:
    """What happened."""

    rows: int = 0
    batches: int = 0
    singles: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    rounds: list[dict[str, int]] = field(default_factory=list)
    open_groups: list[Group] = field(default_factory=list)
    open_persons: int = 0
    explained: int = 0


class Play:
    """A run. `name` begins its idempotency keys, so that the same run can go on where it was stopped."""

    def __init__(
        self,
        store: Store,
        province: Province,
        habits: Habits,
        faults: Faults,
        *,
        name: str,
        months: list[str],
        batch_rows: int,
        day: str,
        persons: bool = True,
        tell: Callable[[str], None] = lambda said: None,
    ) -> None:
        self.store, self.province, self.habits, self.faults = store, province, habits, faults
        self.name, self.months, self.batch_rows, self.day, self.persons, self.tell = (
            name,
            months,
            batch_rows,
            day,
            persons,
            tell,
        )
        self.report = Report()
        self.odd: dict[str, str] = {}  # rows put in on purpose: ref -> what must stand against them

    def open(self, webhook_url: str = "") -> None:
        """Tell our codes and where events go."""
        for table, codes in self.habits.codes().items():
            if codes:
                self.province.set_codes(table, codes)
        if webhook_url:
            self.province.set_webhooks(webhook_url, EVENTS)

    def run(self) -> Report:
        """Push everything, settle, correct, reconcile."""
        began = time.monotonic()
        sent = [(job, *pushed) for job in self.jobs() if (pushed := self.push(job))]
        for job, batch, odd in sent:
            self.settle(job, batch, odd)
        for name, kind, batch_id in self.store.rows(
            "select name, kind, batch_id from batch where counts is null order by name"
        ):  # of a run that was stopped; said again
            self.settle(Job(name, kind, "", 0, 0), self.province.batch(batch_id), None)
        self.correct()
        self.report.seconds = time.monotonic() - began
        self.reconcile()
        return self.report

    def jobs(self) -> Iterator[Job]:
        """The batches not sent yet, in their order or, with that fault, in another."""
        persons, step = self.store.count(), max(1, self.batch_rows * 10 // 14)  # some persons have two payments a month
        starts = range(0, persons, self.batch_rows) if self.persons else ()
        found = [Job(f"{PERSONS}-{n}", PERSONS, "", n, min(n + self.batch_rows, persons)) for n in starts]
        found += [
            Job(f"{month}-{n}", PAYMENTS, month, n, min(n + step, persons))
            for month in self.months
            for n in range(0, persons, step)
        ]
        if self.faults.strikes("reordered"):
            self.faults.random.shuffle(found)
        done = {name for (name,) in self.store.rows("select name from batch")}
        yield from (job for job in found if job.name not in done)

    def push(self, job: Job) -> tuple[Batch, dict[str, str]] | None:
        """Send a batch, with what goes wrong on the way. None when it is forgotten on purpose."""
        if job.kind == PAYMENTS and self.faults.strikes("lost"):
            self.tell(f"{job.name}: lost")
            return None
        wrong: list[tuple[str, int, str]] = []
        odd: dict[str, str] = {}
        records: Iterable[Mapping[str, str]] = self.records(job, wrong, odd)
        if self.faults.strikes("reordered"):
            gathered = list(records)
            self.faults.random.shuffle(gathered)
            records = gathered
        packed = pack(records)
        try:
            batch = self._sent(job, packed)
        finally:
            packed.close()
        self.store.many("update payment set told = 2 where month = ? and number = ? and subsidy = ?", wrong)
        self.store.many("insert or replace into batch values (?, ?, ?, null)", [(job.name, job.kind, batch.batch_id)])
        self.report.rows += packed.rows
        self.report.batches += 1
        self.tell(f"{job.name}: {packed.rows} rows")
        return batch, odd

    def _sent(self, job: Job, packed: Packed) -> Batch:
        params = {"kind": job.kind, "month": job.month} if job.month else {"kind": job.kind}
        key = f"{self.name}-{job.name}"
        self.faults.before_batch(self.province.line, params, packed, key)
        batch = self.province.push_batch(job.kind, packed, month=job.month, key=key)
        self.faults.expect(f"{job.name} rows", batch.rows, packed.rows)
        if self.faults.strikes("repeated"):
            again = self.province.push_batch(job.kind, packed, month=job.month, key=key)
            self.faults.expect(f"{job.name} repeated with its key", again.batch_id, batch.batch_id)
            other = self.province.push_batch(job.kind, packed, month=job.month, key=f"{key}-again")
            self.report.rows += packed.rows
            self.report.batches += 1
            self.store.many(
                "insert or replace into batch values (?, ?, ?, null)", [(f"{job.name}-again", job.kind, other.batch_id)]
            )
        return batch

    def records(self, job: Job, wrong: list[tuple[str, int, str]], odd: dict[str, str]) -> Iterator[dict[str, str]]:
        """The records of a batch, and those put in on purpose."""
        if job.kind == PERSONS:
            for number in range(job.first, job.last):
                yield record_of_person(self.habits.person(number))
            return
        for number, subsidy, fen, name, identity, place in self.store.payments(job.month, job.first, job.last):
            ref = ref_of(job.month, number, subsidy)
            if self.faults.strikes("wrong"):
                wrong.append((job.month, number, subsidy))
                fen += WRONG_BY
            record = record_of_payment(ref, name, identity, place, job.month, subsidy, fen)
            yield record
            if self.faults.strikes("stranger"):
                odd[f"S-{ref}"] = "not_yours"
                yield record | {"ref": f"S-{ref}", "division": self.elsewhere}
            if self.faults.strikes("garbled"):
                odd[f"G-{ref}"] = ""
                other = (
                    {"amount": "八十元整"}
                    if self.faults.random.random() < 0.5
                    else {"identity_number": identity[:-1] + ("0" if identity[-1] != "0" else "1")}
                )
                yield record | {"ref": f"G-{ref}"} | other

    @property
    def elsewhere(self) -> str:
        """A township of another province."""
        return "110101001000" if not self.habits.places[0].code.startswith("11") else "420102002000"

    def settle(self, job: Job, batch: Batch, odd: Mapping[str, str] | None) -> None:
        """Wait for a batch and look at every row that was not taken as it is.

        `odd` None: it is not known what was put in on purpose.
        """
        done = self.province.wait_batch(batch.batch_id)
        self.faults.expect(f"{job.name} state", done.state, "done")
        self.faults.expect(f"{job.name} counts", sum(done.counts.values()), done.rows)
        self.report.outcomes.update(done.counts)
        refused: list[tuple[str, str, int, str]] = []
        met = set()
        for told in self.province.results(batch.batch_id, only="problems"):
            ref, outcome, codes = (
                str(told["ref"]),
                str(told["outcome"]),
                [str(reason["code"]) for reason in told.get("reasons", ())],
            )
            self.report.codes.update(codes)
            if odd is None and not ref.startswith(REF):
                continue
            if odd and ref in odd:
                met.add(ref)
                self.faults.expect(f"{job.name} {ref}", outcome, "refused", "conflict")
                if odd[ref]:
                    self.faults.expect(f"{job.name} {ref}", codes, [odd[ref]])
            elif outcome in ("refused", "conflict") and job.kind == PAYMENTS:
                month, number, subsidy = parts_of(ref)
                refused.append((codes[0] if codes else outcome, month, number, subsidy))
        self.faults.expect(f"{job.name} refused as they must be", len(met), len(odd or ()))
        self.store.many("update payment set refused = ? where month = ? and number = ? and subsidy = ?", refused)
        self.store.many("update batch set counts = ? where name = ?", [(json.dumps(done.counts), job.name)])

    def correct(self) -> None:
        """Tell again, right and under the same record numbers, what was told wrong."""
        rows = self.store.rows("select month, number, subsidy from payment where told = 2 order by 1, 2, 3")
        self.heal([(month, int(number), subsidy) for month, number, subsidy in rows], "corrections")
        self.store.many(
            "update payment set told = 1, refused = null where month = ? and number = ? and subsidy = ?", rows
        )

    def heal(self, rows: list[tuple[str, int, str]], name: str) -> None:
        """Push payments again: a few one by one, the others in batches."""
        for place, row in enumerate(rows[:SINGLY]):
            told = self.single(*row, key=f"{self.name}-{name}-one-{place}")
            self.report.outcomes[told["outcome"]] += 1
            self.report.codes.update(str(reason["code"]) for reason in told.get("reasons", ()))
        rest = rows[SINGLY:]
        for begin in range(0, len(rest), self.batch_rows):
            part = rest[begin : begin + self.batch_rows]
            batch = self.province.push_batch(
                PAYMENTS, (self.record(*row) for row in part), key=f"{self.name}-{name}-{begin}"
            )
            self.report.rows += len(part)
            self.report.batches += 1
            self.settle(Job(f"{name}-{begin}", PAYMENTS, "", 0, 0), batch, {})

    def single(self, month: str, number: int, subsidy: str, *, key: str = "") -> dict[str, Any]:
        """Push one payment as the books have it."""
        self.report.singles += 1
        try:
            return self.province.push(PAYMENTS, self.record(month, number, subsidy), key=key)
        except Refused as no:
            if no.status != 422:
                raise
            return {"outcome": "refused", "reasons": [{"code": no.code}]}

    def record(self, month: str, number: int, subsidy: str) -> dict[str, str]:
        """A payment of the books."""
        fen, name, identity, place = self.store.rows(
            "select fen, name, identity_number, own_place from payment join person using (number) where month = ? "
            "and number = ? and subsidy = ?",
            [month, number, subsidy],
        )[0]
        return record_of_payment(ref_of(month, number, subsidy), name, identity, place, month, subsidy, fen)

    def reconcile(self) -> None:
        """Compare manifests, go down to the persons where they differ, push what is missing or otherwise there; until
        both sides agree.
        """
        for turn in range(ROUNDS):
            groups = [group for month in self.months for group in self.different(month)]
            told: Counter[str] = Counter(groups=len(groups))
            healing: list[tuple[str, int, str]] = []
            self.report.explained = 0
            for group in groups:
                self._look(group, told, healing)
            self.report.rounds.append(dict(told))
            self.report.open_groups, self.report.open_persons = (
                groups,
                told["missing"] + told["otherwise"] + told["extra"],
            )
            self.tell(f"round {turn + 1}: {dict(told)}")
            if not healing:
                return
            self.heal(healing, f"healing-{turn}")

    def different(self, month: str) -> list[Group]:
        """Where both sides differ in a month."""
        answer = self.province.compare(self.day, self.store.manifest(month), months=[month])
        ours = self.habits.codes()["subsidy"]
        return [
            (one["county"], one["month"], ours.get(one["subsidy"], one["subsidy"])) for one in answer["differences"]
        ]

    def _look(self, group: Group, told: Counter[str], healing: list[tuple[str, int, str]]) -> None:
        county, month, subsidy = group
        ours = self.store.group(county, month, subsidy)
        theirs = self.province.persons(self.day, group)
        both = different(ours, theirs)
        self.province.compare_persons(
            self.day, group, {handle: here or 0 for handle, (here, _there) in list(both.items())[:MOST_TOLD]}
        )
        for handle, (here, there) in both.items():
            number = self.store.person_of(handle)
            if here is None or number is None:
                told["extra"] += 1
                continue
            told["missing" if there is None else "otherwise"] += 1
            why = self.store.rows(
                "select refused from payment where month = ? and number = ? and subsidy = ?", [month, number, subsidy]
            )[0][0]
            if why:
                self.report.explained += 1
            else:
                healing.append((month, number, subsidy))


def ref_of(month: str, number: int, subsidy: str) -> str:
    """The record number of a payment in the province's own books."""
    return f"{REF}{month}-{number:08d}-{subsidy}"


def parts_of(ref: str) -> tuple[str, int, str]:
    """Month, person and subsidy of a record number."""
    return ref[1:8], int(ref[9:17]), ref[18:]
