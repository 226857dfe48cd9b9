"""Roles: what an account with one may do, at which levels, for which organs, and what it may give to others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lxbt.accounts.rules.permissions import DUTIES, FIGURES, READ, WITHHELD, Organ, P, Permission
from lxbt.divisions.rules import Level


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


def has_duties(roles: Iterable[str]) -> bool:
    """Whether roles bring a duty of money, deciding, publishing, audit or security."""
    return any(BY_KEY[role].permissions & DUTIES for role in roles)


def conflicts(roles: set[str]) -> list[tuple[str, str]]:
    """The incompatible pairs among roles held by one account, as labels."""
    return [(BY_KEY[a].label, BY_KEY[b].label) for a, b in (sorted(pair) for pair in INCOMPATIBLE) if {a, b} <= roles]
