"""Batches and money as the pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.divisions import queries as divisions
from lxbt.payments import queries
from lxbt.payments.rules import FAILURES
from lxbt.web import words
from lxbt.web.kit.components import (
    Chip,
    Column,
    Empty,
    Person,
    Row,
    Subsidies,
    Table,
)
from lxbt.web.payments.parts import batch_name, chip_of

LINE_CHIPS = {
    "ready": (lazy("待发送"), "run", "lock"),
    "sent": (lazy("银行处理中"), "run", ""),
    "paid": (lazy("已发"), "ok", ""),
    "failed": (lazy("退票"), "warn", "credit-card-off"),
    "corrected": (lazy("账户已更正，待重发"), "run", ""),
    "resent": (lazy("已重发"), "ok", "refresh"),
}


RECOVERY_WORDS = {
    "open": (lazy("待追缴"), "bad"),
    "partly": (lazy("部分追回"), "warn"),
    "recovered": (lazy("已追回"), "ok"),
    "offset": (lazy("已抵扣"), "hold"),
    "waived": (lazy("已减免"), "off"),
    "unrecoverable": (lazy("无法追回"), "off"),
    "lifted": (lazy("不再追缴"), "off"),
}


def cause(code: str, told: str = "") -> str:
    """Why a transfer failed; what the bank told when the code is not one of ours."""
    return words.translated(FAILURES.get(code, told or code))


def held_reason(code: str) -> str:
    """Why nothing is paid to a person now."""
    if code == "event_waits":
        return _("死亡、服刑或户籍迁出待另一人确认")
    return _("没有登记账户") if code == "no_account" else cause(code)


def held_table(held: Sequence[queries.Held]) -> Table:
    """Persons passed over: no good account, or an event that waits for a second person."""
    return Table(
        caption=_("暂缓"),
        columns=[Column(_("姓名"), phone="lead"), Column(_("乡镇（街道）")), Column(_("原因"))],
        rows=[
            Row(
                cells=[
                    Person(h.name, url=reverse("person", args=[h.person_id])),
                    divisions.name_of(h.division_code),
                    held_reason(h.reason),
                ],
                url=reverse("person" if h.reason == "event_waits" else "person_account", args=[h.person_id]),
                action=_("查看") if h.reason == "event_waits" else _("更正账户"),
            )
            for h in held
        ],
        empty=Empty(_("没有暂缓的人")),
    )


def failed_table(lines: Sequence[Any], cards: dict[int, Any]) -> Table:
    """Lines that came back."""
    return Table(
        caption=_("退票"),
        columns=[
            Column(_("姓名"), phone="lead"),
            Column(_("乡镇（街道）")),
            Column(_("批次")),
            Column(_("补贴"), phone="end"),
            Column(_("金额（元）"), "num"),
            Column(_("原因")),
        ],
        rows=[
            Row(
                cells=[
                    Person(
                        cards[x.person_id].name, "", cards[x.person_id].masked_id, reverse("person", args=[x.person_id])
                    )
                    if x.person_id in cards
                    else "—",
                    divisions.name_of(cards[x.person_id].division_code) if x.person_id in cards else "—",
                    batch_name(x.batch),
                    Subsidies([x.subsidy]),
                    x.amount,
                    cause(x.reason, x.bank_reason),
                ],
                url=reverse("person_account", args=[x.person_id]),
                action=_("更正账户"),
            )
            for x in lines
        ],
        empty=Empty(_("没有等待更正的退票"), _("银行回盘后，退票会出现在这里。")),
    )


def recovery_table(rows: Sequence[Any], cards: dict[int, Any], may_settle: bool) -> Table:
    """Money to be taken back."""
    return Table(
        caption=_("追缴"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("姓名"), phone="lead"),
            Column(_("乡镇（街道）")),
            Column(_("补贴"), phone="end"),
            Column(_("应追（元）"), "num"),
            Column(_("已追回（元）"), "num"),
            Column(_("批次")),
            Column(_("依据")),
        ],
        rows=[
            Row(
                cells=[
                    chip_of(RECOVERY_WORDS, r.state),
                    Person(cards[r.person_id].name, url=reverse("person", args=[r.person_id]))
                    if r.person_id in cards
                    else "—",
                    divisions.name_of(r.division_code),
                    Subsidies([r.subsidy]),
                    r.amount,
                    r.recovered,
                    batch_name(r.batch),
                    r.basis,
                ],
                url=reverse("recovery", args=[r.person_id, r.batch_id, r.subsidy]),
                action=_("登记结果") if may_settle and r.state in ("open", "partly") else "",
            )
            for r in rows
        ],
        empty=Empty(_("没有待追缴的款项"), _("多发的先在后续批次抵扣，抵扣不完的会出现在这里。")),
    )


def line_summary(batch: Any) -> list[tuple[Chip, int, Decimal]]:
    """Lines of a batch by state: chip, count, yuan."""
    return [(chip_of(LINE_CHIPS, state), count, amount) for state, count, amount in queries.lines_by_state(batch)]


def subsidy_name(code: str) -> str:
    """The subsidy in words."""
    return str(words.SUBSIDIES[code])
