"""Words of the exchange pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LINES: dict[str, tuple[Promise, str]] = {
    "closed": (_("连接正常"), "ok"),
    "half": (_("正在试探"), "hold"),
    "open": (_("连接中断"), "bad"),
}
MESSAGES: dict[str, Promise] = {
    "notify": _("变更通知"),
    "on-search": _("查询结果"),
    "on-subscribe": _("订阅回执"),
    "on-unsubscribe": _("退订回执"),
    "txn-on-status": _("办理状态"),
    "search": _("查询"),
    "subscribe": _("订阅"),
    "unsubscribe": _("退订"),
    "txn-status": _("询问办理状态"),
}
STATES: dict[str, tuple[Promise, str]] = {
    "waiting": (_("待处理"), "hold"),
    "applied": (_("已处理"), "ok"),
    "sent": (_("已送达"), "ok"),
    "failed": (_("失败"), "bad"),
    "put_aside": (_("已搁置"), "off"),
}
CHANGES: dict[str, Promise] = {
    "grade": _("等级变更"),
    "category": _("类别变更"),
    "renewed": _("换证"),
    "expired": _("到期"),
    "frozen": _("冻结"),
    "unfrozen": _("解冻"),
    "cancelled": _("注销"),
    "moved": _("迁移"),
    "died": _("死亡"),
    "issued": _("新办证"),
}
ANSWERS: dict[str, Promise] = {"": _("逐条告知"), "at_once": _("逐批查询，即时回复"), "later": _("逐批查询，稍后回复")}
