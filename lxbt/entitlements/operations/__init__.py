"""Writes of the ledger: grant, suspend, resume, end. Each marks the person, so that the next draw looks again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.core.months import BEGINNING, Month
from lxbt.divisions.rules import NATION
from lxbt.entitlements import queries
from lxbt.entitlements.models import Entitlement
from lxbt.entitlements.operations.custody import settle_custody
from lxbt.entitlements.operations.ledger import EntitlementRefused, _periods, _record, _rewrite
from lxbt.registry.models import Certificate, Person
from lxbt.registry.operations import (
    record_certificate,
    set_renewal,
    store_timelines,
    take_changed_persons,
)
from lxbt.registry.queries import certificates_of, known_certificate
from lxbt.registry.rules import first_unpaid
from lxbt.standards.queries import parameters_for
from lxbt.standards.rules.parameters import COUNTS

__all__ = [
    "EntitlementRefused",
    "end_entitlement",
    "grant_entitlement",
    "mark_recertified_persons",
    "mark_stale_persons",
    "mark_uncompared",
    "renew_after_gap",
    "renew_certificate",
    "renew_right",
    "resolve_changes",
    "resume_entitlement",
    "settle_custody",
    "suspend_entitlement",
    "take_uncompared",
]
EXPIRED = "certificate expired"  # basis of a period that waits for a new certificate
CHUNK = 2000  # persons whose months are told at a time


@transaction.atomic
def grant_entitlement(*, person_id: int, subsidy: str, since: Month, basis: str, by: User | None, on: date) -> None:
    """Grant a subsidy from a month on. Granted months stay as they are; gaps after `since` are filled.

    A suspended period is granted again from `since` on; one that waited for a new certificate from where it began,
    since the certificate itself says which of its months are paid.
    """
    _resume_for_grant(person_id, subsidy, since, basis, by, on)
    periods = _periods(person_id, subsidy)
    added: list[tuple[date, date | None]] = []
    changed: tuple[list[str], list[str]] = ([], [])
    start: date | None = since.first
    covering = next((p for p in periods if p.since < since.first and (p.until is None or p.until > since.first)), None)
    if covering is not None and covering.state == "granted":  # (what it is worth shows when custody is told late)
        covering.again = [*covering.again, [str(since), basis]]
        covering.save(update_fields=["again"])
    for period in [p for p in periods if p.until is None or p.until > since.first]:
        if start is not None and start < period.since:
            added.append((start, period.since))
        start = period.until
    if start is not None:
        added.append((start, None))
    if added:
        fresh = [
            Entitlement(
                person_id=person_id,
                subsidy=subsidy,
                since=a,
                until=b,
                basis=basis,
                granted_by_id=by.pk if by else None,
                granted_on=on,
            )
            for a, b in added
        ]
        changed = _rewrite(person_id, subsidy, periods + fresh)
    _record("granted", person_id, subsidy, since, basis, by, changed)


def _resume_for_grant(person_id: int, subsidy: str, since: Month, basis: str, by: User | None, on: date) -> None:
    waiting = Entitlement.objects.filter(
        Q(until__isnull=True) | Q(until__gt=since.first), person_id=person_id, subsidy=subsidy, state="suspended"
    )
    begins = [Month.of(p.since) if p.basis == EXPIRED else max(Month.of(p.since), since) for p in waiting]
    if begins:
        resume_entitlement(person_id=person_id, subsidy=subsidy, since=min(begins), basis=basis, by=by, on=on)


@transaction.atomic
def end_entitlement(*, person_id: int, subsidy: str, since: Month, basis: str, by: User | None, on: date) -> None:
    """End the right: `since` is the first month without it. Later periods fall away."""
    periods = _periods(person_id, subsidy)
    if not any(p.until is None or p.until > since.first for p in periods):
        raise EntitlementRefused(_("%(month)s起没有可停发的待遇，请核对停发月份。") % {"month": since})
    kept = [p for p in periods if p.since < since.first]
    for period in kept:
        if period.until is None or period.until > since.first:
            period.until, period.end_basis, period.ended_on = since.first, basis, on
            period.ended_by_id = by.pk if by else None
    changed = _rewrite(person_id, subsidy, kept)
    _record("ended", person_id, subsidy, since, basis, by, changed)


@transaction.atomic
def suspend_entitlement(*, person_id: int, subsidy: str, since: Month, basis: str, by: User | None, on: date) -> None:
    """Suspend from a month on, until it is resumed."""
    changed = _change_state(
        person_id, subsidy, since, basis, by, on, "granted", "suspended", _("%(month)s起没有可暂停的待遇。")
    )
    _record("suspended", person_id, subsidy, since, basis, by, changed)


@transaction.atomic
def resume_entitlement(*, person_id: int, subsidy: str, since: Month, basis: str, by: User | None, on: date) -> None:
    """Resume a suspended right from a month on."""
    changed = _change_state(
        person_id, subsidy, since, basis, by, on, "suspended", "granted", _("%(month)s起没有可恢复的待遇。")
    )
    _record("resumed", person_id, subsidy, since, basis, by, changed)


def _change_state(
    person_id: int, subsidy: str, since: Month, basis: str, by: User | None, on: date, old: str, new: str, sentence: str
) -> tuple[list[str], list[str]]:
    periods = _periods(person_id, subsidy)
    touched = [p for p in periods if p.state == old and (p.until is None or p.until > since.first)]
    if not touched:
        raise EntitlementRefused(sentence % {"month": since})
    result = [p for p in periods if p not in touched]
    for period in touched:
        start = max(period.since, since.first)
        tail = Entitlement(
            person_id=person_id, subsidy=subsidy, since=start, until=period.until, state=new, basis=basis, granted_on=on
        )
        tail.again = period.again
        tail.granted_by_id = by.pk if by else None
        if period.since < start:
            period.until, period.end_basis, period.ended_on = start, basis, on
            period.ended_by_id = by.pk if by else None
            result.append(period)
        result.append(tail)
    return _rewrite(person_id, subsidy, result)


@transaction.atomic
def renew_certificate(
    *,
    person_id: int,
    certificate: object,
    applied_on: date,
    source: str,
    received_on: date,
    by: User | None,
    certificate_number: str | None = None,
) -> Certificate:
    """Record a new certificate after the old one ran out: it pays again as `recertified` says (民发〔2022〕79号)."""
    issued_on = (
        getattr(certificate, "issued_on", None)
        or (certificate["issued_on"] if isinstance(certificate, dict) else None)
        or applied_on
    )
    place = Person.objects.values_list("division_code", flat=True).get(pk=person_id)
    pays_from, backpay = queries.renewal_terms(place, Month.of(applied_on), Month.of(issued_on))
    return record_certificate(
        person_id=person_id,
        certificate=certificate,  # type: ignore[arg-type]
        source=source,
        received_on=received_on,
        by=by,
        certificate_number=certificate_number,
        pays_from=pays_from,
        backpay_months=backpay,
    )


@transaction.atomic
def renew_after_gap(*, person_id: int, applied: Month, by: User | None) -> bool:
    """Let a certificate that was issued after the one before had run out pay again as `recertified` says, from an
    application in that month.

    Nothing where there was no gap, or where it is settled already (民发〔2022〕79号; 民发〔2021〕70号). Gives whether
    it was set.
    """
    rows = [row for row in certificates_of(person_id) if row.issued_on is not None]
    place = Person.objects.values_list("division_code", flat=True).get(pk=person_id)
    if len(rows) < 2 or rows[-1].pays_from_month is not None:
        return False
    new, old = rows[-1], known_certificate(rows[-2]).certificate
    issued = Month.of(new.issued_on or date.min)
    scheme = parameters_for(place)
    parameters = scheme.parameters_for(place, issued)
    gap = first_unpaid(
        old, parameters.stop, lambda month: scheme.parameters_for(place, month).expired_certificate == COUNTS
    )
    if gap is None or gap > issued:
        return False
    pays_from, backpay = queries.renewal_terms(place, applied, issued)
    set_renewal(person_id=person_id, number=new.number, pays_from=pays_from, backpay_months=backpay, by=by)
    return True


@transaction.atomic
def renew_right(*, person_id: int, subsidy: str, issued: Month, basis: str, by: User | None, on: date) -> None:
    """Grant again what waited for a new certificate, where the place pays from the issue without an application."""
    renew_after_gap(person_id=person_id, applied=issued, by=by)
    _resume_for_grant(person_id, subsidy, issued, basis, by, on)


def resolve_changes() -> int:
    """Tell anew the months of every person marked as changed, and mark them for their payers. Gives the number of
    persons.

    Safe to run at any time and by several at once; each chunk is a transaction of its own unless the caller has one.
    """
    done = 0
    scheme = None  # read only when there is somebody: every draw asks
    nothing_left = False
    while not nothing_left:
        with transaction.atomic():
            ids = take_changed_persons(CHUNK)
            if ids:
                scheme = scheme or parameters_for(NATION)
                mark_stale_persons(ids, BEGINNING)  # for the payers of the months as they were told so far
                settle_custody(ids, scheme)
                store_timelines(queries.told_timelines(ids, scheme))
                mark_stale_persons(ids, BEGINNING)  # and as they are told now
                mark_uncompared(ids)
            nothing_left = not ids
        done += len(ids)
    return done


def mark_stale_persons(ids: list[int], since: Month) -> None:
    """Have the payers of these persons look again at their months from `since` on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into entitlements_stale (person_id, division_code, since)"
            " select distinct person_id, division_code, %s::date from registry_personprofile where person_id = any(%s)"
            " on conflict (person_id, division_code) do update "
            "set since = least(entitlements_stale.since, excluded.since)",
            [since.first, ids],
        )


