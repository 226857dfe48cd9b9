"""Signs of life, maintenance told beforehand, incidents written down."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.refusal import Refusal
from lxbt.divisions.rules import NATION
from lxbt.support.models import Beat, Incident, Maintenance
from lxbt.support.queries.status import WORKER
from lxbt.support.rules.status import SILENT

PARTS = ("worker", "federation", "database", "pages", "other")


class StatusRefused(Refusal):
    """The announcement cannot be made so."""


@transaction.atomic
def leave_sign(*, at: datetime) -> bool:
    """The background work says that it lives.

    After a silence, what did not run is written down; gives whether it was so.
    """
    beat = Beat.objects.select_for_update().filter(pk=WORKER).first()
    if beat is None:
        Beat.objects.create(name=WORKER, at=at)
        return False
    silent = at - beat.at > SILENT
    if silent:
        Incident.objects.create(part="worker", began_at=beat.at, ended_at=at)
    beat.at = max(at, beat.at)
    beat.save(update_fields=["at"])
    return silent


def _must_announce(by: User, at: datetime) -> None:
    if not standing_of(by, on=beijing_day(at)).may(Permission.MANAGE_ACCOUNTS, NATION):
        raise StatusRefused(_("只有国家级系统管理员可以发布维护和故障说明。"))


@transaction.atomic
def announce_maintenance(*, starts_at: datetime, ends_at: datetime, text: str, by: User, at: datetime) -> Maintenance:
    """Tell everybody of a window of maintenance, on every page from two days before until its end."""
    _must_announce(by, at)
    if ends_at <= starts_at:
        raise StatusRefused(_("结束时间须晚于开始时间。"), field="ends_at")
    if ends_at <= at:
        raise StatusRefused(_("这段时间已经过去，请改为以后的时间。"), field="ends_at")
    if len(text.strip()) < 4:
        raise StatusRefused(_("请写明维护什么、对办理有什么影响，不少于 4 个字。"), field="text")
    made = Maintenance.objects.create(
        starts_at=starts_at, ends_at=ends_at, text=text.strip()[:200], by_id=by.pk, by_name=by.name, announced_at=at
    )
    record_event(
        by=by,
        action="status.announced",
        subject_kind="maintenance",
        subject_id=made.pk,
        division_code=NATION,
        details={"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()},
    )
    return made


@transaction.atomic
def cancel_maintenance(*, maintenance_id: int, by: User, at: datetime) -> Maintenance:
    """It will not take place, or is over before its time."""
    _must_announce(by, at)
    found = Maintenance.objects.select_for_update().filter(pk=maintenance_id, cancelled_at__isnull=True).first()
    if found is None:
        raise StatusRefused(_("没有这项维护，或已经取消。"))
    found.cancelled_at = at
    found.save(update_fields=["cancelled_at"])
    record_event(
        by=by, action="status.cancelled", subject_kind="maintenance", subject_id=found.pk, division_code=NATION
    )
    return found


@transaction.atomic
def open_incident(*, part: str, title: str, began_at: datetime, cause: str = "", by: User, at: datetime) -> Incident:
    """Write down that a part does not run; one open incident for each part."""
    _must_announce(by, at)
    if part not in PARTS:
        raise StatusRefused(_("请选择哪一部分。"), field="part")
    if len(title.strip()) < 4:
        raise StatusRefused(_("请用一句话说明什么不能用，不少于 4 个字。"), field="title")
    if began_at > at:
        raise StatusRefused(_("开始时间不能晚于现在。"), field="began_at")
    try:
        with transaction.atomic():
            made = Incident.objects.create(
                part=part,
                title=title.strip()[:80],
                began_at=began_at,
                cause=cause.strip()[:400],
                by_id=by.pk,
                by_name=by.name,
            )
    except IntegrityError:
        raise StatusRefused(_("这一部分已有一条未恢复的故障，请先办结那一条。"), field="part") from None
    record_event(
        by=by,
        action="status.incident_opened",
        subject_kind="incident",
        subject_id=made.pk,
        division_code=NATION,
        details={"part": part},
    )
    return made


@transaction.atomic
def close_incident(*, incident_id: int, cause: str, by: User, at: datetime) -> Incident:
    """It runs again: since now, for this reason."""
    _must_announce(by, at)
    found = Incident.objects.select_for_update().filter(pk=incident_id).first()
    if found is None:
        raise StatusRefused(_("没有这条故障记录。"))
    if len(cause.strip()) < 4:
        raise StatusRefused(_("请写明原因和怎样恢复的，不少于 4 个字。"), field="cause")
    found.cause, found.ended_at = cause.strip()[:400], found.ended_at or at
    found.save(update_fields=["cause", "ended_at"])
    record_event(
        by=by,
        action="status.incident_closed",
        subject_kind="incident",
        subject_id=found.pk,
        division_code=NATION,
        reason=found.cause,
    )
    return found
