"""Months paid too much, too little, twice, or after the end."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from lxbt.core.profile import LIVING
from lxbt.demonstration.faults.kinds.ground import certificate_of, draws, run
from lxbt.demonstration.faults.planting import Ground, day_before
from lxbt.registry.models import (
    Certificate,
    Match,
)
from lxbt.registry.operations import mark_persons, record_certificate


def _otherwise(g: Ground, rule: str, yuan: int) -> None:
    """Somebody's last payment is more, or less, than it should be by so many yuan."""
    who = g.take()
    if who:
        subsidy = who.subsidies[0]
        run(
            "update payments_item set amount = amount + %s where person_id = %s and subsidy = %s and right_month = %s",
            [yuan, who.person.pk, subsidy, g.month.first],
        )
        g.note(rule, "amount", who, {subsidy: {g.month: Decimal(abs(yuan))}})


def too_much(g: Ground) -> None:
    """R15."""
    _otherwise(g, "R15", 30)


def too_little(g: Ground) -> None:
    """U05."""
    _otherwise(g, "U05", -20)


def paid_after_the_end(g: Ground) -> None:
    """R16: the ledger ends two months before the last payment, for a reason that still stands."""
    who = g.take()
    if who:
        end = g.month.back(1)
        value = certificate_of(who, cancelled_on=day_before(g.month, 2))
        record_certificate(person_id=who.person.pk, certificate=value, source="federation", received_on=g.on, by=None)
        run(
            "update entitlements_entitlement set until = %s, end_basis = 'planted' where person_id = %s "
            "and until is null",
            [end.first, who.person.pk],
        )
        g.note("R16", "ledger", who, g.paid_from(who, end))
        g.note("R02", "registry", who, g.paid_from(who, end))


def backpaid(g: Ground) -> None:
    """R22 (and R03): the old certificate ran out long ago, the new one reaches back three months, more were paid."""
    who = g.take(lambda r: len(next(iter(r.paid.values()))) >= 7)
    if who:
        record_certificate(
            person_id=who.person.pk,
            certificate=certificate_of(who, valid_until=day_before(g.month, 6)),
            source="federation",
            received_on=g.on,
            by=None,
        )
        issued = day_before(g.month, 0, 5)
        Certificate.objects.create(
            person_id=who.person.pk,
            category=who.certificate.category,
            grade=who.certificate.grade,
            issued_on=issued,
            valid_until=(g.month + 60).last,
            pays_from_month=g.month.first,
            backpay_months=3,
            source="federation",
            received_on=g.on,
        )
        mark_persons([who.person.pk])
        for rule, source in (("R22", "backpay"), ("R03", "registry")):
            g.note(rule, source, who, g.paid_from(who, g.month.back(5), until=g.month.back(3)))


def twice(g: Ground) -> None:
    """R12: two entries that may be one person, both paid."""
    one, other = g.take(draws(LIVING)), g.take(draws(LIVING))
    if one and other:
        first, second = sorted((one, other), key=lambda r: r.person.pk)
        Match.objects.create(
            person_id=first.person.pk,
            other_id=second.person.pk,
            division_code=first.person.division_code,
            other_division=second.person.division_code,
            reason="name_birth",
            proposed_at=datetime(g.on.year, g.on.month, g.on.day, tzinfo=UTC),
        )
        common = {
            subsidy: {m: min(a, first.paid[subsidy][m]) for m, a in told.items() if m in first.paid[subsidy]}
            for subsidy, told in second.paid.items()
            if subsidy in first.paid
        }
        g.note("R12", "twice", second, common)
