"""Reads of the published numbers. No page counts over items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max, Sum

from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.divisions.models import Division, StaleMonth
from lxbt.divisions.rules import span
from lxbt.statistics.models import ClassFigure, Coverage, Figure

ZERO = Decimal(0)


@dataclass(frozen=True)
class Count:
    """The numbers of one subsidy, or of both together (then persons are person-items)."""

    persons: int = 0
    started: int = 0
    stopped: int = 0
    items: int = 0
    regular: Decimal = ZERO
    arrears: Decimal = ZERO
    recovery: Decimal = ZERO
    failed: int = 0

    @property
    def amount(self) -> Decimal:
        """What the batches of the month bring, recoveries taken off."""
        return self.regular + self.arrears + self.recovery

    def __add__(self, other: Count) -> Count:
        return Count(*(getattr(self, name) + getattr(other, name) for name in FIELDS))


FIELDS = ("persons", "started", "stopped", "items", "regular", "arrears", "recovery", "failed")


@dataclass(frozen=True)
class AreaCount:
    """An area with its numbers by subsidy."""

    code: str
    name: str
    level: int
    living: Count = field(default_factory=Count)
    care: Count = field(default_factory=Count)

    @property
    def both(self) -> Count:
        """Living and care together."""
        return self.living + self.care


def count_of(row: Figure) -> Count:
    """A row of the table as a value."""
    return Count(*(getattr(row, name) for name in FIELDS))


def months_counted(code: str) -> list[date]:
    """The months that have figures for an area, latest first."""
    return list(Figure.objects.filter(division_code=code).order_by("-month").values_list("month", flat=True).distinct())


def area_in_month(code: str, month: date) -> AreaCount:
    """One area's figures of one month."""
    return areas_in_month([code], month)[code]


def areas_in_month(codes: Iterable[str], month: date) -> dict[str, AreaCount]:
    """Several areas' figures of one month, in two queries; an area without figures has zeros."""
    wanted = list(codes)
    nodes = divisions.divisions_by_code(wanted)
    found: dict[str, dict[str, Count]] = {}
    for row in Figure.objects.filter(month=month, division_code__in=wanted):
        found.setdefault(row.division_code, {})[row.subsidy] = count_of(row)
    return {
        code: AreaCount(
            code,
            nodes[code].name if code in nodes else code,
            nodes[code].level if code in nodes else 4,
            **found.get(code, {}),
        )
        for code in wanted
    }


def children_in_month(code: str, month: date) -> list[AreaCount]:
    """What lies directly below an area, with figures; in the order of codes."""
    nodes = divisions.children(code, ended=True)
    counted = areas_in_month([node.code for node in nodes], month)
    ended = [node.code for node in nodes if node.until is not None]  # they make the sum of their time
    held = set(
        Figure.objects.filter(month=month, division_code__in=ended).values_list("division_code", flat=True)
        if ended
        else ()
    )
    return [counted[node.code] for node in nodes if node.until is None or node.code in held]


def trend(code: str, months: int = 24) -> list[tuple[date, AreaCount]]:
    """An area month by month, the last `months` that have figures, oldest first."""
    latest = (
        Figure.objects.filter(division_code=code).order_by("-month").values_list("month", flat=True).distinct()[:months]
    )
    kept = sorted(latest)
    if not kept:
        return []
    by_month: dict[date, dict[str, Count]] = {month: {} for month in kept}
    for row in Figure.objects.filter(division_code=code, month__gte=kept[0]):
        by_month[row.month][row.subsidy] = count_of(row)
    node: Division | None = divisions.division(code)
    return [
        (month, AreaCount(code, node.name if node else code, node.level if node else 4, **counts))
        for month, counts in by_month.items()
    ]


