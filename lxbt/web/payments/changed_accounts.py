"""Accounts changed since the last batch, for the page of a batch and as a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.accounts import queries as accounts
from lxbt.accounts.rules import Permission as P
from lxbt.core.clock import beijing_day
from lxbt.divisions import queries as divisions
from lxbt.payments.queries.changed_accounts import ChangedFor, accounts_changed_for
from lxbt.payments.rules import BEFORE_SENDING
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.components import Chip, Column, Person, Row, Table
from lxbt.web.kit.sheets import Sheet

if TYPE_CHECKING:
    from lxbt.payments.models import Batch

SHOWN = 50


def changed_table(request: OfficialRequest, batch: Batch) -> tuple[Table, int, int] | None:
    """The table, how many changes there are and how many came after the draw; None where there is nothing to show."""
    if batch.state not in BEFORE_SENDING or not request.standing.may(P.VIEW_BANK_ACCOUNTS, batch.payer_code):
        return None
    changes = accounts_changed_for(batch)
    if not changes:
        return None
    names = names_of(changes)
    rows = [
        Row(
            [
                Person(one.change.name, url=reverse("person", args=[one.change.person_id])),
                *cells_of(one, names),
                mark_of(one),
            ]
        )
        for one in changes[:SHOWN]
    ]
    return (
        Table(caption=_("换过账户的人"), columns=columns(), rows=rows),
        len(changes),
        sum(one.late for one in changes),
    )


def columns() -> list[Column]:
    """The heads of the page's table, and of the workbook."""
    return [
        Column(_("姓名"), phone="lead"),
        Column(_("乡镇（街道）")),
        Column(_("原账户")),
        Column(_("现账户"), phone="end"),
        Column(_("户名")),
        Column(_("更换日期"), "short"),
        Column(_("经办")),
        Column(_("提醒"), phone="first"),
    ]


def names_of(changes: list[ChangedFor]) -> dict[int, str]:
    """Who recorded them."""
    return accounts.names_of([one.change.by_id for one in changes if one.change.by_id])


def cells_of(one: ChangedFor, names: dict[int, str]) -> list[object]:
    """Township, former and present account, holder, day, who."""
    change = one.change
    return [
        divisions.name_of(change.division_code),
        change.old_masked,
        change.new_masked,
        change.holder,
        f"{beijing_day(change.at):%Y-%m-%d}",
        names.get(change.by_id or 0, _("系统")) + (_("，已双人复核") if change.proposal_id else ""),
    ]


def mark_of(one: ChangedFor) -> Chip | str:
    """What the approver should look at: paid into the former account, or into somebody else's."""
    if one.late:
        return Chip(_("编制后更换，本批仍付原账户"), "bad")
    return Chip(_("他人账户"), "warn") if one.change.holder != one.change.name else ""


def changed_sheet(batch: Batch) -> Sheet:
    """All of them, masked, as a workbook."""
    changes = accounts_changed_for(batch)
    names = names_of(changes)
    rows = []
    for one in changes:
        mark = mark_of(one)
        rows.append([one.change.name, *cells_of(one, names), mark.word if isinstance(mark, Chip) else mark])
    return Sheet(
        _("换过账户的人"),
        [column.label for column in columns()],
        rows,
        "batch.changed_accounts_exported",
        "batch",
        batch.pk,
        batch.payer_code,
        persons=[one.change.person_id for one in changes],
    )
