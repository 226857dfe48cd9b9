"""What was known of persons on a day: their facts, certificates and rights as they stood then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from lxbt.audit.queries import events
from lxbt.core.months import BEGINNING, Month
from lxbt.core.profile import EVENTS, Profile
from lxbt.entitlements.models import Entitlement, Hold
from lxbt.payments.models import Item
from lxbt.registry.models import BankAccount, Certificate, Fact
from lxbt.registry.queries import known_certificate, known_fact
from lxbt.registry.rules import ClassRules, KnownCertificate, KnownFact, Stretch, timeline
from lxbt.registry.rules.custody import CUSTODY_KEYS

CERTIFICATE_VALUES = ("category", "grade", "valid_until", "frozen_on", "cancelled_on")


class Book:
    """All that is kept of some persons; each table is read when first asked for, for all of them at once."""

    def __init__(self, person_ids: Iterable[int]) -> None:
        self.ids = sorted(set(person_ids))
        self.known: dict[int, Known] = {}

    def take(self, **tables: Iterable[Any]) -> Book:
        """Use rows that were read already, of these persons and of nobody else: facts, certificates, periods, items."""
        for name, rows in tables.items():
            self.__dict__[name] = _by_person(rows)
        return self

    def of(self, person_id: int) -> Known:
        """One of the persons."""
        return self.known.setdefault(person_id, Known(person_id, self))

    @cached_property
    def facts(self) -> dict[int, list[Fact]]:
        return _by_person(Fact.objects.filter(person_id__in=self.ids).order_by("number"))

    @cached_property
    def certificates(self) -> dict[int, list[Certificate]]:
        return _by_person(Certificate.objects.filter(person_id__in=self.ids).order_by("number"))

    @cached_property
    def periods(self) -> dict[int, list[Entitlement]]:
        return _by_person(Entitlement.objects.filter(person_id__in=self.ids).order_by("since"))

    @cached_property
    def accounts(self) -> dict[int, list[BankAccount]]:
        return _by_person(BankAccount.objects.filter(person_id__in=self.ids).order_by("number"))

    @cached_property
    def items(self) -> dict[int, list[Any]]:
        return _by_person(Item.objects.filter(person_id__in=self.ids).order_by("seq"))

    @cached_property
    def holds(self) -> dict[int, list[Hold]]:
        return _by_person(Hold.objects.filter(person_id__in=self.ids, released_on__isnull=False))

    @cached_property
    def earlier(self) -> dict[int, list[tuple[str, dict[str, Any]]]]:
        """Certificates before they were corrected: day of issue, values before; the latest first."""
        found: dict[int, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        rows = events().filter(person_id__in=self.ids, action="certificate.recorded").order_by("-pk")
        for person_id, details, changes in rows.values_list("person_id", "details", "changes"):
            before = {name: _value(name, pair[0]) for name, pair in changes.items() if name in CERTIFICATE_VALUES}
            found[person_id or 0].append((str(details.get("issued_on")), before))
        return found


def _by_person(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row)
    return found


@dataclass
class Known:
    """All that is kept of one person, with the day on which each thing became known."""

    person_id: int
    book: Book
    told: dict[Any, Any] = field(default_factory=dict)

    @property
    def periods(self) -> list[Entitlement]:
        """The ledger of the person."""
        return self.book.periods.get(self.person_id, [])

    @property
    def holds(self) -> list[Hold]:
        """Months held back once and released since."""
        return self.book.holds.get(self.person_id, [])

    def facts_by(self, day: date, *, whole: bool) -> list[Fact]:
        """Facts received up to a day; `whole`: those of the day itself too."""
        return [
            fact
            for fact in self.book.facts.get(self.person_id, [])
            if fact.received_on < day or (whole and fact.received_on == day)
        ]

    def certificates_by(self, day: date, *, whole: bool) -> Iterator[list[KnownCertificate]]:
        """The certificates as they may have stood on a day, the likeliest first; values since corrected as the record
        has them.
        """
        held = self.book.certificates.get(self.person_id, [])
        sure = [c for c in held if c.received_on < day or (whole and c.received_on == day)]
        later = {str(c.issued_on): known_certificate(c) for c in held if c not in sure}
        for issued_on, before in self.book.earlier.get(self.person_id, []) if later else ():
            if issued_on in later and before.get("category", "") is not None:
                now = later[issued_on]
                later[issued_on] = replace(now, certificate=replace(now.certificate, **before))
                yield [*map(known_certificate, sure), later[issued_on]]
        yield [known_certificate(c) for c in sure]
        if (
            later
        ):  # told again since, as the Federation tells all of them from time to time: what it was before is what it is
            yield [known_certificate(c) for c in held]

    def profiles(self, day: date, month: Month, rules: ClassRules) -> Iterator[Profile]:
        """The profile of a month as it may have been known on a day, the likeliest first."""
        for whole in (True, False):
            facts = _as_known(self.facts_by(day, whole=whole))
            for place, certificates in enumerate(self.certificates_by(day, whole=whole)):
                key = (tuple(f.order for f in facts), whole, place, len(certificates), day if certificates else None)
                if key not in self.told:
                    self.told[key] = timeline(facts, certificates, rules)
                for s in self.told[key]:
                    if s.since <= month and (s.until is None or month < s.until):
                        yield s.profile

    def stretches(self, rules: ClassRules) -> list[Stretch]:
        """The profile of every month from all that is kept."""
        certificates = self.book.certificates.get(self.person_id, [])
        facts = self.book.facts.get(self.person_id, [])
        return timeline(_as_known(facts), map(known_certificate, certificates), rules)

    def places(self) -> set[str]:
        """Every division that the person was ever said to live in."""
        return {str(f.value) for f in self.book.facts.get(self.person_id, []) if f.key == "division" and f.value}

    def fact(self, key: str, day: date, month: Month) -> Fact | None:
        """The fact that says the value of a key in a month, as known at the end of a day."""
        keys = CUSTODY_KEYS if key == "imprisoned_on" else (key,)
        rows = [f for f in self.facts_by(day, whole=True) if f.key in keys]
        if key in EVENTS:
            return rows[-1] if rows else None
        held = [f for f in rows if f.since is None or f.since <= month.first]
        return max(held, key=lambda f: (f.since or BEGINNING.first, f.number), default=None)

    def certificate(self, day: date) -> Certificate | None:
        """The certificate heard of last up to a day."""
        rows = [c for c in self.book.certificates.get(self.person_id, []) if c.received_on <= day]
        return max(rows, key=lambda c: (c.received_on, c.number), default=None)

    def period(self, subsidy: str, month: Month, day: date) -> Entitlement | None:
        """The period of the ledger over a month as it stood at the end of a day, granted or suspended."""
        rows = [
            p
            for p in self.periods
            if p.subsidy == subsidy and p.since <= month.first and p.granted_on <= day and _covers(p, month, day)
        ]
        return max(rows, key=lambda p: (p.granted_on, p.since), default=None)

    def ended(self, subsidy: str, month: Month, day: date) -> Entitlement | None:
        """The period that ended before a month, or was ended over it."""
        rows = [
            p
            for p in self.periods
            if p.subsidy == subsidy and p.until is not None and p.until <= month.first and (p.ended_on or day) <= day
        ]
        return max(rows, key=lambda p: p.until or p.since, default=None)

    def account(self, day: date) -> BankAccount | None:
        """The account that was current at the end of a day."""
        rows = [
            a
            for a in self.book.accounts.get(self.person_id, [])
            if a.since <= day and (a.until is None or a.until > day)
        ]
        return rows[-1] if rows else None


def _as_known(facts: Iterable[Fact]) -> list[KnownFact]:
    return [known_fact(fact) for fact in facts]


def _covers(period: Entitlement, month: Month, day: date) -> bool:
    if period.until is None or period.until > month.first:
        return True
    return period.ended_on is not None and period.ended_on > day


def _value(name: str, value: Any) -> Any:
    """A value of a certificate before it was changed, as the record has it."""
    if value in (None, "None", ""):
        return None
    return {"category": str, "grade": int}.get(name, lambda text: date.fromisoformat(str(text)))(value)
