"""How a person is reached, as told last; and who asked at the window whether a number is known."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.accounts.operations.tallies import count_hit, tally_key
from lxbt.accounts.rules.looking import LOOKUPS_PER_HOUR
from lxbt.audit.operations import record_event
from lxbt.core import idnumber
from lxbt.registry import queries
from lxbt.registry.models import Person, phone_place
from lxbt.registry.operations.ground import RegistryRefused
from lxbt.registry.rules import IDENTITY


@transaction.atomic
def record_contact(*, person_id: int, phone: str = "", address: str = "", by: User | None) -> bool:
    """Keep a new telephone or address of a known person; an empty one says nothing. Whether anything changed."""
    person = Person.objects.select_for_update().get(pk=person_id)
    known = vault.open_sealed(person.phone, phone_place(person.pk)) if person.phone else ""
    changes: dict[str, tuple[object, object]] = {}
    private: dict[str, tuple[str | None, str | None]] = {}
    if phone and phone != known:
        changes["phone"] = (person.phone_masked, idnumber.mask_phone(phone))
        private["phone"] = (known or None, phone)
        person.phone, person.phone_masked = vault.seal(phone, phone_place(person.pk)), idnumber.mask_phone(phone)
        person.phone_handle = queries.phone_handle(phone)
    if address and address != person.address:
        private["address"] = (person.address or None, address)
        person.address = address
    if not private:
        return False
    person.save(update_fields=["phone", "phone_masked", "phone_handle", "address"])
    record_event(
        by=by,
        action="person.contact_recorded",
        subject_kind="person",
        subject_id=person.pk,
        person_id=person.pk,
        division_code=person.division_code,
        changes=changes,
        private=private,
    )
    return True


def look_up(*, number: str, by: User, at: datetime) -> Person | None:
    """The person with this identity number, wherever; each question leaves a line in the record, found or not.

    RegistryRefused beyond what one human being may ask within an hour, under however many accounts.
    """
    human = f"h{by.holder_id}" if by.holder_id else f"u{by.pk}"
    if count_hit(key=tally_key("lookup", human), seconds=3600, at=at).count > LOOKUPS_PER_HOUR:
        record_event(by=by, action="person.looked_up", subject_kind="limit", subject_id="", division_code=by.place_code)
        raise RegistryRefused(
            _("一小时内查询号码已达 %(n)s 次的上限，请稍后再查；可以先按证件填写受理。") % {"n": LOOKUPS_PER_HOUR}
        )
    found = queries.person_by_identifier(IDENTITY, number)
    record_event(
        by=by,
        action="person.looked_up",
        subject_kind="person",
        subject_id=found.pk if found else "",
        person_id=found.pk if found else None,
        division_code=by.place_code,
    )
    return found
