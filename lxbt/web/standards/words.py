"""Standards in words: whom a row is for, what it pays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.standards.rules.conditions import CONDITIONS
from lxbt.standards.rules.rows import number_of
from lxbt.standards.rules.vocabulary import condition_names, kind_of
from lxbt.web import words
from lxbt.web.standards.conditions import YES_NO, label_of, words_of

NOTICES: Mapping[str, Any] = {
    "standards_submitted": lazy("标准文件 %(document)s 已送审，等您复核发布。"),
    "standards_returned": lazy("您起草的标准文件 %(document)s 被退回，请看原因后修改。"),
    "standards_published": lazy("您起草的标准文件 %(document)s 已由另一人发布。"),
}
ROUNDINGS: Mapping[str, Any] = {
    "cent": lazy("到分，四舍五入"),
    "yuan_up": lazy("向上取整到元"),
    "yuan": lazy("四舍五入到元"),
    "yuan_down": lazy("向下取整到元"),
}


def condition_words(when: Mapping[str, Any]) -> str:
    """低保、低保边缘；一级、二级；（或）… — every condition of a row in one sentence."""
    order = condition_names()
    parts = []
    for name, value in sorted(when.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order)):
        if name == "any_of":
            told = words.alternatives(condition_words(one) or _("任何人") for one in value)
            parts.append(_("下列之一：") + told)
            continue
        kind = kind_of(name) if name in CONDITIONS else ""
        if kind in ("grades", "words"):
            table = words_of(name)
            parts.append(words.listed(table.get(v, v) for v in value))
        elif name == "age_from":
            parts.append(_("满 %(n)s 岁") % {"n": value})
        elif name == "age_below":
            parts.append(_("未满 %(n)s 岁") % {"n": value})
        elif name == "income_ratio_at_most":
            parts.append(_("人均收入不超过低保标准 %(n)s 倍") % {"n": value})
        elif kind == "parts":
            inner = condition_words(value)
            parts.append(words.told(label_of(name), inner))
        elif kind == "flags":
            shown = words.listed(YES_NO["true" if v else "false"] for v in value)
            parts.append(words.told(label_of(name), shown))
        elif isinstance(value, list | tuple):
            parts.append(words.told(label_of(name), words.listed(value)))
        else:
            parts.append(words.told(label_of(name), value))
    return words.in_turn(parts) or _("任何人")


def amount_words(amount: Mapping[str, Any]) -> str:
    """120.00 · 低保标准的 30%（向上取整到元）· 补差到低保标准 · ×1.5（机构托养）."""
    told = number_of(amount)
    if told is None:
        text = _("补差到低保标准")
    elif told[0] == "fixed":
        text = f"{told[1]:,.2f}"
    elif told[0] == "yearly":
        text = _("%(n)s 元/年") % {"n": f"{told[1]:,.2f}"}
    elif told[0] == "percent_of_dibao":
        text = _("低保标准的 %(n)s%%") % {"n": amount[told[0]]}
    else:
        text = _("%(base)s的 %(n)s%%") % {"base": amount.get("of", ""), "n": amount[told[0]]}
    if amount.get("round", "cent") != "cent":
        text += _("，") + str(ROUNDINGS.get(str(amount["round"]), amount["round"]))
    for step in amount.get("adjust") or ():
        sign = f"×{step['multiply']}" if "multiply" in step else f"+{step['add']}"
        text += _("，") + f"{condition_words(step.get('when') or {})} {sign}"
    return text
