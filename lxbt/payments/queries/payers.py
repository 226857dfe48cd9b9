"""Who pays for whom, since when, and in which groups."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.divisions.models import Division
from lxbt.divisions.rules import ancestors, covers, span
from lxbt.payments.queries.books import Order as Order
from lxbt.payments.queries.books import Overlap as Overlap
from lxbt.payments.queries.books import net_of as net_of
from lxbt.payments.queries.books import order_of as order_of
from lxbt.payments.queries.books import overlapping as overlapping

SUBSIDIES_BEGAN = Month(2016, 1)  # 国发〔2015〕52号


def payers_in(area: str) -> list[Division]:
    """The bodies that pay in an area: those that act as a county, and were not abolished."""
    return list(divisions.counties_in(area))


def payer_of(division_code: str) -> Division | None:
    """The body that pays the persons of a division."""
    return divisions.county_of(division_code)


def ranges_of(payer_code: str) -> list[tuple[str, str]]:
    """The half-open code ranges a payer pays for: its area without those of payers inside it, and the areas of counties
    that merged into it.
    """
    merged = divisions.merged_counties()
    own = _own_ranges(payer_code, [code for code, into in merged.items() if into != payer_code])
    more = [span(code) for code, into in merged.items() if into == payer_code and not covers(payer_code, code)]
    return sorted([*own, *more])


def _own_ranges(payer_code: str, elsewhere: Iterable[str]) -> list[tuple[str, str]]:
    low, high = span(payer_code)
    inner = sorted(
        span(code)
        for code in [
            *divisions.counties_in(payer_code).exclude(code=payer_code).values_list("code", flat=True),
            *(code for code in elsewhere if covers(payer_code, code) and code != payer_code),
        ]
    )
    found: list[tuple[str, str]] = []
    for inner_low, inner_high in inner:
        if low < inner_low:
            found.append((low, inner_low))
        low = max(low, inner_high)
    if low < high:
        found.append((low, high))
    return found


def first_month(payer_code: str) -> Month:
    """The first month a payer can draw: that of its first right, or of its beginning, never before the
    subsidies began.
    """
    found = SUBSIDIES_BEGAN
    began = Division.objects.filter(code=payer_code).values_list("since", flat=True).first()
    if began is not None:
        found = max(found, Month.of(began))
    where, params = in_ranges("p.division_code", ranges_of(payer_code))
    with connection.cursor() as cursor:
        cursor.execute(  # whoever lived here, and who was registered here and whose months are not told yet
            "select min(e.since) from entitlements_entitlement e where e.state = 'granted' and e.person_id in ("
            f"select p.person_id from registry_personprofile p where {where}"
            f" union select p.person_id from registry_person p where {where})",
            [*params, *params],
        )
        right = cursor.fetchone()[0]
        cursor.execute("select min(month) from payments_batch where payer_code = %s", [payer_code])
        batch = cursor.fetchone()[0]
    told = [Month.of(day) for day in (right, batch) if day is not None]
    return max(found, min(told)) if told else found


def in_ranges(column: str, ranges: Iterable[tuple[str, str]]) -> tuple[str, list[str]]:
    """An SQL condition that `column` lies in one of the ranges, with its parameters."""
    parts, params = [], []
    for low, high in ranges:
        parts.append(f"({column} >= %s and {column} < %s)")
        params += [low, high]
    return "(" + " or ".join(parts or ["false"]) + ")", params


def payer_groups(area: str, size: int = 120_000, parts: int = 1) -> list[list[str]]:
    """The payers of an area (or the one above it), neighbours together up to `size` stretches of persons; at least
    `parts` groups if there are so many payers.
    """
    payers = [payer.code for payer in payers_in(area)]
    known = set(payers)
    if not payers:
        above = payer_of(area)
        return [[above.code]] if above else []
    low, high = span(area)
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select division_code, count(*) from registry_personprofile where division_code >= %s "
            "and division_code < %s group by 1",
            [low, high],
        )
        for code, count in cursor.fetchall():
            payer = next((above for above in ancestors(code) if above in known), None)
            if payer is not None:
                counts[payer] = counts.get(payer, 0) + count
    groups: list[list[str]] = []
    weight = 0
    size = min(size, sum(counts.values()) // parts + 1)
    for payer in payers:
        if not groups or weight + counts.get(payer, 0) > size:
            groups.append([])
            weight = 0
        groups[-1].append(payer)
        weight += counts.get(payer, 0)
    return groups
