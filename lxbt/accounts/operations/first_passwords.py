"""First passwords: made, kept sealed until their slips are printed, wiped."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts import queries
from lxbt.accounts.models import AccountSheet, InitialPassword, User
from lxbt.accounts.queries import managing
from lxbt.accounts.rules import SLIPS_KEPT, PasswordState
from lxbt.audit.operations import record_event
from lxbt.core import crypto
from lxbt.core.refusal import Refusal

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that look like digits on a printed slip


class PasswordNotYours(Refusal):
    """The account is not the administrator's."""


@dataclass(frozen=True)
class Slip:
    """What stands on a printed slip."""

    user: User
    password: str


def initial_password() -> str:
    """A first password, easy to read from paper, changed at first log-in."""
    return "-".join("".join(secrets.choice(ALPHABET) for _i in range(4)) for _j in range(3))


def sealed_password(
    user: User, first: str, *, by_id: int | None, on: date, sheet: AccountSheet | None = None
) -> InitialPassword:
    """A first password that waits for its slip."""
    key_id: int = settings.LXBT_KEYRING.current
    return InitialPassword(
        user=user,
        sealed=crypto.seal(first, settings.LXBT_KEYRING[key_id], key_id),
        made_on=on,
        made_by_id=by_id,
        sheet=sheet,
    )


@transaction.atomic
def reset_password(*, user: User, by: User, on: date) -> str:
    """Give the account a new first password, which must be changed at log-in."""
    if managing.managed_account(queries.standing_of(by, on=on), user.pk, on=on) is None:
        raise PasswordNotYours(_("您不能重置这个账号的密码，请由其上一级管理员办理。"))
    first = initial_password()
    user.set_password(first)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    InitialPassword.objects.filter(user=user).delete()
    record_event(
        by=by,
        action="account.password_reset",
        subject_kind="account",
        subject_id=user.pk,
        division_code=user.place_code,
    )
    return first


@transaction.atomic
def reset_passwords(*, user_ids: Iterable[int], by: User, on: date) -> int:
    """New first passwords for several accounts, kept sealed for their slips. Gives how many."""
    users = (
        managing.accounts_managed_by(queries.standing_of(by, on=on), on=on)
        .filter(pk__in=list(user_ids), is_active=True)
        .exclude(pk=by.pk)
    )
    for user in users.select_for_update(of=("self",)).order_by("pk"):
        first = initial_password()
        user.set_password(first)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        InitialPassword.objects.filter(user=user).delete()
        sealed_password(user, first, by_id=by.pk, on=on).save()
        record_event(
            by=by,
            action="account.password_reset",
            subject_kind="account",
            subject_id=user.pk,
            division_code=user.place_code,
        )
    return len(users)


def slips_waiting(*, by: User, on: date) -> int:
    """How many slips the administrator could print."""
    managed = managing.accounts_managed_by(queries.standing_of(by, on=on), on=on)
    return InitialPassword.objects.filter(state=PasswordState.WAITING, user__in=managed).count()


@transaction.atomic
def show_slips(*, by: User, on: date, sheet_id: int | None = None) -> list[Slip]:
    """The slips that wait to be printed, in the order of places, with their passwords. Showing them is recorded."""
    managed = managing.accounts_managed_by(queries.standing_of(by, on=on), on=on)
    rows = InitialPassword.objects.select_related("user").filter(state=PasswordState.WAITING, user__in=managed)
    if sheet_id is not None:
        rows = rows.filter(sheet_id=sheet_id)
    found = [
        Slip(row.user, crypto.unseal(bytes(row.sealed or b""), settings.LXBT_KEYRING))
        for row in rows.order_by("user__place_code", "user__username")
    ]
    if found:
        record_event(
            by=by,
            action="account.slips_shown",
            subject_kind="slips",
            subject_id=sheet_id or "",
            division_code=by.place_code,
            details={"slips": len(found)},
        )
    return found


@transaction.atomic
def slips_printed(*, user_ids: Iterable[int], by: User, on: date) -> int:
    """The slips are on paper: wipe their passwords. Gives how many."""
    managed = managing.accounts_managed_by(queries.standing_of(by, on=on), on=on)
    rows = InitialPassword.objects.filter(state=PasswordState.WAITING, user_id__in=list(user_ids), user__in=managed)
    wiped = rows.update(state=PasswordState.PRINTED, sealed=None)
    record_event(
        by=by,
        action="account.slips_printed",
        subject_kind="slips",
        subject_id="",
        division_code=by.place_code,
        details={"slips": wiped},
    )
    return wiped


@transaction.atomic
def expire_slips(*, on: date) -> int:
    """Wipe first passwords that nobody printed in time; the accounts cannot log in before a reset. Gives how many."""
    late = InitialPassword.objects.select_for_update().filter(
        state=PasswordState.WAITING, made_on__lt=on - timedelta(days=SLIPS_KEPT)
    )
    ids = list(late.values_list("pk", flat=True))
    InitialPassword.objects.filter(pk__in=ids).update(state=PasswordState.EXPIRED, sealed=None)
    users = User.objects.filter(pk__in=ids, must_change_password=True)  # who has logged in meanwhile had the slip
    for user in users.order_by("pk"):
        record_event(
            by=None,
            action="account.slip_expired",
            subject_kind="account",
            subject_id=user.pk,
            division_code=user.place_code,
        )
    users.update(password=make_password(None))
    InitialPassword.objects.filter(pk__in=ids, user__must_change_password=False).update(state=PasswordState.PRINTED)
    return len(ids)
