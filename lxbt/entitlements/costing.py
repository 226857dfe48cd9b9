"""What a draft standard would cost: the same rule with the draft put in, over the situations that really occur."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import span
from lxbt.entitlements import fragments
from lxbt.entitlements.pricing import Pricer
from lxbt.proposals.rules import Effect
from lxbt.standards.models import Standard
from lxbt.standards.proposing import Wanted
from lxbt.standards.queries import scheme_for
from lxbt.standards.rules.parameters import ParameterRow
from lxbt.standards.rules.rows import DibaoRow
from lxbt.standards.rules.scheme import Scheme

ZERO = Decimal(0)
SUBSIDY_TITLES = {"living": "困难残疾人生活补贴", "care": "重度残疾人护理补贴"}

SITUATIONS = """
select pp.division_code, pp.profile_id, {band}, {relations}, count(*)
from registry_personprofile pp
join entitlements_entitlement e on e.person_id = pp.person_id and e.subsidy = %(subsidy)s and e.state = 'granted'
    and e.since <= %(month)s and (e.until is null or e.until > %(month)s)
where pp.division_code >= %(low)s and pp.division_code < %(high)s and pp.since <= %(month)s and (pp.until is null
    or pp.until > %(month)s)
group by 1, 2, 3, 4
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
    by_row: Mapping[int, int] = field(default_factory=dict)  # persons whose amount a row sets then, by its number

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
    place = draft.division_code
    return cost_of(scheme_for(place), scheme_for(place, with_draft=draft), place, draft.subsidy, month)


def cost_of(present: Scheme, proposed: Scheme, place: str, subsidy: str, month: Month) -> Cost:
    """Price everyone who draws a subsidy in a division in `month`, by what is in force and by what is proposed."""
    low, high = span(place)
    ages = tuple(sorted({*present.ages, *proposed.ages}))
    with connection.cursor() as cursor:
        text = SITUATIONS.format(band=fragments.band("pp", ages, month), relations=fragments.relations("pp", month))
        cursor.execute(text, {"month": month.first, "subsidy": subsidy, "low": low, "high": high})
        rows = cursor.fetchall()
    now, then = (Pricer(area=place, scheme=scheme, ages=ages) for scheme in (present, proposed))
    now.learn({row[1] for row in rows})
    then.profiles = now.profiles
    counties = _counties({row[0] for row in rows})
    by_row: Counter[int] = Counter()
    sums: dict[str, list[Decimal | int]] = defaultdict(lambda: [0, ZERO, ZERO, 0, 0])
    for division, profile_id, band, relations, count in rows:
        before = now.price(division, profile_id, band, relations, month)[subsidy][0]
        after, standard_id, _against = then.price(division, profile_id, band, relations, month)[subsidy]
        if standard_id is not None and after:
            by_row[standard_id] += count
        total = sums[counties.get(division, division)]
        total[0] += count
        total[1] += before * count
        total[2] += after * count
        total[3] += count if after > before else 0
        total[4] += count if after < before else 0
    found = tuple(CountyCost(code, *values) for code, values in sorted(sums.items()))  # type: ignore[arg-type]
    return Cost(month, len(rows), found, by_row)


def effect_of(present: Scheme, proposed: Scheme, place: str, since: Month | None, on: date) -> Effect:
    """What a change of the scheme does: whose amounts change in the month of today, and the money from its beginning
    on.
    """
    today = Month.of(on)
    month = max(since or today, today)
    late = max(0, today - since) if since else 0
    lines: list[tuple[str, str, str]] = []
    persons, monthly = 0, ZERO
    for subsidy, title in SUBSIDY_TITLES.items():
        cost = cost_of(present, proposed, place, subsidy, month)
        changed = sum(c.more + c.fewer for c in cost.counties)
        persons += changed
        monthly += cost.difference
        now, then = (sum((getattr(c, k) for c in cost.counties), ZERO) for k in ("now", "then"))
        people = _("%(n)s 人中 %(changed)s 人变动") % {"n": f"{cost.persons:,}", "changed": f"{changed:,}"}
        lines.append((_("%(subsidy)s每月合计（元）") % {"subsidy": title}, f"{now:,.2f}", f"{then:,.2f}"))
        lines.append((title, "", people))
    lines.append((_("每月增减（元）"), "", f"{monthly:+,.2f}"))
    if late:
        lines.append((_("以前月份一并补发或抵扣"), "", _("%(n)d 个月") % {"n": late}))
    return Effect(tuple(lines), persons, late, monthly * max(1, late + 1) if late else monthly)


def effect_of_parameter(wanted: Wanted) -> Effect:
    """What a parameter of the rule would change."""
    present = scheme_for(wanted.division_code)
    row = ParameterRow(wanted.division_code, wanted.name, wanted.value, wanted.since, wanted.until)
    kept = tuple(r for r in present.parameters if (r.division, r.name, r.since) != (row.division, row.name, row.since))
    proposed = Scheme(present.standards, present.dibao, (*kept, row))
    return effect_of(present, proposed, wanted.division_code, wanted.since, wanted.on)


def effect_of_dibao(row: DibaoRow, on: date) -> Effect:
    """What a 低保 standard would change."""
    present = scheme_for(row.division)
    kept = tuple(
        replace(r, until=min(r.until or row.since, row.since))
        if (r.name, r.division, r.area) == (row.name, row.division, row.area)
        else r
        for r in present.dibao
    )
    return effect_of(present, Scheme(present.standards, (*kept, row), present.parameters), row.division, row.since, on)


def _counties(codes: set[str]) -> dict[str, str]:
    """The paying body of each division."""
    found = {}
    for code in codes:
        county = divisions.county_of(code)
        if county is not None:
            found[code] = county.code
    return found
