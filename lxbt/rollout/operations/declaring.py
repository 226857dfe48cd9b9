"""What a county says it paid, beside which what is recorded is laid before its roster or its history can be called
complete.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.core.refusal import Refusal
from lxbt.payments.queries import payer_of
from lxbt.rollout.models import Declared
from lxbt.rollout.operations.marking import mark_area
from lxbt.rollout.rules.plan import FIRST_MONTH

if TYPE_CHECKING:
    from lxbt.accounts.models import User


class DeclarationRefused(Refusal):
    """These totals cannot be declared."""


@transaction.atomic
def declare_totals(
    *, payer_code: str, month: Month, subsidy: str, persons: int, amount: Decimal, by: User, at: datetime
) -> Declared:
    """Persons paid and yuan of a month, from the county's own books.

    DeclarationRefused for a month before 2016 or yet to come, numbers below zero, a body that does not pay, or without
    the right to.
    """
    payer = payer_of(payer_code)
    if payer is None or payer.code != payer_code:
        raise DeclarationRefused(_("%(code)s 不是发放单位，只有发放单位申报合计。") % {"code": payer_code})
    if not standing_of(by, on=beijing_day(at)).may(Permission.IMPORT_FILES, payer_code):
        raise DeclarationRefused(_("您没有为该区划导入数据的权限，请由本级导入人员办理。"))
    if subsidy not in SUBSIDIES or not FIRST_MONTH <= month <= Month.of(beijing_day(at)):
        raise DeclarationRefused(_("只能申报 2016 年 1 月到本月的合计。"), field="month")
    if persons < 0 or amount < ZERO or (persons == 0) != (amount == ZERO):
        raise DeclarationRefused(_("人数和金额不能为负数，且应同时为零或同时不为零。"), field="amount")
    before = (
        Declared.objects.select_for_update().filter(payer_code=payer_code, month=month.first, subsidy=subsidy).first()
    )
    told = {"persons": persons, "amount": amount, "declared_by_id": by.pk, "declared_at": at}
    if before is None:
        entry = Declared.objects.create(payer_code=payer_code, month=month.first, subsidy=subsidy, **told)
    else:
        Declared.objects.filter(payer_code=payer_code, month=month.first, subsidy=subsidy).update(**told)
        entry = Declared(payer_code=payer_code, month=month.first, subsidy=subsidy, **told)
    mark_area(area_code=payer_code)
    record_event(
        by=by,
        action="import.declared",
        subject_kind="declared",
        subject_id=f"{payer_code} {month} {subsidy}",
        division_code=payer_code,
        changes={
            "persons": (before.persons if before else None, persons),
            "amount": (str(before.amount) if before else None, str(amount)),
        },
    )
    return entry
