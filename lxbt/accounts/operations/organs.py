"""What the ministry says about the two organs."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts import queries
from lxbt.accounts.models import BothOrgans, User
from lxbt.accounts.rules import Organ, Permission
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION, Level


class OrgansRefused(Refusal):
    """The ministry's word cannot be taken so."""


@transaction.atomic
def allow_both_organs(*, division_code: str, allowed: bool, since: date, by: User | None, on: date) -> BothOrgans:
    """Say whether civil affairs may open the Federation's accounts in a province, or in the nation where a province has
    no word of its own.

    Only the ministry's civil-affairs administrator says so, and never for a day that is past.
    """
    if by is not None:
        standing = queries.standing_of(by, on=on)
        if standing.organ != Organ.CIVIL_AFFAIRS or NATION not in standing.areas(Permission.MANAGE_ACCOUNTS):
            raise OrgansRefused(_("只有部级系统管理员可以规定两部门开通账号的范围。"))
    node = divisions.division(division_code)
    if node is None or node.level not in (Level.NATION, Level.PROVINCE):
        raise OrgansRefused(_("请选择全国或一个省级区划。"), field="division_code")
    if since < on:
        raise OrgansRefused(_("不能从过去的日期起生效，请填今天或以后。"), field="since")
    row, _made = BothOrgans.objects.update_or_create(
        division_code=division_code, since=since, defaults={"allowed": allowed, "set_by_id": by.pk if by else None}
    )
    record_event(
        by=by,
        action="both_organs.set",
        subject_kind="both_organs",
        subject_id=row.pk,
        division_code=division_code,
        changes={"allowed": (None, allowed), "since": (None, since)},
    )
    return row
