"""What is known of an account's door: devices, second factor, log-ins, recoveries that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from lxbt.accounts.models import AccessRecovery, Appointment, BackupCode, Device, SecondFactor, User
from lxbt.accounts.rules import Organ, Permission, Standing, has_duties
from lxbt.accounts.rules.signing_in import REMEMBERED_DUTIES
from lxbt.audit import queries as audit
from lxbt.audit.humans import same_human
from lxbt.audit.models import Event
from lxbt.core import crypto
from lxbt.divisions import queries as divisions

SIGNING_IN = (
    "account.logged_in",
    "account.login_failed",
    "account.locked",
    "account.recovery_confirmed",
    "account.second_factor_set",
    "account.second_factor_removed",
)


def active_account(user_id: int) -> User | None:
    """The account, unless it was disabled."""
    return User.objects.filter(pk=user_id, is_active=True).first()


def device_digest(token: str) -> bytes:
    """What a device's cookie is known by."""
    return crypto.index_of("device", token, settings.LXBT_INDEX_KEY)


def is_known_device(user_id: int, token: str) -> bool:
    """Whether the account logged in on this browser before."""
    return bool(token) and Device.objects.filter(user_id=user_id, digest=device_digest(token)).exists()


def devices_of(user: User) -> QuerySet[Device]:
    """The browsers that the account logged in on, the last one first."""
    return Device.objects.filter(user=user).order_by("-last_seen_at", "-pk")


def recent_logins(user: User) -> QuerySet[Event]:
    """What happened at the account's door, latest first."""
    return (
        audit.events()
        .filter(subject_kind="account", subject_id=str(user.pk), action__in=SIGNING_IN)
        .order_by("-pk")[:20]
    )


@dataclass(frozen=True)
class Factor:
    """Whether the account has a second factor, since when, whether another one waits, and how many codes on paper are
    left.
    """

    in_use: bool
    since_at: datetime | None
    pending: bool
    codes_left: int


def second_factor_of(user: User) -> Factor:
    """The state of the account's second factor."""
    found = SecondFactor.objects.filter(user=user).first()
    left = BackupCode.objects.filter(user=user, used_at__isnull=True).count()
    if found is None:
        return Factor(False, None, False, 0)
    return Factor(found.secret is not None, found.since_at, found.pending is not None, left)


def had_duties(user: User, *, on: date) -> bool:
    """Whether an account holds a duty, or held one of late: taking a role away first does not make a reset an act of
    one.
    """
    since = on - timedelta(days=REMEMBERED_DUTIES)
    held = Appointment.objects.filter(user=user, since__lte=on).exclude(until__lte=since)
    return has_duties(held.values_list("role", flat=True))


def places_with(standing: Standing, permissions: frozenset[Permission]) -> set[str]:
    """The divisions that the official holds one of the permissions in, and those directly below."""
    areas = {area for permission in permissions for area in standing.areas(permission)}
    return areas | {node.code for area in areas for node in divisions.children(area)}


def has_access_right(standing: Standing, user: User, permissions: frozenset[Permission]) -> bool:
    """Whether an official, not the owner, holds one of the permissions over the account: in its own division or
    directly above it.
    """
    if same_human(standing.user_id, user.pk) or (standing.organ == Organ.FEDERATION and user.organ != Organ.FEDERATION):
        return False
    return user.place_code in places_with(standing, permissions)


def open_recoveries(standing: Standing, permissions: frozenset[Permission], *, at: datetime) -> list[AccessRecovery]:
    """The requests that wait, of accounts the official may ask or confirm for, the oldest first."""
    waiting = (
        AccessRecovery.objects.filter(closed_at__isnull=True, asked_at__gt=at - timedelta(hours=24))
        .select_related("user")
        .order_by("asked_at")
    )
    if standing.organ == Organ.FEDERATION:
        waiting = waiting.filter(user__organ=Organ.FEDERATION)
    return list(
        waiting.filter(user__place_code__in=places_with(standing, permissions)).exclude(user_id=standing.user_id)
    )


def account_to_recover(standing: Standing, user_id: int, permissions: frozenset[Permission]) -> User | None:
    """An account that the official may ask or confirm for, or None."""
    user = User.objects.filter(pk=user_id).first()
    return user if user is not None and has_access_right(standing, user, permissions) else None
