"""The Chinese words of codes, one list for all pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


def translated(text: str) -> str:
    """A Chinese sentence of the pure rules (role, reason, cause of failure) in the reader's language."""
    return gettext(text) if text else ""


def listed(parts: Iterable[str | Promise]) -> str:
    """Things side by side: 低保、低保边缘."""
    return gettext("、").join(map(str, parts))


def in_turn(parts: Iterable[str | Promise]) -> str:
    """Whole phrases one after another: 低保；一级、二级."""
    return gettext("；").join(map(str, parts))


def alternatives(parts: Iterable[str | Promise]) -> str:
    """Conditions of which one must hold: 一级 或 二级."""
    return gettext(" 或 ").join(map(str, parts))


def told(label: str | Promise, what: str | Promise) -> str:
    """A label and what it says: 备注：等待补正."""
    return gettext("%(label)s：%(what)s") % {"label": label, "what": what}


ORGANS = {"civil_affairs": _("民政"), "federation": _("残联"), "finance": _("财政"), "audit": _("审计")}
SUBSIDIES = {"living": _("困难残疾人生活补贴"), "care": _("重度残疾人护理补贴")}
SUBSIDIES_SHORT = {"living": _("生活补贴"), "care": _("护理补贴")}
ECONOMIC = {
    "dibao": _("低保"),
    "dibao_margin": _("低保边缘"),
    "low_income": _("低收入"),
    "expenditure_hardship": _("支出型困难"),
    "destitute": _("特困"),
    "none": _("非困难"),
}
CATEGORIES = {
    "vision": _("视力"),
    "hearing": _("听力"),
    "speech": _("言语"),
    "physical": _("肢体"),
    "intellectual": _("智力"),
    "mental": _("精神"),
    "multiple": _("多重"),
}
GRADES = {1: _("一级"), 2: _("二级"), 3: _("三级"), 4: _("四级")}
ALL_GRADES = {
    **GRADES,
    5: _("五级"),
    6: _("六级"),
    7: _("七级"),
    8: _("八级"),
    9: _("九级"),
    10: _("十级"),
}
CREDENTIALS = {"disabled": _("残疾人证"), "veteran": _("残疾军人证"), "police": _("伤残人民警察证")}
PENSIONS = {"none": _("未享受"), "residents": _("城乡居民养老保险"), "employees": _("职工养老保险")}
YES_NO = {True: _("有"), False: _("没有")}
SEXES = {"male": _("男"), "female": _("女")}
AREAS = {"urban": _("城镇"), "rural": _("农村")}
EMPLOYMENT = {"none": _("无业"), "employed": _("已就业"), "student": _("在校学生")}
SELF_CARE = {
    "able": _("能自理"),
    "partly_unable": _("部分不能自理"),
    "mostly_unable": _("基本不能自理"),
    "unable": _("完全不能自理"),
}
CARE_SETTINGS = {"home": _("居家"), "institution": _("机构托养")}
HOUSEHOLD = {"several_disabled": _("一户多残"), "cared_by_elderly": _("依老养残"), "elderly_disabled": _("老残一体")}
BENEFITS = {
    "work_injury_care": _("工伤保险生活护理费"),
    "orphan": _("孤儿基本生活费"),
    "de_facto_orphan": _("事实无人抚养儿童基本生活费"),
    "elderly_care": _("老年人护理补贴"),
    "elderly_service": _("养老服务补贴"),
    "elderly_age": _("高龄津贴"),
    "retired_cadre": _("离休"),
}
AGENTS = {
    "self": _("本人"),
    "guardian": _("法定监护人"),
    "relative": _("亲属"),
    "committee": _("村（居）委会"),
    "other": _("其他委托人"),
}
CHANNELS = {"window": _("窗口"), "village": _("村居代办"), "online": _("网上")}
STEPS = {
    "accept": _("受理"),
    "examine": _("初审"),
    "review": _("残联审核"),
    "decide": _("民政审定"),
    "notice": _("公示"),
    "effect": _("生效"),
}
STATES = {
    "open": _("办理中"),
    "returned": _("退回补正"),
    "granted": _("已批准"),
    "refused": _("不予批准"),
    "withdrawn": _("已撤回"),
}
ACTS = {
    "accept": _("受理"),
    "pass": _("通过"),
    "return": _("退回补正"),
    "complete": _("补正完成"),
    "grant": _("审定批准"),
    "refuse": _("审定不予批准"),
    "withdraw": _("撤回"),
}
PAPERS = {
    "id_card": _("身份证"),
    "household_book": _("户口本"),
    "certificate": _("残疾人证"),
    "form": _("申请表与授权"),
    "guardianship": _("监护关系证明"),
    "other": _("其他材料"),
}
