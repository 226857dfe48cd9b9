"""Suspicions that are no longer so. Rules that look at one month at a time are asked again for the months that their
cases claim.

Only what nobody has begun to verify goes by itself, and then with its reason; whoever was told of it is told that it is
gone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from lxbt.audit.operations import record_system_events
from lxbt.core.months import Month
from lxbt.divisions.rules import NATION, span
from lxbt.entitlements.pricing import Pricer
from lxbt.matching.catalogue import RULES
from lxbt.matching.models import Act, Suspicion
from lxbt.matching.operations.finding import WINDOW, find, settings_here
from lxbt.matching.operations.raising import Gone
from lxbt.matching.operations.working import Work
from lxbt.matching.queries.settings import held_back
from lxbt.matching.rules import State
from lxbt.notices.operations import Post, post_notices

PORTION = 2000  # cases looked at in one transaction
UNTOUCHED = (State.RAISED, State.DISPATCHED)

Key = tuple[int, str, str]  # person, rule, source


def lapse_settled(
    *, persons: Sequence[int] | None = None, area: str = NATION, on: date, at: datetime, but_fresh: bool = False
) -> int:
    """Ask again for each month that an untouched case of a monthly rule claims; months that are settled leave it, and
    without any it lapses.

    Of these persons, or of an area; `but_fresh`: save those that were raised on this day and not changed since. Gives
    how many lapsed.
    """
    rules = [rule for rule in RULES.values() if rule.monthly]
    low, high = span(area)
    rows = Suspicion.objects.filter(
        rule__in=[rule.code for rule in rules], state__in=UNTOUCHED, division_code__gte=low, division_code__lt=high
    )
    if persons is not None:
        rows = rows.filter(person_id__in=list(persons))
    if but_fresh:
        rows = rows.exclude(raised_on=on, version=1)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    pricer, lapsed = Pricer(NATION), 0
    for start in range(0, len(ids), PORTION):
        with transaction.atomic():
            cases = list(
                Suspicion.objects.select_for_update(skip_locked=True)
                .filter(pk__in=ids[start : start + PORTION], state__in=UNTOUCHED)
                .order_by("pk")
            )
            lapsed += _settle(cases, _still(cases, pricer, on), on, at)
    return lapsed


def _still(cases: Iterable[Suspicion], pricer: Pricer, on: date) -> Mapping[Key, Mapping[tuple[str, str], Decimal]]:
    """What the rules say of the months claimed: {(person, rule, source): {(subsidy, YYYY-MM): yuan}}."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for case in cases:
        for told in case.months.values():
            for month in told:
                wanted[month].add(case.person_id)
    rules = [rule for rule in RULES.values() if rule.monthly]
    found: dict[Key, dict[tuple[str, str], Decimal]] = defaultdict(dict)
    for month, persons in sorted(wanted.items()):
        with Work(
            codes=[], persons=sorted(persons), month=Month.parse(month), on=on, window=WINDOW, pricer=pricer
        ) as work:
            find(work, rules, settings_here(work, rules))
            for person, rule, source, subsidy, excess in work.rows(
                "select person_id, rule, source, subsidy, max(excess) from work_found group by 1, 2, 3, 4"
            ):
                found[person, rule, source][subsidy, month] = excess
    return found


def _settle(
    cases: Sequence[Suspicion], still: Mapping[Key, Mapping[tuple[str, str], Decimal]], on: date, at: datetime
) -> int:
    gone = []
    held = held_back(on, Month.of(on))
    for case in cases:
        if any(
            one.keeps(rule=case.rule, source=case.source, division_code=case.division_code, raised_on=case.raised_on)
            for one in held
        ):
            continue
        told = still.get((case.person_id, case.rule, case.source), {})
        months = {
            subsidy: {m: f"{told[subsidy, m]:.2f}" for m in claimed if (subsidy, m) in told}
            for subsidy, claimed in case.months.items()
        }
        months = {subsidy: kept for subsidy, kept in months.items() if kept}
        if months == case.months:
            continue
        if months:
            names = sorted(month for kept in months.values() for month in kept)
            case.months, case.month_count = months, len(names)
            case.amount = sum((Decimal(yuan) for kept in months.values() for yuan in kept.values()), Decimal(0))
            case.first_month, case.last_month = Month.parse(names[0]).first, Month.parse(names[-1]).first
        else:  # (what it claimed stays to be read)
            case.state, case.closed_on = State.LAPSED, on
            gone.append(
                Gone(
                    case.pk,
                    case.person_id,
                    case.rule,
                    case.source,
                    case.division_code,
                    case.county_code,
                    case.dispatched_on is not None,
                )
            )
        case.version += 1
        case.save()
    tell_lapsed(gone, reason="settled", at=at)
    return len(gone)


def tell_lapsed(gone: Sequence[Gone], *, reason: str, at: datetime) -> None:
    """Keep why cases lapsed, and tell the places that knew of them, in sums.

    `reason`: `gone`, or `settled` by what was paid since.
    """
    if not gone:
        return
    Act.objects.bulk_create(
        [
            Act(suspicion_id=one.ident, person_id=one.person_id, act="lapse", at=at, details={"reason": reason})
            for one in gone
        ],
        batch_size=5000,
    )
    record_system_events(
        "suspicion.lapsed",
        "suspicion",
        [
            (one.person_id, one.division_code, {"rule": one.rule, "source": one.source, "reason": reason}, {})
            for one in gone
        ],
    )
    told = Counter(place for one in gone if one.told for place in {one.division_code, one.county_code})
    post_notices(
        posts=[
            Post(place, "suspicion_lapsed", "civil_affairs", params={"count": count})
            for place, count in sorted(told.items())
        ],
        at=at,
    )
