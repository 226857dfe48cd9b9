"""Clients, keys, batches and row results as tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.divisions import queries as divisions
from lxbt.provincial import queries
from lxbt.provincial.words import worded
from lxbt.web.kit.components import Chip, Column, Empty, Page, Row, Table, Tile
from lxbt.web.provincial.words import KINDS, OUTCOMES, STATES, chip_of, client_chip
from lxbt.web.words import in_turn

if TYPE_CHECKING:
    from lxbt.provincial.models import Batch, Client, ClientKey, RowResult
    from lxbt.provincial.queries.watching import Standing


def moment(at: datetime | None) -> str:
    """A moment as a list shows it."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "—"


def clients_table(clients: Sequence[Client], standings: dict[int, Standing]) -> Table:
    """Whose programs may push, and how each stands."""
    rows = []
    for client in clients:
        told = standings[client.pk]
        rows.append(
            Row(
                [
                    client_chip(closed=client.closed_at is not None, sandbox=client.sandbox),
                    client.name,
                    divisions.name_of(client.division_code),
                    moment(told.last_at),
                    told.rows,
                    told.errors,
                    told.differences,
                ],
                url=reverse("province", args=[client.pk]),
                action=_("查看"),
            )
        )
    return Table(
        caption=_("接入系统"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("系统"), phone="lead"),
            Column(_("地区")),
            Column(_("最近推送")),
            Column(_("近 7 天记录"), "num"),
            Column(_("近 7 天错误"), "num"),
            Column(_("未平差异"), "num"),
        ],
        rows=rows,
        empty=Empty(
            _("还没有接入系统"), _("已有系统的省（市）开通接口后，推送情况会列在这里。"), icon="plug-connected"
        ),
    )


def keys_table(keys: Sequence[ClientKey], at: datetime) -> Table:
    """The keys that a client signs with."""
    rows = []
    for key in keys:
        over = key.until_at is not None and key.until_at <= at
        state = (
            Chip(_("已停用"), "off") if over else Chip(_("即将停用"), "warn") if key.until_at else Chip(_("在用"), "ok")
        )
        row = Row(
            [
                state,
                key.key_id,
                "SM2" if key.algorithm == "sm2" else "Ed25519",
                moment(key.since_at),
                moment(key.until_at),
            ],
            key=key.key_id,
        )
        rows.append(row)
    return Table(
        caption=_("密钥"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("编号"), phone="lead"),
            Column(_("算法")),
            Column(_("登记时间")),
            Column(_("停用时间")),
        ],
        rows=rows,
        empty=Empty(_("还没有登记公钥"), _("没有公钥的系统不能推送。"), icon="key"),
    )


def batches_table(batches: Sequence[Batch], page: Page | None = None) -> Table:
    """What a client pushed."""
    rows = []
    for batch in batches:
        told = queries.outcomes_of(batch)
        rows.append(
            Row(
                [
                    chip_of(STATES[queries.state_of(batch)]),
                    moment(batch.received_at),
                    str(KINDS[batch.kind]),
                    _("逐条推送") if batch.day else f"{batch.month:%Y-%m}" if batch.month else "—",
                    sum(told.values()) if batch.day else batch.rows,
                    told["new"] + told["changed"],
                    told["same"],
                    told["conflict"] + told["refused"],
                    Chip(_("沙箱"), "hold") if batch.sandbox else "",
                ],
                url=reverse("province_batch", args=[batch.client_id, batch.pk]),
                action=_("查看"),
            )
        )
    return Table(
        caption=_("推送批次"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("接收时间")),
            Column(_("种类"), phone="lead"),
            Column(_("月份")),
            Column(_("行"), "num"),
            Column(_("写入"), "num"),
            Column(_("相同"), "num"),
            Column(_("未通过"), "num"),
            Column(_("方式")),
        ],
        rows=rows,
        page=page,
        empty=Empty(_("还没有推送"), _("对方推送后，每一批和每一行的结果都列在这里。"), icon="inbox"),
    )


def results_table(rows: Sequence[RowResult], page: Page) -> Table:
    """What became of each row; a row is called by the sender's own number, no person is named."""
    shown = []
    for row in rows:
        told = worded([*(row.reasons or ()), *(row.doubts or ())])
        shown.append(
            Row(
                [
                    row.row_no,
                    row.ref,
                    chip_of(OUTCOMES[row.outcome]),
                    in_turn(one["message"] for one in told) or "—",
                    in_turn(one["remedy"] for one in told) or "—",
                ]
            )
        )
    return Table(
        caption=_("逐行结果"),
        columns=[
            Column(_("行"), "num"),
            Column(_("记录编号"), phone="lead"),
            Column(_("结果"), phone="first"),
            Column(_("问题")),
            Column(_("怎么改")),
        ],
        rows=shown,
        page=page,
        empty=Empty(_("没有要看的行"), _("这一批没有未通过或存疑的记录。"), icon="checks"),
    )


def counts_of(counts: dict[str, int]) -> list[Tile]:
    """What became of the rows of a batch."""
    tones = {"conflict": "warn", "refused": "bad"}
    return [
        Tile(str(OUTCOMES[name][0]), f"{count:,}", tone=tones.get(name, "") if count else "")  # type: ignore[arg-type]
        for name, count in counts.items()
    ]


def tiles_of(standing: Standing, client: Client, at: datetime) -> list[Tile]:
    """How a client stands, at a glance."""
    silent = standing.silent_for(at)
    return [
        Tile(
            _("最近推送"),
            f"{timezone.localtime(standing.last_at):%H:%M}" if standing.last_at else "—",
            icon="clock",
            tone="warn" if silent is not None and silent > 2 else "",
            note=f"{timezone.localtime(standing.last_at):%Y-%m-%d}" if standing.last_at else "",
        ),
        Tile(
            _("近 7 天记录"),
            f"{standing.rows:,}",
            icon="files",
            note=_("推送 %(n)s 次") % {"n": f"{standing.pushes:,}"},
        ),
        Tile(_("近 7 天错误"), f"{standing.errors:,}", icon="alert-triangle", tone="warn" if standing.errors else ""),
        Tile(
            _("未平差异"),
            f"{standing.differences:,}",
            icon="git-compare",
            tone="bad" if standing.differences else "",
            note=moment(standing.compared_at) if standing.compared_at else "",
        ),
        Tile(
            _("本分钟剩余请求"),
            f"{queries.quota_left(client, at):,}",
            icon="gauge",
            note=_("每分钟 %(n)s 次") % {"n": f"{client.quota:,}"},
        ),
    ]
