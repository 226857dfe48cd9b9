"""What of a person an account has a need to see there: each organ its part and no more."""

from __future__ import annotations

from dataclasses import dataclass

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.access import OfficialRequest

DISABILITY = frozenset({"long_term_care", "self_care", "care_setting"})  # facts the Federation answers for
OPEN_TO_ALL = frozenset({"division", "died_on", "moved_out_on"})
HOUSEHOLD_PAPERS = frozenset({"household_book", "other"})  # what proves income and family, not the disability
NUMBERS = {
    "certificate": P.VIEW_DISABILITY,
    "account": P.VIEW_BANK_ACCOUNTS,
}  # kinds of number that need more than the right to reveal


@dataclass(frozen=True)
class Sight:
    """Which parts of a person's data are shown."""

    disability: bool
    household: bool
    accounts: bool
    applications: bool
    payments: bool

    @property
    def rights(self) -> bool:
        """Computed rights tell category, grade and economic class by their reasons: shown to whoever sees both."""
        return self.disability and self.household

    def fact(self, key: str) -> bool:
        """Whether a fact is shown."""
        if key in OPEN_TO_ALL:
            return True
        return self.disability if key in DISABILITY else self.household

    def paper(self, kind: str) -> bool:
        """Whether a paper's scan is shown."""
        return self.household or kind not in HOUSEHOLD_PAPERS


def sight_of(request: OfficialRequest, division_code: str) -> Sight:
    """What the account sees of a person who lives there."""
    may = request.standing.may
    return Sight(
        disability=may(P.VIEW_DISABILITY, division_code),
        household=may(P.VIEW_HOUSEHOLD, division_code),
        accounts=may(P.VIEW_BANK_ACCOUNTS, division_code),
        applications=may(P.VIEW_APPLICATIONS, division_code),
        payments=may(P.VIEW_PAYMENTS, division_code),
    )


def may_see_number(request: OfficialRequest, division_code: str, kind: str) -> bool:
    """Whether the account may ask for this kind of number in full there."""
    may = request.standing.may
    return may(P.REVEAL_NUMBERS, division_code) and (kind not in NUMBERS or may(NUMBERS[kind], division_code))
