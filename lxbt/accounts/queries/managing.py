"""What an administrator may manage: places, accounts, roles; who confirms; what hangs on a right; who could take it
over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest

from lxbt.accounts.models import Appointment, BothOrgans, InitialPassword, User
from lxbt.accounts.queries import in_force
from lxbt.accounts.rules import (
    CONFIRMED_EVERY,
    CONFIRMING_GRACE,
    UNUSED_LIMIT,
    UNUSED_WARNING,
    Organ,
    Permission,
    Role,
    Standing,
    grantable,
)
from lxbt.core.clock import beijing_day, day_begins
from lxbt.divisions import queries as divisions
from lxbt.divisions.models import Division
from lxbt.divisions.rules import NATION, Level, ancestors

ADMINISTRATOR = "administrator"


def places_managed_by(standing: Standing, *, ended: bool = False) -> list[Division]:
    """The divisions that the administrator opens accounts in: the own ones and those directly below.

    A node that exists for its digits only is passed through: below 湖北省 lie its cities and 仙桃, not the empty 4290.
    """
    return _own_and_below(standing.areas(Permission.MANAGE_ACCOUNTS), ended)


def _own_and_below(codes: Iterable[str], ended: bool = False) -> list[Division]:
    places: dict[str, Division] = {}
    for code in codes:
        own = divisions.division(code)
        for node in ([own] if own else []) + divisions.children(code, ended=ended):
            places.setdefault(node.code, node)
    return list(places.values())


def both_organs_in(codes: Iterable[str], *, on: date) -> dict[str, bool]:
    """Whether civil affairs may open the Federation's accounts, by place: the province's last word, else the nation's,
    else no.
    """
    rows = dict(BothOrgans.objects.filter(since__lte=on).order_by("since").values_list("division_code", "allowed"))
    return {code: next((rows[above] for above in ancestors(code) if above in rows), False) for code in codes}


def both_organs_rows() -> QuerySet[BothOrgans]:
    """What the ministry has said, latest first."""
    return BothOrgans.objects.order_by("-since", "division_code")


def accounts_managed_by(standing: Standing, *, on: date) -> QuerySet[User]:
    """The accounts that the administrator may see and change: in the managed places, of the organs that are the
    administrator's.
    """
    codes = [node.code for node in places_managed_by(standing, ended=True)]
    users = User.objects.filter(place_code__in=codes)
    if standing.organ == Organ.FEDERATION:
        return users.filter(organ=Organ.FEDERATION)
    if standing.organ != Organ.CIVIL_AFFAIRS:
        return users.filter(organ=standing.organ)
    both = [code for code, allowed in both_organs_in(codes, on=on).items() if allowed]
    first = Appointment.objects.filter(in_force(on), role=ADMINISTRATOR, division_code=NATION).values("user_id")
    top = Q(pk__in=first, place_code=NATION) if NATION in codes else Q(pk__in=[])
    return users.filter(~Q(organ=Organ.FEDERATION) | Q(place_code__in=both) | top)


def managed_account(standing: Standing, user_id: int, *, on: date) -> User | None:
    """One account the administrator may see, or None."""
    return accounts_managed_by(standing, on=on).filter(pk=user_id).first()


def roles_grantable(standing: Standing, place: Division, organ: Organ, *, on: date) -> tuple[Role, ...]:
    """The roles that may be given to an account of `organ` in a place; none when the place is not the
    administrator's.
    """
    if place.code not in {node.code for node in places_managed_by(standing)}:
        return ()
    return grantable(
        standing, level=Level(place.tier), organ=organ, both_organs=both_organs_in([place.code], on=on)[place.code]
    )


def rights_of(user: User, *, on: date) -> list[Appointment]:
    """The administrator's rights that an account holds on a day."""
    return list(Appointment.objects.filter(in_force(on), user=user, role=ADMINISTRATOR).order_by("id"))


def rights_by_place(user: User, *, on: date) -> dict[str, Appointment]:
    """The right under which this administrator gives roles in each place: where there are two, the one that lasts
    longer.
    """
    found: dict[str, Appointment] = {}
    for right in sorted(rights_of(user, on=on), key=lambda right: right.until or date.max):
        found |= {node.code: right for node in _own_and_below([right.division_code])}
    return found


def right_over(user: User, place: Division, *, on: date) -> Appointment | None:
    """The right under which this administrator gives roles in a place, None without any."""
    return rights_by_place(user, on=on).get(place.code)


@dataclass(frozen=True)
class Hanging:
    """What hangs on the rights of an account: grants it gave, and accounts that would lose something down the tree."""

    grants: int
    accounts: int


def hanging_on(user: User, *, on: date) -> Hanging:
    """How much would lapse with the administrator's rights of an account."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with recursive tree(id, user_id, depth) as ("
            " select id, user_id, 0 from accounts_appointment where user_id = %(user)s and role = %(role)s "
            "and since <= %(on)s and (until is null or until > %(on)s)"
            " union select a.id, a.user_id, least(t.depth + 1, 2) from accounts_appointment a "
            "join tree t on a.under_id = t.id where a.until is null or a.until > %(on)s)"
            " select count(*) filter (where depth = 1), count(distinct user_id) filter (where depth > 0 "
            "and user_id <> %(user)s) from tree",
            {"user": user.pk, "role": ADMINISTRATOR, "on": on},
        )
        return Hanging(*cursor.fetchone())


def successors_of(user: User, *, on: date) -> QuerySet[User]:
    """Who could take over: active accounts of the same organ with an administrator's right over the same divisions."""
    codes = {right.division_code for right in rights_of(user, on=on)}
    found = User.objects.filter(is_active=True, organ=user.organ).exclude(pk=user.pk)
    for code in codes:
        found = found.filter(
            pk__in=Appointment.objects.filter(in_force(on), role=ADMINISTRATOR, division_code=code).values("user_id")
        )
    return found.order_by("username") if codes else found.none()


