"""Published schemes that ship: sets of rows with their documents and sources, as data in `data/`. Taken in, one becomes
a draft.

A set is what was published, no more: what its source does not say (a month, a number) is left open, what a row cannot
say is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from lxbt.core.months import Month
from lxbt.core.profile import DISABLED, Certificate, Component, Profile
from lxbt.divisions.rules import covers
from lxbt.standards.rules.rows import DibaoRow, StandardRow, read_standard
from lxbt.standards.rules.scheme import Scheme

OFFICIAL, SECONDARY = "official", "secondary"
FILES = ("schemes_provinces.yaml", "schemes_cities.yaml")
ANY_MONTH = "2000-01"  # stands in where a source says no month, to read the rows


@dataclass(frozen=True)
class SchemeSet:
    """One set. `since` None: the source says no month. `number` empty: it says no number."""

    name: str
    place: str
    title: str
    number: str
    since: Month | None
    issued_on: date | None
    source: str
    verified: str  # official: read on an official page; secondary: not
    note: str
    left_out: tuple[str, ...]
    raw: tuple[Mapping[str, Any], ...]
    parameters: tuple[Mapping[str, Any], ...]
    checks: tuple[Mapping[str, Any], ...]
    published: tuple[Mapping[str, Any], ...]

    def rows(self) -> list[StandardRow]:
        """The rows as the rule reads them."""
        since = str(self.since or ANY_MONTH)
        return [
            read_standard({**row, "since": since}, f"{self.name}.rows[{n}]", self.place)
            for n, row in enumerate(self.raw)
        ]

    def scheme(self, dibao: Decimal | None = None) -> Scheme:
        """The set alone as a scheme, with a 低保 standard for what is a share of one."""
        since = self.since or Month.parse(ANY_MONTH)
        rows = () if dibao is None else (DibaoRow(self.place, "any", since, None, dibao),)
        return Scheme(tuple(self.rows()), rows)


def _read(told: Mapping[str, Any]) -> SchemeSet:
    since, issued = told.get("since"), told.get("issued_on")
    return SchemeSet(
        name=told["name"],
        place=told["place"],
        title=told["title"],
        number=told.get("number") or "",
        since=Month.parse(str(since)) if since else None,
        issued_on=date.fromisoformat(str(issued)) if issued else None,
        source=told["source"],
        verified=told["verified"],
        note=told.get("note") or "",
        left_out=tuple(told.get("left_out") or ()),
        raw=tuple(told["rows"]),
        parameters=tuple(told.get("parameters") or ()),
        checks=tuple(told.get("checks") or ()),
        published=tuple(told.get("published") or ()),
    )


@cache
def all_sets() -> tuple[SchemeSet, ...]:
    """Every set that ships, by place."""
    found: list[SchemeSet] = []
    for name in FILES:
        text = files("lxbt.standards").joinpath(f"data/{name}").read_text(encoding="utf-8")
        found += [_read(told) for told in yaml.safe_load(text)["schemes"]]
    return tuple(sorted(found, key=lambda one: (one.place, one.name)))


def set_named(name: str) -> SchemeSet | None:
    """One set by its name."""
    return next((one for one in all_sets() if one.name == name), None)


def sets_for(areas: Sequence[str]) -> list[SchemeSet]:
    """The sets whose place lies in one of these areas."""
    return [one for one in all_sets() if any(covers(area, one.place) for area in areas)]


def sample(told: Mapping[str, Any], place: str, month: Month) -> Profile:
    """A person of a check: what is not said is usual (of age 40, at home, in need of long-term care)."""
    facts = dict(told)
    born = date(month.year - int(facts.pop("age", 40)), 1, 1)
    facts.pop("dibao", None)
    kind = facts.pop("credential", DISABLED)
    parts = tuple(Component(part["category"], part["grade"]) for part in facts.pop("components", ()))
    category = facts.pop("category", "physical") if kind == DISABLED else None
    certificate = Certificate(category, int(facts.pop("grade")), kind=kind, components=parts)
    ratio = facts.pop("income_ratio", None)
    for key in ("household", "marks"):
        if key in facts:
            facts[key] = tuple(facts[key])
    return Profile(
        division=str(facts.pop("at", place)),
        birth=born,
        certificate=certificate,
        income_ratio=Decimal(str(ratio)) if ratio is not None else None,
        long_term_care=True,
        **facts,
    )
