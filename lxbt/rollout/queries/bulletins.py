"""Reads of bulletins, and the figures that an issue is made of: the dashboard's own reading, the coverage, the progress
of going live.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from lxbt.accounts.rules import Permission, Standing
from lxbt.core.clock import beijing_day
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION
from lxbt.rollout.models import Bulletin, BulletinIssue
from lxbt.rollout.queries.progress import board, parts_below
from lxbt.rollout.rules.bulletins import Figures, Interval, Part, Timing, said
from lxbt.rollout.rules.figures import Sum
from lxbt.rollout.rules.judging import State
from lxbt.rollout.rules.plan import Place, Task
from lxbt.statistics import queries as statistics
from lxbt.statistics.queries import AreaCount, Overview

STATES = {State.BLOCKED: "受阻", State.ATTENTION: "关注", State.NORMAL: "正常", State.PENDING: "待定"}
COVERAGE = ("certified", "severe", "severe_without", "dibao", "dibao_without", "lapsed")
TREND = 12  # months of a chart


def timing_of(bulletin: Bulletin) -> Timing:
    """When it is due."""
    return Timing(Interval(bulletin.interval), bulletin.day, bulletin.at)


def bulletins_of(standing: Standing) -> QuerySet[Bulletin]:
    """The plans of the offices that the account publishes for."""
    return Bulletin.objects.filter(
        from_code__in=standing.areas(Permission.PUBLISH_BULLETINS), from_organ=standing.organ.value
    ).order_by("-active", "next_due_at")


def bulletin_of(standing: Standing, bulletin_id: int) -> Bulletin | None:
    """One of these."""
    return bulletins_of(standing).filter(pk=bulletin_id).first()


def issues_of(bulletin_ids: Sequence[int], limit: int = 50) -> list[BulletinIssue]:
    """Their issues with their notices, the latest first."""
    return list(
        BulletinIssue.objects.filter(bulletin_id__in=bulletin_ids)
        .select_related("circular", "bulletin")
        .order_by("-due_at", "-id")[:limit]
    )


def due_bulletins(at: datetime) -> list[int]:
    """The plans whose moment has come."""
    return list(
        Bulletin.objects.filter(active=True, next_due_at__lte=at)
        .order_by("next_due_at")
        .values_list("pk", flat=True)[:200]
    )


def figures_of(area: str, *, at: datetime) -> Figures:
    """Everything that a bulletin about the area can say now, by the same reading as the dashboard."""
    today = beijing_day(at)
    found = statistics.overview(area, today=today)
    covered, below, _month = statistics.coverage_of(area, today=today)
    values = counted(found)
    tables: dict[str, Part] = {"areas": areas_table(found), "coverage": coverage_table(covered, below)}
    if covered.counted_at is None:
        del tables["coverage"]
    else:
        values |= {name: getattr(covered, name) for name in COVERAGE}
    more_values, more_tables = progress_of(area, at=at)
    return Figures(
        area=area,
        name=found.now.name,
        month=f"{found.month:%Y-%m}" if found.month else "",
        running=found.is_open,
        as_of=f"{timezone.localtime(found.counted_at):%Y-%m-%d %H:%M}" if found.counted_at else "",
        stale=found.stale,
        values={**values, **more_values},
        tables={**tables, **more_tables} if found.below else more_tables,
        charts=charts_of(found.whole[-TREND:]),
    )


def counted(found: Overview) -> dict[str, int | str]:
    """The figures of the dashboard's tiles."""
    if found.month is None:
        return {}
    now, before, both = found.now, found.before, found.now.both
    average = both.regular / both.persons if both.persons else Decimal(0)
    values: dict[str, int | str] = {
        "living": now.living.persons,
        "care": now.care.persons,
        "persons": both.persons,
        "started": both.started,
        "stopped": both.stopped,
        "failed": both.failed,
        "amount": f"{both.amount:.2f}",
        "regular": f"{both.regular:.2f}",
        "arrears": f"{both.arrears:.2f}",
        "recovery": f"{abs(both.recovery):.2f}",
        "average": f"{average:.2f}",
    }
    for name in ("living", "care"):
        then = getattr(before, name).persons if before else 0
        if then:
            values[f"{name}_change"] = f"{(Decimal(getattr(now, name).persons) - then) / then * 100:+.2f}%".replace(
                "-", "−"
            )
    return values


