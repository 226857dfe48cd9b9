"""Every fault as the same JSON: `{"error": {"code", "message", "field"?, "remedy"}}`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from lxbt.core.refusal import Refusal
from lxbt.provincial.rules.problems import Problem

__all__ = ["Fault", "FaultBody", "Problem", "answer_faults", "told"]


class FaultBody(Schema):
    """What is wrong: a code for the program, a sentence and a remedy for its operator."""

    code: str
    message: str
    remedy: str
    field: str | None = None


class Fault(Schema):
    """Any answer from 400 on."""

    error: FaultBody


def told(api: NinjaAPI, request: HttpRequest, problem: Problem) -> HttpResponse:
    """A problem as an answer."""
    response = api.create_response(request, problem.told(), status=problem.status)
    if problem.after:
        response["Retry-After"] = str(problem.after)
    if problem.status == 401:
        response["WWW-Authenticate"] = "X-Lxbt-Signature"
    return response


def answer_faults(api: NinjaAPI) -> None:
    """Let every exception that a bad request may cause be answered in the one form."""

    @api.exception_handler(Problem)
    def problem(request: HttpRequest, no: Any) -> HttpResponse:
        return told(api, request, no)

    @api.exception_handler(Refusal)
    def refusal(request: HttpRequest, no: Any) -> HttpResponse:
        return told(api, request, Problem(422, "refused", str(no), no.field or ""))

    @api.exception_handler(Http404)
    def nothing(request: HttpRequest, _no: Any) -> HttpResponse:
        return told(
            api, request, Problem(404, "not_found", _("没有这个地址或这条记录。"), remedy=_("核对地址和编号。"))
        )

    @api.exception_handler(ValidationError)
    def malformed(request: HttpRequest, no: Any) -> HttpResponse:
        where = [str(part) for part in (no.errors[0].get("loc", ()) if no.errors else ())]
        field = ".".join(part for part in where[1:] if part not in ("data", "body"))
        return told(
            api,
            request,
            Problem(400, "malformed", _("请求的内容不符合格式。"), field, _("对照接口说明（openapi.json）核对。")),
        )

    @api.exception_handler(HttpError)
    def unread(request: HttpRequest, no: Any) -> HttpResponse:
        return told(
            api,
            request,
            Problem(
                no.status_code, "malformed", _("请求的内容不符合格式。"), remedy=_("对照接口说明（openapi.json）核对。")
            ),
        )

    @api.exception_handler(BadRequest)
    def broken(request: HttpRequest, _no: Any) -> HttpResponse:
        return told(
            api,
            request,
            Problem(400, "malformed", _("请求的内容不符合格式。"), remedy=_("对照接口说明（openapi.json）核对。")),
        )

    @api.exception_handler(RequestDataTooBig)
    def too_big(request: HttpRequest, _no: Any) -> HttpResponse:
        return told(api, request, Problem(413, "too_large", _("请求的内容太大。"), remedy=_("大量数据请成批推送。")))
