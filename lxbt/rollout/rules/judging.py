"""Red, amber, green: how a county or a province stands on a day, and why. Pure.

blocked (受阻)   a task is overdue and more than a tenth of it is missing (training apart), or more than a tenth of the
counties stand so
attention (关注) a task is overdue by less, is due within a week, or falls behind the time that has gone; a county is
blocked;
                 the interface is silent; nothing has been done for a month
normal (正常)    none of it
pending (待定)   no window is set

The limits are the system's own, the notice 民办函〔2018〕169号 sets none; `Limits` is where they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from lxbt.core.clock import beijing_day
from lxbt.rollout.rules.figures import County, Sum, sum_of
from lxbt.rollout.rules.plan import TERMS, Connection, Task, Terms, Window


class State(StrEnum):
    """How it stands."""

    BLOCKED = "blocked"
    ATTENTION = "attention"
    NORMAL = "normal"
    PENDING = "pending"


ORDER = (State.BLOCKED, State.ATTENTION, State.NORMAL, State.PENDING)


class Why(StrEnum):
    """What speaks against it."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    BEHIND = "behind"
    NOT_READY = "not_ready"  # the window opens soon, and accounts are missing
    UNDECLARED = "undeclared"
    DIFFERS = "differs"  # months recorded otherwise than declared
    IDLE = "idle"
    UNHEARD = "unheard"  # the interface was never heard
    SILENT = "silent"  # it was, and is no more
    NO_WINDOW = "no_window"


@dataclass(frozen=True)
class Limits:
    """Where normal ends."""

    nearly: float = 0.9  # overdue with this much done is attention, with less blocked
    behind: float = 0.25  # of the time gone, how far a task may lag
    counties: float = 0.1  # this share of counties blocked blocks the area
    due_days: int = 7
    ready_days: int = 15  # before the window opens, accounts are looked at
    idle_days: int = 30
    silent: timedelta = timedelta(hours=24)
    silent_long: timedelta = timedelta(hours=72)


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason.

    `days`: over the term, or until it. `counties`: those behind it, by code; empty where it is the province's own.
    """

    why: Why
    state: State
    task: Task | None = None
    days: int = 0
    share: float = 0.0
    counties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state, and every reason, the worst first."""

    state: State
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """When an interface was last heard, and the last month in which both sides held the same."""

    at: datetime
    synced_until: date | None = None


def worst(states: Iterable[State]) -> State:
    """The worst of some; normal when there are none."""
    found = set(states)
    return next((state for state in ORDER if state in found), State.NORMAL)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Reasons put in order, and the state they make."""
    tasks = list(Task)
    ordered = sorted(
        findings, key=lambda f: (ORDER.index(f.state), tasks.index(f.task) if f.task else len(tasks), f.why)
    )
    return Verdict(worst(f.state for f in ordered), tuple(ordered))


def judge_task(
    task: Task, figures: Sum, window: Window, on: date, *, terms: Terms = TERMS, limits: Limits = LIMITS
) -> Finding | None:
    """What speaks against one task, for a county or the sum of many; None when nothing does."""
    if figures.done(task):
        return None
    share, due = figures.share(task), terms[task].due_on(window)
    over = (on - due).days
    if over > 0:
        mild = (
            share >= limits.nearly or task == Task.TRAINING
        )  # who works without having practised is looked at, not stopped
        return Finding(Why.OVERDUE, State.ATTENTION if mild else State.BLOCKED, task, over, share)
    to_open = (window.opens_on - on).days
    if to_open > 0:
        near = task == Task.ACCOUNTS and to_open <= limits.ready_days
        return Finding(Why.NOT_READY, State.ATTENTION, task, to_open, share) if near else None
    if -over <= limits.due_days and share < limits.nearly:
        return Finding(Why.DUE_SOON, State.ATTENTION, task, -over, share)
    term = (due - window.opens_on).days
    gone = (on - window.opens_on).days / term if term else 1.0
    if share < gone - limits.behind:
        return Finding(Why.BEHIND, State.ATTENTION, task, -over, share)
    return None


def judge_county(
    county: County, window: Window | None, on: date, *, terms: Terms = TERMS, limits: Limits = LIMITS
) -> Verdict:
    """A county by itself."""
    if window is None:
        return Verdict(State.PENDING, (Finding(Why.NO_WINDOW, State.PENDING),))
    figures = sum_of([county], window)
    found = [f for task in Task if (f := judge_task(task, figures, window, on, terms=terms, limits=limits))]
    found += other_reasons(county, figures, window, on, terms, limits)
    return verdict_of(found)


def other_reasons(
    county: County, figures: Sum, window: Window, on: date, terms: Terms, limits: Limits
) -> list[Finding]:
    """Reasons that are no task's: nothing declared, months otherwise than declared, nobody at work."""
    if on < window.opens_on:
        return []
    found = []
    to_roster = (terms[Task.ROSTER].due_on(window) - on).days
    if county.declared is None and 0 <= to_roster <= limits.due_days:
        found.append(Finding(Why.UNDECLARED, State.ATTENTION, Task.ROSTER, to_roster))
    over = (on - terms[Task.HISTORY].due_on(window)).days
    if county.differing and over > 0:
        found.append(Finding(Why.DIFFERS, State.ATTENTION, Task.HISTORY, over))
    idle = (on - (county.active_on or window.opens_on)).days
    if idle > limits.idle_days and not (figures.done(Task.ROSTER) and figures.done(Task.HISTORY)):
        found.append(Finding(Why.IDLE, State.ATTENTION, None, idle))
    return found


