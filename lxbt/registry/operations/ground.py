"""What the writes of the registry share: the refusals, the marks of changed persons, the numbers."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.core import idnumber
from lxbt.core.readers import READING, BadValue, name_key, read_account
from lxbt.core.readers.persons import LONGEST_NAME
from lxbt.core.refusal import Refusal
from lxbt.divisions.rules import level_of
from lxbt.registry import queries
from lxbt.registry.models import Change, Identifier, Person, number_place
from lxbt.registry.rules import IDENTIFIER_KINDS
from lxbt.registry.rules.sources import desk


class RegistryRefused(Refusal):
    """What is recorded of a person cannot be taken so."""


class IdentifierTaken(RegistryRefused):
    """The number belongs to another person already."""


def mark_persons(person_ids: Iterable[int]) -> None:
    """Note, in the caller's transaction, that the months of these persons must be told and looked at anew."""
    Change.objects.bulk_create([Change(person_id=pk) for pk in person_ids])


def plain_name(name: str, field: str = "name") -> str:
    """A name in the one way of writing it; RegistryRefused for what is none, whichever door it came through."""
    name = name_key(name)
    if not 1 <= len(name) <= LONGEST_NAME or name[0] in "=+-@" or not name.isprintable():
        raise RegistryRefused(_("姓名 %(name)s 不能这样登记，请对照证件填写。") % {"name": name[:12]}, field=field)
    return name


def plain_account(number: str) -> str:
    """An account number in the one way of writing it; RegistryRefused for what is none."""
    try:
        read = read_account(number)
    except BadValue as bad:
        words = READING[bad.code]
        raise RegistryRefused(
            _("%(problem)s。%(mend)s。") % {"problem": _(words.problem), "mend": _(words.mend)}, field="account_number"
        ) from None
    if read is None:
        raise RegistryRefused(_("没有填银行账号。"), field="account_number")
    return read


def place_of(person_id: int) -> str:
    """The division of a person; RegistryRefused when there is none."""
    place = Person.objects.filter(pk=person_id).values_list("division_code", flat=True).first()
    if place is None:
        raise RegistryRefused(_("没有这个人，请刷新页面。"))
    return place


def desk_of(by: User) -> str:
    """The source of what this official records: the organ and level that the account works for, whatever a
    form says.
    """
    return desk(by.organ, level_of(by.place_code).name.lower())


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
            sealed = vault.seal(number, number_place(kind, index))
            return Identifier.objects.create(kind=kind, index=index, person_id=person_id, sealed=sealed)
    except IntegrityError:
        raise IdentifierTaken(
            _("号码 %(number)s 刚刚被登记，请刷新后重试。") % {"number": idnumber.mask(number)}
        ) from None
