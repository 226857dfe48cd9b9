"""Who someone is, what that allows, and the one function that scopes every list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from lxbt.accounts.models import Appointment, User
from lxbt.accounts.rules import BY_KEY, DEMONSTRATION, ROLES, Appointed, Organ, Permission, Standing
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import covers, span

M = TypeVar("M", bound=Model)


def in_force(on: date, prefix: str = "") -> Q:
    """The condition that holds for appointments that count on a day; `prefix` when they are reached through a
    relation.
    """
    return Q(**{f"{prefix}since__lte": on}) & (Q(**{f"{prefix}until__isnull": True}) | Q(**{f"{prefix}until__gt": on}))


def standing_of(user: User, *, on: date) -> Standing:
    """What an account may do on a day; an inactive account may do nothing."""
    held = Appointment.objects.filter(in_force(on), user=user)
    return Standing(
        user_id=user.pk,
        name=user.name,
        organ=Organ(user.organ),
        place_code=user.place_code,
        appointed=tuple(Appointed(a.role, a.division_code) for a in held.order_by("id")) if user.is_active else (),
        known=is_known(user, on=on),
    )


def is_known(user: User, *, on: date) -> bool:
    """Whether the account belongs to a registered human being, or need not: the system itself opened it, or its time is
    not up.
    """
    return (
        user.holder_id is not None
        or user.opened_by_id is None
        or (user.identity_due_on is not None and user.identity_due_on > on)
    )


def in_scope(
    standing: Standing, permission: Permission, *, field: str = "division_code", focus: str | None = None
) -> Q:
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


def scoped(
    rows: QuerySet[M],
    standing: Standing,
    permission: Permission,
    *,
    field: str = "division_code",
    focus: str | None = None,
) -> QuerySet[M]:
    """`rows` cut down to the scope of the account."""
    return rows.filter(in_scope(standing, permission, field=field, focus=focus))


def appointments_of(user: User) -> QuerySet[Appointment]:
    """All that an account holds or held, latest first."""
    return Appointment.objects.filter(user=user).select_related("under").order_by("-since", "-id")


def names_of(user_ids: list[int]) -> dict[int, str]:
    """Names by user id, for pages that show who did what."""
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "name"))


def user_of(user_id: int | None) -> User | None:
    """The account of that number; None without one: the system itself."""
    return User.objects.filter(pk=user_id).first() if user_id else None


def user_named(username: str) -> User | None:
    """The account with this user name."""
    return User.objects.filter(username=username).first()


def focus_within(standing: Standing, code: str | None) -> str:
    """The area that the pages show: the asked one if it lies in what the account was appointed to, else the
    own place.
    """
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


def roles_held(user_ids: list[int], *, on: date) -> dict[int, list[str]]:
    """Role keys held on a day, by user id, in one query."""
    held: dict[int, list[str]] = {}
    for user_id, role in (
        Appointment.objects.filter(in_force(on), user_id__in=user_ids).order_by("id").values_list("user_id", "role")
    ):
        held.setdefault(user_id, []).append(role)
    return held


def staffed(codes: Iterable[str], permission: Permission, *, on: date) -> set[tuple[str, str]]:
    """The offices (division, organ) among these divisions where an account holds the permission for that very division,
    in one query.
    """
    roles = [role.key for role in ROLES if permission in role.permissions]
    held = Appointment.objects.filter(in_force(on), division_code__in=list(codes), role__in=roles, user__is_active=True)
    return set(held.values_list("division_code", "user__organ").distinct())
