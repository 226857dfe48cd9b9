"""What a draft standard would cost: the same rule with the draft put in, over the situations that really occur."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import connection

from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import span
from lxbt.entitlements.rules import rights_at
from lxbt.registry import queries as registry
from lxbt.standards.models import Standard
from lxbt.standards.queries import scheme_for

ZERO = Decimal(0)
RELATION = "case when {0} is null or date_trunc('month', {0}) > %(month)s then 0 when date_trunc('month', {0}) = %(month)s then 1 else 2 end"
EVENT_COLUMNS = ("died_on", "moved_out_on", "imprisoned_on", "valid_until", "frozen_on", "cancelled_on")

SITUATIONS = f"""
select pp.division_code, pp.profile_id, extract(year from age(%(last)s::date, pp.birth))::int, {", ".join(RELATION.format("pp." + c) for c in EVENT_COLUMNS)}, count(*)
from registry_personprofile pp
join entitlements_entitlement e on e.person_id = pp.person_id and e.subsidy = %(subsidy)s and e.state = 'granted'
    and e.since <= %(month)s and (e.until is null or e.until > %(month)s)
where pp.division_code >= %(low)s and pp.division_code < %(high)s and pp.since <= %(month)s and (pp.until is null or pp.until > %(month)s)
group by 1, 2, 3, 4, 5, 6, 7, 8, 9
"""


@dataclass(frozen=True)
class CountyCost:
    """Persons who draw the subsidy in a county, yuan a month now and with the draft, and how many change."""

    county_code: str
    persons: int
    now: Decimal
    then: Decimal
    more: int
    fewer: int

    @property
    def difference(self) -> Decimal:
        """Yuan a month more (or fewer)."""
        return self.then - self.now


@dataclass(frozen=True)
class Cost:
    """The whole answer: `situations` is how many distinct situations were priced."""

    month: Month
    situations: int
    counties: tuple[CountyCost, ...]

    @property
    def persons(self) -> int:
        """Everybody who draws the subsidy in the area."""
        return sum(c.persons for c in self.counties)

    @property
    def difference(self) -> Decimal:
        """Yuan a month in all."""
        return sum((c.difference for c in self.counties), ZERO)


def cost_of_draft(draft: Standard, month: Month) -> Cost:
    """Price everyone who draws the draft's subsidy in its division in `month`, with and without the draft."""
    low, high = span(draft.division_code)
    with connection.cursor() as cursor:
        cursor.execute(
            SITUATIONS, {"month": month.first, "last": month.last, "subsidy": draft.subsidy, "low": low, "high": high}
        )
        rows = cursor.fetchall()
    profiles = registry.profiles_by_id({row[1] for row in rows})
    present, proposed = scheme_for(draft.division_code), scheme_for(draft.division_code, with_draft=draft)
    counties = _counties({row[0] for row in rows})
    sums: dict[str, list[Decimal | int]] = defaultdict(lambda: [0, ZERO, ZERO, 0, 0])
    for division, profile_id, age, *rest in rows:
        relations, count = tuple(rest[:6]), rest[6]
        profile = replace(profiles[profile_id], division=division)
        before = rights_at(profile, age, relations, present, month)[draft.subsidy].amount
        after = rights_at(profile, age, relations, proposed, month)[draft.subsidy].amount
        total = sums[counties.get(division, division)]
        total[0] += count
        total[1] += before * count
        total[2] += after * count
        total[3] += count if after > before else 0
        total[4] += count if after < before else 0
    found = tuple(CountyCost(code, *values) for code, values in sorted(sums.items()))  # type: ignore[arg-type]
    return Cost(month, len(rows), found)


def _counties(codes: set[str]) -> dict[str, str]:
    """The paying body of each division."""
    found = {}
    for code in codes:
        county = divisions.county_of(code)
        if county is not None:
            found[code] = county.code
    return found