def idle_administrators(users: QuerySet[User], *, on: date) -> QuerySet[User]:
    """Disabled accounts on whose right grants still hang: to be handed over or let lapse."""
    rights = Appointment.objects.filter(
        in_force(on),
        role=ADMINISTRATOR,
        pk__in=Appointment.objects.filter(in_force(on), under__isnull=False).values("under_id"),
    )
    return users.filter(is_active=False, pk__in=rights.values("user_id"))


def moment(day: date) -> datetime:
    """The beginning of a day here."""
    return day_begins(day)


def unconfirmed(on: date) -> Q:
    """Active accounts that nobody confirmed since the day."""
    return Q(is_active=True) & (
        Q(confirmed_on__lte=on) | Q(confirmed_on__isnull=True, opened_at__lt=moment(on + timedelta(days=1)))
    )


def due_for_confirmation(on: date) -> Q:
    """Accounts whose year is over."""
    return unconfirmed(on - timedelta(days=CONFIRMED_EVERY))


def overdue_for_confirmation(on: date) -> Q:
    """Accounts whose year and grace are over."""
    return unconfirmed(on - timedelta(days=CONFIRMED_EVERY + CONFIRMING_GRACE))


def unused_for(users: QuerySet[User], days: int, *, on: date) -> QuerySet[User]:
    """Active accounts without a log-in for so many days; opening and enabling count as one."""
    since = on - timedelta(days=days)
    used = users.annotate(used_at=Greatest("last_login", "opened_at"))
    return used.filter(Q(enabled_on__isnull=True) | Q(enabled_on__lte=since), is_active=True, used_at__lt=moment(since))


@dataclass(frozen=True)
class Filter:
    """What an account list is narrowed to; empty values narrow nothing."""

    text: str = ""
    place: str = ""
    organ: str = ""
    role: str = ""
    state: str = ""  # active, disabled, due, unused, unprinted, hanging, roleless


def narrowed(users: QuerySet[User], by: Filter, *, on: date) -> QuerySet[User]:
    """The accounts that fit a filter."""
    if by.text:
        users = users.filter(Q(name__contains=by.text) | Q(username__startswith=by.text.lower()))
    if by.place:
        users = users.filter(place_code=by.place)
    if by.organ:
        users = users.filter(organ=by.organ)
    if by.role:
        users = users.filter(pk__in=Appointment.objects.filter(in_force(on), role=by.role).values("user_id"))
    return in_state(users, by.state, on=on)


def in_state(users: QuerySet[User], state: str, *, on: date) -> QuerySet[User]:
    """The accounts in a state of the list's tabs."""
    match state:
        case "active":
            return users.filter(is_active=True)
        case "disabled":
            return users.filter(is_active=False)
        case "due":
            return users.filter(due_for_confirmation(on))
        case "unused":
            return unused_for(users, UNUSED_WARNING, on=on)
        case "unprinted":
            return users.filter(pk__in=InitialPassword.objects.exclude(state="printed").values("user_id"))
        case "hanging":
            return idle_administrators(users, on=on)
        case "roleless":
            return users.filter(is_active=True).exclude(
                pk__in=Appointment.objects.filter(in_force(on)).values("user_id")
            )
    return users


STATES = ("", "active", "disabled", "due", "unused", "unprinted", "roleless", "hanging")


def state_counts(users: QuerySet[User], *, on: date) -> dict[str, int]:
    """How many accounts stand in each state."""
    return {state: in_state(users, state, on=on).count() for state in STATES}


def confirmable_by(standing: Standing, *, on: date) -> QuerySet[User]:
    """The accounts that this account may confirm: an administrator the managed ones, a security administrator the
    administrators of the own place, who cannot confirm themselves. Never the own account."""
    managed = accounts_managed_by(standing, on=on)
    reviewed = User.objects.filter(
        place_code__in=standing.areas(Permission.MANAGE_SECURITY),
        organ=standing.organ,
        pk__in=Appointment.objects.filter(in_force(on), role=ADMINISTRATOR).values("user_id"),
    )
    return User.objects.filter(Q(pk__in=managed.values("pk")) | Q(pk__in=reviewed.values("pk"))).exclude(
        pk=standing.user_id
    )


def accounts_reviewed_by(standing: Standing) -> QuerySet[User]:
    """The accounts whose confirmation a security administrator looks over: own division and directly below,
    own organ.
    """
    codes = [node.code for node in _own_and_below(standing.areas(Permission.MANAGE_SECURITY), ended=True)]
    users = User.objects.filter(place_code__in=codes)
    return (
        users.filter(organ=Organ.FEDERATION)
        if standing.organ == Organ.FEDERATION
        else users.exclude(organ=Organ.FEDERATION)
    )


def disabled_ahead(user: User, *, on: date) -> list[tuple[str, date]]:
    """What will disable an account by itself, and when: `unused`, `unconfirmed`."""
    if not user.is_active:
        return []
    opened = beijing_day(user.opened_at)
    used = max(
        day for day in (opened, user.enabled_on, beijing_day(user.last_login) if user.last_login else None) if day
    )
    found = []
    if (on - used).days >= UNUSED_WARNING:
        found.append(("unused", used + timedelta(days=UNUSED_LIMIT + 1)))
    confirmed = user.confirmed_on or opened
    if (on - confirmed).days >= CONFIRMED_EVERY:
        found.append(("unconfirmed", confirmed + timedelta(days=CONFIRMED_EVERY + CONFIRMING_GRACE)))
    return found
