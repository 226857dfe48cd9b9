"""Why an item is there, or why nothing is: the one cause of a difference, from what was known then and what is known
now.

A month drawn late or drawn back is compared with what was known at the batch before; a month that starts, stops or
changes with the month before as it was drawn. `CAUSES` are the codes; `payments/cause_words.py` says each in a
sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection

from lxbt.core.months import Month
from lxbt.core.profile import CERTIFICATE_EVENTS, EVENTS, write_value
from lxbt.entitlements.queries import class_rules
from lxbt.entitlements.rules.causes import MONTH, SCHEME, Reckoning, Turned, movers, turned
from lxbt.entitlements.waiting import HOLDING
from lxbt.payments.models import Batch, Item, Line
from lxbt.payments.queries.known import Book, Known
from lxbt.payments.queries.payers import ranges_of
from lxbt.payments.rules import RECORDED, RETURNED
from lxbt.standards.queries import get_standard, schemes_by_day
from lxbt.standards.rules.scheme import Scheme

SchemeOn = Callable[[date], Scheme]
Key = tuple[int, str, date, int]  # person, subsidy, right-month, seq (0: nothing was drawn)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: its code, and what its sentence is made of."""

    code: str
    told: Mapping[str, Any] = field(default_factory=dict)
    personal: bool = False  # says a fact of the person: only for those who may see facts


@dataclass(frozen=True, slots=True)
class Asked:
    """A row whose cause is asked: of which batch, month and kind of change; `seq` 0 where nothing was drawn."""

    batch: Batch
    person_id: int
    subsidy: str
    right_month: date
    seq: int
    change: str

    @property
    def key(self) -> Key:
        """The key of the item."""
        return self.person_id, self.subsidy, self.right_month, self.seq

    @property
    def of_month(self) -> tuple[int, str, date]:
        """The right-month."""
        return self.person_id, self.subsidy, self.right_month


def causes_of(
    asked: Iterable[Asked], *, book: Book | None = None, schemes: SchemeOn | None = None
) -> dict[Key, list[Cause]]:
    """The causes of each row, seldom more than one. The number of queries is the same for one row and for thousands.

    `book`, `schemes`: what was read already.
    """
    rows = [row for row in asked if row.change != "same"]
    if not rows:
        return {}
    return _Search(rows, book, schemes).found()


