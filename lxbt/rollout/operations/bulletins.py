"""Planning bulletins, making their issues when they are due, sending them as notices."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import covers
from lxbt.notices.operations import Post, post_notices
from lxbt.notices.operations.circulars import CircularRefused, draft_bulletin, publish_circular
from lxbt.notices.rules import Addressees, CircularKind, Content
from lxbt.rollout.models import Bulletin, BulletinIssue
from lxbt.rollout.queries.bulletins import due_bulletins, figures_of, timing_of
from lxbt.rollout.rules.bulletins import Interval, Timing, filled, is_timing, latest_due, next_due, rendered, strangers


class BulletinRefused(Refusal):
    """The bulletin cannot be planned or issued so."""


@dataclass(frozen=True)
class BulletinPlan:
    """What is planned."""

    title: str
    text: str
    area: str
    levels: tuple[int, ...]
    interval: Interval
    day: int
    at: time
    number: str = ""
    issuer: str = ""
    addressee: str = ""
    to_organ: str = ""
    receipt_days: int | None = None
    automatic: bool = False


def _check(plan: BulletinPlan, from_code: str) -> None:
    if len(plan.title.strip()) < 4:
        raise BulletinRefused(_("请写明标题。"), field="title")
    if not plan.text.strip():
        raise BulletinRefused(_("请写明正文。"), field="text")
    unknown = strangers(plan.title, plan.number, plan.text)
    if unknown:
        raise BulletinRefused(
            _("没有这样的数字或图表：%(what)s。请从右边列出的词中选。") % {"what": "、".join(unknown[:5])}, field="text"
        )
    if divisions.division(plan.area) is None or not covers(from_code, plan.area):
        raise BulletinRefused(_("只能发给本级和下级，请重新选择收文地区。"), field="area")
    if not plan.levels:
        raise BulletinRefused(_("请至少选择一级收文单位。"), field="levels")
    if not is_timing(Timing(plan.interval, plan.day, plan.at)):
        raise BulletinRefused(_("每周填 1 至 7（周一至周日），每月填 1 至 31。"), field="day")


def _record(bulletin: Bulletin, act: str, by: User | None, **details: object) -> None:
    told = {"title": bulletin.title, "area": bulletin.area, **details}
    record_event(
        by=by,
        action=f"bulletin.{act}",
        subject_kind="bulletin",
        subject_id=bulletin.pk,
        division_code=bulletin.from_code,
        details=told,
    )


@transaction.atomic
def plan_bulletin(*, plan: BulletinPlan, from_code: str, by: User, at: datetime) -> Bulletin:
    """Plan one for the account's office; the first issue is due at the next moment that fits."""
    if from_code not in standing_of(by, on=beijing_day(at)).areas(Permission.PUBLISH_BULLETINS):
        raise BulletinRefused(_("您不能以这个单位的名义发通报。"))
    _check(plan, from_code)
    due = next_due(Timing(plan.interval, plan.day, plan.at), at)
    bulletin = Bulletin.objects.create(
        **{**asdict(plan), "levels": sorted(plan.levels), "interval": plan.interval.value},
        from_code=from_code,
        from_organ=by.organ,
        next_due_at=due,
        made_by_id=by.pk,
        made_by_name=by.name,
        made_at=at,
    )
    _record(bulletin, "planned", by, next=f"{due:%Y-%m-%d %H:%M}")
    return bulletin


def _managed(bulletin_id: int, by: User, at: datetime) -> Bulletin:
    bulletin = Bulletin.objects.select_for_update().filter(pk=bulletin_id).first()
    standing = standing_of(by, on=beijing_day(at))
    if (
        bulletin is None
        or bulletin.from_code not in standing.areas(Permission.PUBLISH_BULLETINS)
        or bulletin.from_organ != standing.organ
    ):
        raise BulletinRefused(_("没有这个通报计划，或不由您单位办理。"))
    bulletin.version += 1
    return bulletin


@transaction.atomic
def change_bulletin(*, bulletin_id: int, version: int, plan: BulletinPlan, by: User, at: datetime) -> Bulletin:
    """Change the plan; issues already made stay as they are."""
    bulletin = _managed(bulletin_id, by, at)
    if bulletin.version != version + 1:
        raise BulletinRefused(_("这个计划刚才被别人改动过，请重新打开后再改。"))
    _check(plan, bulletin.from_code)
    for name, value in {**asdict(plan), "levels": sorted(plan.levels), "interval": plan.interval.value}.items():
        setattr(bulletin, name, value)
    bulletin.next_due_at = next_due(timing_of(bulletin), at)
    bulletin.save()
    _record(bulletin, "changed", by, next=f"{bulletin.next_due_at:%Y-%m-%d %H:%M}")
    return bulletin


