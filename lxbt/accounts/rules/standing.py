"""All that an account may do, where, and what it may give."""

from __future__ import annotations

from dataclasses import dataclass

from lxbt.accounts.rules.permissions import DUTIES, WITHHELD, Organ, Permission
from lxbt.accounts.rules.roles import BY_KEY, ROLES, Role
from lxbt.divisions.rules import Level, covers, span


@dataclass(frozen=True)
class Appointed:
    """A role held for a division."""

    role: str
    division_code: str


@dataclass(frozen=True)
class Standing:
    """All that an account may do, where. The one value that every page and list is scoped by."""

    user_id: int
    name: str
    organ: Organ
    place_code: str
    appointed: tuple[Appointed, ...]
    known: bool = True  # whether the account belongs to a registered human being; duties wait for that

    def areas(self, permission: Permission) -> tuple[str, ...]:
        """The divisions in whose areas the permission holds; none for what the organ has no need of."""
        if permission in WITHHELD.get(self.organ, ()) or (not self.known and permission in DUTIES):
            return ()
        return tuple(a.division_code for a in self.appointed if permission in BY_KEY[a.role].permissions)

    def spans(self, permission: Permission) -> tuple[tuple[str, str], ...]:
        """The same as half-open ranges of codes."""
        return tuple(span(code) for code in self.areas(permission))

    def may(self, permission: Permission, division_code: str | None = None) -> bool:
        """Whether the permission holds for `division_code`, or anywhere when that is left out."""
        areas = self.areas(permission)
        return bool(areas) if division_code is None else any(covers(area, division_code) for area in areas)

    def roles(self) -> tuple[Role, ...]:
        """The roles held, in the order of the list above."""
        held = {a.role for a in self.appointed}
        return tuple(role for role in ROLES if role.key in held)


def grantable(standing: Standing, *, level: Level, organ: Organ, both_organs: bool) -> tuple[Role, ...]:
    """The roles that an administrator may give to an account of `organ` in a division of this level.

    Civil affairs opens finance and audit too, which have no administrators. The Federation has its own, so civil
    affairs opens the Federation's accounts only where the ministry allows it (`both_organs`); the ministry itself opens
    the Federation's first administrator at its own level, where that chain begins.
    """
    given = frozenset().union(*(role.grants for role in standing.roles()))
    fitting = tuple(role for role in ROLES if role.key in given and level in role.levels and organ in role.organs)
    if standing.organ == organ or (
        standing.organ == Organ.CIVIL_AFFAIRS and (organ != Organ.FEDERATION or both_organs)
    ):
        return fitting
    if standing.organ == Organ.CIVIL_AFFAIRS and level == Level.NATION:
        return tuple(role for role in fitting if role.key == "administrator")
    return ()
