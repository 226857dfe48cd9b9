"""Reads: what a revision changes in the table of its places, and what it would cost as whoever prices it says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from lxbt.accounts.rules import Permission, Standing
from lxbt.core.months import Month
from lxbt.divisions.rules import ancestors, span
from lxbt.standards.models import Revision, Standard
from lxbt.standards.queries import as_rule, scheme_for
from lxbt.standards.rules.rows import PUBLISHED
from lxbt.standards.rules.scheme import Scheme

# What a revision adds to a month of today, in yuan: said by the package that knows persons.
MONTHLY: list[Callable[[Revision, date], Decimal]] = []


@dataclass(frozen=True)
class Line:
    """One line of the table: what is in force, what is drafted in its place, and whether it ends without another."""

    division_code: str
    subsidy: str
    present: Standard | None
    draft: Standard | None
    ended: bool
    inherited: bool = False  # the present row is one of a place above, which stays in force for others

    @property
    def row(self) -> Standard:
        """The row that says whom the line is for."""
        found = self.draft or self.present
        assert found is not None
        return found


def get_revision(pk: int) -> Revision | None:
    """One revision."""
    return Revision.objects.filter(pk=pk).first()


def rows_of(revision: Revision) -> list[Standard]:
    """The rows drafted in it, in the order of the table."""
    return list(Standard.objects.filter(revision_id=revision.pk).order_by("division_code", "-subsidy", "pk"))


def in_force_at(codes: Iterable[str], month: Month) -> QuerySet[Standard]:
    """The published rows of these divisions themselves in a month."""
    first = month.first
    return Standard.objects.filter(
        Q(until__isnull=True) | Q(until__gt=first),
        Q(superseded_from__isnull=True) | Q(superseded_from__gt=first),
        division_code__in=list(codes),
        state=PUBLISHED,
        since__lte=first,
    ).order_by("division_code", "-subsidy", "pk")


def lines_of(revision: Revision, rows: list[Standard] | None = None) -> list[Line]:
    """The whole table of the places that the revision names, as it is and as it is drafted."""
    rows = rows_of(revision) if rows is None else rows
    codes = sorted({revision.division_code, *(row.division_code for row in rows)})
    month = Month.of(revision.since)
    asked = {above for code in codes for above in ancestors(code)}
    known: dict[str, list[Standard]] = {}
    for row in in_force_at(asked, month).exclude(revision_id=revision.pk):
        known.setdefault(row.division_code, []).append(row)
    found: list[Line] = []
    for code in codes:
        drafts = {(row.subsidy, row.conditions_key): row for row in rows if row.division_code == code}
        for subsidy in ("living", "care"):
            own, inherited = _deciding(known, code, subsidy)
            for present in own:
                draft = drafts.pop((subsidy, present.conditions_key), None)
                if draft is None and inherited and code != revision.division_code:
                    continue  # a place below keeps what it inherits: named only where it drafts something
                ended = not inherited and present.pk in revision.ends
                found.append(Line(code, subsidy, present, draft, ended, inherited))
            found += [
                Line(code, subsidy, None, draft, False) for (kind, _key), draft in drafts.items() if kind == subsidy
            ]
    return found


def _deciding(known: dict[str, list[Standard]], code: str, subsidy: str) -> tuple[list[Standard], bool]:
    """The rows that decide there now, and whether they are those of a place above."""
    for above in ancestors(code):
        rows = [row for row in known.get(above, ()) if row.subsidy == subsidy]
        if rows:
            return rows, above != code
    return [], False


def scheme_with(
    place: str, drafts: Iterable[Standard], ends: Collection[int], since: Month, present: Scheme | None = None
) -> Scheme:
    """What would be in force if these drafts were published now and these rows ended."""
    present = present or scheme_for(place)
    rules = [as_rule(row) for row in drafts]
    same = {(rule.division, rule.subsidy, rule.when): rule.since for rule in rules}
    kept = []
    for row in present.standards:
        end = since if row.id in ends else same.get((row.division, row.subsidy, row.when))
        kept.append(row if end is None else replace(row, until=min(row.until or end, end)))
    return replace(present, standards=(*kept, *rules), _known={})


def revisions_of(division_code: str) -> QuerySet[Revision]:
    """The revisions of an area and below, the latest first."""
    low, high = span(division_code)
    return Revision.objects.filter(division_code__gte=low, division_code__lt=high).order_by("-pk")


def _within(areas: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for area in areas:
        low, high = span(area)
        found |= Q(division_code__gte=low, division_code__lt=high)
    return found


def waiting_revisions(standing: Standing) -> QuerySet[Revision]:
    """What waits for this account: drafts of its own, and what others handed over to be published where it may."""
    own = Q(state="draft", drafted_by_id=standing.user_id)
    others = Q(state="submitted") & _within(standing.areas(Permission.PUBLISH_STANDARDS))
    return Revision.objects.filter(own | (others & ~Q(drafted_by_id=standing.user_id))).order_by("pk")


def places_with_rows_below(division_code: str, subsidies: Collection[str], month: Month) -> list[str]:
    """Divisions below that have rows of their own then: what is set above does not reach them, save as a floor."""
    low, high = span(division_code)
    rows = Standard.objects.filter(
        Q(until__isnull=True) | Q(until__gt=month.first),
        Q(superseded_from__isnull=True) | Q(superseded_from__gt=month.first),
        division_code__gt=low,
        division_code__lt=high,
        subsidy__in=list(subsidies),
        state=PUBLISHED,
        since__lte=month.first,
    )
    return sorted(set(rows.values_list("division_code", flat=True)))
