"""Batches: a stream of records, how far it is, what became of each row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from ninja.params.functions import Header, Path, Query

from lxbt.core.months import Month
from lxbt.core.readers.whole import whole_number
from lxbt.provincial import queries
from lxbt.provincial.api.gate import ProvinceRequest, Signed, target_of
from lxbt.provincial.api.push import Kind
from lxbt.provincial.api.shapes import LINES, ROWS
from lxbt.provincial.models import Batch
from lxbt.provincial.operations import answers, batches
from lxbt.provincial.rules import signing
from lxbt.provincial.rules.kinds import LARGEST_BODY
from lxbt.provincial.rules.problems import Problem
from lxbt.provincial.words import worded

router = Router(tags=["batches"])
PART = 1 << 16
LARGEST_ID = 2**63 - 1


class BatchState(Schema):
    """A batch, and what became of its rows so far."""

    batch: int
    state: Literal["received", "running", "done", "failed"]
    kind: str
    rows: int
    counts: dict[str, int]
    sandbox: bool
    repeated: bool = False


def parts_of(request: ProvinceRequest) -> Iterator[bytes]:
    """The body as it comes. Where the line breaks it ends, and the digest tells."""
    try:
        while part := request.read(PART):
            yield part
    except OSError:
        return


def _coming(request: ProvinceRequest, kind: str, month: str | None, rows: int, key: str) -> batches.Coming:
    if request.content_type != "application/x-ndjson":
        raise Problem(415, "content_type", _("请用 application/x-ndjson 发送。"), "Content-Type")
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise Problem(415, "content_encoding", _("只接受 gzip 压缩。"), "Content-Encoding")
    length = request.META.get("CONTENT_LENGTH") or ""
    if whole_number(length) is None:
        raise Problem(
            400, "length_missing", _("没有写明内容长度。"), "Content-Length", _("不要用分块传输，写明 Content-Length。")
        )
    if int(length) > LARGEST_BODY:
        raise Problem(413, "too_large", _("请求的内容太大。"), remedy=_("分成几批推送。"))
    try:
        first = Month.parse(month) if month else None
    except ValueError:
        raise Problem(400, "malformed", _("月份应写成 2026-10。"), "month") from None
    asked = answers.asked(f"POST {target_of(request)} {rows}", request.headers[signing.DIGEST])
    return batches.Coming(
        kind, first, rows, request.headers[signing.DIGEST], encoding == "gzip", answers.checked_key(key), asked
    )


@router.post(
    "/batches",
    response={202: BatchState},
    auth=Signed(streamed=True),
    operation_id="push_batch",
    summary="推送一批记录",
    openapi_extra=ROWS,
)
def push_batch(
    request: ProvinceRequest,
    kind: Kind,
    month: str | None = None,
    rows: int = Header(..., alias="X-Lxbt-Rows", ge=0, le=10_000_000),
    idempotency_key: str = Header(..., alias="Idempotency-Key"),
) -> Any:
    """Keep a batch that came whole; its rows are taken in the background, in the order in which batches came."""
    coming = _coming(request, kind, month, rows, idempotency_key)
    kept = answers.kept_answer(client=request.auth, key=coming.key, digest=coming.asked)
    status, body = kept or batches.receive_batch(
        client=request.auth, coming=coming, parts=parts_of(request), at=request.at
    )
    return Status(status, body)


def _own(request: ProvinceRequest, batch_id: int) -> Batch:
    found = queries.batch_of(request.auth, batch_id)
    if found is None:
        raise Problem(404, "not_found", _("没有这个批次。"), "batch", _("核对批次号。"))
    return found


@router.get("/batches/{batch_id}", response=BatchState, operation_id="batch", summary="批次状态")
def batch(request: ProvinceRequest, batch_id: int = Path(..., ge=1, le=LARGEST_ID)) -> Any:
    """How far a batch is."""
    return batches.told(_own(request, batch_id))


@router.get("/batches/{batch_id}/results", operation_id="batch_results", summary="逐行结果", openapi_extra=LINES)
def batch_results(
    request: ProvinceRequest,
    batch_id: int = Path(..., ge=1, le=LARGEST_ID),
    after: int = Query(0, ge=0, le=2**31 - 1),
    only: Literal["problems"] | None = None,
    limit: int = Query(10_000, ge=1, le=10_000),
) -> HttpResponse:
    """What became of each row, in the order of the rows, from behind `after` on."""
    rows = queries.results_of(_own(request, batch_id), after=after, problems=only == "problems", limit=limit)
    lines = [
        json.dumps(
            {
                "row": row.row_no,
                "ref": row.ref,
                "outcome": row.outcome,
                "reasons": worded(row.reasons or ()),
                "doubts": worded(row.doubts or ()),
            },
            ensure_ascii=False,
        )
        for row in rows
    ]
    return HttpResponse("".join(line + "\n" for line in lines), content_type="application/x-ndjson")
