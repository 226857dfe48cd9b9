"""How a person is reached: telephone and address, as told last."""

from __future__ import annotations

from django.db import transaction

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core import idnumber
from lxbt.registry import queries
from lxbt.registry.models import Person, phone_place


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
