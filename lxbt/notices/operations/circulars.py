"""Writing a notice, publishing it in one transaction, correcting and withdrawing it.

Nothing is written for those it is addressed to.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import BY_KEY, Organ, Permission
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.refusal import Refusal
from lxbt.core.transitions import move
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import Level, covers
from lxbt.documents.operations import drop_office_file, store_office_file
from lxbt.notices.models import Circular, CircularPaper
from lxbt.notices.operations.telling import tell_readers
from lxbt.notices.operations.typesetting import typeset_circular
from lxbt.notices.queries.circulars import addressees_of, may_manage, reach_of
from lxbt.notices.rules import MOVES, OPEN, Addressees, CircularKind, CircularState, Content

PAPERS = 10  # that go with one notice


class CircularRefused(Refusal):
    """The notice cannot be written, sent, corrected or withdrawn so."""


def _check(content: Content, from_code: str) -> None:
    """CircularRefused when something is missing or the notice would leave the sender's area."""
    if len(content.title.strip()) < 4:
        raise CircularRefused(_("请写明标题。"), field="title")
    if not content.text.strip() and not content.blocks:
        raise CircularRefused(_("请写明正文。"), field="text")
    if divisions.division(content.to.area) is None or not covers(from_code, content.to.area):
        raise CircularRefused(_("只能发给本级和下级，请重新选择收文地区。"), field="area")
    if not content.to.levels or not set(content.to.levels) <= {int(level) for level in Level}:
        raise CircularRefused(_("请至少选择一级收文单位。"), field="levels")
    if content.to.organ not in ("", *(o.value for o in Organ)) or (content.to.role and content.to.role not in BY_KEY):
        raise CircularRefused(_("收文部门或角色不存在，请重新选择。"), field="organ")


def _fields(content: Content) -> dict[str, Any]:
    to = content.to
    plain = {name: value for name, value in asdict(content).items() if name not in ("to", "blocks")}
    return {
        **plain,
        "title": content.title.strip(),
        "kind": content.kind.value,
        "blocks": [dict(block) for block in content.blocks],
        "area": to.area,
        "levels": sorted(to.levels),
        "to_organ": to.organ,
        "to_role": to.role,
    }


def _record(one: Circular, act: str, by: User | None, reason: str = "", **details: Any) -> None:
    told = {"title": one.title, "number": one.number, "area": one.area, **details}
    record_event(
        by=by,
        action=f"circular.{act}",
        subject_kind="circular",
        subject_id=one.pk,
        division_code=one.from_code,
        reason=reason,
        details=told,
    )


def _managed(circular_id: int, by: User | None, on: date, version: int | None = None) -> Circular:
    """Locked; refused to whoever may not deal with it, or looked at an older version."""
    one = Circular.objects.select_for_update().filter(pk=circular_id).first()
    if one is None or (by is not None and not may_manage(standing_of(by, on=on), one)):
        raise CircularRefused(_("没有这份通知，或不由您单位办理。"))
    if version is not None and one.version != version:
        raise CircularRefused(_("这份通知刚才被别人改动过，请重新打开后再办。"))
    one.version += 1
    return one


@transaction.atomic
def draft_circular(*, content: Content, from_code: str, by: User, at: datetime) -> Circular:
    """Keep a draft of the account's office; CircularRefused without the right to send for it, or when something is
    missing.
    """
    if from_code not in standing_of(by, on=beijing_day(at)).areas(Permission.SEND_NOTICES):
        raise CircularRefused(_("您不能以这个单位的名义发通知。"))
    _check(content, from_code)
    one = Circular.objects.create(
        **_fields(content),
        from_code=from_code,
        from_organ=by.organ,
        drafted_by_id=by.pk,
        drafted_by_name=by.name,
        drafted_at=at,
    )
    _record(one, "drafted", by)
    return one


@transaction.atomic
def draft_bulletin(*, content: Content, from_code: str, from_organ: str, at: datetime) -> Circular:
    """A draft that the system made for an office by its plan."""
    _check(content, from_code)
    one = Circular.objects.create(**_fields(content), from_code=from_code, from_organ=from_organ, drafted_at=at)
    _record(one, "drafted", None)
    return one


