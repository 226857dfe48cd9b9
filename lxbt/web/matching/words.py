"""The Chinese words of suspicions, rules, lists and signals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.core.readers.whole import whole_number
from lxbt.matching.catalogue import RULES
from lxbt.web import words
from lxbt.web.kit.components.parts import Tone
from lxbt.web.words import translated

STATES: dict[str, tuple[Promise, Tone, str]] = {
    "raised": (lazy("待派发"), "hold", "send"),
    "dispatched": (lazy("待核实"), "run", ""),
    "verifying": (lazy("核实中"), "run", "eye-search"),
    "concluded": (lazy("待县复核"), "warn", "rubber-stamp"),
    "confirmed": (lazy("已复核"), "ok", ""),
    "closed": (lazy("已销号"), "off", "checks"),
    "lapsed": (lazy("已消失"), "off", "circle-minus"),
}
CAMPAIGNS: dict[str, tuple[Promise, Tone, str]] = {
    "planned": (lazy("已制定方案"), "off", "clipboard-text"),
    "running": (lazy("比对中"), "run", ""),
    "verifying": (lazy("核实中"), "warn", "eye-search"),
    "rechecking": (lazy("复查比对中"), "run", "refresh"),
    "closed": (lazy("已结束"), "ok", "checks"),
}
SIDES: dict[str, Promise] = {"over": lazy("疑似多发"), "under": lazy("疑似应享未享"), "process": lazy("办理问题")}
SEVERITIES: dict[str, tuple[Promise, Tone]] = {
    "high": (lazy("重"), "bad"),
    "middle": (lazy("中"), "warn"),
    "low": (lazy("轻"), "off"),
}
OUTCOMES: dict[str, Promise] = {
    "true": lazy("属实"),
    "partly": lazy("部分属实"),
    "false": lazy("不属实"),
    "unverifiable": lazy("无法核实"),
}
OUTCOME_NOTES: dict[str, Promise] = {
    "true": lazy("全部月份不应发或应补"),
    "partly": lazy("只有一部分月份"),
    "false": lazy("本人健在或数据有误"),
    "unverifiable": lazy("说明原因"),
}
MEASURES: dict[str, Promise] = {
    "stop": lazy("停发，已发的追缴"),
    "suspend": lazy("暂停发放"),
    "arrears": lazy("恢复并补发"),
    "correct": lazy("更正情况，差额随批次结算"),
    "invite": lazy("提醒本人申请"),
    "none": lazy("不作处理"),
}
WAYS: dict[str, Promise] = {
    "visit": lazy("入户，见本人或家属"),
    "phone": lazy("电话"),
    "papers": lazy("查验证明材料"),
    "data": lazy("部门数据"),
    "village": lazy("村（居）委会证明"),
}
ACTS: dict[str, Promise] = {
    "dispatch": lazy("派发"),
    "begin": lazy("开始核实"),
    "conclude": lazy("提出结论"),
    "return": lazy("退回补充"),
    "confirm": lazy("县级复核"),
    "agree": lazy("上级抽查：认可"),
    "object": lazy("上级抽查：不认可"),
    "close": lazy("销号"),
    "lapse": lazy("自动消除"),
}
LAPSES: dict[str, Promise] = {"gone": lazy("再次比对时已不存在这一情况"), "settled": lazy("所涉月份的发放已与应发一致")}
SOURCES: dict[str, Promise] = {
    "deaths": lazy("死亡登记"),
    "cremations": lazy("火化登记"),
    "moves": lazy("户籍迁出"),
    "dibao": lazy("低保在册"),
    "destitute": lazy("特困在册"),
    "work_injury_care": lazy("工伤生活护理费"),
    "orphans": lazy("儿童福利"),
    "prison": lazy("服刑人员"),
    "elderly_care": lazy("老年人护理补贴"),
    "public_employees": lazy("财政供养和企业登记"),
    "life_signs": lazy("资格认定"),
    "registry": lazy("本系统登记"),
    "missing": lazy("残联库查无此证"),
    "differs": lazy("与残联库不一致"),
    "numbers": lazy("两个身份证号"),
    "certificates": lazy("两个有效证件"),
    "amount": lazy("发放金额"),
    "ledger": lazy("待遇台账"),
    "backpay": lazy("补发月数"),
    "twice": lazy("两份登记"),
    "shared": lazy("多人共用账户"),
    "holder": lazy("户名不符"),
    "phone": lazy("多户共用电话"),
    "age": lazy("年龄"),
    "operator": lazy("经办人"),
    "rule": lazy("规则计算"),
    "renewed": lazy("已换新证"),
    "again": lazy("原因已消失"),
    "expiring": lazy("证件到期"),
    "overdue": lazy("超期线索"),
    "step": lazy("办理环节"),
    "short": lazy("公示天数不足"),
    "roster": lazy("名册"),
    "federation": lazy("残联核对"),
    "province": lazy("省级系统"),
    "record": lazy("提醒记录"),
    "unpaid": lazy("未发放"),
    "failed": lazy("退票"),
    "severe": lazy("重度占比"),
    "growth": lazy("当月新增"),
    "agent": lazy("代办人"),
}
VALUES: dict[str, Promise] = {
    "police": lazy("公安注销"),
    "health": lazy("卫健死亡登记"),
    "dibao": lazy("低保"),
    "dibao_margin": lazy("低保边缘"),
    "orphan": lazy("孤儿"),
    "full": lazy("事实无人抚养（全额）"),
    "partial": lazy("事实无人抚养（差额）"),
    "public": lazy("财政供养"),
    "pension": lazy("退休"),
    "owner": lazy("企业登记"),
    "alive": lazy("认定通过"),
    "failed": lazy("认定未通过"),
}
MATCHED: dict[str, Promise] = {"number": lazy("证号"), "name": lazy("仅姓名、出生、地区")}
EVIDENCE: dict[str, Promise] = {
    "died_on": lazy("登记死亡日期"),
    "moved_out_on": lazy("登记迁出日期"),
    "imprisoned_on": lazy("登记服刑日期"),
    "frozen_on": lazy("证件冻结日"),
    "cancelled_on": lazy("证件注销日"),
    "valid_until": lazy("证件有效期至"),
    "economic": lazy("家庭经济"),
    "work_injury_care": lazy("工伤生活护理费（元/月）"),
    "orphan": lazy("孤儿"),
    "de_facto_orphan": lazy("事实无人抚养"),
    "elderly_care": lazy("老年人护理补贴（元/月）"),
    "as_of": lazy("名单截至"),
    "paid": lazy("已发（元）"),
    "due": lazy("应发（元）"),
    "month": lazy("月份"),
    "category": lazy("类别"),
    "grade": lazy("等级"),
    "now_category": lazy("现类别"),
    "now_grade": lazy("现等级"),
    "here_category": lazy("本系统类别"),
    "here_grade": lazy("本系统等级"),
    "pays_from": lazy("换证后起发月"),
    "backpay_months": lazy("补发月数"),
    "allowed": lazy("规定月数"),
    "other_division": lazy("另一登记户籍地"),
    "account": lazy("账户"),
    "persons": lazy("收款人数"),
    "birth": lazy("出生年月"),
    "event_on": lazy("发生日期"),
    "value": lazy("内容"),
    "application": lazy("申请"),
    "due_on": lazy("期限"),
    "finished_on": lazy("完成日"),
    "ended": lazy("停发自"),
    "months": lazy("连续月数"),
    "sent_on": lazy("送银行日"),
    "until": lazy("止"),
    "reason": lazy("原因"),
    "numbers": lazy("号码"),
    "valid": lazy("有效证件数"),
    "operators": lazy("办理人"),
    "since": lazy("起"),
    "amount": lazy("金额（元/月）"),
    "phone": lazy("电话"),
    "homes": lazy("登记户数"),
}
NOTICES: dict[str, Promise] = {
    "suspicion_stopped": lazy("按当地参数，%(name)s 的补贴因比对预警自 %(month)s 暂停，请尽快核实。"),
    "suspicion_lapsed": lazy("有 %(count)s 条已派发的预警，所依据的情况已经消除，不用再核实。"),
    "suspicion_overdue": lazy("有 %(count)s 条预警核实超期，请督促。"),
    "suspicion_waiting": lazy("待核实预警 %(count)s 条，今日新派 %(new)s 条，逾期 %(late)s 条。"),
    "campaign_opened": lazy("核对专项“%(campaign)s”已派发，本县 %(count)s 条，请于 %(due)s 前核实上报。"),
    "campaign_urged": lazy("核对专项“%(campaign)s”督办：本县还有 %(count)s 条未核实，限 %(due)s 前办结。"),
    "suspicion_confirming": lazy("待复核预警结论 %(count)s 条，待派发 %(raised)s 条。"),
}


def rule_name(code: str) -> str:
    """死亡后仍领取."""
    return translated(RULES[code].name) if code in RULES else code


def source_name(source: str) -> str:
    """死亡登记."""
    return str(SOURCES.get(source, source))


def value_words(key: str, value: Any) -> str:
    """A value of the evidence as a person reads it."""
    if value is True:
        return _("是")
    if key in ("category", "now_category", "here_category"):
        return str(words.CATEGORIES.get(str(value), value))
    if key in ("grade", "now_grade", "here_grade"):
        return str(words.GRADES.get(whole_number(str(value)) or 0, value))
    if key == "economic":
        return str(words.ECONOMIC.get(str(value), value))
    if key in ("month", "since", "until", "ended", "pays_from"):
        return str(value)[:7]
    if key in ("paid", "due", "amount", "work_injury_care", "elderly_care"):
        return f"{float(value):,.2f}"
    if isinstance(value, list):
        return words.listed(str(one) for one in value)
    return str(VALUES.get(str(value), value))


def evidence_words(row: Mapping[str, Any]) -> str:
    """A piece of evidence in one phrase."""
    shown = [(key, value) for key, value in row.items() if key in EVIDENCE and value not in (None, "", False)]
    return words.in_turn(words.told(EVIDENCE[key], value_words(key, value)) for key, value in shown)


def signal_words(source: str, told: Mapping[str, Any]) -> str:
    """What a signal says, with the plain statistics behind it."""
    if source == "severe":
        return _(
            "持证人 %(of)s 人中重度 %(count)s 人，占 %(share)s，本县其他乡镇平均 %(expected)s，高出 %(z)s 个标准差。"
        ) % {
            "of": told["of"],
            "count": told["count"],
            "share": f"{float(told['share']):.0%}",
            "expected": f"{float(told['expected']):.0%}",
            "z": told["z"],
        }
    if source == "growth":
        return _("当月新增享受 %(count)s 人次，前 12 个月平均每月 %(expected)s 人次，高出 %(z)s 个标准差。") % dict(
            told
        )
    if source == "agent":
        return _("同一名代办人一年内办理 %(count)s 件，超过 %(expected)s 件。") % dict(told)
    if source == "roster":
        return _("%(month)s 的发放批次还没有编制。") % {"month": str(told.get("month", ""))[:7]}
    if source == "federation":
        return _("与残联库最近一次核对一致是 %(on)s。") % {"on": told.get("agreed_on", "")}
    if source == "province":
        return _("省级自建系统自 %(on)s 起没有报送，已 %(days)s 天。") % {
            "on": told.get("heard_on", ""),
            "days": told.get("days", ""),
        }
    return evidence_words(told)
