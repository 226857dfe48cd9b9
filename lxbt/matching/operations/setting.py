"""Setting a rule in a division: on or off, days, numbers, who dispatches, what stops by itself. A dated parameter with its document."""

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
from lxbt.standards.operations import set_parameter


@transaction.atomic
def set_rule(
    *,
    code: str,
    division_code: str,
    value: Mapping[str, Any],
    since: Month | None,
    document_number: str,
    by: User | None,
    at: datetime,
) -> None:
    """Set a rule for a division and what lies below it, from a month on. RunRefused says what cannot be set so.

    That payment is suspended by itself needs a document.
    """
    if code not in RULES:
        raise RunRefused(_("没有规则 %(code)s。") % {"code": code})
    if by is not None and not standing_of(by, on=beijing_day(at)).may(Permission.DRAFT_STANDARDS, division_code):
        raise RunRefused(_("您没有在这个区划设置规则的权限。"))
    try:
        setting = read_setting(RULES[code], value)
    except BadSetting as fault:
        raise RunRefused(_("规则 %(code)s 的参数填写有误：%(fault)s") % {"code": code, "fault": fault}) from None
    if setting.stopping and len(document_number.strip()) < 4:
        raise RunRefused(_("自动暂停发放须有文件依据，请填写文号。"), field="document_number")
    set_parameter(
        division_code=division_code,
        name=setting_name(code),
        value=dict(value),
        since=since,
        document_number=document_number.strip()[:100],
        by=by,
        on=beijing_day(at),
    )
