"""Counting progress: a whole area at once, set-based, from what the system holds; done again, it changes nothing.

What was paid comes from the published roll-ups of `statistics`, never from items; rights come from the ledger in one
pass.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.operations import record_event
from lxbt.core.clock import BEIJING, beijing_day
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions.queries import division
from lxbt.divisions.rules import NATION, span
from lxbt.rollout.operations.marking import mark_area
from lxbt.rollout.queries.training import trained_in
from lxbt.rollout.rules.plan import FIRST_MONTH

if TYPE_CHECKING:
    from lxbt.accounts.models import User

# Every division of the area with the body that acts as its county: the nearest upward.
PLACES = """
create temporary table rollout_place on commit drop as
select d.code place, d.level, d.until is null alive, c.code county
from divisions_division d
cross join lateral (
    select c.code from divisions_division c
    where c.code in (d.code, rpad(left(d.code, 9), 12, '0'), rpad(left(d.code, 6), 12, '0'), rpad(left(d.code, 4),
        12, '0')) and c.acts_as_county and c.until is null
    order by c.code desc limit 1
) c
where d.code >= %(low)s and d.code < %(high)s
"""

# Accounts in use: active, appointed to something today. Taken: the owner has changed the first password.
ACCOUNTS = """
create temporary table rollout_account on commit drop as
select p.county, p.place, u.organ, not u.must_change_password taken, u.last_login
from accounts_user u join rollout_place p on p.place = u.place_code
where u.is_active and exists (
    select from accounts_appointment a where a.user_id = u.id and a.since <= %(day)s and (a.until is null
        or a.until > %(day)s)
)
"""

# The month that a county is measured by: the newest it declared, else this month.
MONTHS = """
create temporary table rollout_month on commit drop as
select c.code county, coalesce((select max(d.month) from rollout_declared d where d.payer_code = c.code
    and d.month <= %(month)s), %(month)s) as month
from divisions_division c where c.code >= %(low)s and c.code < %(high)s and c.acts_as_county and c.until is null
"""

# Rights of the month by where the person lives now; one merged into another is that other.
RIGHTS = """
create temporary table rollout_right on commit drop as
select m.county, e.subsidy, count(*) n
from registry_person p
join rollout_place pl on pl.place = p.division_code
join rollout_month m on m.county = pl.county
join entitlements_entitlement e on e.person_id = p.person_id
where p.division_code >= %(low)s and p.division_code < %(high)s and not exists (select from registry_joining j
    where j.other_id = p.person_id and j.undone_at is null)
    and e.state in ('granted', 'past') and e.since <= m.month and (e.until is null or e.until > m.month)
group by 1, 2
"""

# Months with payments, or declared as nothing for both subsidies.
HELD = """
create temporary table rollout_held on commit drop as
select division_code county, month from statistics_figure
where level = 3 and division_code >= %(low)s and division_code < %(high)s and month >= %(first)s
    and month <= %(month)s and items > 0
union
select payer_code, month from rollout_declared
where payer_code >= %(low)s and payer_code < %(high)s and month <= %(month)s group by 1, 2 having count(*) = 2
    and sum(persons) = 0
"""

COUNT = """
insert into rollout_countyprogress (county_code, day, latest, places, places_ready, people, trained, roster_month,
    declared, entered, matched, paid, months,
    differing, active_on, counted_at)
select m.county, %(day)s, true, coalesce(pl.n, 0) + 2, coalesce(pl.ready, 0) + coalesce(ac.offices, 0),
    coalesce(tr.people, 0), coalesce(tr.trained, 0),
    m.month, ro.declared, coalesce(ro.entered, 0), coalesce(ro.matched, 0), coalesce(pa.n, 0), hi.months,
        coalesce(df.n, 0),
    greatest(ac.active, ev.active), %(at)s
