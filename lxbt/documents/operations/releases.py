"""Large exports: made by one person, let go by a second, taken by the first, wiped in the end."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.audit.humans import same_human
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.refusal import Refusal
from lxbt.documents.models import Release
from lxbt.documents.operations.sealed import keep_sealed
from lxbt.documents.queries import content_of
from lxbt.documents.rules.releases import DAYS, RELEASING


class ReleaseRefused(Refusal):
    """The export cannot be asked for, let go or taken so."""


def _record(release: Release, act: str, by: User | None, before: str | None, reason: str = "") -> None:
    record_event(
        by=by,
        action=f"release.{act}",
        subject_kind="release",
        subject_id=release.pk,
        division_code=release.division_code,
        reason=reason,
        details={"title": release.title, "rows": release.rows, "note": release.note},
        changes={"outcome": (before, release.outcome)},
    )


@transaction.atomic
def ask_release(
    *, title: str, note: str, content: bytes, rows: int, division_code: str, reason: str, by: User, at: datetime
) -> Release:
    """Keep a large export sealed until a second person lets it go; ReleaseRefused without a reason."""
    if len(reason.strip()) < 4:
        raise ReleaseRefused(_("请写明导出的用途。"), field="reason")
    release = Release.objects.create(
        title=title[:60],
        note=note[:200],
        rows=rows,
        division_code=division_code,
        reason=reason.strip()[:200],
        asked_by_id=by.pk,
        asked_by_name=by.name,
        asked_at=at,
        expires_at=at + timedelta(days=DAYS),
        **keep_sealed(content),
    )
    _record(release, "asked", by, None, release.reason)
    return release


def _locked(release_id: int, at: datetime) -> Release:
    release = Release.objects.select_for_update().filter(pk=release_id).first()
    if release is None or release.wiped_at or release.expires_at <= at:
        raise ReleaseRefused(_("没有这份导出，或已过期，请重新导出。"))
    return release


@transaction.atomic
def decide_release(*, release_id: int, release_it: bool, opinion: str, by: User, at: datetime) -> Release:
    """Let an export go, or not; never by the one who asked, and only with the right over its area."""
    release = _locked(release_id, at)
    if same_human(by.pk, release.asked_by_id) or not standing_of(by, on=beijing_day(at)).may(
        RELEASING, release.division_code
    ):
        raise ReleaseRefused(_("这份导出须由有权限的另一人核准。"))
    if release.outcome != "waiting":
        raise ReleaseRefused(_("这份导出已经核准或退回。"))
    if not release_it and len(opinion.strip()) < 4:
        raise ReleaseRefused(_("不予核准时请写明原因。"), field="opinion")
    before, release.outcome = release.outcome, "released" if release_it else "refused"
    release.decided_by_id, release.decided_by_name, release.decided_at, release.opinion = (
        by.pk,
        by.name,
        at,
        opinion.strip()[:200],
    )
    release.save()
    _record(release, release.outcome, by, before, release.opinion)
    return release


@transaction.atomic
def take_release(*, release_id: int, by: User, at: datetime) -> tuple[Release, bytes]:
    """The content, for the one who asked, once it is let go."""
    release = _locked(release_id, at)
    if by.pk != release.asked_by_id or release.outcome != "released":
        raise ReleaseRefused(_("这份导出还没有核准，或不是您申请的。"))
    release.taken_at = release.taken_at or at
    release.save(update_fields=["taken_at"])
    _record(release, "taken", by, release.outcome)
    return release, content_of(release)


def wipe_releases(*, at: datetime) -> int:
    """Wipe the content of what is past its time or was refused; gives how many."""
    done = 0
    for ident in Release.objects.filter(wiped_at__isnull=True, expires_at__lte=at).values_list("pk", flat=True)[:500]:
        with transaction.atomic():
            release = (
                Release.objects.select_for_update(skip_locked=True).filter(pk=ident, wiped_at__isnull=True).first()
            )
            if release is None:
                continue
            old = release.path
            release.wiped_at, release.size, release.path = at, 0, f"wiped/{release.pk}"
            release.save(update_fields=["wiped_at", "size", "path"])
            _record(release, "wiped", None, release.outcome)
            transaction.on_commit(lambda old=old: default_storage.delete(old))  # type: ignore[misc]
        done += 1
    return done
