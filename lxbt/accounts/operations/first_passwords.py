"""First passwords: in two halves, so that who opens an account never knows the whole.

The slip with one half is printed by who opened or reset the account. The other half is given to the owner by a second
human being, who has the owner's identity card in hand and types its number. Both halves one after the other are the
first password.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.accounts import queries
from lxbt.accounts.models import AccountSheet, InitialPassword, User
from lxbt.accounts.operations.attempts import try_card
from lxbt.accounts.operations.holding import holder_handle
from lxbt.accounts.operations.telling import tell
from lxbt.accounts.queries import managing
from lxbt.accounts.queries import signing_in as doors
from lxbt.accounts.rules import SLIPS_KEPT, PasswordState
from lxbt.accounts.rules.signing_in import GIVES_SECOND_HALF
from lxbt.audit.humans import accounts_of_human, same_human
from lxbt.audit.operations import record_event
from lxbt.core.idnumber import normalise
from lxbt.core.refusal import Refusal

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that look like digits on a printed slip
GROUP, SLIP_GROUPS, SECOND_GROUPS = 4, 3, 2


class PasswordNotYours(Refusal):
    """The account is not the administrator's."""


class HalfRefused(Refusal):
    """The second half cannot be given so."""


@dataclass(frozen=True)
class FirstPassword:
    """A first password in its halves."""

    slip: str
    second: str

    @property
    def whole(self) -> str:
        """What the owner types."""
        return f"{self.slip}-{self.second}"


@dataclass(frozen=True)
class Slip:
    """What stands on a printed slip: one half."""

    user: User
    password: str


def first_password() -> FirstPassword:
    """A first password, easy to read from paper, changed at first log-in."""

    def groups(count: int) -> str:
        return "-".join("".join(secrets.choice(ALPHABET) for _i in range(GROUP)) for _j in range(count))

    return FirstPassword(groups(SLIP_GROUPS), groups(SECOND_GROUPS))


def sealed_password(
    user: User, first: FirstPassword, *, by_id: int | None, on: date, sheet: AccountSheet | None = None
) -> InitialPassword:
    """A first password whose halves wait to be printed and to be given."""
    return InitialPassword(
        user=user,
        sealed=vault.seal(first.slip),
        second=vault.seal(first.second),
        made_on=on,
        made_by_id=by_id,
        sheet=sheet,
    )


def begin_anew(user: User, *, by: User, on: date) -> FirstPassword:
    """A new first password for an account, in halves; the old password opens nothing, what is open ends."""
    first = first_password()
    user.set_password(first.whole)
    user.must_change_password = True
    user.session_key = ""
    user.save(update_fields=["password", "must_change_password", "session_key"])
    InitialPassword.objects.filter(user=user).delete()
    sealed_password(user, first, by_id=by.pk, on=on).save()
    return first


@transaction.atomic
def reset_password(*, user: User, by: User, on: date) -> str:
    """Give the account a new first password; gives the half that stands on the slip.

    Never the own account, and never one with duties of money, deciding, audit or security: that takes two officials
    (`recovering`).
    """
    if managing.managed_account(queries.standing_of(by, on=on), user.pk, on=on) is None:
        raise PasswordNotYours(_("您不能重置这个账号的密码，请由其上一级管理员办理。"))
    if same_human(user.pk, by.pk):
        raise PasswordNotYours(_("不能重置自己的密码。记得密码请在“我的账号”更改；忘了密码请由两位管理员恢复账号。"))
    if doors.had_duties(user, on=on):
        raise PasswordNotYours(
            _("这个账号有经办资金、审批、审计或安全的职责，不能由一人重置。请用“申请恢复账号”，由另一位管理员确认。")
        )
    first = begin_anew(user, by=by, on=on)
    record_event(
        by=by,
        action="account.password_reset",
        subject_kind="account",
        subject_id=user.pk,
        division_code=user.place_code,
    )
    tell("reset", user=user, by=by)
    return first.slip


@transaction.atomic
def reset_passwords(*, user_ids: Iterable[int], by: User, on: date) -> int:
    """New first passwords for several accounts, kept sealed for their slips.

    Gives how many; those with duties are left out.
    """
    users = (
        managing.accounts_managed_by(queries.standing_of(by, on=on), on=on)
        .filter(pk__in=list(user_ids), is_active=True)
        .exclude(pk__in=accounts_of_human(by.pk))
    )
    done = 0
    for user in users.select_for_update(of=("self",)).order_by("pk"):
        if not doors.had_duties(user, on=on):
            reset_password(user=user, by=by, on=on)
            done += 1
    return done