@transaction.atomic
def change_circular(
    *, circular_id: int, version: int, content: Content, changed: str = "", by: User, at: datetime
) -> Circular:
    """Change a draft. What the system made in it (figures) stays as it is."""
    one = _managed(circular_id, by, beijing_day(at), version)
    if one.state not in OPEN:
        raise CircularRefused(_("已经发布的通知不能改，请用“更正”发新版本。"))
    if one.corrects_id and len(changed.strip()) < 4:
        raise CircularRefused(_("请写明更正了什么，读过旧版的单位会看到。"), field="changed")
    _check(Content(**{**content.__dict__, "blocks": tuple(one.blocks)}), one.from_code)
    for name, value in _fields(content).items():
        if name not in ("blocks", "kind"):
            setattr(one, name, value)
    one.changed = changed.strip()[:500] if one.corrects_id else ""
    one.save()
    _record(one, "changed", by)
    return one


@transaction.atomic
def attach_to_circular(*, circular_id: int, name: str, content: bytes, by: User, at: datetime) -> CircularPaper:
    """Add a paper to a draft."""
    one = _managed(circular_id, by, beijing_day(at))
    if one.state not in OPEN:
        raise CircularRefused(_("已经发布的通知不能改，请用“更正”发新版本。"))
    if one.papers.count() >= PAPERS:
        raise CircularRefused(_("附件最多 %(n)s 个，请合并后再传。") % {"n": PAPERS}, field="file")
    one.save(update_fields=["version"])
    return CircularPaper.objects.create(
        circular=one, file=store_office_file(content=content, name=name, division_code=one.from_code, by=by, at=at)
    )


@transaction.atomic
def drop_paper(*, circular_id: int, file_id: int, by: User, at: datetime) -> None:
    """Take a paper away from a draft. The file stays where an older version refers to it too."""
    one = _managed(circular_id, by, beijing_day(at))
    paper = CircularPaper.objects.filter(circular=one, file=file_id).first()
    if one.state not in OPEN or paper is None:
        raise CircularRefused(_("已经发布的通知不能改，请用“更正”发新版本。"))
    one.save(update_fields=["version"])
    paper.delete()
    _record(one, "changed", by)
    _drop_if_unused(file_id)


def _drop_if_unused(file_id: int) -> None:
    if not CircularPaper.objects.filter(file=file_id).exists():
        drop_office_file(file_id=file_id)


@transaction.atomic
def discard_circular(*, circular_id: int, by: User, at: datetime) -> None:
    """Throw a draft away, its papers with it."""
    one = _managed(circular_id, by, beijing_day(at))
    if one.state not in OPEN:
        raise CircularRefused(_("已经发布的通知不能删，只能撤回。"))
    _record(one, "discarded", by)
    files = list(one.papers.values_list("file_id", flat=True))
    one.delete()
    for file_id in files:
        _drop_if_unused(file_id)


@transaction.atomic
def schedule_circular(*, circular_id: int, version: int, publish_at: datetime, by: User, at: datetime) -> Circular:
    """It goes out by itself at a moment to come."""
    one = _managed(circular_id, by, beijing_day(at), version)
    if publish_at <= at:
        raise CircularRefused(_("定时发布的时间已过，请选以后的时间，或直接发布。"), field="publish_at")
    _ready(one)
    one.state = move(MOVES, CircularState(one.state), "schedule", sentence=_("只有草稿可以定时发布。"))
    one.publish_at = publish_at
    one.save()
    _record(one, "scheduled", by, moment=f"{publish_at:%Y-%m-%d %H:%M}")
    return one


@transaction.atomic
def unschedule_circular(*, circular_id: int, by: User, at: datetime) -> Circular:
    """Back to the drafts."""
    one = _managed(circular_id, by, beijing_day(at))
    one.state = move(MOVES, CircularState(one.state), "unschedule", sentence=_("这份通知没有定时，或已经发布。"))
    one.publish_at = None
    one.save()
    _record(one, "changed", by)
    return one


def _ready(one: Circular) -> None:
    if one.corrects_id and not one.changed:
        raise CircularRefused(_("请写明更正了什么，读过旧版的单位会看到。"), field="changed")


