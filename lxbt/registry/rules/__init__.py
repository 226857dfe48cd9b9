"""From what is known of a person to the profile of each month. Pure.

Facts arrive in any order. One with a month holds from there to the next later month; one without corrects what was
known from the beginning. Certificates, death, custody and removal carry their own dates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from lxbt.core.months import BEGINNING, Month, in_force
from lxbt.core.profile import EVENTS, TIMELINE_KEYS, Certificate, Custody, Profile, read_value
from lxbt.registry.rules.benefits import benefits_by_month
from lxbt.registry.rules.custody import CUSTODY_KEYS, told_next

SAME_MONTH = "same_month"
IDENTITY, CERTIFICATE_NUMBER = "id", "certificate"
IDENTIFIER_KINDS = (IDENTITY, CERTIFICATE_NUMBER)
GOOD, BAD = "good", "bad"
LONGEST_TRANSITION = 1200  # months; one that lasts longer never ends


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A value of one key, as JSON; `order` is the order of recording.

    `named`: of other benefits those told; None: all.
    """

    key: str
    value: object
    since: Month | None
    order: int
    named: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class KnownCertificate:
    """A certificate.

    One taken as a renewal after expiry has the month from which it pays again, and how far back at most.
    """

    certificate: Certificate
    order: int
    pays_from: Month | None = None
    backpay_months: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """The profile of the months [since, until); None is open."""

    since: Month
    until: Month | None
    profile: Profile

    def covers(self, month: Month) -> bool:
        """Whether the month lies in it."""
        return in_force(self.since, self.until, month)


def profile_at(stretches: Iterable[Stretch], month: Month) -> Profile | None:
    """The profile of a month; None where nothing is known of it."""
    return next((stretch.profile for stretch in stretches if stretch.covers(month)), None)


ClassRules = Callable[
    [str, Month], tuple[str, str, bool]
]  # (division, month) -> (class_change, stop): next_month or same_month; and whether an expired certificate counts then


def never(_month: Month) -> bool:
    """No month is one of transition."""
    return False


def first_unpaid(certificate: Certificate, stop: str, counts: Callable[[Month], bool] = never) -> Month | None:
    """The first month that expiry, freezing or cancellation leaves without a valid certificate.

    `counts`: whether the month is one of transition, in which an expired certificate counts.
    """
    later = 0 if stop == SAME_MONTH else 1
    days = (certificate.frozen_on, certificate.cancelled_on)
    ends = [Month.of(day) + later for day in days if day is not None]
    if certificate.valid_until is not None:
        month = Month.of(certificate.valid_until) + later
        last = month + LONGEST_TRANSITION
        while month < last and counts(month):
            month += 1
        ends += [month] if month < last else []
    return min(ends, default=None)


def counting_from(
    certificates: Iterable[KnownCertificate], division_in: Callable[[Month], str], rules: ClassRules
) -> list[tuple[Month, Certificate]]:
    """In order of issue, from which month each certificate counts; in a month the last one that counts holds.

    A new category or grade counts as `class_change` says, from the issue. A renewal counts from `backpay_months` before
    the month it pays from, but never in months that the old certificate covered.
    """
    placed: list[tuple[Month, Certificate]] = []
    for known in sorted(certificates, key=lambda k: (k.certificate.issued_on or date.min, k.order)):
        new = known.certificate
        if not placed:
            placed.append((BEGINNING, new))
            continue
        issued = Month.of(new.issued_on) if new.issued_on else BEGINNING
        holder = holding_in(placed, issued)
        same_class = holder.class_of == new.class_of
        class_change, _stop, _counts = rules(division_in(issued), issued)
        counts = issued if same_class or class_change == SAME_MONTH else issued + 1
        if known.pays_from is not None:
            base = known.pays_from
            _class_change, stop, _counts = rules(division_in(base), base)
            gap = first_unpaid(holding_in(placed, base), stop, lambda month: rules(division_in(month), month)[2])
            if gap is not None:
                renewed = max(gap, base.back(known.backpay_months))
                counts = renewed if gap <= base else min(counts, renewed)
        placed.append((counts, new))
    return placed


def holding_in(placed: list[tuple[Month, Certificate]], month: Month) -> Certificate:
    """The certificate that holds in a month; the first one holds from the beginning."""
    return next((certificate for counts, certificate in reversed(placed) if counts <= month), placed[0][1])


def timeline(facts: Iterable[KnownFact], certificates: Iterable[KnownCertificate], rules: ClassRules) -> list[Stretch]:
    """The profile of every month, as stretches in order from the beginning; empty while no division is known."""
    values: dict[str, dict[Month, object]] = {}
    custody: tuple[Custody, ...] = ()
    benefits: list[KnownFact] = []
    for fact in sorted(facts, key=lambda f: f.order):
        if fact.key in CUSTODY_KEYS:
            custody = told_next(custody, fact.key, fact.value)
            continue
        if fact.key == "other_benefits":
            benefits.append(fact)
            continue
        beginning = fact.since is None or fact.key in EVENTS
        values.setdefault(fact.key, {})[BEGINNING if beginning else fact.since or BEGINNING] = read_value(
            fact.key, fact.value, fact.key
        )
    if benefits:
        values["other_benefits"] = {
            month: read_value("other_benefits", table, "other_benefits")
            for month, table in benefits_by_month((f.since or BEGINNING, f.value, f.named) for f in benefits).items()
        }

    def value_in(key: str, month: Month) -> object:
        known = values.get(key, {})
        since = max((m for m in known if m <= month), default=None)
        return read_value(key, None, key) if since is None else known[since]

    def division_in(month: Month) -> str:
        return str(value_in("division", month) or "0" * 12)

    placed = counting_from(certificates, division_in, rules)
    starts = (
        {BEGINNING}
        | {month for known in values.values() for month in known}
        | {month for month, _certificate in placed}
        | {Month.of(one.until) for one in custody if one.until is not None}
    )
    found: list[Stretch] = []
    for since in sorted(starts):
        if value_in("division", since) is None:
            continue
        told = {key: value_in(key, since) for key in (*TIMELINE_KEYS, *EVENTS) if key in values}
        told["certificate"] = holding_in(placed, since) if placed else None
        told["imprisoned_on"] = Profile("", custody=custody).custody_since(since)
        profile = Profile(**told)  # type: ignore[arg-type]
        if found and found[-1].profile == profile:
            continue
        if found:
            found[-1] = Stretch(found[-1].since, since, found[-1].profile)
        found.append(Stretch(since, None, profile))
    return found
