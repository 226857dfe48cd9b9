"""Days that cannot be: one set of checks for every door. Pure.

A fault is a code; `registry.operations` and the doors have the sentences. Days are compared as given; `on` is the day
the fact is recorded on.
"""

from __future__ import annotations

from datetime import date

from lxbt.core.months import Month
from lxbt.core.profile import EVENTS, Certificate

FIRST_DAY = date(1900, 1, 1)
OLDEST = 130  # years: nobody lives longer
EARLY, FUTURE, BEFORE_BIRTH = "day_early", "day_future", "day_before_birth"
BEFORE_CERTIFICATE, UNTIL_BEFORE_ISSUED, STATE_BEFORE_ISSUED = (
    "died_before_certificate",
    "until_before_issued",
    "state_before_issued",
)
DAY_FAULTS = (EARLY, FUTURE, BEFORE_BIRTH, BEFORE_CERTIFICATE, UNTIL_BEFORE_ISSUED, STATE_BEFORE_ISSUED)


def day_fault(day: date, *, birth: date | None, on: date) -> str | None:
    """Why something cannot have happened on a day: before 1900, before the person was born, after the day of
    recording.
    """
    if day < FIRST_DAY:
        return EARLY
    if day > on:
        return FUTURE
    if birth is not None and day < birth:
        return BEFORE_BIRTH
    return None


def birth_fault(birth: date, *, on: date) -> str | None:
    """Why a person cannot have been born on a day."""
    if birth < FIRST_DAY or birth.year < on.year - OLDEST:
        return EARLY
    return FUTURE if birth > on else None


def event_fault(key: str, day: date, *, birth: date | None, on: date, issued_on: date | None = None) -> str | None:
    """Why death, moving out or custody cannot be of that day. `issued_on`: the latest day that a certificate was
    issued.

    Nobody is issued a certificate in a month after that of the death: either the day or the certificate is wrong, and
    both are looked at before money follows.
    """
    assert key in EVENTS
    fault = day_fault(day, birth=birth, on=on)
    if fault is None and key == "died_on" and issued_on is not None and Month.of(day) < Month.of(issued_on):
        return BEFORE_CERTIFICATE
    return fault


def certificate_fault(certificate: Certificate, *, birth: date | None, on: date) -> tuple[str, str] | None:
    """Which day of a certificate cannot be, and why: (name of the day, code)."""
    issued, until = certificate.issued_on, certificate.valid_until
    if issued is not None and (fault := day_fault(issued, birth=birth, on=on)):
        return "issued_on", fault
    if until is not None:
        if issued is not None and until < issued:
            return "valid_until", UNTIL_BEFORE_ISSUED
        if fault := day_fault(until, birth=birth, on=date.max):
            return "valid_until", fault
    for name in ("frozen_on", "cancelled_on"):
        day = getattr(certificate, name)
        if day is None:
            continue
        if fault := day_fault(day, birth=birth, on=on):
            return name, fault
        if issued is not None and day < issued:
            return name, STATE_BEFORE_ISSUED
    return None
