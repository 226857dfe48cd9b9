"""Recording what becomes known of a person: values of the profile, dated events, certificates.

Days that cannot be are refused, a weaker source does not overrule a stronger one (`rules.sources`): what it says is
kept as a
`Contradiction` for people to settle. One benefit never wipes another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    EVENTS,
    TIMELINE_KEYS,
    read_certificate,
    read_components,
    read_value,
    write_value,
)
from lxbt.core.profile import Certificate as CertificateValue
from lxbt.core.reading import Unreadable
from lxbt.registry.models import Certificate, Contradiction, Fact, Person
from lxbt.registry.operations.ground import RegistryRefused, add_identifier, mark_persons, place_of
from lxbt.registry.operations.held import (
    benefits_held,
    custody_of,
    custody_overrules,
    fact_overrules,
    held_at,
    last_told,
)
from lxbt.registry.operations.sentences import day_sentence
from lxbt.registry.rules import CERTIFICATE_NUMBER
from lxbt.registry.rules.benefits import merged, names_of
from lxbt.registry.rules.custody import CUSTODY_KEYS, as_json, told_next
from lxbt.registry.rules.days import certificate_fault, event_fault
from lxbt.registry.rules.sources import MACHINES, SETTLING, loosens, strength


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def check_event(person_id: int, key: str, day: date, *, on: date) -> None:
    """RegistryRefused when an event cannot be of that day."""
    birth = Person.objects.filter(pk=person_id).values_list("birth", flat=True).first()
    issued = (
        Certificate.objects.filter(person_id=person_id, issued_on__isnull=False)
        .order_by("-issued_on")
        .values_list("issued_on", flat=True)
        .first()
    )
    fault = event_fault(key, day, birth=birth, on=on, issued_on=issued)
    if fault is not None:
        raise RegistryRefused(day_sentence(fault, issued_on=issued), field=key)


@transaction.atomic
def record_fact(
    *, person_id: int, key: str, value: object, since: Month | None, source: str, received_on: date, by: User | None
) -> None:
    """Record one value of the profile.

    With a month it holds from there on; without, it corrects what was known from the beginning.
    """
    record_facts(person_id=person_id, values={key: value}, since=since, source=source, received_on=received_on, by=by)


@transaction.atomic
def record_facts(
    *,
    person_id: int,
    values: Mapping[str, object],
    since: Month | None,
    source: str,
    received_on: date,
    by: User | None,
    whole: bool = False,
) -> None:
    """Record several values that became known together. Keys: those of a profile save `certificate`.

    `source` is who told, as the door knows it (`rules.sources`). Of other benefits only those named change; None is
    nothing
    told (`whole`: the table tells all of them). What contradicts a stronger source is kept as such and changes nothing.
    RegistryRefused for a day that cannot be.
    """
    values = {key: raw for key, raw in values.items() if (key, raw) != ("other_benefits", None)}  # told: nothing
    rows, before = [], last_told(person_id, values)
    for key, raw in values.items():
        if key not in (*TIMELINE_KEYS, *EVENTS, "custody"):
            raise RegistryRefused(_("不认识的情况项目 %(key)s。") % {"key": key})
        try:
            value = None if raw is None else write_value(key, read := read_value(key, raw, key))
        except Unreadable as error:
            raise RegistryRefused(_("填写有误：%(fault)s") % {"fault": error}, field=key) from None
        start = since if key not in (*EVENTS, "custody") else None
        if key in EVENTS and value is not None:
            assert isinstance(read, date)
            check_event(person_id, key, read, on=received_on)
        if key == "other_benefits":
            assert isinstance(raw, Mapping) or whole
            rows.append(_benefit_row(person_id, raw, value, start, whole))
            continue
        if key in CUSTODY_KEYS:
            row = _custody_row(person_id, key, value, source, received_on)
            if row is None:
                held = held_at(person_id, key, None)
                assert held is not None
                note_contradiction(
                    person_id=person_id, held=held, value=value, source=source, received_on=received_on, by=by
                )
            else:
                rows.append(row)
            continue
        held = held_at(person_id, key, start)
        if held is not None and not fact_overrules(held, value, source, start):
            note_contradiction(
                person_id=person_id, held=held, value=value, source=source, received_on=received_on, by=by
            )
            continue
        rows.append(Fact(person_id=person_id, key=key, value=value, since=start.first if start else None))
    for row in rows:
        row.source, row.received_on, row.recorded_by_id = source, received_on, by.pk if by else None
    if not rows:
        return
    Fact.objects.bulk_create(rows)
    recorded = {row.key for row in rows}
    if "division" in recorded and values.get("division"):
        Person.objects.filter(pk=person_id).update(division_code=read_value("division", values["division"], "division"))
    mark_persons([person_id])
    record_event(
        by=by,
        action="facts.recorded",
        subject_kind="person",
        subject_id=person_id,
        person_id=person_id,
        division_code=place_of(person_id),
        details={"keys": sorted(recorded), "since": str(since) if since else None, "source": source},
        changes={row.key: (before.get(row.key), row.value) for row in rows if row.key != "birth"},
        private={row.key: (_text(before.get(row.key)), _text(row.value)) for row in rows if row.key == "birth"},
    )


def _benefit_row(person_id: int, raw: object, value: object, start: Month | None, whole: bool) -> Fact:
    """The record of the benefits that were told; its value is what is received then, as far as is known now."""
    table = dict(value) if isinstance(value, dict) else {}
    named = None if whole or not isinstance(raw, Mapping) else names_of(raw)
    if named is not None:
        table = merged(benefits_held(person_id, start), table, named)
    return Fact(
        person_id=person_id,
        key="other_benefits",
        value=table,
        since=start.first if start else None,
        named=named,
    )


def _custody_row(person_id: int, key: str, value: object, source: str, received_on: date) -> Fact | None:
    """The record of custody; None when it contradicts what is held.

    A beginning leaves times that ended before it as they were.
    """
    held = custody_of(person_id)
    told = told_next(held, key, value)
    for one in told:
        if one not in held:
            check_event(person_id, "imprisoned_on", one.since, on=received_on)
    before = held_at(person_id, key, None)
    plain = key == "imprisoned_on" and (before is None or before.key == key)
    if plain and before is not None and len(held) <= 1:
        return (
            Fact(person_id=person_id, key=key, value=value, since=None)
            if fact_overrules(before, value, source, None)
            else None
        )
    if not custody_overrules(person_id, told, source):
        return None
    return Fact(person_id=person_id, key=key, value=value if key == "imprisoned_on" else as_json(told), since=None)


@transaction.atomic
def note_contradiction(
    *, person_id: int, held: Fact, value: object, source: str, received_on: date, by: User | None
) -> Contradiction:
    """Keep what a weaker source said against what is held; said again, it is kept once."""
    open_ones = Contradiction.objects.filter(person_id=person_id, key=held.key, source=source, settled_on=None)
    same = next((row for row in open_ones if row.value == value), None)
    if same is not None:
        return same
    found = Contradiction.objects.create(
        person_id=person_id,
        key=held.key,
        value=value,
        source=source,
        since=held.since,
        held_value=held.value,
        held_source=held.source,
        received_on=received_on,
        recorded_by_id=by.pk if by else None,
    )
    record_event(
        by=by,
        action="facts.contradicted",
        subject_kind="person",
        subject_id=person_id,
        person_id=person_id,
        division_code=place_of(person_id),
        details={"key": held.key, "source": source, "held_source": held.source},
    )
    return found


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
def settle_contradictions(*, person_id: int, keys: Iterable[str], on: date) -> int:
    """Two persons settled what sources said against one another; gives how many were open."""
    rows = Contradiction.objects.filter(person_id=person_id, key__in=list(keys), settled_on=None)
    return rows.update(settled_on=on)


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
    gone = [
        f"{row.category} {row.grade} {row.issued_on}"
        for row in Certificate.objects.filter(person_id=person_id).order_by("number")
    ]
    Certificate.objects.filter(person_id=person_id).delete()
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
    )


@transaction.atomic
def withdraw_certificate(*, person_id: int, number: int, source: str, by: User | None) -> None:
    """Correct the record: this certificate never was, or was issued on another day."""
    row = Certificate.objects.select_for_update().get(person_id=person_id, number=number)
    before = certificate_json(row)
    Certificate.objects.filter(person_id=person_id, number=number).delete()
    mark_persons([person_id])
    record_event(
        by=by,
        action="certificate.removed",
        subject_kind="person",
        subject_id=person_id,
        person_id=person_id,
        division_code=place_of(person_id),
        details={"source": source},
        changes={"certificates": ([f"{row.category} {row.grade} {row.issued_on}"], [])},
        private={"certificate": (str(before), None)},
    )
