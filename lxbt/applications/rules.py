"""The procedure of an application as data: who acts, in which order, within how many working days.

The chain is that of 国发〔2015〕52号 三（二）: the township accepts and examines, the county Federation reviews the
certificate, county civil affairs decides. Order, clocks and public notice differ by place, so a dated parameter
`procedure` may replace the default below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from lxbt.core import reading
from lxbt.core.transitions import Table
from lxbt.core.workdays import NONE, Overrides, add_workdays, workdays_between
from lxbt.standards.rules.bounds import Bounds, check_steps


class State(StrEnum):
    """Where an application stands; which step it waits at is a column of its own."""

    OPEN = "open"  # waits at a step
    RETURNED = "returned"  # waits for the township to complete it; the clock is paused
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


UNFINISHED = (State.OPEN, State.RETURNED)
DECISIONS = ("pending", "granted", "refused", "withdrawn")  # of an application that was dealt with elsewhere

TRANSITIONS: Table[State] = {
    (State.OPEN, "pass"): State.OPEN,
    (State.OPEN, "return"): State.RETURNED,
    (State.OPEN, "grant"): State.GRANTED,
    (State.OPEN, "refuse"): State.REFUSED,
    (State.OPEN, "withdraw"): State.WITHDRAWN,
    (State.RETURNED, "complete"): State.OPEN,
    (State.RETURNED, "withdraw"): State.WITHDRAWN,
}


class StepName(StrEnum):
    """The kinds of step a procedure is made of."""

    EXAMINE = "examine"  # 初审, township
    REVIEW = "review"  # 残联审核, county Federation
    DECIDE = "decide"  # 民政审定, county civil affairs
    NOTICE = "notice"  # 公示, township; ends when its days have passed


# Who signs for whom: the township accepts and examines, the Federation reviews, civil affairs decides (国发〔2015〕52号
# 三（二）).
# One person signs for one of them in a case; the database holds it.
PARTIES: Mapping[str, str] = {
    "accept": "township",
    "examine": "township",
    "complete": "township",
    "notice": "township",
    "review": "federation",
    "decide": "civil_affairs",
}
SIGNING = ("accept", "pass", "return", "complete", "grant", "refuse")


class Verdict(StrEnum):
    """What an official says of one subsidy at one step."""

    AGREE = "agree"
    REFUSE = "refuse"


class Channel(StrEnum):
    """How the application came in."""

    WINDOW = "window"
    VILLAGE = "village"
    ONLINE = "online"


class Agent(StrEnum):
    """Who applies: the person, or whom 国发〔2015〕52号 三（一） lets act for the person."""

    SELF = "self"
    GUARDIAN = "guardian"
    RELATIVE = "relative"
    COMMITTEE = "committee"
    OTHER = "other"


@dataclass(frozen=True)
class StepSpec:
    """One step of a procedure and its limit in working days."""

    name: StepName
    days: int


DEFAULT_PROCEDURE: tuple[StepSpec, ...] = (
    StepSpec(StepName.EXAMINE, 5),
    StepSpec(StepName.REVIEW, 5),
    StepSpec(StepName.DECIDE, 5),
)


LONGEST = 120  # working days of a step


def read_procedure(name: str, raw: object) -> list[dict[str, object]]:
    """The parameter `procedure`: [{"step": name, "days": number}, ...] with each step once and one `decide`; Unreadable
    says what is wrong.
    """
    steps: list[dict[str, object]] = []
    for n, row in enumerate(reading.items(raw, name)):
        where = f"{name}[{n}]"
        table = reading.mapping(row, where, ("step", "days"))
        steps.append(
            {
                "step": reading.choice(reading.required(table, "step", where), f"{where}.step", list(StepName)),
                "days": reading.whole(reading.required(table, "days", where), f"{where}.days", 1, LONGEST),
            }
        )
    names = [step["step"] for step in steps]
    if len(set(names)) != len(names):
        raise reading.Unreadable(name, "每个环节只能有一次")
    if StepName.DECIDE not in names:
        raise reading.Unreadable(name, "缺少环节 decide（审定）")
    before = names[: names.index(StepName.DECIDE)]
    if any(step in names and step not in before for step in (StepName.EXAMINE, StepName.REVIEW)):
        raise reading.Unreadable(name, "examine（初审）和 review（残联审核）应在 decide（审定）之前")
    return steps


def procedure_within(_name: str, value: Iterable[Mapping[str, Any]], bounds: Bounds) -> None:
    """Refuse a procedure that lacks a step the level above asks for, or that takes longer than it allows."""
    check_steps([(str(row["step"]), int(row["days"])) for row in value], bounds)


def procedure_from(value: Any) -> tuple[StepSpec, ...]:
    """The parameter `procedure` as steps; None, and what cannot be read, gives the default."""
    if value is None:
        return DEFAULT_PROCEDURE
    try:
        rows = read_procedure("procedure", value)
    except reading.Unreadable:
        return DEFAULT_PROCEDURE
    return tuple(StepSpec(StepName(str(row["step"])), int(str(row["days"]))) for row in rows)


def next_step(procedure: Iterable[StepSpec], current: StepName) -> StepSpec | None:
    """The step after `current`, or None when that was the last.

    A step that the procedure no longer has goes on with the first that follows it in the order of all steps.
    """
    steps = list(procedure)
    names = [step.name for step in steps]
    if current in names:
        place = names.index(current) + 1
        return steps[place] if place < len(steps) else None
    order = list(StepName)
    return next((step for step in steps if order.index(step.name) > order.index(current)), None)


@dataclass(frozen=True)
class ClockReading:
    """How far the clock of a step has run: working days used of the limit, and how it stands."""

    used: int
    limit: int
    state: str  # running | last | today | overdue | paused | done
    due_on: date


def read_clock(
    *,
    started_on: date,
    limit: int,
    today: date,
    paused: bool = False,
    finished_on: date | None = None,
    overrides: Overrides = NONE,
) -> ClockReading:
    """The clock of a step in working days; the day it starts does not count."""
    due = add_workdays(started_on, limit, overrides)
    end = finished_on or today
    used = max(0, workdays_between(started_on, end, overrides))
    if finished_on is not None:
        state = "done"
    elif paused:
        state = "paused"
    elif today > due:
        state = "overdue"
    elif today == due:
        state = "today"
    elif workdays_between(today, due, overrides) == 1:
        state = "last"
    else:
        state = "running"
    return ClockReading(used, limit, state, due)


def outcome(verdicts: Mapping[str, Verdict]) -> str:
    """The act that ends the procedure: `grant` when at least one subsidy is agreed to, else `refuse`."""
    return "grant" if Verdict.AGREE in verdicts.values() else "refuse"