def give_second_half(*, user: User, identity_number: str, by: User, at: datetime, on: date) -> str:
    """The second half of a first password, for the owner whose identity card lies before `by`; shown once.

    Never by who opened or reset the account, nor by the owner; wrong numbers count and lock.
    """
    row = InitialPassword.objects.filter(user=user, second__isnull=False).first()
    if row is None or not doors.has_access_right(queries.standing_of(by, on=on), user, GIVES_SECOND_HALF):
        raise HalfRefused(_("这个账号没有等您核验身份的密码，请刷新页面。"))
    if same_human(row.made_by_id, by.pk) or same_human(user.opened_by_id, by.pk) or same_human(user.pk, by.pk):
        raise HalfRefused(_("账号是您开通或重置的，须由另一位管理员核验本人身份。"))
    card_must_match(user=user, identity_number=identity_number, by=by, at=at)
    return _give(user, by=by, at=at)


@transaction.atomic
def _give(user: User, *, by: User, at: datetime) -> str:
    row = InitialPassword.objects.select_for_update(of=("self",)).filter(user=user, second__isnull=False).first()
    if row is None:
        raise HalfRefused(_("这个账号没有等您核验身份的密码，请刷新页面。"))
    second = vault.open_sealed(bytes(row.second or b""))
    row.second, row.given_by_id, row.given_at = None, by.pk, at
    row.save(update_fields=["second", "given_by_id", "given_at"])
    record_event(
        by=by,
        action="account.second_half_given",
        subject_kind="account",
        subject_id=user.pk,
        division_code=user.place_code,
    )
    tell("half_given", user=user, by=by)
    return second


def card_must_match(*, user: User, identity_number: str, by: User, at: datetime) -> None:
    """Refuse a number that is not the one the account is registered under."""
    if user.holder is None:
        raise HalfRefused(_("这个账号还没有登记身份证号，请先由管理员登记。"))
    with try_card(by=by, at=at):
        if holder_handle(normalise(identity_number)) != bytes(user.holder.handle):
            raise HalfRefused(
                _("与登记的身份证号不符。请照本人身份证核对；登记错了，请开通人更正。"), field="identity_number"
            )


def halves_to_give(*, by: User, on: date) -> list[User]:
    """The accounts whose owners wait for the second half from `by`."""
    standing = queries.standing_of(by, on=on)
    own = accounts_of_human(by.pk)
    rows = (
        InitialPassword.objects.filter(second__isnull=False, user__is_active=True)
        .filter(user__place_code__in=doors.places_with(standing, GIVES_SECOND_HALF))
        .exclude(made_by_id__in=own)
        .exclude(user_id__in=own)
        .exclude(user__opened_by_id__in=own)
        .select_related("user", "user__holder")
        .order_by("user__place_code", "user__username")
    )
    return [row.user for row in rows[:200] if doors.has_access_right(standing, row.user, GIVES_SECOND_HALF)]


def slips_waiting(*, by: User) -> int:
    """How many slips the administrator could print: those of the own opening and resetting."""
    return InitialPassword.objects.filter(state=PasswordState.WAITING, made_by_id__in=accounts_of_human(by.pk)).count()


@transaction.atomic
def show_slips(*, by: User, sheet_id: int | None = None) -> list[Slip]:
    """The own slips that wait to be printed, in the order of places. Showing them is recorded.

    Nobody sees the slips of another: who gives the second half must not know the first.
    """
    rows = InitialPassword.objects.select_related("user").filter(
        state=PasswordState.WAITING, made_by_id__in=accounts_of_human(by.pk)
    )
    if sheet_id is not None:
        rows = rows.filter(sheet_id=sheet_id)
    found = [
        Slip(row.user, vault.open_sealed(bytes(row.sealed or b"")))
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
def slips_printed(*, user_ids: Iterable[int], by: User) -> int:
    """The slips are on paper: wipe their halves. Gives how many."""
    rows = InitialPassword.objects.filter(
        state=PasswordState.WAITING, user_id__in=list(user_ids), made_by_id__in=accounts_of_human(by.pk)
    )
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
    """Wipe first passwords that did not come together in time; the accounts cannot log in before a reset.

    Gives how many.
    """
    late = (
        InitialPassword.objects.select_for_update(of=("self",))
        .filter(made_on__lt=on - timedelta(days=SLIPS_KEPT), user__must_change_password=True)
        .exclude(state=PasswordState.EXPIRED)
    )
    ids = list(late.values_list("pk", flat=True))
    InitialPassword.objects.filter(pk__in=ids).update(state=PasswordState.EXPIRED, sealed=None, second=None)
    users = User.objects.filter(pk__in=ids)
    for user in users.order_by("pk"):
        record_event(
            by=None,
            action="account.slip_expired",
            subject_kind="account",
            subject_id=user.pk,
            division_code=user.place_code,
        )
    users.update(password=make_password(None))
    used = InitialPassword.objects.filter(
        made_on__lt=on - timedelta(days=SLIPS_KEPT), user__must_change_password=False
    ).exclude(state=PasswordState.PRINTED, second__isnull=True)
    used.update(state=PasswordState.PRINTED, sealed=None, second=None)  # who has changed it had both halves
    return len(ids)
