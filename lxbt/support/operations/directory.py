"""Keeping the contact directory."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.support.models import Office
from lxbt.support.queries.directory import contacts_at, may_keep
from lxbt.support.rules.directory import is_office_telephone


class OfficeRefused(Refusal):
    """The entry cannot be kept so."""


@transaction.atomic
def keep_office(
    *,
    division_code: str,
    organ: str,
    telephone: str,
    telephone_2: str = "",
    hours: str = "",
    address: str = "",
    contact_id: int | None = None,
    version: int = 0,
    by: User,
    on: date,
) -> Office:
    """Write the entry of an office, which confirms it.

    OfficeRefused for a mobile telephone, or an account of another office.
    """
    if not may_keep(standing_of(by, on=on), division_code, organ) or divisions.division(division_code) is None:
        raise OfficeRefused(_("只能维护本级及以下、本部门的通讯录。"))
    telephone, telephone_2 = telephone.strip(), telephone_2.strip()
    for name, value in (("telephone", telephone), ("telephone_2", telephone_2)):
        if (value or name == "telephone") and not is_office_telephone(value):
            raise OfficeRefused(_("请填办公电话，例如 027-8888 0000；不填个人手机。"), field=name)
    names = dict(contacts_at(division_code, organ))
    if contact_id is not None and contact_id not in names:
        raise OfficeRefused(_("联系人须是这个单位在用的账号。"), field="contact_id")
    found = Office.objects.select_for_update().filter(division_code=division_code, organ=organ).first()
    if found is not None and found.version != version:
        raise OfficeRefused(_("这条通讯录刚被他人改过，请看过最新内容再改。"))
    before = {"telephone": found.telephone, "hours": found.hours, "contact": found.contact_name} if found else {}
    kept = found or Office(division_code=division_code, organ=organ, version=0)
    kept.telephone, kept.telephone_2, kept.hours, kept.address = (
        telephone,
        telephone_2,
        hours.strip()[:60],
        address.strip()[:100],
    )
    kept.contact_id, kept.contact_name = contact_id, names.get(contact_id or 0, "")
    kept.confirmed_on, kept.confirmed_by_id, kept.reminded_on = on, by.pk, None
    kept.version += 1
    kept.save()
    after = {"telephone": kept.telephone, "hours": kept.hours, "contact": kept.contact_name}
    record_event(
        by=by,
        action="office.kept",
        subject_kind="office",
        subject_id=kept.pk,
        division_code=division_code,
        details={"organ": organ},
        changes={name: (before.get(name), value) for name, value in after.items()},
    )
    return kept


@transaction.atomic
def confirm_office(*, division_code: str, organ: str, by: User, on: date) -> Office:
    """Say that the entry is still right."""
    found = Office.objects.select_for_update().filter(division_code=division_code, organ=organ).first()
    if found is None or not may_keep(standing_of(by, on=on), division_code, organ):
        raise OfficeRefused(_("只能维护本级及以下、本部门的通讯录。"))
    found.confirmed_on, found.confirmed_by_id, found.reminded_on = on, by.pk, None
    found.version += 1
    found.save()
    record_event(
        by=by,
        action="office.confirmed",
        subject_kind="office",
        subject_id=found.pk,
        division_code=division_code,
        details={"organ": organ},
    )
    return found
