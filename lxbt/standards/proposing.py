"""Parameters and 低保 standards wait for a second person; both see what they would change.

What a change does to people and money is counted by the packages that know them: each registers its effects here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.core.clock import beijing_day
from lxbt.core.crypto import sm3
from lxbt.core.months import Month
from lxbt.proposals.kinds import Kind, register
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import propose
from lxbt.proposals.rules import Effect
from lxbt.standards import queries
from lxbt.standards.checking import faulty_rows
from lxbt.standards.models import Parameter
from lxbt.standards.operations import (
    check_dibao_row,
    checked_value,
    record_dibao_standard,
    set_parameter,
)
from lxbt.standards.operations.ground import StandardRefused
from lxbt.standards.rules.rows import DIBAO as DIBAO_BASE
from lxbt.standards.rules.rows import DibaoRow

PARAMETER, DIBAO = "standards.parameter", "standards.dibao"


@dataclass(frozen=True)
class Wanted:
    """A parameter as it is proposed: where, which, what, for which months."""

    division_code: str
    name: str
    value: Any
    since: Month | None
    until: Month | None
    on: date

    @property
    def month(self) -> Month:
        """The month by which its effect is counted."""
        return max(self.since or Month.of(self.on), Month.of(self.on))


EFFECTS: dict[str, Callable[[Wanted], Effect]] = {}
DIBAO_EFFECT: list[Callable[[DibaoRow, date], Effect]] = []


def register_effect(name: str, effect: Callable[[Wanted], Effect]) -> None:
    """Say what a change of a parameter (or of a family: `match.`) does to people and money."""
    EFFECTS[name] = effect


def as_text(value: object) -> str:
    """A value as both persons read it."""
    return "—" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def change_lines(wanted: Wanted) -> tuple[tuple[str, str, str], ...]:
    """The first lines of every effect: the value before and after, and the months."""
    before = queries.parameter_value(wanted.name, wanted.division_code, wanted.month, None)
    when = _("%(month)s 起") % {"month": wanted.since} if wanted.since else _("一直如此")
    if wanted.until:
        when += _("，%(month)s 恢复") % {"month": wanted.until}
    return (
        (wanted.name, as_text(before), as_text(wanted.value)),
        (_("执行月份"), "", when),
    )


def _wanted(proposal: Proposal, on: date) -> Wanted:
    told = proposal.payload
    return Wanted(
        proposal.division_code,
        str(told["name"]),
        told["value"],
        Month.parse(told["since"]) if told.get("since") else None,
        Month.parse(told["until"]) if told.get("until") else None,
        on,
    )


def _parameter_effect(proposal: Proposal, on: date) -> Effect:
    wanted = _wanted(proposal, on)
    counted = EFFECTS.get(wanted.name) or EFFECTS.get(wanted.name[: wanted.name.find(".") + 1])
    more = counted(wanted) if counted else Effect(())
    return Effect(change_lines(wanted) + more.lines, more.persons, more.months, more.yuan)


def _set(proposal: Proposal, *, by: User, at: datetime, on: date) -> object:
    wanted = _wanted(proposal, on)
    return set_parameter(
        division_code=wanted.division_code,
        name=wanted.name,
        value=wanted.value,
        since=wanted.since,
        until=wanted.until,
        document_number=str(proposal.payload.get("document_number", "")),
        drafted_by=User.objects.get(pk=proposal.proposed_by_id),
        by=by,
        on=on,
    )


def may_draft(by: User, division_code: str, on: date) -> None:
    """Refuse who may not draft standards and parameters there."""
    if not standing_of(by, on=on).may(Permission.DRAFT_STANDARDS, division_code):
        raise StandardRefused(_("您没有在这个区划起草标准和参数的权限。"))


@transaction.atomic
def propose_parameter(
    *,
    division_code: str,
    name: str,
    value: object,
    since: Month | None,
    until: Month | None = None,
    document_number: str,
    by: User,
    at: datetime,
) -> Proposal:
    """Draft a parameter: it counts for nothing until a second person accepts what it changes."""
    on = beijing_day(at)
    may_draft(by, division_code, on)
    value = checked_value(division_code=division_code, name=name, value=value, since=since, until=until, by=by, on=on)
    if len(document_number.strip()) < 4:
        raise StandardRefused(_("请填写依据的文号。"), field="document_number")
    return propose(
        kind=PARAMETER,
        division_code=division_code,
        payload={
            "name": name,
            "value": value,
            "since": str(since) if since else None,
            "until": str(until) if until else None,
            "document_number": document_number.strip()[:100],
        },
        reason=_("依据 %(number)s") % {"number": document_number.strip()[:100]},
        by=by,
        at=at,
        on=on,
        subject_kind=name[:24],
        subject_id=int(division_code),
    )


def _row(proposal: Proposal) -> DibaoRow:
    told = proposal.payload
    until = told.get("until")
    return DibaoRow(
        proposal.division_code,
        str(told["area"]),
        Month.parse(told["since"]),
        Month.parse(until) if until else None,
        Decimal(told["amount"]),
        str(told.get("base", DIBAO_BASE)),
    )


def _dibao_effect(proposal: Proposal, on: date) -> Effect:
    row = _row(proposal)
    month = max(row.since, Month.of(on))
    area = row.area if row.area != "any" else "urban"
    before = queries.scheme_for(row.division).base_for(row.name, row.division, area, month)
    title = _("低保标准（元/月）") if row.name == DIBAO_BASE else _("%(name)s（元）") % {"name": row.name}
    lines = (
        (title, "—" if before is None else f"{before:.2f}", f"{row.amount:.2f}"),
        (_("执行月份"), "", _("%(month)s 起") % {"month": row.since}),
    )
    more = DIBAO_EFFECT[0](row, on) if DIBAO_EFFECT else Effect(())
    return Effect(lines + more.lines, more.persons, more.months, more.yuan)


def _record(proposal: Proposal, *, by: User, at: datetime, on: date) -> object:
    return record_dibao_standard(
        row=_row(proposal),
        document_number=str(proposal.payload.get("document_number", "")),
        drafted_by=User.objects.get(pk=proposal.proposed_by_id),
        by=by,
        on=on,
    )


@transaction.atomic
def propose_dibao(*, row: DibaoRow, document_number: str, by: User, at: datetime) -> Proposal:
    """Draft a 低保 standard: it counts for nothing until a second person accepts what it costs."""
    on = beijing_day(at)
    may_draft(by, row.division, on)
    check_dibao_row(row, document_number=document_number, by=by, on=on)
    base = row.name if row.name == DIBAO_BASE else sm3(row.name.encode()).hex()[:16]  # (what waits is found by it)
    return propose(
        kind=DIBAO,
        division_code=row.division,
        payload={
            "base": row.name,
            "area": row.area,
            "since": str(row.since),
            "until": str(row.until) if row.until else None,
            "amount": f"{row.amount:.2f}",
            "document_number": document_number.strip()[:100],
        },
        reason=_("依据 %(number)s") % {"number": document_number.strip()[:100]},
        by=by,
        at=at,
        on=on,
        subject_kind=f"{base}.{row.area}",
        subject_id=int(row.division),
    )


def effect_of_bounds(wanted: Wanted) -> Effect:
    """Which rows below no longer count."""
    before = {(one.kind, one.pk) for one in faulty_rows(wanted.division_code)}
    row = Parameter(
        division_code=wanted.division_code,
        name=wanted.name,
        value=wanted.value,
        since=max(wanted.since, Month.of(wanted.on)).first if wanted.since else wanted.month.first,
    )
    lost = [one for one in faulty_rows(wanted.division_code, row) if (one.kind, one.pk) not in before]
    lines = [(_("不再算数的设定"), "", f"{one.division_code} {one.name}") for one in lost[:20]]
    return Effect(((_("不再算数的设定（条）"), "", str(len(lost))), *lines))


def register_kinds() -> None:
    """Make both known to the proposals."""
    right = Permission.PUBLISH_STANDARDS
    register(Kind(PARAMETER, lazy("设定参数"), right, _parameter_effect, _set, above=True))
    register_effect("bounds.", effect_of_bounds)
    register(Kind(DIBAO, lazy("登记低保标准"), right, _dibao_effect, _record, above=True))