from rollout_month m
left join (
    select p.county, count(*) n, count(*) filter (where exists (select from rollout_account a
        where a.place = p.place and a.taken)) ready
    from rollout_place p where p.level = 4 and p.alive and p.place <> p.county group by 1
) pl using (county)
left join (
    select county, (max(last_login) at time zone %(zone)s)::date active,
        count(distinct organ) filter (where place = county and taken
            and organ in ('civil_affairs', 'federation')) offices
    from rollout_account group by 1
) ac using (county)
left join rollout_trained tr using (county)
left join (
    select m.county, sum(d.persons) declared, sum(coalesce(r.n, 0)) entered, coalesce(sum(least(coalesce(r.n, 0),
        d.persons)) filter (where d.persons is not null), 0) matched
    from rollout_month m cross join (values ('living'), ('care')) s (subsidy)
    left join rollout_declared d on d.payer_code = m.county and d.month = m.month and d.subsidy = s.subsidy
    left join rollout_right r on r.county = m.county and r.subsidy = s.subsidy
    group by 1
) ro using (county)
left join (
    select m.county, sum(f.persons) n from rollout_month m join statistics_figure f on f.division_code = m.county
        and f.month = m.month and f.level = 3 group by 1
) pa using (county)
join (
    select m.county, string_agg(case when h.month is null then '0' else '1' end, '' order by g.month) months
    from rollout_month m cross join (select g::date as month
        from generate_series(%(first)s::date, %(month)s::date, interval '1 month') g) g
    left join rollout_held h on h.county = m.county and h.month = g.month group by 1
) hi using (county)
left join (
    select d.payer_code county, count(distinct d.month) n from rollout_declared d
        join rollout_month m on m.county = d.payer_code and d.month < m.month
    left join statistics_figure f on f.division_code = d.payer_code and f.month = d.month and f.level = 3
        and f.subsidy = d.subsidy
    where d.persons <> coalesce(f.persons, 0) group by 1
) df using (county)
left join (
    select p.county, (max(e.at) at time zone %(zone)s)::date active from rollout_place p
    cross join lateral (select at from audit_event where division_code = p.place and by_id is not null
        order by at desc limit 1) e group by 1
) ev using (county)
"""


class CountRefused(Refusal):
    """Progress is not counted for this account."""


TABLES = "rollout_place, rollout_account, rollout_month, rollout_right, rollout_held, rollout_trained"


@transaction.atomic
def count_progress(*, area: str = NATION, day: date, at: datetime) -> int:
    """Count every county of an area anew for a day, which becomes its newest; gives how many. One run at a time."""
    low, high = span(area)
    told: dict[str, Any] = {
        "low": low,
        "high": high,
        "day": day,
        "at": at,
        "month": Month.of(day).first,
        "first": FIRST_MONTH.first,
        "zone": BEIJING.key,
    }
    trained = trained_in(area, on=day)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('rollout.progress'))")
        for statement in (PLACES, ACCOUNTS, MONTHS, RIGHTS, HELD):
            cursor.execute(statement, told)
            if statement is PLACES:
                cursor.execute("create index on rollout_place (place)")
                cursor.execute("analyze rollout_place")
            if statement is ACCOUNTS:
                cursor.execute("create index on rollout_account (place)")
        cursor.execute(
            "create temporary table rollout_trained (county varchar(12), people int, trained int) on commit drop"
        )
        with cursor.copy("copy rollout_trained from stdin") as copy:
            for code, row in trained.items():
                copy.write_row([code, *row])
        cursor.execute("analyze rollout_account, rollout_month, rollout_right, rollout_held")
        within = "county_code >= %(low)s and county_code < %(high)s"
        cursor.execute(f"delete from rollout_countyprogress where {within} and day >= %(day)s", told)
        cursor.execute(f"update rollout_countyprogress set latest = false where {within} and latest", told)
        cursor.execute(COUNT, told)
        counted = int(cursor.rowcount)
        cursor.execute("delete from rollout_stalearea where area_code >= %(low)s and area_code < %(high)s", told)
        cursor.execute(f"drop table {TABLES}")
    return counted


def count_stale_areas(*, day: date, at: datetime, limit: int = 200) -> int:
    """Count the areas that are marked, larger ones first (they take the marks below them along); gives how many
    counties.
    """
    counted = 0
    for _turn in range(limit):
        with connection.cursor() as cursor:
            cursor.execute(
                "select area_code from rollout_stalearea order by length(rtrim(area_code, '0')), area_code limit 1"
            )
            found = cursor.fetchone()
        if found is None:
            break
        counted += count_progress(area=found[0], day=day, at=at)
    return counted


@transaction.atomic
def recount_progress(*, area: str, by: User, at: datetime) -> int:
    """An official asks for new figures: at once up to a province, the nation within a minute (then 0).

    CountRefused out of the own area.
    """
    if division(area) is None or not standing_of(by, on=beijing_day(at)).may(Permission.TRACK_ROLLOUT, area):
        raise CountRefused(_("只能重新统计本辖区的上线进展。"))
    record_event(by=by, action="rollout.recounted", subject_kind="division", subject_id=area, division_code=area)
    if area == NATION:
        mark_area(area_code=area)
        return 0
    return count_progress(area=area, day=beijing_day(at), at=at)
