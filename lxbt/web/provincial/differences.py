"""Where a province's books and ours do not hold the same, down to the record; and the events that it is told of."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.readers.whole import whole_number
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.provincial.operations import webhooks
from lxbt.provincial.queries import deliveries as deliveries_of
from lxbt.provincial.queries import manifests as queries
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Crumb, Empty, Page, Row, Table
from lxbt.web.kit.formats import money
from lxbt.web.kit.paging import SIZE, cut
from lxbt.web.provincial.presenters import moment
from lxbt.web.provincial.views import client_of

if TYPE_CHECKING:
    from lxbt.provincial.models import Client, Delivery, Difference, DifferentPerson

EVENTS: dict[str, Promise] = {
    "batch.done": lazy("批次处理完毕"),
    "person.conflict": lazy("人员冲突"),
    "right.doubt": lazy("与标准不符"),
    "manifest.different": lazy("对账不一致"),
    "notice": lazy("通知"),
}
DELIVERY: dict[str, tuple[Promise, str]] = {
    "waiting": (lazy("待推送"), "run"),
    "sent": (lazy("已送达"), "ok"),
    "failed": (lazy("未送达"), "bad"),
    "aside": (lazy("已搁置"), "off"),
}


def _yuan(fen: int | None) -> str:
    return "—" if fen is None else money(Decimal(fen).scaleb(-2))


def _crumbs(client: Client, *steps: tuple[str, str]) -> list[Crumb]:
    return [
        Crumb(_("省级接口"), reverse("provinces")),
        Crumb(client.name, reverse("province", args=[client.pk])),
        *(Crumb(word, url) for word, url in steps),
    ]


def differences_table(rows: Sequence[Difference], paging: Page) -> Table:
    """Counties, months and subsidies of which both sides do not hold the same."""
    names = {code: divisions.name_of(code) for code in {row.county_code for row in rows}}
    return Table(
        caption=_("未平差异"),
        columns=[
            Column(_("月份"), phone="first"),
            Column(_("县（市、区）"), phone="lead"),
            Column(_("补贴")),
            Column(_("本系统人数"), "num"),
            Column(_("对方人数"), "num"),
            Column(_("本系统金额（元）"), "num"),
            Column(_("对方金额（元）"), "num"),
            Column(_("相差（元）"), "num"),
            Column(_("发现时间")),
        ],
        rows=[
            Row(
                [
                    f"{row.month:%Y-%m}",
                    names[row.county_code],
                    str(words.SUBSIDIES[row.subsidy]),
                    row.ours_count,
                    row.theirs_count,
                    _yuan(row.ours_fen),
                    _yuan(row.theirs_fen),
                    _yuan(row.ours_fen - row.theirs_fen),
                    f"{timezone.localtime(row.found_at):%m-%d}",
                ],
                url=reverse("province_difference", args=[row.client_id, row.pk]),
                action=_("到人"),
            )
            for row in rows
        ],
        page=paging,
        empty=Empty(
            _("两边一致"),
            _("最近一次比对没有差异。对方每天提交对账单后，不一致的县和月份列在这里，直到相符。"),
            icon="checks",
        ),
    )


@page(P.MANAGE_INTERFACE)
def province_differences(request: OfficialRequest, client_pk: int) -> HttpResponse:
    """What differs now, by county, month and subsidy."""
    client, after = client_of(request, client_pk), request.GET.get("after", "")
    rows = queries.open_differences([client])
    total = rows.count()
    found = list(
        (rows.filter(pk__lt=point) if (point := whole_number(after)) is not None else rows).order_by("-pk")[: SIZE + 1]
    )
    shown, paging = cut(found, total, lambda row: str(row.pk), paged=bool(after), unit=_("项"))
    last = queries.last_comparison(client)
    context = {
        "client": client,
        "table": differences_table(shown, paging),
        "last": last,
        "crumbs": _crumbs(client, (_("对账差异"), "")),
    }
    return render(request, "provincial/differences.html", context)


def persons_table(rows: Sequence[DifferentPerson], refs: dict[int, str], paging: Page) -> Table:
    """Who differs, called by the sender's own number of the record: nobody is named here."""
    return Table(
        caption=_("不一致的人员"),
        columns=[
            Column(_("对方记录编号"), phone="lead"),
            Column(_("本系统（元）"), "num"),
            Column(_("对方（元）"), "num"),
            Column(_("情况"), phone="first"),
        ],
        rows=[
            Row([refs.get(row.person_id or 0, "—"), _yuan(row.ours_fen), _yuan(row.theirs_fen), _how(row)])
            for row in rows
        ],
        page=paging,
        empty=Empty(
            _("对方还没有提交到人的明细"),
            _("对方的程序取得本系统的到人明细并比对后，不一致的人员会列在这里。"),
            icon="users",
        ),
    )


