"""Who must prove more than a password, what a password must be, who gives an account back."""

from __future__ import annotations

from dataclasses import dataclass

from lxbt.accounts.rules import DUTIES, Standing
from lxbt.accounts.rules import Permission as P
from lxbt.divisions.rules import prefix

COUNTY_DIGITS = 6

# Who must give a second factor beside everybody above the county: see `accounts.rules.DUTIES`.
NEEDS_SECOND_FACTOR = DUTIES
# Who may ask for the recovery of an account, and who may confirm what another asked for.
ASKS_RECOVERY = frozenset({P.MANAGE_ACCOUNTS})
CONFIRMS_RECOVERY = frozenset({P.MANAGE_ACCOUNTS, P.MANAGE_SECURITY})
GIVES_SECOND_HALF = CONFIRMS_RECOVERY  # of a first password, to an owner whose identity card lies before them
COUNTERSIGNS = CONFIRMS_RECOVERY  # what another administrator gives to an account that stands already
REMEMBERED_DUTIES = 30  # days that a duty taken away still makes a reset an act of two


def needs_second_factor(standing: Standing) -> bool:
    """Whether the account must prove itself by more than a password.

    By its digits a city that acts as a county counts as above it.
    """
    above = any(
        len(prefix(code)) < COUNTY_DIGITS
        for code in (standing.place_code, *(a.division_code for a in standing.appointed))
    )
    return above or any(standing.may(permission) for permission in NEEDS_SECOND_FACTOR)


def kinds_of_characters(password: str) -> int:
    """How many of three kinds a password mixes: letters, digits, others."""
    return sum(
        (
            any(c.isalpha() for c in password),
            any(c.isdigit() for c in password),
            any(not (c.isalpha() or c.isdigit()) for c in password),
        )
    )


@dataclass(frozen=True)
class Caller:
    """Where a log-in comes from: the network address, what the browser calls itself, and the token of a device seen
    before.
    """

    address: str
    agent: str = ""
    device: str = ""  # empty: never seen here