@dataclass(frozen=True)
class Overview:
    """What the dashboard shows of an area and month, and what a bulletin of that moment says: one reading for both."""

    now: AreaCount
    month: date | None  # None: nothing is counted yet
    months: list[date]  # that have figures, latest first
    below: list[AreaCount]
    trend: list[tuple[date, AreaCount]]
    counted_at: datetime | None
    stale: bool
    running: date  # the month that is not over: its figures still grow

    @property
    def is_open(self) -> bool:
        """Whether the month still runs: marked on every page, and never compared."""
        return self.month is not None and self.month >= self.running

    @property
    def before(self) -> AreaCount | None:
        """The month before this one, where it has figures and this one is over."""
        if self.month is None or self.is_open:
            return None
        then = Month.of(self.month).back(1).first
        return next((area for month, area in self.trend if month == then), None)

    @property
    def whole(self) -> list[tuple[date, AreaCount]]:
        """The months that are over, for what is drawn as a trend."""
        return [(month, area) for month, area in self.trend if month < self.running]


def headline(months: Sequence[date], running: date) -> date | None:
    """Of months, latest first, the latest that is over; the one that runs where there is no other."""
    return next((month for month in months if month < running), months[0] if months else None)


def overview(code: str, month: date | None = None, *, today: date) -> Overview:
    """An area in a month; the latest one counted that is over when none is named, or else the one that runs."""
    months, running = months_counted(code), today.replace(day=1)
    asked = month or headline(months, running)
    below = children_in_month(code, asked or date.min)
    return Overview(
        area_in_month(code, asked or date.min),
        asked,
        months,
        below,
        trend(code),
        counted_at(code),
        is_stale(code),
        running,
    )


def classes_in_month(code: str, month: date, dimension: str) -> list[tuple[str, str, int, Decimal]]:
    """(value, subsidy, persons, amount) of an area by one class."""
    low, high = span(code)
    rows = ClassFigure.objects.filter(month=month, division_code__gte=low, division_code__lt=high, dimension=dimension)
    return [
        (r["value"], r["subsidy"], r["p"], r["a"])
        for r in rows.values("value", "subsidy")
        .annotate(p=Sum("persons"), a=Sum("amount"))
        .order_by("value", "subsidy")
    ]


def counted_at(code: str) -> datetime | None:
    """When the area's figures were last counted."""
    found: datetime | None = Figure.objects.filter(division_code=code).aggregate(at=Max("counted_at"))["at"]
    return found


def is_stale(code: str) -> bool:
    """Whether something below the area waits to be recounted."""
    low, high = span(code)
    return StaleMonth.objects.filter(division_code__gte=low, division_code__lt=high).exists()


@dataclass(frozen=True)
class AreaCoverage:
    """An area: certificates against rights against payments, in persons. Paid: of the latest month that is over."""

    code: str
    name: str
    level: int
    certified: int = 0
    severe: int = 0
    dibao: int = 0
    living: int = 0
    care: int = 0
    severe_without: int = 0
    dibao_without: int = 0
    lapsed: int = 0
    living_paid: int = 0
    care_paid: int = 0
    counted_at: datetime | None = None


COVERED = ("certified", "severe", "dibao", "living", "care", "severe_without", "dibao_without", "lapsed", "counted_at")


def coverage_of(code: str, *, today: date) -> tuple[AreaCoverage, list[AreaCoverage], date | None]:
    """An area, what lies directly below it, and the month of the payments: a handful of statements."""
    nodes = {node.code: node for node in divisions.children(code)}
    wanted = [code, *nodes]
    own = divisions.division(code)
    counted = {row.division_code: row for row in Coverage.objects.filter(division_code__in=wanted)}
    month = headline(months_counted(code), today.replace(day=1))
    paid = areas_in_month(wanted, month) if month else {}

    def told(place: str, name: str, level: int) -> AreaCoverage:
        row, money = counted.get(place), paid.get(place)
        values = {field_name: getattr(row, field_name) for field_name in COVERED} if row else {}
        return AreaCoverage(
            place,
            name,
            level,
            **values,
            living_paid=money.living.persons if money else 0,
            care_paid=money.care.persons if money else 0,
        )

    below = [told(node.code, node.name, node.level) for node in nodes.values()]
    return told(code, own.name if own else code, own.level if own else 4), below, month


def marks_wait() -> bool:
    """Whether months of any area are marked to be counted anew."""
    return StaleMonth.objects.exists()
