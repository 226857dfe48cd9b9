"""What stands round every page: who is logged in, where, the navigation by what people do."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.accounts.queries import focus_within
from lxbt.accounts.rules import Permission as P
from lxbt.applications import queries as applications
from lxbt.core.clock import this_moment
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION
from lxbt.leads import queries as leads
from lxbt.matching.queries import cases as suspicions
from lxbt.notices.queries.circulars import bell_count, urgent_for
from lxbt.practice.operations.world import ready
from lxbt.proposals import queries as proposals
from lxbt.support.queries import questions
from lxbt.support.queries.status import maintenance_due
from lxbt.support.rules.exercises import BY_KEY as EXERCISES_BY_KEY
from lxbt.web.access import FOCUS, OfficialRequest
from lxbt.web.components import Crumb, NavGroup, NavItem, PracticeBar, Shell
from lxbt.web.practice.gate import as_trainee, attempt_under_way
from lxbt.web.words import ORGANS, listed, translated

ACCOUNTS = (
    "account",
    "account_new",
    "account_end",
    "account_move",
    "account_sheets",
    "account_sheet",
    "slips",
    "both_organs",
    "account_recovery",
    "account_recoveries",
)
BENCHES = (
    "home",
    "statistics",
    "batches",
    "accounts",
    "account_review",
    "audit",
)  # where people arrive: urgent notices stand on top
CASE = ("application", "application_act", "application_receipt")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell`, for pages past the gate only."""
    if not hasattr(request, "standing"):
        return {"environment": "" if settings.LXBT_ENVIRONMENT == "production" else _("演示环境 · 数据虚构")}
    return {"shell": practice_shell(request)}  # type: ignore[arg-type]


def practice_shell(request: OfficialRequest) -> Shell:
    """The frame; that of practice also round the real pages that somebody who practises opens."""
    attempt = attempt_under_way(request)
    if attempt is None or request.practice is not None or not ready():
        return build_shell(request)
    focus = request.focus
    with as_trainee(request, attempt) as found:
        if found:
            request.focus = focus_within(request.standing, request.session.get(FOCUS))
            try:
                return build_shell(request)
            finally:
                request.focus = focus
    return build_shell(request)


def build_shell(request: OfficialRequest) -> Shell:
    """The frame for this account and area."""
    standing = request.standing
    groups = navigation(request)
    here = (request.resolver_match.url_name or "") if request.resolver_match else ""
    lines = [item for group in groups for item in group.items]
    return Shell(
        user_name=standing.name,
        organ="civil" if standing.organ == "civil_affairs" else standing.organ.value,  # type: ignore[arg-type]
        organ_label=str(ORGANS[standing.organ]),
        place=divisions.name_of(standing.place_code),
        role_label=listed(translated(role.label) for role in standing.roles()[:2]),
        division_trail=[
            Crumb(node.name, reverse("area") + f"?to={node.code}") for node in divisions.trail(request.focus)
        ],
        environment="" if settings.LXBT_ENVIRONMENT == "production" else _("演示环境 · 数据虚构"),
        today=request.today,
        unread=bell_count(standing),
        nav=groups,
        tabs=[item for item in lines if item.url != reverse("notices")][:4],
        urgent=[(one.title, reverse("circular", args=[one.pk])) for one in urgent_for(standing)[:3]]
        if here in BENCHES
        else [],
        search_url=reverse("search") if standing.may(P.VIEW_PERSONS) else "",
        divisions_url=reverse("area"),
        notices_url=reverse("notices"),
        report_url=reverse("question_new") + (f"?from={here}" if here else ""),
        maintenance=maintenance_line(),
        help_url=reverse("help") + f"?page={here}",
        help_panel_url=reverse("help_panel") + f"?page={here}",
        profile_url=reverse("profile"),
        new_url=reverse("application_new") if standing.may(P.ACCEPT_APPLICATIONS) else "",
        idle_seconds=settings.SESSION_COOKIE_AGE,
        density=getattr(request.user, "density", "normal"),
        practice=practice_bar(request),
    )


