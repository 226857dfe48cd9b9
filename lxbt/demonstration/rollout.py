"""Going live as the demonstration plays it: three batches around its day, some far and some behind, all declared as
invented.

The shipped plan lies years back. Here the second batch closed nine days ago and the third is open, only the counties
that have invented persons take part, and what they declare is made up so that every state can be seen.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from lxbt.accounts.models import Appointment, User
from lxbt.accounts.rules import DEMONSTRATION_PASSWORD, Organ
from lxbt.audit.operations import record_event
from lxbt.core.clock import BEIJING
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.demonstration.accounts import user_name, users_named
from lxbt.demonstration.places import SHOWN, County
from lxbt.divisions.rules import CORPS, NATION, prefix
from lxbt.registry.operations.provinces import note_province_heard
from lxbt.rollout.models import Declared, Plan
from lxbt.rollout.operations.planning import load_plan, set_plan, shipped_plan, write_remark
from lxbt.rollout.rules.plan import FIRST_MONTH, TERMS, Connection, Place, Task, Window
from lxbt.simulators.people import names
from lxbt.support.models import TrainingRecord
from lxbt.support.rules.exercises import TRAINED_ROLES

OPENS = {1: -72, 2: -40, 3: -8}  # batch -> days from the demonstration's day to the opening; each lasts a month
CORPS_OPENS = 24  # outside the batches, with a window of its own
INTERFACES = {"11": 3, "33": 7, "44": 0}  # minutes since it was heard; 0: never

TRAINED = {
    "36": 0.96,
    "21": 0.92,
    "54": 0.4,
    "41": 0.7,
    "53": 0.2,
    "44": 0.35,
    "66": 0.1,
    "34": 0.0,
}  # the rest: all; nobody of the counties shown

# province -> (accounts taken, roster entered, history recorded): the rest stands well
FATES = {
    "36": (1.0, 0.88, 0.30),
    "32": (1.0, 0.97, 0.72),
    "50": (0.94, 1.0, 0.80),
    "12": (1.0, 1.0, 1.0),
    "41": (0.7, 0.55, 0.05),
    "54": (0.86, 0.93, 0.0),
    "62": (1.0, 0.96, 0.2),
    "21": (1.0, 1.0, 0.35),
    "42": (1.0, 0.42, 0.1),
    "33": (1.0, 0.5, 0.3),
    "44": (0.6, 0.09, 0.0),
    "11": (1.0, 0.3, 0.0),
    "53": (0.4, 0.0, 0.0),
    "34": (0.2, 0.0, 0.0),
    "66": (0.3, 0.0, 0.0),
}
WELL = {1: (1.0, 1.0, 0.85), 2: (1.0, 1.0, 0.4), 3: (1.0, 0.4, 0.1)}

REMARKS = {
    "36": ("缺残疾人证号的对象较多，正与残联核对", "补齐后分批导入当月名册", 6),
    "41": ("功能区没有代码，部分乡镇未领账号", "区划新增后发放密码条", 3),
    "32": ("差额为本月迁出人员，已约两地核对", "核对后更正申报合计", 2),
    "44": ("自建系统接口尚未联调", "指定接口负责人，本周内完成签名联调", 4),
}


def plan_rollout(counties: list[County], *, seed: int, day: date) -> None:
    """The plan, accounts of the townships, declared totals and words; nothing when it was done before."""
    load_plan()
    if Plan.objects.filter(demonstration=True).exists():
        return
    with transaction.atomic():
        batches = {place.province[:2]: place.batch for place in shipped_plan()}
        set_plan(
            places=places(counties, batches, day),
            reason="演示计划：日期按演示日推算，只含有演示数据的县，不是文件日期",
            by=None,
            on=day,
        )
        open_township_accounts(counties, seed=seed, day=day)
        train(counties, seed=seed, day=day)
        declare(counties, batches, seed=seed, day=day)
        moment = datetime(day.year, day.month, day.day, 9, tzinfo=BEIJING)
        for digits, minutes in INTERFACES.items():
            if minutes:
                note_province_heard(province_code=digits.ljust(12, "0"), at=moment - timedelta(minutes=minutes))
        coordinators, shown = users_named("coordinator"), {county.province for county in counties}
        for digits, (reason, step, days) in REMARKS.items():
            if digits in coordinators and digits in shown:
                write_remark(
                    division_code=digits.ljust(12, "0"),
                    reason=reason,
                    next_step=step,
                    next_on=day + timedelta(days=days),
                    by=coordinators[digits],
                    at=moment,
                )


def places(counties: list[County], batches: dict[str, int | None], day: date) -> list[Place]:
    """The demonstration's plan of every province that has invented persons."""
    found = []
    for digits in sorted({county.province for county in counties}):
        code = digits.ljust(12, "0")
        batch = None if code == CORPS else batches.get(digits)
        opens = CORPS_OPENS if code == CORPS else OPENS.get(batch or 0)
        window = month_from(day + timedelta(days=opens)) if opens is not None else None
        own = tuple(county.code for county in counties if county.province == digits)
        connection = Connection.INTERFACE if digits in INTERFACES else Connection.DIRECT
        found.append(Place(code, batch, window, connection, own, demonstration=True))
    return found