@transaction.atomic
def switch_bulletin(*, bulletin_id: int, active: bool, by: User, at: datetime) -> Bulletin:
    """Let it rest, or go on: then from the next moment that fits, what lay between is not caught up."""
    bulletin = _managed(bulletin_id, by, at)
    bulletin.active = active
    if active:
        bulletin.next_due_at = next_due(timing_of(bulletin), at)
    bulletin.save()
    if active:
        _record(bulletin, "resumed", by)
    else:
        _record(bulletin, "paused", by)
    return bulletin


@transaction.atomic
def issue_now(*, bulletin_id: int, by: User, at: datetime) -> BulletinIssue:
    """Make a draft issue at once, beside the plan; it never goes out by itself."""
    bulletin = _managed(bulletin_id, by, at)
    due = at.replace(second=0, microsecond=0)
    if BulletinIssue.objects.filter(bulletin=bulletin, due_at=due).exists():
        raise BulletinRefused(_("这一分钟已经生成过一期，请稍后再试。"))
    return _issue(bulletin, due=due, at=at, by=by)


def issue_due(*, at: datetime) -> int:
    """Make the issues that are due, each once; several moments that were missed become one issue.

    Gives how many were made.
    """
    done = 0
    for ident in due_bulletins(at):
        with transaction.atomic():
            bulletin = (
                Bulletin.objects.select_for_update(skip_locked=True)
                .filter(pk=ident, active=True, next_due_at__lte=at)
                .first()
            )
            if bulletin is None:
                continue
            timing, local = timing_of(bulletin), timezone.localtime(at)
            due = latest_due(timing, timezone.localtime(bulletin.next_due_at), local)
            bulletin.next_due_at = next_due(timing, local)
            bulletin.save(update_fields=["next_due_at"])
            if BulletinIssue.objects.filter(bulletin=bulletin, due_at=due).exists():
                continue
            _issue(bulletin, due=due, at=at, by=None)
            done += 1
    return done


def _issue(bulletin: Bulletin, *, due: datetime, at: datetime, by: User | None) -> BulletinIssue:
    """The figures of this moment, frozen; a draft notice of them; sent at once where the plan says so and the figures
    are settled.
    """
    figures = figures_of(bulletin.area, at=at)
    year = timezone.localtime(due).year
    latest = BulletinIssue.objects.filter(bulletin=bulletin, year=year).order_by("-number").first()
    number = latest.number + 1 if latest else 1
    told = {"year": year, "number": number}
    content = Content(
        title=filled(bulletin.title, figures, **told)[:120],
        text="",
        to=Addressees(bulletin.area, tuple(bulletin.levels), bulletin.to_organ),
        number=filled(bulletin.number, figures, **told)[:60],
        issuer=bulletin.issuer,
        addressee=bulletin.addressee,
        kind=CircularKind.BULLETIN,
        receipt_due_on=beijing_day(at) + timedelta(days=bulletin.receipt_days) if bulletin.receipt_days else None,
        blocks=tuple(rendered(bulletin.text, figures, **told)),
    )
    circular = draft_bulletin(content=content, from_code=bulletin.from_code, from_organ=bulletin.from_organ, at=at)
    issue = BulletinIssue.objects.create(
        bulletin=bulletin,
        due_at=due,
        made_at=at,
        year=year,
        number=number,
        figures=asdict(figures),
        stale=figures.stale,
        circular=circular,
    )
    _record(bulletin, "issued", by, number=number, as_of=figures.as_of, circular=circular.pk)
    if bulletin.automatic and by is None and not figures.stale and figures.month and not figures.running:
        try:
            with transaction.atomic():
                publish_circular(circular_id=circular.pk, by=None, at=at)
        except CircularRefused:
            pass
        else:
            return issue
    if by is None:  # somebody has to look
        post = Post(
            bulletin.from_code,
            "bulletin_waiting",
            organ=bulletin.from_organ,
            role="coordinator",
            params={"circular": circular.pk},
        )
        post_notices(posts=[post], at=at)
    return issue
