"""Accounts, what they were appointed to and by whom, first passwords that wait to be printed, sheets of accounts to
open.

The triggers of `Appointment` hold for raw SQL too: nobody holds an incompatible pair, nothing given outlasts the right
it was given under, nothing is deleted.
"""

from lxbt.accounts.models.granting import Appointment, BothOrgans
from lxbt.accounts.models.opening import AccountSheet, InitialPassword, SheetRow
from lxbt.accounts.models.people import Holder, User, UserManager
from lxbt.accounts.models.signing_in import AccessRecovery, BackupCode, Device, SecondFactor, Tally, UsedPassword

__all__ = [
    "AccessRecovery",
    "AccountSheet",
    "Appointment",
    "BackupCode",
    "BothOrgans",
    "Device",
    "Holder",
    "InitialPassword",
    "SecondFactor",
    "SheetRow",
    "Tally",
    "UsedPassword",
    "User",
    "UserManager",
]
