"""A file comes in: kept sealed, recognised, and said what may be done with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.refusal import Refusal
from lxbt.core.transitions import move
from lxbt.divisions.queries import division
from lxbt.documents.operations import drop_large_file, keep_large_file
from lxbt.documents.rules.workbooks import SENTENCES, Unfit
from lxbt.imports.models import Import, KeptRow
from lxbt.imports.operations.planned import begin_plan, figures_of
from lxbt.imports.reading import Layout
from lxbt.imports.rules.kinds import Kind
from lxbt.imports.rules.moving import DOORS, MOVING
from lxbt.imports.states import DONE, LIVE, MOVES, PLANNED, REFUSED, STOPPED, WRITING
from lxbt.rollout.queries.doors import door_of

if TYPE_CHECKING:
    from lxbt.accounts.models import User

EVERYTHING = ("changed", "remarked")  # what may be written beside new rows, unless the user chooses otherwise
PART = 1 << 20


class ImportRefused(Refusal):
    """The file cannot be taken, or not so."""


def check_right(*, by: User | None, division_code: str, at: datetime) -> None:
    """ImportRefused unless the account may import for the area; the system itself may."""
    if division(division_code) is None:
        raise ImportRefused(_("没有区划 %(code)s，请核对 12 位代码。") % {"code": division_code}, field="division")
    if by is not None and not standing_of(by, on=beijing_day(at)).may(Permission.IMPORT_FILES, division_code):
        raise ImportRefused(_("您没有为该区划导入数据的权限，请由本级导入人员办理。"))


def parts_of(path: Path) -> Iterator[bytes]:
    """A file on disk in parts."""
    with path.open("rb") as file:
        while data := file.read(PART):
            yield data


def digest_of(path: Path) -> bytes:
    """The SM3 digest of a file on disk."""
    digest = hashlib.new("sm3")
    for data in parts_of(path):
        digest.update(data)
    return digest.digest()


@transaction.atomic
def open_import(
    *, kind: Kind, division_code: str, name: str, parts: Iterable[bytes], by: User | None, at: datetime
) -> tuple[Import, bool]:
    """Keep a file. Gives the import, and whether it was there already: the same file for the same area and kind, not
    yet finished.

    ImportRefused without the right to import there, or when the file is empty.
    """
    check_right(by=by, division_code=division_code, at=at)
    file = keep_large_file(parts=parts)
    if not file.size:
        raise ImportRefused(_("文件是空的，请重新选择。"), field="file")
    known = live_import(kind.key, division_code, bytes(file.digest))
    if known is not None:
        drop_large_file(file_id=file.pk)
        return known, True
    try:
        with transaction.atomic():
            entry = Import.objects.create(
                kind=kind.key,
                version=kind.version,
                division_code=division_code,
                name=Path(name).name[-120:],
                digest=bytes(file.digest),
                size=file.size,
                file_id=file.pk,
                accepts=list(EVERYTHING),
                by_id=by.pk if by else None,
                by_name=by.name if by else "",
                created_at=at,
            )
    except IntegrityError:  # somebody sent the same file in this very moment
        raise ImportRefused(_("同一个文件刚刚由他人上传，请到导入列表中继续。")) from None
    record_event(
        by=by,
        action="import.opened",
        subject_kind="import",
        subject_id=entry.pk,
        division_code=division_code,
        details={"kind": kind.key, "size": file.size, "digest": bytes(file.digest).hex()},
    )
    return entry, False


def live_import(kind: str, division_code: str, digest: bytes) -> Import | None:
    """The unfinished import of the same file."""
    return Import.objects.filter(kind=kind, division_code=division_code, digest=digest, state__in=LIVE).first()


def finished_import(entry: Import) -> Import | None:
    """The latest finished import of the same file: what it wrote is found `same` by the next."""
    same = Import.objects.filter(
        kind=entry.kind, division_code=entry.division_code, digest=bytes(entry.digest), state=DONE
    )
    return same.exclude(pk=entry.pk).order_by("-pk").first()


@contextmanager
def understood(entry: Import) -> Iterator[None]:
    """What a reader says of an unfit file becomes a refusal, and the import is marked as refused."""
    try:
        yield
    except Unfit as unfit:
        Import.objects.filter(pk=entry.pk).exclude(state__in=[DONE, STOPPED]).update(
            state=REFUSED, fault=unfit.fault.value
        )
        near = _("（第 %(line)d 行附近）") % {"line": unfit.line} if unfit.line else ""
        raise ImportRefused(_(SENTENCES[unfit.fault]) + near, field="file") from unfit


def layout_of(entry: Import) -> Layout:
    """What was understood of the file, as the reader wants it."""
    return Layout(
        sheet=entry.sheet,
        sheets=tuple(entry.sheets),
        header_row=entry.header_row,
        titles=tuple(entry.titles),
        mapping={int(column): key for column, key in entry.mapping.items()},
        sure={int(column): how for column, how in entry.sure.items()},
        missing=tuple(entry.missing),
        samples=(),
        rows=None,
        also=tuple(entry.also),
        header_rows=entry.header_rows,
        **Layout.kept(entry.shape),
    )


def locked_import(import_id: int) -> Import:
    """An import, locked for the caller's transaction; ImportRefused when there is none."""
    entry = Import.objects.select_for_update().filter(pk=import_id).first()
    if entry is None:
        raise ImportRefused(_("没有这次导入，请刷新页面。"))
    return entry


