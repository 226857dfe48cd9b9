"""Writes: persons and what becomes known of them. Each marks the person as changed in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import roles_held
from lxbt.accounts.rules.looking import is_reason, reveals_allowed
from lxbt.audit.operations import record_event
from lxbt.audit.queries import reveals_since
from lxbt.audit.watching import note_limit_reached
from lxbt.core import crypto, idnumber
from lxbt.core.months import Month
from lxbt.core.profile import CATEGORIES, EVENTS, TIMELINE_KEYS, read_certificate, read_value, write_value
from lxbt.core.profile import Certificate as CertificateValue
from lxbt.core.readers import READING, BadValue, name_key, read_account
from lxbt.core.readers.persons import LONGEST_NAME
from lxbt.core.reading import Unreadable
from lxbt.core.refusal import Refusal
from lxbt.registry import queries
from lxbt.registry.models import BankAccount, Certificate, Change, Fact, Identifier, Person, PersonProfile, Profile
from lxbt.registry.rules import CERTIFICATE_NUMBER, GOOD, IDENTIFIER_KINDS, IDENTITY, Stretch


class RegistryRefused(Refusal):
    """What is told of a person cannot be taken so."""


class LooksExhausted(RegistryRefused):
    """The account has seen as many numbers in full as its roles allow within an hour."""


class IdentifierTaken(RegistryRefused):
    """The number belongs to another person already."""


def mark_persons(person_ids: Iterable[int]) -> None:
    """Note, in the caller's transaction, that the months of these persons must be told and looked at anew."""
    Change.objects.bulk_create([Change(person_id=pk) for pk in person_ids])


@transaction.atomic
def register_person(
    *,
    name: str,
    sex: str,
    birth: date,
    division_code: str,
    identity_number: str | None = None,
    address: str = "",
    phone: str = "",
    guardian_name: str = "",
    guardian_relation: str = "",
    by: User | None,
    on: date,
    check_number: bool = True,
) -> Person:
    """Enter a person; place, birth and sex become facts from the beginning. IdentifierTaken when the number is known already."""
    name, phone = _plain_name(name, "name"), idnumber.normalise(phone)
    if identity_number is not None:
        identity_number = idnumber.normalise(identity_number)
        if check_number and not idnumber.is_valid(identity_number):
            raise RegistryRefused(
                _("身份证号 %(number)s 不正确，请核对第 18 位校验码和出生日期。")
                % {"number": idnumber.mask(identity_number)},
                field="identity_number",
            )
    entry = Person.objects.create(
        name=name,
        pinyin=queries.initials(name),
        sex=sex,
        birth=birth,
        division_code=division_code,
        address=address,
        phone=queries.seal(phone) if phone else None,
        phone_masked=idnumber.mask_phone(phone) if phone else "",
        phone_handle=queries.phone_handle(phone),
        guardian_name=guardian_name,
        guardian_relation=guardian_relation,
        registered_by_id=by.pk if by else None,
    )
    if identity_number is not None:
        add_identifier(person_id=entry.pk, kind=IDENTITY, number=identity_number)
    told = {"division": division_code, "birth": birth.isoformat(), "sex": sex}
    record_facts(person_id=entry.pk, values=told, since=None, source="register", received_on=on, by=by)
    record_event(
        by=by,
        action="person.registered",
        subject_kind="person",
        subject_id=entry.pk,
        person_id=entry.pk,
        division_code=division_code,
        private={
            "name": (None, name),
            "identity_number": (None, identity_number),
            "phone": (None, phone),
            "address": (None, address),
        },
    )
    return entry


def _plain_name(name: str, field: str) -> str:
    """A name in the one way of writing it; RegistryRefused for what is none, whichever door it came through."""
    name = name_key(name)
    if not 1 <= len(name) <= LONGEST_NAME or name[0] in "=+-@" or not name.isprintable():
        raise RegistryRefused(_("姓名 %(name)s 不能这样登记，请对照证件填写。") % {"name": name[:12]}, field=field)
    return name


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _last_told(person_id: int, keys: Iterable[str]) -> dict[str, object]:
    """What was last recorded of these items of the profile."""
    told = (
        Fact.objects.filter(person_id=person_id, key__in=list(keys))
        .order_by("key", F("since").desc(nulls_last=True), "-number")
        .distinct("key")
    )
    return dict(told.values_list("key", "value"))


def _place(person_id: int) -> str:
    place = Person.objects.filter(pk=person_id).values_list("division_code", flat=True).first()
    if place is None:
        raise RegistryRefused(_("没有这个人，请刷新页面。"))
    return place


@transaction.atomic
def add_identifier(*, person_id: int, kind: str, number: str) -> Identifier:
    """Give a person an identity or certificate number; the same one again changes nothing."""
    if kind not in IDENTIFIER_KINDS:
        raise ValueError(kind)
    number = idnumber.normalise(number)
    index = queries.identifier_index(kind, number)
    known = Identifier.objects.filter(kind=kind, index=index).first()
    if known is not None:
        if known.person_id != person_id:
            raise IdentifierTaken(
                _("号码 %(number)s 已登记在另一人名下，请先查询核对。") % {"number": known.masked},
                field="identity_number",
            )
        return known
    try:
        with transaction.atomic():
            return Identifier.objects.create(
                kind=kind, index=index, person_id=person_id, sealed=queries.seal(number), masked=idnumber.mask(number)
            )
    except IntegrityError:
        raise IdentifierTaken(
            _("号码 %(number)s 刚刚被登记，请刷新后重试。") % {"number": idnumber.mask(number)}
        ) from None


