"""One record at a time."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.params.functions import Header

from lxbt.core.canonical import NotCanonical, canonical
from lxbt.core.clock import beijing_day, this_moment
from lxbt.provincial.api.gate import ProvinceRequest, target_of
from lxbt.provincial.api.shapes import RECORD
from lxbt.provincial.operations import answers, single
from lxbt.provincial.rules import signing
from lxbt.provincial.rules.kinds import LARGEST_LINE
from lxbt.provincial.rules.problems import Problem

router = Router(tags=["push"])
Kind = Literal["persons", "applications", "rights", "payments", "changes"]


class Reason(Schema):
    """What stands against a record, or is doubtful about it."""

    field: str
    code: str
    message: str
    remedy: str


class Pushed(Schema):
    """What became of a record."""

    ref: str
    outcome: Literal["new", "changed", "same", "conflict", "refused"]
    reasons: list[Reason]
    doubts: list[Reason]
    receipt: str
    sandbox: bool


def canonical_line(request: ProvinceRequest) -> bytes:
    """The body, one JSON object in canonical form: two programs cannot read it differently."""
    if request.content_type != "application/json":
        raise Problem(415, "content_type", _("请用 application/json 发送。"), "Content-Type")
    body = request.body
    if len(body) > LARGEST_LINE:
        raise Problem(
            413, "line_too_long", _("有一行超过 %(n)s KB。") % {"n": LARGEST_LINE >> 10}, remedy=_("一行写一条记录。")
        )
    try:
        found = json.loads(body)
        plain = canonical(found)
    except (ValueError, RecursionError, NotCanonical):
        raise Problem(
            400, "malformed", _("请求的内容不是 JSON。"), remedy=_("发送一个 UTF-8 编码的 JSON 对象。")
        ) from None
    if not isinstance(found, dict):
        raise Problem(
            400, "malformed", _("请求的内容不是一个 JSON 对象。"), remedy=_("发送一个 UTF-8 编码的 JSON 对象。")
        )
    if plain != body:
        raise Problem(
            400,
            "not_canonical",
            _("JSON 不是规范格式（RFC 8785）。"),
            remedy=_("字段按名称排序，去掉空格和换行后再计算摘要并签名。"),
        )
    return body


@router.post("/push/{kind}", response=Pushed, operation_id="push", summary="推送一条记录", openapi_extra=RECORD)
def push(request: ProvinceRequest, kind: Kind, idempotency_key: str = Header(..., alias="Idempotency-Key")) -> Any:
    """Take one record; the answer says what became of it, and what the national checks found."""
    line = canonical_line(request)
    key = answers.checked_key(idempotency_key)
    asked = answers.asked(f"POST {target_of(request)}", request.headers[signing.DIGEST])
    at: datetime = request.at
    _status, body = single.push_record(
        client=request.auth,
        kind=kind,
        line=line,
        key=key,
        asked=asked,
        at=at,
        day=beijing_day(at),
        clock=this_moment,
    )
    return body