def judge_connection(
    connection: Connection, heard: Heard | None, window: Window | None, now: datetime, limits: Limits = LIMITS
) -> list[Finding]:
    """What speaks against the interface of a province that has one."""
    if connection != Connection.INTERFACE or window is None:
        return []
    to_open = (window.opens_on - beijing_day(now)).days
    if heard is None:
        if to_open > limits.ready_days:
            return []
        return [Finding(Why.UNHEARD, State.BLOCKED if to_open < -3 else State.ATTENTION, days=max(0, -to_open))]
    silent = now - heard.at
    if to_open > 0 or silent <= limits.silent:
        return []
    return [Finding(Why.SILENT, State.BLOCKED if silent > limits.silent_long else State.ATTENTION, days=silent.days)]


@dataclass(frozen=True, slots=True)
class Judged:
    """An area: its figures, how it stands, and each of its counties."""

    figures: Sum
    verdict: Verdict
    counties: tuple[tuple[County, Verdict], ...]

    def count(self, state: State) -> int:
        """How many counties stand so."""
        return sum(verdict.state == state for _county, verdict in self.counties)


def judge_area(
    counties: Sequence[County],
    window: Window | None,
    on: date,
    *,
    more: Iterable[Finding] = (),
    terms: Terms = TERMS,
    limits: Limits = LIMITS,
) -> Judged:
    """A province, or a part of it, from its counties; `more` are reasons of its own (the interface)."""
    if window is None:
        pending = Verdict(State.PENDING, (Finding(Why.NO_WINDOW, State.PENDING),))
        return Judged(sum_of(counties, None), pending, tuple((c, pending) for c in counties))
    figures = sum_of(counties, window)
    each = tuple((c, judge_county(c, window, on, terms=terms, limits=limits)) for c in counties)
    behind: dict[tuple[Why, Task | None], list[tuple[County, Finding]]] = {}
    for county, verdict in each:
        for finding in verdict.findings:
            behind.setdefault((finding.why, finding.task), []).append((county, finding))
    own = {
        (f.why, f.task): f for task in Task if (f := judge_task(task, figures, window, on, terms=terms, limits=limits))
    }
    found = list(more)
    for key in {**own, **behind}:
        rows = behind.get(key, [])
        codes = tuple(county.code for county, _f in rows)
        days = max([f.days for _c, f in rows] + ([own[key].days] if key in own else []))
        blocked = sum(f.state == State.BLOCKED for _c, f in rows)
        state = own[key].state if key in own else State.NORMAL
        if figures.counties and blocked > limits.counties * figures.counties:
            state = State.BLOCKED
        elif blocked or len(rows) > limits.counties * figures.counties:
            state = worst([state, State.ATTENTION])
        share = own[key].share if key in own else figures.share(key[1]) if key[1] else 0.0
        found.append(Finding(key[0], state, key[1], days, share, codes))
    return Judged(figures, verdict_of(found), each)
