"""A batch for the page: its figures, the bridge from the month before, its rows, its approval."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.audit.humans import same_human
from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.payments import queries
from lxbt.payments.queries.causes import Asked
from lxbt.payments.queries.since_drawn import since_drawn
from lxbt.payments.rules import BEFORE_SENDING
from lxbt.registry import queries as registry
from lxbt.web.kit.components import (
    Amount,
    Approval,
    Bridge,
    BridgeBar,
    Column,
    Empty,
    Page,
    Person,
    Row,
    Signer,
    Subsidies,
    Table,
    Tile,
)
from lxbt.web.payments.origins import cause_sentences
from lxbt.web.payments.parts import chip_of

ZERO = Decimal(0)
NAMED = 10  # persons named in a warning; the rest are counted


CHANGE_CHIPS = {
    "started": (lazy("新增"), "run", "plus"),
    "stopped": (lazy("停发"), "off", "ban"),
    "changed": (lazy("变更"), "run", "arrows-exchange"),
    "same": (lazy("不变"), "off", "equal"),
    "arrears": (lazy("▲ 补发"), "run", "history"),
    "recovery": (lazy("▼ 抵扣"), "hold", "receipt-refund"),
    "held": (lazy("暂缓"), "hold", "player-pause"),
}


def batch_tiles(batch: Any, bridged: queries.Bridged, order: queries.Order | None, *, held: str) -> list[Tile]:
    """The figures over a batch; `order` is what goes to the bank, None where nothing does (recorded, returned);
    `held` is where those held back are listed.
    """
    difference = bridged.now - bridged.before
    share = f"{'+' if difference >= 0 else '−'}{abs(difference):,.2f}"
    return [
        Tile(
            _("实发合计（元）") if batch.state == "recorded" else _("应发合计（元）"),
            f"{batch.total:,.2f}".replace("-", "−"),
            note=_("全月比上月 %(d)s") % {"d": share},
        ),
        Tile(
            _("笔数"),
            f"{batch.item_count:,}",
            note=_("补发 %(a)d，抵扣 %(r)d") % {"a": bridged.arrears[0], "r": bridged.recovery[0]},
        ),
        Tile(_("抵扣（元）"), f"{batch.recovery_total:,.2f}".replace("-", "−"))
        if order is None
        else Tile(
            _("报送银行净额（元）"),
            f"{order.net:,.2f}",
            note=_("%(n)s 笔；已扣 %(a)s 元，另行追缴 %(b)s 元")
            % {
                "n": f"{order.lines:,}",
                "a": f"{order.settled + order.offset:,.2f}",
                "b": f"{abs(order.claims):,.2f}",
            },
        ),
        Tile(
            _("暂缓"),
            f"{batch.held_count:,}",
            _("人"),
            _("账户退票或缺失") if batch.held_count else "",
            tone="warn" if batch.held_count else "",
            url=held if batch.held_count else "",
        ),
    ]


def news_since(batch: Any) -> dict[str, Any] | None:
    """What became known after the draw of those in a batch that has not gone out; None where nothing did."""
    if batch.state not in BEFORE_SENDING:
        return None
    found = since_drawn(batch)
    if not found.waiting and not found.changed:
        return None
    cards = registry.person_cards(found.waiting[:NAMED])
    named = [(cards[pk].name, reverse("person", args=[pk])) for pk in found.waiting[:NAMED] if pk in cards]
    trial = f"{reverse('trial')}?{urlencode({'payer': batch.payer_code, 'month': f'{batch.month:%Y-%m}'})}"
    return {"waiting": len(found.waiting), "named": named, "changed": found.changed, "trial": trial}


def bridge(batch: Any, b: queries.Bridged) -> Bridge:
    """From last month to this one, to the cent."""
    month = Month.of(batch.month)

    def persons(pair: tuple[int, Decimal]) -> str:
        return _("%(n)d 人") % {"n": pair[0]}

    def items(pair: tuple[int, Decimal]) -> str:
        return _("%(n)d 笔") % {"n": pair[0]}

    return Bridge(
        id="bridge",
        title=_("从 %(a)d 月到 %(b)d 月，差在哪里") % {"a": month.back(1).month, "b": month.month},
        note=_("单位：元；逐项相加等于本月应发"),
        bars=[
            BridgeBar(_("%(m)d 月") % {"m": month.back(1).month}, b.before, "end"),
            BridgeBar(_("上月一次性"), b.one_off),
            BridgeBar(_("新增"), b.started[1], under=persons(b.started)),
            BridgeBar(_("停发"), b.stopped[1], under=persons(b.stopped)),
            BridgeBar(_("变更"), b.changed[1], under=persons(b.changed)),
            BridgeBar(_("补发"), b.arrears[1], under=items(b.arrears)),
            BridgeBar(_("抵扣追缴"), b.recovery[1], under=items(b.recovery)),
            BridgeBar(_("%(m)d 月应发") % {"m": month.month}, b.now, "end"),
        ],
    )


def totals_table(batch: Any) -> Table:
    """Regular, arrears and recovery by subsidy."""
    sums: dict[tuple[str, str], Decimal] = {
        (r["kind"], r["subsidy"]): r["amount"] for r in queries.totals_by_subsidy(batch)
    }
    labels = {"regular": _("常规"), "arrears": _("▲ 补发"), "recovery": _("▼ 抵扣")}
    rows = [
        Row(
            cells=[
                label,
                sums.get((kind, "living"), ZERO),
                sums.get((kind, "care"), ZERO),
                sums.get((kind, "living"), ZERO) + sums.get((kind, "care"), ZERO),
            ]
        )
        for kind, label in labels.items()
    ]
    totals = [
        _("合计"),
        *(sum((a for (_k, s), a in sums.items() if s == subsidy), ZERO) for subsidy in ("living", "care")),
        sum(sums.values(), ZERO),
    ]
    return Table(
        caption=_("合计（元）"),
        columns=[
            Column("", phone="lead"),
            Column(_("生活补贴"), "num"),
            Column(_("护理补贴"), "num"),
            Column(_("合计"), "num"),
        ],
        rows=rows,
        totals=totals,
    )


def share_rows(batch: Any) -> list[tuple[str, Decimal]]:
    """Funding by level, as fixed when the batch was approved."""
    names = {"nation": _("中央"), "province": _("省级"), "city": _("市级"), "county": _("县级")}
    return [(name, Decimal(batch.shares[level])) for level, name in names.items() if level in batch.shares]


def asked_of(batch: Any, rows: Sequence[queries.ItemRow]) -> list[Asked]:
    """The rows of a batch whose causes are asked."""
    return [Asked(batch, r.person_id, r.subsidy, r.right_month, r.seq or 0, r.change) for r in rows]


def item_table(
    batch: Any, rows: Sequence[queries.ItemRow], page: Page, *, whole: bool, explained: bool = True
) -> Table:
    """Rows of a batch, each amount with its why; `whole` False: without what facts say; `explained` False: of a trial,
    whose items nobody can look up.
    """
    causes = {} if batch.state == "recorded" else cause_sentences(asked_of(batch, rows), whole=whole)
    return Table(
        caption=_("明细"),
        columns=[
            Column(_("变动"), phone="first"),
            Column(_("姓名"), "short", phone="lead"),
            Column(_("乡镇（街道）")),
            Column(_("补贴"), phone="end"),
            Column(_("所属月"), "short"),
            Column(_("本次（元）"), "num"),
            Column(_("上月（元）"), "num"),
            Column(_("原因")),
        ],
        rows=[
            Row(
                cells=[
                    chip_of(CHANGE_CHIPS, r.change),
                    Person(r.name, url=reverse("person", args=[r.person_id])),
                    divisions.name_of(r.division_code),
                    Subsidies([r.subsidy]),
                    f"{r.right_month:%Y-%m}",
                    Amount(
                        r.amount,
                        reverse("explain_item", args=[r.person_id, r.subsidy, f"{r.right_month:%Y-%m}", r.seq])
                        if r.seq and explained
                        else "",
                    ),
                    r.before,
                    causes.get((r.person_id, r.subsidy, r.right_month, r.seq or 0), ""),
                ]
            )
            for r in rows
        ],
        page=page,
        empty=Empty(_("没有这一类"), _("换一个标签看。")),
    )


def approval(request: Any, batch: Any, names: dict[int, str], order: queries.Order | None) -> Approval:
    """The bar at the foot: who drew, who approves, what comes."""
    from lxbt.accounts.rules import Permission

    state = batch.state
    may = request.standing.may(Permission.APPROVE_BATCHES, batch.payer_code)
    own = same_human(batch.drawn_by_id, request.user.pk)
    approver = names.get(batch.approved_by_id, "") or (
        _("您（%(name)s）") % {"name": request.user.name} if may and not own and state == "drawn" else _("另一人")
    )
    signers = [
        Signer(_("编制"), f"{names.get(batch.drawn_by_id, _('系统'))} {batch.drawn_on:%m-%d}", "done"),
        Signer(_("复核"), approver, "current" if state == "drawn" else "done"),
        Signer(
            _("报送银行"),
            f"{batch.sent_on:%m-%d}" if batch.sent_on else "",
            "current" if state == "approved" else "done" if state in ("sent", "settled") else "future",
        ),
        Signer(
            _("回盘"),
            f"{batch.settled_on:%m-%d}" if batch.settled_on else "",
            "current" if state == "sent" else "done" if state == "settled" else "future",
        ),
    ]
    url = reverse("batch_act", args=[batch.pk])
    if own and state in ("drawn", "approved"):
        return Approval(signers, url, send_back=_("撤回自己编制的批次"), blocked=_("您是编制人，不能复核"))
    if state != "drawn" or not may or order is None:
        return Approval(signers)
    return Approval(signers, url, order.net, _("复核通过并锁定"), _("退回编制"))