@transaction.atomic
def record_fact(
    *, person_id: int, key: str, value: object, since: Month | None, source: str, received_on: date, by: User | None
) -> None:
    """Record one value of the profile. With a month it holds from there on; without, it corrects what was known from the beginning."""
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
) -> None:
    """Record several values that became known together. Keys: those of a profile save `certificate`."""
    rows, before = [], _last_told(person_id, values)
    for key, raw in values.items():
        if key not in (*TIMELINE_KEYS, *EVENTS):
            raise RegistryRefused(_("不认识的情况项目 %(key)s。") % {"key": key})
        try:
            value = None if raw is None else write_value(key, read_value(key, raw, key))
        except Unreadable as error:
            raise RegistryRefused(_("填写有误：%(fault)s") % {"fault": error}, field=key) from None
        start = since.first if since and key not in EVENTS else None
        rows.append(
            Fact(
                person_id=person_id,
                key=key,
                value=value,
                since=start,
                source=source,
                received_on=received_on,
                recorded_by_id=by.pk if by else None,
            )
        )
    Fact.objects.bulk_create(rows)
    if values.get("division"):
        Person.objects.filter(pk=person_id).update(division_code=read_value("division", values["division"], "division"))
    mark_persons([person_id])
    record_event(
        by=by,
        action="facts.recorded",
        subject_kind="person",
        subject_id=person_id,
        person_id=person_id,
        division_code=_place(person_id),
        details={"keys": sorted(values), "since": str(since) if since else None, "source": source},
        changes={row.key: (before.get(row.key), row.value) for row in rows if row.key != "birth"},
        private={row.key: (_text(before.get(row.key)), _text(row.value)) for row in rows if row.key == "birth"},
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
    values: dict[str, Any] = {
        "category": certificate.category,
        "grade": certificate.grade,
        "valid_until": certificate.valid_until,
        "frozen_on": certificate.frozen_on,
        "cancelled_on": certificate.cancelled_on,
        "source": source,
        "received_on": received_on,
        "recorded_by_id": by.pk if by else None,
    }
    if certificate_number:
        values["masked"] = _take_certificate_number(person_id, certificate_number, certificate)
    if pays_from is not None:
        values |= {"pays_from_month": pays_from.first, "backpay_months": backpay_months}
    known = Certificate.objects.select_for_update().filter(person_id=person_id, issued_on=certificate.issued_on).first()
    shown = ("category", "grade", "valid_until", "frozen_on", "cancelled_on")
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
        division_code=_place(person_id),
        details={"issued_on": str(certificate.issued_on), "source": source},
        changes={name: (before.get(name), values[name]) for name in shown},
        private={"certificate_number": (None, certificate_number)},
    )
    return known


def _take_certificate_number(person_id: int, number: str, certificate: CertificateValue) -> str:
    number = idnumber.normalise(number)
    parts = idnumber.certificate_parts(number)
    if parts is None:
        raise RegistryRefused(
            _("残疾人证号 %(number)s 不正确，应为身份证号加类别和等级。") % {"number": idnumber.mask(number)},
            field="certificate_number",
        )
    if (CATEGORIES[parts[1] - 1], parts[2]) != (certificate.category, certificate.grade):
        raise RegistryRefused(_("残疾人证号末两位与所填类别、等级不符，请核对。"), field="certificate_number")
    return add_identifier(person_id=person_id, kind=CERTIFICATE_NUMBER, number=number).masked


@transaction.atomic
def set_renewal(*, person_id: int, number: int, pays_from: Month, backpay_months: int, by: User | None) -> None:
    """Say from which month a certificate issued after a gap pays again, and how many unpaid months before it at most."""
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
        division_code=_place(person_id),
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
        division_code=_place(person_id),
        details={"source": source},
        changes={"certificates": (gone, [])},
    )


@transaction.atomic
def set_account(
    *, person_id: int, bank: str, holder: str, account_number: str, on: date, by: User | None
) -> BankAccount:
    """Set where the person is paid from now on; the account before it ends. RegistryRefused for what is no account number."""
    holder = _plain_name(holder, "holder")
    try:
        account_number = read_account(account_number) or ""
    except BadValue as bad:
        words = READING[bad.code]
        raise RegistryRefused(f"{_(words.problem)}。{_(words.mend)}。", field="account_number") from None
    if not account_number:
        raise RegistryRefused(_("没有填银行账号。"), field="account_number")
    old = BankAccount.objects.select_for_update().filter(person_id=person_id, until__isnull=True).first()
    BankAccount.objects.filter(person_id=person_id, until__isnull=True).update(until=on)
    entry = BankAccount.objects.create(
        person_id=person_id,
        bank=bank,
        holder=holder,
        sealed=queries.seal(account_number),
        handle=queries.account_handle(account_number),
        masked=idnumber.mask(account_number, 4, 4),
        state=GOOD,
        since=on,
        recorded_by_id=by.pk if by else None,
    )
    mark_persons([person_id])
    record_event(
        by=by,
        action="account.set",
        subject_kind="person",
        subject_id=person_id,
        person_id=person_id,
        division_code=_place(person_id),
        changes={"account": (old.masked if old else None, entry.masked), "bank": (old.bank if old else None, bank)},
        private={
            "account_number": (queries.open_sealed(bytes(old.sealed)) if old else None, account_number),
            "holder": (old.holder if old else None, holder),
        },
    )
    return entry


