"""Reads of leads: a township's inbox, sums for those above, one lead with its reminders."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from lxbt.core.months import Month
from lxbt.divisions.rules import span
from lxbt.leads.models import Lead, Recheck, Reminder
from lxbt.leads.rules import ACTIVE, Following, State, read_following
from lxbt.standards.queries import parameter_everywhere


def following_everywhere() -> Callable[[str, Month], Following]:
    """The local rules of following changes, for any division and month: one query for all."""
    found = parameter_everywhere("federation")
    return lambda division, month: read_following(found(division, month))


def leads_in(area: str) -> QuerySet[Lead]:
    """All leads of an area."""
    low, high = span(area)
    return Lead.objects.filter(division_code__gte=low, division_code__lt=high)


def lead(lead_id: int) -> Lead | None:
    """One lead."""
    return Lead.objects.filter(pk=lead_id).first()


def reminders_of(lead_id: int) -> list[Reminder]:
    """What was said to the person, latest first."""
    return list(Reminder.objects.filter(lead_id=lead_id).order_by("-id"))


def reminders_given(lead_ids: Iterable[int]) -> dict[int, Reminder]:
    """The last reminder of each lead."""
    rows = Reminder.objects.filter(lead_id__in=list(lead_ids)).order_by("lead_id", "-id").distinct("lead_id")
    return {row.lead_id: row for row in rows}


def leads_of(person_id: int) -> list[Lead]:
    """A person's leads, latest first."""
    return list(Lead.objects.filter(person_id=person_id).order_by("-opened_on", "-id"))


def rechecks_of(application_number: str) -> list[Recheck]:
    """What came of checking a decision again by facts that were told late; the last first."""
    return list(Recheck.objects.filter(application_number=application_number).order_by("-received_at"))


def is_waiting(today: date) -> Q:
    """The condition for leads on which something is to be done: nothing was said yet, or another reminder is due."""
    return Q(state=State.OPEN) | Q(state=State.UNREACHABLE, due_on__lte=today)


def waiting_count(area: str, today: date) -> int:
    """How many leads of the area wait for a reminder."""
    return leads_in(area).filter(is_waiting(today)).count()


def counts(rows: QuerySet[Lead], today: date) -> dict[str, int]:
    """How many leads wait, are late, and stand in each state; in one statement."""
    states = {f"state_{state}": Count("pk", filter=Q(state=state)) for state in State}
    found = rows.aggregate(
        all=Count("pk"),
        active=Count("pk", filter=Q(state__in=ACTIVE)),
        waiting=Count("pk", filter=is_waiting(today)),
        late=Count("pk", filter=Q(state=State.OPEN, due_on__lt=today)),
        **states,
    )
    return {name.removeprefix("state_"): number for name, number in found.items()}


@dataclass(frozen=True)
class AreaLeads:
    """The leads of a division that lies directly below the one looked at."""

    code: str
    opened: int
    waiting: int
    late: int
    reminded: int
    applied: int
    declined: int


def sums_below(area: str, codes: Iterable[str], today: date) -> list[AreaLeads]:
    """Sums of leads for each of the divisions below, in one statement."""
    wanted = list(codes)
    found = {code: [0] * 6 for code in wanted}
    cuts = {code: span(code) for code in wanted}
    rows = (
        leads_in(area)
        .values("division_code")
        .annotate(
            opened=Count("pk"),
            waiting=Count("pk", filter=is_waiting(today)),
            late=Count("pk", filter=Q(state=State.OPEN, due_on__lt=today)),
            reminded=Count("pk", filter=Q(reminders__gt=0)),
            applied=Count("pk", filter=Q(state=State.APPLIED)),
            declined=Count("pk", filter=Q(state=State.DECLINED)),
        )
        .values_list("division_code", "opened", "waiting", "late", "reminded", "applied", "declined")
    )
    for code, *numbers in rows:
        for place, (low, high) in cuts.items():
            if low <= code < high:
                found[place] = [a + b for a, b in zip(found[place], numbers, strict=True)]
                break
    return [AreaLeads(code, *numbers) for code, numbers in found.items()]
