"""Manifests of a day: ours told, theirs compared, and both down to the person."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.provincial.api.gate import ProvinceRequest
from lxbt.provincial.operations import manifests
from lxbt.provincial.queries import manifests as queries
from lxbt.provincial.queries.manifests import Group, Line, Words
from lxbt.provincial.rules.problems import Problem

router = Router(tags=["manifests"])
NDJSON = "application/x-ndjson"
_HANDLE = re.compile(r"[0-9a-f]{32}")
_MONTH = r"^(20[0-9]{2})-(0[1-9]|1[0-2])$"
MOST = 2**53 - 1
MonthText = Annotated[str, Field(pattern=_MONTH, examples=["2026-11"])]
Code = Annotated[str, Field(min_length=1, max_length=60)]


class Sum(Schema):
    """What one side holds of a group."""

    count: int
    fen: int
    digest: str


class ManifestRow(Schema):
    """What is held of a county, month and subsidy. `digest`: SM3 of the persons' lines, see docs/provincial.md."""

    county: Code
    month: MonthText
    subsidy: Code
    count: Annotated[int, Field(ge=0, le=2**31 - 1)]
    fen: Annotated[int, Field(ge=-MOST, le=MOST)]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class OtherRow(Schema):
    """What others wrote for the same area."""

    county: str
    month: str
    subsidy: str
    count: int
    fen: int


class Manifest(Schema):
    """Ours."""

    day: date
    made_at: datetime
    rows: list[ManifestRow]
    others: list[OtherRow]


class Told(Schema):
    """Theirs. `months`: those it speaks of, also where there is no row of one; left out, those of the rows."""

    rows: Annotated[list[ManifestRow], Field(max_length=20_000)]
    months: Annotated[list[MonthText], Field(max_length=240)] = []


class Difference(Schema):
    """Where both sides do not hold the same."""

    county: str
    month: str
    subsidy: str
    ours: Sum
    theirs: Sum


class Compared(Schema):
    """What came of a comparison."""

    day: date
    equal: bool
    compared: int
    differences: list[Difference]


class PersonDifference(Schema):
    """A person of whom both sides do not hold the same, in fen; 0: nothing."""

    handle: str
    ours: int
    theirs: int


class ComparedPersons(Schema):
    """What came of it."""

    equal: bool
    differences: list[PersonDifference]


class Asked(Schema):
    """A group, in the client's codes or ours."""

    county: Code
    month: MonthText
    subsidy: Code


class MonthsAsked(Schema):
    """Months, each named once; none: all that are held."""

    month: Annotated[list[MonthText], Field(max_length=240)] = []


@router.get("/manifests/{day}", response=Manifest, operation_id="manifest", summary="日对账单")
def manifest(request: ProvinceRequest, day: date, asked: Query[MonthsAsked]) -> dict[str, Any]:
    """Ours: of today, as of now; of an earlier day, as it was kept."""
    client, words = request.auth, queries.words_of(request.auth)
    months = [Month.parse(text) for text in asked.month] or None
    if _is_today(day, request.at):
        lines = manifests.make_manifest(client=client, day=day, months=months, at=request.at)
    else:
        lines = queries.kept_lines(client, day, queries.OURS, months)
    held = sorted({line.month for line in lines})
    others = [line for month in held for line in queries.others_of(client, month)]
    return {
        "day": day,
        "made_at": request.at,
        "rows": [_row(words, line) for line in lines],
        "others": [_row(words, line) for line in others],
    }


