"""Sentences of notices about accounts."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

NOTICES: dict[str, Promise] = {
    "account_opened": lazy("%(by)s 开通了账号 %(username)s（%(owner)s）。"),
    "account_half_given": lazy("%(by)s 核验身份后，给出了账号 %(username)s（%(owner)s）的密码第二段。"),
    "account_activated": lazy("账号 %(username)s（%(owner)s）已由本人启用。"),
    "account_activated_there": lazy(
        "账号 %(username)s（%(owner)s）在开通人或核验人用过的电脑上启用，请核实是不是本人。"
    ),
    "account_duties": lazy("%(by)s 让账号 %(username)s（%(owner)s）担任了资金、审批、审计或安全的职责。"),
    "account_reset": lazy("%(by)s 重置了账号 %(username)s（%(owner)s）的密码。不是本人要求的，请马上告诉上一级。"),
    "account_recovery_asked": lazy("%(by)s 申请恢复账号 %(username)s（%(owner)s）。不是本人要求的，请马上告诉上一级。"),
    "account_recovered": lazy("账号 %(username)s（%(owner)s）已由 %(by)s 确认恢复，旧密码和动态验证码作废。"),
    "account_identity": lazy("%(by)s 登记了账号 %(username)s（%(owner)s）的身份证号。"),
}
