"""Reading a written notice, giving the receipt of the office, reminding those who have not."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Standing
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import covers
from lxbt.notices.models import Circular, CircularReceipt
from lxbt.notices.operations.circulars import CircularRefused, publish_circular
from lxbt.notices.operations.telling import tell_owing
from lxbt.notices.queries.circulars import circulars_for, due_circulars, may_manage
from lxbt.notices.rules import REMINDED_AFTER, REMINDED_BEFORE, CircularState, is_reminder_due


def addressed_at(standing: Standing, one: Circular) -> str | None:
    """The division at which the account is addressed by this notice."""
    return next(
        (
            a.division_code
            for a in standing.appointed
            if covers(one.area, a.division_code)
            and divisions.tier_of(a.division_code) in one.levels
            and one.to_role in ("", a.role)
        ),
        None,
    )


def _own(one: Circular, by: User, at: datetime) -> CircularReceipt:
    standing = standing_of(by, on=beijing_day(at))
    place = addressed_at(standing, one)
    if place is None or one.to_organ not in ("", standing.organ):
        raise CircularRefused(_("这份通知没有发给您的单位。"))
    found, _made = CircularReceipt.objects.get_or_create(
        circular=one, user_id=by.pk, defaults={"division_code": place, "organ": standing.organ.value, "read_at": at}
    )
    return found


@transaction.atomic
def read_circular(*, circular_id: int, by: User, at: datetime) -> CircularReceipt:
    """Note that the account read it; doing it again changes nothing.

    CircularRefused when it was not sent to the account.
    """
    one = circulars_for(standing_of(by, on=beijing_day(at))).filter(pk=circular_id).first()
    if one is None:
        raise CircularRefused(_("这份通知没有发给您的单位。"))
    return _own(one, by, at)


@transaction.atomic
def give_receipt(*, circular_id: int, reply: str = "", by: User, at: datetime) -> CircularReceipt:
    """Give the receipt for the account's office; a second one of the same office is refused."""
    one = Circular.objects.select_for_update().filter(pk=circular_id).first()
    if one is None or one.state != CircularState.PUBLISHED or one.receipt_due_on is None:
        raise CircularRefused(_("这份通知不用回执，或已经更正、撤回。"))
    own = _own(one, by, at)
    given = CircularReceipt.objects.filter(
        circular=one, division_code=own.division_code, organ=own.organ, received_at__isnull=False
    ).first()
    if given is not None:
        raise CircularRefused(_("您单位已经签收过。"))
    own.received_at, own.reply = at, reply.strip()[:200]
    own.save(update_fields=["received_at", "reply"])
    told = {"title": one.title, "late": beijing_day(at) > one.receipt_due_on}
    record_event(
        by=by,
        action="circular.received",
        subject_kind="circular",
        subject_id=one.pk,
        division_code=own.division_code,
        details=told,
    )
    return own


@transaction.atomic
def remind_unread(*, circular_id: int, by: User | None, at: datetime) -> int:
    """Remind the offices that have not read it or owe the receipt, at most once a day; gives how many."""
    one = Circular.objects.select_for_update().filter(pk=circular_id).first()
    if one is None or (by is not None and not may_manage(standing_of(by, on=beijing_day(at)), one)):
        raise CircularRefused(_("没有这份通知，或不由您单位办理。"))
    if one.state != CircularState.PUBLISHED:
        raise CircularRefused(_("只有已发布、没有更正和撤回的通知可以催阅。"))
    if one.reminded_on == beijing_day(at):
        raise CircularRefused(_("今天已经催阅过，明天可以再催。"))
    told = tell_owing(of=one, at=at)
    one.reminded_on = beijing_day(at)
    one.save(update_fields=["reminded_on"])
    record_event(
        by=by,
        action="circular.reminded",
        subject_kind="circular",
        subject_id=one.pk,
        division_code=one.from_code,
        details={"title": one.title, "offices": told},
    )
    return told


def remind_due(*, at: datetime) -> int:
    """The daily round: remind for every notice whose receipts are due about now; gives how many offices were told."""
    on: date = beijing_day(at)
    near = Circular.objects.filter(
        state=CircularState.PUBLISHED,
        receipt_due_on__gte=on - timedelta(days=REMINDED_AFTER),
        receipt_due_on__lte=on + timedelta(days=REMINDED_BEFORE),
    )
    told = 0
    for one in near.order_by("id"):
        if one.receipt_due_on and is_reminder_due(due_on=one.receipt_due_on, reminded_on=one.reminded_on, on=on):
            told += remind_unread(circular_id=one.pk, by=None, at=at)
    return told


def publish_due(*, at: datetime) -> int:
    """Send what was set to go out by itself; gives how many. One that cannot be sent goes back to the drafts."""
    done = 0
    for ident in due_circulars(at):
        with transaction.atomic():
            one = (
                Circular.objects.select_for_update(skip_locked=True)
                .filter(pk=ident, state=CircularState.SCHEDULED)
                .first()
            )
            if one is None:
                continue
            try:
                with transaction.atomic():
                    publish_circular(circular_id=ident, by=None, at=at)
            except CircularRefused as refusal:
                one.refresh_from_db()
                one.state, one.publish_at = CircularState.DRAFT.value, None
                one.save(update_fields=["state", "publish_at"])
                record_event(
                    by=None,
                    action="circular.unsent",
                    subject_kind="circular",
                    subject_id=ident,
                    division_code=one.from_code,
                    reason=str(refusal),
                    details={"title": one.title},
                )
            else:
                done += 1
    return done
