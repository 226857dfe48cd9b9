"""Prices of combinations of facts: the rule asked once for each, and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import connection

from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES, Profile, read_profile
from lxbt.divisions.rules import NATION
from lxbt.entitlements.rules import ALL_EVENTS, rights_at
from lxbt.entitlements.rules.situations import age_of, band_of, relations_code, relations_from
from lxbt.registry.queries import facts_text, profiles_by_id
from lxbt.standards import queries as standards
from lxbt.standards.rules.scheme import Scheme

SPELLS = f"""
select person_id, since, until, division_code, profile_id, birth, {", ".join(ALL_EVENTS)}
from registry_personprofile
where person_id = any(%s)
"""
Price = tuple[Decimal, int | None, str | None]  # yuan, the standard's id, the codes of the reasons against


@dataclass(frozen=True, slots=True)
class Spell:
    """Months through which the same is known of a person: the facts by their number, and the days that a price may turn
    on.
    """

    since: date | None
    until: date | None
    division: str
    profile_id: int
    birth: date | None
    days: tuple[date | None, ...]  # of ALL_EVENTS

    def covers(self, month: Month) -> bool:
        """Whether it tells of the month."""
        first = month.first
        return (self.since is None or self.since <= first) and (self.until is None or first < self.until)


@dataclass
class Pricer:
    """Prices combinations, remembering answers; one may serve many payers, and notices when standards changed."""

    area: str = NATION
    change_id: int = -1
    scheme: Scheme | None = None
    ages: tuple[int, ...] = ()  # the limits that bands count

    def __post_init__(self) -> None:
        if self.scheme is not None:
            self.ages = self.ages or tuple(self.scheme.ages)
        self.places: dict[str, str] = {}
        self.profiles: dict[int, Profile] = {}
        self.numbers: dict[str, int] = {}
        self.answers: dict[tuple[str, int, int, int, Month, bool], dict[str, Price]] = {}

    def refresh(self) -> Scheme:
        """The scheme as it is now."""
        latest = standards.latest_change()
        if self.scheme is None or latest != self.change_id:
            self.scheme, self.change_id = standards.scheme_for(self.area), latest
            self.ages = tuple(self.scheme.ages)
            self.answers.clear()
            self.places.clear()
        return self.scheme

    def learn(self, ids: set[int]) -> None:
        """Read the interned profiles that are not known yet."""
        fresh = ids - self.profiles.keys()
        if fresh:
            self.profiles |= profiles_by_id(fresh)

    def number_of(self, facts: Mapping[str, object]) -> int:
        """A number (below 0) for interned facts that the database may not hold yet, to be priced by."""
        text = facts_text(facts)
        if text not in self.numbers:
            self.numbers[text] = -1 - len(self.numbers)
            self.profiles[self.numbers[text]] = read_profile({"division": NATION, **facts}, "profile")
        return self.numbers[text]

    def price(
        self, place: str, profile_id: int, band: int, relations: int, month: Month, *, needing_care: bool = False
    ) -> dict[str, Price]:
        """Amount, standard and reasons against, for each subsidy. `band` -1: birth unknown; else how many age limits
        are reached.

        `needing_care`: as if the person needed long-term care, which nobody knows before asking.
        """
        key = (place, profile_id, band, relations, month, needing_care)
        if key not in self.answers:
            assert self.scheme is not None
            profile = replace(self.profiles[profile_id], division=place)
            if needing_care:
                profile = replace(profile, long_term_care=True)
            found = rights_at(profile, age_of(band, self.ages), relations_from(relations), self.scheme, month)
            self.answers[key] = {
                subsidy: (
                    found[subsidy].amount,
                    row.id if (row := found[subsidy].standard) else None,
                    ",".join(reason.code for reason in found[subsidy].reasons) or None,
                )
                for subsidy in SUBSIDIES
            }
        return self.answers[key]

    def price_of(self, spell: Spell, month: Month) -> dict[str, Price]:
        """The same for a month of a spell whose facts were learned."""
        assert self.scheme is not None
        place = self.places.get(spell.division)
        if place is None:
            place = self.places[spell.division] = self.scheme.place_of(spell.division)
        band = band_of(spell.birth, self.ages, month)
        return self.price(place, spell.profile_id, band, relations_code(spell.days, month), month)

    def spells_of(self, person_ids: Iterable[int]) -> dict[int, list[Spell]]:
        """The spells of each person, their facts learned; persons without any are left out."""
        found: dict[int, list[Spell]] = {}
        ids = list(person_ids)
        if ids:
            with connection.cursor() as cursor:
                cursor.execute(SPELLS, [ids])
                for person_id, since, until, division, profile_id, birth, *days in cursor.fetchall():
                    spell = Spell(since, until, division, profile_id, birth, tuple(days))
                    found.setdefault(person_id, []).append(spell)
            self.learn({spell.profile_id for spells in found.values() for spell in spells})
        return found