def check_door(entry: Import, *, on: date) -> None:
    """ImportRefused unless the door that the file comes through is open for its area on the day; says what to do."""
    door = DOORS.get(entry.kind)
    if door is None:
        return
    found = door_of(entry.division_code, door, on)
    if not found.open:
        raise ImportRefused(str(found.sentence()))


def is_before_writing(entry: Import) -> bool:
    """Whether the import has a plan and nothing of it was written."""
    return entry.state == PLANNED or (entry.state == STOPPED and entry.before_pause != WRITING)


@transaction.atomic
def start_pass(
    *, import_id: int, act: str, accepts: Iterable[str] | None = None, by: User | None, at: datetime
) -> Import:
    """Begin planning (`plan`) or writing (`write`), or go on with what was stopped. ImportRefused when a needed column
    is missing.

    Writing begins at the first row again: what a plan foresaw may have changed since. What moves money is written once
    another person has confirmed the plan (`confirming.ask_to_write`), else refused. What the system itself takes in was
    confirmed by nobody: its rights are held back from every draw, and it stops no payment.
    """
    entry = locked_import(import_id)
    check_right(by=by, division_code=entry.division_code, at=at)
    going_on = entry.state == STOPPED and entry.before_pause == WRITING
    if going_on and act == "plan":
        raise ImportRefused(_("已经写入了一部分，请接着写入，或撤销这次导入。"))
    if act == "write" and by is not None and not going_on and entry.kind in MOVING:
        check_door(entry, on=beijing_day(at))
        if not is_before_writing(entry) or not entry.planned:
            raise ImportRefused(_("请先核对出计划，看清每一行会怎样，再写入。"))
        if figures_of(entry, list(entry.accepts if accepts is None else accepts)).moved:
            raise ImportRefused(_("这次导入会新增、改变或停止发放，须由另一人确认计划后才写入，请填写说明并提交确认。"))
    return _begin(entry, act=act, accepts=accepts, by=by, at=at)


@transaction.atomic
def begin_writing(
    *, import_id: int, asked_by: User | None, confirmed_by: User, proposal_id: int, at: datetime
) -> Import:
    """Write a plan that another person has just confirmed; for `confirming` alone."""
    entry = locked_import(import_id)
    entry.proposal_id, entry.confirmed_by_id = proposal_id, confirmed_by.pk
    return _begin(entry, act="write", accepts=None, by=asked_by, at=at)


def _begin(entry: Import, *, act: str, accepts: Iterable[str] | None, by: User | None, at: datetime) -> Import:
    if entry.missing:
        raise ImportRefused(_("还缺少必填的列，请先在“列对照”里补上。"))
    going_on = entry.state == STOPPED and entry.before_pause == WRITING
    entry.state = move(MOVES, entry.state, act, sentence=_("这次导入现在不能这样做，请刷新页面。"))
    if accepts is not None:
        entry.accepts = [name for name in EVERYTHING if name in set(accepts)]
    if not going_on:
        if act == "write":
            entry.planned = entry.planned or {}
        else:
            begin_plan(entry)
        KeptRow.objects.filter(importing=entry).delete()
        entry.told = []
        entry.row_no, entry.share, entry.counts, entry.effects, entry.reasons, entry.remarks, entry.total = (
            0,
            0,
            {},
            {},
            {},
            {},
            0,
        )
        entry.seconds = 0
    entry.began_at, entry.finished_at, entry.before_pause = at, None, ""
    entry.save()
    record_event(
        by=by,
        action=f"import.{'writing' if act == 'write' else 'planning'}",
        subject_kind="import",
        subject_id=entry.pk,
        division_code=entry.division_code,
        details={
            "accepts": entry.accepts,
            **({"plan": entry.plan_digest, "confirmed_by": entry.confirmed_by_id} if act == "write" else {}),
        },
    )
    return entry


@transaction.atomic
def halt_import(*, import_id: int, act: str, by: User | None, at: datetime) -> Import:
    """Pause or stop: the rows written stay, each whole; going on later begins behind them."""
    entry = locked_import(import_id)
    check_right(by=by, division_code=entry.division_code, at=at)
    before = entry.before_pause or entry.state
    entry.state = move(MOVES, entry.state, act, sentence=_("这次导入已经结束或还没有开始，请刷新页面。"))
    entry.before_pause = before
    entry.save(update_fields=["state", "before_pause"])
    record_event(
        by=by,
        action=f"import.{act}",
        subject_kind="import",
        subject_id=entry.pk,
        division_code=entry.division_code,
        details={"row": entry.row_no},
    )
    return entry


@transaction.atomic
def resume_import(*, import_id: int, by: User | None, at: datetime) -> Import:
    """Go on with what was paused."""
    entry = locked_import(import_id)
    check_right(by=by, division_code=entry.division_code, at=at)
    if entry.state != "paused":
        raise ImportRefused(_("这次导入没有暂停，请刷新页面。"))
    entry.state, entry.before_pause = entry.before_pause, ""
    entry.save(update_fields=["state", "before_pause"])
    record_event(
        by=by,
        action="import.resumed",
        subject_kind="import",
        subject_id=entry.pk,
        division_code=entry.division_code,
        details={"row": entry.row_no},
    )
    return entry
