"""Boards, tables, tiles and maps of going live, ready for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.core.clock import beijing_day
from lxbt.divisions import queries as divisions
from lxbt.rollout.queries.progress import Board
from lxbt.rollout.rules.figures import Sum
from lxbt.rollout.rules.judging import Finding, Judged, State, Verdict
from lxbt.rollout.rules.plan import Place, Task, Terms, Window, stage_of
from lxbt.web.kit.components import Column, Person, Share, Tile
from lxbt.web.kit.formats import DASH, day, large, whole
from lxbt.web.rollout.drawing import common_window
from lxbt.web.rollout.words import Said, batch_word, connection_words, said, stage_words, state_chip, tone_of
from lxbt.web.words import in_turn, listed


def to_area(code: str) -> str:
    """The page of an area."""
    return f"{reverse('rollout')}?code={code}"


def to_counties(code: str, finding: Finding | None = None, state: State | None = None) -> str:
    """The list of counties behind a reason, or in a state."""
    more = f"&why={finding.why}.{finding.task or ''}" if finding else f"&state={state}" if state else ""
    return f"{reverse('rollout_counties')}?code={code}{more}"


def bar(figures: Sum, task: Task, verdict: Verdict) -> object:
    """How far a task is; hatched where it is blocked."""
    _done, wanted = figures.parts(task)
    if not wanted and task != Task.ROSTER:
        return DASH
    blocked = any(f.task == task and f.state == State.BLOCKED for f in verdict.findings)
    share = figures.share(task)
    return Share(
        share if figures.done(task) else min(share, 0.999),
        "bad" if blocked else "",
        digits=0 if share < 0.99 or figures.done(task) else 1,
    )


def entered(figures: Sum) -> str:
    """已录 / 申报 in persons and subsidies."""
    declared = whole(figures.declared) if figures.declared or not figures.undeclared else _("未申报")
    return f"{whole(figures.entered)} / {declared}"


def reasons(code: str, verdict: Verdict, most: int = 2) -> list[Said]:
    """The reasons that count, the worst first, each leading to the counties behind it."""
    found = [f for f in verdict.findings if f.state != State.NORMAL]
    return [Said(said(f), to_counties(code, f) if f.counties else "", tone_of(f.state)) for f in found[:most]]


@dataclass(frozen=True)
class Line:
    """One province of the board."""

    name: Person
    cells: Sequence[tuple[Column, object]]
    reasons: Sequence[Said] = ()
    remark: str = ""
    remark_on: str = ""


@dataclass(frozen=True)
class Group:
    """One batch of the board with its provinces."""

    title: str
    window: str = ""
    stage: str = ""
    note: str = ""
    lines: list[Line] = field(default_factory=list)


def board_columns() -> list[Column]:
    """The heads of the board."""
    return [
        Column(_("省份"), phone="lead"),
        Column(_("状态"), phone="first"),
        Column(_("账号下发到乡")),
        Column(_("培训到岗")),
        Column(_("当月名册")),
        Column(_("已录 / 申报（人·项）"), "num"),
        Column(_("历史自 2016-01")),
        Column(_("接入")),
    ]


def board_line(found: Board, code: str, remarks: Mapping[str, Any], now: datetime) -> Line:
    """One province."""
    judged, place = found.judged[code], found.places.get(code)
    verdict, figures = judged.verdict, judged.figures
    remark = remarks.get(code)
    words = in_turn(part for part in (remark.reason, remark.next_step) if part) if remark else ""
    if remark and remark.next_on:
        words = _("%(words)s（%(day)s 前）") % {"words": words, "day": day(remark.next_on)}
    cells = [
        state_chip(verdict.state),
        bar(figures, Task.ACCOUNTS, verdict),
        bar(figures, Task.TRAINING, verdict),
        bar(figures, Task.ROSTER, verdict),
        entered(figures),
        bar(figures, Task.HISTORY, verdict),
        connection_words(place, found.heard.get(code), now),
    ]
    name = Person(divisions.name_of(code), url=to_area(code))
    written = day(beijing_day(remark.at)) if remark else ""
    return Line(name, list(zip(board_columns()[1:], cells, strict=True)), reasons(code, verdict), words, written)


def batch_windows(places: Mapping[str, Place]) -> dict[int, Window]:
    """The window of each batch: that of most of its provinces."""
    by_batch: dict[int, list[Window]] = {}
    for place in places.values():
        if place.batch is not None and place.window is not None:
            by_batch.setdefault(place.batch, []).append(place.window)
    return {batch: window for batch, windows in by_batch.items() if (window := common_window(windows))}


def groups(found: Board, codes: Sequence[str], remarks: Mapping[str, Any], now: datetime) -> list[Group]:
    """The board by batch; a province with days of its own says so."""
    windows, overrides = batch_windows(found.places), divisions.workday_overrides()
    made: dict[int | None, Group] = {}
    for code in codes:
        place = found.places.get(code)
        batch = place.batch if place else None
        if batch not in made:
            window = windows.get(batch or 0)
            stage = stage_words(stage_of(window, found.on, overrides)) if window else ""
            note = (
                _("历史补录 %(day)s 前") % {"day": f"{found.terms[Task.HISTORY].due_on(window):%Y-%m-%d}"}
                if window
                else _("由部里指定时间窗，或单独安排")
            )
            made[batch] = Group(batch_word(batch), period(window) if window else "", stage, note)
        line = board_line(found, code, remarks, now)
        own = place.window if place else None
        if own and own != windows.get(batch or 0):
            line = Line(
                Person(line.name.name, second=period(own), url=line.name.url),
                line.cells,
                line.reasons,
                line.remark,
                line.remark_on,
            )
        made[batch].lines.append(line)
    return [made[batch] for batch in sorted(made, key=lambda b: (b is None, b))]


def period(window: Window) -> str:
    """2018-12-12 至 2019-01-12; 2026-11-17 至 12-14 within a year."""
    until = (
        f"{window.closes_on:%m-%d}" if window.closes_on.year == window.opens_on.year else f"{window.closes_on:%Y-%m-%d}"
    )
    return _("%(since)s 至 %(until)s") % {"since": f"{window.opens_on:%Y-%m-%d}", "until": until}


def names(codes: Sequence[str], most: int = 4) -> str:
    """Names of provinces for a tile."""
    text = listed(divisions.name_of(code) for code in codes[:most])
    return text if len(codes) <= most else _("%(names)s等") % {"names": text}


def nation_tiles(found: Board) -> list[Tile]:
    """The figures on top of the board."""
    total, here = found.total, f"{reverse('rollout')}?show="
    ready = [
        code for code, judged in found.judged.items() if judged.figures.counties and judged.figures.done(Task.ROSTER)
    ]
    by = {state: found.in_state(state) for state in State}
    begun = [
        code
        for code in by[State.NORMAL]
        if (place := found.places.get(code)) and place.window and place.window.phase(found.on) == "before"
    ]
    value, unit = large(total.entered)
    declared, declared_unit = large(total.declared)
    return [
        Tile(
            _("已完成当月名册"),
            whole(len(ready)),
            _("/ %(n)s 省") % {"n": len(found.judged)},
            _("申报的人·项全部录入"),
            "users",
        ),
        Tile(
            _("已录人·项"),
            value,
            unit,
            _("申报 %(n)s，未申报 %(m)s 个县")
            % {"n": f"{declared} {declared_unit}".strip(), "m": whole(total.undeclared)},
            "list-check",
        ),
        Tile(
            _("正常"),
            whole(len(by[State.NORMAL])),
            _("省"),
            _("含未开始 %(n)s") % {"n": len(begun)},
            "circle-check",
            "ok",
            f"{here}normal",
        ),
        Tile(
            _("关注"),
            whole(len(by[State.ATTENTION])),
            _("省"),
            names(by[State.ATTENTION]),
            "clock-exclamation",
            "warn" if by[State.ATTENTION] else "",
            f"{here}look",
        ),
        Tile(
            _("受阻"),
            whole(len(by[State.BLOCKED])),
            _("省"),
            names(by[State.BLOCKED]),
            "alert-triangle",
            "bad" if by[State.BLOCKED] else "",
            f"{here}look",
        ),
    ]


def area_tiles(code: str, judged: Judged, place: Place | None, terms: Terms) -> list[Tile]:
    """The four tasks of an area, each with its term, and how its counties stand."""
    found = []
    for task, label, icon in (
        (Task.ACCOUNTS, _("账号下发到乡"), "key"),
        (Task.TRAINING, _("培训到岗"), "school"),
        (Task.ROSTER, _("当月名册"), "users"),
        (Task.HISTORY, _("历史补录"), "history"),
    ):
        done, wanted = judged.figures.parts(task)
        unit = {Task.ACCOUNTS: _("处"), Task.TRAINING: _("人"), Task.ROSTER: _("人·项"), Task.HISTORY: _("县·月")}[task]
        due = (
            _("%(day)s 前") % {"day": f"{terms[task].due_on(place.window):%Y-%m-%d}"}
            if place and place.window
            else _("期限待定")
        )
        state = next((f.state for f in judged.verdict.findings if f.task == task and f.state != State.NORMAL), None)
        value, unit = (whole(done), f"/ {whole(wanted)} {unit}") if wanted else (DASH, "")
        found.append(
            Tile(
                label,
                value,
                unit,
                due,
                icon,
                tone_of(state) if state else "ok" if wanted and judged.figures.done(task) else "",  # type: ignore[arg-type]
            )
        )
    if len(judged.counties) > 1:
        blocked, look = judged.count(State.BLOCKED), judged.count(State.ATTENTION)
        found.append(
            Tile(
                _("受阻 / 关注的县"),
                f"{blocked} / {look}",
                _("共 %(n)s") % {"n": len(judged.counties)},
                _("看名单"),
                "alert-triangle",
                "bad" if blocked else "warn" if look else "ok",
                to_counties(code, state=State.BLOCKED if blocked else State.ATTENTION if look else None),
            )
        )
    return found


def as_of_words(counted: datetime | None, on: date) -> str:
    """截至 11-24 07:30."""
    return _("截至 %(at)s") % {"at": day(counted)} if counted else _("还没有统计")
