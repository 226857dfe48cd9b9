"""To whom an account belongs: a human being known by an identity number, which is sealed and found by its keyed index only."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.accounts.models import Holder, User
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
