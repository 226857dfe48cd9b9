"""The side bar: each page package declares its lines in `menu.ENTRIES`, here they are collected in groups and cut to
the account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission, Standing
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.components import NavGroup, NavItem
from lxbt.web.kit.declared import modules

GROUPS: dict[str, str | Promise] = {  # in the order of the side bar
    "bench": "",
    "cases": lazy("办件"),
    "persons": lazy("对象"),
    "checks": lazy("核查"),
    "money": lazy("资金"),
    "figures": lazy("统计与标准"),
    "running": lazy("运行"),
    "governing": lazy("治理"),
}


@dataclass(frozen=True)
class Entry:
    """One line: shown to whoever has one of `permissions` (everybody when none is named) and passes `when`."""

    group: str  # a key of GROUPS
    rank: int  # its place in the group
    name: str  # the address that it leads to
    label: Promise
    icon: str
    permissions: tuple[Permission, ...] = ()
    also: tuple[str, ...] = ()  # other pages that belong to it
    count: Callable[[OfficialRequest], int | None] | None = None  # what waits there
    when: Callable[[Standing], bool] | None = None

    def shown_to(self, standing: Standing) -> bool:
        """Whether the account has a use for it."""
        permitted = not self.permissions or any(standing.may(permission) for permission in self.permissions)
        return permitted and (self.when is None or self.when(standing))


@cache
def entries() -> tuple[Entry, ...]:
    """The lines of all pages, in the order of the side bar."""
    order = list(GROUPS)
    declared = (entry for page in modules("menu") for entry in page.ENTRIES)
    return tuple(sorted(declared, key=lambda entry: (order.index(entry.group), entry.rank)))


def navigation(request: OfficialRequest) -> list[NavGroup]:
    """The lines of the side bar that this account has a use for, by what people do."""
    here = (request.resolver_match.url_name or "") if request.resolver_match else ""
    shown = [entry for entry in entries() if entry.shown_to(request.standing)]
    current = next((entry for entry in shown if entry.name == here), None)
    current = current or next((entry for entry in shown if here in entry.also), None)
    groups: dict[str, list[NavItem]] = {}
    for entry in shown:
        count = entry.count(request) if entry.count else None
        item = NavItem(str(entry.label), reverse(entry.name), entry.icon, count, current=entry is current)
        groups.setdefault(entry.group, []).append(item)
    return [NavGroup(str(GROUPS[group]), items) for group, items in groups.items()]
