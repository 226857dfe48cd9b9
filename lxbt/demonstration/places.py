"""Where the demonstration lives: three provinces in depth, one or two counties of every other, weighted by the
census.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files

from lxbt.divisions.models import Division
from lxbt.divisions.rules import prefix

SHOW_COUNTY = "420102000000"  # 武汉市江岸区: everything can be seen here
DEEP = ("42", "33", "44")
DEEP_SHARES = {"42": 0.28, "33": 0.16, "44": 0.22}  # of all persons

# bodies that act as counties, with their weight inside the province
DEEP_COUNTIES = {
    "420102": 50,
    "420104": 14,
    "420116": 15,
    "420502": 11,
    "429004": 10,
    "330106": 26,
    "330109": 30,
    "330212": 27,
    "330902": 17,
    "440104": 24,
    "440304": 18,
    "441900": 36,
    "440904": 22,
}
OTHER_COUNTIES = (
    "110108",
    "120114",
    "130110",
    "140107",
    "150121",
    "210123",
    "220182",
    "230184",
    "310115",
    "320115",
    "340121",
    "350112",
    "360124",
    "370114",
    "410184",
    "430182",
    "450126",
    "460108",
    "500101",
    "510185",
    "520121",
    "530129",
    "540102",
    "610116",
    "620123",
    "630121",
    "640104",
    "650109",
    "660100",
)
SHOWN = (SHOW_COUNTY, "330106000000", "441900000000")  # counties with clerks in every township, and applications


@dataclass(frozen=True)
class County:
    """A paying body, how many persons it gets, and its townships as (code, name)."""

    code: str
    name: str
    persons: int
    townships: tuple[tuple[str, str], ...]

    @property
    def province(self) -> str:
        """The two digits of the province."""
        return self.code[:2]


def census() -> dict[str, int]:
    """Population of each province in the census of 2020, in ten thousands, by two digits."""
    text = files("lxbt.demonstration").joinpath("data/census_2020.csv").read_text(encoding="utf-8")
    return {row["code"][:2]: int(row["population_10k"]) for row in csv.DictReader(text.splitlines())}


def spread(total: int, weights: dict[str, float]) -> dict[str, int]:
    """`total` divided by weight into whole numbers that sum to it, each at least 1 while that is possible."""
    whole = sum(weights.values())
    exact = {key: total * weight / whole for key, weight in weights.items()}
    found = {key: max(1, int(value)) if total >= len(weights) else int(value) for key, value in exact.items()}
    order = sorted(exact, key=lambda key: (int(exact[key]) - exact[key], key))
    left = total - sum(found.values())
    step = 1 if left > 0 else -1
    place = 0
    while left:
        key = order[place % len(order)]
        if found[key] + step >= min(1, int(exact[key]) + 1):
            found[key] += step
            left -= step
        place += 1
    return found


def weights() -> dict[str, float]:
    """The share of each body, by its six digits."""
    people = census()
    found: dict[str, float] = {}
    inside = {p: sum(w for code, w in DEEP_COUNTIES.items() if code[:2] == p) for p in DEEP}
    for code, weight in DEEP_COUNTIES.items():
        found[code] = DEEP_SHARES[code[:2]] * weight / inside[code[:2]]
    other_people = sum(n for p, n in people.items() if p not in DEEP)
    in_province = {p: sum(1 for code in OTHER_COUNTIES if code[:2] == p) for p in people}
    for code in OTHER_COUNTIES:
        found[code] = (1 - sum(DEEP_SHARES.values())) * people[code[:2]] / other_people / in_province[code[:2]]
    return found


def counties(persons: int) -> list[County]:
    """The bodies of the demonstration that the installed tree knows, with their persons and townships."""
    known = {
        node.code: node
        for node in Division.objects.filter(code__in=[code.ljust(12, "0") for code in weights()], acts_as_county=True)
    }
    wanted = {code: weight for code, weight in weights().items() if code.ljust(12, "0") in known}
    sizes = spread(persons, wanted)
    found = []
    for digits, size in sizes.items():
        code = digits.ljust(12, "0")
        below = (
            Division.objects.filter(code__startswith=prefix(code), until__isnull=True)
            .exclude(code=code)
            .order_by("code")
        )
        townships = tuple(below.values_list("code", "name")) or ((code, known[code].name),)
        found.append(County(code, known[code].name, size, townships))
    return found