@transaction.atomic
def publish_circular(
    *, circular_id: int, by: User | None, at: datetime, version: int | None = None, offices: int | None = None
) -> Circular:
    """Send it: from now on whoever it is addressed to finds it. `offices` is the number that the sender was shown and
    agreed to.

    A version that corrects another takes its place, and those who read the old one are told. The PDF is typeset and
    kept; where that is not possible now, the task makes it later. CircularRefused when the reach is another than shown,
    or nobody would get it.
    """
    one = _managed(circular_id, by, beijing_day(at), version)
    one.state = move(MOVES, CircularState(one.state), "publish", sentence=_("这份通知已经发布过。"))
    _ready(one)
    reach = reach_of(addressees_of(one), beijing_day(at))
    if not reach.offices:
        raise CircularRefused(_("按这样的地区、部门和角色没有收文单位，请重新选择。"))
    if offices is not None and offices != reach.offices:
        raise CircularRefused(
            _("收文单位现在是 %(n)s 个，与您确认的不同，请重新核对后发布。") % {"n": f"{reach.offices:,}"}
        )
    one.published_at, one.offices, one.accounts = at, reach.offices, reach.accounts
    one.published_by_id, one.published_by_name = (by.pk, by.name) if by else (None, "")
    one.save()
    if one.corrects_id:
        old = Circular.objects.select_for_update().get(pk=one.corrects_id)
        old.state = move(MOVES, CircularState(old.state), "correct", sentence=_("旧版已经撤回或另有更正，不能再更正。"))
        old.version += 1
        old.save(update_fields=["state", "version"])
        tell_readers(of=old, kind="circular_corrected", circular_id=one.pk, at=at)
    typeset_circular(one, at=at)
    _record(one, "published", by, offices=reach.offices, accounts=reach.accounts, corrects=one.corrects_id)
    return one


@transaction.atomic
def correct_circular(*, circular_id: int, by: User, at: datetime) -> Circular:
    """A draft of the next version, with the same words and papers; the old one holds until that is published."""
    old = _managed(circular_id, by, beijing_day(at))
    move(MOVES, CircularState(old.state), "correct", sentence=_("只有已发布、没有撤回的通知可以更正。"))
    waiting = Circular.objects.filter(corrects=old, state__in=sorted(OPEN)).first()
    if waiting is not None:
        return waiting
    content = Content(
        title=old.title,
        text=old.text,
        to=Addressees(old.area, tuple(old.levels), old.to_organ, old.to_role),
        number=old.number,
        issuer=old.issuer,
        addressee=old.addressee,
        urgent=old.urgent,
        receipt_due_on=old.receipt_due_on,
        kind=CircularKind(old.kind),
        blocks=tuple(old.blocks),
    )
    one = Circular.objects.create(
        **_fields(content),
        from_code=old.from_code,
        from_organ=old.from_organ,
        drafted_by_id=by.pk,
        drafted_by_name=by.name,
        drafted_at=at,
        corrects=old,
    )
    CircularPaper.objects.bulk_create(
        [
            CircularPaper(circular=one, file_id=file_id)
            for file_id in old.papers.order_by("id").values_list("file_id", flat=True)
        ]
    )
    _record(one, "drafted", by, corrects=old.pk)
    return one


@transaction.atomic
def withdraw_circular(*, circular_id: int, reason: str, by: User, at: datetime) -> Circular:
    """Take it back with a reason; its text is no longer shown, and the offices that read it are told."""
    one = _managed(circular_id, by, beijing_day(at))
    if len(reason.strip()) < 4:
        raise CircularRefused(_("请写明撤回的原因，读过的单位会看到。"), field="reason")
    one.state = move(MOVES, CircularState(one.state), "withdraw", sentence=_("只有已发布的通知可以撤回。"))
    one.withdrawn_at, one.withdrawn_by_id, one.withdrawn_for = at, by.pk, reason.strip()[:200]
    one.save()
    told = tell_readers(of=one, kind="circular_withdrawn", circular_id=one.pk, at=at)
    _record(one, "withdrawn", by, one.withdrawn_for, told=told)
    return one
