"""The list of questions: what waits at one's desk, what one's office asked; its export; clocks by area for
supervisors.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.applications.rules import read_clock
from lxbt.core.readers.whole import whole_number
from lxbt.core.workdays import workdays_between
from lxbt.divisions import queries as divisions
from lxbt.support.queries import questions as queries
from lxbt.support.rules.questions import LIMITS, UNFINISHED, Kind, State
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.clocks import clock_of
from lxbt.web.kit.components import Chip, Clock, Column, Empty, Link, Person, Row, Tab, Table, Tile
from lxbt.web.kit.paging import SIZE, cut
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.support.words import KINDS, STATES, page_name
from lxbt.web.words import ORGANS

if TYPE_CHECKING:
    from lxbt.support.models import Question

LIMIT = 20_000
DAYS = 90  # that the clocks look back


def state_chip(found: Question, today: date) -> Chip:
    """待答复, 逾期 …"""
    if found.state == State.OPEN and found.due_on < today:
        return Chip(_("逾期"), "bad")
    word, tone, icon = STATES[found.state]
    return Chip(str(word), tone, icon)


def clock(found: Question, today: date, overrides: Mapping[date, bool]) -> Clock | None:
    """The clock at the desk where it lies; None when it waits for nobody."""
    if found.state not in (State.OPEN, State.ASKED):
        return None
    limit = LIMITS[Kind(found.kind)]
    began = found.due_on
    while workdays_between(began, found.due_on, overrides) < limit:
        began = date.fromordinal(began.toordinal() - 1)
    return clock_of(
        read_clock(
            started_on=min(began, today),
            limit=limit,
            today=today,
            paused=found.state == State.ASKED,
            overrides=overrides,
        )
    )


def office_name(code: str, organ: str) -> str:
    """江岸区民政."""
    return _("%(place)s%(organ)s") % {"place": divisions.name_of(code), "organ": ORGANS.get(organ, "")}


def chosen(request: OfficialRequest) -> str:
    """Which list: what waits here for who answers, what the own office asked for everybody else."""
    show = request.GET.get("show", "")
    known = (
        ("waiting", "late", "asked", "answered", "mine", "all")
        if request.standing.may(P.ANSWER_QUESTIONS)
        else ("mine", "all")
    )
    return show if show in known else known[0]


def filtered(request: OfficialRequest) -> QuerySet[Question]:
    """Those that the address asks for: the list and its export are the same rows."""
    standing, show, today = request.standing, chosen(request), request.today
    rows = queries.questions_for(standing)
    if show == "waiting":
        return rows.filter(queries.at_desk(standing), state=State.OPEN).order_by("due_on", "id")
    if show == "late":
        return rows.filter(queries.at_desk(standing), state=State.OPEN, due_on__lt=today).order_by("due_on", "id")
    if show == "asked":
        return rows.filter(queries.at_desk(standing), state=State.ASKED).order_by("-id")
    if show == "answered":
        return rows.exclude(queries.of_my_office(standing)).filter(state=State.ANSWERED).order_by("-id")
    if show == "mine":
        return rows.filter(queries.of_my_office(standing), state__in=UNFINISHED).order_by("-id")
    return rows.order_by("-id")


@page()
def questions(request: OfficialRequest) -> HttpResponse:
    """What waits here first; what one's office asked for those who answer nothing."""
    show, counted = chosen(request), queries.counts(request.standing, request.today)
    after = request.GET.get("after", "")
    rows = filtered(request)
    point = whole_number(after)
    if point is not None and show not in ("waiting", "late"):  # those two are short: what a desk has not answered
        rows = rows.filter(pk__lt=point)
    found = list(rows[: SIZE + 1])
    shown, paging = cut(
        found,
        None if show == "answered" else counted.get(show),
        lambda row: str(row.pk),
        paged=bool(after),
        unit=_("件"),
    )
    labels = [("mine", _("本单位提出")), ("all", _("全部"))]
    if request.standing.may(P.ANSWER_QUESTIONS):
        labels = [
            ("waiting", _("待我答复")),
            ("late", _("逾期")),
            ("asked", _("等待补充")),
            ("answered", _("已答复，待确认")),
            *labels,
        ]
    tabs = [Tab(label, f"?show={key}", counted.get(key), key == show) for key, label in labels]
    table = question_table(request, shown, paging)
    return render(
        request,
        "support/questions.html",
        {"table": table, "tabs": tabs, "answers": request.standing.may(P.ANSWER_QUESTIONS)},
    )


def question_table(request: OfficialRequest, shown: list[Any], paging: Any) -> Table:
    """One line for each: how long is left, what it is about, from whom, where it lies."""
    overrides = divisions.workday_overrides()
    rows = [
        Row(
            cells=[
                clock(one, request.today, overrides) or state_chip(one, request.today),
                Person(one.title, url=reverse("question", args=[one.pk])),
                str(KINDS[one.kind]),
                page_name(one.route) or one.page or "—",
                f"{divisions.name_of(one.place_code)} {one.asked_by_name}",
                office_name(one.desk_code, one.desk_organ),
                one.followers + 1 if one.followers else "—",
                f"{timezone.localtime(one.asked_at):%m-%d %H:%M}",
            ],
            url=reverse("question", args=[one.pk]),
            action=_("答复") if one.state == State.OPEN and queries.is_at_my_desk(request.standing, one) else _("查看"),
        )
        for one in shown
    ]
    return Table(
        caption=_("问题"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("问题"), phone="lead"),
            Column(_("类别"), phone="corner"),
            Column(_("页面")),
            Column(_("提问人")),
            Column(_("现在在")),
            Column(_("同问"), "num", phone="hide"),
            Column(_("提出时间")),
        ],
        rows=rows,
        page=paging,
        empty=Empty(
            _("没有这样的问题"),
            _("遇到不会办的事或系统报错，先查常见问题，再报告问题。"),
            icon="message-report",
            action=Link(_("报告问题"), reverse("question_new"), "plus"),
        ),
    )


