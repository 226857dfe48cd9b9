"""Words of going live: states, tasks, connections, and a sentence for every reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.rollout.rules.judging import Finding, Heard, State, Why
from lxbt.rollout.rules.plan import Connection, Place, Stage, Task
from lxbt.web.kit.components import Chip
from lxbt.web.kit.formats import percent

STATES: dict[State, tuple[Promise, str, str]] = {
    State.BLOCKED: (lazy("受阻"), "bad", "alert-triangle"),
    State.ATTENTION: (lazy("关注"), "warn", "clock-exclamation"),
    State.NORMAL: (lazy("正常"), "ok", "circle-check"),
    State.PENDING: (lazy("待定"), "off", "help-circle"),
}
TASKS: dict[Task, Promise] = {
    Task.ACCOUNTS: lazy("账号下发到乡"),
    Task.TRAINING: lazy("培训到岗"),
    Task.ROSTER: lazy("当月名册"),
    Task.HISTORY: lazy("历史补录"),
}
CONNECTIONS: dict[Connection, Promise] = {Connection.DIRECT: lazy("直连"), Connection.INTERFACE: lazy("接口")}
BATCHES: dict[int, Promise] = {1: lazy("第一批"), 2: lazy("第二批"), 3: lazy("第三批")}

# reasons of one county, and of many: with %(n)s counties behind it
ONE: dict[Why, Promise] = {
    Why.OVERDUE: lazy("%(task)s逾期 %(days)s 天，完成 %(share)s"),
    Why.DUE_SOON: lazy("%(task)s还有 %(days)s 天到期，完成 %(share)s"),
    Why.BEHIND: lazy("%(task)s完成 %(share)s，落后于时间进度"),
    Why.NOT_READY: lazy("%(days)s 天后开始，账号完成 %(share)s"),
    Why.UNDECLARED: lazy("未申报当月合计，还有 %(days)s 天到期"),
    Why.DIFFERS: lazy("有月份的发放与申报不一致"),
    Why.IDLE: lazy("%(days)s 天没有操作"),
    Why.UNHEARD: lazy("接口尚未联通"),
    Why.SILENT: lazy("接口 %(days)s 天没有数据"),
    Why.NO_WINDOW: lazy("不在批次名单内，时间窗待部里指定"),
}
MANY: dict[Why, Promise] = {
    Why.OVERDUE: lazy("%(n)s 个县%(task)s逾期，最长 %(days)s 天"),
    Why.DUE_SOON: lazy("%(n)s 个县%(task)s还有 %(days)s 天到期"),
    Why.BEHIND: lazy("%(n)s 个县%(task)s落后于时间进度"),
    Why.NOT_READY: lazy("%(n)s 个县账号未齐，%(days)s 天后开始"),
    Why.UNDECLARED: lazy("%(n)s 个县未申报当月合计，还有 %(days)s 天到期"),
    Why.DIFFERS: lazy("%(n)s 个县有月份的发放与申报不一致"),
    Why.IDLE: lazy("%(n)s 个县没有操作，最长 %(days)s 天"),
}


def state_chip(state: State) -> Chip:
    """受阻, 关注, 正常, 待定."""
    word, tone, icon = STATES[state]
    return Chip(str(word), tone, icon)  # type: ignore[arg-type]


def said(finding: Finding) -> str:
    """A reason in words; of many counties with their number."""
    told = {
        "task": str(TASKS[finding.task]) if finding.task else "",
        "days": finding.days,
        "n": len(finding.counties),
        "share": percent(min(finding.share, 0.999), 0 if finding.share < 0.99 else 1),
    }
    return str((MANY if finding.counties else ONE)[finding.why]) % told


def batch_word(batch: int | None) -> str:
    """第一批; 未列批次."""
    if batch is None:
        return _("未列批次")
    return str(BATCHES[batch]) if batch in BATCHES else _("第 %(n)s 批") % {"n": batch}


def stage_words(stage: Stage) -> str:
    """Where a window stands: 窗口已关闭 9 天, 第 6 个工作日 / 共 20, 还有 15 个工作日开始."""
    if stage.phase == "over":
        return _("窗口已关闭 %(n)s 天") % {"n": f"{stage.days:,}"}
    if stage.phase == "open":
        return _("第 %(n)s 个工作日 / 共 %(all)s") % {"n": stage.workdays, "all": stage.of_workdays}
    if stage.workdays:
        return _("未开始，还有 %(n)s 个工作日") % {"n": stage.workdays}
    return _("未开始，还有 %(n)s 天") % {"n": f"{stage.days:,}"}


def connection_words(place: Place | None, heard: Heard | None, now: datetime) -> str:
    """直连; 接口 已联通; 接口 未联通; 接口 静默."""
    if place is None or (place.window is None and place.batch is None):
        return _("待定")
    if place.connection == Connection.DIRECT:
        return str(CONNECTIONS[Connection.DIRECT])
    if heard is None:
        return _("接口 未联通")
    return _("接口 静默") if now - heard.at > timedelta(hours=24) else _("接口 已联通")


@dataclass(frozen=True)
class Said:
    """A reason as shown, and where the counties behind it are listed."""

    text: str
    url: str = ""
    tone: str = ""


def tone_of(state: State) -> str:
    """The colour of a reason."""
    return {State.BLOCKED: "bad", State.ATTENTION: "warn"}.get(state, "")
