"""Reminding: what an official said to a person, and what the person answered."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.core.transitions import move
from lxbt.core.workdays import add_workdays
from lxbt.divisions import queries as divisions
from lxbt.leads.models import Lead, Reminder
from lxbt.leads.queries import following_everywhere
from lxbt.leads.rules import ACTIVE, FINAL, OUTCOMES, TRANSITIONS, WAYS, Kind, State

AGAIN = 5  # working days until somebody not reached is tried again


class LeadRefused(Refusal):
    """The reminder cannot be recorded so."""


def _find(lead_id: int, version: int, by: User, on: date) -> Lead:
    lead = Lead.objects.select_for_update().filter(pk=lead_id).first()
    if lead is None or not standing_of(by, on=on).may(Permission.ACCEPT_APPLICATIONS, lead.division_code):
        raise LeadRefused(_("没有这条线索，或不在您的辖区。"))
    if lead.version != version:
        raise LeadRefused(_("这条线索刚被他人办理过，请看过最新情况再办。"))
    return lead


@transaction.atomic
def remind(*, lead_id: int, version: int, way: str, outcome: str, on: date, note: str, by: User, at: datetime) -> Lead:
    """Record a reminder given on a day, by its way and outcome.

    The record stays (民发〔2022〕79号). LeadRefused when it cannot be.
    """
    lead = _find(lead_id, version, by, beijing_day(at))
    if way not in WAYS or outcome not in OUTCOMES:
        raise LeadRefused(_("请选择提醒方式和结果。"), field="outcome")
    if not lead.opened_on <= on <= beijing_day(at):
        raise LeadRefused(_("提醒日期应在线索产生之后、今天之前。"), field="on")
    if outcome in ("declined", "not_entitled") and len(note.strip()) < 2:
        raise LeadRefused(_("本人不申请或不符合条件的，请写明情况。"), field="note")
    before = lead.state
    lead.state = move(TRANSITIONS, State(lead.state), outcome, sentence=_("这条线索已办结，不能再记提醒。"))
    Reminder.objects.create(
        lead=lead,
        person_id=lead.person_id,
        on=on,
        way=way,
        outcome=outcome,
        note=note.strip()[:200],
        by_id=by.pk,
        by_name=by.name,
        recorded_at=at,
    )
    lead.reminders += 1
    if lead.state in FINAL:
        lead.closed_on, lead.closed_basis = beijing_day(at), note.strip()[:200]
    else:
        lead.closed_on, lead.closed_basis = None, ""
        if outcome == "unreachable":
            lead.due_on = add_workdays(beijing_day(at), AGAIN, divisions.workday_overrides())
    _save(lead, "lead.reminded", before, by, {"way": way, "outcome": outcome})
    return lead


@transaction.atomic
def open_lead(
    *, person_id: int, division_code: str, subsidies: list[str], about_on: date, basis: str, by: User | None, on: date
) -> Lead | None:
    """Have the township invite somebody to apply for a right that nobody has claimed; None where it is asked to
    already.
    """
    if Lead.objects.filter(person_id=person_id, state__in=ACTIVE, subsidies__contains=subsidies).exists():
        return None
    due = add_workdays(on, following_everywhere()(division_code, Month.of(on)).lead_days, divisions.workday_overrides())
    lead, created = Lead.objects.get_or_create(
        person_id=person_id,
        kind=Kind.UNCLAIMED,
        about_on=about_on,
        defaults={
            "division_code": division_code,
            "subsidies": subsidies,
            "basis": basis[:60],
            "opened_on": on,
            "due_on": due,
        },
    )
    if not created:
        return None
    record_event(
        by=by,
        action="lead.opened",
        subject_kind="lead",
        subject_id=lead.pk,
        person_id=person_id,
        division_code=division_code,
        details={"kind": lead.kind, "basis": basis},
    )
    return lead


@transaction.atomic
def close_lead(*, lead_id: int, version: int, basis: str, by: User, at: datetime) -> Lead:
    """Close a lead that needs no reminder, with the basis."""
    lead = _find(lead_id, version, by, beijing_day(at))
    if len(basis.strip()) < 4:
        raise LeadRefused(_("请写明办结依据，不少于 4 个字。"), field="basis")
    before = lead.state
    lead.state = move(TRANSITIONS, State(lead.state), "close", sentence=_("这条线索已经办结。"))
    lead.closed_on, lead.closed_basis = beijing_day(at), basis.strip()[:200]
    _save(lead, "lead.closed", before, by, {"basis": basis.strip()[:200]})
    return lead


def _save(lead: Lead, action: str, before: str, by: User, details: dict[str, str]) -> None:
    lead.version += 1
    lead.save()
    record_event(
        by=by,
        action=action,
        subject_kind="lead",
        subject_id=lead.pk,
        person_id=lead.person_id,
        division_code=lead.division_code,
        details=details,
        changes={"state": (before, lead.state)},
    )
