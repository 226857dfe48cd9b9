"""One person's ledger of one subsidy: read under a lock, rewritten whole, recorded."""

from __future__ import annotations

from collections.abc import Iterable

from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.core.refusal import Refusal
from lxbt.entitlements.models import Entitlement
from lxbt.registry.models import Person
from lxbt.registry.operations import mark_persons


class EntitlementRefused(Refusal):
    """The ledger cannot be changed so."""


def _periods(person_id: int, subsidy: str) -> list[Entitlement]:
    if subsidy not in SUBSIDIES:
        raise ValueError(subsidy)
    Person.objects.select_for_update().get(pk=person_id)  # one writer at a time for a person's ledger
    return list(Entitlement.objects.filter(person_id=person_id, subsidy=subsidy).order_by("since"))


def _in_words(periods: Iterable[Entitlement]) -> list[str]:
    return [
        f"{p.state} {p.since:%Y-%m} – {f'{p.until:%Y-%m}' if p.until else ''}".rstrip()
        for p in sorted(periods, key=lambda p: p.since)
    ]


def _rewrite(person_id: int, subsidy: str, periods: list[Entitlement]) -> tuple[list[str], list[str]]:
    """Put the whole chain of a person and subsidy in place, linked anew; gives it as it was and as it is, in words.

    Bounded: a person has a handful of periods.
    """
    before = _in_words(Entitlement.objects.filter(person_id=person_id, subsidy=subsidy))
    Entitlement.objects.filter(person_id=person_id, subsidy=subsidy).delete()
    after = None
    for period in sorted(periods, key=lambda p: p.since):
        period.after, after = after, period.until
        period._state.adding = True
        period.save(force_insert=True)
    mark_persons([person_id])
    return before, _in_words(periods)


def _record(
    action: str,
    person_id: int,
    subsidy: str,
    since: Month,
    basis: str,
    by: User | None,
    periods: tuple[list[str], list[str]],
) -> None:
    place = Person.objects.values_list("division_code", flat=True).get(pk=person_id)
    record_event(
        by=by,
        action=f"entitlement.{action}",
        subject_kind="entitlement",
        subject_id=f"{person_id} {subsidy}",
        person_id=person_id,
        division_code=place,
        details={"since": str(since), "basis": basis},
        changes={"periods": periods},
    )
