"""The plan: taken in as shipped, changed by the nation with a reason; words of the coordinators.

Nothing is overwritten.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from importlib.resources import files
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.models import Division
from lxbt.divisions.rules import NATION, Level, covers
from lxbt.rollout.models import Plan, Remark, Term
from lxbt.rollout.queries.plan import plan_in_force, terms_in_force
from lxbt.rollout.rules.plan import Connection, Place, Task, Window, may_remark, problem_of

if TYPE_CHECKING:
    from lxbt.accounts.models import User

DATA = "data/plan.csv"


class PlanRefused(Refusal):
    """The plan cannot be changed so."""


def shipped_plan() -> list[Place]:
    """The three batches of 民办函〔2018〕169号, and the province that stands in none of them."""
    text = files("lxbt.rollout").joinpath(DATA).read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(io.StringIO(text)):
        window = (
            Window(date.fromisoformat(row["opens_on"]), date.fromisoformat(row["closes_on"]))
            if row["opens_on"]
            else None
        )
        found.append(
            Place(
                row["province"],
                int(row["batch"]) if row["batch"] else None,
                window,
                Connection(row["connection"]),
                basis=row["basis"],
            )
        )
    return found


def row_of(place: Place, by: User | None) -> Plan:
    """A place as a row to be written."""
    return Plan(
        province_code=place.province,
        batch=place.batch,
        opens_on=place.window.opens_on if place.window else None,
        closes_on=place.window.closes_on if place.window else None,
        connection=place.connection.value,
        counties=list(place.counties),
        basis=place.basis,
        demonstration=place.demonstration,
        set_by_id=by.pk if by else None,
    )


@transaction.atomic
def load_plan() -> int:
    """Take in the shipped plan where there is none yet, for the provinces that the tree knows; gives how many."""
    if Plan.objects.exists():
        return 0
    known = divisions.divisions_by_code(place.province for place in shipped_plan())
    rows = [row_of(place, None) for place in shipped_plan() if place.province in known]
    Plan.objects.bulk_create(rows)
    if rows:
        record_event(
            by=None,
            action="rollout.plan_loaded",
            subject_kind="plan",
            subject_id="plan.csv",
            division_code=NATION,
            details={"provinces": len(rows)},
        )
    return len(rows)


def must_plan(by: User | None, on: date) -> None:
    """PlanRefused unless the account plans for the nation; the system itself may."""
    if by is not None and not standing_of(by, on=on).may(Permission.TRACK_ROLLOUT, NATION):
        raise PlanRefused(_("批次和时间窗由部级综合协调调整。本省的原因和下一步可在本省页面填写。"))


@transaction.atomic
def set_plan(*, places: Sequence[Place], reason: str, by: User | None, on: date) -> int:
    """Change the plan of some provinces, from now on; gives how many really change.

    PlanRefused without the right or a reason, for a place that is no province, a window that ends before it begins or
    lasts over a year, a batch below 1, or a county that is not of the province.
    """
    must_plan(by, on)
    reason = reason.strip()
    if not reason:
        raise PlanRefused(_("请写明调整的依据或原因。"), field="reason")
    before = plan_in_force()
    nodes = divisions.divisions_by_code([p.province for p in places] + [c for p in places for c in p.counties])
    changed = []
    for place in places:
        check_place(place, nodes)
        place = Place(
            place.province,
            place.batch,
            place.window,
            place.connection,
            place.counties,
            reason[:200],
            place.demonstration,
        )
        old = before.get(place.province)
        if old is not None and seen(old) == seen(place):
            continue
        changed.append(place)
        told, was = seen(place), seen(old) if old else {}
        record_event(
            by=by,
            action="rollout.plan_changed",
            subject_kind="plan",
            subject_id=place.province,
            division_code=place.province,
            reason=reason,
            changes={name: (was.get(name), told[name]) for name in told},
        )
    Plan.objects.bulk_create([row_of(place, by) for place in changed])
    return len(changed)


def seen(place: Place) -> dict[str, object]:
    """What a change of the plan is about, as plain values."""
    return {
        "batch": place.batch,
        "opens_on": place.window.opens_on.isoformat() if place.window else None,
        "closes_on": place.window.closes_on.isoformat() if place.window else None,
        "connection": place.connection.value,
        "counties": list(place.counties),
        "demonstration": place.demonstration,
    }


def check_place(place: Place, nodes: Mapping[str, Division]) -> None:
    """PlanRefused for what cannot be planned."""
    node = nodes.get(place.province)
    if node is None or node.level != Level.PROVINCE:
        raise PlanRefused(_("%(code)s 不是省级单位，请核对代码。") % {"code": place.province})
    problem = problem_of(place.window) if place.window else ""
    if problem:
        sentence = (
            _("%(name)s：结束日期早于开始日期，请改正。")
            if problem == "order"
            else _("%(name)s：时间窗超过一年，请改短。")
        )
        raise PlanRefused(sentence % {"name": node.name}, field="closes_on")
    if place.batch is not None and not 1 <= place.batch <= 99:
        raise PlanRefused(_("批次应为 1 到 99 的整数；不在批次内的省请留空。"), field="batch")
    if place.batch is not None and place.window is None:
        raise PlanRefused(_("%(name)s：列入批次须有时间窗。") % {"name": node.name}, field="opens_on")
    for code in place.counties:
        if not covers(place.province, code) or code not in nodes or not nodes[code].acts_as_county:
            raise PlanRefused(
                _("%(code)s 不是%(name)s的县级单位，请核对代码。") % {"code": code, "name": node.name}, field="counties"
            )


@transaction.atomic
def set_term(*, task: Task, months: int, days: int, reason: str, by: User | None, on: date) -> None:
    """Change when a task is due, counted from the opening of the window; PlanRefused without the right, a reason, or
    beyond five years.
    """
    must_plan(by, on)
    if not reason.strip():
        raise PlanRefused(_("请写明调整的依据或原因。"), field="reason")
    if not (0 <= months <= 60 and 0 <= days <= 366):
        raise PlanRefused(_("期限应在开始后 0 到 60 个月、0 到 366 天以内。"))
    before = terms_in_force()[task]
    Term.objects.create(
        task=task.value, months=months, days=days, basis=reason.strip()[:200], set_by_id=by.pk if by else None
    )
    record_event(
        by=by,
        action="rollout.term_changed",
        subject_kind="plan",
        subject_id=task.value,
        division_code=NATION,
        reason=reason.strip(),
        changes={"months": (before.months, months), "days": (before.days, days)},
    )


@transaction.atomic
def write_remark(
    *, division_code: str, reason: str, next_step: str, next_on: date | None, by: User, at: datetime
) -> Remark:
    """The reason of an area's state and its next step, by its own coordinator: the nation reads and asks, it does not
    answer for a province.

    PlanRefused out of the own area, or when nothing is said.
    """
    areas = standing_of(by, on=beijing_day(at)).areas(Permission.TRACK_ROLLOUT)
    if divisions.division(division_code) is None or not may_remark(areas, division_code):
        raise PlanRefused(_("原因和下一步由本省或其下级的综合协调填写，只能填写本辖区的。"))
    reason, next_step = reason.strip(), next_step.strip()
    if not reason:
        raise PlanRefused(_("请写明原因。"), field="reason")
    if next_on is not None and next_on < beijing_day(at):
        raise PlanRefused(_("下一步的期限已经过去，请改为今天或以后。"), field="next_on")
    remark = Remark.objects.create(
        division_code=division_code,
        reason=reason[:200],
        next_step=next_step[:200],
        next_on=next_on,
        by_id=by.pk,
        by_name=by.name,
        at=at,
    )
    record_event(
        by=by,
        action="rollout.remarked",
        subject_kind="remark",
        subject_id=remark.pk,
        division_code=division_code,
        details={"next_on": str(next_on or "")},
    )
    return remark
