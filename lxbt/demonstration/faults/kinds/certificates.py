"""Certificates that stopped, changed, or run out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lxbt.demonstration.faults.kinds.ground import certificate_of
from lxbt.demonstration.faults.planting import Ground, day_before
from lxbt.registry.models import (
    FederationEntry,
)
from lxbt.registry.operations import record_certificate


def frozen(g: Ground) -> None:
    """R02."""
    who = g.take()
    if who:
        value = certificate_of(who, frozen_on=day_before(g.month, 3))
        record_certificate(person_id=who.person.pk, certificate=value, source="federation", received_on=g.on, by=None)
        g.note("R02", "registry", who, g.paid_from(who, g.month.back(2)))


def ran_out(g: Ground) -> None:
    """R03."""
    who = g.take()
    if who:
        value = certificate_of(who, valid_until=day_before(g.month, 2))
        record_certificate(person_id=who.person.pk, certificate=value, source="federation", received_on=g.on, by=None)
        g.note("R03", "registry", who, g.paid_from(who, g.month.back(1)))


def other_grade(g: Ground) -> None:
    """R04: the Federation tells another grade."""
    who = g.take()
    if who:
        now = datetime(g.on.year, g.on.month, g.on.day, tzinfo=UTC)
        values = {"category": who.certificate.category, "grade": who.certificate.grade % 4 + 1, "state": "valid"}
        FederationEntry.objects.create(
            person_id=who.person.pk,
            handle=who.person.pk.to_bytes(16, "big"),
            mark=1,
            county_code=who.person.division_code[:6].ljust(12, "0"),
            division_code=who.person.division_code,
            sequence=1,
            values=values,
            known_before=True,
            changed_at=now,
            received_at=now,
            confirmed_at=now,
        )
        g.note("R04", "differs", who)


def runs_out_soon(g: Ground) -> None:
    """U06: nobody has been told."""
    who = g.take()
    if who:
        record_certificate(
            person_id=who.person.pk,
            certificate=certificate_of(who, valid_until=g.on + timedelta(days=40)),
            source="federation",
            received_on=g.on,
            by=None,
        )
        g.note("U06", "expiring", who)
