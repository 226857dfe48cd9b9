"""Disabling and enabling, people who leave, people who move to another place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import InitialPassword, User
from lxbt.accounts.operations.appointing import (
    AccountRefused,
    apart_from_own,
    check_roles,
    give,
    held_now,
    locked_account,
    must_be_agreed,
    right_to_give,
)
from lxbt.accounts.operations.lapsing import (
    Settling,
    cut_below,
    end_appointments,
    record_lapsed,
    settle_grants,
    take_over,
)
from lxbt.accounts.operations.telling import tell
from lxbt.accounts.queries import managing
from lxbt.accounts.rules import DisabledFor, Organ, has_duties
from lxbt.audit.operations import record_event
from lxbt.divisions.models import Division


@transaction.atomic
def disable_account(*, user: User, note: str, by: User, on: date, settling: Settling | None = None) -> None:
    """Disable an account for the time being: its roles stay and come back with it, what it gave is handed over or
    lapses.
    """
    found = locked_account(user, by=by, on=on)
    rights = [held for role, held in held_now(found, on=on).items() if role == managing.ADMINISTRATOR]
    settle_grants(user=found, rights=rights, settling=settling or Settling(), by=by, on=on)
    record_lapsed(cut_below([a.pk for a in rights], until=on, by=by), giver=found, by=by)
    _disable(found, DisabledFor.BY_HAND, note, on)
    record_event(
        by=by,
        action="account.disabled",
        subject_kind="account",
        subject_id=found.pk,
        division_code=found.place_code,
        reason=note,
        changes={"active": (True, False)},
    )


@transaction.atomic
def enable_account(*, user: User, by: User, on: date, second: User | None = None) -> None:
    """Enable an account again; that confirms it too. One that holds duties needs a `second` who agrees."""
    found = locked_account(user, by=by, on=on)
    must_be_agreed(found, held_now(found, on=on), place_code=found.place_code, by=by, second=second, on=on)
    found.is_active, found.enabled_on, found.confirmed_on = True, on, on
    found.disabled_on, found.disabled_for, found.disabled_note = None, "", ""
    found.save(
        update_fields=["is_active", "enabled_on", "confirmed_on", "disabled_on", "disabled_for", "disabled_note"]
    )
    record_event(
        by=by,
        action="account.enabled",
        subject_kind="account",
        subject_id=found.pk,
        division_code=found.place_code,
        changes={"active": (False, True)},
    )


@transaction.atomic
def close_account(*, user: User, note: str, by: User, on: date, settling: Settling | None = None) -> None:
    """The person leaves: all roles end and the account is disabled."""
    if not note.strip():
        raise AccountRefused(_("请写明离任或调出的原因。"), field="note")
    found = locked_account(user, by=by, on=on)
    held = held_now(found, on=on)
    end_appointments(list(held.values()), user=found, why="left", settling=settling or Settling(), by=by, on=on)
    _disable(found, DisabledFor.LEFT, note, on)
    record_event(
        by=by,
        action="account.closed",
        subject_kind="account",
        subject_id=found.pk,
        division_code=found.place_code,
        reason=note,
        changes={"active": (True, False), "roles": (sorted(held), [])},
    )


@transaction.atomic
def move_account(
    *,
    user: User,
    place: Division,
    roles: Iterable[str],
    by: User,
    on: date,
    until: date | None = None,
    settling: Settling | None = None,
    second: User | None = None,
) -> None:
    """The person goes to another place within `by`'s reach: old roles end, new ones begin there, history stays.

    New ones that bring duties need a `second` who agrees.
    """
    keys = list(dict.fromkeys(roles))
    check_roles(keys, Organ(user.organ))
    found = locked_account(user, by=by, on=on)
    if place.code == found.place_code:
        raise AccountRefused(_("账号已在%(place)s，请选择调入的区划。") % {"place": place.name}, field="place")
    right = right_to_give(keys, Organ(found.organ), place, by=by, on=on)
    held = held_now(found, on=on)
    end_appointments(list(held.values()), user=found, why="moved", settling=settling or Settling(), by=by, on=on)
    before, found.place_code, found.confirmed_on = found.place_code, place.code, on
    found.save(update_fields=["place_code", "confirmed_on"])
    must_be_agreed(found, keys, place_code=place.code, by=by, second=second, on=on)
    with apart_from_own():
        give(found, keys, place.code, right=right, until=until, by=by, on=on, second=second)
    if has_duties(keys):
        tell("duties", user=found, by=by, roles=keys)
    for code in (before, place.code):
        record_event(
            by=by,
            action="account.moved",
            subject_kind="account",
            subject_id=found.pk,
            division_code=code,
            changes={"place": (before, place.code), "roles": (sorted(held), sorted(keys))},
        )


@transaction.atomic
def settle_hanging(*, user: User, settling: Settling, by: User, on: date) -> None:
    """Hand over, or let lapse, what still hangs on the right of an account that was disabled by night, or before it
    leaves.
    """
    found = locked_account(user, by=by, on=on)
    if settling.successor is not None:
        take_over(user=found, successor=settling.successor, by=by, on=on)
    elif settling.lapse:
        record_lapsed(cut_below([a.pk for a in managing.rights_of(found, on=on)], until=on, by=by), giver=found, by=by)


def _disable(user: User, why: DisabledFor, note: str, on: date) -> None:
    user.is_active, user.disabled_on, user.disabled_for, user.disabled_note = False, on, why, note.strip()[:200]
    user.save(update_fields=["is_active", "disabled_on", "disabled_for", "disabled_note"])
    InitialPassword.objects.filter(user=user).delete()
