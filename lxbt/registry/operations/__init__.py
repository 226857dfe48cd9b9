"""Writes: persons and what becomes known of them. Each marks the person as changed in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.accounts.queries import roles_held
from lxbt.accounts.rules.looking import is_reason, reveals_allowed
from lxbt.audit.operations import record_event
from lxbt.audit.queries import reveals_since
from lxbt.audit.watching import note_limit_reached
from lxbt.core import crypto, idnumber
from lxbt.core.clock import beijing_day
from lxbt.core.crypto import Unsealable
from lxbt.registry import queries
from lxbt.registry.models import BankAccount, Identifier, Person, PersonProfile, Profile, phone_place
from lxbt.registry.operations.accounts import set_account
from lxbt.registry.operations.certificates import forget_certificates, record_certificate, set_renewal
from lxbt.registry.operations.facts import record_fact, record_facts
from lxbt.registry.operations.ground import (
    IdentifierTaken,
    RegistryRefused,
    add_identifier,
    desk_of,
    mark_persons,
    plain_name,
)
from lxbt.registry.operations.sentences import day_sentence
from lxbt.registry.operations.writing import next_numbers
from lxbt.registry.rules import IDENTIFIER_KINDS, IDENTITY, Stretch
from lxbt.registry.rules.days import birth_fault

__all__ = [
    "IdentifierTaken",
    "LooksExhausted",
    "RegistryRefused",
    "add_identifier",
    "desk_of",
    "forget_certificates",
    "intern_profiles",
    "mark_persons",
    "record_certificate",
    "record_fact",
    "record_facts",
    "register_person",
    "reveal_number",
    "set_account",
    "set_renewal",
    "store_timelines",
    "take_changed_persons",
]


class LooksExhausted(RegistryRefused):
    """The account has seen as many numbers in full as its roles allow within an hour."""


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
    """Enter a person; place, birth and sex become facts from the beginning.

    IdentifierTaken when the number is known already.
    """
    name, phone = plain_name(name), idnumber.normalise(phone)
    if identity_number is not None:
        identity_number = idnumber.normalise(identity_number)
        if check_number and not idnumber.is_valid(identity_number):
            raise RegistryRefused(
                _("身份证号 %(number)s 不正确，请核对第 18 位校验码和出生日期。")
                % {"number": idnumber.mask(identity_number)},
                field="identity_number",
            )
    if (fault := birth_fault(birth, on=on)) is not None:
        raise RegistryRefused(day_sentence(fault), field="identity_number")
    (person_id,) = next_numbers(
        "registry_person_person_id_seq", 1
    )  # before it is written: the telephone is bound to it
    entry = Person.objects.create(
        person_id=person_id,
        name=name,
        pinyin=queries.initials(name),
        sex=sex,
        birth=birth,
        division_code=division_code,
        address=address,
        phone=vault.seal(phone, phone_place(person_id)) if phone else None,
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


def intern_profiles(values: Iterable[dict[str, object]]) -> dict[str, int]:
    """The ids of interned profiles by their canonical text, made where they are new."""
    texts = {queries.facts_text(value): value for value in values}
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
                    profile_id=ids[queries.facts_text(queries.interned(profile))],
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
    """Take the marks of up to `limit` persons away and give the persons, locked; those locked by others are passed
    over.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "with chosen as materialized (select person_id from registry_person where person_id in (select person_id "
            "from registry_change)"
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
    allowed = reveals_allowed(set(roles_held([by.pk], on=beijing_day(at)).get(by.pk, [])))
    if reveals_since(by.pk, at - timedelta(hours=1)) >= allowed:
        note_limit_reached(by=by, on=beijing_day(at), at=at, count=allowed)
        raise LooksExhausted(
            _("一小时内查看完整号码已达 %(n)s 次的上限，请稍后再看；已提示上级核查。") % {"n": allowed}
        )
    return _open_number(person, kind, reason.strip(), by, details or {})


def _number_of(person: Person, kind: str) -> str | None:
    if kind in IDENTIFIER_KINDS:
        held = Identifier.objects.filter(person_id=person.pk, kind=kind).order_by("index").first()
        return held.number if held else None
    if kind == "account":
        account = BankAccount.objects.filter(person=person, until__isnull=True).first()
        return account.account_number if account else None
    return person.phone_number if kind == "phone" else None


@transaction.atomic
def _open_number(person: Person, kind: str, reason: str, by: User, details: Mapping[str, str]) -> str:
    try:
        number = _number_of(person, kind)
    except Unsealable:
        raise RegistryRefused(_("这个号码读不出来：它不是在这里登记的，或被改动过。请报告安全管理员。")) from None
    if number is None:
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
    return number


MARK_RECERTIFIED = """
insert into registry_change (person_id)
select person_id from registry_certificate
where person_id in (select person_id from registry_personprofile where {where})
group by person_id having count(*) > 1
union
select person_id from registry_fact
where key = 'custody' and person_id in (select person_id from registry_personprofile where {where})
"""


def mark_recertified_persons(where: str, params: list[str]) -> None:
    """Mark those with several certificates, or released from custody, in an area (SQL condition on `division_code`).

    A changed parameter may re-time them.
    """
    with connection.cursor() as cursor:
        cursor.execute(MARK_RECERTIFIED.format(where=where), [*params, *params])
