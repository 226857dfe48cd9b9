"""Organs, permissions and roles. A policy officer can read this file and know who may do what.

Roles and organs follow the division of work of 国发〔2015〕52号 三（二）: township accepts and examines, the county
Federation reviews, county civil affairs decides.
"""

from __future__ import annotations

from enum import StrEnum

from lxbt.accounts.rules.permissions import DUTIES, FIGURES, READ, WITHHELD, WORDS, Organ, P, Permission
from lxbt.accounts.rules.roles import (
    ABOVE,
    ADMINISTRATORS,
    ALL_LEVELS,
    BY_KEY,
    INCOMPATIBLE,
    ROLES,
    Role,
    conflicts,
    has_duties,
)
from lxbt.accounts.rules.standing import Appointed, Standing, grantable

__all__ = [
    "ABOVE",
    "ADMINISTRATORS",
    "ALL_LEVELS",
    "BY_KEY",
    "CONFIRMED_EVERY",
    "CONFIRMING_GRACE",
    "DEMONSTRATION",
    "DEMONSTRATION_PASSWORD",
    "DUTIES",
    "FIGURES",
    "INCOMPATIBLE",
    "READ",
    "ROLES",
    "SLIPS_KEPT",
    "WITHHELD",
    "WORDS",
    "Appointed",
    "DisabledFor",
    "Organ",
    "P",
    "PasswordState",
    "Permission",
    "Role",
    "Standing",
    "conflicts",
    "grantable",
    "has_duties",
]


class DisabledFor(StrEnum):
    """Why an account is disabled."""

    BY_HAND = "by_hand"  # by an administrator, for the time being
    LEFT = "left"  # the person left
    UNUSED = "unused"  # no log-in for 90 days
    UNCONFIRMED = "unconfirmed"  # the yearly confirmation did not come


class PasswordState(StrEnum):
    """Where a first password stands."""

    WAITING = "waiting"  # sealed, to be printed
    PRINTED = "printed"  # wiped
    EXPIRED = "expired"  # nobody printed it: wiped, the account needs a reset


CONFIRMED_EVERY = 365  # days: an account is confirmed once a year


CONFIRMING_GRACE = 30  # days more, then it is disabled


UNUSED_WARNING, UNUSED_LIMIT = 60, 90  # days without a log-in: listed, disabled


SLIPS_KEPT = 7  # days that a first password waits to be printed


# User names and password of the demonstration, named on the terminal and in the README. Made by `lxbt demo` only.
DEMONSTRATION_PASSWORD = "lxbt-demo-2026"


DEMONSTRATION = tuple(
    (name, DEMONSTRATION_PASSWORD)
    for name in (
        "420102002_clerk",
        "420102_reviewer",
        "420102_decider",
        "420102_officer",
        "420102_approver",
        "420102_admin",
        "4201_supervisor",
        "42_supervisor",
        "42_standards",
        "42_publisher",
        "42_admin",
        "00_supervisor",
        "00_admin",
        "00_auditor",
        "420102002_verifier",
        "420102_inspector",
        "42_inspector",
        "00_inspector",
        "420102_coordinator",
        "42_coordinator",
        "00_coordinator",
        "00_security",
        "42_security",
        "420102_security",
    )
)
