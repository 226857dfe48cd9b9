"""What the calendar brings: certificates that end soon, those that have ended, leads that are settled."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from lxbt.core.months import Month
from lxbt.core.workdays import add_workdays
from lxbt.divisions import queries as divisions
from lxbt.leads.models import Lead
from lxbt.leads.operations.following import carry_out, ledger_of, scheme_now
from lxbt.leads.queries import following_everywhere
from lxbt.leads.rules import ACTIVE, Kind, State
from lxbt.leads.rules.consequences import CONDITIONS_2021, Situation, Told, lapsed
from lxbt.notices.operations import Post, post_notices

CHUNK = 500
LONGEST = 24  # months that anybody may look ahead

# Persons who hold a right and whose certificate ends in [since, until), without a lead of this kind for that day.
ENDING = """
select pp.person_id, pp.division_code, pp.valid_until, array_agg(distinct e.subsidy order by e.subsidy)
from registry_personprofile pp
join entitlements_entitlement e on e.person_id = pp.person_id and e.until is null and e.state = 'granted'
where pp.until is null and pp.valid_until >= %(since)s and pp.valid_until < %(until)s and pp.died_on is null
    and pp.cancelled_on is null
    and not exists (select 1 from leads_lead l where l.person_id = pp.person_id and l.kind = %(kind)s
        and l.about_on = pp.valid_until)
    and pp.person_id > %(after)s
group by 1, 2, 3 order by 1 limit %(limit)s
"""

SETTLED = """
update leads_lead l set state = 'applied', closed_on = %(on)s, closed_basis = 'application ' || a.number,
    version = l.version + 1
from applications_application a
where a.person_id = l.person_id and a.applied_on >= %(since)s and a.applied_on >= l.opened_on and a.state <> 'withdrawn'
    and l.state = any(%(states)s) and l.kind <> all(%(own)s)
"""
GRANTED = """
update leads_lead l set state = 'closed', closed_on = %(on)s, closed_basis = 'granted', version = l.version + 1
where l.state = any(%(active)s) and l.kind <> all(%(own)s) and not exists (
    select 1 from jsonb_array_elements_text(l.subsidies) s(subsidy) where not exists (
        select 1 from entitlements_entitlement e
        where e.person_id = l.person_id and e.subsidy = s.subsidy and e.until is null and e.state = 'granted'))
"""


@transaction.atomic
def close_settled_leads(*, on: date, since: date | None = None) -> int:
    """Close what an application or a grant has settled; an application brings declined ones back too. `since`: only
    applications from then on.

    A certificate that ends is settled by a new certificate alone.
    """
    told: dict[str, Any] = {
        "on": on,
        "since": since or date(1900, 1, 1),
        "active": list(ACTIVE),
        "states": [*ACTIVE, State.DECLINED],
        "own": [Kind.EXPIRING],
    }
    with connection.cursor() as cursor:
        cursor.execute(SETTLED, told)
        closed = int(cursor.rowcount)
        if since is None:
            cursor.execute(GRANTED, told)
            closed += int(cursor.rowcount)
    return closed


def look_ahead(*, at: datetime, on: date) -> dict[str, int]:
    """The day's round: leads for certificates that end soon, again when the end is near, and lapses of those that have
    ended.

    民发〔2021〕70号. Safe to run again; each chunk is a transaction of its own unless the caller has one.
    """
    found = {"ended": _each_chunk(_lapse, Kind.EXPIRED, date(1900, 1, 1), on, at, on)}
    found["ending"] = _each_chunk(_open, Kind.EXPIRING, on, (Month.of(on) + LONGEST + 1).first, at, on)
    found["again"] = _ask_again(on)
    found["settled"] = close_settled_leads(on=on)
    return found


def _each_chunk(work: Any, kind: Kind, since: date, until: date, at: datetime, on: date) -> int:
    after = done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ENDING, {"since": since, "until": until, "kind": kind, "after": after, "limit": CHUNK})
            rows = cursor.fetchall()
            if not rows:
                return done
            after = rows[-1][0]
            done += work(rows, at, on)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the last of a shorter month."""
    month = Month.of(day).back(months)
    return date(month.year, month.month, min(day.day, month.last.day))


def _open(rows: list[tuple[int, str, date, list[str]]], at: datetime, on: date) -> int:
    rules, overrides, opened = following_everywhere(), divisions.workday_overrides(), []
    for person_id, place, ends, subsidies in rows:
        following = rules(place, Month.of(on))
        passed = sum(months_before(ends, months) <= on for months in following.expiry_months)
        if passed:
            opened.append(
                Lead(
                    person_id=person_id,
                    division_code=place,
                    kind=Kind.EXPIRING,
                    subsidies=subsidies,
                    about_on=ends,
                    basis=CONDITIONS_2021,
                    opened_on=on,
                    due_on=add_workdays(on, following.lead_days, overrides),
                    asked=passed,
                )
            )
    Lead.objects.bulk_create(opened, ignore_conflicts=True)
    return len(opened)


def _lapse(rows: list[tuple[int, str, date, list[str]]], at: datetime, on: date) -> int:
    """Certificates that ran out without a word from the Federation: the same as when it tells of it."""
    rules, overrides, scheme = following_everywhere(), divisions.workday_overrides(), scheme_now()
    held = ledger_of([row[0] for row in rows], Month.of(on))
    opened, posts = [], []
    for person_id, place, ended, subsidies in rows:
        following = rules(place, Month.of(on))
        granted, suspended = held[person_id]
        told = Told("", 0, None, ended, "expired", ended, place, None)
        found = lapsed(
            Situation(
                None,
                told,
                frozenset(granted),
                frozenset(suspended),
                frozenset(),
                on,
                scheme.parameters_for(place, Month.of(on)),
                following,
            )
        )
        for act in found.acts:
            carry_out(person_id, act, held, on)
        due = add_workdays(on, following.lead_days, overrides)
        opened += [
            Lead(
                person_id=person_id,
                division_code=place,
                kind=x.kind,
                subsidies=list(x.subsidies),
                about_on=x.about_on,
                basis=x.basis,
                opened_on=on,
                due_on=due,
            )
            for x in found.leads
        ]
        posts.append(
            Post(
                place,
                "federation_expired",
                "civil_affairs",
                person_id=person_id,
                params={"on": ended.isoformat(), "subsidies": subsidies},
            )
        )
    Lead.objects.bulk_create(opened, ignore_conflicts=True)
    post_notices(posts=posts, at=at)
    return len(opened)


@transaction.atomic
def _ask_again(on: date) -> int:
    """Ending certificates whose next reminder is due: the lead waits again."""
    rules, overrides, again = following_everywhere(), divisions.workday_overrides(), 0
    rows = Lead.objects.select_for_update(skip_locked=True).filter(
        kind=Kind.EXPIRING, state__in=ACTIVE, about_on__lt=(Month.of(on) + LONGEST).first
    )
    for lead in rows.filter(asked=1, about_on__lte=(Month.of(on) + 3).last).iterator(chunk_size=CHUNK):
        following = rules(lead.division_code, Month.of(on))
        passed = sum(months_before(lead.about_on, months) <= on for months in following.expiry_months)
        if passed > lead.asked:
            lead.asked, lead.state, lead.due_on = passed, State.OPEN, add_workdays(on, following.lead_days, overrides)
            lead.version += 1
            lead.save(update_fields=["asked", "state", "due_on", "version"])
            again += 1
    return again