def maintenance_line() -> str:
    """What every page says of planned maintenance; empty when none is near."""
    due = maintenance_due(this_moment())
    if due is None:
        return ""
    told = {
        "since": f"{timezone.localtime(due.starts_at):%m-%d %H:%M}",
        "until": f"{timezone.localtime(due.ends_at):%m-%d %H:%M}",
        "text": due.text,
    }
    return _("系统维护 %(since)s 至 %(until)s：%(text)s") % told


def practice_bar(request: OfficialRequest) -> PracticeBar | None:
    """The stripe of the exercise under way."""
    attempt = attempt_under_way(request)
    if attempt is None or attempt.exercise not in EXERCISES_BY_KEY:
        return None
    title = translated(EXERCISES_BY_KEY[attempt.exercise].title)
    return PracticeBar(
        title,
        reverse("practice_exercise", args=[attempt.pk]),
        reverse("practice_check", args=[attempt.pk]),
        reverse("practice_leave"),
    )


def navigation(request: OfficialRequest) -> list[NavGroup]:
    """The lines of the side bar that this account has a use for, by what people do."""
    standing = request.standing
    here = request.resolver_match.url_name if request.resolver_match else ""
    waiting = applications.waiting_count(standing)
    to_remind = leads.waiting_count(request.focus, request.today) if standing.may(P.ACCEPT_APPLICATIONS) else 0
    mine = frozenset(
        name for name, p in (("verify", P.VERIFY_SUSPICIONS), ("confirm", P.CONFIRM_SUSPICIONS)) if standing.may(p)
    )
    to_verify = suspicions.suspicions_in(request.focus).filter(suspicions.is_waiting(mine)).count() if mine else None
    acting = any(standing.may(p) for p in (P.ACCEPT_APPLICATIONS, P.REVIEW_APPLICATIONS, P.DECIDE_APPLICATIONS))

    def item(
        name: str, label: str, icon: str, *permissions: P, count: int | None = None, also: tuple[str, ...] = ()
    ) -> NavItem | None:
        if permissions and not any(standing.may(permission) for permission in permissions):
            return None
        return NavItem(label, reverse(name), icon, count, current=here == name or here in also)

    groups = [
        (
            "",
            [
                item("home", _("工作台"), "layout-dashboard"),
                item(
                    "notices",
                    _("通知通报"),
                    "mail",
                    also=("circular", "circular_new", "circular_edit", "circular_publish", "circular_receipts"),
                ),
                item(
                    "proposals",
                    _("双人复核"),
                    "users",
                    count=proposals.waiting_to_decide(standing).count(),
                    also=("proposal",),
                ),
                item("bulletins", _("定期通报"), "report", P.PUBLISH_BULLETINS, also=("bulletin", "bulletin_new")),
            ],
        ),
        (
            _("办件"),
            [
                item("application_new", _("窗口受理"), "file-plus", P.ACCEPT_APPLICATIONS),
                item(
                    "inbox",
                    _("待我办理"),
                    "checkbox",
                    P.ACCEPT_APPLICATIONS,
                    P.REVIEW_APPLICATIONS,
                    P.DECIDE_APPLICATIONS,
                    count=waiting,
                    also=CASE,
                ),
                item(
                    "leads",
                    _("主动服务"),
                    "bell-ringing",
                    P.VIEW_APPLICATIONS,
                    count=to_remind,
                    also=("lead", "lead_slip"),
                ),
                item("applications", _("申请办件"), "files", P.VIEW_APPLICATIONS, also=() if acting else CASE),
            ],
        ),
        (
            _("对象"),
            [
                item("persons", _("人员查询"), "user-search", P.VIEW_PERSONS, also=("person", "search")),
                item("nation", _("全国查询"), "world-search", P.QUERY_NATION),
                item("matches", _("疑似重复"), "users", P.EDIT_FACTS, also=("match",)),
            ],
        ),
        (
            _("核查"),
            [
                item(
                    "alerts",
                    _("预警核实"),
                    "alert-triangle",
                    P.VIEW_SUSPICIONS,
                    count=to_verify,
                    also=("alert", "alert_visit"),
                ),
                item(
                    "campaigns",
                    _("核对专项"),
                    "target",
                    P.SUPERVISE_SUSPICIONS,
                    P.CONFIRM_SUSPICIONS,
                    P.VERIFY_SUSPICIONS,
                    P.VIEW_AUDIT,
                    also=("campaign", "campaign_new"),
                ),
                item("rules", _("比对规则"), "git-compare", P.VIEW_SUSPICIONS, P.DRAFT_STANDARDS, also=("rule",)),
                item(
                    "signals",
                    _("监测信号"),
                    "gauge",
                    P.SUPERVISE_SUSPICIONS,
                    P.CONFIRM_SUSPICIONS,
                    P.VIEW_AUDIT,
                    also=("signal",),
                ),
            ],
        ),
        (
            _("资金"),
            [
                item("batches", _("发放批次"), "cash", P.VIEW_PAYMENTS, also=("batch",)),
                item("results", _("银行回盘"), "arrows-exchange", P.DRAW_BATCHES),
                item("failed_items", _("退票与账户"), "credit-card-off", P.CORRECT_ACCOUNTS, P.DRAW_BATCHES),
                item("recoveries", _("追缴"), "receipt-refund", P.VIEW_PAYMENTS),
                item("held", _("暂缓的月份"), "player-pause", P.VIEW_PAYMENTS),
            ],
        ),
        (
            _("统计与标准"),
            [
                item("statistics", _("统计分析"), "chart-bar", P.VIEW_STATISTICS, also=("statistics_rows",)),
                item("coverage", _("持证与补贴覆盖"), "chart-dots", P.VIEW_STATISTICS),
                item("standards", _("补贴标准"), "scale", P.VIEW_STANDARDS, also=("standard", "standard_new")),
                item("parameters", _("流程与参数"), "adjustments", P.VIEW_STANDARDS),
            ],
        ),
        (
            _("运行"),
            [
                item(
                    "rollout",
                    _("上线进展"),
                    "flag",
                    P.TRACK_ROLLOUT,
                    also=("rollout_counties", "rollout_plan", "rollout_remark"),
                ),
                item(
                    "imports",
                    _("数据导入"),
                    "table-import",
                    P.IMPORT_FILES,
                    also=("import", "import_new", "import_totals"),
                )
                if standing.may(P.IMPORT_FILES)
                else item("import_totals", _("历史数据核对"), "table-import", P.VIEW_STATISTICS),
                item(
                    "provinces",
                    _("省级接口"),
                    "plug-connected",
                    P.MANAGE_INTERFACE,
                    also=(
                        "province",
                        "province_new",
                        "province_batches",
                        "province_batch",
                        "province_differences",
                        "province_difference",
                        "province_deliveries",
                    ),
                ),
                item(
                    "exchange",
                    _("数据对接"),
                    "plug",
                    P.MANAGE_ACCOUNTS,
                    P.MANAGE_SECURITY,
                    also=("exchange_message", "exchange_demo"),
                )
                if any(standing.may(permission, NATION) for permission in (P.MANAGE_ACCOUNTS, P.MANAGE_SECURITY))
                else None,
                item(
                    "questions",
                    _("问题答复"),
                    "message-report",
                    P.ANSWER_QUESTIONS,
                    count=questions.waiting_count(standing),
                    also=("question", "question_clocks", "answer_new"),
                ),
                item(
                    "training",
                    _("培训记录"),
                    "school",
                    P.TRACK_ROLLOUT,
                    P.MANAGE_ACCOUNTS,
                    P.ANSWER_QUESTIONS,
                    also=("practice", "practice_exercise"),
                ),
            ],
        ),
        (
            _("治理"),
            [
                item("accounts", _("账号与授权"), "shield-lock", P.MANAGE_ACCOUNTS, also=ACCOUNTS),
                item("account_review", _("安全复核"), "user-shield", P.MANAGE_SECURITY),
                item("divisions", _("区划"), "sitemap"),
                item("releases", _("导出核准"), "file-export", P.MANAGE_SECURITY, P.VIEW_PERSONS),
                item("looks", _("异常查看"), "eye-check", P.MANAGE_SECURITY, P.VIEW_AUDIT, also=("look",)),
                item("audit", _("操作记录"), "fingerprint", P.VIEW_AUDIT, also=("audit_event", "audit_seals")),
            ],
        ),
    ]
    return [NavGroup(label, kept) for label, items in groups if (kept := [i for i in items if i is not None])]
