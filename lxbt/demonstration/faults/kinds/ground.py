"""What every kind of fault is made with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from lxbt.core.profile import Certificate as CertificateValue
from lxbt.demonstration.faults.planting import Recipient


def draws(*subsidies: str) -> Callable[[Recipient], bool]:
    """Whether somebody draws all of these."""
    return lambda who: set(subsidies) <= set(who.subsidies)


def run(text: str, params: list[Any]) -> None:
    """Carry out a statement that no operation would."""
    with connection.cursor() as cursor:
        cursor.execute(text, params)


def certificate_of(who: Recipient, **changed: object) -> CertificateValue:
    """The certificate that somebody has, with some of it otherwise."""
    row = who.certificate
    told = {
        "category": row.category,
        "grade": row.grade,
        "issued_on": row.issued_on,
        "valid_until": row.valid_until,
    } | changed
    return CertificateValue(**told)  # type: ignore[arg-type]
