"""Recording certificates: what a source says of one, whom it overrules, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core import idnumber
from lxbt.core.months import Month
from lxbt.core.profile import (
    CATEGORIES,
    DISABLED,
    read_certificate,
    read_components,
    write_value,
)
from lxbt.core.profile import Certificate as CertificateValue
from lxbt.core.reading import Unreadable
from lxbt.registry.models import Certificate, Fact, Person
from lxbt.registry.operations.facts import note_contradiction
from lxbt.registry.operations.ground import RegistryRefused, add_identifier, mark_persons, place_of
from lxbt.registry.operations.sentences import day_sentence
from lxbt.registry.rules import CERTIFICATE_NUMBER
from lxbt.registry.rules.days import certificate_fault
from lxbt.registry.rules.sources import MACHINES, SETTLING, loosens, strength


def replaces(held_source: str, source: str, held: Any, told: CertificateValue) -> bool:
    """Whether a certificate of the same issue takes the place of the one held: no weaker source, and no freezing or
    cancellation taken back but by the database that told it or by two persons."""
    names = ("grade", "valid_until", "frozen_on", "cancelled_on", "kind")
    same = held.category == (told.category or "") and held.components == write_value("", told.components)
    if source in SETTLING or (same and all(getattr(held, name) == getattr(told, name) for name in names)):
        return True
    if any(loosens(getattr(held, name), getattr(told, name)) for name in ("frozen_on", "cancelled_on")):
        return source in MACHINES and source == held_source
    return strength(source) >= strength(held_source)


def certificate_json(row: Any) -> dict[str, object]:
    """A certificate, or the row of one, as JSON."""
    names = ("grade", "issued_on", "valid_until", "frozen_on", "cancelled_on")
    told = {name: write_value(name, getattr(row, name)) for name in names if getattr(row, name) is not None}
    more = {"category": row.category, "components": write_value("", tuple(row.components))}
    more["kind"] = row.kind if row.kind != DISABLED else None
    return told | {name: value for name, value in more.items() if value}


def _note_certificate(
    held: Certificate, told: CertificateValue, source: str, received_on: date, by: User | None
) -> None:
    """Keep what was said against a certificate."""

    fact = Fact(person_id=held.person_id, key="certificate", value=certificate_json(held), source=held.source)
    note_contradiction(
        person_id=held.person_id, held=fact, value=certificate_json(told), source=source, received_on=received_on, by=by
    )


@transaction.atomic
def record_certificate(
    *,
    person_id: int,
    certificate: CertificateValue | Mapping[str, Any],
    source: str,
    received_on: date,
    by: User | None,
    certificate_number: str | None = None,
    pays_from: Month | None = None,
    backpay_months: int = 0,
) -> Certificate:
    """Record a certificate, or correct the one issued on the same day. `pays_from`: see `renew_certificate`."""
    if not isinstance(certificate, CertificateValue):
        try:
            read = read_certificate(certificate, "certificate")
        except Unreadable as error:
            raise RegistryRefused(_("残疾人证填写有误：%(fault)s") % {"fault": error}, field="certificate") from None
        assert read is not None
        certificate = read
    birth = Person.objects.filter(pk=person_id).values_list("birth", flat=True).first()
    if (fault := certificate_fault(certificate, birth=birth, on=received_on)) is not None:
        raise RegistryRefused(day_sentence(fault[1]), field="certificate")
    values: dict[str, Any] = {
        "kind": certificate.kind,
        "category": certificate.category or "",
        "grade": certificate.grade,
        "valid_until": certificate.valid_until,
        "frozen_on": certificate.frozen_on,
        "cancelled_on": certificate.cancelled_on,
        "source": source,
        "received_on": received_on,
        "recorded_by_id": by.pk if by else None,
    }
    known = Certificate.objects.select_for_update().filter(person_id=person_id, issued_on=certificate.issued_on).first()
    same_class = known is not None and (known.kind, known.category) == (certificate.kind, certificate.category or "")
    if known is not None and same_class and not certificate.components and source not in SETTLING:
        certificate = replace(
            certificate, components=read_components(known.components, "components")
        )  # told: nothing of them
    values["components"] = write_value("", certificate.components)
    if known is not None and not replaces(known.source, source, known, certificate):
        _note_certificate(known, certificate, source, received_on, by)
        return known
    if certificate_number:
        _take_certificate_number(person_id, certificate_number, certificate)
    if pays_from is not None:
        values |= {"pays_from_month": pays_from.first, "backpay_months": backpay_months}
    shown = ("kind", "category", "grade", "components", "valid_until", "frozen_on", "cancelled_on")
    before = {name: getattr(known, name) for name in shown} if known else {}
    if known is None:
        known = Certificate.objects.create(person_id=person_id, issued_on=certificate.issued_on, **values)
    else:
        Certificate.objects.filter(person_id=person_id, number=known.number).update(**values)
        known.refresh_from_db()
    mark_persons([person_id])
    record_event(
        by=by,
        action="certificate.recorded",
        subject_kind="person",
        subject_id=person_id,
        person_id=person_id,
        division_code=place_of(person_id),
        details={"issued_on": str(certificate.issued_on), "source": source},
        changes={name: (before.get(name), values[name]) for name in shown},
        private={"certificate_number": (None, certificate_number)},
    )
    return known


def _take_certificate_number(person_id: int, number: str, certificate: CertificateValue) -> None:
    number = idnumber.normalise(number)
    parts = idnumber.certificate_parts(number)
    if parts is None:
        raise RegistryRefused(
            _("残疾人证号 %(number)s 不正确，应为身份证号加类别和等级。") % {"number": idnumber.mask(number)},
            field="certificate_number",
        )
    if (CATEGORIES[parts[1] - 1], parts[2]) != (certificate.category, certificate.grade):
        raise RegistryRefused(_("残疾人证号末两位与所填类别、等级不符，请核对。"), field="certificate_number")
    add_identifier(person_id=person_id, kind=CERTIFICATE_NUMBER, number=number)


@transaction.atomic
def set_renewal(*, person_id: int, number: int, pays_from: Month, backpay_months: int, by: User | None) -> None:
    """Say from which month a certificate issued after a gap pays again, and how many unpaid months before it
    at most.
    """
    Certificate.objects.filter(person_id=person_id, number=number).update(
        pays_from_month=pays_from.first, backpay_months=backpay_months
    )
    mark_persons([person_id])
    record_event(
        by=by,
        action="certificate.renewal_set",
        subject_kind="person",
        subject_id=person_id,
        person_id=person_id,
        division_code=place_of(person_id),
        changes={"pays_from_month": (None, str(pays_from)), "backpay_months": (0, backpay_months)},
    )


@transaction.atomic
def forget_certificates(*, person_id: int, source: str, by: User | None) -> None:
    """Correct the record: the person never had a certificate."""
    rows = Certificate.objects.filter(person_id=person_id).order_by("number")
    _remove(list(rows), person_id=person_id, source=source, by=by)


@transaction.atomic
def withdraw_certificate(*, person_id: int, number: int, source: str, by: User | None) -> None:
    """Correct the record: this certificate never was, or was issued on another day."""
    row = Certificate.objects.select_for_update().get(person_id=person_id, number=number)
    private = {"certificate": (str(certificate_json(row)), None)}
    _remove([row], person_id=person_id, source=source, by=by, private=private)


def _remove(rows: Sequence[Certificate], *, person_id: int, source: str, by: User | None, **more: Any) -> None:
    gone = [f"{row.category} {row.grade} {row.issued_on}" for row in rows]
    Certificate.objects.filter(person_id=person_id, number__in=[row.number for row in rows]).delete()
    mark_persons([person_id])
    record_event(
        by=by,
        action="certificate.removed",
        subject_kind="person",
        subject_id=person_id,
        person_id=person_id,
        division_code=place_of(person_id),
        details={"source": source},
        changes={"certificates": (gone, [])},
        **more,
    )
