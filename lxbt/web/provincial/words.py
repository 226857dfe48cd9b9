"""Words of the provincial interface."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lxbt.web.kit.components import Chip

KINDS: dict[str, Promise] = {
    "persons": _("人员情况"),
    "applications": _("申请办理"),
    "rights": _("享受待遇"),
    "payments": _("发放记录"),
    "changes": _("变更记录"),
}
OUTCOMES: dict[str, tuple[Promise, str]] = {
    "new": (_("新增"), "ok"),
    "changed": (_("变更"), "ok"),
    "same": (_("相同"), "off"),
    "conflict": (_("冲突"), "warn"),
    "refused": (_("未通过"), "bad"),
}
STATES: dict[str, tuple[Promise, str]] = {
    "received": (_("已接收"), "off"),
    "running": (_("处理中"), "run"),
    "done": (_("已完成"), "ok"),
    "failed": (_("失败"), "bad"),
}


def chip_of(told: tuple[Promise, str]) -> Chip:
    """A word with its colour."""
    return Chip(str(told[0]), told[1])  # type: ignore[arg-type]


def client_chip(*, closed: bool, sandbox: bool) -> Chip:
    """How a client stands."""
    if closed:
        return Chip(str(_("已停用")), "off")
    return Chip(str(_("沙箱")), "hold") if sandbox else Chip(str(_("正式接入")), "ok")
