"""Applications as the pages show them: clocks in words, steps, rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lxbt.applications.rules import ClockReading, State, StepName, StepSpec, read_clock
from lxbt.divisions import queries as divisions
from lxbt.registry import queries as registry
from lxbt.web import words
from lxbt.web.components import Chip, Clock, Column, Empty, Event, Link, Page, Person, Row, Step, Subsidies, Table

if TYPE_CHECKING:
    from lxbt.applications.models import Application
    from lxbt.applications.models import Step as StepRow

SIZE = 50
STATE_CHIPS = {
    State.OPEN: ("run", ""),
    State.RETURNED: ("warn", "arrow-back-up"),
    State.GRANTED: ("ok", ""),
    State.REFUSED: ("bad", "circle-x"),
    State.WITHDRAWN: ("off", "arrow-back"),
}


def state_chip(application: Application) -> Chip:
    """The state in a word: 待残联审核, 退回补正, 已批准 …"""
    state, step = State(application.state), str(application.step)
    tone, icon = STATE_CHIPS[state]
    word = _("待%(step)s") % {"step": words.STEPS[step]} if state == State.OPEN else str(words.STATES[state])
    return Chip(word, tone, icon)  # type: ignore[arg-type]


def clock_words(reading: ClockReading) -> str:
    """还剩 2 个工作日 · 今日到期 · 逾期 1 个工作日 · 等待补正 · 3 个工作日办结."""
    if reading.state == "paused":
        return _("计时暂停，等待补正")
    if reading.state == "done":
        return ngettext("%(n)d 个工作日办结", "%(n)d 个工作日办结", reading.used) % {"n": reading.used}
    if reading.state == "overdue":
        over = max(1, reading.used - reading.limit)
        return ngettext("逾期 %(n)d 个工作日", "逾期 %(n)d 个工作日", over) % {"n": over}
    if reading.state == "today":
        return _("今日到期")
    left = reading.limit - reading.used
    return ngettext("还剩 %(n)d 个工作日", "还剩 %(n)d 个工作日", left) % {"n": left}


def clock_of(reading: ClockReading) -> Clock:
    """The clock component of a reading."""
    title = _("限 %(limit)d 个工作日，%(due)s 到期；周末与法定节假日已扣除") % {
        "limit": reading.limit,
        "due": reading.due_on,
    }
    return Clock(reading.used, reading.limit, reading.state, clock_words(reading), title)  # type: ignore[arg-type]


def clock_for(
    application: Application, limits: Mapping[str, int], today: date, overrides: Mapping[date, bool]
) -> Clock | None:
    """The clock of the step an application waits at; None when it waits for nobody."""
    state = State(application.state)
    if state not in (State.OPEN, State.RETURNED):
        return None
    limit = limits.get(application.step, 5)
    reading = read_clock(
        started_on=application.step_since, limit=limit, today=today, paused=state == State.RETURNED, overrides=overrides
    )
    return clock_of(reading)


def limits_of(procedure: Iterable[StepSpec]) -> dict[str, int]:
    """Working days by step name."""
    return {step.name: step.days for step in procedure}


def applicant(card: registry.PersonCard | None, number: str) -> Person:
    """The cell that names who applies."""
    url = reverse("application", args=[number])
    if card is None:
        return Person("—", url=url)
    return Person(card.name, _("%(year)d 年生") % {"year": card.birth.year} if card.birth else "", card.masked_id, url)


def application_table(
    applications: Sequence[Application],
    *,
    limits: Mapping[str, int],
    today: date,
    overrides: Mapping[date, bool],
    page: Page,
    acting: bool,
    empty: Empty,
) -> Table:
    """Rows of an inbox (`acting`) or of a search."""
    cards = registry.person_cards([a.person_id for a in applications])
    rows = []
    for number, a in enumerate(applications):
        clock = clock_for(a, limits, today, overrides)
        rows.append(
            Row(
                cells=[
                    clock if clock and acting else state_chip(a),
                    applicant(cards.get(a.person_id), a.number),
                    Subsidies([asked.subsidy for asked in a.asked.all()]),
                    words.STEPS[a.step] if acting else divisions.name_of(a.division_code),
                    words.CHANNELS[a.channel],
                    a.applied_on,
                ],
                url=reverse("application", args=[a.number]),
                action=(_("补正") if a.state == State.RETURNED else _("办理")) if acting else _("查看"),
                primary=acting and number == 0 and not page.paged,
            )
        )
    return Table(
        caption=_("待办") if acting else _("申请办件"),
        columns=[
            Column(_("期限（工作日）") if acting else _("状态"), phone="first"),
            Column(_("申请人"), phone="lead"),
            Column(_("补贴"), phone="corner"),
            Column(_("环节") if acting else _("乡镇（街道）")),
            Column(_("来源"), phone="hide"),
            Column(_("受理日")),
        ],
        rows=rows,
        page=page,
        empty=empty,
    )


def nothing_waits(can_accept: bool) -> Empty:
    """The empty inbox."""
    return Empty(
        _("没有等您办理的件"),
        _("新的件会出现在这里。"),
        Link(_("窗口受理"), reverse("application_new"), primary=True) if can_accept else None,
    )


def step_line(
    application: Application, procedure: Sequence[StepSpec], *, today: date, overrides: Mapping[date, bool]
) -> list[Step]:
    """The whole procedure: what is done, where it waits, what comes."""
    done = {}
    for row in application.steps.all():
        if row.finished_at is not None:
            done[row.name] = row
    state = State(application.state)
    line = []
    accepted = done.get("accept")
    if accepted:
        line.append(Step(str(words.STEPS["accept"]), "done", who_of(accepted), f"{accepted.finished_on:%m-%d}"))
    names = [spec.name for spec in procedure]
    current = names.index(StepName(application.step)) if application.step in names else 0
    for place, spec in enumerate(procedure):
        passed = done.get(spec.name)
        label = str(words.STEPS[spec.name])
        waiting = state in (State.OPEN, State.RETURNED) and place == current
        if waiting:
            reading = read_clock(
                started_on=application.step_since,
                limit=spec.days,
                today=today,
                paused=state == State.RETURNED,
                overrides=overrides,
            )
            line.append(
                Step(
                    label,
                    "current",
                    body_of(application, spec.name),
                    f"{application.step_since:%m-%d}",
                    reading.used,
                    spec.days,
                    clock_words(reading),
                )
            )
        elif passed is not None and passed.finished_on and place <= current:
            refused = passed.act in ("refuse", "withdraw")
            used = read_clock(
                started_on=passed.started_on,
                limit=passed.limit_days,
                today=today,
                finished_on=passed.finished_on,
                overrides=overrides,
            ).used
            line.append(
                Step(
                    label,
                    "refused" if refused else "done",
                    who_of(passed),
                    f"{passed.finished_on:%m-%d}",
                    used,
                    passed.limit_days,
                )
            )
        else:
            line.append(Step(label, "future", body_of(application, spec.name), limit=spec.days))
    if state == State.GRANTED:
        line.append(
            Step(
                str(words.STEPS["effect"]),
                "done",
                note=_("自 %(month)s 计发") % {"month": f"{application.applied_on:%Y-%m}"},
            )
        )
    elif state != State.REFUSED and state != State.WITHDRAWN:
        line.append(
            Step(
                str(words.STEPS["effect"]),
                "future",
                note=_("自 %(month)s 计发") % {"month": f"{application.applied_on:%Y-%m}"},
            )
        )
    return line


def who_of(step: StepRow) -> str:
    """大智街道 · 王敏."""
    return f"{divisions.name_of(step.place_code)} · {step.by_name}"


def body_of(application: Application, step: str) -> str:
    """The body that a step waits for."""
    code = application.county_code if step in ("review", "decide") else application.division_code
    name = divisions.name_of(code)
    return {"review": _("%(name)s残联"), "decide": _("%(name)s民政")}.get(step, "%(name)s") % {"name": name}


def history(application: Application) -> list[Event]:
    """What was done, latest first, with the opinion of each."""
    events = []
    for row in reversed(list(application.steps.all())):
        if row.finished_on is None:
            continue
        label = words.ACTS.get(row.act, row.act)
        verdicts = words.in_turn(
            _("%(subsidy)s%(verdict)s")
            % {"subsidy": words.SUBSIDIES_SHORT[subsidy], "verdict": _("通过") if verdict == "agree" else _("不予")}
            for subsidy, verdict in sorted(row.verdicts.items(), reverse=True)
        )
        title = (
            words.told(words.STEPS[row.name], label)
            if row.name in words.STEPS and row.act not in ("accept", "complete")
            else str(label)
        )
        events.append(
            Event(
                row.finished_on,
                title,
                _("，").join(part for part in (who_of(row), row.opinion) if part),
                result=verdicts,
            )
        )
    return events


def done_words(act: str, application: Application) -> str:
    """What happened, for the green line after an act."""
    number = application.number
    return {
        "pass": _("%(number)s 已办理，转下一环节。"),
        "return": _("%(number)s 已退回补正，计时暂停。"),
        "complete": _("%(number)s 已补正，回到原环节。"),
        "withdraw": _("%(number)s 已撤回。"),
    }[act] % {"number": number}
