"""The accounts of the demonstration: every role at every level, all with one published password.

They are written in one go and share one encoded password: argon2 is slow on purpose, and hashing the same published
word hundreds of times would only cost minutes. Real accounts are opened by
`accounts.operations.appointing.open_account`, each with a password and a salt of its own.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction

from lxbt.accounts.models import Appointment, User
from lxbt.accounts.operations.organs import allow_both_organs
from lxbt.accounts.queries import managing
from lxbt.accounts.rules import BY_KEY, DEMONSTRATION, DEMONSTRATION_PASSWORD, Organ, conflicts
from lxbt.audit.operations import record_event
from lxbt.demonstration.places import DEEP, SHOWN, County
from lxbt.divisions.models import Division
from lxbt.divisions.rules import NATION, prefix
from lxbt.simulators.people import names

CONFIRMED, DUE = 120, 380  # days since the last yearly confirmation

# user name ending -> organ and roles, by the level of the place
AT_NATION = {
    "supervisor": (Organ.CIVIL_AFFAIRS, ["supervisor"]),
    "federation": (Organ.FEDERATION, ["supervisor"]),
    "inspector": (Organ.CIVIL_AFFAIRS, ["inspector"]),
    "coordinator": (Organ.CIVIL_AFFAIRS, ["coordinator"]),
    "analyst": (Organ.CIVIL_AFFAIRS, ["analyst"]),
    "admin": (Organ.CIVIL_AFFAIRS, ["administrator"]),
    "security": (Organ.CIVIL_AFFAIRS, ["security_administrator"]),
    "auditor": (Organ.AUDIT, ["auditor"]),
    "standards": (Organ.CIVIL_AFFAIRS, ["standard_drafter"]),
    "publisher": (Organ.CIVIL_AFFAIRS, ["standard_publisher"]),
}
AT_CITY = {
    name: AT_NATION[name]
    for name in (
        "supervisor",
        "federation",
        "inspector",
        "coordinator",
        "analyst",
        "admin",
        "security",
        "auditor",
        "standards",
        "publisher",
    )
}
AT_OTHER_PROVINCE = {name: AT_NATION[name] for name in ("supervisor", "coordinator", "admin", "standards", "publisher")}
AT_COUNTY = {
    "reviewer": (Organ.FEDERATION, ["reviewer"]),
    "decider": (Organ.CIVIL_AFFAIRS, ["decider"]),
    "officer": (Organ.CIVIL_AFFAIRS, ["payment_officer"]),
    "approver": (Organ.FINANCE, ["payment_approver"]),
    "admin": (Organ.CIVIL_AFFAIRS, ["administrator"]),
}
AT_SHOWN_COUNTY = {
    **AT_COUNTY,
    "supervisor": (Organ.CIVIL_AFFAIRS, ["supervisor"]),
    "inspector": (Organ.CIVIL_AFFAIRS, ["inspector"]),
    "coordinator": (Organ.CIVIL_AFFAIRS, ["coordinator"]),
    "analyst": (Organ.FEDERATION, ["analyst"]),
    "security": (Organ.CIVIL_AFFAIRS, ["security_administrator"]),
    "auditor": (Organ.AUDIT, ["auditor"]),
    "standards": (Organ.CIVIL_AFFAIRS, ["standard_drafter"]),
    "publisher": (Organ.CIVIL_AFFAIRS, ["standard_publisher"]),
}
AT_TOWNSHIP = {
    "clerk": (Organ.CIVIL_AFFAIRS, ["clerk"]),
    "clerk2": (Organ.CIVIL_AFFAIRS, ["clerk"]),  # who examined does not end the notice
    "verifier": (Organ.CIVIL_AFFAIRS, ["verifier"]),
}
Wanted = dict[str, tuple[Organ, str, list[str]]]  # user name -> organ, place, roles


class WrongAccounts(ValueError):
    """An account of the demonstration breaks a rule of accounts: a defect of this module."""


def user_name(place: str, ending: str) -> str:
    """`00_admin`, `42_standards`, `4201_supervisor`, `420102_decider`, `420102002_clerk`."""
    return f"{prefix(place) or '00'}_{ending}"


def wanted_accounts(counties: list[County]) -> Wanted:
    """All accounts, by user name."""
    found: Wanted = {}

    def add(place: str, kinds: dict[str, tuple[Organ, list[str]]]) -> None:
        for ending, (organ, roles) in kinds.items():
            found[user_name(place, ending)] = (organ, place, roles)

    add(NATION, AT_NATION)
    for province in sorted({county.province for county in counties} | set(DEEP)):
        add(province.ljust(12, "0"), AT_CITY if province in DEEP else AT_OTHER_PROVINCE)
    for county in counties:
        city = county.code[:4].ljust(12, "0")
        if (
            county.province in DEEP
            and city != county.code
            and county.code[4:6] < "90"
            and not county.code.startswith("4290")
        ):
            add(city, AT_CITY)
        add(county.code, AT_SHOWN_COUNTY if county.code in SHOWN else AT_COUNTY)
        for township, _name in county.townships if county.code in SHOWN else county.townships[:1]:
            add(township, AT_TOWNSHIP)
    return found


def check_accounts(accounts: Wanted) -> None:
    """The rules that `open_account` holds for everybody hold for these too; the published ones are all there."""
    for name, (organ, _place, roles) in accounts.items():
        if conflicts(set(roles)) or any(organ not in BY_KEY[role].organs for role in roles):
            raise WrongAccounts(name)
    missing = {name for name, _password in DEMONSTRATION} - set(accounts)
    if missing:
        raise WrongAccounts(f"missing: {sorted(missing)}")


@transaction.atomic
def open_accounts(counties: list[County], *, seed: int, on: date, today: date) -> int:
    """Open all accounts that are not there yet, each given by the administrator above. Gives how many."""
    accounts = wanted_accounts(counties)
    check_accounts(accounts)
    known = set(User.objects.filter(username__in=accounts).values_list("username", flat=True))
    encoded = make_password(DEMONSTRATION_PASSWORD)
    users = []
    for username, (organ, place, _roles) in accounts.items():
        if username in known:
            continue
        rng = Random(f"{seed} {username}")
        sex = rng.choice(("male", "female"))
        name = names.surname(rng) + names.given_name(rng, sex, rng.randrange(1970, 2000))
        asked = DUE if username.endswith("_clerk2") else CONFIRMED  # days since somebody confirmed the account
        users.append(
            User(
                username=username,
                name=name,
                organ=organ,
                place_code=place,
                must_change_password=False,
                password=encoded,
                confirmed_on=today - timedelta(days=asked),
            )
        )
    User.objects.bulk_create(users)
    _appoint(users, accounts, on)
    if not managing.both_organs_rows().exists():
        allow_both_organs(division_code=NATION, allowed=True, since=on, by=None, on=on)
    record_event(
        by=None,
        action="account.opened",
        subject_kind="demonstration",
        subject_id=seed,
        details={"accounts": len(users)},
    )
    return len(users)


def _appoint(users: list[User], accounts: Wanted, on: date) -> None:
    """Administrators from the nation downwards, then everybody else, each under the right that reaches the place."""
    above = dict(Division.objects.values_list("code", "parent_code"))
    through = set(Division.objects.filter(kind="pass_through").values_list("code", flat=True))
    rights = {a.division_code: a for a in Appointment.objects.filter(role="administrator", until__isnull=True)}

    def reaching(place: str, *, itself: bool) -> Appointment | None:
        parent = above.get(place, "")
        if parent in through:
            parent = above[parent]
        return (rights.get(place) if itself else None) or rights.get(parent)

    def appointments(chosen: list[User], *, itself: bool) -> list[Appointment]:
        found = []
        for user in chosen:
            right = reaching(user.place_code, itself=itself)
            giver = right.user_id if right else None
            found += [
                Appointment(
                    user=user, role=role, division_code=user.place_code, since=on, under=right, granted_by_id=giver
                )
                for role in accounts[user.username][2]
            ]
        return found

    administrators = [user for user in users if accounts[user.username][2] == ["administrator"]]
    for length in sorted({len(prefix(user.place_code)) for user in administrators}):
        level = [user for user in administrators if len(prefix(user.place_code)) == length]
        rights |= {a.division_code: a for a in Appointment.objects.bulk_create(appointments(level, itself=False))}
    others = [user for user in users if user not in administrators]
    Appointment.objects.bulk_create(appointments(others, itself=True))


def users_named(ending: str) -> dict[str, User]:
    """The accounts with this ending, by the digits of their place."""
    return {
        user.username.rsplit("_", 1)[0]: user for user in User.objects.filter(username__regex=rf"^[0-9]+_{ending}$")
    }
