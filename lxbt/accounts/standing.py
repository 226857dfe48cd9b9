"""The check that an operation makes by itself, whichever door called: may who acts do this there?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.core.refusal import Refusal

if TYPE_CHECKING:
    from lxbt.accounts.models import User


class NotPermitted(Refusal):
    """The account may not do this there."""


def must_hold(by: User | None, permission: Permission, places: Iterable[str], *, on: date) -> None:
    """NotPermitted unless the account holds the permission in all places. Nobody (`by` None) is the system itself."""
    must_hold_one(by, [permission], places, on=on)


def must_hold_one(by: User | None, permissions: Iterable[Permission], places: Iterable[str], *, on: date) -> None:
    """NotPermitted unless the account holds one of the permissions in each of the places; the system itself does."""
    if by is None:
        return
    standing, asked = standing_of(by, on=on), tuple(permissions)
    if not all(any(standing.may(permission, place) for permission in asked) for place in places):
        raise NotPermitted(_("账号 %(name)s 在这里没有办理这一步的权限，没有办理。") % {"name": by.username})
