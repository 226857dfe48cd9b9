"""Organs, permissions and roles. A policy officer can read this file and know who may do what.

Roles and organs follow the division of work of 国发〔2015〕52号 三（二）: township accepts and examines, the county
Federation reviews, county civil affairs decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from lxbt.divisions.rules import Level, covers, span


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
    VIEW_APPLICATIONS = "view_applications"
    ACCEPT_APPLICATIONS = "accept_applications"
    REVIEW_APPLICATIONS = "review_applications"
    DECIDE_APPLICATIONS = "decide_applications"
    VIEW_PAYMENTS = "view_payments"
    DRAW_BATCHES = "draw_batches"
    APPROVE_BATCHES = "approve_batches"
    CORRECT_ACCOUNTS = "correct_accounts"
    VIEW_STANDARDS = "view_standards"
    DRAFT_STANDARDS = "draft_standards"
    PUBLISH_STANDARDS = "publish_standards"
    VIEW_STATISTICS = "view_statistics"
    MANAGE_ACCOUNTS = "manage_accounts"
    VIEW_AUDIT = "view_audit"
    MANAGE_DIVISIONS = "manage_divisions"


P = Permission
READ = frozenset({P.VIEW_PERSONS, P.VIEW_APPLICATIONS, P.VIEW_PAYMENTS, P.VIEW_STANDARDS, P.VIEW_STATISTICS})


@dataclass(frozen=True)
class Role:
    """What an account with this role may do, at which levels and for which organs it can be given."""

    key: str
    label: str  # Chinese, as on the screen
    description: str
    organs: frozenset[Organ]
    levels: frozenset[Level]
    permissions: frozenset[Permission] = field(default_factory=frozenset)


CIVIL, FEDERATION, FINANCE, AUDIT = (frozenset({organ}) for organ in Organ)
ABOVE = frozenset({Level.NATION, Level.PROVINCE, Level.CITY})
ALL_LEVELS = frozenset(Level)
COUNTY = frozenset({Level.COUNTY})

ROLES: tuple[Role, ...] = (
    Role(
        "clerk",
        "受理初审",
        "受理申请，初审后报县级残联；登记情况变化",
        CIVIL,
        frozenset({Level.TOWNSHIP}),
        READ | {P.REVEAL_NUMBERS, P.EDIT_FACTS, P.ACCEPT_APPLICATIONS, P.CORRECT_ACCOUNTS},
    ),
    Role("reviewer", "残联审核", "审核残疾人证、类别和等级，转县级民政审定", FEDERATION, COUNTY, READ | {P.REVEAL_NUMBERS, P.REVIEW_APPLICATIONS}),
    Role("decider", "民政审定", "审定申请，决定给予或者不给予补贴", CIVIL, COUNTY, READ | {P.REVEAL_NUMBERS, P.EDIT_FACTS, P.DECIDE_APPLICATIONS}),
    Role(
        "payment_officer",
        "发放编制",
        "编制发放批次，导出银行文件，导入回盘，更正账户",
        CIVIL,
        COUNTY,
        READ | {P.REVEAL_NUMBERS, P.DRAW_BATCHES, P.CORRECT_ACCOUNTS},
    ),
    Role("payment_approver", "发放复核", "复核并锁定发放批次；不能复核自己编制的批次", CIVIL | FINANCE, COUNTY, READ | {P.APPROVE_BATCHES}),
    Role("standard_drafter", "标准起草", "起草补贴标准、低保标准和参数", CIVIL, ABOVE | COUNTY, READ - {P.VIEW_PERSONS} | {P.DRAFT_STANDARDS}),
    Role("standard_publisher", "标准发布", "复核并发布他人起草的标准", CIVIL, ABOVE | COUNTY, READ - {P.VIEW_PERSONS} | {P.PUBLISH_STANDARDS}),
    Role("supervisor", "督导查询", "查看本级及以下的办件、发放和统计", CIVIL | FEDERATION, ALL_LEVELS, READ),
    Role("analyst", "监测统计", "查看统计数字，不看个人", CIVIL | FEDERATION | FINANCE, ALL_LEVELS, frozenset({P.VIEW_STATISTICS, P.VIEW_STANDARDS})),
    Role(
        "administrator",
        "系统管理",
        "开通、停用本级和下一级的账号",
        CIVIL | FEDERATION,
        ALL_LEVELS - {Level.TOWNSHIP},
        frozenset({P.MANAGE_ACCOUNTS, P.MANAGE_DIVISIONS, P.VIEW_STATISTICS, P.VIEW_STANDARDS}),
    ),
    Role("auditor", "审计查询", "只读；查看业务数据和操作记录", AUDIT, ALL_LEVELS - {Level.TOWNSHIP}, READ | {P.VIEW_AUDIT}),
)
BY_KEY = {role.key: role for role in ROLES}

# Pairs that one account must not hold together: who makes is not who approves.
INCOMPATIBLE: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in (
        ("payment_officer", "payment_approver"),
        ("clerk", "decider"),
        ("clerk", "reviewer"),
        ("standard_drafter", "standard_publisher"),
        ("administrator", "auditor"),
    )
)


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

    def areas(self, permission: Permission) -> tuple[str, ...]:
        """The divisions in whose areas the permission holds."""
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


def grantable(standing: Standing, *, level_of_division: Level) -> tuple[Role, ...]:
    """The roles that an administrator may give in a division of this level.

    Both organs: the county's civil-affairs administrator opens the Federation's accounts too where the
    Federation has no administrator of its own; a Federation administrator opens the Federation's only.
    """
    if not standing.may(Permission.MANAGE_ACCOUNTS):
        return ()
    organs = FEDERATION if standing.organ == Organ.FEDERATION else frozenset(Organ)
    return tuple(role for role in ROLES if level_of_division in role.levels and role.organs & organs)


def conflicts(roles: set[str]) -> list[tuple[str, str]]:
    """The incompatible pairs among roles held by one account, as labels."""
    return [(BY_KEY[a].label, BY_KEY[b].label) for a, b in (sorted(pair) for pair in INCOMPATIBLE) if {a, b} <= roles]


# User names and password of the demonstration, named on the terminal and in the README. Made by `lxbt demo` only.
DEMONSTRATION_PASSWORD = "lxbt-demo-2026"
DEMONSTRATION = tuple(
    (name, DEMONSTRATION_PASSWORD)
    for name in (
        "420102002_clerk", "420102_reviewer", "420102_decider", "420102_officer", "420102_approver", "420102_admin",
        "4201_supervisor", "42_supervisor", "42_standards", "42_publisher", "42_admin", "00_supervisor", "00_admin", "00_auditor",
    )
)  # fmt: skip