def _how(row: DifferentPerson) -> Chip:
    if row.ours_fen is None:
        return Chip(_("本系统没有"), "bad")
    return Chip(_("对方没有"), "warn") if row.theirs_fen is None else Chip(_("金额不同"), "warn")


@page(P.MANAGE_INTERFACE)
def province_difference(request: OfficialRequest, client_pk: int, difference_id: int) -> HttpResponse:
    """One difference, down to the records of persons."""
    client, after = client_of(request, client_pk), request.GET.get("after", "")
    row = queries.difference_named(difference_id)
    if row is None or row.client_id != client.pk:
        raise Http404
    rows = queries.different_persons(row)
    total = rows.count()
    found = list(
        (rows.filter(pk__gt=point) if (point := whole_number(after)) is not None else rows).order_by("pk")[: SIZE + 1]
    )
    shown, paging = cut(found, total, lambda one: str(one.pk), paged=bool(after), unit=_("人"))
    month = Month.of(row.month)
    refs = queries.refs_of(client, [one.person_id for one in shown if one.person_id], month, row.subsidy)
    title = f"{divisions.name_of(row.county_code)} {month} {words.SUBSIDIES[row.subsidy]}"
    context = {
        "client": client,
        "row": row,
        "title": title,
        "ours": _yuan(row.ours_fen),
        "theirs": _yuan(row.theirs_fen),
        "apart": _yuan(row.ours_fen - row.theirs_fen),
        "chip": Chip(_("已平"), "ok") if row.closed_at else Chip(_("未平"), "bad"),
        "table": persons_table(shown, refs, paging),
        "crumbs": _crumbs(client, (_("对账差异"), reverse("province_differences", args=[client.pk])), (title, "")),
    }
    return render(request, "provincial/difference.html", context)


def deliveries_table(rows: Sequence[Delivery], paging: Page) -> Table:
    """Events on their way and those that were taken."""
    return Table(
        caption=_("事件推送"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("事件"), phone="lead"),
            Column(_("产生时间")),
            Column(_("次数"), "num"),
            Column(_("最近结果")),
            Column(_("下次推送")),
        ],
        rows=[
            Row(
                [
                    Chip(str(DELIVERY[row.state][0]), DELIVERY[row.state][1]),  # type: ignore[arg-type]
                    str(EVENTS[row.event]),
                    moment(row.made_at),
                    row.attempts,
                    row.why or (_("已送达") if row.state == "sent" else "—"),
                    moment(row.next_at) if row.state == "waiting" else "—",
                ],
                key=str(row.pk),
            )
            for row in rows
        ],
        page=paging,
        empty=Empty(_("没有要推送的事件"), _("对方登记接收地址和事件后，推送情况列在这里。"), icon="send"),
    )


@page(P.MANAGE_INTERFACE)
def province_deliveries(request: OfficialRequest, client_pk: int) -> HttpResponse:
    """What a client is told of; what was not taken can be sent again."""
    client, after = client_of(request, client_pk), request.GET.get("after", "")
    if request.method == "POST":
        return _replay(request, client)
    rows = deliveries_of.deliveries_of([client])
    total = rows.count()
    found = list(
        (rows.filter(pk__lt=point) if (point := whole_number(after)) is not None else rows).order_by("-pk")[: SIZE + 1]
    )
    shown, paging = cut(found, total, lambda row: str(row.pk), paged=bool(after), unit=_("条"))
    context = {
        "client": client,
        "hook": deliveries_of.webhook_of(client),
        "table": deliveries_table(shown, paging),
        "failed": [row for row in shown if row.state == "failed"],
        "crumbs": _crumbs(client, (_("事件推送"), "")),
    }
    return render(request, "provincial/deliveries.html", context)


def _replay(request: OfficialRequest, client: Client) -> HttpResponse:
    told = request.POST.get("delivery", "")
    found = deliveries_of.delivery_named(delivery) if (delivery := whole_number(told)) is not None else None
    if found is None or found.client_id != client.pk:
        raise Http404
    try:
        webhooks.replay_delivery(delivery_id=found.pk, by=request.user, at=request.now.at)
        messages.success(request, _("已排入推送队列，稍后重新推送。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("province_deliveries", client.pk)
