"""Between plan and writing, and before an undo: another person confirms exactly what was planned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.queries import user_of
from lxbt.accounts.rules import Permission
from lxbt.core import idnumber
from lxbt.core.months import Month
from lxbt.imports.models import Import
from lxbt.imports.operations.intake import (
    EVERYTHING,
    ImportRefused,
    begin_writing,
    check_door,
    check_right,
    is_before_writing,
    locked_import,
)
from lxbt.imports.operations.planned import Figures, figures_of, largest_of
from lxbt.imports.operations.undoing import begin_undo, blocked_persons
from lxbt.imports.rules.moving import FACTS, PAID, RIGHT
from lxbt.proposals.operations import Kind, propose, register
from lxbt.proposals.rules import Effect

if TYPE_CHECKING:
    from lxbt.accounts.models import User
    from lxbt.imports.models import Planned
    from lxbt.proposals.models import Proposal

WRITE, UNDO = "imports.write", "imports.undo"
SUBSIDIES = {"living": lazy("生活补贴"), "care": lazy("护理补贴")}
NAMED = 20  # persons whose payment is stopped that are named in the effect itself; the page lists all


@transaction.atomic
def ask_to_write(*, import_id: int, accepts: Iterable[str], reason: str, by: User, at: datetime, on: date) -> Proposal:
    """Ask another person to confirm the plan; when they do, it is written.

    ImportRefused where nothing needs confirming.
    """
    entry = locked_import(import_id)
    check_right(by=by, division_code=entry.division_code, at=at)
    check_door(entry, on=on)
    if not is_before_writing(entry) or not entry.planned:
        raise ImportRefused(_("请先核对出计划，再请另一人确认。"))
    entry.accepts = [name for name in EVERYTHING if name in set(accepts)]
    entry.save(update_fields=["accepts"])
    proposal = propose(
        kind=WRITE,
        division_code=entry.division_code,
        payload={"import": entry.pk, "plan": entry.plan_digest, "accepts": entry.accepts},
        reason=reason,
        by=by,
        at=at,
        on=on,
        subject_kind="import",
        subject_id=entry.pk,
    )
    entry.proposal_id = proposal.pk
    entry.save(update_fields=["proposal_id"])
    return proposal


@transaction.atomic
def ask_to_undo(*, import_id: int, reason: str, by: User, at: datetime, on: date) -> Proposal:
    """Ask another person to agree that rights or payments of an import are taken back."""
    entry = locked_import(import_id)
    check_right(by=by, division_code=entry.division_code, at=at)
    if blocked := blocked_persons(entry):
        raise ImportRefused(
            _("不能撤销：已有 %(n)d 人在此之后办理了申请、审定、发放或变更，请逐人更正。") % {"n": blocked}
        )
    return propose(
        kind=UNDO,
        division_code=entry.division_code,
        payload={"import": entry.pk},
        reason=reason,
        by=by,
        at=at,
        on=on,
        subject_kind="import",
        subject_id=entry.pk,
    )


def _entry(proposal: Proposal) -> Import:
    entry = Import.objects.filter(pk=proposal.payload["import"]).first()
    if entry is None:
        raise ImportRefused(_("没有这次导入，请刷新页面。"))
    return entry


def write_effect(proposal: Proposal, on: date) -> Effect:
    """What confirming writes; refused once the file, its columns, the choice or the plan are not those that were
    proposed.
    """
    entry = _entry(proposal)
    if (
        entry.plan_digest != proposal.payload["plan"]
        or entry.accepts != proposal.payload["accepts"]
        or not is_before_writing(entry)
        or not entry.planned
    ):
        raise ImportRefused(_("文件或计划在提出之后变了，或已经写入，这次确认作废。请提出人重新核对、重新提出。"))
    check_door(entry, on=on)
    return effect_of(entry, figures_of(entry))


def _yuan(value: Decimal) -> str:
    return _("%(yuan)s 元") % {"yuan": f"{value:,.2f}"}


def effect_of(entry: Import, figures: Figures) -> Effect:
    """The plan in words: rights, money each month, months back, what is held, the largest, what is stopped, what
    changes.
    """
    rows = sum(entry.planned.get(outcome, 0) for outcome in ("new", "changed"))
    lines: list[tuple[str, str, str]] = [
        (_("文件"), "", _("%(name)s，写入 %(n)s 行，计划编号 %(digest)s")
         % {"name": entry.name, "n": f"{rows:,}", "digest": entry.plan_digest[:12]}),
    ]  # fmt: off
    rights = figures.of(RIGHT)
    if rights:
        lines += _rights_lines(entry, figures)
    if figures.of(PAID):
        stopped = figures.total(PAID, "yuan")
        said = _("%(n)s 人次，%(yuan)s") % {"n": f"{figures.total(PAID, 'rows'):,}", "yuan": _yuan(stopped)}
        lines.append((_("记为已发，本系统不再发放"), _("由本系统发放"), said))
        lines += [(_row(row), _("由本系统发放"), _("记为已发")) for row in largest_of(entry, PAID, NAMED)]
    if figures.of(FACTS):
        said = _("%(n)s 人，改动会影响应发金额的情况或账户") % {"n": f"{figures.total(FACTS, 'persons'):,}"}
        lines.append((_("改动正在享受的人"), "", said))
    monthly, paid = figures.total(RIGHT, "monthly"), figures.total(PAID, "yuan")
    arrears = figures.total(RIGHT, "yuan") - figures.total(RIGHT, "held_yuan")
    return Effect(tuple(lines), figures.persons, figures.total(RIGHT, "back"), monthly + arrears - paid)


def _rights_lines(entry: Import, figures: Figures) -> list[tuple[str, str, str]]:
    told = _("；").join(
        _("%(subsidy)s %(n)s 项") % {"subsidy": SUBSIDIES[row.subsidy], "n": f"{row.rows:,}"}
        for row in figures.of(RIGHT)
    )
    lines = [
        (_("新增享受资格"), "", told),
        (_("每月增加"), "", _yuan(figures.total(RIGHT, "monthly"))),
    ]
    back, yuan = figures.total(RIGHT, "back"), figures.total(RIGHT, "yuan")
    held, held_yuan = figures.total(RIGHT, "held"), figures.total(RIGHT, "held_yuan")
    if back:
        lines.append((_("本月以前的月份"), "", _("%(n)s 人月，%(yuan)s") % {"n": f"{back:,}", "yuan": _yuan(yuan)}))
        lines.append(
            (
                _("其中先不发放"),
                "",
                _("%(n)s 人月，%(yuan)s，须另作决定才发") % {"n": f"{held:,}", "yuan": _yuan(held_yuan)},
            )
        )
    largest = largest_of(entry, RIGHT, 1)
    if largest:
        row = largest[0]
        lines.append(
            (
                _("金额最大的一项"),
                "",
                _("%(row)s，每月 %(monthly)s，往月 %(n)s 个月 %(yuan)s")
                % {"row": _row(row), "monthly": _yuan(row.monthly), "n": row.back, "yuan": _yuan(row.yuan)},
            )
        )
    return lines


def _row(row: Planned) -> str:
    month = Month.of(row.month) if row.month else ""
    said = {
        "n": row.row_no,
        "name": idnumber.mask_name(row.name),
        "subsidy": SUBSIDIES.get(row.subsidy, ""),
        "month": month,
        "yuan": _yuan(row.yuan if row.what == PAID else row.monthly),
    }
    if row.what == PAID:
        return _("第 %(n)d 行 %(name)s %(subsidy)s %(month)s %(yuan)s") % said
    return _("第 %(n)d 行 %(name)s %(subsidy)s，从 %(month)s 起") % said


def carry_out_write(proposal: Proposal, *, by: User, at: datetime, on: date) -> Import:
    """Begin to write what was confirmed."""
    return begin_writing(
        import_id=proposal.payload["import"],
        asked_by=user_of(proposal.proposed_by_id),
        confirmed_by=by,
        proposal_id=proposal.pk,
        at=at,
    )


def undo_effect(proposal: Proposal, on: date) -> Effect:
    """What agreeing takes back."""
    entry = _entry(proposal)
    blocked = blocked_persons(entry)
    if blocked:
        raise ImportRefused(
            _("不能撤销：已有 %(n)d 人在此之后办理了申请、审定、发放或变更，请逐人更正。") % {"n": blocked}
        )
    told = entry.effects
    lines = (
        (_("撤销的导入"), entry.name, _("整个撤销")),
        (_("新建的人"), f"{told.get('persons', 0):,}", "0"),
        (_("享受资格"), f"{told.get('rights', 0):,}", "0"),
        (_("发放记录"), f"{told.get('payments', 0):,}", "0"),
    )
    return Effect(lines, told.get("persons", 0) + told.get("changed", 0), 0, -entry.total)


def carry_out_undo(proposal: Proposal, *, by: User, at: datetime, on: date) -> Import:
    """Begin to take back."""
    return begin_undo(import_id=proposal.payload["import"], by=by, at=at)


def register_kinds() -> None:
    """Both acts, for the pages of proposals."""
    right = Permission.DECIDE_APPLICATIONS
    register(Kind(WRITE, lazy("写入导入的数据"), right, write_effect, carry_out_write))
    register(Kind(UNDO, lazy("撤销一次导入"), right, undo_effect, carry_out_undo))
