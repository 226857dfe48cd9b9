"""Reads of the tree. Every question about an area is an index range over codes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from lxbt.divisions import rules
from lxbt.divisions.models import Division, DivisionKind, StaleMonth, WorkdayOverride


def division(code: str) -> Division | None:
    """The node with this code, or None."""
    return Division.objects.filter(code=code).first()


def divisions_by_code(codes: Iterable[str]) -> dict[str, Division]:
    """Several nodes at once, by code."""
    return {node.code: node for node in Division.objects.filter(code__in=set(codes))}


def trail(code: str) -> list[Division]:
    """The nodes from the province down to `code`, pass-through nodes left out; the nation alone for itself."""
    chain = rules.ancestors(code)
    if len(chain) > 1:
        chain = [c for c in chain if c != rules.NATION]
    nodes = divisions_by_code(chain)
    found = [nodes[c] for c in reversed(chain) if c in nodes]
    return [node for node in found if node.kind != DivisionKind.PASS_THROUGH]


def children(code: str, *, ended: bool = False) -> list[Division]:
    """The nodes directly below; a pass-through node is replaced by its own children."""
    nodes = list(_alive(Division.objects.filter(parent_code=code), ended).order_by("code"))
    through = [n.code for n in nodes if n.kind == DivisionKind.PASS_THROUGH]
    if through:
        below = _alive(Division.objects.filter(parent_code__in=through), ended)
        nodes = sorted([n for n in nodes if n.code not in through] + list(below), key=lambda n: n.code)
    return nodes


def divisions_in(code: str) -> QuerySet[Division]:
    """Every node of the area that is in force, itself included, pass-through nodes left out."""
    low, high = rules.span(code)
    return (
        Division.objects.filter(code__gte=low, code__lt=high, until__isnull=True)
        .exclude(kind=DivisionKind.PASS_THROUGH)
        .order_by("code")
    )


def division_moves() -> dict[str, str]:
    """Codes of before and the code in force that each went over to, merges of merges followed."""
    moves = dict(
        Division.objects.filter(until__isnull=False).exclude(merged_into="").values_list("code", "merged_into")
    )
    for code in moves:
        for _step in range(20):  # no chain is that long; a circle would be a fault of the data
            if moves[code] not in moves:
                break
            moves[code] = moves[moves[code]]
    return moves


def merged_counties() -> dict[str, str]:
    """Bodies that acted as a county and are no more, each with the body that pays for its people since."""
    moves = division_moves()
    rows = Division.objects.filter(acts_as_county=True, until__isnull=False).exclude(merged_into="")
    return {code: moves[code] for code in rows.values_list("code", flat=True)}


def counties_in(code: str) -> QuerySet[Division]:
    """Every body in the area that acts as a county."""
    low, high = rules.span(code)
    return Division.objects.filter(code__gte=low, code__lt=high, acts_as_county=True, until__isnull=True).order_by(
        "code"
    )


def county_of(code: str) -> Division | None:
    """The body that reviews, decides and pays for `code`: the nearest node upward that acts as a county, or that it
    went over to.
    """
    nodes = divisions_by_code(rules.ancestors(code))
    found = next((nodes[c] for c in rules.ancestors(code) if c in nodes and nodes[c].acts_as_county), None)
    if found is None or found.until is None or not found.merged_into:
        return found
    into = division_moves().get(found.code, "")
    return county_of(into) if into and into != found.code else None


def search(text: str, *, within: str, limit: int = 20) -> list[Division]:
    """Nodes in the area whose name contains the text, or whose pinyin initials or code begin with it."""
    text = text.strip()
    if not text:
        return []
    low, high = rules.span(within)
    match = Q(name__contains=text) | Q(pinyin__startswith=text.lower())
    if text.isdigit():
        match |= Q(code__startswith=text)
    found = Division.objects.filter(match, code__gte=low, code__lt=high, until__isnull=True)
    return list(found.exclude(kind=DivisionKind.PASS_THROUGH).order_by("level", "code")[:limit])


def counts_by_level(code: str) -> dict[int, int]:
    """How many nodes of each level the area has in force, pass-through nodes left out."""
    low, high = rules.span(code)
    nodes = Division.objects.filter(code__gte=low, code__lt=high, until__isnull=True).exclude(
        kind=DivisionKind.PASS_THROUGH
    )
    counts: dict[int, int] = {}
    for level in nodes.values_list("level", flat=True):
        counts[level] = counts.get(level, 0) + 1
    return counts


def workday_overrides() -> dict[date, bool]:
    """The local table of days that differ from the national calendar."""
    return dict(WorkdayOverride.objects.values_list("day", "is_workday"))


class _Names:
    """Every name, read in one query and kept for a minute: a page shows many, and a rename must reach every process."""

    KEPT = 60.0  # seconds

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.odd: dict[str, int] = {}  # the few that work at another level than their digits say
        self.until = 0.0

    def read(self) -> None:
        if time.monotonic() < self.until:
            return
        rows = list(Division.objects.order_by().values_list("code", "name", "level", "acts_as_county"))
        self.known = {code: name for code, name, _level, _acts in rows}
        tiers = ((code, int(rules.Level.COUNTY) if acts else level) for code, _name, level, acts in rows)
        self.odd = {code: tier for code, tier in tiers if tier != rules.level_of(code)}
        self.until = time.monotonic() + self.KEPT

    def tier(self, code: str) -> int:
        self.read()
        return self.odd.get(code, rules.level_of(code))

    def name(self, code: str) -> str:
        self.read()
        if code not in self.known:  # added within the minute, or unknown
            node = division(code)
            self.known[code] = node.name if node else code
        return self.known[code]

    def forget(self) -> None:
        self.until = 0.0


_names = _Names()


def tier_of(code: str) -> int:
    """The level that the body of this code works at (see `Division.tier`), without asking the database each time."""
    return _names.tier(code)


def name_of(code: str) -> str:
    """The name of a node for a page; the code where there is no such node."""
    return _names.name(code)


def full_name_of(code: str) -> str:
    """The names from the province down, joined."""
    return "".join(node.name for node in trail(code))


def forget_names() -> None:
    """After a rename or a merge: names are read anew here at once, in other processes within a minute."""
    _names.forget()


def _alive(nodes: QuerySet[Division], ended: bool) -> QuerySet[Division]:
    return nodes if ended else nodes.filter(until__isnull=True)


def months_wait(low: str, high: str, month: date) -> set[str]:
    """Return the divisions in [low, high) whose figures of a month are marked to be counted anew."""
    rows = StaleMonth.objects.filter(division_code__gte=low, division_code__lt=high, month=month)
    return set(rows.values_list("division_code", flat=True))
