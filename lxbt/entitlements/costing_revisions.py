"""What a revision would cost: a month of today, and the months since its first one, by county and by row."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.entitlements.costing import ZERO, Cost, cost_of
from lxbt.standards.models import Revision, Standard
from lxbt.standards.queries import scheme_for
from lxbt.standards.revisions import rows_of, scheme_with
from lxbt.standards.rules.scheme import Scheme

MOST_EXACT = 2_000_000  # persons x months that are priced month by month; beyond, the present month stands for all


@dataclass(frozen=True)
class CountyTotal:
    """A county: persons x subsidies that change, yuan a month, person-months and yuan of the months before."""

    county_code: str
    persons: int
    monthly: Decimal
    past_months: int
    past: Decimal


@dataclass(frozen=True)
class RevisionCost:
    """`month` is the one that `monthly` is for; `late` how many months before it are paid again by difference."""

    month: Month
    late: int
    exact: bool  # the months before were priced one by one
    costs: dict[str, Cost]
    counties: tuple[CountyTotal, ...]

    @property
    def persons(self) -> int:
        """Persons x subsidies drawn in the area."""
        return sum(cost.persons for cost in self.costs.values())

    @property
    def more(self) -> int:
        """Those who get more."""
        return sum(county.more for cost in self.costs.values() for county in cost.counties)

    @property
    def fewer(self) -> int:
        """Those who get less, or nothing any more."""
        return sum(county.fewer for cost in self.costs.values() for county in cost.counties)

    @property
    def monthly(self) -> Decimal:
        """Yuan a month more (or less)."""
        return sum((cost.difference for cost in self.costs.values()), ZERO)

    @property
    def past(self) -> Decimal:
        """Yuan for the months before, in all."""
        return sum((county.past for county in self.counties), ZERO)

    @property
    def by_row(self) -> dict[int, int]:
        """Persons whose amount each row sets."""
        return {pk: n for cost in self.costs.values() for pk, n in cost.by_row.items()}


def subsidies_of(revision: Revision, rows: list[Standard]) -> list[str]:
    """Which subsidies the act bears on."""
    ended = Standard.objects.filter(pk__in=revision.ends).values_list("subsidy", flat=True)
    touched = {row.subsidy for row in rows} | set(ended)
    return [subsidy for subsidy in SUBSIDIES if subsidy in touched]


def _schemes(revision: Revision, rows: list[Standard]) -> tuple[Scheme, Scheme]:
    present = scheme_for(revision.division_code)
    since = Month.of(revision.since)
    return present, scheme_with(revision.division_code, rows, revision.ends, since, present)


def monthly_of(revision: Revision, on: date) -> Decimal:
    """Yuan that the act adds to a month of today (or to its first month, where that lies ahead)."""
    rows = rows_of(revision)
    present, proposed = _schemes(revision, rows)
    month = max(Month.of(revision.since), Month.of(on))
    found = ZERO
    for subsidy in subsidies_of(revision, rows):
        found += cost_of(present, proposed, revision.division_code, subsidy, month).difference
    return found


def cost_of_revision(revision: Revision, on: date) -> RevisionCost:
    """The whole answer, with the months before today priced one by one where they are not too many."""
    rows = rows_of(revision)
    present, proposed = _schemes(revision, rows)
    since, today = Month.of(revision.since), Month.of(on)
    month, late = max(since, today), max(0, today - since)
    place = revision.division_code
    costs = {subsidy: cost_of(present, proposed, place, subsidy, month) for subsidy in subsidies_of(revision, rows)}
    exact = late * sum(cost.persons for cost in costs.values()) <= MOST_EXACT
    persons: dict[str, int] = defaultdict(int)
    monthly: dict[str, Decimal] = defaultdict(lambda: ZERO)
    months: dict[str, int] = defaultdict(int)
    past: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for cost in costs.values():
        for county in cost.counties:
            changed = county.more + county.fewer
            persons[county.county_code] += changed
            monthly[county.county_code] += county.difference
            if not exact:
                months[county.county_code] += changed * late
                past[county.county_code] += county.difference * late
    if exact:
        for earlier in since.until(today) if late else ():
            for subsidy in costs:
                for county in cost_of(present, proposed, place, subsidy, earlier).counties:
                    months[county.county_code] += county.more + county.fewer
                    past[county.county_code] += county.difference
    codes = sorted({*persons, *months})
    counties = tuple(CountyTotal(c, persons[c], monthly[c], months[c], past[c]) for c in codes)
    return RevisionCost(month, late, exact, costs, counties)
