"""The Chinese words of leads, reminders and what follows from a change at the Federation."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from lxbt.leads.rules import State
from lxbt.web.kit.components import Chip

if TYPE_CHECKING:
    from lxbt.leads.models import Lead

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.web.kit.components.parts import Tone

KINDS: dict[str, Promise] = {
    "new": lazy("新领残疾人证"),
    "gained": lazy("类别等级变更"),
    "renewed": lazy("到期后换证"),
    "moved_in": lazy("户籍迁入"),
    "expiring": lazy("证件即将到期"),
    "expired": lazy("证件已到期"),
    "unclaimed": lazy("比对发现可能应享未享"),
}
ASKS: dict[str, Promise] = {
    "new": lazy("可能符合补贴条件，邀请本人申请。"),
    "gained": lazy("新的类别等级可能符合补贴条件，邀请本人申请。"),
    "renewed": lazy("补贴已暂停，换证后须重新申请，从申请当月起发放，并按规定补发。"),
    "moved_in": lazy("原户籍地已停发，邀请本人在本地申请。"),
    "expiring": lazy("提醒本人或监护人按时换证，以免停发。"),
    "expired": lazy("证件到期，补贴已暂停，提醒本人换证后申请恢复。"),
    "unclaimed": lazy("核实后可能符合补贴条件，邀请本人申请。"),
}
ABOUT: dict[str, Promise] = {
    "new": lazy("发证日"),
    "gained": lazy("发证日"),
    "renewed": lazy("发证日"),
    "moved_in": lazy("迁入日"),
    "expiring": lazy("到期日"),
    "expired": lazy("到期日"),
    "unclaimed": lazy("预警日"),
}
STATES: dict[str, tuple[Promise, Tone, str]] = {
    "open": (lazy("待提醒"), "hold", "bell-ringing"),
    "reminded": (lazy("已提醒"), "run", ""),
    "unreachable": (lazy("未联系上"), "warn", "phone-off"),
    "applied": (lazy("已申请"), "ok", ""),
    "declined": (lazy("本人不申请"), "off", "hand-stop"),
    "not_entitled": (lazy("不符合条件"), "off", "circle-x"),
    "closed": (lazy("已办结"), "off", "checks"),
}
OUTCOMES: dict[str, Promise] = {
    "will_apply": lazy("已告知，本人将办理"),
    "unreachable": lazy("没有联系上"),
    "declined": lazy("已告知，本人不申请"),
    "not_entitled": lazy("核实后不符合条件"),
}
WAYS: dict[str, Promise] = {
    "phone": lazy("电话"),
    "visit": lazy("上门"),
    "message": lazy("短信或微信"),
    "letter": lazy("书面告知书"),
    "village": lazy("村（居）委会转告"),
}
CLOSED: dict[str, Promise] = {
    "died": lazy("本人去世"),
    "cancelled": lazy("残疾人证已注销"),
    "renewed": lazy("已换新证"),
    "granted": lazy("已享受补贴"),
    "joined": lazy("登记已合并"),
}
NOTICES: dict[str, Promise] = {
    "federation_died": lazy("残联库告知：%(name)s 于 %(on)s 去世，补贴已按规定停发。"),
    "federation_cancelled": lazy("残联库告知：%(name)s 的残疾人证于 %(on)s 注销，补贴已按规定停发。"),
    "federation_frozen": lazy("残联库告知：%(name)s 的残疾人证于 %(on)s 冻结，补贴已暂停。"),
    "federation_expired": lazy("%(name)s 的残疾人证于 %(on)s 到期，补贴已暂停，请提醒换证。"),
    "federation_restored": lazy("残联库告知：%(name)s 的残疾人证恢复有效，补贴已恢复。"),
    "federation_renewed": lazy("残联库告知：%(name)s 到期后已换新证，请提醒本人申请恢复补贴。"),
    "federation_renewed_paid": lazy("残联库告知：%(name)s 到期后已换新证，补贴已从发证当月恢复。"),
    "federation_death_withdrawn": lazy("残联库更正：%(name)s 并未去世，请核实后恢复补贴。"),
    "federation_class_changed": lazy("残联库告知：%(name)s 的残疾类别或等级已变更，补贴标准从生效月起随之变化。"),
    "federation_class_lost": lazy(
        "残联库告知：%(name)s 的残疾类别或等级已变更，有一项补贴不再符合条件，已从生效月起暂停。"
    ),
    "federation_moved_in": lazy("残联库告知：%(name)s 的户籍迁入本地，请核对补贴接续情况。"),
    "federation_moved_out": lazy("残联库告知：一名享受补贴的残疾人户籍已于 %(on)s 迁出本地，补贴由迁入地接续或停发。"),
    "federation_recheck": lazy("链路中断期间对 %(name)s 作出的审定，按残联新数据复核结果不同，请核查。"),
}


def closed_words(basis: str) -> str:
    """Why a lead is closed."""
    if basis.startswith("application "):
        return _("已受理申请 %(number)s") % {"number": basis.removeprefix("application ")}
    return str(CLOSED.get(basis, basis))


def state_chip(lead: Lead, today: date) -> Chip:
    """待提醒, 逾期 …"""
    if lead.state == State.OPEN and lead.due_on < today:
        return Chip(_("逾期未提醒"), "bad")
    word, tone, icon = STATES[lead.state]
    return Chip(str(word), tone, icon)
