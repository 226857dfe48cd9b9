"""Payments made before the system, entered from the books of the time.

Kept as they were: what the rules say against one is noted beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max

from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.divisions.operations import mark_stale_months
from lxbt.divisions.rules import covers
from lxbt.entitlements.pricing import Pricer, Spell
from lxbt.payments.models import Batch
from lxbt.payments.operations.partitions import ensure_partitions
from lxbt.payments.rules import ARREARS, RECORDED, REGULAR
from lxbt.registry.operations.writing import copy_rows

FIRST_MONTH = Month(2016, 1)  # 国发〔2015〕52号: in force from 2016-01-01


ITEM = (
    "person_id",
    "subsidy",
    "right_month",
    "seq",
    "batch_id",
    "division_code",
    "amount",
    "kind",
    "standard_id",
    "profile_id",
    "reasons",
)


AMOUNT_DIFFERS = "amount_differs"  # beside the codes of `entitlements.rules.REASONS`


@dataclass(slots=True)
class Paid:
    """A payment as a row tells it. `payer` acts as the county of `division`."""

    person_id: int
    subsidy: str
    month: Month
    amount: Decimal | None  # None: as the rules say
    division: str
    payer: str
    organ: str = ""
    arrears: bool = False  # a payment of its own beside that of the month
    paid_on: date | None = None
    who: object = None  # tells persons apart who are not known yet
    told: tuple[Any, ...] | None = (
        None  # (profile, birth, *days of events) of a person not known yet, the profile's number by `Pricer.number_of`
    )


@dataclass(frozen=True, slots=True)
class Held:
    """The payments of a person, subsidy and month: yuan of all and of those that are no arrears, the arrears one by
    one.
    """

    total: Decimal
    regular: Decimal
    arrears: Sequence[Decimal]
    last: int  # the highest number
    own_regular: bool  # this import has one
    own_arrears: bool
    place: str


@dataclass(slots=True)
class Outcome:
    """What a payment is beside what is held. `due`, `doubts`: the rules.

    `new`; `same`; `twice` (this import has it); `another_day` (this import has one of the month, paid on another day,
    and nothing says which it is); `otherwise` (`held` yuan).
    """

    kind: str
    held: Decimal = ZERO
    due: Decimal = ZERO
    doubts: str | None = None
    seq: int = 1
    standard_id: int | None = None
    profile_id: int | None = None
    place: str = ""  # of the payment that is held

    def elsewhere(self, area: str) -> bool:
        """Whether what is held was paid outside the area."""
        return self.kind in ("same", "otherwise") and bool(self.place) and not covers(area, self.place)


def prepare_months(until: Month) -> None:
    """Make the tables of all months since the subsidies began, before many rows come."""
    ensure_partitions(list(FIRST_MONTH.until(until + 2)))


class RecordedPayments:
    """The payments of a chunk of rows: compared with what is held, priced, written."""

    def __init__(self, *, import_id: int, on: date, by_id: int | None, pricer: Pricer | None = None) -> None:
        self.import_id, self.on, self.by_id = import_id, on, by_id
        self.growing = (
            False  # the import's payments come one by one, by different processes: those held are as those of others
        )
        self.pricer = pricer or Pricer()
        self.batches: dict[tuple[str, Month, str], int] = {}
        self.read = False
        self.written: dict[
            tuple[str, Month, str], list[Any]
        ] = {}  # by `write` last: (payer, month, subsidy) -> [payments, yuan, doubtful]

    def compare(self, rows: Sequence[Paid]) -> list[Outcome]:
        """What each payment is beside what is held and what the rules say."""
        found = [Outcome("new") for _row in rows]
        self.price(rows, found)
        known = sorted({row.person_id for row in rows if row.person_id})
        held = self._held(known, {row.month for row in rows}) if known else {}
        seen: dict[tuple[object, ...], tuple[Decimal, date | None]] = {}
        added: Counter[tuple[object, ...]] = Counter()  # payments of a month that this chunk adds
        for row, outcome in zip(rows, found, strict=True):
            month = (row.who or row.person_id, row.subsidy, row.month)
            before = held.get((row.person_id, row.subsidy, row.month.first))
            if before is not None:
                self._beside(row, outcome, before)
            amount = row.amount or outcome.due
            once = (*month, amount, row.paid_on) if row.arrears else month
            if once in seen:
                outcome.held, day = seen[once]
                other_day = row.paid_on is not None and day is not None and day != row.paid_on
                outcome.kind = "another_day" if other_day else "twice"
            else:
                seen[once] = amount, row.paid_on
            if outcome.kind == "new":
                outcome.seq += added[month]
                added[month] += 1
        return found

    def _beside(self, row: Paid, outcome: Outcome, before: Held) -> None:
        """What a payment is beside those held of its month: arrears are compared with arrears, the month's own with
        what is no arrears.
        """
        outcome.seq, outcome.place = before.last + 1, before.place
        if row.arrears:
            if row.amount in before.arrears:
                outcome.kind = "twice" if before.own_arrears and not self.growing else "same"
                outcome.held = row.amount or ZERO
            return
        outcome.held = before.regular or before.total
        if before.own_regular and not self.growing:
            outcome.kind = "twice"
        elif before.regular or (before.total and not before.own_arrears):
            same = row.amount is None or row.amount in (before.regular or before.total, before.total)
            outcome.kind = "same" if same else "otherwise"

    def price(self, rows: Sequence[Paid], outcomes: Sequence[Outcome]) -> None:
        """What the rules of each month say, into the outcomes; by the months told in the database, or by `told`."""
        self.pricer.refresh()
        spells = self.pricer.spells_of(sorted({row.person_id for row in rows if row.person_id}))
        for row, outcome in zip(rows, outcomes, strict=True):
            if row.person_id:
                spell = next((s for s in spells.get(row.person_id, ()) if s.covers(row.month)), None)
            elif row.told:
                profile_id, birth, *days = row.told
                spell = Spell(None, None, row.division, profile_id, birth, tuple(days))
            else:
                spell = None
            if spell is None:
                continue
            due, standard, reasons = self.pricer.price_of(spell, row.month)[row.subsidy]
            outcome.due, outcome.standard_id, outcome.profile_id = due, standard, spell.profile_id
            outcome.doubts = reasons or (AMOUNT_DIFFERS if row.amount is not None and row.amount != due else None)

    def _held(self, ids: list[int], months: set[Month]) -> dict[tuple[int, str, date], Held]:
        own = list(self._own_batches())
        with connection.cursor() as cursor:
            days = ",".join(
                f"'{month.first}'" for month in sorted(months)
            )  # written out, so that only these months' tables are opened
            cursor.execute(
                "select person_id, subsidy, right_month, coalesce(sum(amount) filter (where void is null), 0),"
                " coalesce(sum(amount) filter (where void is null and kind <> %s), 0),"
                " coalesce(array_agg(amount) filter (where void is null and kind = %s), '{}'), max(seq),"
                " bool_or(batch_id = any(%s) and kind <> %s), bool_or(batch_id = any(%s) and kind = %s),"
                " max(division_code) filter (where void is null) from payments_item"
                f" where person_id = any(%s) and right_month in ({days}) group by 1, 2, 3",
                [ARREARS, ARREARS, own, ARREARS, own, ARREARS, ids],
            )
            found = {}
            for (
                pid,
                subsidy,
                month,
                total,
                regular,
                arrears,
                last,
                own_regular,
                own_arrears,
                place,
            ) in cursor.fetchall():
                found[pid, subsidy, month] = Held(total, regular, arrears, last, own_regular, own_arrears, place or "")
            return found

    def write(self, rows: Sequence[Paid], outcomes: Sequence[Outcome]) -> int:
        """Write those that are `new`; each goes into the batch of its payer, month and organ. Gives how many."""
        chosen = [(row, outcome) for row, outcome in zip(rows, outcomes, strict=True) if outcome.kind == "new"]
        sums: dict[tuple[str, Month, str], list[Any]] = {}
        self.written = {}
        for row, outcome in chosen:
            amount = outcome.due if row.amount is None else row.amount
            counted = self.written.setdefault((row.payer, row.month, row.subsidy), [0, ZERO, 0])
            counted[0], counted[1], counted[2] = counted[0] + 1, counted[1] + amount, counted[2] + bool(outcome.doubts)
            tally = sums.setdefault((row.payer, row.month, row.organ), [0, ZERO])
            tally[0] += 1
            tally[1] += amount
        self._open_batches(sums)
        copy_rows(
            "payments_item",
            ITEM,
            [
                (
                    row.person_id,
                    row.subsidy,
                    row.month.first,
                    outcome.seq,
                    self.batches[row.payer, row.month, row.organ],
                    row.division,
                    outcome.due if row.amount is None else row.amount,
                    ARREARS if row.arrears else REGULAR,
                    outcome.standard_id,
                    outcome.profile_id,
                    outcome.doubts,
                )
                for row, outcome in chosen
            ],
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "update payments_batch b set item_count = b.item_count + v.n, total = b.total + v.yuan"
                " from unnest(%s::bigint[], %s::int[], %s::numeric[]) v (id, n, yuan) where b.id = v.id",
                [
                    [self.batches[key] for key in sums],
                    [count for count, _total in sums.values()],
                    [total for _count, total in sums.values()],
                ],
            )
        mark_stale_months((payer, month.first) for payer, month, _organ in sums)
        return len(chosen)

    def _open_batches(self, keys: Iterable[tuple[str, Month, str]]) -> None:
        self._own_batches()
        missing = sorted(set(keys) - self.batches.keys(), key=str)
        if not missing:
            return
        payers = sorted({payer for payer, _month, _organ in missing})
        with connection.cursor() as cursor:  # the number within the month: one at a time for a payer
            cursor.execute(
                "select pg_advisory_xact_lock(hashtext('payments.recorded'), hashtext(p)) from unnest(%s::text[]) p",
                [payers],
            )
        last: Counter[tuple[str, date]] = Counter()
        for payer, month, number in (
            Batch.objects.filter(payer_code__in=payers, month__in={month.first for _p, month, _o in missing})
            .values_list("payer_code", "month")
            .annotate(last=Max("number"))
        ):
            last[payer, month] = number
        fresh = []
        for payer, month, organ in missing:
            last[payer, month.first] += 1
            fresh.append(
                Batch(
                    payer_code=payer,
                    month=month.first,
                    number=last[payer, month.first],
                    state=RECORDED,
                    drawn_by_id=self.by_id,
                    drawn_on=self.on,
                    import_id=self.import_id,
                    paying_organ=organ,
                )
            )
        for key, batch in zip(missing, Batch.objects.bulk_create(fresh), strict=True):
            self.batches[key] = batch.pk

    def _own_batches(self) -> set[int]:
        """The ids of the import's batches: nobody else opens any, so they are read once."""
        if not self.read:
            self.read = True
            for pk, payer, month, organ in Batch.objects.filter(import_id=self.import_id).values_list(
                "pk", "payer_code", "month", "paying_organ"
            ):
                self.batches[payer, Month.of(month), organ] = pk
        return set(self.batches.values())

    def forget(self) -> None:
        """After a rolled-back transaction: the batches opened in it are not there."""
        self.batches.clear()
        self.read = False


def doubts_of_changes(rows: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """What payments held contradict of each change (person_id, subsidy, month, kind): paid after a stop, paid before a
    start.
    """
    asked = [(n, row) for n, row in enumerate(rows) if row["kind"] in ("stop", "new")]
    found: list[list[str]] = [[] for _row in rows]
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(
                "select w.n, w.kind from unnest(%s::int[], %s::bigint[], %s::text[], %s::date[], %s::text[]) w (n, "
                "person_id, subsidy, month, kind)"
                " where exists (select from payments_item i where i.person_id = w.person_id "
                "and i.subsidy = w.subsidy and i.void is null"
                " and case w.kind when 'stop' then i.right_month >= w.month and i.right_month < w.month + interval "
                "'3 months'"
                " else i.right_month < w.month and i.right_month >= w.month - interval '3 months' end)",
                [
                    [n for n, _r in asked],
                    *([row[name] for _n, row in asked] for name in ("person_id", "subsidy", "month", "kind")),
                ],
            )
            for n, kind in cursor.fetchall():
                found[n].append("paid_after_stop" if kind == "stop" else "paid_before_start")
    return found