def areas_table(found: Overview) -> Part:
    """What lies below in the month, the area itself last: the dashboard's table."""

    def cells(area: AreaCount) -> list[str]:
        both = area.both
        told: list[int | str] = [
            area.living.persons,
            area.care.persons,
            f"{both.amount:.2f}",
            f"{both.arrears:.2f}",
            both.started,
            both.stopped,
        ]
        return [area.name, *map(said, told)]

    heads = ["地区", "生活补贴（人）", "护理补贴（人）", "金额（元）", "其中补发（元）", "新增", "停发"]
    return {
        "caption": "分地区发放情况",
        "heads": heads,
        "kinds": ["text", *["num"] * 6],
        "total": True,
        "rows": [*map(cells, found.below), cells(found.now)],
    }


def coverage_table(whole: Any, below: Sequence[Any]) -> Part:
    """Certificates against rights, the area itself last."""
    heads = [
        "地区",
        "持证（人）",
        "一、二级（人）",
        "未享护理补贴（人）",
        "低保持证（人）",
        "未享生活补贴（人）",
        "证件失效仍享受（人）",
    ]
    rows = [[area.name, *(said(getattr(area, name)) for name in COVERAGE)] for area in [*below, whole]]
    return {"caption": "持证与补贴覆盖", "heads": heads, "kinds": ["text", *["num"] * 6], "total": True, "rows": rows}


def charts_of(trend: Sequence[tuple[date, AreaCount]]) -> dict[str, Part]:
    """The dashboard's two charts over the last months; none with a single month."""
    if len(trend) < 2:
        return {}
    labels = [f"{month:%Y-%m}" for month, _area in trend]
    return {
        "persons": {
            "form": "line",
            "title": "享受补贴人数",
            "note": "人",
            "labels": labels,
            "digits": 0,
            "series": [
                {"name": "生活补贴", "role": "living", "values": [area.living.persons for _m, area in trend]},
                {"name": "护理补贴", "role": "care", "values": [area.care.persons for _m, area in trend]},
            ],
        },
        "money": {
            "form": "bar",
            "title": "每月发放",
            "note": "元",
            "labels": labels,
            "digits": 2,
            "series": [
                {"name": "常规", "role": "money", "values": [float(area.both.regular) for _m, area in trend]},
                {"name": "补发", "role": "arrears", "values": [float(area.both.arrears) for _m, area in trend]},
            ],
        },
    }


def progress_of(area: str, *, at: datetime) -> tuple[dict[str, int | str], dict[str, Part]]:
    """Going live, by the same reading as its board; nothing where no county is counted.

    Areas in a state: provinces for the nation, else counties.
    """
    found = board(area=area, on=beijing_day(at), now=at)
    total = found.total
    if not total.counties or found.counted_at is None:
        return {}, {}
    if area == NATION:
        parts, counts = dict(found.judged), {state: len(found.in_state(state)) for state in State}
    else:
        (code, judged), *_none = found.judged.items()
        below = [node.code for node in divisions.children(area)]
        parts = parts_below(judged, found.places.get(code) or Place(code, None, None), below, found.on, found.terms)
        counts = {state: judged.count(state) for state in State}
    values: dict[str, int | str] = {
        "counties": total.counties,
        "entered": total.entered,
        "declared": total.declared,
        "places": total.places,
        "places_ready": total.places_ready,
        "on_track": counts[State.NORMAL],
        "watched": counts[State.ATTENTION],
        "blocked": counts[State.BLOCKED],
    }
    if total.declared:
        values["entered_share"] = share(total, Task.ROSTER)
    rows = [
        progress_row(divisions.name_of(part), judged.figures, STATES[judged.verdict.state])
        for part, judged in parts.items()
    ]
    rows.append(progress_row(divisions.name_of(area), total, ""))
    heads = ["地区", "县（个）", "账号到位", "申报（人·项）", "录入（人·项）", "录入比例", "历史补录", "状态"]
    kinds = ["text", *["num"] * 6, "text"]
    return values, {
        "progress": {
            "caption": f"上线进展（截至{timezone.localtime(found.counted_at):%Y-%m-%d %H:%M}）",
            "heads": heads,
            "kinds": kinds,
            "total": True,
            "rows": rows,
        }
    }


def share(figures: Sum, task: Task) -> str:
    """Done of wanted as a percentage; never a full hundred while something is left."""
    value = figures.share(task)
    return f"{value if figures.done(task) else min(value, 0.9999):.2%}"


def progress_row(name: str, figures: Sum, state: str) -> list[str]:
    """One area's line."""
    declared = said(figures.declared) if figures.declared or not figures.undeclared else "未申报"
    history = share(figures, Task.HISTORY) if figures.months else "—"
    return [
        name,
        said(figures.counties),
        share(figures, Task.ACCOUNTS),
        declared,
        said(figures.entered),
        share(figures, Task.ROSTER),
        history,
        state,
    ]