def mark_uncompared(ids: list[int]) -> None:
    """Have these persons compared anew by the rules above."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into entitlements_uncompared (person_id) select distinct unnest(%s::bigint[]) order by 1 "
            "on conflict do nothing",
            [ids],
        )


def take_uncompared(limit: int) -> list[int]:
    """Take up to so many of the persons to be compared anew; those that others are taking are passed over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from entitlements_uncompared where person_id in (select person_id from entitlements_uncompared "
            "order by person_id limit %s for update skip locked)"
            " returning person_id",
            [limit],
        )
        return sorted(row[0] for row in cursor.fetchall())


TAKE_STALE = """
with taken as (delete from entitlements_stale where {where} returning person_id, division_code, since)
insert into {into} select person_id, division_code, since from taken
"""
KEEP_STALE = """
insert into entitlements_stale (person_id, division_code, since)
select person_id, division_code, greatest(since, %s::date) from {kept} where {where}
on conflict (person_id, division_code) do update set since = least(entitlements_stale.since, excluded.since)
"""


def take_stale_persons(into: str, where: str, params: Sequence[str]) -> None:
    """Take the marks of changed persons of an area (SQL condition on `division_code`) into a work table, for a draw."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_STALE.format(into=into, where=where), list(params))


def keep_stale_persons(kept: str, where: str, params: Sequence[str], *, since: Month) -> None:
    """Put the marks of a work table back for the months from `since` on: later ones were drawn already and are looked
    at again.
    """
    with connection.cursor() as cursor:
        cursor.execute(KEEP_STALE.format(kept=kept, where=where), [since.first, *params])
