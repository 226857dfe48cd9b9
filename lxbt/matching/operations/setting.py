"""Setting a rule in a division: on or off, days, numbers, who dispatches, what stops by itself.

A dated parameter with its document.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.matching.catalogue import RULES
from lxbt.matching.operations.finding import RunRefused
from lxbt.matching.rules.rule import BadSetting, read_setting, setting_name
from lxbt.proposals.models import Proposal
from lxbt.standards.operations import set_parameter
from lxbt.standards.proposing import propose_parameter


def _checked(*, code: str, value: Mapping[str, Any], document_number: str) -> Mapping[str, Any]:
    if code not in RULES:
        raise RunRefused(_("没有规则 %(code)s。") % {"code": code})
    try:
        setting = read_setting(RULES[code], value)
    except BadSetting as fault:
        raise RunRefused(_("规则 %(code)s 的参数填写有误：%(fault)s") % {"code": code, "fault": fault}) from None
    if setting.stopping and len(document_number.strip()) < 4:
        raise RunRefused(_("自动暂停发放须有文件依据，请填写文号。"), field="document_number")
    return dict(value)


@transaction.atomic
def set_rule(
    *,
    code: str,
    division_code: str,
    value: Mapping[str, Any],
    since: Month | None,
    until: Month | None = None,
    document_number: str,
    drafted_by: User | None = None,
    by: User | None,
    at: datetime,
) -> None:
    """Set a rule for a division and what lies below it, from a month on, drafted by one person and accepted by another.
    RunRefused says what cannot be set so.

    That payment is suspended by itself needs a document; that a rule is switched off, an end.
    """
    on = beijing_day(at)
    if by is not None and not standing_of(by, on=on).may(Permission.PUBLISH_STANDARDS, division_code):
        raise RunRefused(_("您没有在这个区划设置规则的权限。"))
    set_parameter(
        division_code=division_code,
        name=setting_name(code),
        value=_checked(code=code, value=value, document_number=document_number),
        since=since,
        until=until,
        document_number=document_number.strip()[:100],
        drafted_by=drafted_by,
        by=by,
        on=on,
    )


@transaction.atomic
def propose_setting(
    *,
    code: str,
    division_code: str,
    value: Mapping[str, Any],
    since: Month | None,
    until: Month | None = None,
    document_number: str,
    by: User,
    at: datetime,
) -> Proposal:
    """Draft a rule's setting; it counts once a second person accepts it, and the level above is told."""
    return propose_parameter(
        division_code=division_code,
        name=setting_name(code),
        value=_checked(code=code, value=value, document_number=document_number),
        since=since,
        until=until,
        document_number=document_number,
        by=by,
        at=at,
    )
