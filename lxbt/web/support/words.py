"""The Chinese words of questions, known answers, the directory and the state of the system; names of pages; the
system's own words.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation.trans_real import translation

from lxbt.support.rules.questions import Vocabulary
from lxbt.web.kit.components.parts import Tone

KINDS: dict[str, Promise] = {"question": lazy("咨询"), "fault": lazy("故障")}
STATES: dict[str, tuple[Promise, Tone, str]] = {
    "open": (lazy("待答复"), "run", ""),
    "asked": (lazy("待补充"), "hold", "arrow-back-up"),
    "answered": (lazy("已答复"), "ok", ""),
    "solved": (lazy("已解决"), "ok", "checks"),
    "merged": (lazy("已并入"), "off", "corner-down-right"),
    "withdrawn": (lazy("已撤回"), "off", "circle-minus"),
}
ACTS: dict[str, Promise] = {
    "ask": lazy("提出"),
    "add": lazy("补充"),
    "pass": lazy("上报上一级"),
    "climb": lazy("逾期，自动升到上一级"),
    "back": lazy("要求补充"),
    "answer": lazy("答复"),
    "refer": lazy("用常见问题答复"),
    "merge": lazy("并入同一问题"),
    "part": lazy("原问题已撤回，单独办理"),
    "solve": lazy("认为已解决"),
    "reopen": lazy("认为没有解决"),
    "withdraw": lazy("撤回"),
    "lapse": lazy("长时间没有回音，自动办结"),
}
NOTICES: dict[str, Promise] = {
    "question_asked": lazy("下级提出问题“%(title)s”，请答复。"),
    "question_passed": lazy("下级上报了问题“%(title)s”，请答复。"),
    "question_climbed": lazy("问题“%(title)s”在下级逾期，已自动升到本级，请答复。"),
    "question_added": lazy("问题“%(title)s”有了补充。"),
    "question_reopened": lazy("问题“%(title)s”没有解决，请再看一次。"),
    "question_overdue": lazy("问题“%(title)s”已经逾期，两个工作日后自动升到上一级。"),
    "question_overdue_here": lazy("问题“%(title)s”已经逾期，请尽快答复。"),
    "questions_below_overdue": lazy("%(place)s 有问题逾期未答复，请督促。"),
    "question_answered": lazy("您单位提出的问题“%(title)s”已有答复。"),
    "question_asked_back": lazy("您单位提出的问题“%(title)s”需要补充情况。"),
    "office_stale": lazy("通讯录有 %(count)s 条一年没有确认，请核对。"),
}
PARTS: dict[str, Promise] = {
    "title": lazy("页面"),
    "heading": lazy("栏目"),
    "tab": lazy("筛选"),
    "column": lazy("列"),
    "label": lazy("填写项"),
    "state": lazy("状态"),
    "button": lazy("按钮"),
    "message": lazy("提示"),
    "error": lazy("错误提示"),
}
HEALTH: dict[str, tuple[Promise, Tone]] = {
    "fine": (lazy("运行正常"), "ok"),
    "slow": (lazy("变慢"), "warn"),
    "down": (lazy("没有运行"), "bad"),
    "unused": (lazy("未启用"), "off"),
}
INCIDENT_PARTS: dict[str, Promise] = {
    "worker": lazy("后台任务"),
    "federation": lazy("残联库连接"),
    "database": lazy("数据库"),
    "pages": lazy("页面"),
    "other": lazy("其他"),
}

# What the pages are called that a known answer can belong to, by the name of their address.
PAGES: dict[str, Promise] = {
    "home": lazy("工作台"),
    "application_new": lazy("窗口受理"),
    "inbox": lazy("待我办理"),
    "applications": lazy("申请办件"),
    "application": lazy("申请详情"),
    "leads": lazy("主动服务"),
    "persons": lazy("人员查询"),
    "person": lazy("人员页"),
    "matches": lazy("疑似重复"),
    "alerts": lazy("预警核实"),
    "alert": lazy("预警详情"),
    "campaigns": lazy("核对专项"),
    "rules": lazy("比对规则"),
    "signals": lazy("监测信号"),
    "batches": lazy("发放批次"),
    "batch": lazy("批次详情"),
    "results": lazy("银行回盘"),
    "failed_items": lazy("退票与账户"),
    "recoveries": lazy("追缴"),
    "statistics": lazy("统计分析"),
    "coverage": lazy("持证与补贴覆盖"),
    "standards": lazy("补贴标准"),
    "parameters": lazy("流程与参数"),
    "imports": lazy("数据导入"),
    "import_new": lazy("新的导入"),
    "import_totals": lazy("历史数据核对"),
    "accounts": lazy("账号与授权"),
    "account_review": lazy("安全复核"),
    "divisions": lazy("区划"),
    "releases": lazy("导出核准"),
    "looks": lazy("异常查看"),
    "exchange": lazy("数据对接"),
    "audit": lazy("操作记录"),
    "notices": lazy("通知"),
    "profile": lazy("我的账号"),
}


def page_name(route: str) -> str:
    """What a page is called; empty for one that has no name of its own here."""
    return str(PAGES.get(route, ""))


@cache
def vocabulary() -> Vocabulary:
    """All texts of the catalogue, Chinese and English: what a screen may be told in."""
    known: Any = translation("en")
    texts: set[str] = set()
    for key, value in known._catalog.items():
        texts.update(
            text for text in (key[0] if isinstance(key, tuple) else key, value) if isinstance(text, str) and text
        )
    return Vocabulary.of(texts)
