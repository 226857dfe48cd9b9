"""Whether everything is running, in words; planned maintenance; incidents with their history.

Right while the worker is down.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.core.readers.whole import whole_number
from lxbt.core.refusal import Refusal
from lxbt.divisions.rules import NATION
from lxbt.exchange import queries as exchange
from lxbt.imports import queries as imports
from lxbt.payments import queries as payments
from lxbt.statistics import queries as statistics
from lxbt.support.operations import status as operations
from lxbt.support.queries import status as queries
from lxbt.support.rules.status import Health, line_health, queue_health, worker_health, worst
from lxbt.web.exchange.words import LINES
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Empty, Row, Table
from lxbt.web.kit.formats import ago
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.support.words import HEALTH, INCIDENT_PARTS
from lxbt.web.words import in_turn

SHOWN = 30  # incidents
MOMENT = {"type": "datetime-local"}
OVERALL = {
    Health.FINE: (lazy("系统运行正常"), "ok", "circle-check"),
    Health.SLOW: (lazy("系统可以使用，部分后台工作变慢"), "warn", "clock-exclamation"),
    Health.DOWN: (lazy("页面可以使用，有一部分没有运行"), "bad", "alert-triangle"),
}


class MaintenanceForm(forms.Form):
    starts_at = forms.DateTimeField(label=lazy("开始"), widget=forms.DateTimeInput(attrs=MOMENT))
    ends_at = forms.DateTimeField(label=lazy("结束"), widget=forms.DateTimeInput(attrs=MOMENT))
    text = forms.CharField(
        label=lazy("公告"), max_length=200, help_text=lazy("维护什么，哪些不能用，例如：升级数据库，期间不能受理和发放")
    )


class IncidentForm(forms.Form):
    part = forms.ChoiceField(label=lazy("哪一部分"), choices=list(INCIDENT_PARTS.items()))
    title = forms.CharField(label=lazy("什么不能用"), max_length=80)
    began_at = forms.DateTimeField(label=lazy("从何时起"), widget=forms.DateTimeInput(attrs=MOMENT))


@page()
def status(request: OfficialRequest) -> HttpResponse:
    """For everybody who is logged in: what runs, what does not, what that means for the work."""
    now, may_announce = request.now.at, request.standing.may(P.MANAGE_ACCOUNTS, NATION)
    act = request.POST.get("act", "")
    planning = MaintenanceForm(request.POST if act == "announce" else None)
    noting = IncidentForm(
        request.POST if act == "note" else None, initial={"began_at": f"{timezone.localtime(now):%Y-%m-%dT%H:%M}"}
    )
    if request.method == "POST":
        if not may_announce:
            raise Http404
        form: Any = {"announce": planning, "note": noting}.get(act)
        if form is None or form.is_valid():
            try:
                messages.success(request, perform(request, act, form.cleaned_data if form else {}))
                return redirect("status")
            except Refusal as refusal:
                if form is None:
                    messages.error(request, str(refusal))
                    return redirect("status")
                show_refusal(form, refusal)
    parts, found = parts_table(now)
    word, tone, icon = OVERALL[worst(found)]
    context = {
        "word": word,
        "tone": tone,
        "icon_name": icon,
        "parts": parts,
        "planned": queries.maintenance_planned(now),
        "history": incident_table(),
        "open_incidents": list(queries.incidents().filter(ended_at__isnull=True)[:5]) if may_announce else [],
        "may_announce": may_announce,
        "planning": planning,
        "noting": noting,
        "now": timezone.localtime(now),
    }
    return render(request, "support/status.html", context)


def perform(request: OfficialRequest, act: str, data: dict[str, Any]) -> str:
    """One act by its operation; gives what to say."""
    at, ident = request.now.at, request.POST.get("id", "")
    number = whole_number(ident) or 0
    if act == "announce":
        operations.announce_maintenance(**data, by=request.user, at=at)
        return _("已公告，开始前两天起每一页都会显示。")
    if act == "cancel":
        operations.cancel_maintenance(maintenance_id=number, by=request.user, at=at)
        return _("已取消，公告不再显示。")
    if act == "note":
        operations.open_incident(**data, by=request.user, at=at)
        return _("故障已登记。")
    if act == "close":
        operations.close_incident(incident_id=number, cause=request.POST.get("cause", ""), by=request.user, at=at)
        return _("已登记恢复。")
    raise Http404


def parts_table(now: datetime) -> tuple[Table, list[Health]]:
    """Each part with how it is and what that means for the work. About ten statements, none over many rows."""
    queues, federation = queries.queues(), exchange.federation()
    beat = max((one for one in (queries.last_beat(), queues.moved_at) if one), default=None)
    worker, queue = worker_health(beat, now), queue_health(queues.oldest, now)
    link = exchange.link_of(federation) if federation else None
    line = line_health(link.state if link else None)
    counted, stale, running = statistics.counted_at(NATION), statistics.is_stale(NATION), imports.running_count()
    last = payments.last_bank_file()
    open_incidents = {one.part: one.title for one in queries.incidents().filter(ended_at__isnull=True)[:10]}
    waits = (
        _("排队 %(n)s 项，最早的等了自 %(ago)s；正在办 %(d)s 项。")
        if queues.waiting
        else _("没有排队的工作；正在办 %(d)s 项。")
    )
    lines: list[tuple[str, Health, str, str]] = [
        (_("页面和数据库"), Health.FINE, _("您正在看的这一页由数据库答复。"), _("受理、审核、发放都可以办。")),
        (
            _("后台任务"),
            worker,
            _("最近一次活动：%(ago)s。") % {"ago": ago(beat, now)},
            _("通知、统计、比对按时进行。")
            if worker == Health.FINE
            else _("页面照常办理；残联数据、统计、比对、导入和提醒会推迟，恢复后自动补上。"),
        ),
        (
            _("后台排队"),
            queue,
            waits % {"n": queues.waiting, "ago": ago(queues.oldest, now), "d": queues.doing},
            _("提交的工作很快就会办。") if queue == Health.FINE else _("导入、统计等会比平时慢，不用重复提交。"),
        ),
        (
            _("残联库连接"),
            line,
            line_words(link, now),
            _("残疾人证的变化自动到达。")
            if line == Health.FINE
            else _("照常受理，残疾人证按最近收到的算，恢复后自动补核。"),
        ),
        (
            _("统计"),
            Health.FINE if not stale or worker == Health.FINE else Health.SLOW,
            _("截至：%(at)s。") % {"at": ago(counted, now)},
            _("有数字正在重算，几分钟内更新。") if stale else _("数字已是最新。"),
        ),
        (
            _("数据导入"),
            Health.FINE if not running or worker == Health.FINE else Health.SLOW,
            _("正在导入 %(n)s 份文件。") % {"n": running},
            _("导入轮流进行，大文件需要多等一会儿。") if running else _("可以提交导入。"),
        ),
        (
            _("银行文件"),
            Health.FINE if last else Health.UNUSED,
            (_("最近一份：%(ago)s导出。") if last[0] == "out" else _("最近一份：%(ago)s收到回盘。"))
            % {"ago": ago(last[1], now)}
            if last
            else _("还没有银行文件。"),
            "",
        ),
    ]
    lines = [with_incidents(line, open_incidents) for line in lines]
    rows = [
        Row([name, Chip(str(HEALTH[health][0]), HEALTH[health][1]), told, meaning])
        for name, health, told, meaning in lines
    ]
    table = Table(
        caption=_("各部分"),
        columns=[
            Column(_("部分"), phone="lead"),
            Column(_("状态"), phone="first"),
            Column(_("说明")),
            Column(_("对办理的影响")),
        ],
        rows=rows,
    )
    found = [health for _name, health, _told, _meaning in lines]
    return table, [*found, Health.SLOW] if "other" in open_incidents else found


def with_incidents(line: tuple[str, Health, str, str], open_incidents: dict[str, str]) -> tuple[str, Health, str, str]:
    """A part does not run while an incident of it is open, whatever its signs say."""
    name, _health, told, meaning = line
    part = {_("页面和数据库"): ("database", "pages"), _("后台任务"): ("worker",), _("残联库连接"): ("federation",)}.get(
        name, ()
    )
    said = [open_incidents[one] for one in part if one in open_incidents]
    return (name, Health.DOWN, in_turn([*said, told]), meaning) if said else line


def line_words(link: Any, now: datetime) -> str:
    """How the line to the Federation is."""
    if link is None:
        return _("没有登记残联库。")
    if link.heard_at is None:
        return _("%(state)s，还没有收到过消息。") % {"state": LINES[link.state][0]}
    return _("%(state)s，最近收到消息：%(ago)s。") % {"state": LINES[link.state][0], "ago": ago(link.heard_at, now)}


def incident_table() -> Table:
    """What did not run, the latest first."""
    rows = []
    for one in queries.incidents()[:SHOWN]:
        began, ended = timezone.localtime(one.began_at), timezone.localtime(one.ended_at) if one.ended_at else None
        minutes = int((ended - began).total_seconds() // 60) if ended else None
        rows.append(
            Row(
                [
                    Chip(_("已恢复"), "ok") if ended else Chip(_("未恢复"), "bad"),
                    one.title or _("%(part)s没有运行") % {"part": INCIDENT_PARTS[one.part]},
                    str(INCIDENT_PARTS[one.part]),
                    f"{began:%Y-%m-%d %H:%M}",
                    f"{ended:%Y-%m-%d %H:%M}" if ended else "—",
                    _("%(n)s 分钟") % {"n": minutes} if minutes is not None else "—",
                    one.cause or (_("系统自动记录") if one.by_id is None else "—"),
                ]
            )
        )
    return Table(
        caption=_("故障记录"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("事项"), phone="lead"),
            Column(_("部分"), phone="corner"),
            Column(_("开始")),
            Column(_("恢复")),
            Column(_("历时"), "num"),
            Column(_("原因")),
        ],
        rows=rows,
        empty=Empty(_("没有故障记录"), icon="mood-check"),
    )
