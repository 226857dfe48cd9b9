"""The lines to the Federation and to bodies that give lists, for the page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.divisions import queries as divisions
from lxbt.exchange import queries
from lxbt.exchange.operations import asking
from lxbt.matching.queries import watch
from lxbt.matching.rules.lists import LISTS
from lxbt.web.exchange.words import ANSWERS, LINES, MESSAGES, STATES
from lxbt.web.kit.components import Chip, Column, Empty, Row, Table, Tile
from lxbt.web.kit.formats import ago
from lxbt.web.words import listed, translated

if TYPE_CHECKING:
    from lxbt.exchange.models import Asking, Message, Sending


SHOWN = 50


def tiles(counts: dict[str, int], now: datetime) -> list[Tile]:
    """The state of the line to the Federation, and the queues."""
    federation = queries.federation()
    link = queries.link_of(federation) if federation else None
    label, tone = (LINES[link.state][0], LINES[link.state][1]) if link else (_("未登记"), "off")
    waiting = counts["waiting_in"] + counts["waiting_out"]
    failed = counts["failed_in"] + counts["failed_out"]
    return [
        Tile(
            _("残联库连接"),
            str(label),
            icon="plug-connected" if tone == "ok" else "plug-connected-x",
            tone="bad" if tone == "bad" else "",
        ),
        Tile(_("最近收到消息"), ago(link.heard_at if link else None, now), icon="inbox"),
        Tile(
            _("排队中"),
            f"{waiting:,}",
            icon="hourglass",
            note=_("收 %(a)s，发 %(b)s") % {"a": counts["waiting_in"], "b": counts["waiting_out"]} if waiting else "",
        ),
        Tile(_("失败"), f"{failed:,}", icon="alert-triangle", tone="bad" if failed else ""),
    ]


def lines_table(now: datetime) -> Table:
    """Every line with its health."""
    rows = []
    for partner in queries.partners():
        link = queries.link_of(partner)
        label, tone = LINES[link.state]
        rows.append(
            Row(
                cells=[
                    partner.name,
                    Chip(str(label), tone),  # type: ignore[arg-type]
                    ago(link.answered_at, now),
                    ago(link.heard_at, now),
                    ago(link.synced_at, now),
                    comparison_words(link.compared_at, link.comparison, now),
                    link.why or "—",
                ],
            )
        )
    return Table(
        caption=_("对接方"),
        columns=[
            Column(_("对接方"), phone="lead"),
            Column(_("连接"), phone="first"),
            Column(_("最近应答")),
            Column(_("最近来讯")),
            Column(_("最近取数")),
            Column(_("最近核对")),
            Column(_("最近故障")),
        ],
        rows=rows,
        empty=Empty(
            _("还没有对接方"),
            _("用 lxbt exchange connect 登记残联库，用 lxbt exchange partner 登记其他部门。"),
            icon="plug",
        ),
    )


def lists_table(now: datetime) -> Table:
    """The lists that other bodies give over a line: rows that stand, and how far the questions are."""
    told, rounds, rows = watch.told_by_senders(), queries.latest_askings(), []
    for partner in queries.listers():
        for kind in partner.lists:
            kept, latest = told.get((partner.sender_id, kind), watch.Told(0, 0)), rounds.get((partner.pk, kind))
            rows.append(
                Row(
                    [
                        translated(LISTS[kind].title),
                        partner.name,
                        ANSWERS[partner.answers],
                        listed(divisions.name_of(area) for area in partner.areas),
                        kept.rows,
                        kept.known,
                        round_words(latest, now) if partner.answers else "—",
                    ]
                )
            )
    return Table(
        caption=_("其他部门的名单"),
        columns=[
            Column(_("名单"), phone="lead"),
            Column(_("对接方")),
            Column(_("方式"), phone="first"),
            Column(_("区划")),
            Column(_("收到行数"), "num"),
            Column(_("对应到人"), "num"),
            Column(_("最近一轮查询")),
        ],
        rows=rows,
        empty=Empty(
            _("还没有以接口提供名单的单位"),
            _("用 lxbt exchange lister 登记；文件名单在“导入”中办理。"),
            icon="file-search",
        ),
    )


def round_words(latest: Asking | None, now: datetime) -> str:
    """How far the latest round of questions is."""
    if latest is None:
        return _("尚未查询")
    if latest.finished_at is None:
        done = asking.progress_of(latest)
        return _("进行中：%(done)s / %(all)s 批，命中 %(n)s 人") % {
            "done": done.answered,
            "all": done.batches,
            "n": done.found,
        }
    return _("%(ago)s，查询 %(persons)s 人，命中 %(n)s 人") % {
        "ago": ago(latest.finished_at, now),
        "persons": f"{latest.persons:,}",
        "n": latest.found,
    }


def comparison_words(moment: datetime | None, told: dict[str, Any], now: datetime) -> str:
    """What the last comparison found."""
    if moment is None:
        return "—"
    differ, left = told.get("persons_differ", 0), told.get("left", 0)
    if not differ:
        return _("%(ago)s，一致") % {"ago": ago(moment, now)}
    return _("%(ago)s，差异 %(n)s 人，未补齐 %(left)s 人") % {"ago": ago(moment, now), "n": differ, "left": left}


def failures_table(counts: dict[str, int]) -> Table:
    """What waits for a person, in and out, the newest first."""
    incoming, outgoing = queries.failures_in()[:SHOWN], queries.failures_out()[:SHOWN]
    rows = [_failure("in", one, one.received_at) for one in incoming] + [
        _failure("out", one, one.made_at) for one in outgoing
    ]
    return Table(
        caption=_("失败的消息"),
        columns=[
            Column(_("时间"), phone="first"),
            Column(_("消息"), phone="lead"),
            Column(_("方向")),
            Column(_("对接方")),
            Column(_("次数"), "num"),
            Column(_("原因")),
        ],
        rows=rows,
        empty=Empty(_("没有失败的消息"), _("暂时送不到的消息会自动重试，无须处理。"), icon="checks"),
    )


def _failure(direction: str, one: Message | Sending, moment: datetime) -> Row:
    words = [
        f"{timezone.localtime(moment):%m-%d %H:%M}",
        str(MESSAGES.get(one.action, one.action)),
        _("收") if direction == "in" else _("发"),
        one.partner.name,
        one.attempts,
        one.why,
    ]
    return Row(cells=words, url=reverse("exchange_message", args=[direction, one.pk]), action=_("处理"))


def latest_table(now: datetime) -> Table:
    """What came last."""
    rows = [
        Row(
            cells=[
                f"{timezone.localtime(one.received_at):%m-%d %H:%M:%S}",
                str(MESSAGES.get(one.action, one.action)),
                one.partner.name,
                Chip(str(STATES[one.state][0]), STATES[one.state][1]),  # type: ignore[arg-type]
                counts_words(one.counts),
            ]
        )
        for one in queries.latest_messages(15)
    ]
    return Table(
        caption=_("最近收到"),
        columns=[
            Column(_("时间"), phone="first"),
            Column(_("消息"), phone="lead"),
            Column(_("对接方")),
            Column(_("状态"), phone="corner"),
            Column(_("结果")),
        ],
        rows=rows,
        empty=Empty(_("还没有收到消息"), _("登记对接方后，收到的消息会列在这里。"), icon="inbox"),
    )


def counts_words(counts: dict[str, Any]) -> str:
    """What became of the records of a message."""
    words = {
        "new": _("新增 %(n)s"),
        "changed": _("变更 %(n)s"),
        "same": _("相同 %(n)s"),
        "older": _("较旧 %(n)s"),
        "doubtful": _("待核 %(n)s"),
        "withdrawn": _("撤回 %(n)s"),
        "found": _("命中 %(n)s"),
        "seen": _("重复 %(n)s"),
    }
    return listed(word % {"n": counts[name]} for name, word in words.items() if counts.get(name)) or "—"
