"""Reads of the plan: what is in force, and how it came to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lxbt.accounts.queries import names_of
from lxbt.registry.models.provinces import ProvinceHeard
from lxbt.rollout.models import Plan, Remark, Term
from lxbt.rollout.rules import judging
from lxbt.rollout.rules.plan import TERMS, Connection, Place, Task, Terms, Window
from lxbt.rollout.rules.plan import Term as Until


def place_of(row: Plan) -> Place:
    """A row of the plan as a value."""
    window = Window(row.opens_on, row.closes_on) if row.opens_on and row.closes_on else None
    return Place(
        row.province_code,
        row.batch,
        window,
        Connection(row.connection),
        tuple(row.counties),
        row.basis,
        row.demonstration,
    )


def plan_in_force(provinces: Iterable[str] | None = None) -> dict[str, Place]:
    """What is planned, by province in the order of codes: the newest row of each."""
    rows = Plan.objects.order_by("province_code", "-id").distinct("province_code")
    if provinces is not None:
        rows = rows.filter(province_code__in=list(provinces))
    return {row.province_code: place_of(row) for row in rows}


def terms_in_force() -> Terms:
    """When each task is due: the newest row of each, else as shipped."""
    kept = {
        Task(row.task): Until(row.months, row.days) for row in Term.objects.order_by("task", "-id").distinct("task")
    }
    return {**TERMS, **kept}


@dataclass(frozen=True)
class Decision:
    """A row of the plan with who set it."""

    place: Place
    set_at: datetime
    by_name: str


def decisions_of(province: str) -> list[Decision]:
    """All that was ever planned for a province, the newest first."""
    rows = list(Plan.objects.filter(province_code=province).order_by("-id"))
    known = [row.set_by_id for row in rows if row.set_by_id]
    names = names_of(known) if known else {}
    return [Decision(place_of(row), row.set_at, names.get(row.set_by_id or 0, "")) for row in rows]


def newest_remarks(codes: Iterable[str] | None = None) -> dict[str, Remark]:
    """The newest words of each area."""
    rows = Remark.objects.order_by("division_code", "-id").distinct("division_code")
    if codes is not None:
        rows = rows.filter(division_code__in=list(codes))
    return {row.division_code: row for row in rows}


def remarks_of(code: str, limit: int = 20) -> list[Remark]:
    """The words of an area, the newest first."""
    return list(Remark.objects.filter(division_code=code).order_by("-id")[:limit])


def heard_by_province() -> dict[str, judging.Heard]:
    """When each province's own system was last heard, and up to which month both sides hold the same: the ground table
    keeps that.
    """
    return {row.province_code: judging.Heard(row.heard_at, row.synced_until) for row in ProvinceHeard.objects.all()}