def month_from(opens_on: date) -> Window:
    """A window of a month, as the notice has them."""
    return Window(opens_on, TERMS[Task.ROSTER].due_on(Window(opens_on, opens_on)))


def fate_of(digits: str, batches: dict[str, int | None]) -> tuple[float, float, float]:
    """Accounts, roster, history of a province, as shares."""
    return FATES.get(digits) or WELL[batches.get(digits) or 3]


def open_township_accounts(counties: list[County], *, seed: int, day: date) -> None:
    """A clerk in the townships that have none, some with a first password never changed."""
    known = set(User.objects.values_list("place_code", flat=True))
    rights = {a.division_code: a for a in Appointment.objects.filter(role="administrator", until__isnull=True)}
    encoded, users = make_password(DEMONSTRATION_PASSWORD), []
    for county in counties:
        rng, share = Random(f"{seed} rollout {county.code}"), FATES.get(county.province, (1.0, 0.0, 0.0))[0]
        wanted = (
            [code for code, _name in county.townships if code not in known and code != county.code]
            if county.code not in SHOWN
            else []
        )
        for code in wanted:
            name = names.surname(rng) + names.given_name(rng, rng.choice(("male", "female")), rng.randrange(1970, 2000))
            users.append(
                User(
                    username=user_name(code, "clerk"),
                    name=name,
                    organ=Organ.CIVIL_AFFAIRS.value,
                    place_code=code,
                    password=encoded,
                    must_change_password=rng.random() > share,
                    confirmed_on=day - timedelta(days=60),
                )
            )
    User.objects.bulk_create(users)
    appointments = []
    for user in users:
        right = rights.get(user.place_code[:6].ljust(12, "0")) or rights.get(user.place_code[:4].ljust(12, "0"))
        appointments.append(
            Appointment(
                user=user,
                role="clerk",
                division_code=user.place_code,
                since=day - timedelta(days=60),
                under=right,
                granted_by_id=right.user_id if right else None,
            )
        )
    Appointment.objects.bulk_create(appointments)
    record_event(
        by=None,
        action="account.opened",
        subject_kind="demonstration",
        subject_id=seed,
        details={"accounts": len(users)},
    )


def train(counties: list[County], *, seed: int, day: date) -> None:
    """Who has finished the exercises; the counties where everything can be tried are left to those who try."""
    rng, rows = Random(f"{seed} trained"), []
    roles = (
        Appointment.objects.filter(role__in=TRAINED_ROLES, until__isnull=True)
        .order_by("pk")
        .values_list("user_id", "role", "division_code")
    )
    for county in counties:
        for user_id, role, place in (
            roles.filter(division_code__startswith=prefix(county.code)) if county.code not in SHOWN else ()
        ):
            if rng.random() < TRAINED.get(county.province, 1.0):
                rows.append(
                    TrainingRecord(user_id=user_id, role=role, place_code=place, finished_on=day - timedelta(days=10))
                )
    TrainingRecord.objects.bulk_create(rows)


def rights_held(county: County, month: Month) -> dict[str, int]:
    """Rights of a month in a county, by subsidy."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.subsidy, count(*) from registry_person p "
            "join entitlements_entitlement e on e.person_id = p.person_id where p.division_code = any(%s)"
            " and e.state in ('granted', 'past') and e.since <= %s and (e.until is null or e.until > %s) group by 1",
            [[county.code, *(code for code, _name in county.townships)], month.first, month.first],
        )
        return dict(cursor.fetchall())


def declare(counties: list[County], batches: dict[str, int | None], *, seed: int, day: date) -> None:
    """Totals of this month, larger than what is entered where the county is behind; months of old declared as
    nothing.
    """
    month, at, rows = Month.of(day), datetime(day.year, day.month, day.day, 8, tzinfo=BEIJING), []
    for county in counties:
        _accounts, roster, history = fate_of(county.province, batches)
        rng = Random(f"{seed} declared {county.code}")
        held = rights_held(county, month)
        if roster:
            part = min(1.0, roster * rng.uniform(0.75, 1.15)) if roster < 0.8 else roster
            for subsidy in SUBSIDIES:
                persons = round(held.get(subsidy, 0) / part)
                rows.append(
                    Declared(
                        payer_code=county.code,
                        month=month.first,
                        subsidy=subsidy,
                        persons=persons,
                        amount=persons * 100,
                        declared_at=at,
                    )
                )
        old = list(FIRST_MONTH.until(month.back(9)))
        for past in old[: round(len(old) * min(1.0, history * 1.02))]:
            rows += [
                Declared(payer_code=county.code, month=past.first, subsidy=subsidy, persons=0, amount=0, declared_at=at)
                for subsidy in SUBSIDIES
            ]
    Declared.objects.bulk_create(rows, ignore_conflicts=True)
    record_event(
        by=None,
        action="import.declared",
        subject_kind="demonstration",
        subject_id=seed,
        division_code=NATION,
        details={"months": len(rows)},
    )
