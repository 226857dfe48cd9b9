"""A grant lapses with its giver's right, down the tree, unless somebody with the same right takes it over in the same
act.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import Appointment, User
from lxbt.accounts.queries import in_force, managing
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal

_CUT = """
with recursive tree(id, until, depth) as (
    select id, %(cut)s::date, 0 from accounts_appointment where {roots}
    union all
    select a.id, least(a.until, t.until), t.depth + 1
    from accounts_appointment a join tree t on a.under_id = t.id where a.until is null or a.until > t.until
)
update accounts_appointment a
set until = greatest(a.since, t.until), ended_by_id = %(by)s, ended_for = case when t.depth = 0 then %(why)s
    else %(below)s end
from tree t where a.id = t.id and (a.until is null or a.until > t.until)
returning a.user_id, t.depth, a.role
"""


class HangingGrants(Refusal):
    """The right cannot end without saying what becomes of the grants that hang on it."""


@dataclass(frozen=True)
class Settling:
    """What becomes of the grants that hang on a right that ends: handed over to `successor`, or let lapse."""

    successor: User | None = None
    lapse: bool = False


def cut_tree(
    appointment_ids: Sequence[int], *, until: date, why: str, by: User | None, below: str = "lapsed"
) -> set[int]:
    """End appointments on a day with all that was given under them, in one statement; gives whose roles lapsed with
    them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _CUT.format(roots="id = any(%(ids)s)"),
            {"ids": list(appointment_ids), "cut": until, "by": by.pk if by else None, "why": why, "below": below},
        )
        return {user_id for user_id, depth, _role in cursor.fetchall() if depth > 0}


def cut_below(appointment_ids: Sequence[int], *, until: date, by: User | None) -> set[int]:
    """The same for what was given under the appointments, which themselves stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CUT.format(roots="under_id = any(%(ids)s) and (until is null or until > %(cut)s)"),
            {
                "ids": list(appointment_ids),
                "cut": until,
                "by": by.pk if by else None,
                "why": "lapsed",
                "below": "lapsed",
            },
        )
        return {user_id for user_id, _depth, _role in cursor.fetchall()}


def end_appointments(
    ended: Sequence[Appointment], *, user: User, why: str, settling: Settling, by: User | None, on: date
) -> None:
    """End appointments of one account from `on`; what hangs on them is settled first.

    Raises HangingGrants when grants hang on them and nothing is said of those.
    """
    settle_grants(user=user, rights=ended, settling=settling, by=by, on=on)
    record_lapsed(cut_tree([a.pk for a in ended], until=on, why=why, by=by), giver=user, by=by)


def settle_grants(*, user: User, rights: Sequence[Appointment], settling: Settling, by: User | None, on: date) -> None:
    """Hand over what was given under `rights`, or say that it lapses. Only a hand-over changes anything here."""
    ids = [a.pk for a in rights if a.role == managing.ADMINISTRATOR]
    hanging = Appointment.objects.filter(in_force(on), under_id__in=ids).count()
    if not hanging or settling.lapse:
        return
    if settling.successor is None:
        raise HangingGrants(
            _("此账号授出的 %(n)d 项权限仍有效，请选择移交给谁，或者确认一并收回。") % {"n": hanging}, field="successor"
        )
    take_over(user=user, successor=settling.successor, by=by, on=on)


@transaction.atomic
def take_over(*, user: User, successor: User, by: User | None, on: date) -> int:
    """Let `successor` hold all grants that `user` gave; they last at most as long as the successor's right. Gives how
    many.

    The successor must hold a right over the same divisions. Where that right itself hangs on the one taken over, it is
    lifted to where that one hangs, so that no right ever hangs on itself.
    """
    if not managing.successors_of(user, on=on).filter(pk=successor.pk).exists():
        raise HangingGrants(
            _("%(name)s 没有同一辖区的管理权限，不能承接。请先为其授权。") % {"name": successor.name}, field="successor"
        )
    taken = 0
    list(
        Appointment.objects.select_for_update(no_key=True)
        .filter(user__in=(user, successor), role=managing.ADMINISTRATOR)
        .order_by("pk")
    )
    for right in managing.rights_of(user, on=on):
        heir = next(a for a in managing.rights_of(successor, on=on) if a.division_code == right.division_code)
        if hangs_on(heir, right):
            Appointment.objects.filter(pk=heir.pk).update(
                under_id=right.under_id, **({"granted_by_id": None} if right.under_id is None else {})
            )
        rows = Appointment.objects.filter(in_force(on), under=right).exclude(pk=heir.pk)
        found = list(rows.values_list("pk", "user_id"))
        if heir.until is not None:
            cut_tree([pk for pk, _user in found], until=heir.until, why="", below="", by=by)
        Appointment.objects.filter(pk__in=[pk for pk, _user in found]).update(under=heir)
        taken += len(found)
    record_event(
        by=by,
        action="account.grants_taken_over",
        subject_kind="account",
        subject_id=user.pk,
        division_code=user.place_code,
        details={"successor": successor.username, "grants": taken},
    )
    return taken


def hangs_on(low: Appointment, high: Appointment) -> bool:
    """Whether one right was given, at whatever distance, under another."""
    at: Appointment | None = low
    while at is not None:
        if at.under_id == high.pk:
            return True
        at = at.under
    return False


def record_lapsed(user_ids: set[int], *, giver: User, by: User | None) -> None:
    """An event for every account that lost something with its giver's right."""
    for other in User.objects.filter(pk__in=user_ids).order_by("pk"):
        record_event(
            by=by,
            action="account.roles_lapsed",
            subject_kind="account",
            subject_id=other.pk,
            division_code=other.place_code,
            details={"giver": giver.username},
        )
