"""The words of written notices: kinds, states, levels, whom they are for, and the event notices about them."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import BY_KEY
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION, ancestors
from lxbt.notices.rules import Addressees, levels_below
from lxbt.web.kit.components import Chip
from lxbt.web.words import ORGANS, listed, translated

KINDS = {"notice": lazy("通知"), "bulletin": lazy("通报")}
LEVELS = {0: lazy("部级"), 1: lazy("省级"), 2: lazy("市级"), 3: lazy("县级"), 4: lazy("乡镇（街道）")}
STATES: dict[str, tuple[Promise, str, str]] = {
    "draft": (lazy("草稿"), "off", "pencil"),
    "scheduled": (lazy("定时发布"), "run", "calendar-time"),
    "published": (lazy("已发布"), "ok", "circle-check"),
    "corrected": (lazy("已更正"), "hold", "versions"),
    "withdrawn": (lazy("已撤回"), "off", "arrow-back-up"),
}
EVENTS: dict[str, Promise] = {
    "circular_owing": lazy("请尽快阅读并签收“%(title)s”。"),
    "circular_corrected": lazy("您单位读过的通知已更正，请看新版“%(title)s”。"),
    "circular_withdrawn": lazy("您单位读过的“%(title)s”已撤回。"),
    "bulletin_waiting": lazy("定期通报“%(title)s”已按时生成，请审阅后发布。"),
}
ORGAN_OFFICES = {
    "civil_affairs": lazy("%(place)s民政部门"),
    "federation": lazy("%(place)s残联"),
    "finance": lazy("%(place)s财政部门"),
    "audit": lazy("%(place)s审计部门"),
}


def state_chip(state: str) -> Chip:
    """草稿, 已发布 …"""
    word, tone, icon = STATES[state]
    return Chip(str(word), tone, icon)  # type: ignore[arg-type]


def office_name(code: str, organ: str) -> str:
    """江岸区民政部门."""
    return str(ORGAN_OFFICES[organ]) % {"place": divisions.name_of(code)}


def path_of(code: str) -> str:
    """湖北省武汉市江岸区, by the names that are kept in memory."""
    names = (
        (above, divisions.name_of(above)) for above in reversed(ancestors(code)) if above != NATION or code == NATION
    )
    return "".join(name for above, name in names if name != above)


def whom(to: Addressees) -> str:
    """湖北省：市级、县级；民政；综合协调."""
    parts = [listed(LEVELS[level] for level in to.levels)]
    parts.append(str(ORGANS[to.organ]) if to.organ else _("各部门"))
    if to.role:
        parts.append(translated(BY_KEY[to.role].label))
    return _("%(place)s：%(who)s") % {"place": divisions.name_of(to.area), "who": _("；").join(parts)}


def first_words(code: str, organ: str) -> dict[str, Any]:
    """What stands in an empty form: everybody below, the office's name."""
    level = divisions.tier_of(code)
    return {
        "issuer": office_name(code, organ),
        "area": code,
        "levels": [str(n) for n in levels_below(level) if n > level],
    }