@router.post("/manifests/{day}", response=Compared, operation_id="compare_manifest", summary="提交对账单并比对")
def compare(request: ProvinceRequest, day: date, told: Told) -> dict[str, Any]:
    """Theirs of today beside ours of now.

    A group is called as it was told; one that was not told of, in the client's codes where one is ours.
    """
    _only_today(day, request.at)
    client, words = request.auth, queries.words_of(request.auth)
    theirs = [
        Line(
            words.county(row.county),
            Month.parse(row.month),
            _subsidy(words, row.subsidy),
            row.count,
            row.fen,
            row.digest,
        )
        for row in told.rows
    ]
    found = manifests.compare_manifest(
        client=client, day=day, theirs=theirs, months=[Month.parse(text) for text in told.months], at=request.at
    )
    said = {line.group: (row.county, row.month, row.subsidy) for line, row in zip(theirs, told.rows, strict=True)}
    differences = [
        dict(zip(("county", "month", "subsidy"), said.get(ours.group) or words.told(ours.group), strict=True))
        | {"ours": _sum(ours), "theirs": _sum(yours)}
        for ours, yours in found.different
    ]
    return {"day": day, "equal": not found.different, "compared": found.rows, "differences": differences}


@router.get(
    "/manifests/{day}/persons",
    operation_id="manifest_persons",
    summary="对账单到人",
    openapi_extra={
        "responses": {
            200: {"description": '每行一人：{"handle", "fen"}', "content": {NDJSON: {"schema": {"type": "string"}}}}
        }
    },
)
def persons(request: ProvinceRequest, day: date, asked: Query[Asked]) -> StreamingHttpResponse:
    """Who stands behind a row of today's manifest, a line each, in the order of handles."""
    _only_today(day, request.at)
    rows = queries.persons_of(request.auth, _group(queries.words_of(request.auth), asked))
    return StreamingHttpResponse(
        (f'{{"handle":"{handle}","fen":{fen}}}\n' for handle, fen, _person in rows), content_type=NDJSON
    )


@router.post(
    "/manifests/{day}/persons",
    response=ComparedPersons,
    operation_id="compare_persons",
    summary="到人比对",
    openapi_extra={"requestBody": {"required": True, "content": {NDJSON: {"schema": {"type": "string"}}}}},
)
def compare_persons(request: ProvinceRequest, day: date, asked: Query[Asked]) -> dict[str, Any]:
    """Theirs of the persons that differ, a line each: `{"handle", "fen"}`; 0 fen: nothing is held of that person."""
    _only_today(day, request.at)
    theirs = _read_persons(request)
    found = manifests.compare_persons(
        client=request.auth, group=_group(queries.words_of(request.auth), asked), theirs=theirs, at=request.at
    )
    return {
        "equal": not found,
        "differences": [{"handle": handle, "ours": ours, "theirs": fen} for handle, ours, fen in found],
    }


def _read_persons(request: HttpRequest) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(request.body.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            handle, fen = told["handle"], told["fen"]
            good = (
                isinstance(handle, str)
                and _HANDLE.fullmatch(handle)
                and isinstance(fen, int)
                and not isinstance(fen, bool)
                and abs(fen) <= MOST
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            good = False
        if not good or handle in found:
            raise Problem(
                400,
                "malformed",
                _("第 %(n)s 行不符合格式，或与前面的行重复。") % {"n": number},
                "body",
                _('每行一人：{"handle": 32 位十六进制数, "fen": 整数}。'),
            )
        found[handle] = fen
    return found


def _is_today(day: date, at: datetime) -> bool:
    return day == beijing_day(at)


def _only_today(day: date, at: datetime) -> None:
    if not _is_today(day, at):
        raise Problem(
            409,
            "not_today",
            _("只能比对当天的对账单。"),
            "day",
            _("用今天（%(day)s）的日期提交。") % {"day": beijing_day(at)},
        )


def _subsidy(words: Words, told: str) -> str:
    found = words.subsidy(told)
    if not found:
        raise Problem(
            422, "code_unknown", _("没有这个补贴代码。"), "subsidy", _("填写 living 或 care，或先在代码对照表中登记。")
        )
    return found


def _group(words: Words, asked: Asked) -> Group:
    return words.county(asked.county), Month.parse(asked.month), _subsidy(words, asked.subsidy)


def _sum(line: Line) -> dict[str, Any]:
    return {"count": line.count, "fen": line.fen, "digest": line.digest}


def _row(words: Words, line: Line) -> dict[str, Any]:
    return dict(zip(("county", "month", "subsidy"), words.told(line.group), strict=True)) | _sum(line)
