"""Batches: streamed to disk sealed, checked to be whole, then taken chunk by chunk."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.audit.operations import record_event
from lxbt.core.crypto import sm3
from lxbt.core.months import Month
from lxbt.documents.queries import large_file, opened
from lxbt.imports.operations.intake import ImportRefused
from lxbt.imports.operations.records import drop_records, forget_body, keep_records, open_records
from lxbt.provincial import queries
from lxbt.provincial.models import Batch, Client
from lxbt.provincial.operations.answers import hold_key, keep_answer
from lxbt.provincial.operations.pushing import Pushing
from lxbt.provincial.operations.receiving import cut_off
from lxbt.provincial.operations.watching import note_errors, note_push
from lxbt.provincial.operations.webhooks import tell_batch
from lxbt.provincial.rules.kinds import KINDS, LARGEST_BODY, LARGEST_LINE, LEFT_OUT, MOST_ROWS
from lxbt.provincial.rules.problems import Problem

INFLATED_AT_ONCE = 1 << 20  # bytes
READ_AHEAD = 20_000  # rows from which a second process reads


class Intake:
    """A body on its way to the disk: its digest as sent, its rows, what is wrong with it.

    Never more of it in memory than a part.
    """

    def __init__(self, parts: Iterable[bytes], *, packed: bool) -> None:
        self.parts, self.packed = parts, packed
        self.digest = hashlib.new("sm3")
        self.rows = self.size = 0
        self.line = 0  # bytes since the last line end
        self.problem: Problem | None = None

    def __iter__(self) -> Iterator[bytes]:
        """The body unpacked.

        It ends early when something is wrong; what is still on its way is read all the same, and digested.
        """
        inflate = zlib.decompressobj(16 + zlib.MAX_WBITS) if self.packed else None
        for part in self.parts:
            self.digest.update(part)
            for plain in self._plain(inflate, part) if self.problem is None else ():
                self._count(plain)
                if self.problem is not None:
                    break
                yield plain
        if self.problem is None and inflate is not None and not inflate.eof:
            self.problem = Problem(
                400,
                "gzip",
                _("压缩内容不完整或不是 gzip。"),
                "Content-Encoding",
                _("没有保存任何内容，请完整地重新压缩和发送。"),
            )
        if self.line:
            self.rows += 1
        if self.problem is None and self.rows > MOST_ROWS:
            self.problem = _too_many()

    def _plain(self, inflate: zlib._Decompress | None, part: bytes) -> Iterator[bytes]:
        if inflate is None:
            yield part
            return
        try:
            while part and not inflate.eof:
                plain = inflate.decompress(part, INFLATED_AT_ONCE)
                part = inflate.unconsumed_tail
                if plain:
                    yield plain
        except zlib.error:
            self.problem = Problem(
                400,
                "gzip",
                _("压缩内容不完整或不是 gzip。"),
                "Content-Encoding",
                _("没有保存任何内容，请完整地重新压缩和发送。"),
            )
            return
        if inflate.eof and (part or inflate.unused_data):
            self.problem = Problem(
                400, "gzip", _("压缩内容后面还有别的内容。"), "Content-Encoding", _("一批只写一个 gzip 成员。")
            )

    def _count(self, plain: bytes) -> None:
        self.size += len(plain)
        ends = plain.count(b"\n")
        self.rows += ends
        if self.size > LARGEST_BODY:
            self.problem = Problem(
                413, "too_large", _("解压后超过 %(n)s MB。") % {"n": LARGEST_BODY >> 20}, remedy=_("分成几批推送。")
            )
        elif self.rows > MOST_ROWS:
            self.problem = _too_many()
        elif any(len(line) > LARGEST_LINE for line in (plain.split(b"\n") if len(plain) > LARGEST_LINE else ())) or (
            self.line + (plain.find(b"\n") if ends else len(plain)) > LARGEST_LINE
        ):
            self.problem = Problem(
                413,
                "line_too_long",
                _("有一行超过 %(n)s KB。") % {"n": LARGEST_LINE >> 10},
                remedy=_("一行写一条记录。"),
            )
        self.line = len(plain) - plain.rfind(b"\n") - 1 if ends else self.line + len(plain)


def _too_many() -> Problem:
    return Problem(413, "too_many_rows", _("一批最多 %(n)s 行。") % {"n": f"{MOST_ROWS:,}"}, remedy=_("分成几批推送。"))


@dataclass(frozen=True, slots=True)
class Coming:
    """A batch as its headers and query tell it."""

    kind: str
    month: Month | None
    declared: int
    digest: str  # as signed
    packed: bool
    key: str
    asked: bytes


def receive_batch(
    *, client: Client, coming: Coming, parts: Iterable[bytes], at: datetime
) -> tuple[int, dict[str, object]]:
    """Keep a batch that came whole, and answer; Problem when it did not: then nothing is kept."""
    intake = Intake(parts, packed=coming.packed)
    file = keep_records(parts=intake)
    problem = _wrong(intake, coming)
    if problem is not None:
        drop_records(file_id=file.pk)
        raise problem
    try:
        with transaction.atomic():
            answered = hold_key(client=client, key=coming.key, digest=coming.asked, at=at)
            if answered is None:
                answered = _open(client, coming, file.pk, intake, at)
                keep_answer(client=client, key=coming.key, status=answered[0], body=answered[1])
                return answered
    except Exception:
        drop_records(file_id=file.pk)
        raise
    drop_records(file_id=file.pk)
    return answered


def _wrong(intake: Intake, coming: Coming) -> Problem | None:
    if "sm3=" + intake.digest.hexdigest() != coming.digest:
        return cut_off()
    if intake.problem is not None:
        return intake.problem
    if not intake.rows:
        return Problem(400, "empty", _("这一批没有记录。"), remedy=_("一行写一条记录。"))
    if intake.rows != coming.declared:
        return Problem(
            400,
            "rows_differ",
            _("声明 %(a)s 行，收到 %(b)s 行。") % {"a": coming.declared, "b": intake.rows},
            "X-Lxbt-Rows",
            _("没有保存任何内容，请完整地重新发送。"),
        )
    return None


def _open(client: Client, coming: Coming, file_id: int, intake: Intake, at: datetime) -> tuple[int, dict[str, object]]:
    digest = intake.digest.digest()
    Client.objects.select_for_update().get(pk=client.pk)  # one at a time: the same batch sent twice at once is one
    known = Batch.objects.filter(
        client=client, kind=coming.kind, digest=digest, sandbox=client.sandbox, done_at__isnull=True, day__isnull=True
    ).first()
    if known is not None:  # sent again before it is through
        drop_records(file_id=file_id)
        return 202, told(known, repeated=True)
    entry = open_records(
        kind=KINDS[coming.kind],
        division_code=client.division_code,
        name=f"{client.client_id} {coming.kind}",
        client_id=client.pk,
        digest=sm3(f"{client.pk} {coming.kind} {client.sandbox} {at.isoformat()} ".encode() + digest),
        size=intake.size,
        file_id=file_id,
        left_out=sorted(LEFT_OUT.get(coming.kind, ())),
        by_name=client.name[:40],
        at=at,
    )
    batch = Batch.objects.create(
        client=client,
        importing=entry,
        kind=coming.kind,
        month=coming.month.first if coming.month else None,
        rows=intake.rows,
        digest=digest,
        sandbox=client.sandbox,
        received_at=at,
    )
    record_event(
        by=None,
        action="province.pushed",
        subject_kind="province",
        subject_id=client.client_id,
        division_code=client.division_code,
        details={"batch": batch.pk, "kind": coming.kind, "rows": intake.rows, "sandbox": client.sandbox},
    )
    note_push(client=client, at=at, rows=intake.rows)
    return 202, told(batch)


def told(batch: Batch, *, repeated: bool = False) -> dict[str, object]:
    """A batch as it is answered."""
    return {
        "batch": batch.pk,
        "state": queries.state_of(batch),
        "kind": batch.kind,
        "rows": batch.rows,
        "counts": queries.outcomes_of(batch),
        "sandbox": batch.sandbox,
        "repeated": repeated,
    }


def run_batch(
    *, batch: Batch, clock: Callable[[], datetime], seconds: float | None = None, ahead: bool | None = None
) -> bool:
    """Take a batch's rows.

    Gives whether it is through; stopped anywhere, the next call goes on behind the last chunk.
    """
    with opened(large_file(batch.importing.file_id)) as path:
        running = Pushing(batch, path, clock=clock, ahead=batch.rows > READ_AHEAD if ahead is None else ahead)
        try:
            through = running.run(seconds=seconds)
        except ImportRefused:
            through = True  # the import says what is wrong
        finally:
            running.close()
    if through:
        finish_batch(batch=batch, at=clock())
    return through


@transaction.atomic
def finish_batch(*, batch: Batch, at: datetime) -> None:
    """Every row has its result; the body itself is not kept."""
    batch.importing.refresh_from_db()
    batch.done_at = at
    batch.save(update_fields=["done_at"])
    forget_body(import_id=batch.importing_id)
    record_event(
        by=None,
        action="province.taken",
        subject_kind="province",
        subject_id=batch.client.client_id,
        division_code=batch.client.division_code,
        details={"batch": batch.pk, "state": queries.state_of(batch), "counts": queries.outcomes_of(batch)},
    )
    counts = queries.outcomes_of(batch)
    note_errors(client=batch.client, at=at, rows=counts["refused"] + counts["conflict"])
    tell_batch(batch=batch, counts=counts, at=at)
