"""The browsers that an account is known on: a new one is told to its owner."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import Device, User
from lxbt.accounts.queries import signing_in as doors
from lxbt.accounts.rules.signing_in import Caller
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal


class DeviceRefused(Refusal):
    """There is no such device, or it is the one in use."""


@dataclass(frozen=True)
class Recognised:
    """The token for the browser's cookie, whether the account was new there, and other new devices the owner has not
    heard of.
    """

    token: str
    new: bool
    first: bool
    untold: tuple[str, ...]


@transaction.atomic
def recognise_device(*, user: User, caller: Caller, at: datetime) -> Recognised:
    """Note the log-in on this browser.

    Only a browser known before is told of others: a stranger does not use up the warning.
    """
    token = caller.device or secrets.token_urlsafe(24)
    first = not Device.objects.filter(user=user).exists()
    digest = doors.device_digest(token)
    seen = {"agent": caller.agent[:60], "address": caller.address[:45], "last_seen_at": at}
    if Device.objects.filter(user=user, digest=digest).update(**seen):
        others = Device.objects.filter(user=user, told_at__isnull=True).exclude(digest=digest)
        untold = tuple(other.agent or other.address for other in others)
        others.update(told_at=at)
        return Recognised(token, False, False, untold)
    Device.objects.create(user=user, digest=digest, first_seen_at=at, told_at=at if first else None, **seen)
    if not first:
        record_event(
            by=user,
            action="account.new_device",
            subject_kind="account",
            subject_id=user.pk,
            division_code=user.place_code,
            details={"agent": seen["agent"]},
        )
    return Recognised(token, True, first, ())


@transaction.atomic
def deny_device(*, user: User, device_id: int, current: str) -> None:
    """Its owner says: that was not me.

    The device is forgotten, what is open elsewhere ends, the password must be changed now.
    """
    found = Device.objects.filter(user=user, pk=device_id).first()
    if found is None or bytes(found.digest) == doors.device_digest(current):
        raise DeviceRefused(_("这台设备不在名单里，或者就是您正在用的这一台。"))
    agent = found.agent
    found.delete()
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])
    record_event(
        by=user,
        action="account.device_denied",
        subject_kind="account",
        subject_id=user.pk,
        division_code=user.place_code,
        details={"agent": agent},
    )


def forget_devices(*, user: User) -> None:
    """Know no browser of the account any more."""
    Device.objects.filter(user=user).delete()
