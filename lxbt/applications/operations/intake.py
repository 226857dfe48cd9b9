"""What the window hears in one talk: who it is, what is declared, where to pay, what is asked. All or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.applications.models import Application
from lxbt.applications.operations.procedure import Applicant, ApplicationRefused, submit_application
from lxbt.core import idnumber
from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.core.profile import TIMELINE_KEYS, read_value, write_value
from lxbt.core.readers import (
    READING,
    BadValue,
    clean,
    name_key,
    read_account,
    read_certificate,
    read_identity,
    read_name,
    read_phone,
)
from lxbt.entitlements import queries as rights
from lxbt.entitlements.operations.accounts import change_account
from lxbt.registry import operations as registry
from lxbt.registry import queries as known
from lxbt.registry.models import Person
from lxbt.registry.operations.contact import record_contact
from lxbt.registry.rules import IDENTITY
from lxbt.registry.rules.accounts import SELF

DECLARED = "declared"


@dataclass(frozen=True)
class Declaration:
    """What the applicant declares. `profile` and `certificate` are tables with the keys of a profile."""

    identity_number: str
    name: str
    division_code: str
    certificate_number: str
    certificate: Mapping[str, Any]
    profile: Mapping[str, Any]
    bank: str
    holder: str
    account_number: str
    address: str = ""
    phone: str = ""
    economic_since: Month | None = None
    papers: Mapping[str, int | None] = field(default_factory=dict)


@transaction.atomic
def take_in(
    *, declaration: Declaration, subsidies: Iterable[str], applicant: Applicant, by: User, at: datetime
) -> Application:
    """Register or update the person and submit the application.

    A person already known keeps what is known: only what differs is recorded, from the month of the application.
    Raises ApplicationRefused, or the refusal of the registry for a number that belongs to somebody else.
    """
    on = beijing_day(at)
    declaration = read_declaration(declaration, on)
    if not standing_of(by, on=on).may(Permission.ACCEPT_APPLICATIONS, declaration.division_code):
        raise ApplicationRefused(_("户籍不在您的辖区，请引导到户籍地乡镇（街道）办理。"), field="division")
    person = known.person_by_identifier(IDENTITY, declaration.identity_number)
    if person is None:
        person = _register(declaration, by, at)
        _record(person, declaration, None, dict(declaration.profile), by, at)
    else:
        if not standing_of(by, on=on).may(Permission.ACCEPT_APPLICATIONS, person.division_code):
            raise ApplicationRefused(
                _("此人在系统中的户籍不在您的辖区。如已迁入，请先办理户籍变更，再受理申请。"), field="id_number"
            )
        if name_key(person.name) != declaration.name:
            raise ApplicationRefused(_("姓名与系统中登记的不同，请对照证件核对身份证号和姓名。"), field="name")
        month = Month.of(on)
        record_contact(person_id=person.pk, phone=declaration.phone, address=declaration.address, by=by)
        _record(person, declaration, month, _differences(person.pk, declaration.profile, month), by, at)
    _certificate(person, declaration, by, at)
    _account(person, declaration, by, at)
    return submit_application(
        person_id=person.pk,
        division_code=person.division_code,
        subsidies=subsidies,
        applicant=applicant,
        papers=declaration.papers,
        by=by,
        at=at,
    )


def read_declaration(declaration: Declaration, on: date) -> Declaration:
    """Names and numbers in the one way of writing them, whichever door they came through; ApplicationRefused names the
    field.
    """
    return replace(
        declaration,
        identity_number=_read("id_number", lambda: read_identity(declaration.identity_number, on)),
        name=_read("name", lambda: read_name(declaration.name)),
        certificate_number=_read("certificate_number", lambda: read_certificate(declaration.certificate_number)),
        account_number=_read("account_number", lambda: read_account(declaration.account_number)),
        holder=_read("holder", lambda: read_name(declaration.holder)),
        phone=_read("phone", lambda: read_phone(declaration.phone) or ""),
        address=clean(declaration.address),
        bank=clean(declaration.bank),
    )


def _read(field: str, read: Callable[[], str | None]) -> str:
    try:
        value = read()
    except BadValue as bad:
        words = READING[bad.code]
        raise ApplicationRefused(
            _("%(problem)s。%(mend)s。") % {"problem": _(words.problem), "mend": _(words.mend)}, field=field
        ) from None
    if value is None:
        raise ApplicationRefused(_("这一项没有填，请对照证件填写。"), field=field)
    return value


def _register(declaration: Declaration, by: User, at: datetime) -> Person:
    number = declaration.identity_number
    birth = idnumber.birth_of(number)
    if birth is None or not idnumber.is_valid(number):
        raise ApplicationRefused(_("身份证号不正确，请对照证件逐位核对。"), field="id_number")
    return registry.register_person(
        name=declaration.name,
        sex=idnumber.sex_of(number),
        birth=birth,
        division_code=declaration.division_code,
        identity_number=number,
        address=declaration.address,
        phone=declaration.phone,
        by=by,
        on=beijing_day(at),
    )


def _differences(person_id: int, declared: Mapping[str, Any], month: Month) -> dict[str, Any]:
    """The declared values that are not those already known for the month."""
    profile = rights.profile_in(person_id, month)
    if profile is None:
        return dict(declared)
    return {
        key: value
        for key, value in declared.items()
        if key in TIMELINE_KEYS
        and write_value(key, read_value(key, value, key)) != write_value(key, getattr(profile, key))
    }


def _record(
    person: Person, declaration: Declaration, month: Month | None, values: dict[str, Any], by: User, at: datetime
) -> None:
    told: dict[str, Any] = {"source": DECLARED, "received_on": beijing_day(at), "by": by}
    if declaration.economic_since and "economic" in values:
        registry.record_fact(
            person_id=person.pk, key="economic", value=values.pop("economic"), since=declaration.economic_since, **told
        )
    if values:
        registry.record_facts(person_id=person.pk, values=values, since=month, **told)


def _certificate(person: Person, declaration: Declaration, by: User, at: datetime) -> None:
    held = known.certificates_of(person.pk)
    new = declaration.certificate
    same = any(
        c.category == new["category"]
        and c.grade == new["grade"]
        and str(c.issued_on) == str(new.get("issued_on"))
        and str(c.valid_until) == str(new.get("valid_until"))
        for c in held
    )
    if not same:
        registry.record_certificate(
            person_id=person.pk,
            certificate=new,
            certificate_number=declaration.certificate_number,
            source=DECLARED,
            received_on=beijing_day(at),
            by=by,
        )


def _account(person: Person, declaration: Declaration, by: User, at: datetime) -> None:
    current = known.current_account(person.pk)
    if current and current.holder == declaration.holder and current.account_number == declaration.account_number:
        return
    on = beijing_day(at)
    if not rights.entitlements_of(person.pk):  # nothing is paid yet: decided with the application, by others
        registry.set_account(
            person_id=person.pk,
            bank=declaration.bank,
            holder=declaration.holder,
            account_number=declaration.account_number,
            holder_is=SELF if declaration.holder == person.name else "",
            on=on,
            by=by,
        )
        return
    change_account(
        person_id=person.pk,
        bank=declaration.bank,
        holder=declaration.holder,
        account_number=declaration.account_number,
        holder_is=SELF if declaration.holder == person.name else "guardian",
        reason=_("随申请申报的收款账户"),
        at_window=True,
        by=by,
        at=at,
        on=on,
    )
