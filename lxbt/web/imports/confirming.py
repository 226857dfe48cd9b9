"""What an import's page says of the second person: the plan in money, who is asked, the door that the file comes
through.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.entitlements.holding import groups_of, held
from lxbt.imports.operations.confirming import UNDO, WRITE, ask_to_undo, ask_to_write, effect_of
from lxbt.imports.operations.intake import is_before_writing
from lxbt.imports.operations.planned import figures_of, largest_of
from lxbt.imports.rules.moving import DOORS, PAID, RIGHT
from lxbt.proposals.queries import waiting_for
from lxbt.registry.operations.files import persons_by_index
from lxbt.rollout.operations.doors import ask_for_door
from lxbt.rollout.queries.doors import county_code_of, door_of
from lxbt.web.imports.words import MOVED
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.components import Column, Row, Subsidies, Table

LISTED = 50


def confirming_of(request: OfficialRequest, entry: Any, accepts: list[str] | None) -> dict[str, Any]:
    """What the page needs of plan, second person, and door."""
    waiting = waiting_for(subject_kind="import", subject_id=entry.pk).first()
    found: dict[str, Any] = {
        "waiting": waiting,
        "waiting_undo": waiting is not None and waiting.kind == UNDO,
        "door": door_for(request, entry),
        "held": groups_of(held().filter(import_id=entry.pk)),
    }
    if is_before_writing(entry) and entry.planned:
        if waiting is not None and waiting.kind == WRITE:
            accepts = list(entry.accepts)
        figures = figures_of(entry, accepts)
        if figures.moved:
            found["money"] = effect_of(entry, figures)
            found["moved"] = moved_table(entry, may_name=request.standing.may(P.VIEW_PERSONS, entry.division_code))
    return found


def door_for(request: OfficialRequest, entry: Any) -> dict[str, Any] | None:
    """The door of the file where it is shut: what stands in the way, and whether somebody asked above already."""
    door = DOORS.get(entry.kind)
    if door is None or entry.state not in ("uploaded", "planning", "planned", "stopped"):
        return None
    now = door_of(entry.division_code, door, request.today)
    if now.open:
        return {"open": True, "until": now.until, "permit": now.permit}
    county = county_code_of(entry.division_code)
    asked = waiting_for(subject_kind="door", subject_id=int(county)).first()
    return {"open": False, "sentence": now.sentence(), "asked": asked, "today": request.today}


def moved_table(entry: Any, *, may_name: bool) -> Table:
    """The rows that move the most money: first those whose payment is stopped, then rights."""
    rows = [*largest_of(entry, PAID, LISTED), *largest_of(entry, RIGHT, LISTED)][:LISTED]
    ids = persons_by_index([bytes(row.person_index) for row in rows]) if rows else {}
    return Table(
        caption=_("金额最大的各行"),
        columns=[
            Column(_("怎样"), phone="first"),
            Column(_("姓名"), phone="lead"),
            Column(_("补贴"), phone="end"),
            Column(_("月份")),
            Column(_("每月（元）"), "num"),
            Column(_("往月（元）"), "num"),
            Column(_("其中先不发放（元）"), "num"),
            Column(_("行")),
        ],
        rows=[
            Row(
                [
                    str(MOVED[row.what]),
                    (row.name if may_name else "—") + ("" if bytes(row.person_index) in ids else _("（新登记）")),
                    Subsidies([row.subsidy]) if row.subsidy else "—",
                    str(Month.of(row.month)) if row.month else "—",
                    row.monthly or (row.yuan if row.what == PAID else row.monthly),
                    row.yuan if row.what == RIGHT else 0,
                    row.held_yuan,
                    row.row_no,
                ]
            )
            for row in rows
        ],
    )


def ask_write(request: OfficialRequest, entry: Any, accepts: list[str]) -> str:
    """Ask the second person."""
    ask_to_write(
        import_id=entry.pk,
        accepts=accepts,
        reason=request.POST.get("reason", ""),
        by=request.user,
        at=request.now.at,
        on=request.today,
    )
    return _("已提交，等另一人确认计划；确认后自动写入。")


def ask_undo(request: OfficialRequest, entry: Any) -> str:
    """Ask the second person to agree to an undo."""
    ask_to_undo(
        import_id=entry.pk,
        reason=request.POST.get("reason", ""),
        by=request.user,
        at=request.now.at,
        on=request.today,
    )
    return _("已提交，等另一人同意后撤销。")


def ask_door(request: OfficialRequest, entry: Any) -> str:
    """Ask the level above for days outside the window."""
    opens, closes = (_day(request.POST.get(name, "")) for name in ("opens_on", "closes_on"))
    ask_for_door(
        division_code=county_code_of(entry.division_code),
        doors=[DOORS[entry.kind]],
        opens_on=opens,
        closes_on=closes,
        reason=request.POST.get("reason", ""),
        by=request.user,
        at=request.now.at,
        on=request.today,
    )
    return _("已报上一级，同意后可以在这些日期导入。")


def _day(text: str) -> date:
    try:
        day = parse_date(text.strip())
    except ValueError:
        day = None
    if day is None:
        raise Refusal(_("日期请写成 2026-12-01 的样子。"))
    return day
