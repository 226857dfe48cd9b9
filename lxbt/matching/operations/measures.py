"""Measures: orders down to the ledger, the registry and the leads.

Money follows by the next draw's difference, never here.
"""

from __future__ import annotations

from datetime import date

from lxbt.accounts.models import User
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES, write_value
from lxbt.entitlements import queries as ledger
from lxbt.entitlements.operations import (
    EntitlementRefused,
    end_entitlement,
    grant_entitlement,
    resume_entitlement,
    suspend_entitlement,
)
from lxbt.leads.operations import open_lead
from lxbt.matching.models import Suspicion
from lxbt.matching.rules import HITS, Measure, Outcome
from lxbt.matching.rules.facts import facts_of
from lxbt.registry.operations import mark_persons, record_facts


def carry_out(case: Suspicion, *, by: User, on: date) -> list[str]:
    """Do what was confirmed; gives what was done, in codes."""
    done: list[str] = []
    if case.outcome in (Outcome.FALSE, Outcome.UNVERIFIABLE) and case.measure != Measure.SUSPEND:
        done += _resume(case, by, on)
    if case.outcome in HITS and case.measure in (Measure.STOP, Measure.CORRECT, Measure.SUSPEND):
        done += _make_known(case, by, on)
    month = Month.of(case.measure_month) if case.measure_month else None
    if month is not None and case.measure in (Measure.STOP, Measure.SUSPEND):
        done += [f"{case.measure} {subsidy} {month}" for subsidy in claimed(case) if _cut(case, subsidy, month, by, on)]
    elif month is not None and case.measure == Measure.ARREARS:
        for subsidy in claimed(case):
            if not ledger.is_entitled(case.person_id, subsidy, month):
                grant_entitlement(
                    person_id=case.person_id, subsidy=subsidy, since=month, basis=basis_of(case), by=by, on=on
                )
                done.append(f"grant {subsidy} {month}")
    elif case.measure == Measure.INVITE:
        lead = open_lead(
            person_id=case.person_id,
            division_code=case.division_code,
            subsidies=list(claimed(case)),
            about_on=case.raised_on,
            basis=basis_of(case),
            by=by,
            on=on,
        )
        done.append(f"lead {lead.pk}" if lead else "lead")
    if case.measure != Measure.NONE:
        mark_persons([case.person_id])  # the next draw looks at all months of the person again
    return done


def basis_of(case: Suspicion) -> str:
    """What a change of the ledger rests on."""
    return f"suspicion {case.pk} {case.rule}"


def claimed(case: Suspicion) -> tuple[str, ...]:
    """The subsidies that a case is about: those of its months, else what the evidence names, else both."""
    if case.months:
        return tuple(sorted(case.months))
    if case.rule in ("U01", "U02"):
        return ("care",) if case.rule == "U01" else ("living",)
    named = {str(row["subsidy"]) for row in case.evidence if row.get("subsidy") in SUBSIDIES}
    if named:
        return tuple(sorted(named))
    return SUBSIDIES


def _cut(case: Suspicion, subsidy: str, month: Month, by: User, on: date) -> bool:
    change = end_entitlement if case.measure == Measure.STOP else suspend_entitlement
    try:
        change(person_id=case.person_id, subsidy=subsidy, since=month, basis=basis_of(case), by=by, on=on)
    except EntitlementRefused:
        return False  # nothing is held from that month on
    return True


def _resume(case: Suspicion, by: User, on: date) -> list[str]:
    """What was suspended by itself goes on as if it had not been."""
    done = []
    mine = [
        p
        for p in ledger.entitlements_of(case.person_id)
        if p.state == "suspended" and p.basis == f"suspicion {case.pk}"
    ]
    for period in mine:
        since = Month.of(period.since)
        resume_entitlement(
            person_id=case.person_id, subsidy=period.subsidy, since=since, basis=basis_of(case), by=by, on=on
        )
        done.append(f"resume {period.subsidy} {since}")
    return done


def _make_known(case: Suspicion, by: User, on: date) -> list[str]:
    first = case.measure_month or case.since_month
    since = Month.of(first) if first else None
    profile = ledger.profile_in(case.person_id, Month.of(on))
    benefits = write_value("other_benefits", profile.other_benefits) if profile else {}
    values, month = facts_of(case.rule, case.evidence, since, benefits if isinstance(benefits, dict) else {})
    if not values:
        return []
    record_facts(person_id=case.person_id, values=values, since=month, source="verified", received_on=on, by=by)
    return [f"fact {key}" for key in values]
