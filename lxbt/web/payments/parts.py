"""What other pages show of batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.divisions import queries as divisions
from lxbt.web.kit.components import Chip, Column, Empty, Page, Row, Table
from lxbt.web.payments.origins import cause_sentences as cause_sentences

BATCH_CHIPS = {
    "drawn": (lazy("待复核"), "run", ""),
    "approved": (lazy("已复核，待发送"), "run", "lock"),
    "sent": (lazy("银行处理中"), "run", "send"),
    "settled": (lazy("已回盘"), "ok", ""),
    "returned": (lazy("已退回编制"), "off", "arrow-back-up"),
    "recorded": (lazy("历史补录"), "off", "history"),
}


def chip_of(table: Any, key: str) -> Chip:
    """A state's chip from one of the lists above."""
    word, tone, *icon = table[key]
    return Chip(str(word), tone, icon[0] if icon else "")


def batch_name(batch: Any) -> str:
    """2026-11，第 2 批."""
    return f"{batch.month:%Y-%m}" + (_("，第 %(n)d 批") % {"n": batch.number} if batch.number > 1 else "")


def batch_table(batches: Sequence[Any], *, page: Page | None, acting: bool) -> Table:
    """Rows of batches."""
    return Table(
        caption=_("发放批次"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("批次"), phone="lead"),
            Column(_("发放单位")),
            Column(_("笔数"), "num"),
            Column(_("合计（元）"), "num"),
            Column(_("其中抵扣（元）"), "num"),
            Column(_("暂缓（人）"), "num"),
            Column(_("编制")),
        ],
        rows=[
            Row(
                cells=[
                    chip_of(BATCH_CHIPS, b.state),
                    batch_name(b),
                    divisions.name_of(b.payer_code),
                    b.item_count,
                    b.total,
                    b.recovery_total,
                    b.held_count,
                    b.drawn_on,
                ],
                url=reverse("batch", args=[b.pk]),
                action=_("复核") if acting and b.state == "drawn" else _("查看"),
                primary=False,
            )
            for b in batches
        ],
        page=page,
        empty=Empty(_("还没有发放批次"), _("每月编制一次；情况变化后可再编制，只带出差额。"), icon="cash"),
    )
