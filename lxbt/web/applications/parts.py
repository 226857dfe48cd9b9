"""What other pages show of applications: rows, states, deadlines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.applications import rules
from lxbt.applications.rules import State, StepSpec, read_clock
from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.registry import queries as registry
from lxbt.standards import queries as standards
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.clocks import clock_of
from lxbt.web.kit.components import Chip, Clock, Column, Empty, Link, Page, Person, Row, Subsidies, Table

if TYPE_CHECKING:
    from lxbt.applications.models import Application


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


ACTING = (P.ACCEPT_APPLICATIONS, P.REVIEW_APPLICATIONS, P.DECIDE_APPLICATIONS)


def limits_for(request: OfficialRequest) -> dict[str, int]:
    """The working days of each step where the account works."""
    value = standards.parameter_value("procedure", request.focus, Month.of(request.today), None)
    return limits_of(rules.procedure_from(value))
