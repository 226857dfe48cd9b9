"""Counties and areas of going live for the page: tables, ranking, map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import CORPS, NATION, prefix
from lxbt.rollout.rules.figures import County, Sum
from lxbt.rollout.rules.judging import Finding, Judged, State, Verdict
from lxbt.rollout.rules.plan import Task
from lxbt.web.kit.components import Area, AreaMap, Column, Empty, Limit, Link, Person, Row, Table
from lxbt.web.rollout.presenters import bar, entered, to_area, to_counties
from lxbt.web.rollout.words import said, state_chip
from lxbt.web.words import in_turn


def parts_table(parts: Mapping[str, Judged]) -> Table:
    """Cities or counties of an area, each leading further down."""
    rows = []
    for code, judged in parts.items():
        first = next((f for f in judged.verdict.findings if f.state != State.NORMAL), None)
        why: object = "—"
        if first is not None:
            why = (
                Link(said(first), to_counties(code, first))
                if len(judged.counties) > 1 and first.counties
                else said(one_of(judged, first))
            )
        rows.append(
            Row(
                [
                    Person(
                        divisions.name_of(code),
                        second="" if len(judged.counties) == 1 else _("%(n)s 个县") % {"n": len(judged.counties)},
                        url=to_area(code),
                    ),
                    state_chip(judged.verdict.state),
                    *(
                        bar(judged.figures, task, judged.verdict)
                        for task in (Task.ACCOUNTS, Task.TRAINING, Task.ROSTER)
                    ),
                    entered(judged.figures),
                    bar(judged.figures, Task.HISTORY, judged.verdict),
                    judged.figures.active_on,
                    why,
                ],
                url=to_area(code),
            )
        )
    return Table(
        caption=_("下级地区"),
        columns=county_columns(),
        rows=rows,
        empty=Empty(_("还没有统计"), _("每天早上统计一次，也可点“重新统计”。"), icon="flag"),
    )


def one_of(judged: Judged, finding: Finding) -> Finding:
    """A reason of an area that is one county, as the county's own."""
    own = [
        f
        for _county, verdict in judged.counties
        for f in verdict.findings
        if (f.why, f.task) == (finding.why, finding.task)
    ]
    return own[0] if own else finding


def county_columns() -> list[Column]:
    """The heads of tables of areas."""
    return [
        Column(_("地区"), phone="lead"),
        Column(_("状态"), phone="first"),
        Column(_("账号下发到乡")),
        Column(_("培训到岗")),
        Column(_("当月名册")),
        Column(_("已录 / 申报（人·项）"), "num"),
        Column(_("历史自 2016-01")),
        Column(_("最近操作")),
        Column(_("原因")),
    ]


def county_row(county: County, verdict: Verdict, figures: Sum, above: str) -> Row:
    """A county in a list, with the names of what lies above it."""
    why = in_turn(said(f) for f in verdict.findings if f.state != State.NORMAL)
    return Row(
        [
            Person(divisions.name_of(county.code), second=above, url=to_area(county.code)),
            state_chip(verdict.state),
            *(bar(figures, task, verdict) for task in (Task.ACCOUNTS, Task.TRAINING, Task.ROSTER)),
            entered(figures),
            bar(figures, Task.HISTORY, verdict),
            county.active_on,
            why or "—",
        ],
        url=to_area(county.code),
    )


def ranking(found: Sequence[tuple[str, Judged]], task: Task, most: int = 0) -> Table:
    """Areas by how far a task is, the furthest first; equal ones share a place.

    With `most`, only so many from the end.
    """
    ordered = sorted(
        (pair for pair in found if pair[1].figures.counties),
        key=lambda pair: (-round(pair[1].figures.share(task), 4), pair[0]),
    )
    shares = [round(judged.figures.share(task), 4) for _code, judged in ordered]
    rows = [
        Row(
            [
                str(shares.index(shares[n]) + 1),
                Person(divisions.name_of(code), url=to_area(code)),
                bar(judged.figures, task, judged.verdict),
                state_chip(judged.verdict.state),
            ]
        )
        for n, (code, judged) in enumerate(ordered)
    ]
    return Table(
        caption=_("排名"),
        columns=[
            Column(_("名次"), "num", phone="bare"),
            Column(_("地区"), phone="lead"),
            Column(_("完成"), phone="bare"),
            Column(_("状态"), phone="corner"),
        ],
        rows=rows[-most:] if most else rows,
        empty=Empty(_("还没有统计"), icon="flag"),
    )


def progress_map(code: str, parts: Mapping[str, Judged], as_of: str) -> AreaMap | None:
    """How far the roster is, by province or by city of a province; None where there is no outline."""
    if code not in (NATION, code[:2].ljust(12, "0")) or code == CORPS or not parts:
        return None
    areas = [
        Area(
            part[:6],
            divisions.name_of(part),
            100 * judged.figures.share(Task.ROSTER) if judged.figures.counties else None,
            f"{judged.figures.share(Task.ROSTER):.0%} · {state_chip(judged.verdict.state).word}",
            to_area(part),
        )
        for part, judged in parts.items()
        if part != CORPS
    ]
    corps = parts.get(CORPS)
    limits = [
        Limit(100.0, "100%"),
        Limit(90.0, _("90% 以上")),
        Limit(50.0, _("50% 以上")),
        Limit(0.1, _("不到 50%")),
        Limit(0.0, _("没有申报或录入")),
    ]
    beside = (
        _("兵团单列：%(n)s") % {"n": f"{corps.figures.share(Task.ROSTER):.0%}"}
        if corps and corps.figures.counties
        else ""
    )
    return AreaMap(
        id="rollout-map",
        title=_("当月名册完成率"),
        note=_("点区域逐级下钻"),
        outline="china" if code == NATION else prefix(code),
        areas=areas,
        limits=limits,
        measure=_("当月名册"),
        as_of=as_of,
        beside=beside,
    )
