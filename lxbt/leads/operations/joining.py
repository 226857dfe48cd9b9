"""Joining two entries of one person with all that hangs on them: applications must be done, rights go over, payments
stay where they are.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.applications.queries import applications_of, unfinished_of
from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.entitlements.models import Entitlement
from lxbt.entitlements.operations import end_entitlement, grant_entitlement
from lxbt.leads.models import Lead
from lxbt.leads.operations.following import ledger_of
from lxbt.leads.rules import ACTIVE, State
from lxbt.payments.queries import person_items
from lxbt.registry.models import Joining
from lxbt.registry.operations.duplicates import MatchRefused, join_entries, part_entries


@transaction.atomic
def join_persons(*, match_id: int, keep: int, why: str, by: User, at: datetime) -> Joining:
    """The other entry becomes an alias: what it still draws ends this month and is granted to the one that stays from
    the next on.

    Months paid to both stay as they were paid; whether they are to be recovered is for a person to decide.
    """
    joining = join_entries(match_id=match_id, keep=keep, why=why, by=by, at=at)
    if unfinished_of(joining.other_id).exists():
        raise MatchRefused(_("要并入的登记有申请正在办理，请先办结或撤回。"))
    on, since = beijing_day(at), Month.of(beijing_day(at)) + 1
    held = ledger_of([joining.person_id, joining.other_id], since)
    for subsidy in sorted(set().union(*held[joining.other_id])):
        drawn = subsidy in held[joining.other_id][0]
        end_entitlement(person_id=joining.other_id, subsidy=subsidy, since=since, basis=_basis(joining), by=by, on=on)
        if drawn and subsidy not in set().union(*held[joining.person_id]):
            grant_entitlement(
                person_id=joining.person_id, subsidy=subsidy, since=since, basis=_basis(joining), by=by, on=on
            )
    Lead.objects.filter(person_id=joining.other_id, state__in=ACTIVE).update(
        state=State.CLOSED, closed_on=on, closed_basis="joined"
    )
    return joining


@transaction.atomic
def part_persons(*, joining_id: int, why: str, by: User, at: datetime) -> Joining:
    """Undo a joining, as long as nothing was built on it: no application, no payment, no other change of the rights
    since.
    """
    joining = part_entries(joining_id=joining_id, why=why, by=by, at=at)
    both, since = [joining.person_id, joining.other_id], Month.of(beijing_day(joining.joined_at)) + 1
    later = Entitlement.objects.filter(person_id__in=both, since__gte=since.first).exclude(basis=_basis(joining))
    applied = any(a.created_at > joining.joined_at for person_id in both for a in applications_of(person_id))
    paid = any(item.right_month >= since.first for person_id in both for item in person_items(person_id))
    if applied or paid or later.exists():
        raise MatchRefused(_("合并之后已有申请、发放或待遇变动，不能直接撤销；请按实际情况分别办理。"))
    told = {"basis": _basis(joining), "by": by, "on": beijing_day(at)}
    for row in Entitlement.objects.filter(person_id=joining.person_id, basis=_basis(joining)):
        end_entitlement(person_id=joining.person_id, subsidy=row.subsidy, since=Month.of(row.since), **told)  # type: ignore[arg-type]
    for row in Entitlement.objects.filter(person_id=joining.other_id, end_basis=_basis(joining), state="granted"):
        grant_entitlement(person_id=joining.other_id, subsidy=row.subsidy, since=since, **told)  # type: ignore[arg-type]
    return joining


def _basis(joining: Joining) -> str:
    return f"joining {joining.match_id}"
