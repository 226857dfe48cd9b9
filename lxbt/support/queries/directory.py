"""Reads of the contact directory.

Telephones of offices are for every official; nothing of a person stands here but a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from lxbt.accounts.models import User
from lxbt.accounts.rules import Permission, Standing
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION, span
from lxbt.support.models import Office
from lxbt.support.rules.directory import CONFIRMED_EVERY

ORGANS = ("civil_affairs", "federation")  # that have an office at every level


def offices_of(codes: Iterable[str]) -> dict[tuple[str, str], Office]:
    """The entries of these divisions, by division and organ; one statement."""
    return {(one.division_code, one.organ): one for one in Office.objects.filter(division_code__in=list(codes))}


def office(code: str, organ: str) -> Office | None:
    """One entry."""
    return Office.objects.filter(division_code=code, organ=organ).first()


def offices_in(area: str) -> QuerySet[Office]:
    """All entries of an area, the upper levels first in each branch."""
    low, high = span(area)
    return Office.objects.filter(division_code__gte=low, division_code__lt=high).order_by("division_code", "organ")


def offices_found(text: str, *, limit: int = 60) -> list[Office]:
    """By name, initials or code of the division, by telephone, by the name of the contact."""
    text = text.strip()
    places = [node.code for node in divisions.search(text, within=NATION, limit=limit)]
    wanted = Q(division_code__in=places) | Q(contact_name__contains=text)
    if any(c.isdigit() for c in text):
        wanted |= Q(telephone__contains=text) | Q(telephone_2__contains=text)
    return list(Office.objects.filter(wanted).order_by("division_code", "organ")[:limit]) if text else []


def offices_above(code: str) -> list[str]:
    """The divisions above a place, nearest first, the nation last: whom to call next."""
    way = [node.code for node in reversed(divisions.trail(code)) if node.code not in (code, NATION)]
    return [*way, NATION] if code != NATION else []


def may_keep(standing: Standing, code: str, organ: str) -> bool:
    """Who keeps an entry: the coordinator or administrator of the office's organ there, or of one above it."""
    if standing.organ.value != organ and not (
        standing.organ.value == "civil_affairs" and organ in ("finance", "audit")
    ):
        return False
    return any(
        standing.may(permission, code) for permission in (Permission.ANSWER_QUESTIONS, Permission.MANAGE_ACCOUNTS)
    )


def contacts_at(code: str, organ: str) -> list[tuple[int, str]]:
    """Accounts that can be named as the person to ask for."""
    return list(
        User.objects.filter(place_code=code, organ=organ, is_active=True)
        .order_by("name")
        .values_list("pk", "name")[:200]
    )


def stale_count(area: str, organ: str, on: date) -> int:
    """How many entries of an area and organ were not confirmed for a year."""
    return offices_in(area).filter(organ=organ, confirmed_on__lt=on - CONFIRMED_EVERY).count()


def missing(codes: Iterable[str], organ: str) -> list[str]:
    """The divisions without an entry."""
    wanted = list(codes)
    there = set(Office.objects.filter(division_code__in=wanted, organ=organ).values_list("division_code", flat=True))
    return [code for code in wanted if code not in there]
