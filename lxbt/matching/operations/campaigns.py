"""The ministry's check of data: planned, compared, dispatched, urged, compared again, closed with a report
(民办函〔2023〕43号).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.humans import same_human
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.core.transitions import move
from lxbt.divisions.rules import span
from lxbt.matching.models import Campaign, Suspicion
from lxbt.matching.operations.finding import chosen_rules
from lxbt.matching.operations.running import run_rules
from lxbt.matching.operations.verifying import SuspicionRefused
from lxbt.matching.rules import UNDECIDED
from lxbt.matching.rules.campaigns import COMPARING, TRANSITIONS, CampaignState
from lxbt.notices.operations import Post, post_notices


def _may(by: User, area: str, at: datetime) -> None:
    if not standing_of(by, on=beijing_day(at)).may(Permission.SUPERVISE_SUSPICIONS, area):
        raise SuspicionRefused(_("您没有在这个区划开展核对专项的权限。"))


def _record(campaign: Campaign, act: str, by: User | None, before: str, reason: str = "") -> None:
    record_event(
        by=by,
        action=f"campaign.{act}",
        subject_kind="campaign",
        subject_id=campaign.pk,
        division_code=campaign.area,
        reason=reason,
        details={"name": campaign.name, "rules": campaign.rules},
        changes={"state": (before, campaign.state)},
    )


@transaction.atomic
def plan_campaign(
    *,
    name: str,
    plan: str,
    document_number: str,
    area: str,
    rules: Sequence[str],
    month: Month,
    due_on: date,
    by: User,
    at: datetime,
) -> Campaign:
    """Plan a check of an area: which rules, which month, until when. Nothing is compared yet."""
    _may(by, area, at)
    if len(name.strip()) < 4 or len(plan.strip()) < 4:
        raise SuspicionRefused(_("请填写专项名称和方案，各不少于 4 个字。"), field="name")
    if not rules:
        raise SuspicionRefused(_("请至少选择一条规则。"), field="rules")
    if due_on <= beijing_day(at):
        raise SuspicionRefused(_("上报期限应在今天之后。"), field="due_on")
    codes = [rule.code for rule in chosen_rules(list(rules))]
    campaign = Campaign.objects.create(
        name=name.strip()[:60],
        plan=plan.strip()[:1000],
        document_number=document_number.strip()[:100],
        area=area,
        rules=codes,
        month=month.first,
        opens_on=beijing_day(at),
        due_on=due_on,
        planned_by_id=by.pk,
        planned_by_name=by.name,
    )
    _record(campaign, "planned", by, "")
    return campaign


def _find(campaign_id: int, version: int, by: User, at: datetime) -> Campaign:
    campaign = Campaign.objects.select_for_update().filter(pk=campaign_id).first()
    if campaign is None:
        raise SuspicionRefused(_("没有这个核对专项。"))
    _may(by, campaign.area, at)
    if campaign.version != version:
        raise SuspicionRefused(_("这个专项刚被他人办理，请看过最新情况再办。"))
    return campaign


def _act(campaign: Campaign, act: str, by: User | None, reason: str = "") -> Campaign:
    before = campaign.state
    campaign.state = move(
        TRANSITIONS, CampaignState(campaign.state), act, sentence=_("这个专项现在不能这样办理，请刷新页面。")
    )
    campaign.version += 1
    campaign.save()
    _record(campaign, act, by, before, reason)
    return campaign


@transaction.atomic
def start_campaign(*, campaign_id: int, version: int, by: User, at: datetime) -> Campaign:
    """Let it be compared: the background takes it up within a minute."""
    return _act(_find(campaign_id, version, by, at), "start", by)


@transaction.atomic
def recheck_campaign(*, campaign_id: int, version: int, by: User, at: datetime) -> Campaign:
    """Compare again what was verified: what is still there, and what is new."""
    campaign = _find(campaign_id, version, by, at)
    campaign.rechecked_on = beijing_day(at)
    return _act(campaign, "recheck", by)


def compare_campaign(*, campaign_id: int, on: date, at: datetime) -> int:
    """Compare a campaign's area by its rules and dispatch what is found; gives how many cases belong to it then.

    Broken off, call it again.
    """
    campaign = Campaign.objects.filter(pk=campaign_id, state__in=COMPARING).first()
    if campaign is None:
        return 0
    for _done, _total, _report in run_rules(
        area=campaign.area, rules=campaign.rules, month=Month.of(campaign.month), on=on, at=at, campaign=campaign.pk
    ):
        pass
    low, high = span(campaign.area)
    with transaction.atomic():
        open_ones = Suspicion.objects.filter(
            division_code__gte=low,
            division_code__lt=high,
            rule__in=campaign.rules,
            state__in=UNDECIDED,
            campaign_id__isnull=True,
        )
        open_ones.update(campaign_id=campaign.pk)  # what was open already is part of it
        campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
        if campaign.state in COMPARING:
            first = campaign.state == CampaignState.RUNNING
            campaign.dispatched_on = campaign.dispatched_on or on
            _act(campaign, "dispatch", None)
            if first:
                _tell(campaign, "campaign_opened", at)
    return Suspicion.objects.filter(campaign_id=campaign.pk).count()


def _tell(campaign: Campaign, kind: str, at: datetime, counties: Sequence[str] | None = None) -> int:
    """A notice to the counties with open cases of it."""
    rows = Suspicion.objects.filter(campaign_id=campaign.pk, state__in=UNDECIDED)
    found = counties if counties is not None else sorted(set(rows.values_list("county_code", flat=True)))
    told = {"campaign": campaign.name, "due": str(campaign.due_on)}
    post_notices(
        posts=[Post(code, kind, params={**told, "count": rows.filter(county_code=code).count()}) for code in found],
        at=at,
    )
    return len(found)


@transaction.atomic
def urge_campaign(*, campaign_id: int, by: User, at: datetime) -> int:
    """Urge every county that has cases of the campaign open; gives how many were told."""
    campaign = Campaign.objects.filter(pk=campaign_id, state=CampaignState.VERIFYING).first()
    if campaign is None:
        raise SuspicionRefused(_("这个专项不在核实中。"))
    _may(by, campaign.area, at)
    told = _tell(campaign, "campaign_urged", at)
    _record(campaign, "urged", by, campaign.state)
    return told


def check_closing(*, campaign_id: int, version: int, summary: str, by: User, at: datetime) -> Campaign:
    """The campaign, locked, if it can be closed with this report."""
    campaign = _find(campaign_id, version, by, at)
    if len(summary.strip()) < 10:
        raise SuspicionRefused(_("请写明专项小结，不少于 10 个字。"), field="summary")
    if (CampaignState(campaign.state), "close") not in TRANSITIONS:
        raise SuspicionRefused(_("这个专项现在不能这样办理，请刷新页面。"))
    return campaign


@transaction.atomic
def close_campaign(
    *, campaign_id: int, version: int, summary: str, proposed_by: User, by: User, at: datetime
) -> Campaign:
    """Close a campaign with its report, as one person proposed and another accepts; cases still open go on by
    themselves.
    """
    campaign = check_closing(campaign_id=campaign_id, version=version, summary=summary, by=by, at=at)
    if same_human(proposed_by.pk, by.pk):
        raise SuspicionRefused(_("结束专项须由一人提出、另一人复核，不能一人办完。"))
    campaign.closing_by_id, campaign.closed_by_id = proposed_by.pk, by.pk
    campaign.summary, campaign.closed_on = summary.strip()[:1000], beijing_day(at)
    return _act(campaign, "close", by)
