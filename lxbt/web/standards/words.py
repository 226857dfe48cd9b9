"""Conditions and amounts of standards in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from lxbt.web import words

TABLES: Mapping[str, Mapping[Any, Any]] = {
    "economic": words.ECONOMIC,
    "grade": words.GRADES,
    "category": words.CATEGORIES,
    "area": words.AREAS,
    "sex": words.SEXES,
    "employment": words.EMPLOYMENT,
    "self_care": words.SELF_CARE,
    "care_setting": words.CARE_SETTINGS,
    "household": words.HOUSEHOLD,
}


ORDER = (
    "economic",
    "income_ratio_at_most",
    "category",
    "grade",
    "age_from",
    "age_below",
)  # who, then what, then the rest


def condition_words(when: Mapping[str, Any]) -> str:
    """低保、低保边缘；一级、二级；（或）… — every condition of a row in one sentence."""
    parts = []
    for name, value in sorted(when.items(), key=lambda pair: ORDER.index(pair[0]) if pair[0] in ORDER else len(ORDER)):
        if name in TABLES:
            parts.append(words.listed(TABLES[name].get(v, v) for v in value))
        elif name == "age_from":
            parts.append(_("满 %(n)s 岁") % {"n": value})
        elif name == "age_below":
            parts.append(_("未满 %(n)s 岁") % {"n": value})
        elif name == "income_ratio_at_most":
            parts.append(_("人均收入不超过低保标准 %(n)s 倍") % {"n": value})
        elif name == "any_of":
            parts.append(_("下列之一：") + _(" 或 ").join(condition_words(one) or _("任何人") for one in value))
    return words.in_turn(parts) or _("任何人")


def amount_words(amount: Mapping[str, Any]) -> str:
    """120.00 · 低保标准的 30%（向上取整到元）· 补差到低保标准 · ×1.5（机构托养）."""
    if "fixed" in amount:
        text = f"{Decimal(str(amount['fixed'])):,.2f}"
    elif "yearly" in amount:
        text = _("%(n)s 元/年") % {"n": f"{Decimal(str(amount['yearly'])):,.2f}"}
    elif "percent_of_dibao" in amount:
        text = _("低保标准的 %(n)s%%") % {"n": amount["percent_of_dibao"]}
    else:
        text = _("补差到低保标准")
    if amount.get("round") == "yuan_up":
        text += _("，向上取整到元")
    for step in amount.get("adjust") or ():
        sign = f"×{step['multiply']}" if "multiply" in step else f"+{step['add']}"
        text += _("，") + f"{condition_words(step.get('when') or {})} {sign}"
    return text
