"""A door of going live opened for some days outside the window: asked for below, given by another person above."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.divisions.queries import division, name_of
from lxbt.divisions.rules import NATION
from lxbt.proposals.operations import Kind, propose, register
from lxbt.proposals.rules import Effect
from lxbt.rollout.models import Permit
from lxbt.rollout.rules.doors import LONGEST_PERMIT, Door

if TYPE_CHECKING:
    from lxbt.accounts.models import User
    from lxbt.proposals.models import Proposal

PERMIT = "rollout.permit"
WORDS = {
    Door.RECIPIENTS: lazy("导入现有领取人"),
    Door.HISTORY: lazy("导入历史发放"),
    Door.RIGHTS: lazy("接收省级系统推送的享受资格"),
}


class PermitRefused(Refusal):
    """The door cannot be opened so."""


def _checked(doors: Iterable[str], opens_on: date, closes_on: date, on: date) -> list[str]:
    known: list[str] = [str(door) for door in Door if str(door) in set(doors)]
    if not known:
        raise PermitRefused(_("请选择要开放的事项。"), field="doors")
    if closes_on < opens_on or opens_on < on:
        raise PermitRefused(_("开放日期应从今天或以后开始，结束不早于开始。"), field="opens_on")
    if closes_on - opens_on > timedelta(days=LONGEST_PERMIT):
        raise PermitRefused(_("一次最多开放 %(n)d 天。") % {"n": LONGEST_PERMIT}, field="closes_on")
    return known


@transaction.atomic
def ask_for_door(
    *,
    division_code: str,
    doors: Iterable[str],
    opens_on: date,
    closes_on: date,
    reason: str,
    by: User,
    at: datetime,
    on: date,
) -> Proposal:
    """Ask the level above to open doors for a place; PermitRefused without a right there, or for days that
    cannot be.
    """
    node = division(division_code)
    if node is None or division_code == NATION:
        raise PermitRefused(_("请选择要开放的地区。"), field="division_code")
    standing = standing_of(by, on=on)
    if not any(standing.may(right, division_code) for right in (Permission.IMPORT_FILES, Permission.TRACK_ROLLOUT)):
        raise PermitRefused(_("您没有为该区划提出的权限，请由本级导入人员或综合协调人员提出。"))
    known = _checked(doors, opens_on, closes_on, on)
    return propose(
        kind=PERMIT,
        division_code=division_code,
        payload={"doors": known, "opens_on": opens_on.isoformat(), "closes_on": closes_on.isoformat()},
        reason=reason,
        by=by,
        at=at,
        on=on,
        subject_kind="door",
        subject_id=int(division_code),
    )


def permit_effect(proposal: Proposal, on: date) -> Effect:
    """Which doors are open from which day to which."""
    told = proposal.payload
    days = _("%(a)s 至 %(b)s") % {"a": told["opens_on"], "b": told["closes_on"]}
    place = name_of(proposal.division_code)
    return Effect(tuple((f"{place} {WORDS[Door(door)]}", _("不能办理"), days) for door in told["doors"]))


def give_permit(proposal: Proposal, *, by: User, at: datetime, on: date) -> Permit:
    """Open the doors."""
    told = proposal.payload
    permit = Permit.objects.create(
        division_code=proposal.division_code,
        doors=told["doors"],
        opens_on=date.fromisoformat(told["opens_on"]),
        closes_on=date.fromisoformat(told["closes_on"]),
        reason=proposal.reason,
        asked_by_id=proposal.proposed_by_id,
        given_by_id=by.pk,
        given_by_name=by.name,
        given_at=at,
    )
    record_event(
        by=by,
        action="rollout.door_opened",
        subject_kind="permit",
        subject_id=permit.pk,
        division_code=permit.division_code,
        reason=proposal.reason,
        details=told,
    )
    return permit


def register_kinds() -> None:
    """The act, for the pages of proposals."""
    register(
        Kind(
            PERMIT,
            lazy("上线期以外导入数据"),
            Permission.TRACK_ROLLOUT,
            permit_effect,
            give_permit,
            decided_above=True,
        )
    )
