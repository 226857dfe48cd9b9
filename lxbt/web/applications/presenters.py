"""Applications as the pages show them: clocks in words, steps, rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from lxbt.applications.rules import State, StepName, StepSpec, read_clock
from lxbt.divisions import queries as divisions
from lxbt.web import words
from lxbt.web.kit.clocks import clock_words
from lxbt.web.kit.components import Event, Step

if TYPE_CHECKING:
    from lxbt.applications.models import Application
    from lxbt.applications.models import Step as StepRow

SIZE = 50


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
