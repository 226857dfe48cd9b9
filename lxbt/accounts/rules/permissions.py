"""Organs, and the single things that can be allowed, as the screen says them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Organ(StrEnum):
    """The organ that an account works for."""

    CIVIL_AFFAIRS = "civil_affairs"  # 民政
    FEDERATION = "federation"  # 残联
    FINANCE = "finance"  # 财政
    AUDIT = "audit"  # 审计


class Permission(StrEnum):
    """One thing that can be allowed."""

    VIEW_PERSONS = "view_persons"
    REVEAL_NUMBERS = "reveal_numbers"
    EDIT_FACTS = "edit_facts"
    VIEW_DISABILITY = "view_disability"
    VIEW_HOUSEHOLD = "view_household"
    VIEW_APPLICATIONS = "view_applications"
    ACCEPT_APPLICATIONS = "accept_applications"
    REVIEW_APPLICATIONS = "review_applications"
    DECIDE_APPLICATIONS = "decide_applications"
    VIEW_PAYMENTS = "view_payments"
    VIEW_BANK_ACCOUNTS = "view_bank_accounts"
    DRAW_BATCHES = "draw_batches"
    APPROVE_BATCHES = "approve_batches"
    CORRECT_ACCOUNTS = "correct_accounts"
    VIEW_STANDARDS = "view_standards"
    DRAFT_STANDARDS = "draft_standards"
    PUBLISH_STANDARDS = "publish_standards"
    IMPORT_FILES = "import_files"
    VIEW_STATISTICS = "view_statistics"
    VIEW_SUSPICIONS = "view_suspicions"
    VERIFY_SUSPICIONS = "verify_suspicions"
    CONFIRM_SUSPICIONS = "confirm_suspicions"
    SUPERVISE_SUSPICIONS = "supervise_suspicions"
    QUERY_NATION = "query_nation"
    TRACK_ROLLOUT = "track_rollout"
    SEND_NOTICES = "send_notices"
    PUBLISH_BULLETINS = "publish_bulletins"
    ANSWER_QUESTIONS = "answer_questions"
    MANAGE_INTERFACE = "manage_interface"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_DIVISIONS = "manage_divisions"
    MANAGE_SECURITY = "manage_security"
    VIEW_AUDIT = "view_audit"


P = Permission


WORDS: Mapping[Permission, str] = {
    P.VIEW_PERSONS: "查找人员，看姓名、户籍和是否享受补贴",
    P.VIEW_DISABILITY: "看残疾人证、类别、等级和照护需要",
    P.VIEW_HOUSEHOLD: "看家庭经济、就业和其他待遇",
    P.REVEAL_NUMBERS: "写明理由后看完整号码",
    P.EDIT_FACTS: "登记人员情况的变化",
    P.VIEW_APPLICATIONS: "看申请和随附材料",
    P.ACCEPT_APPLICATIONS: "受理、初审、公示和撤回申请",
    P.REVIEW_APPLICATIONS: "审核残疾人证、类别和等级",
    P.DECIDE_APPLICATIONS: "审定申请",
    P.VIEW_PAYMENTS: "看发放批次、明细和追缴",
    P.VIEW_BANK_ACCOUNTS: "看收款账户（掩码）",
    P.DRAW_BATCHES: "编制批次，导出银行文件，导入回盘",
    P.APPROVE_BATCHES: "复核批次",
    P.CORRECT_ACCOUNTS: "更正收款账户",
    P.VIEW_STANDARDS: "看标准和参数",
    P.DRAFT_STANDARDS: "起草标准和参数",
    P.PUBLISH_STANDARDS: "发布他人起草的标准",
    P.IMPORT_FILES: "批量导入领取人、历史发放和比对名单，申报合计，撤销导入",
    P.VIEW_STATISTICS: "看统计数字",
    P.VIEW_SUSPICIONS: "看预警、比对规则和核实结果",
    P.VERIFY_SUSPICIONS: "核实预警：入户、上传凭据、提出结论和处理",
    P.CONFIRM_SUSPICIONS: "派发预警，复核结论并执行处理",
    P.SUPERVISE_SUSPICIONS: "运行比对、开展核对专项、抽查已复核的预警、停报误报",
    P.QUERY_NATION: "写明理由后查询一个人在全国是否享受补贴",
    P.TRACK_ROLLOUT: "看上线进展，填写原因和下一步",
    P.SEND_NOTICES: "向下级发通知，催阅、更正和撤回",
    P.PUBLISH_BULLETINS: "编发定期通报",
    P.ANSWER_QUESTIONS: "答复下级提出的问题和故障，维护常见问题和通讯录",
    P.MANAGE_INTERFACE: "开通和停用省级系统的数据接口",
    P.MANAGE_ACCOUNTS: "开通、变更、确认和停用账号",
    P.MANAGE_DIVISIONS: "维护区划",
    P.MANAGE_SECURITY: "复核账号年度确认和找回，接收异常查看和大批量导出的告警",
    P.VIEW_AUDIT: "看操作记录",
}  # as on the screen


READ = frozenset(
    {
        P.VIEW_PERSONS,
        P.VIEW_DISABILITY,
        P.VIEW_HOUSEHOLD,
        P.VIEW_APPLICATIONS,
        P.VIEW_PAYMENTS,
        P.VIEW_BANK_ACCOUNTS,
        P.VIEW_STANDARDS,
        P.VIEW_STATISTICS,
        P.VIEW_SUSPICIONS,
    }
)


FIGURES = frozenset({P.VIEW_STANDARDS, P.VIEW_STATISTICS})


# What an organ has no need of, whatever role its people hold: the Federation answers for certificate, category and
# grade (国发〔2015〕52号 三（二）), finance for sums.
WITHHELD: Mapping[Organ, frozenset[Permission]] = {
    Organ.FEDERATION: frozenset({P.VIEW_HOUSEHOLD, P.VIEW_PAYMENTS, P.VIEW_BANK_ACCOUNTS}),
    Organ.FINANCE: frozenset({P.VIEW_APPLICATIONS, P.VIEW_DISABILITY, P.VIEW_HOUSEHOLD}),
}


# Duties of money, deciding, publishing, audit and security. They work only for an account that belongs to a registered
# human being with a second factor, and nobody resets such an account alone.
DUTIES = frozenset(
    {
        P.DRAW_BATCHES,
        P.APPROVE_BATCHES,
        P.REVIEW_APPLICATIONS,
        P.DECIDE_APPLICATIONS,
        P.CONFIRM_SUSPICIONS,
        P.SUPERVISE_SUSPICIONS,
        P.DRAFT_STANDARDS,
        P.PUBLISH_STANDARDS,
        P.MANAGE_INTERFACE,
        P.MANAGE_ACCOUNTS,
        P.MANAGE_DIVISIONS,
        P.MANAGE_SECURITY,
        P.VIEW_AUDIT,
    }
)
