"""Progress as published: the newest row of each county, judged for a day. No page counts over what lies below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection
from django.db.models import Q

from lxbt.divisions.rules import NATION, ancestors, covers, span
from lxbt.rollout.models import CountyProgress, StaleArea
from lxbt.rollout.queries.plan import heard_by_province, plan_in_force, terms_in_force
from lxbt.rollout.rules.figures import County, Sum, sum_of, together
from lxbt.rollout.rules.judging import Finding, Heard, Judged, State, judge_area, judge_connection
from lxbt.rollout.rules.plan import Connection, Place, Terms

FIELDS = (
    "county_code",
    "places",
    "places_ready",
    "people",
    "trained",
    "roster_month",
    "declared",
    "entered",
    "matched",
    "paid",
    "months",
    "differing",
    "active_on",
)


def province_of(code: str) -> str:
    """The province that a code lies in."""
    return code[:2].ljust(12, "0")


def counties_counted(area: str) -> list[County]:
    """The newest figures of every county of an area, in order of codes."""
    return counted_and_when(area)[0]


def counted_and_when(area: str) -> tuple[list[County], datetime | None]:
    """The same, and when the newest of them was counted."""
    low, high = span(area)
    rows = (
        CountyProgress.objects.filter(latest=True, county_code__gte=low, county_code__lt=high)
        .order_by("county_code")
        .values_list("counted_at", *FIELDS)
    )
    found = list(rows)
    return [County(*row[1:]) for row in found], max((row[0] for row in found), default=None)


def taking_part(counties: Iterable[County], place: Place | None) -> list[County]:
    """Those of a province that its plan takes in."""
    chosen = set(place.counties) if place else set()
    return [c for c in counties if not chosen or c.code in chosen]


@dataclass(frozen=True)
class Board:
    """Provinces as they stand on a day: plan and judgement, by code."""

    on: date
    places: Mapping[str, Place]
    judged: Mapping[str, Judged]
    terms: Terms
    heard: Mapping[str, Heard]
    counted_at: datetime | None

    def in_state(self, *states: State) -> list[str]:
        """The provinces that stand so."""
        return [code for code, judged in self.judged.items() if judged.verdict.state in states]

    @property
    def total(self) -> Sum:
        """All provinces added up."""
        return together(judged.figures for judged in self.judged.values())


def board(*, area: str = NATION, on: date, now: datetime, planned: Mapping[str, Place] | None = None) -> Board:
    """The provinces of an area judged; with `planned`, as if these places were planned otherwise.

    A handful of statements.
    """
    places = plan_in_force(None if area == NATION else [province_of(area)])
    places = {
        **places,
        **{code: place for code, place in (planned or {}).items() if covers(area, code) or covers(code, area)},
    }
    terms = terms_in_force()
    heard = heard_by_province() if any(place.connection == Connection.INTERFACE for place in places.values()) else {}
    by_province: dict[str, list[County]] = {code: [] for code in places}
    counties, newest = counted_and_when(area)
    for county in counties:
        by_province.setdefault(province_of(county.code), []).append(county)
    judged = {}
    for code, own in sorted(by_province.items()):
        place = places.get(code) or Place(code, None, None)
        more: list[Finding] = (
            judge_connection(place.connection, heard.get(code), place.window, now) if covers(area, code) else []
        )
        judged[code] = judge_area(taking_part(own, place), place.window, on, more=more, terms=terms)
    return Board(on, places, judged, terms, heard, newest)


def parts_below(judged: Judged, place: Place, codes: Iterable[str], on: date, terms: Terms) -> dict[str, Judged]:
    """A province's counties put together by the areas below it (cities, or counties of a city), each judged by
    itself.
    """
    found = {}
    for code in codes:
        inside = [county for county, _verdict in judged.counties if covers(code, county.code)]
        if inside:
            found[code] = judge_area(inside, place.window, on, terms=terms)
    return found


def is_stale(area: str) -> bool:
    """Whether the area, a part of it or one around it waits to be counted."""
    low, high = span(area)
    return StaleArea.objects.filter(
        Q(area_code__gte=low, area_code__lt=high) | Q(area_code__in=ancestors(area))
    ).exists()


@dataclass(frozen=True)
class Change:
    """A province whose state would be another."""

    code: str
    before: Judged
    after: Judged


def changes_if(planned: Mapping[str, Place], *, on: date, now: datetime) -> list[Change]:
    """What-if: the provinces named, judged as planned and as they would be; nothing is written."""
    before, after = board(on=on, now=now), board(on=on, now=now, planned=planned)
    empty = judge_area([], None, on)
    return [Change(code, before.judged.get(code, empty), after.judged.get(code, empty)) for code in sorted(planned)]


def moved(place: Place, **changes: object) -> Place:
    """A place with something changed, for trying out."""
    return replace(place, **changes)  # type: ignore[arg-type]


def interface_provinces(found: Board) -> list[str]:
    """The provinces with systems of their own."""
    return [code for code, place in found.places.items() if place.connection == Connection.INTERFACE]


def days_of(area: str, days: int = 60) -> list[tuple[date, Sum]]:
    """An area day by day, the oldest first: sums over its counties (history is left out, it needs a window)."""
    low, high = span(area)
    recent = list(
        CountyProgress.objects.filter(county_code__gte=low, county_code__lt=high)
        .order_by("-day")
        .values_list("day", flat=True)
        .distinct()[:days]
    )
    by_day: dict[date, list[County]] = {day: [] for day in sorted(recent)}
    for day, *row in CountyProgress.objects.filter(
        county_code__gte=low, county_code__lt=high, day__in=recent
    ).values_list("day", *FIELDS):
        by_day[day].append(County(*row))
    return [(day, sum_of(counties, None)) for day, counties in by_day.items()]


def places_missing(county: str, on: date) -> list[tuple[str, str]]:
    """(code, organ) of the places of one county that no account has been taken for: townships (organ empty) and the
    county's own two offices.
    """
    low, high = span(county)
    with connection.cursor() as cursor:
        cursor.execute(
            "with taken as (select u.place_code, u.organ from accounts_user u where u.is_active "
            "and not u.must_change_password"
            "  and u.place_code >= %(low)s and u.place_code < %(high)s and exists (select "
            "from accounts_appointment a where a.user_id = u.id"
            "  and a.since <= %(on)s and (a.until is null or a.until > %(on)s)))"
            " select code, '' from divisions_division where code >= %(low)s and code < %(high)s and level = 4 "
            "and until is null and code <> %(county)s"
            "  and code not in (select place_code from taken)"
            " union all select %(county)s, organ from (values ('civil_affairs'), ('federation')) o (organ)"
            "  where organ not in (select organ from taken where place_code = %(county)s) order by 1, 2",
            {"low": low, "high": high, "on": on, "county": county},
        )
        return [(code, organ) for code, organ in cursor.fetchall()]
