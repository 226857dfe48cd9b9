"""Following changes at the Federation: the pure rules say what comes of each, this carries it out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from lxbt.core.months import Month
from lxbt.core.profile import Profile
from lxbt.core.workdays import add_workdays
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION
from lxbt.entitlements import operations as ledger
from lxbt.entitlements.models import Entitlement
from lxbt.entitlements.queries import told_timelines
from lxbt.entitlements.rules import rights
from lxbt.leads.models import Lead
from lxbt.leads.operations.rechecking import recheck_decisions
from lxbt.leads.queries import following_everywhere
from lxbt.leads.rules import ACTIVE, Kind, State
from lxbt.leads.rules.consequences import Act, Consequences, Situation, Told, consequences
from lxbt.notices.operations import Post, post_notices
from lxbt.registry.operations.federation_queue import ChangeTaken, take_federation_changes
from lxbt.registry.rules import profile_at
from lxbt.registry.rules.days import day_fault
from lxbt.standards.queries import latest_change, scheme_for
from lxbt.standards.rules.scheme import Scheme

CHUNK = 500  # changes a transaction
_known: tuple[int, Scheme] | None = None


def follow_changes(*, at: datetime, on: date, limit: int = 100_000) -> int:
    """Follow what waits, in order, then tell the months of everybody changed anew; gives how many changes were
    followed.

    Each chunk is a transaction of its own unless the caller has one.
    """
    done = 0
    while done < limit:
        with transaction.atomic():
            taken = take_federation_changes(min(CHUNK, limit - done))
            if taken:
                _follow(taken, at, on)
        if not taken:
            break
        done += len(taken)
    ledger.resolve_changes()
    return done


def _follow(taken: list[ChangeTaken], at: datetime, on: date) -> None:
    ids = list(dict.fromkeys(change.person_id for change in taken))
    scheme, rules = scheme_now(), following_everywhere()
    held = ledger_of(ids, Month.of(on))
    profiles = profiles_at(ids, Month.of(on) + 1, scheme)
    opened: list[Lead] = []
    posts: list[Post] = []
    overrides = divisions.workday_overrides()
    for change in taken:
        month = Month.of(on)
        granted, suspended = held[change.person_id]
        profile = profiles.get(change.person_id)
        after = believed(Told.read(change.after), profile, on)
        following = rules(after.division, month)
        situation = Situation(
            before=Told.read(change.before) if change.before else None,
            after=after,
            granted=frozenset(granted),
            suspended=frozenset(suspended),
            possible=possible_rights(profile, scheme, month + 1),
            on=on,
            parameters=scheme.parameters_for(after.division, month),
            following=following,
        )
        found = consequences(situation)
        for act in found.acts:
            carry_out(change.person_id, act, held, on)
        due = add_workdays(on, following.lead_days, overrides)
        opened += [
            Lead(
                person_id=change.person_id,
                division_code=after.division,
                kind=lead.kind,
                subsidies=list(lead.subsidies),
                about_on=lead.about_on,
                basis=lead.basis,
                opened_on=on,
                due_on=due,
            )
            for lead in found.leads
        ]
        posts += posts_of(change.person_id, situation, found)
        close_overtaken(change.person_id, situation, on)
    Lead.objects.bulk_create(opened, ignore_conflicts=True)
    posts += recheck_decisions(taken)
    post_notices(posts=posts, at=at)


def believed(told: Told, profile: Profile | None, on: date) -> Told:
    """What was told, without a death that the registry did not take and days that cannot be.

    A freezing or cancellation of an impossible day holds from the day it came: money stops, and nothing is claimed back
    for a day that is wrong. The rules of comparison raise both.
    """
    if profile is not None and told.died_on is not None and profile.died_on != told.died_on:
        told = replace(told, died_on=None)
    birth = profile.birth if profile else None
    if told.state_on is not None and day_fault(told.state_on, birth=birth, on=on + timedelta(days=1)):
        told = replace(told, state_on=None)
    return told


def scheme_now() -> Scheme:
    """All standards and parameters; read again when one was published."""
    global _known
    latest = latest_change()
    if _known is None or _known[0] != latest:
        _known = (latest, scheme_for(NATION))
    return _known[1]


def ledger_of(ids: list[int], month: Month) -> dict[int, tuple[set[str], set[str]]]:
    """Subsidies granted, and suspended, in the month or from it on, by person."""
    found: dict[int, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    rows = Entitlement.objects.filter(Q(until__isnull=True) | Q(until__gt=month.first), person_id__in=ids)
    for person_id, subsidy, state in rows.values_list("person_id", "subsidy", "state"):
        found[person_id][state == "suspended"].add(subsidy)
    return found


def profiles_at(ids: list[int], month: Month, scheme: Scheme) -> dict[int, Profile]:
    """The profile of each person in the month, as it is told now."""
    found = {}
    for person_id, stretches in told_timelines(ids, scheme).items():
        profile = profile_at(stretches, month)
        if profile is not None:
            found[person_id] = profile
    return found


def possible_rights(profile: Profile | None, scheme: Scheme, month: Month) -> frozenset[str]:
    """What a right would exist to, if the person needs long-term care, which nobody knows before asking."""
    if profile is None:
        return frozenset()
    asked = replace(profile, long_term_care=True)
    return frozenset(subsidy for subsidy, right in rights(asked, scheme, month).items() if not right.reasons)


def carry_out(person_id: int, act: Act, held: dict[int, tuple[set[str], set[str]]], on: date) -> None:
    """One act on the ledger; what is there already is not done again."""
    granted, suspended = held[person_id]
    basis = f"certificate {act.why}" if act.act == "suspend" else f"federation {act.why}"
    told = {"person_id": person_id, "subsidy": act.subsidy, "basis": basis, "by": None, "on": on}
    try:
        if act.act == "suspend":
            ledger.suspend_entitlement(since=act.since, **told)  # type: ignore[arg-type]
            granted.discard(act.subsidy)
            suspended.add(act.subsidy)
        elif act.act == "end":
            ledger.end_entitlement(since=act.since, **told)  # type: ignore[arg-type]
            granted.discard(act.subsidy)
            suspended.discard(act.subsidy)
        elif act.act == "resume":
            ledger.resume_entitlement(since=act.since, **told)  # type: ignore[arg-type]
            suspended.discard(act.subsidy)
            granted.add(act.subsidy)
        else:
            ledger.renew_right(issued=act.since, **told)  # type: ignore[arg-type]
            suspended.discard(act.subsidy)
            granted.add(act.subsidy)
    except ledger.EntitlementRefused:
        return  # the period ended before that month already


def posts_of(person_id: int, s: Situation, found: Consequences) -> list[Post]:
    """The notices to the townships concerned: civil affairs, who speak with the person."""
    posts = []
    for notice in found.notices:
        if notice.kind in ("died", "cancelled") and not s.held and not found.acts:
            continue
        place = s.before.division if notice.to_former and s.before else s.after.division
        day = s.after.died_on if notice.kind == "died" else s.after.state_on or s.after.issued_on
        params = {"on": day.isoformat() if day else "", "subsidies": s.held}
        posts.append(
            Post(
                place,
                f"federation_{notice.kind}",
                organ="civil_affairs",
                person_id=None if notice.to_former else person_id,
                params=params,
            )
        )
    return posts


def close_overtaken(person_id: int, s: Situation, on: date) -> None:
    """Close leads that the change has settled: the person died, the certificate was cancelled, or a new one is
    there.
    """
    rows = Lead.objects.filter(person_id=person_id, state__in=ACTIVE)
    if s.after.died_on is not None or s.after.state == "cancelled":
        rows.update(state=State.CLOSED, closed_on=on, closed_basis="died" if s.after.died_on else "cancelled")
    elif s.before is not None and s.after.issued_on != s.before.issued_on:
        rows.filter(kind__in=(Kind.EXPIRING, Kind.EXPIRED)).update(
            state=State.CLOSED, closed_on=on, closed_basis="renewed"
        )
    if s.before is not None and s.before.division != s.after.division:
        rows.update(division_code=s.after.division)
