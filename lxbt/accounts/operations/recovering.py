"""Giving an account back to an owner who lost phone or password: two officials, one of them from above.

The first asks and says why, the second confirms within a day, with the owner's identity card in hand. Then the second
factor, the known devices and the old password are gone; of the new first password the first prints the slip, the second
gives the other half.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts import queries
from lxbt.accounts.models import AccessRecovery, InitialPassword, User
from lxbt.accounts.operations.devices import forget_devices
from lxbt.accounts.operations.first_passwords import begin_anew, card_must_match
from lxbt.accounts.operations.second_factor import remove_second_factor
from lxbt.accounts.operations.telling import tell
from lxbt.accounts.queries import signing_in as doors
from lxbt.accounts.rules.signing_in import ASKS_RECOVERY, CONFIRMS_RECOVERY
from lxbt.audit.humans import same_human
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.divisions.rules import NATION

LASTS = timedelta(hours=24)


class RecoveryRefused(Refusal):
    """The access cannot be given back so."""


@transaction.atomic
def ask_access_recovery(*, user: User, reason: str, by: User, at: datetime, on: date) -> AccessRecovery:
    """Ask for an account's access to be given back. It lapses when nobody confirms it within 24 hours."""
    User.objects.select_for_update().get(pk=user.pk)  # one after another for the same account
    if not doors.has_access_right(queries.standing_of(by, on=on), user, ASKS_RECOVERY):
        raise RecoveryRefused(_("您不能为这个账号申请恢复，请由其本级或者上一级管理员办理。"))
    if not reason.strip():
        raise RecoveryRefused(_("请写明怎样核实了本人身份、为什么要恢复。"), field="reason")
    AccessRecovery.objects.filter(user=user, closed_at__isnull=True, asked_at__lte=at - LASTS).update(closed_at=at)
    if AccessRecovery.objects.filter(user=user, closed_at__isnull=True).exists():
        raise RecoveryRefused(_("这个账号已有一份恢复申请在等确认，不用再申请。"))
    asked = AccessRecovery.objects.create(user=user, reason=reason.strip()[:200], asked_by_id=by.pk, asked_at=at)
    _recorded(by, "account.recovery_asked", user, reason)
    tell("recovery_asked", user=user, by=by)
    return asked


def confirm_access_recovery(
    *, recovery_id: int, by: User, at: datetime, on: date, identity_number: str = ""
) -> tuple[User, str]:
    """Confirm what another asked for; gives the account and the second half of its new first password, to be shown
    once.

    `identity_number` as it stands on the owner's card, for an account that belongs to a registered human being.
    """
    asked = AccessRecovery.objects.select_related("user__holder").filter(pk=recovery_id, closed_at__isnull=True).first()
    may = asked is not None and doors.has_access_right(queries.standing_of(by, on=on), asked.user, CONFIRMS_RECOVERY)
    if asked is not None and may and asked.user.holder_id is not None and not same_human(by.pk, asked.asked_by_id):
        card_must_match(user=asked.user, identity_number=identity_number, by=by, at=at)
    return _confirm(recovery_id, by=by, at=at, on=on)


@transaction.atomic
def _confirm(recovery_id: int, *, by: User, at: datetime, on: date) -> tuple[User, str]:
    found = _open(recovery_id, at)
    if same_human(by.pk, found.asked_by_id):
        raise RecoveryRefused(_("申请是您提出的，须由另一位管理员确认。"))
    if not doors.has_access_right(queries.standing_of(by, on=on), found.user, CONFIRMS_RECOVERY):
        raise RecoveryRefused(_("您不能确认这个账号的恢复，请由其本级或者上一级管理员办理。"))
    asker = User.objects.get(pk=found.asked_by_id)
    if found.user.place_code != NATION and found.user.place_code == asker.place_code == by.place_code:
        raise RecoveryRefused(_("两位管理员中至少要有一位是上一级的，请上一级管理员确认。"))
    user = found.user
    remove_second_factor(user=user, by=by)
    forget_devices(user=user)
    first = begin_anew(user, by=asker, on=on)
    InitialPassword.objects.filter(user=user).update(second=None, given_by_id=by.pk, given_at=at)
    found.confirmed_by_id, found.confirmed_at, found.closed_at = by.pk, at, at
    found.save(update_fields=["confirmed_by_id", "confirmed_at", "closed_at"])
    _recorded(by, "account.recovery_confirmed", user, found.reason)
    tell("recovered", user=user, by=by)
    return user, first.second


@transaction.atomic
def withdraw_access_recovery(*, recovery_id: int, by: User, at: datetime, on: date) -> None:
    """Let a request go: the one who asked, or one who could have confirmed."""
    found = _open(recovery_id, at)
    if by.pk != found.asked_by_id and not doors.has_access_right(
        queries.standing_of(by, on=on), found.user, CONFIRMS_RECOVERY
    ):
        raise RecoveryRefused(_("您不能撤销这份恢复申请。"))
    found.closed_at = at
    found.save(update_fields=["closed_at"])
    _recorded(by, "account.recovery_withdrawn", found.user, found.reason)


def _open(recovery_id: int, at: datetime) -> AccessRecovery:
    found = (
        AccessRecovery.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=recovery_id, closed_at__isnull=True)
        .first()
    )
    if found is None or at - found.asked_at >= LASTS:
        raise RecoveryRefused(_("这份恢复申请已经办结或者超过 24 小时，请重新申请。"))
    return found


def _recorded(by: User, action: str, user: User, reason: str) -> None:
    record_event(
        by=by, action=action, subject_kind="account", subject_id=user.pk, division_code=user.place_code, reason=reason
    )
