"""Duties for an account that stands already: one administrator asks, another agrees.

The kind stands here because `accounts` lies below the proposals and cannot know them; what it does is theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.models import User
from lxbt.accounts.operations.appointing import AccountRefused, SecondNeeded, change_roles, set_until
from lxbt.accounts.operations.lapsing import Settling
from lxbt.accounts.operations.leaving import enable_account, move_account
from lxbt.accounts.queries import roles_held
from lxbt.accounts.rules import BY_KEY, Permission
from lxbt.divisions import queries as divisions
from lxbt.proposals.kinds import Kind, register
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import propose
from lxbt.proposals.rules import Effect

DUTIES = "accounts.duties"


@transaction.atomic
def appoint(
    *,
    act: str,
    user: User,
    reason: str,
    by: User,
    at: datetime,
    on: date,
    roles: Iterable[str] = (),
    until: date | None = None,
    place_code: str = "",
    settling: Settling | None = None,
) -> Proposal | None:
    """Change roles (`roles`), their last day (`until`), the place (`move`) of an account, or enable it (`enable`).

    What brings duties is proposed and given back; the rest is done at once.
    """
    settled = settling or Settling()
    told = {
        "act": act,
        "user": user.pk,
        "roles": list(dict.fromkeys(roles)),
        "until": until.isoformat() if until else None,
        "place": place_code,
        "successor": settled.successor.pk if settled.successor else None,
        "lapse": settled.lapse,
    }
    try:
        with transaction.atomic():
            _act(told, by=by, second=None, on=on)
    except SecondNeeded:
        return propose(
            kind=DUTIES,
            division_code=place_code or user.place_code,
            payload=told,
            reason=reason,
            by=by,
            at=at,
            on=on,
            subject_kind="account",
            subject_id=user.pk,
        )
    return None


def _act(told: Mapping[str, Any], *, by: User, second: User | None, on: date) -> None:
    user = User.objects.get(pk=told["user"])
    until = date.fromisoformat(told["until"]) if told["until"] else None
    settling = Settling(User.objects.filter(pk=told["successor"]).first(), told["lapse"])
    if told["act"] == "roles":
        change_roles(user=user, roles=told["roles"], until=until, settling=settling, by=by, on=on, second=second)
    elif told["act"] == "until":
        set_until(user=user, role=told["roles"][0], until=until, by=by, on=on, second=second)
    elif told["act"] == "move":
        place = divisions.division(told["place"])
        if place is None:
            raise AccountRefused(_("没有这个区划，请刷新页面。"))
        move_account(
            user=user, place=place, roles=told["roles"], until=until, settling=settling, by=by, on=on, second=second
        )
    else:
        enable_account(user=user, by=by, on=on, second=second)


def _words(keys: Iterable[str]) -> str:
    return _("、").join(_(BY_KEY[key].label) for key in keys if key in BY_KEY)


def _effect(proposal: Proposal, on: date) -> Effect:
    told = proposal.payload
    user = User.objects.get(pk=told["user"])
    if not user.is_active and told["act"] != "enable":
        raise AccountRefused(_("这个账号已停用，不能再给职责，请提出人撤回。"))
    held = sorted(roles_held([user.pk], on=on).get(user.pk, ()))
    where = divisions.full_name_of(user.place_code)
    lines = [(_("账号"), "", f"{user.name} {user.username}"), (_("区划"), where, where)]
    if told["act"] == "move":
        lines[1] = (_("区划"), where, divisions.full_name_of(told["place"]))
    if told["act"] in ("roles", "move"):
        lines.append((_("角色"), _words(held), _words(told["roles"])))
    elif told["act"] == "until":
        lines.append((_("角色"), "", _words(told["roles"])))
    else:
        lines += [(_("状态"), _("停用"), _("启用")), (_("角色"), "", _words(held))]
    if told["act"] != "enable":
        last = date.fromisoformat(told["until"]) - timedelta(days=1) if told["until"] else None
        lines.append((_("有效期最后一天"), "", last.isoformat() if last else _("与授权人的授权同时到期")))
    return Effect(tuple(lines), persons=0)


def _carry_out(proposal: Proposal, *, by: User, at: datetime, on: date) -> None:
    _act(proposal.payload, by=User.objects.get(pk=proposal.proposed_by_id), second=by, on=on)


def register_kinds() -> None:
    """Make it known to the proposals."""
    register(
        Kind(
            DUTIES,
            lazy("给已有账号授予职责"),
            Permission.MANAGE_ACCOUNTS,
            _effect,
            _carry_out,
            above=True,
            also=Permission.MANAGE_SECURITY,
        )
    )
