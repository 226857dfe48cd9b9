"""Asking that months held back be paid: one person asks, another agrees, and both see how many and how much."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.core.months import Month
from lxbt.entitlements.holding import Sums, held_group, sums_of
from lxbt.entitlements.models import ARREARS_HELD
from lxbt.entitlements.operations import EntitlementRefused
from lxbt.entitlements.operations.holding import release_holds
from lxbt.proposals.operations import Kind, propose, register
from lxbt.proposals.rules import Effect

if TYPE_CHECKING:
    from lxbt.accounts.models import User
    from lxbt.proposals.models import Proposal

RELEASE = "entitlements.release"
ASKING = (Permission.IMPORT_FILES, Permission.DECIDE_APPLICATIONS, Permission.DRAW_BATCHES)


@transaction.atomic
def ask_to_release(
    *, import_id: int, payer_code: str, why: str, reason: str, by: User, at: datetime, on: date
) -> Proposal:
    """Ask another person to release what is held of an import in a paying body's area; EntitlementRefused where nothing
    is.
    """
    standing = standing_of(by, on=on)
    if not any(standing.may(right, payer_code) for right in ASKING):
        raise EntitlementRefused(_("您没有为该区划提出的权限。"))
    if not held_group(import_id, payer_code, why).exists():
        raise EntitlementRefused(_("这次导入没有先不发放的月份，请刷新页面。"))
    return propose(
        kind=RELEASE,
        division_code=payer_code,
        payload={"import": import_id, "payer": payer_code, "why": why},
        reason=reason,
        by=by,
        at=at,
        on=on,
        subject_kind=f"hold {why}",
        subject_id=import_id,
    )


def release_effect(proposal: Proposal, on: date) -> Effect:
    """Persons, rights, months and yuan that the next draw pays after the release."""
    told = proposal.payload
    sums: Sums = sums_of(told["import"], told["payer"], told["why"], Month.of(on))
    if not sums.rights:
        raise EntitlementRefused(_("这些月份已经放行，或导入已经撤销，请刷新页面。"))
    origin = _("第 %(n)s 次导入") % {"n": told["import"]}
    held = _("先不发放")
    what = _("往月补发") if told["why"] == ARREARS_HELD else _("未经确认的享受资格")
    lines = [
        (f"{origin} {what}", held, _("%(n)s 人，%(r)s 项") % {"n": f"{sums.persons:,}", "r": f"{sums.rights:,}"}),
        (
            _("到本月为止"),
            held,
            _("%(n)s 人月，%(yuan)s 元，下一次编制时发放") % {"n": f"{sums.months:,}", "yuan": f"{sums.yuan:,.2f}"},
        ),
        (
            _("金额最大的一项"),
            "",
            _("%(n)s 个月，%(yuan)s 元") % {"n": sums.largest_months, "yuan": f"{sums.largest:,.2f}"},
        ),
    ]
    if told["why"] != ARREARS_HELD:
        lines.append((_("以后每月"), _("不发放"), _("%(yuan)s 元") % {"yuan": f"{sums.monthly:,.2f}"}))
    return Effect(tuple(lines), sums.persons, sums.months, sums.yuan)


def carry_out_release(proposal: Proposal, *, by: User, at: datetime, on: date) -> None:
    """Release them."""
    told = proposal.payload
    release_holds(
        import_id=told["import"],
        payer_code=told["payer"],
        why=told["why"],
        asked_by_id=proposal.proposed_by_id,
        by=by,
        on=on,
    )


def register_kinds() -> None:
    """The act, for the pages of proposals."""
    register(
        Kind(
            RELEASE,
            lazy("发放暂缓的月份"),
            Permission.DECIDE_APPLICATIONS,
            release_effect,
            carry_out_release,
            above=True,
        )
    )