class _Search:
    """What is read once for all rows."""

    def __init__(self, rows: Sequence[Asked], book: Book | None, schemes: SchemeOn | None) -> None:
        self.rows = rows
        self.standards: dict[int, Any] = {}
        persons = {row.person_id for row in rows}
        self.book = book or Book(persons)
        payers = sorted({row.batch.payer_code for row in rows})
        self.schemes = schemes or schemes_by_day(*payers)
        self.batches = list(
            Batch.objects.filter(payer_code__in=payers, pk__lte=max(row.batch.pk for row in rows))
            .exclude(state__in=[RETURNED, RECORDED])
            .order_by("pk")
            .only("payer_code", "month", "number", "drawn_on", "state")
        )
        if book is None:
            first, until = min(row.right_month for row in rows), max(row.right_month for row in rows)
            within = {"right_month__gte": Month.of(first).back(1).first, "right_month__lte": until}
            self.book.take(items=Item.objects.filter(person_id__in=persons, **within).order_by("seq"))
        self.items: dict[tuple[int, str, date], list[Any]] = defaultdict(list)
        for items in self.book.items.values():
            for item in sorted(items, key=lambda i: i.seq):
                self.items[item.person_id, item.subsidy, item.right_month].append(item)
        self.payers = payers

    @cached_property
    def failures(self) -> dict[tuple[int, int, str], Line]:
        """Lines that the bank sent back."""
        rows = Line.objects.filter(person_id__in=self.book.ids).exclude(reason="").select_related("batch")
        return {(line.person_id, line.batch_id, line.subsidy): line for line in rows}

    @cached_property
    def ranges(self) -> dict[str, list[tuple[str, str]]]:
        """What each payer pays for."""
        return {payer: ranges_of(payer) for payer in self.payers}

    @cached_property
    def waiting(self) -> dict[int, str]:
        """Which event of a person waits for a second human being."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select person_id, kind from proposals_proposal where person_id = any(%s) and kind = any(%s) "
                "and state in ('waiting', 'expired') order by id",
                [self.book.ids, list(HOLDING)],
            )
            return dict(cursor.fetchall())

    def _standard(self, pk: int | None) -> Any:
        if pk is not None and pk not in self.standards:
            self.standards[pk] = get_standard(pk)
        return self.standards.get(pk or 0)

    def _pays(self, payer_code: str, division_code: str) -> bool:
        return any(low <= division_code < high for low, high in self.ranges[payer_code])

    def found(self) -> dict[Key, list[Cause]]:
        return {row.key: self._causes(row) for row in self.rows}

    def _before(self, row: Asked) -> Batch | None:
        """The batch that the row is compared with."""
        mine = [b for b in self.batches if b.payer_code == row.batch.payer_code and b.pk < row.batch.pk]
        if row.change in ("started", "stopped", "changed"):
            last = Month.of(row.right_month).back(1).first
            mine = [b for b in mine if b.month == last]
        return mine[-1] if mine else None

    def _causes(self, row: Asked) -> list[Cause]:
        known = self.book.of(row.person_id)
        if (back := self._came_back(row)) is not None:
            return [back]
        before = self._before(row)
        month = Month.of(row.right_month)
        then = month.back(1) if row.change in ("started", "stopped", "changed") else month
        now_day = row.batch.drawn_on
        period = known.period(row.subsidy, month, now_day)
        entitled = period is not None and period.state != "suspended"
        if before is None:
            return [_period("granted", period)] if period and entitled else [Cause("first", {"month": str(month)})]
        earlier = known.period(row.subsidy, then, before.drawn_on)
        was_entitled = earlier is not None and earlier.state != "suspended"
        if entitled != was_entitled:
            return [self._ledger(row, known, entitled, month, period, earlier)]
        if not entitled:
            return [self._out(row, known, month)]
        return self._reckoned(row, known, before, then, month) or [self._otherwise(row, known, before, period)]

    def _came_back(self, row: Asked) -> Cause | None:
        """The bank sent back what was paid for the month before."""
        items = [
            i for i in self.items.get(row.of_month, ()) if (not row.seq or i.seq < row.seq) and i.void != "returned"
        ]
        if not items or items[-1].void != "failed" or row.change == "recovery":
            return None
        line = self.failures.get((row.person_id, items[-1].batch_id, row.subsidy))
        told = {
            "reason": line.reason if line else "other",
            "said": line.bank_reason if line else "",
            "batch": f"{line.batch.month:%Y-%m}" if line else f"{row.right_month:%Y-%m}",
        }
        account = self.book.of(row.person_id).account(row.batch.drawn_on)
        if row.change == "stopped":
            return Cause("came_back", told)
        return Cause("paid_again", {**told, "on": account.since if account else row.batch.drawn_on})

    def _ledger(self, row: Asked, known: Known, entitled: bool, month: Month, period: Any, earlier: Any) -> Cause:
        """The right itself began, was suspended, or ended."""
        if entitled:
            resumed = (earlier is not None and earlier.state == "suspended") or any(
                p.subsidy == row.subsidy and p.state == "suspended" and p.until == period.since for p in known.periods
            )
            return _period("resumed" if resumed else "granted", period)
        if period is not None:
            return _period("suspended", period)
        ended = known.ended(row.subsidy, month, row.batch.drawn_on)
        if ended is None:
            return Cause("unheld", {"month": str(month)})
        return Cause("ended", {"since": ended.until, "basis": ended.end_basis, "on": ended.ended_on})

    def _out(self, row: Asked, known: Known, month: Month) -> Cause:
        """Neither reckoning had a right: what was paid before the ledger said so."""
        ended = known.ended(row.subsidy, month, row.batch.drawn_on)
        if ended is not None and ended.end_basis:
            return Cause("ended", {"since": ended.until, "basis": ended.end_basis, "on": ended.ended_on})
        return Cause("unheld", {"month": str(month)})

    def _reckoned(self, row: Asked, known: Known, before: Batch, then: Month, month: Month) -> list[Cause]:
        """What of the facts, the standards or the month moved the amount."""
        new = self._reckoning(row, known, row.batch.drawn_on, month, self._due(row))
        old = self._reckoning(row, known, before.drawn_on, then, self._paid(row, then))
        if new is None or old is None:
            return []
        found: list[Cause] = []
        moved = movers(old, new, row.subsidy)
        for name in moved:
            if name in (MONTH, SCHEME):
                back = Reckoning(
                    new.profile,
                    old.month if name == MONTH else new.month,
                    old.scheme if name == SCHEME else new.scheme,
                )
                found += [
                    self._turned(t, known, row)
                    for t in turned(back, new, row.subsidy)
                    if t.kind != "event" or t.name not in moved  # a fact just told says its day already
                ]
            elif name == "certificate":
                found.append(self._certificate(old, new, known, row))
            else:
                found.append(self._fact(name, old, new, known, row))
        if not found and old.profile.division != new.profile.division:
            found.append(self._fact("division", old, new, known, row))
        return found

    def _due(self, row: Asked) -> Decimal | None:
        """What the month was worth when the row was drawn: all items up to it."""
        if not row.seq:
            return None
        return sum((i.amount for i in self.items.get(row.of_month, ()) if i.seq <= row.seq and i.void is None), ZERO)

    def _paid(self, row: Asked, then: Month) -> Decimal | None:
        items = self.items.get((row.person_id, row.subsidy, then.first), ())
        mine = [i for i in items if i.void is None and i.batch_id < row.batch.pk]
        return sum((i.amount for i in mine), ZERO) if mine else None

    def _reckoning(self, row: Asked, known: Known, day: date, month: Month, amount: Decimal | None) -> Reckoning | None:
        """The month as it was reckoned on a day; of what may have been known then, what gives the amount that was
        drawn.
        """
        scheme: Scheme = self.schemes(day)
        schemes = [scheme]
        if (yesterday := self.schemes(date.fromordinal(day.toordinal() - 1))) is not scheme:
            schemes.append(yesterday)
        first: Reckoning | None = None
        for known_then in schemes:
            for profile in known.profiles(day, month, class_rules(known_then)):
                found = Reckoning(profile, month, known_then)
                first = first or found
                if amount is None or found.amount(row.subsidy) == amount:
                    return found
        return first

    def _fact(self, key: str, old: Reckoning, new: Reckoning, known: Known, row: Asked) -> Cause:
        fact = known.fact(key, row.batch.drawn_on, new.month)
        values = {
            "key": key,
            "old": write_value(key, getattr(old.profile, key)),
            "new": write_value(key, getattr(new.profile, key)),
        }
        if key == "other_benefits":
            values["old"], values["new"] = _parted(values["old"], values["new"])
        return Cause("event" if key in EVENTS else "fact", values | _source(fact), personal=True)

    def _certificate(self, old: Reckoning, new: Reckoning, known: Known, row: Asked) -> Cause:
        was, now = old.profile.certificate, new.profile.certificate
        row_now = known.certificate(row.batch.drawn_on)
        names = [
            n for n in ("category", "grade", *CERTIFICATE_EVENTS) if getattr(was, n, None) != getattr(now, n, None)
        ]
        told = {
            "names": names,
            "old": write_value("certificate", was),
            "new": write_value("certificate", now),
        }
        return Cause("certificate", told | _source(row_now), personal=True)

    def _turned(self, t: Turned, known: Known, row: Asked) -> Cause:
        if t.kind == "event" and t.new is None:
            held = known.fact(t.name, row.batch.drawn_on, Month.of(row.right_month))
            return Cause("released_from", _source(held), personal=True)
        if t.kind == "event":
            month = Month.of(row.right_month)
            told: Any = (
                known.certificate(row.batch.drawn_on)
                if t.name in CERTIFICATE_EVENTS
                else known.fact(t.name, row.batch.drawn_on, month)
            )
            return Cause("reached", {"key": t.name, "new": t.new} | _source(told), personal=True)
        if t.kind == "age":
            return Cause("age", {"age": t.new}, personal=True)
        if t.kind == "standard":
            standard = self._standard(t.row.id) if t.row is not None else None
            said = " ".join(p for p in (standard.document_title, standard.document_number) if p) if standard else ""
            since = standard.since if standard else None
            on = standard.published_on if standard else None
            return Cause(
                "standard",
                {"subsidy": row.subsidy, "old": t.old, "new": t.new, "document": said, "since": since, "on": on},
            )
        return Cause(t.kind, {"name": t.name, "old": t.old, "new": t.new})

    def _otherwise(self, row: Asked, known: Known, before: Batch, period: Any) -> Cause:
        """The right and its worth are as before: the account, a month held back, a place drawn by another payer."""
        day, month = row.batch.drawn_on, Month.of(row.right_month)
        if row.change == "stopped":
            if row.person_id in self.waiting:
                return Cause("waits", {"kind": self.waiting[row.person_id]})
            account = known.account(day)
            if account is None:
                return Cause("no_account")
            if account.state == "bad":
                return Cause("bad_account", {"reason": account.reason})
        for hold in known.holds:
            within = hold.since <= row.right_month and (hold.until is None or row.right_month < hold.until)
            if hold.subsidy == row.subsidy and within and before.drawn_on <= (hold.released_on or day) <= day:
                return Cause("released", {"on": hold.released_on})
        then, now = known.account(before.drawn_on), known.account(day)
        if now is not None and (then is None or then.number != now.number) and row.change in ("started", "arrears"):
            if then is None:
                return Cause("account_given", {"on": now.since})
            return Cause("account_corrected", {"on": now.since, "reason": then.reason})
        here = known.fact("division", day, month)
        if here is not None and here.received_on > before.drawn_on:
            return Cause("moved", {"new": here.value} | _source(here), personal=True)
        if row.change == "stopped" and here is not None and not self._pays(row.batch.payer_code, str(here.value)):
            return Cause("moved", {"new": here.value} | _source(here), personal=True)
        if period is not None and period.granted_on >= before.drawn_on:
            return _period("granted", period)
        due, paid = self._due(row) or ZERO, self._paid(row, month) or ZERO
        return Cause("reckoned", {"due": due, "paid": paid, "month": str(month)})


def _period(code: str, period: Any) -> Cause:
    return Cause(code, {"since": period.since, "basis": period.basis, "on": period.granted_on})


def _source(row: Any) -> dict[str, Any]:
    """Where a fact or a certificate is from, since when it holds, and when it became known."""
    if row is None:
        return {"source": "", "since": None, "on": None}
    return {"source": row.source, "since": getattr(row, "since", None), "on": row.received_on}


def _parted(old: Any, new: Any) -> tuple[Any, Any]:
    """Of two tables only what differs."""
    was, now = dict(old or {}), dict(new or {})
    names = {n for n in was.keys() | now.keys() if was.get(n) != now.get(n)}
    return {n: v for n, v in was.items() if n in names}, {n: v for n, v in now.items() if n in names}