def intern_profiles(values: Iterable[dict[str, object]]) -> dict[str, int]:
    """The ids of interned profiles by their canonical text, made where they are new."""
    texts = {queries.canonical(value): value for value in values}
    digests = {crypto.sm3(text.encode()): text for text in texts}
    known = {bytes(row.digest): row.pk for row in Profile.objects.filter(digest__in=list(digests)).only("pk", "digest")}
    fresh = [Profile(facts=texts[text], digest=digest) for digest, text in digests.items() if digest not in known]
    if fresh:
        Profile.objects.bulk_create(fresh, ignore_conflicts=True)
        known = {
            bytes(row.digest): row.pk for row in Profile.objects.filter(digest__in=list(digests)).only("pk", "digest")
        }
    return {text: known[digest] for digest, text in digests.items()}


def store_timelines(told: Mapping[int, list[Stretch]]) -> None:
    """Replace the told months of these persons."""
    ids = intern_profiles(queries.interned(stretch.profile) for stretches in told.values() for stretch in stretches)
    PersonProfile.objects.filter(person_id__in=list(told)).delete()
    rows = []
    for person_id, stretches in told.items():
        for stretch in stretches:
            profile, certificate = stretch.profile, stretch.profile.certificate
            rows.append(
                PersonProfile(
                    person_id=person_id,
                    since=stretch.since.first,
                    until=stretch.until.first if stretch.until else None,
                    division_code=profile.division,
                    profile_id=ids[queries.canonical(queries.interned(profile))],
                    birth=profile.birth,
                    died_on=profile.died_on,
                    moved_out_on=profile.moved_out_on,
                    imprisoned_on=profile.imprisoned_on,
                    valid_until=certificate.valid_until if certificate else None,
                    frozen_on=certificate.frozen_on if certificate else None,
                    cancelled_on=certificate.cancelled_on if certificate else None,
                )
            )
    PersonProfile.objects.bulk_create(rows, batch_size=5000)


def take_changed_persons(limit: int) -> list[int]:
    """Take the marks of up to `limit` persons away and give the persons, locked; those locked by others are passed over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with chosen as materialized (select person_id from registry_person where person_id in (select person_id from registry_change)"
            " order by person_id limit %s for no key update skip locked)"
            " delete from registry_change c using chosen where c.person_id = chosen.person_id returning c.person_id",
            [limit],
        )
        return sorted({row[0] for row in cursor.fetchall()})


def reveal_number(
    *, person: Person, kind: str, reason: str, by: User, at: datetime, details: Mapping[str, str] | None = None
) -> str:
    """A person's identity, certificate, account or phone number in full, with a record of who saw whose and why.

    RegistryRefused without a reason; LooksExhausted beyond what the account's roles allow within an hour, which those
    above are told.
    """
    if not is_reason(reason.strip()):
        raise RegistryRefused(_("查看完整号码须选择理由，或写明不少于 4 个字。"), field="reason")
    allowed = reveals_allowed(set(roles_held([by.pk], on=at.date()).get(by.pk, [])))
    if reveals_since(by.pk, at - timedelta(hours=1)) >= allowed:
        note_limit_reached(by=by, on=at.date(), at=at, count=allowed)
        raise LooksExhausted(
            _("一小时内查看完整号码已达 %(n)s 次的上限，请稍后再看；已提示上级核查。") % {"n": allowed}
        )
    return _open_number(person, kind, reason.strip(), by, details or {})


@transaction.atomic
def _open_number(person: Person, kind: str, reason: str, by: User, details: Mapping[str, str]) -> str:
    sealed: bytes | memoryview | None
    if kind in IDENTIFIER_KINDS:
        sealed = (
            Identifier.objects.filter(person_id=person.pk, kind=kind)
            .order_by("masked")
            .values_list("sealed", flat=True)
            .first()
        )
    elif kind == "account":
        sealed = BankAccount.objects.filter(person=person, until__isnull=True).values_list("sealed", flat=True).first()
    elif kind == "phone":
        sealed = person.phone
    else:
        sealed = None
    if sealed is None:
        raise RegistryRefused(_("没有登记这个号码。"))
    record_event(
        by=by,
        action="person.revealed",
        subject_kind=kind,
        subject_id=person.pk,
        person_id=person.pk,
        division_code=person.division_code,
        reason=reason,
        details=details,
    )
    return queries.open_sealed(bytes(sealed))
