"""Organs, permissions and roles. A policy officer can read this file and know who may do what.

Roles and organs follow the division of work of 国发〔2015〕52号 三（二）: township accepts and examines, the county
Federation reviews, county civil affairs decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lxbt.divisions.rules import Level, covers, span


class Organ(StrEnum):
    """The organ that an account works for."""

    CIVIL_AFFAIRS = "civil_affairs"  # 民政
    FEDERATION = "federation"  # 残联
    FINANCE = "finance"  # 财政
    AUDIT = "audit"  # 审计


class DisabledFor(StrEnum):
    """Why an account is disabled."""

    BY_HAND = "by_hand"  # by an administrator, for the time being
    LEFT = "left"  # the person left
    UNUSED = "unused"  # no log-in for 90 days
    UNCONFIRMED = "unconfirmed"  # the yearly confirmation did not come


class PasswordState(StrEnum):
    """Where a first password stands."""

    WAITING = "waiting"  # sealed, to be printed
    PRINTED = "printed"  # wiped
    EXPIRED = "expired"  # nobody printed it: wiped, the account needs a reset


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

# What an organ has no need of, whatever role its people hold: the Federation answers for certificate, category and grade
# (国发〔2015〕52号 三（二）), finance for sums.
WITHHELD: Mapping[Organ, frozenset[Permission]] = {
    Organ.FEDERATION: frozenset({P.VIEW_HOUSEHOLD, P.VIEW_PAYMENTS, P.VIEW_BANK_ACCOUNTS}),
    Organ.FINANCE: frozenset({P.VIEW_APPLICATIONS, P.VIEW_DISABILITY, P.VIEW_HOUSEHOLD}),
}


# Duties of money, deciding, publishing, audit and security. They work only for an account that belongs to a registered human
# being with a second factor, and nobody resets such an account alone.
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


@dataclass(frozen=True)
class Role:
    """What an account with this role may do, at which levels and for which organs it can be given.

    `grants`: the roles that its holder may give to others, in the own division and directly below. Empty for all but
    the administrator, and written out: a new role can be given by nobody until it is named there.
    """

    key: str
    label: str  # Chinese, as on the screen
    description: str
    organs: frozenset[Organ]
    levels: frozenset[Level]
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    grants: frozenset[str] = frozenset()


CIVIL, FEDERATION, FINANCE, AUDIT = (frozenset({organ}) for organ in Organ)
ABOVE = frozenset({Level.NATION, Level.PROVINCE, Level.CITY})
ALL_LEVELS = frozenset(Level)
COUNTY = frozenset({Level.COUNTY})

ROLES: tuple[Role, ...] = (
    Role(
        "clerk",
        "受理初审",
        "受理申请，初审后报县级残联；登记情况变化；核实预警",
        CIVIL,
        frozenset({Level.TOWNSHIP}),
        READ
        | {
            P.REVEAL_NUMBERS,
            P.EDIT_FACTS,
            P.ACCEPT_APPLICATIONS,
            P.CORRECT_ACCOUNTS,
            P.VERIFY_SUSPICIONS,
            P.IMPORT_FILES,
            P.QUERY_NATION,
        },
    ),
    Role(
        "verifier",
        "入户核查",
        "入户核实预警，上传照片和凭据，提出结论；不办申请",
        CIVIL | FEDERATION,
        frozenset({Level.TOWNSHIP}),
        frozenset(
            {
                P.VIEW_PERSONS,
                P.VIEW_DISABILITY,
                P.VIEW_HOUSEHOLD,
                P.VIEW_PAYMENTS,
                P.VIEW_SUSPICIONS,
                P.VERIFY_SUSPICIONS,
            }
        ),
    ),
    Role(
        "reviewer",
        "残联审核",
        "审核残疾人证、类别和等级，转县级民政审定",
        FEDERATION,
        COUNTY,
        READ - WITHHELD[Organ.FEDERATION] | {P.REVEAL_NUMBERS, P.REVIEW_APPLICATIONS, P.QUERY_NATION},
    ),
    Role(
        "decider",
        "民政审定",
        "审定申请，决定给予或者不给予补贴；复核预警的核实结论",
        CIVIL,
        COUNTY,
        READ
        | {P.REVEAL_NUMBERS, P.EDIT_FACTS, P.DECIDE_APPLICATIONS, P.CONFIRM_SUSPICIONS, P.IMPORT_FILES, P.QUERY_NATION},
    ),
    Role(
        "payment_officer",
        "发放编制",
        "编制发放批次，导出银行文件，导入回盘，更正账户",
        CIVIL,
        COUNTY,
        READ | {P.REVEAL_NUMBERS, P.DRAW_BATCHES, P.CORRECT_ACCOUNTS, P.IMPORT_FILES},
    ),
    Role(
        "payment_approver",
        "发放复核",
        "复核并锁定发放批次；不能复核自己编制的批次",
        CIVIL | FINANCE,
        COUNTY,
        FIGURES | {P.VIEW_PERSONS, P.VIEW_PAYMENTS, P.VIEW_BANK_ACCOUNTS, P.APPROVE_BATCHES},
    ),
    Role(
        "standard_drafter",
        "标准起草",
        "起草补贴标准、低保标准和参数",
        CIVIL,
        ABOVE | COUNTY,
        FIGURES | {P.DRAFT_STANDARDS},
    ),
    Role(
        "standard_publisher",
        "标准发布",
        "复核并发布他人起草的标准",
        CIVIL,
        ABOVE | COUNTY,
        FIGURES | {P.PUBLISH_STANDARDS},
    ),
    Role("supervisor", "督导查询", "查看本级及以下的办件、发放和统计", CIVIL | FEDERATION, ALL_LEVELS, READ),
    Role(
        "inspector",
        "数据核对",
        "运行比对，开展核对专项，抽查核实结果，停报误报；不办业务",
        CIVIL | FEDERATION,
        ABOVE | COUNTY,
        READ | {P.SUPERVISE_SUSPICIONS, P.QUERY_NATION},
    ),
    Role(
        "coordinator",
        "综合协调",
        "跟踪上线进展，发通知和通报，答复下级的问题，维护通讯录；不办业务",
        CIVIL | FEDERATION,
        ALL_LEVELS - {Level.TOWNSHIP},
        FIGURES | {P.TRACK_ROLLOUT, P.SEND_NOTICES, P.PUBLISH_BULLETINS, P.ANSWER_QUESTIONS},
    ),
    Role("analyst", "监测统计", "查看统计数字，不看个人", CIVIL | FEDERATION | FINANCE, ALL_LEVELS, FIGURES),
    Role(
        "administrator",
        "系统管理",
        "开通、变更、停用本级和下一级的账号，维护区划；不办业务",
        CIVIL | FEDERATION,
        ALL_LEVELS - {Level.TOWNSHIP},
        FIGURES | {P.MANAGE_ACCOUNTS, P.MANAGE_DIVISIONS, P.MANAGE_INTERFACE, P.TRACK_ROLLOUT},
        grants=frozenset(
            {
                "clerk",
                "verifier",
                "reviewer",
                "decider",
                "payment_officer",
                "payment_approver",
                "standard_drafter",
                "standard_publisher",
                "supervisor",
                "inspector",
                "coordinator",
                "analyst",
                "administrator",
                "security_administrator",
                "auditor",
            }
        ),
    ),
    Role(
        "security_administrator",
        "安全管理",
        "复核账号年度确认和找回，处理异常查看和大批量导出的告警；不开账号，不办业务",
        CIVIL | FEDERATION,
        ALL_LEVELS - {Level.TOWNSHIP},
        frozenset({P.MANAGE_SECURITY}),
    ),
    Role(
        "auditor",
        "审计查询",
        "只读；查看业务数据和操作记录",
        AUDIT,
        ALL_LEVELS - {Level.TOWNSHIP},
        READ | {P.VIEW_AUDIT},
    ),
)
BY_KEY = {role.key: role for role in ROLES}

# System, security and audit administration: three persons (等保三级, GB/T 22239).
ADMINISTRATORS = ("administrator", "security_administrator", "auditor")

# Pairs that one account must not hold together: who makes is not who approves.
INCOMPATIBLE: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in (
        ("payment_officer", "payment_approver"),
        ("clerk", "decider"),
        ("clerk", "reviewer"),
        ("verifier", "decider"),
        ("verifier", "reviewer"),
        ("standard_drafter", "standard_publisher"),
        ("administrator", "auditor"),
        ("administrator", "security_administrator"),
        ("security_administrator", "auditor"),
    )
)

CONFIRMED_EVERY = 365  # days: an account is confirmed once a year
CONFIRMING_GRACE = 30  # days more, then it is disabled
UNUSED_WARNING, UNUSED_LIMIT = 60, 90  # days without a log-in: listed, disabled
SLIPS_KEPT = 7  # days that a first password waits to be printed


@dataclass(frozen=True)
class Appointed:
    """A role held for a division."""

    role: str
    division_code: str


@dataclass(frozen=True)
class Standing:
    """All that an account may do, where. The one value that every page and list is scoped by."""

    user_id: int
    name: str
    organ: Organ
    place_code: str
    appointed: tuple[Appointed, ...]
    known: bool = True  # whether the account belongs to a registered human being; duties wait for that

    def areas(self, permission: Permission) -> tuple[str, ...]:
        """The divisions in whose areas the permission holds; none for what the organ has no need of."""
        if permission in WITHHELD.get(self.organ, ()) or (not self.known and permission in DUTIES):
            return ()
        return tuple(a.division_code for a in self.appointed if permission in BY_KEY[a.role].permissions)

    def spans(self, permission: Permission) -> tuple[tuple[str, str], ...]:
        """The same as half-open ranges of codes."""
        return tuple(span(code) for code in self.areas(permission))

    def may(self, permission: Permission, division_code: str | None = None) -> bool:
        """Whether the permission holds for `division_code`, or anywhere when that is left out."""
        areas = self.areas(permission)
        return bool(areas) if division_code is None else any(covers(area, division_code) for area in areas)

    def roles(self) -> tuple[Role, ...]:
        """The roles held, in the order of the list above."""
        held = {a.role for a in self.appointed}
        return tuple(role for role in ROLES if role.key in held)


def has_duties(roles: Iterable[str]) -> bool:
    """Whether roles bring a duty of money, deciding, publishing, audit or security."""
    return any(BY_KEY[role].permissions & DUTIES for role in roles)


def grantable(standing: Standing, *, level: Level, organ: Organ, both_organs: bool) -> tuple[Role, ...]:
    """The roles that an administrator may give to an account of `organ` in a division of this level.

    Civil affairs opens finance and audit too, which have no administrators. The Federation has its own, so civil affairs
    opens the Federation's accounts only where the ministry allows it (`both_organs`); the ministry itself opens the
    Federation's first administrator at its own level, where that chain begins.
    """
    given = frozenset().union(*(role.grants for role in standing.roles()))
    fitting = tuple(role for role in ROLES if role.key in given and level in role.levels and organ in role.organs)
    if standing.organ == organ or (
        standing.organ == Organ.CIVIL_AFFAIRS and (organ != Organ.FEDERATION or both_organs)
    ):
        return fitting
    if standing.organ == Organ.CIVIL_AFFAIRS and level == Level.NATION:
        return tuple(role for role in fitting if role.key == "administrator")
    return ()


def conflicts(roles: set[str]) -> list[tuple[str, str]]:
    """The incompatible pairs among roles held by one account, as labels."""
    return [(BY_KEY[a].label, BY_KEY[b].label) for a, b in (sorted(pair) for pair in INCOMPATIBLE) if {a, b} <= roles]


# User names and password of the demonstration, named on the terminal and in the README. Made by `lxbt demo` only.
DEMONSTRATION_PASSWORD = "lxbt-demo-2026"
DEMONSTRATION = tuple(
    (name, DEMONSTRATION_PASSWORD)
    for name in (
        "420102002_clerk",
        "420102_reviewer",
        "420102_decider",
        "420102_officer",
        "420102_approver",
        "420102_admin",
        "4201_supervisor",
        "42_supervisor",
        "42_standards",
        "42_publisher",
        "42_admin",
        "00_supervisor",
        "00_admin",
        "00_auditor",
        "420102002_verifier",
        "420102_inspector",
        "42_inspector",
        "00_inspector",
        "420102_coordinator",
        "42_coordinator",
        "00_coordinator",
        "00_security",
        "42_security",
        "420102_security",
    )
)
