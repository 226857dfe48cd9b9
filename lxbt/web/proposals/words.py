"""Sentences of notices about proposals, and the words of their states."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

NOTICES: dict[str, Promise] = {
    "proposal_waiting": lazy("%(by)s 提出“%(title)s”，等另一人复核。"),
    "proposal_accepted_below": lazy("下级办理了“%(title)s”：%(by)s 提出，%(second)s 复核同意。"),
}
CHIPS: dict[str, tuple[Promise, str]] = {
    "waiting": (lazy("待复核"), "hold"),
    "accepted": (lazy("已同意并办理"), "ok"),
    "refused": (lazy("不同意"), "bad"),
    "withdrawn": (lazy("已撤回"), "off"),
    "expired": (lazy("已失效"), "off"),
}
