"""Keeping a kind of hit quiet and closing a campaign wait for a second person; the level above is told of both."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from lxbt.accounts.models import User
from lxbt.accounts.rules import Permission
from lxbt.matching.effects import claims_line, open_claims
from lxbt.matching.models import Campaign, Suspicion
from lxbt.matching.operations.campaigns import check_closing, close_campaign
from lxbt.matching.operations.verifying import SuspicionRefused
from lxbt.matching.operations.watching import check_quiet, quiet_kind
from lxbt.matching.rules import UNDECIDED
from lxbt.proposals.kinds import Kind, register
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import propose
from lxbt.proposals.rules import Effect

QUIET, CLOSING = "matching.quiet", "matching.campaign"


@transaction.atomic
def propose_quiet(
    *, rule: str, source: str, division_code: str, until: date, reason: str, by: User, at: datetime
) -> Proposal:
    """Ask that a kind of hit is not raised in an area until a day; nothing is quiet before a second person accepts."""
    check_quiet(rule=rule, source=source, division_code=division_code, until=until, reason=reason, by=by, at=at)
    return propose(
        kind=QUIET,
        division_code=division_code,
        payload={"rule": rule, "source": source, "until": until.isoformat(), "reason": reason.strip()[:200]},
        reason=reason,
        by=by,
        at=at,
        subject_kind=f"quiet.{rule}.{source}"[:24],
        subject_id=int(division_code),
    )


def _quiet_effect(proposal: Proposal, on: date) -> Effect:
    told = proposal.payload
    count, yuan = open_claims(told["rule"], proposal.division_code, told["source"])
    days = (date.fromisoformat(told["until"]) - on).days
    lines = (
        (_("规则"), "", told["rule"]),
        (_("来源"), "", told["source"] or _("全部来源")),
        (_("停报到（当日恢复）"), "", told["until"]),
        claims_line(count, yuan),
    )
    if days <= 0:
        raise SuspicionRefused(_("停报期限已过，请提出人重新提出。"))
    return Effect(lines, persons=count)


def _quiet(proposal: Proposal, *, by: User, at: datetime, on: date) -> object:
    told = proposal.payload
    return quiet_kind(
        rule=told["rule"],
        source=told["source"],
        division_code=proposal.division_code,
        until=date.fromisoformat(told["until"]),
        reason=told["reason"],
        proposed_by=User.objects.get(pk=proposal.proposed_by_id),
        by=by,
        at=at,
    )


@transaction.atomic
def propose_closing(*, campaign_id: int, version: int, summary: str, by: User, at: datetime) -> Proposal:
    """Ask that a campaign is closed with its report; it goes on until a second person accepts."""
    campaign = check_closing(campaign_id=campaign_id, version=version, summary=summary, by=by, at=at)
    return propose(
        kind=CLOSING,
        division_code=campaign.area,
        payload={"campaign_id": campaign_id, "version": version, "summary": summary.strip()[:1000]},
        reason=summary,
        by=by,
        at=at,
        subject_kind="campaign",
        subject_id=campaign_id,
    )


def _closing_effect(proposal: Proposal, on: date) -> Effect:
    campaign = Campaign.objects.get(pk=proposal.payload["campaign_id"])
    if campaign.version != proposal.payload["version"]:
        raise SuspicionRefused(_("这个专项刚被他人办理，请看过最新情况再办。"))
    rows = Suspicion.objects.filter(campaign_id=campaign.pk)
    count = rows.count()
    found = rows.filter(state__in=UNDECIDED).aggregate(n=Count("pk"), yuan=Sum("amount"))
    lines = (
        (_("核对专项"), "", campaign.name),
        (_("专项小结"), "", proposal.payload["summary"]),
        (_("疑点"), "", ngettext("%(n)s 条", "%(n)s 条", count) % {"n": f"{count:,}"}),
        claims_line(found["n"], found["yuan"] or 0),
    )
    return Effect(lines, persons=found["n"])


def _close(proposal: Proposal, *, by: User, at: datetime, on: date) -> object:
    told = proposal.payload
    return close_campaign(
        campaign_id=told["campaign_id"],
        version=told["version"],
        summary=told["summary"],
        proposed_by=User.objects.get(pk=proposal.proposed_by_id),
        by=by,
        at=at,
    )


def register_kinds() -> None:
    """Make both known to the proposals."""
    right = Permission.SUPERVISE_SUSPICIONS
    register(Kind(QUIET, lazy("停报一类预警"), right, _quiet_effect, _quiet, above=True))
    register(Kind(CLOSING, lazy("结束核对专项"), right, _closing_effect, _close, above=True))
