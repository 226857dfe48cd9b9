"""Who someone is, what that allows, and the one function that scopes every list."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from lxbt.accounts.models import Appointment, User
from lxbt.accounts.rules import BY_KEY, DEMONSTRATION, Appointed, Organ, Permission, Role, Standing, grantable
from lxbt.divisions import queries as divisions
from lxbt.divisions.models import Division
from lxbt.divisions.rules import Level, covers, span

M = TypeVar("M", bound=Model)


def standing_of(user: User, *, on: date) -> Standing:
    """What an account may do on a day; an inactive account may do nothing."""
    held = Appointment.objects.filter(user=user, since__lte=on).filter(Q(until__isnull=True) | Q(until__gt=on))
    return Standing(
        user_id=user.pk,
        name=user.name,
        organ=Organ(user.organ),
        place_code=user.place_code,
        appointed=tuple(Appointed(a.role, a.division_code) for a in held.order_by("id")) if user.is_active else (),
    )


def in_scope(standing: Standing, permission: Permission, *, field: str = "division_code", focus: str | None = None) -> Q:
    """The condition that holds exactly for rows the account may see; with `focus`, only those in that area too.

    Everything that lists, counts, searches or exports rows of an area takes them through this function.
    """
    spans = standing.spans(permission)
    if not spans:
        return Q(pk__in=[])
    scope = reduce(or_, (Q(**{f"{field}__gte": low, f"{field}__lt": high}) for low, high in spans))
    if focus is not None:
        low, high = span(focus)
        scope &= Q(**{f"{field}__gte": low, f"{field}__lt": high})
    return scope


def scoped(rows: QuerySet[M], standing: Standing, permission: Permission, *, field: str = "division_code", focus: str | None = None) -> QuerySet[M]:
    """`rows` cut down to the scope of the account."""
    return rows.filter(in_scope(standing, permission, field=field, focus=focus))


def accounts_managed_by(standing: Standing) -> QuerySet[User]:
    """The accounts of the own division and of the level directly below."""
    places = [node.code for node in places_managed_by(standing)]
    users = User.objects.filter(place_code__in=places)
    if standing.organ == Organ.FEDERATION:
        users = users.filter(organ=Organ.FEDERATION)
    return users.order_by("place_code", "username")


def places_managed_by(standing: Standing) -> list[Division]:
    """The divisions that the administrator opens accounts in: the own ones and those directly below."""
    places: list[Division] = []
    for code in standing.areas(Permission.MANAGE_ACCOUNTS):
        own = divisions.division(code)
        places += [own] if own else []
        places += divisions.children(code)
    return places


def roles_grantable(standing: Standing, place: Division) -> tuple[Role, ...]:
    """The roles that may be given in a place; none when the place is not the administrator's."""
    if place.code not in {node.code for node in places_managed_by(standing)}:
        return ()
    return grantable(standing, level_of_division=Level(place.tier))


def managed_account(standing: Standing, user_id: int) -> User | None:
    """One account the administrator may see, or None."""
    return accounts_managed_by(standing).filter(pk=user_id).first()


def appointments_of(user: User) -> QuerySet[Appointment]:
    """All that an account holds or held, latest first."""
    return Appointment.objects.filter(user=user).order_by("-since", "-id")


def names_of(user_ids: list[int]) -> dict[int, str]:
    """Names by user id, for pages that show who did what."""
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "name"))


def user_named(username: str) -> User | None:
    """The account with this user name."""
    return User.objects.filter(username=username).first()


def focus_within(standing: Standing, code: str | None) -> str:
    """The area that the pages show: the asked one if it lies in what the account was appointed to, else the own place."""
    areas = [a.division_code for a in standing.appointed] or [standing.place_code]
    if code and any(covers(area, code) for area in areas):
        return code
    return areas[0]


def any_account() -> bool:
    """Whether anybody can log in yet."""
    return User.objects.exists()


def demonstration_lines() -> list[str]:
    """The accounts of the demonstration for the terminal; empty where there is none."""

    lines = []
    for username, password in DEMONSTRATION:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is not None and user.check_password(password):
            roles = "、".join(BY_KEY[a.role].label for a in appointments_of(user) if a.until is None)
            lines.append(f"  {username:<22} {password:<14} {divisions.name_of(user.place_code)} {roles}")
    return ["", "Demonstration accounts (user name, password):", *lines] if lines else []


def roles_held(user_ids: list[int]) -> dict[int, list[str]]:
    """Role keys now held, by user id, in one query."""
    held: dict[int, list[str]] = {}
    for user_id, role in Appointment.objects.filter(user_id__in=user_ids, until__isnull=True).order_by("id").values_list("user_id", "role"):
        held.setdefault(user_id, []).append(role)
    return held