@page()
def questions_export(request: OfficialRequest) -> HttpResponse:
    """The same rows as a workbook."""
    heads = [
        _("编号"),
        _("类别"),
        _("问题"),
        _("详细情况"),
        _("页面"),
        _("错误编号"),
        _("提出单位"),
        _("部门"),
        _("提问人"),
        _("提出时间"),
        _("状态"),
        _("现在在"),
        _("期限"),
        _("答复时间"),
        _("同问"),
    ]
    cells = [
        [
            one.pk,
            KINDS[one.kind],
            one.title,
            one.text,
            page_name(one.route) or one.page,
            one.error,
            divisions.name_of(one.place_code),
            ORGANS[one.organ],
            one.asked_by_name,
            f"{timezone.localtime(one.asked_at):%Y-%m-%d %H:%M}",
            state_chip(one, request.today).word,
            office_name(one.desk_code, one.desk_organ),
            one.due_on,
            f"{timezone.localtime(one.answered_at):%Y-%m-%d %H:%M}" if one.answered_at else "",
            one.followers,
        ]
        for one in filtered(request)[:LIMIT]
    ]
    sheet = Sheet(
        _("问题答复"),
        heads,
        cells,
        "questions.exported",
        "list",
        "questions",
        request.focus,
        {"show": chosen(request)},
        personal=False,
    )
    return send_sheet(request, sheet)


def duration(hours: float | None) -> str:
    """5 小时, 2.5 天."""
    if hours is None:
        return "—"
    return _("%(n)s 小时") % {"n": f"{hours:.1f}"} if hours < 48 else _("%(n)s 天") % {"n": f"{hours / 24:.1f}"}


@page(P.ANSWER_QUESTIONS, P.VIEW_STATISTICS)
def question_clocks(request: OfficialRequest) -> HttpResponse:
    """How questions of an area are answered: open, late, how long it takes; numbers only."""
    whole, *below = queries.clocks(request.focus, today=request.today, at=request.now.at, days=DAYS)
    tiles = [
        Tile(_("未办结"), f"{whole.open:,}", icon="hourglass"),
        Tile(_("逾期"), f"{whole.late:,}", icon="alert-triangle", tone="bad" if whole.late else ""),
        Tile(_("提出"), f"{whole.reported:,}", note=_("近 %(n)s 天") % {"n": DAYS}, icon="message-report"),
        Tile(_("首次答复用时中位数"), duration(whole.hours), icon="clock"),
    ]
    area = reverse("area")
    table = Table(
        caption=_("各地问题"),
        columns=[
            Column(_("地区"), phone="lead"),
            Column(_("提出"), "num"),
            Column(_("未办结"), "num"),
            Column(_("逾期"), "num"),
            Column(_("已答复"), "num"),
            Column(_("已解决"), "num"),
            Column(_("答复后仍未解决"), "num"),
            Column(_("首次答复用时中位数"), "num"),
        ],
        rows=[
            Row(
                [
                    Person(
                        divisions.name_of(x.code) if x.code != request.focus else _("本级"), url=f"{area}?to={x.code}"
                    ),
                    x.reported,
                    x.open,
                    x.late,
                    x.answered,
                    x.solved,
                    x.reopened,
                    duration(x.hours),
                ]
            )
            for x in below
        ],
        empty=Empty(_("这里没有人提出问题"), icon="mood-check"),
    )
    return render(
        request,
        "support/clocks.html",
        {"tiles": tiles, "table": table, "place": divisions.name_of(request.focus), "days": DAYS},
    )


@page(P.ANSWER_QUESTIONS, P.VIEW_STATISTICS)
def question_clocks_export(request: OfficialRequest) -> HttpResponse:
    """The same numbers as a workbook."""
    heads = [
        _("地区"),
        _("提出"),
        _("未办结"),
        _("逾期"),
        _("已答复"),
        _("已解决"),
        _("答复后仍未解决"),
        _("首次答复用时中位数（小时）"),
    ]
    found = queries.clocks(request.focus, today=request.today, at=request.now.at, days=DAYS)
    cells = [
        [
            divisions.name_of(x.code) if number else _("合计"),
            x.reported,
            x.open,
            x.late,
            x.answered,
            x.solved,
            x.reopened,
            f"{x.hours:.1f}" if x.hours is not None else "",
        ]
        for number, x in enumerate(found)
    ]
    return send_sheet(
        request,
        Sheet(
            _("各地问题"), heads, cells, "questions.exported", "list", "question_clocks", request.focus, personal=False
        ),
    )
