"""To whom an account belongs: a human being known by an identity number, which is sealed and found by its keyed index
only.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.accounts import queries
from lxbt.accounts.models import Holder, User
from lxbt.accounts.operations.telling import tell
from lxbt.accounts.queries import managing
from lxbt.audit.humans import same_human
from lxbt.audit.operations import record_event
from lxbt.core import crypto
from lxbt.core.idnumber import is_valid, normalise
from lxbt.core.refusal import Refusal


class HolderRefused(Refusal):
    """The identity number will not do."""


def holder_handle(number: str) -> bytes:
    """What a human being is known by."""
    return crypto.index_of("holder", number, settings.LXBT_INDEX_KEY)


def holder_of(number: str, *, by: User | None) -> Holder:
    """The human being with this identity number, registered when new. HolderRefused when it is no such number."""
    plain = normalise(number)
    if not is_valid(plain):
        raise HolderRefused(_("身份证号不对，请照身份证核对 18 位号码。"), field="identity_number")
    found, _new = Holder.objects.get_or_create(
        handle=holder_handle(plain),
        defaults={"sealed": vault.seal(plain), "registered_by_id": by.pk if by else None},
    )
    return found


def holders_of(numbers: Iterable[str], *, by: User) -> dict[str, Holder]:
    """The same for many valid numbers, in two statements."""
    handles = {number: holder_handle(number) for number in numbers}
    Holder.objects.bulk_create(
        [
            Holder(handle=handle, sealed=vault.seal(number), registered_by_id=by.pk)
            for number, handle in handles.items()
        ],
        ignore_conflicts=True,
    )
    found = {bytes(one.handle): one for one in Holder.objects.filter(handle__in=handles.values())}
    return {number: found[handle] for number, handle in handles.items()}


@transaction.atomic
def register_holder(*, user: User, identity_number: str, by: User, on: date) -> None:
    """Say whose an account is: one of before that belongs to nobody yet, or one that nobody has logged in with
    so far.
    """
    if managing.managed_account(queries.standing_of(by, on=on), user.pk, on=on) is None or same_human(user.pk, by.pk):
        raise HolderRefused(_("您不能登记这个账号的身份证号，请由其上一级管理员办理。"))
    held = User.objects.select_for_update().get(pk=user.pk)
    if held.holder_id is not None and held.last_login is not None:
        raise HolderRefused(
            _("这个账号已由本人使用，身份证号不能再改。换人请注销后另开账号。"), field="identity_number"
        )
    found = holder_of(identity_number, by=by)
    if by.holder_id == found.pk:
        raise HolderRefused(_("不能登记成您自己的身份证号。"), field="identity_number")
    held.holder = found
    try:
        with transaction.atomic():
            held.save(update_fields=["holder"])
    except IntegrityError:
        raise HolderRefused(
            _("此人在这个单位已有使用中的账号，或担任了不能兼任的角色；同一人的几个账号按一人计。"),
            field="identity_number",
        ) from None
    record_event(
        by=by,
        action="account.holder_registered",
        subject_kind="account",
        subject_id=user.pk,
        division_code=user.place_code,
    )
    tell("identity", user=held, by=by)
