"""Suspicions: a place's work list, sums for those above, one case with its acts and proofs, all that lists say of a
person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from lxbt.divisions.rules import span
from lxbt.matching.models import Act, List, ListEntry, Proof, Suspicion
from lxbt.matching.rules import FINAL, HITS, OPEN, WITH_TOWNSHIP, State


def suspicions_in(area: str) -> QuerySet[Suspicion]:
    """All suspicions of an area."""
    low, high = span(area)
    return Suspicion.objects.filter(division_code__gte=low, division_code__lt=high)


def suspicion(ident: int) -> Suspicion | None:
    """One case."""
    return Suspicion.objects.filter(pk=ident).first()


def acts_of(ident: int) -> list[Act]:
    """What was done with a case, latest first."""
    return list(Act.objects.filter(suspicion_id=ident).order_by("-id"))


def proofs_of(ident: int) -> list[Proof]:
    """Photographs and papers of a case."""
    return list(Proof.objects.filter(suspicion_id=ident).order_by("id"))


def entries_about(person_id: int) -> list[tuple[ListEntry, List]]:
    """Every row of a list that is about a person, with its list."""
    rows = list(ListEntry.objects.filter(person_id=person_id))
    lists = {entry.pk: entry for entry in List.objects.filter(pk__in={row.list_id for row in rows})}
    return sorted(
        ((row, lists[row.list_id]) for row in rows if row.list_id in lists),
        key=lambda pair: (pair[1].received_on, pair[0].row),
    )


def is_waiting(permissions: frozenset[str]) -> Q:
    """The condition for cases that wait for somebody with these rights: `verify`, `confirm`."""
    waiting = Q(pk__in=[])
    if "verify" in permissions:
        waiting |= Q(state__in=WITH_TOWNSHIP)
    if "confirm" in permissions:
        waiting |= Q(state__in=(State.RAISED, State.CONCLUDED))
    return waiting


def counts(rows: QuerySet[Suspicion], today: date) -> dict[str, int]:
    """How many cases lie where; in one statement."""
    return rows.aggregate(
        all=Count("pk"),
        verify=Count("pk", filter=Q(state__in=WITH_TOWNSHIP)),
        late=Count("pk", filter=Q(state__in=WITH_TOWNSHIP, due_on__lt=today)),
        raised=Count("pk", filter=Q(state=State.RAISED)),
        confirm=Count("pk", filter=Q(state=State.CONCLUDED)),
        confirmed=Count("pk", filter=Q(state=State.CONFIRMED)),
        done=Count("pk", filter=Q(state__in=FINAL)),
    )


def yuan_of(rows: QuerySet[Suspicion]) -> Decimal:
    """What open cases claim in all."""
    return rows.filter(state__in=OPEN, side="over").aggregate(total=Sum("amount"))["total"] or Decimal(0)


@dataclass(frozen=True)
class AreaCases:
    """The cases of a division directly below the one looked at."""

    code: str
    raised: int
    open: int
    late: int
    verified: int
    hits: int
    amount: Decimal


def sums_below(rows: QuerySet[Suspicion], codes: Iterable[str], today: date) -> list[AreaCases]:
    """Sums of cases for each of the divisions below, in one statement."""
    cuts = {code: span(code) for code in codes}
    found: dict[str, list[int]] = {code: [0] * 5 for code in cuts}
    money = dict.fromkeys(cuts, Decimal(0))
    told = (
        rows.values("division_code")
        .annotate(
            raised=Count("pk"),
            open=Count("pk", filter=Q(state__in=OPEN)),
            late=Count("pk", filter=Q(state__in=WITH_TOWNSHIP, due_on__lt=today)),
            verified=Count("pk", filter=Q(confirmed_on__isnull=False)),
            hits=Count("pk", filter=Q(confirmed_on__isnull=False, outcome__in=HITS)),
            sum=Sum("amount", filter=Q(confirmed_on__isnull=False, outcome__in=HITS, side="over")),
        )
        .values_list("division_code", "raised", "open", "late", "verified", "hits", "sum")
    )
    for code, *numbers, amount in told:
        place = next((place for place, (low, high) in cuts.items() if low <= code < high), None)
        if place is not None:
            found[place] = [a + b for a, b in zip(found[place], numbers, strict=True)]
            money[place] += amount or 0
    return [AreaCases(code, n[0], n[1], n[2], n[3], n[4], money[code]) for code, n in found.items()]


def queue_around(rows: QuerySet[Suspicion], ident: int) -> tuple[int | None, int | None]:
    """The cases before and after one in a work list, by deadline; bounded to the first 500."""
    ids = list(rows.order_by("due_on", "id").values_list("pk", flat=True)[:500])
    if ident not in ids:
        return None, ids[0] if ids else None
    place = ids.index(ident)
    return (ids[place - 1] if place else None), (ids[place + 1] if place + 1 < len(ids) else None)
