"""Prices of combinations of facts: the rule asked once for each, and remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES, Profile, read_profile
from lxbt.divisions.rules import NATION
from lxbt.entitlements.rules import rights_at
from lxbt.registry.queries import canonical, profiles_by_id
from lxbt.standards import queries as standards
from lxbt.standards.rules.scheme import Scheme


@dataclass
class Pricer:
    """Prices combinations, remembering answers; one may serve many payers, and notices when standards changed."""

    area: str = NATION
    change_id: int = -1
    scheme: Scheme | None = None

    def __post_init__(self) -> None:
        self.profiles: dict[int, Profile] = {}
        self.numbers: dict[str, int] = {}
        self.answers: dict[
            tuple[str, int, int, int, Month, bool], dict[str, tuple[Decimal, int | None, str | None]]
        ] = {}

    def refresh(self) -> Scheme:
        """The scheme as it is now."""
        latest = standards.latest_change()
        if self.scheme is None or latest != self.change_id:
            self.scheme, self.change_id = standards.scheme_for(self.area), latest
            self.answers.clear()
        return self.scheme

    def learn(self, ids: set[int]) -> None:
        """Read the interned profiles that are not known yet."""
        fresh = ids - self.profiles.keys()
        if fresh:
            self.profiles |= profiles_by_id(fresh)

    def number_of(self, facts: Mapping[str, object]) -> int:
        """A number (below 0) for interned facts that the database may not hold yet, to be priced by."""
        text = canonical(facts)
        if text not in self.numbers:
            self.numbers[text] = -1 - len(self.numbers)
            self.profiles[self.numbers[text]] = read_profile({"division": NATION, **facts}, "profile")
        return self.numbers[text]

    def price(
        self, place: str, profile_id: int, band: int, relations: int, month: Month, *, needing_care: bool = False
    ) -> dict[str, tuple[Decimal, int | None, str | None]]:
        """Amount, standard and reasons against, for each subsidy. `band` -1: birth unknown; else how many age limits are reached.

        `needing_care`: as if the person needed long-term care, which nobody knows before asking.
        """
        key = (place, profile_id, band, relations, month, needing_care)
        if key not in self.answers:
            assert self.scheme is not None
            profile = replace(self.profiles[profile_id], division=place)
            if needing_care:
                profile = replace(profile, long_term_care=True)
            age = None if band < 0 else self.scheme.ages[band - 1] if band else min(self.scheme.ages, default=0) - 1
            told = tuple(relations // 3**i % 3 for i in range(6))
            found = rights_at(profile, age, told, self.scheme, month)
            self.answers[key] = {
                subsidy: (
                    found[subsidy].amount,
                    row.id if (row := found[subsidy].standard) else None,
                    ",".join(reason.code for reason in found[subsidy].reasons) or None,
                )
                for subsidy in SUBSIDIES
            }
        return self.answers[key]
