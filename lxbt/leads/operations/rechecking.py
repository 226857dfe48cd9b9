"""Decisions taken while the Federation's word was on its way: checked again when it arrives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lxbt.applications.models import Application
from lxbt.applications.queries import decisions_since
from lxbt.core.months import Month
from lxbt.entitlements.queries import rights_by_month
from lxbt.leads.models import Recheck
from lxbt.notices.operations import Post
from lxbt.registry.operations.federation_queue import ChangeTaken


def recheck_decisions(taken: Sequence[ChangeTaken]) -> list[Post]:
    """Check what was decided between a change there and its arrival here; gives the notices to the deciding counties
    where it differs.

    Nothing is taken back by itself: the months are priced by the newer facts anyway, the decision is for a person to
    look at.
    """
    dated = [
        (change, change.changed_at)
        for change in taken
        if change.changed_at is not None and change.changed_at < change.received_at
    ]
    if not dated:
        return []
    decisions = decisions_since({change.person_id for change, _at in dated}, min(at for _change, at in dated))
    rows, posts = [], []
    for change, changed_at in dated:
        for application, decided_at in decisions:
            if application.person_id == change.person_id and changed_at <= decided_at < change.received_at:
                row = _checked(application, decided_at, changed_at, change.received_at)
                rows.append(row)
                if row.differs:
                    posts.append(
                        Post(
                            application.county_code, "federation_recheck", "civil_affairs", "decider", change.person_id
                        )
                    )
    Recheck.objects.bulk_create(rows, ignore_conflicts=True)
    return posts


def _checked(application: Application, decided_at: datetime, changed_at: datetime, received_at: datetime) -> Recheck:
    month = Month.of(application.applied_on)
    told = rights_by_month(application.person_id, month, month + 2)
    details = {}
    for asked in application.asked.all():
        decided = asked.amount or 0
        now = [m.rights[asked.subsidy].amount for m in told]
        # the month of the application and the next one: a change counts from either
        if any(amount != decided for amount in now):
            details[asked.subsidy] = [f"{decided:.2f}", f"{next(a for a in now if a != decided):.2f}"]
    return Recheck(
        person_id=application.person_id,
        application_number=application.number,
        decided_at=decided_at,
        changed_at=changed_at,
        received_at=received_at,
        differs=bool(details),
        details=details,
    )
