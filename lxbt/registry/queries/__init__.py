"""Reads of what is known: persons by number, by name in an area, their facts with source and date received."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from operator import or_

from django.conf import settings
from django.db.models import Q, QuerySet

from lxbt import vault
from lxbt.core import crypto
from lxbt.core.idnumber import normalise, phone_number
from lxbt.core.months import Month
from lxbt.core.profile import Certificate as CertificateValue
from lxbt.core.profile import Custody, read_components, read_profile, write_value
from lxbt.core.profile import Profile as ProfileValue
from lxbt.divisions.rules import NATION, span
from lxbt.registry.models import (
    BankAccount,
    Certificate,
    Contradiction,
    Fact,
    Identifier,
    Joining,
    Person,
    PersonProfile,
    Profile,
    account_place,
)
from lxbt.registry.rules import IDENTIFIER_KINDS, IDENTITY, ClassRules, KnownCertificate, KnownFact, Stretch, timeline
from lxbt.registry.rules.custody import CUSTODY_KEYS, told_next

INTERNED = (
    "economic",
    "income_ratio",
    "own_income",
    "steady_income",
    "pension",
    "area",
    "sex",
    "employment",
    "self_care",
    "care_setting",
    "long_term_care",
    "household",
    "marks",
    "other_benefits",
)


def identifier_index(kind: str, number: str) -> bytes:
    """The look-up index of a number."""
    return crypto.index_of(kind, normalise(number), settings.LXBT_INDEX_KEY)


def account_handle(number: str) -> bytes:
    """What an account number is known by: the same for the same number, the number not to be had from it."""
    return crypto.index_of("account", normalise(number), settings.LXBT_INDEX_KEY)


def phone_handle(text: str) -> bytes | None:
    """What a telephone is known by, of several the first; None without a number."""
    number = phone_number(text)
    return crypto.index_of("phone", number, settings.LXBT_INDEX_KEY) if number else None


def person_by_identifier(kind: str, number: str) -> Person | None:
    """The person with this identity ('id') or certificate ('certificate') number, wherever in the nation."""
    found = (
        Identifier.objects.filter(kind=kind, index=identifier_index(kind, number))
        .values_list("person_id", flat=True)
        .first()
    )
    return None if found is None else Person.objects.filter(pk=found).first()


def person_by_number(number: str, scope: Q) -> Person | None:
    """The person with this identity or certificate number, in a scope (a condition on division_code).

    One statement, the same for a number of another area and for one that nobody has: neither answer nor time tells them
    apart.
    """
    indexes = [Q(kind=kind, index=identifier_index(kind, number)) for kind in IDENTIFIER_KINDS]
    return Person.objects.filter(
        scope, pk__in=Identifier.objects.filter(reduce(or_, indexes)).values("person_id")
    ).first()


def person(person_id: int) -> Person | None:
    """One person."""
    return Person.objects.filter(pk=person_id).first()


def persons_in(area: str) -> QuerySet[Person]:
    """Everyone whose household register lies in the area; an alias is not listed beside the person it belongs to."""
    low, high = span(area)
    return Person.objects.filter(division_code__gte=low, division_code__lt=high, joined_to__isnull=True)


def places_and_persons(area: str, *, after: tuple[str, int] | None, limit: int) -> list[tuple[str, int]]:
    """(division, person) of an area in the order of the index of told months, from behind `after` on."""
    low, high = span(area)
    aliases = Joining.objects.filter(undone_at__isnull=True).values("other_id")
    rows = PersonProfile.objects.filter(until__isnull=True, division_code__gte=low, division_code__lt=high).exclude(
        person_id__in=aliases
    )
    if after is not None:
        rows = rows.filter(
            Q(division_code__gt=after[0]) | Q(division_code=after[0], person_id__gt=after[1]),
            division_code__gte=max(low, after[0]),
        )
    return list(rows.order_by("division_code", "person_id").values_list("division_code", "person_id")[:limit])


def persons_named(text: str, *, within: str, limit: int = 50) -> list[Person]:
    """By the beginning of the name, or of its pinyin initials, in the area."""
    text = text.strip()
    match = Q(name__startswith=text) | Q(pinyin__startswith=text.lower())
    return list(persons_in(within).filter(match).order_by("name", "pk")[:limit]) if text else []


def person_ids_named(text: str, within: str, limit: int = 500) -> list[int]:
    """Ids of those whose name, or pinyin initials, begin with the text, in the area."""
    return [found.pk for found in persons_named(text, within=within, limit=limit)]


@dataclass(frozen=True)
class PersonCard:
    """A person as shown beside a case: nothing that needs a role to be seen."""

    person_id: int
    name: str
    sex: str
    birth: date
    division_code: str
    address: str
    masked_id: str
    phone_masked: str
    category: str
    grade: int | None
    valid_until: date | None
    economic: str
    account_masked: str
    bank: str
    account_state: str
    guardian_name: str


def person_cards(ids: Iterable[int]) -> dict[int, PersonCard]:
    """The cards of several persons in five statements, by person id."""
    wanted = set(ids)
    numbers = {row.person_id: row.masked for row in Identifier.objects.filter(person_id__in=wanted, kind=IDENTITY)}
    certificates = {
        row.person_id: row for row in Certificate.objects.filter(person_id__in=wanted).order_by("issued_on", "number")
    }
    economic = dict(
        Fact.objects.filter(person_id__in=wanted, key="economic")
        .order_by("since", "number")
        .values_list("person_id", "value")
    )
    accounts = {row.person_id: row for row in BankAccount.objects.filter(person_id__in=wanted, until__isnull=True)}
    found = {}
    for row in Person.objects.filter(pk__in=wanted):
        certificate, account = certificates.get(row.pk), accounts.get(row.pk)
        found[row.pk] = PersonCard(
            person_id=row.pk,
            name=row.name,
            sex=row.sex,
            birth=row.birth,
            division_code=row.division_code,
            address=row.address,
            masked_id=numbers.get(row.pk, ""),
            phone_masked=row.phone_masked,
            category=certificate.category if certificate else "",
            grade=certificate.grade if certificate else None,
            valid_until=certificate.valid_until if certificate else None,
            economic=economic.get(row.pk) or "",
            account_masked=account.masked if account else "",
            bank=account.bank if account else "",
            account_state=account.state if account else "",
            guardian_name=row.guardian_name,
        )
    return found


def identifiers_of(person_id: int) -> list[Identifier]:
    """The numbers of a person, masked; `reveal_number` opens one."""
    return list(Identifier.objects.filter(person_id=person_id).order_by("kind", "index"))


def facts_of(person_id: int) -> list[Fact]:
    """Everything that became known, in the order of recording."""
    return list(Fact.objects.filter(person_id=person_id).order_by("number"))


def open_contradictions(person_id: int) -> list[Contradiction]:
    """What weaker sources said against what is held, and nobody has settled."""
    return list(Contradiction.objects.filter(person_id=person_id, settled_on=None).order_by("number"))


def certificates_of(person_id: int) -> list[Certificate]:
    """The certificates of a person in the order of issue."""
    return list(Certificate.objects.filter(person_id=person_id).order_by("issued_on", "number"))


def current_account(person_id: int) -> BankAccount | None:
    """The account that the person is paid into now."""
    return BankAccount.objects.filter(person_id=person_id, until__isnull=True).first()


def persons_with_bad_accounts(area: str) -> QuerySet[BankAccount]:
    """Current accounts known to be bad, of the persons in the area."""
    low, high = span(area)
    return BankAccount.objects.filter(
        until__isnull=True, state="bad", person__division_code__gte=low, person__division_code__lt=high
    ).select_related("person")


def known_certificate(row: Certificate) -> KnownCertificate:
    """A row as the value that the timeline works with."""
    value = CertificateValue(
        row.category or None,
        row.grade,
        row.issued_on,
        row.valid_until,
        row.frozen_on,
        row.cancelled_on,
        row.kind,
        read_components(row.components, "components"),
    )
    return KnownCertificate(
        value, row.number, Month.of(row.pays_from_month) if row.pays_from_month else None, row.backpay_months
    )


def known_fact(row: Fact) -> KnownFact:
    """A row as the value that the timeline works with."""
    named = None if row.named is None else tuple(row.named)
    return KnownFact(row.key, row.value, Month.of(row.since) if row.since else None, row.number, named)


def timelines(person_ids: Iterable[int], rules: ClassRules) -> dict[int, list[Stretch]]:
    """The profile of every month of several persons, told from their facts as they are known now."""
    ids = list(person_ids)
    facts: dict[int, list[KnownFact]] = defaultdict(list)
    for row in Fact.objects.filter(person_id__in=ids).order_by("number"):
        facts[row.person_id].append(known_fact(row))
    certificates: dict[int, list[KnownCertificate]] = defaultdict(list)
    for certificate in Certificate.objects.filter(person_id__in=ids):
        certificates[certificate.person_id].append(known_certificate(certificate))
    return {pk: timeline(facts[pk], certificates[pk], rules) for pk in ids}


def custody_times(person_ids: Iterable[int]) -> dict[int, tuple[Custody, ...]]:
    """The times in custody of several persons, as they are known now; persons without any are left out."""
    found: dict[int, tuple[Custody, ...]] = {}
    rows = Fact.objects.filter(person_id__in=list(person_ids), key__in=CUSTODY_KEYS).order_by("number")
    for person_id, key, value in rows.values_list("person_id", "key", "value"):
        found[person_id] = told_next(found.get(person_id, ()), key, value)
    return {person_id: told for person_id, told in found.items() if told}


def interned(profile: ProfileValue) -> dict[str, object]:
    """The part of a profile that many persons share, as canonical JSON: without place, birth and dates."""
    blank = ProfileValue(NATION)
    told = {key: write_value(key, value) for key in INTERNED if (value := getattr(profile, key)) != getattr(blank, key)}
    if profile.certificate is not None:
        told["certificate"] = write_value("certificate", shared(profile.certificate))
    return told


def shared(certificate: CertificateValue) -> CertificateValue:
    """What many certificates share: all but their days."""
    return CertificateValue(
        certificate.category, certificate.grade, kind=certificate.kind, components=certificate.components
    )


def facts_text(facts: Mapping[str, object]) -> str:
    """Equal facts have equal text."""
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def profiles_by_id(ids: Iterable[int]) -> dict[int, ProfileValue]:
    """Interned profiles as values, placed in the nation and without dates."""
    rows = Profile.objects.filter(pk__in=set(ids))
    return {row.pk: read_profile({"division": NATION, **row.facts}, f"profile {row.pk}") for row in rows}


def certificates_expiring(area: str, *, since: date, until: date) -> QuerySet[PersonProfile]:
    """Persons in the area whose certificate in force now has its last valid day in [since, until)."""
    low, high = span(area)
    return PersonProfile.objects.filter(
        division_code__gte=low,
        division_code__lt=high,
        until__isnull=True,
        valid_until__gte=since,
        valid_until__lt=until,
    ).select_related("person")


def account_in_full(sealed: bytes, person_id: int, handle: bytes | None) -> str:
    """The account number of a row as statements give it. Callers check the right to see it and leave a record."""
    return vault.open_sealed(sealed, account_place(person_id, handle))


@lru_cache(maxsize=1 << 16)
def initials(name: str) -> str:
    """The pinyin initials of a name, for finding by typing."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))[:60].lower()


def persons_within(scope: Q) -> QuerySet[Person, int]:
    """Ids of the persons whose household lies in a scope, as a sub-query."""
    return Person.objects.filter(scope).values_list("person_id", flat=True)


def sealed_values_open() -> bool:
    """Whether the keys at hand open what is in the database, and find it by number; true where nothing is
    sealed yet.
    """
    known = Identifier.objects.first()
    account = BankAccount.objects.first()
    try:
        if account is not None:
            _ = account.account_number
        return known is None or identifier_index(known.kind, known.number) == bytes(known.index)
    except crypto.Unsealable:
        return False
