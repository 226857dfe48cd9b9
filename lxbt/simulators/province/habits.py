"""Who lives in the played province, what they are paid, and how the province calls things.

The same seed gives the same province. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from random import Random

from lxbt.core.idnumber import check_digit
from lxbt.core.profile import CARE, CATEGORIES, LIVING
from lxbt.simulators.people.names import person_name
from lxbt.simulators.people.numbers import certificate_number

FIRST_BIRTH, DAYS = date(1936, 1, 1), 28_000  # births up to 2012
MOST = DAYS * 1000  # persons of one county
SUBSIDY_CODES = {LIVING: "KN", CARE: "HL"}
CATEGORY_CODES = {category: f"L{number}" for number, category in enumerate(CATEGORIES, 1)}
ECONOMIC_CODES = {"dibao": "DB", "dibao_margin": "DBBY", "none": "WU"}
BOTH = 0.3  # share of persons with both subsidies
SHARED = "110101"  # region of the numbers of persons that another played province also knows
ISSUED = date(2018, 3, 5)


@dataclass(frozen=True, slots=True)
class Place:
    """A township: the national code, the province's own, the body that acts as its county."""

    code: str
    own: str
    county: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the played province. `subsidies` are yuan a month in fen."""

    number: int
    identity_number: str
    name: str
    place: Place
    category: str
    grade: int
    economic: str
    subsidies: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Habits:
    """A province and how it is played.

    `zones`: so many townships bear codes of the province's own. `shared`: so many first persons another province knows
    too.
    """

    seed: str
    places: tuple[Place, ...]
    shared: int = 0

    @classmethod
    def of(cls, seed: str, area: str, rows: Iterable[Mapping[str, str]], *, zones: int = 3, shared: int = 0) -> Habits:
        """From the rows of the national list of divisions; `area` is a prefix of codes.

        ValueError when no township lies in it.
        """
        counties, townships, parents = set(), [], {}
        for row in rows:
            code = row["code"]
            if not code.startswith(area[: len(area.rstrip("0"))] if len(area) == 12 else area):
                continue
            parents[code] = row["parent_code"]
            if row["acts_as_county"] == "t":
                counties.add(code)
            if row["level"] == "4":
                townships.append(code)
        if not townships:
            raise ValueError(f"{area}：没有乡镇。")
        places = []
        for number, code in enumerate(townships):
            county = code
            while county not in counties and county in parents:
                county = parents[county]
            places.append(Place(code, f"KFQ{number + 1:02d}" if number < zones else code, county))
        return cls(seed, tuple(places), shared)

    @cached_property
    def _turns(self) -> dict[str, list[Place]]:
        by_county: dict[str, list[Place]] = {}
        for place in self.places:
            by_county.setdefault(place.county, []).append(place)
        return by_county

    @cached_property
    def _counties(self) -> list[str]:
        return sorted(self._turns)

    def person(self, number: int) -> Person:
        """The n-th person, from 0: nothing needs to be kept to know who it is. Nobody has another's identity number."""
        rng = Random(f"{self.seed} {number}")
        county = self._counties[number % len(self._counties)]
        place = rng.choice(self._turns[county])
        if number < self.shared:
            region, local, who = SHARED, number, Random(f"shared {number}")
        else:
            region, local, who = county[:6], number // len(self._counties), rng
        birth = FIRST_BIRTH + timedelta(days=local * 7919 % DAYS)  # 7919 and the days have no divisor in common
        sequence = local // DAYS
        body = f"{region}{birth:%Y%m%d}{sequence:03d}"
        identity = body + check_digit(body)
        name = person_name(who, "male" if sequence % 2 else "female", birth.year, "42")
        category, economic = rng.choice(CATEGORIES), rng.choice(("dibao", "dibao", "dibao_margin"))
        both = rng.random() < BOTH
        grade = rng.choice((1, 2)) if both or rng.random() < 0.5 else rng.choice((3, 4))
        care = both or grade <= 2
        subsidies = ([(LIVING, 8000 + 500 * rng.randrange(5))] if both or not care else []) + (
            [(CARE, 9000 + 1000 * rng.randrange(3))] if care else []
        )
        return Person(
            number, identity, name, place, category, grade, economic if not care or both else "none", tuple(subsidies)
        )

    def codes(self) -> dict[str, dict[str, str]]:
        """How the province calls things: own code to the interface's, by table."""
        return {
            "division": {place.own: place.code for place in self.places if place.own != place.code},
            "subsidy": {own: ours for ours, own in SUBSIDY_CODES.items()},
            "category": {own: ours for ours, own in CATEGORY_CODES.items()},
            "economic": {own: ours for ours, own in ECONOMIC_CODES.items()},
        }


def record_of_person(person: Person) -> dict[str, str]:
    """A person as the province pushes it, in its own codes."""
    return {
        "ref": f"R{person.number:08d}",
        "name": person.name,
        "identity_number": person.identity_number,
        "certificate_number": certificate_number(person.identity_number, person.category, person.grade),
        "category": CATEGORY_CODES[person.category],
        "grade": str(person.grade),
        "certificate_issued_on": str(ISSUED),
        "certificate_until": "2028-03-04",
        "economic": ECONOMIC_CODES[person.economic],
        "division": person.place.own,
    }


def record_of_payment(
    ref: str, name: str, identity_number: str, own_place: str, month: str, subsidy: str, fen: int
) -> dict[str, str]:
    """A payment as the province pushes it, in its own codes."""
    return {
        "ref": ref,
        "name": name,
        "identity_number": identity_number,
        "month": month,
        "subsidy": SUBSIDY_CODES[subsidy],
        "amount": yuan(fen),
        "paid_on": f"{month}-20",
        "paying_organ": "民政",
        "division": own_place,
    }


def yuan(fen: int) -> str:
    """Fen as yuan with two places."""
    return f"{fen // 100}.{fen % 100:02d}"
