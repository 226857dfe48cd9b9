"""Reads of proposals and of what was joined."""

from __future__ import annotations

from django.db.models import QuerySet

from lxbt.divisions.rules import span
from lxbt.registry.models import Joining, Match


def matches_in(area: str) -> QuerySet[Match]:
    """Proposals of which both entries lie in the area."""
    low, high = span(area)
    return Match.objects.filter(
        division_code__gte=low, division_code__lt=high, other_division__gte=low, other_division__lt=high
    )


def match(match_id: int) -> Match | None:
    """One proposal."""
    return Match.objects.filter(pk=match_id).first()


def joining_of(match_id: int) -> Joining | None:
    """The joining that a proposal led to, unless it was undone."""
    return Joining.objects.filter(match_id=match_id, undone_at__isnull=True).first()


def joined_with(person_id: int) -> list[Joining]:
    """Joinings that hold now, in which the person stays or is the alias."""
    rows = Joining.objects.filter(undone_at__isnull=True)
    return list(rows.filter(person_id=person_id).union(rows.filter(other_id=person_id)).order_by("id"))
