"""Logging in and out, the one live session, how the person likes the screen."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts import queries
from lxbt.accounts.models import Device, InitialPassword, SecondFactor, User
from lxbt.accounts.operations import attempts
from lxbt.accounts.operations.devices import Recognised, recognise_device
from lxbt.accounts.operations.passwords import is_password, password_ran_out
from lxbt.accounts.operations.tallies import clear_tally
from lxbt.accounts.operations.telling import tell
from lxbt.accounts.queries import signing_in as doors
from lxbt.accounts.rules import PasswordState
from lxbt.accounts.rules.signing_in import Caller, needs_second_factor
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.refusal import Refusal

DENSITIES = ("normal", "compact")


class PreferenceRefused(Refusal):
    """The screen cannot be had so."""


class LoginRefused(Refusal):
    """No log-in with this."""


def present_password(*, username: str, password: str, caller: Caller, at: datetime) -> User:
    """The account, when name and password are right.

    A wrong name meets the same steps and sentences as a wrong password.
    """
    user = User.objects.filter(username=username).first()
    known = doors.is_known_device(user.pk if user else 0, caller.device)
    key = attempts.account_key(username, caller.device if known else "")
    if not known:
        attempts.address_must_be_open(address=caller.address, at=at)
    seen = attempts.begin_attempt(key=key, at=at)
    if user is None:
        User().set_password(password)  # takes the time that checking takes
    if user is None or not is_password(user, password):
        attempts.attempt_failed(key=key, seen=seen, user=user, what="password", at=at, address=caller.address)
        raise LoginRefused(_("用户名或密码不对。请核对后重试，忘记密码请找上一级管理员重置。"))
    clear_tally(key=key)
    must_be_active(user)
    return user


def must_be_active(user: User) -> None:
    """Refuse an account that was disabled; asked only of those who have proved who they are."""
    if not user.is_active:
        raise LoginRefused(_("这个账号已停用。仍需使用，请联系上一级管理员启用。"))


def provider_refused() -> None:
    """Note that a log-in through the provider of identities came to nothing; whose it was is not known."""
    record_event(
        by=None, action="account.login_failed", subject_kind="account", subject_id="", details={"what": "provider"}
    )


def next_proof(user: User, *, at: datetime) -> str:
    """What is still wanted after the password: `code`, `enrol`, or nothing."""
    if SecondFactor.objects.filter(user=user, secret__isnull=False).exists():
        return "code"
    must = settings.LXBT_SECOND_FACTOR == "required" and needs_second_factor(
        queries.standing_of(user, on=beijing_day(at))
    )
    return "enrol" if must else ""


@transaction.atomic
def arrive(*, user: User, session_key: str, caller: Caller, factor: str, at: datetime) -> Recognised:
    """All proofs are given: take the one live session, know the device again, ask for a new password when the old one
    ran out.
    """
    take_session(user=user, session_key=session_key)
    device = recognise_device(user=user, caller=caller, at=at)
    if password_ran_out(user, at=at) and factor != "oidc":
        user.must_change_password = True
        user.save(update_fields=["must_change_password"])
    if user.must_change_password:
        _note_first_arrival(user, caller)
    details = {"factor": factor, "device": "new" if device.new else "known"}
    record_event(
        by=user,
        action="account.logged_in",
        subject_kind="account",
        subject_id=user.pk,
        division_code=user.place_code,
        details=details,
    )
    return device


def _note_first_arrival(user: User, caller: Caller) -> None:
    """A first password is used: those above hear of it, and whether the browser is one of who opened the account or
    gave the half.
    """
    row = InitialPassword.objects.filter(user=user).first()
    if row is None or (row.second is None and row.given_by_id is None):
        return
    others = [pk for pk in (row.made_by_id, row.given_by_id, user.opened_by_id) if pk]
    own = (
        bool(caller.device)
        and Device.objects.filter(user_id__in=others, digest=doors.device_digest(caller.device)).exists()
    )
    row.sealed, row.second, row.state = None, None, PasswordState.PRINTED
    row.save(update_fields=["sealed", "second", "state"])
    record_event(
        by=user,
        action="account.activated",
        subject_kind="account",
        subject_id=user.pk,
        division_code=user.place_code,
        details={"opened_by": row.made_by_id, "given_by": row.given_by_id, "browser": "opener" if own else "own"},
    )
    tell("activated_there" if own else "activated", user=user, by=user)


def take_session(*, user: User, session_key: str) -> None:
    """Make this the account's one live session; an older one ends at its next request."""
    user.session_key = session_key
    user.save(update_fields=["session_key"])


def end_session(*, user: User, session_key: str, why: str = "") -> None:
    """No session is live any more, if it was this one; a copy of its cookie is worth nothing."""
    User.objects.filter(pk=user.pk, session_key=session_key).update(session_key="")
    record_event(
        by=user,
        action="account.logged_out",
        subject_kind="account",
        subject_id=user.pk,
        division_code=user.place_code,
        details={"why": why} if why else None,
    )


def set_preferences(
    *, user: User, language: str | None = None, density: str | None = None, letter_keys: bool | None = None
) -> None:
    """Keep how the person likes the screen; PreferenceRefused for what there is not."""
    if density is not None and density not in DENSITIES:
        raise PreferenceRefused(_("没有这种表格疏密，请在“适中”和“紧凑”里选一种。"), field="density")
    fields = {"language": language, "density": density, "letter_keys": letter_keys}
    changed = {name: value for name, value in fields.items() if value is not None}
    for name, value in changed.items():
        setattr(user, name, value)
    if changed:
        user.save(update_fields=list(changed))
