"""The yearly confirmation, and what disables accounts by night."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from lxbt.accounts import queries
from lxbt.accounts.models import Appointment, User
from lxbt.accounts.queries import managing
from lxbt.accounts.rules import UNUSED_LIMIT, DisabledFor
from lxbt.audit.operations import record_event
from lxbt.divisions.rules import NATION


@transaction.atomic
def confirm_accounts(*, user_ids: Iterable[int], by: User, on: date) -> int:
    """Say that accounts are still needed, with the roles they hold.

    Those that are not `by`'s to confirm are left out. Gives how many.
    """
    standing = queries.standing_of(by, on=on)
    users = list(managing.confirmable_by(standing, on=on).filter(pk__in=list(user_ids), is_active=True).order_by("pk"))
    User.objects.filter(pk__in=[user.pk for user in users]).update(confirmed_on=on)
    held = queries.roles_held([user.pk for user in users], on=on)
    for user in users:
        record_event(
            by=by,
            action="account.confirmed",
            subject_kind="account",
            subject_id=user.pk,
            division_code=user.place_code,
            details={"roles": held.get(user.pk, [])},
            changes={"confirmed_on": (user.confirmed_on, on)},
        )
    return len(users)


@transaction.atomic
def disable_idle(*, on: date) -> dict[str, int]:
    """Disable accounts unused for 90 days and those that nobody confirmed in time. Gives how many of each.

    A right does not end by this: what an administrator gave stays until somebody hands it over or takes it back, so
    that one person's long leave does not shut a province. The ministry's last administrator is never disabled.
    """
    kept = _last_one_standing(on)
    counts = {}
    for why, rows in (
        (DisabledFor.UNCONFIRMED, User.objects.filter(managing.overdue_for_confirmation(on))),
        (DisabledFor.UNUSED, managing.unused_for(User.objects.all(), UNUSED_LIMIT, on=on)),
    ):
        ids = list(rows.exclude(pk=kept or 0).values_list("pk", flat=True))
        users = list(User.objects.select_for_update().filter(pk__in=ids, is_active=True).order_by("pk"))
        User.objects.filter(pk__in=[user.pk for user in users]).update(
            is_active=False, disabled_on=on, disabled_for=why
        )
        for user in users:
            record_event(
                by=None,
                action="account.disabled",
                subject_kind="account",
                subject_id=user.pk,
                division_code=user.place_code,
                details={"why": why.value},
                changes={"active": (True, False)},
            )
        counts[why.value] = len(users)
    return counts


def _last_one_standing(on: date) -> int | None:
    """The ministry's administrator who logged in last."""
    rights = Appointment.objects.filter(
        queries.in_force(on),
        role=managing.ADMINISTRATOR,
        division_code=NATION,
        user__is_active=True,
        user__organ="civil_affairs",
    )
    found = rights.order_by("-user__last_login", "-user_id").values_list("user_id", "user__last_login")
    used = [user_id for user_id, last in found if last is not None]
    return used[0] if used else next((user_id for user_id, _last in found), None)
