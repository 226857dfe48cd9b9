"""Reads of the ledger, and what it is worth month by month with the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from lxbt.core.months import Month
from lxbt.core.profile import Profile, read_profile
from lxbt.divisions.rules import NATION
from lxbt.entitlements.models import Entitlement, PastChange
from lxbt.entitlements.rules import Right, rights
from lxbt.registry import queries as registry
from lxbt.registry.rules import ClassRules, Stretch, profile_at
from lxbt.standards.queries import parameters_for, scheme_for
from lxbt.standards.rules.parameters import AFTER_DECISION, COUNTS, parameters_in_force
from lxbt.standards.rules.scheme import Scheme


def entitlements_of(person_id: int) -> list[Entitlement]:
    """All periods of a person, in order."""
    return list(Entitlement.objects.filter(person_id=person_id).order_by("subsidy", "since"))


def past_changes_of(person_id: int) -> list[PastChange]:
    """What the books of the time before the system tell of changes, in order."""
    return list(PastChange.objects.filter(person_id=person_id).order_by("month", "subsidy", "kind"))


def persons_with_rights(person_ids: Iterable[int]) -> set[int]:
    """Of these persons, those with a right now, granted or suspended."""
    rows = Entitlement.objects.filter(person_id__in=list(person_ids), until__isnull=True).exclude(state="past")
    return set(rows.values_list("person_id", flat=True))


def entitlements_in_month(month: Month) -> QuerySet[Entitlement]:
    """The periods that cover a month and are paid, those before the system included."""
    return periods_in_month(month).exclude(state="suspended")


def periods_in_month(month: Month) -> QuerySet[Entitlement]:
    """The periods, granted or suspended, that cover a month."""
    return Entitlement.objects.filter(Q(until__isnull=True) | Q(until__gt=month.first), since__lte=month.first)


def periods() -> QuerySet[Entitlement]:
    """Every period of the ledger, for reading on."""
    return Entitlement.objects.all()


def is_entitled(person_id: int, subsidy: str, month: Month) -> bool:
    """Whether a granted period covers the month."""
    return subsidy in subsidies_paid(person_id, month)


def subsidies_paid(person_id: int, month: Month) -> set[str]:
    """The subsidies of which a granted period covers the month."""
    return set(entitlements_in_month(month).filter(person_id=person_id).values_list("subsidy", flat=True))


def subsidies_held(person_id: int, month: Month) -> list[str]:
    """The subsidies that a period, granted or suspended, covers in the month."""
    rows = Entitlement.objects.filter(
        Q(until__isnull=True) | Q(until__gt=month.first), person_id=person_id, since__lte=month.first
    )
    return sorted(set(rows.values_list("subsidy", flat=True)))


def class_rules(scheme: Scheme) -> ClassRules:
    """How the local parameters say that a new certificate counts."""

    def found(division: str, month: Month) -> tuple[str, str, bool]:
        parameters = scheme.parameters_for(division, month)
        return parameters.class_change, parameters.stop, parameters.expired_certificate == COUNTS

    return found


def told_timelines(person_ids: Iterable[int], scheme: Scheme | None = None) -> dict[int, list[Stretch]]:
    """The profile of every month of these persons, from what is known now and the local parameters."""
    return registry.timelines(person_ids, class_rules(scheme or parameters_for(NATION)))


def profile_in(person_id: int, month: Month) -> Profile | None:
    """The profile of a person in a month, from what is known now; None while no division is known."""
    return profile_at(told_timelines([person_id])[person_id], month)


@dataclass(frozen=True)
class MonthTold:
    """A month of a person: the profile that held, and for each subsidy the right and whether the ledger grants it."""

    month: Month
    profile: Profile
    rights: dict[str, Right]
    granted: frozenset[str]


def rights_by_month(
    person_id: int,
    since: Month,
    until: Month,
    *,
    periods: Sequence[Entitlement] | None = None,
    scheme: Scheme | None = None,
    stretches: Sequence[Stretch] | None = None,
) -> list[MonthTold]:
    """What a person has a right to in [since, until), month by month, with every reason against it.

    `periods`, `scheme`, `stretches`: what was read already; the scheme must bear on every place of the person.
    """
    stretches = told_timelines([person_id])[person_id] if stretches is None else stretches
    periods = entitlements_of(person_id) if periods is None else periods
    places = {s.profile.division for s in stretches}
    schemes = {place: scheme or scheme_for(place) for place in places}
    found = []
    for month in since.until(until):
        profile = profile_at(stretches, month)
        if profile is not None:
            covering = [p for p in periods if p.since <= month.first and (p.until is None or p.until > month.first)]
            granted = frozenset(p.subsidy for p in covering if p.state != "suspended")
            found.append(MonthTold(month, profile, rights(profile, schemes[profile.division], month), granted))
    return found


def renewal_terms(division_code: str, applied: Month, issued: Month) -> tuple[Month, int]:
    """From which month a renewed certificate pays again, and how many unpaid months before it at most.

    民发〔2022〕79号: the month of application; where `recertified.basis` says so, 民发〔2021〕70号: the month of issue.
    """
    parameters = parameters_in_force(parameters_for(division_code).parameters, division_code, applied)
    return (issued if parameters.recertified_basis == "issue" else applied), parameters.backpay_months


def first_month_of(division_code: str, *, applied: Month, decided: Month) -> Month:
    """From which month a right counts: that of the application, or the one after the decision where the place
    says so.
    """
    parameters = parameters_in_force(parameters_for(division_code).parameters, division_code, applied)
    return decided + 1 if parameters.start == AFTER_DECISION else applied


def rights_of_table(table: Mapping[str, object], month: Month) -> dict[str, Right]:
    """What a situation that is only typed so far would be paid; Unreadable names a key at fault."""
    profile = read_profile(table, "profile")
    return rights(profile, scheme_for(profile.division), month)


def subsidies_by_person(person_ids: Iterable[int], month: Month) -> dict[int, set[str]]:
    """The subsidies granted in a month to several persons, in one query."""
    found: dict[int, set[str]] = {}
    for person_id, subsidy in (
        entitlements_in_month(month).filter(person_id__in=list(person_ids)).values_list("person_id", "subsidy")
    ):
        found.setdefault(person_id, set()).add(subsidy)
    return found
