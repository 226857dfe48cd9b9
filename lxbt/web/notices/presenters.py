"""Written notices as the pages show them: rows of lists, the parts of the text, offices by area."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.accounts import queries as accounts
from lxbt.core.clock import beijing_day
from lxbt.divisions import queries as divisions
from lxbt.notices.queries.receipts import AreaReceipts, OfficeReceipt
from lxbt.notices.rules.layout import Part, parts_of
from lxbt.web.kit.components import BarChart, Chip, Column, Empty, LineChart, Page, Person, Row, Series, Share, Table
from lxbt.web.notices.words import KINDS, office_name, path_of, state_chip
from lxbt.web.words import ORGANS, listed

if TYPE_CHECKING:
    from lxbt.notices.models import Circular


def reader_chip(one: Circular, *, read: bool, owing: bool) -> Chip:
    """What it is to the reader: unread, receipt owed, read; corrected or withdrawn."""
    if one.state != "published":
        return state_chip(one.state)
    if not read:
        return Chip(_("未读"), "run", "mail")
    return Chip(_("待回执"), "warn") if owing else Chip(_("已读"), "ok", "mail-opened")


def received_table(
    rows: Sequence[Circular], *, read: set[int], owing: set[int], page: Page | None, empty: Empty
) -> Table:
    """Notices sent to this account."""
    return Table(
        caption=_("通知通报"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("标题"), phone="lead"),
            Column(_("发文单位")),
            Column(_("发布"), phone="corner"),
            Column(_("回执期限")),
        ],
        rows=[
            Row(
                [
                    reader_chip(one, read=one.pk in read, owing=one.pk in owing),
                    Person(
                        one.title,
                        _("特急") if one.urgent else "",
                        one.number or str(KINDS[one.kind]),
                        reverse("circular", args=[one.pk]),
                    ),
                    one.issuer,
                    beijing_day(one.published_at) if one.published_at else None,
                    one.receipt_due_on,
                ],
                url=reverse("circular", args=[one.pk]),
                action=_("看原文"),
            )
            for one in rows
        ],
        page=page,
        empty=empty,
    )


def sent_table(rows: Sequence[Circular], *, page: Page | None) -> Table:
    """What the own office wrote, drafts included."""
    return Table(
        caption=_("我单位发出"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("标题"), phone="lead"),
            Column(_("收文单位"), "num"),
            Column(_("发布"), phone="corner"),
            Column(_("回执期限")),
            Column(_("起草")),
        ],
        rows=[
            Row(
                [
                    state_chip(one.state),
                    Person(one.title, str(KINDS[one.kind]), one.number, reverse("circular", args=[one.pk])),
                    one.offices,
                    beijing_day(when) if (when := one.published_at or one.publish_at) else None,
                    one.receipt_due_on,
                    one.drafted_by_name or _("按计划生成"),
                ],
                url=reverse("circular", args=[one.pk]),
                action=_("打开"),
            )
            for one in rows
        ],
        page=page,
        empty=Empty(_("还没有发出的通知"), _("写好后先存草稿，核对收文单位再发布。"), icon="send"),
    )


def shown_parts(one: Circular) -> list[dict[str, Any]]:
    """The parts of the text ready for the page: `{"kind", "text" | "table" | "chart", "caption"}`."""
    shown = []
    for number, part in enumerate(parts_of(one.text, one.blocks)):
        if part["kind"] == "table":
            shown.append({"kind": "table", "caption": part["caption"], "table": part_table(part)})
        elif part["kind"] == "chart":
            shown.append({"kind": "chart", "chart": part_chart(part, f"chart-{number}")})
        else:
            shown.append({"kind": part["kind"], "text": part["text"]})
    return shown


def part_table(part: Part) -> Table:
    """A table that was frozen with the notice: its cells are text; the last row may be the total."""
    heads = zip(part["heads"], part["kinds"], strict=True)
    rows = part["rows"][:-1] if part.get("total") else part["rows"]
    return Table(
        caption=part["caption"],
        columns=[Column(head, kind, phone="lead" if number == 0 else "") for number, (head, kind) in enumerate(heads)],
        rows=[Row(list(row)) for row in rows],
        totals=part["rows"][-1] if part.get("total") else (),
    )


def part_chart(part: Part, ident: str) -> LineChart | BarChart:
    """A chart that was frozen with the notice."""
    form = LineChart if part["form"] == "line" else BarChart
    series = [Series(one["name"], one["role"], one["values"]) for one in part["series"]]
    return form(
        id=ident, title=part["title"], note=part["note"], labels=part["labels"], series=series, digits=part["digits"]
    )


def area_table(whole: AreaReceipts, rows: Iterable[AreaReceipts], *, url: str, receipt: bool) -> Table:
    """Offices by area: addressed, read, receipts given; each leads further down."""

    def cells(x: AreaReceipts) -> list[object]:
        share = (x.received if receipt else x.read) / x.offices if x.offices else 0.0
        return [
            x.offices,
            x.read,
            x.offices - x.read,
            *([x.received, x.offices - x.received] if receipt else []),
            f"{x.readers:,} / {x.accounts:,}",
            Share(share),
        ]

    return Table(
        caption=_("分地区阅读情况"),
        columns=[
            Column(_("地区"), phone="lead"),
            Column(_("收文单位"), "num"),
            Column(_("已读"), "num"),
            Column(_("未读"), "num"),
            *([Column(_("已签收"), "num"), Column(_("未签收"), "num")] if receipt else []),
            Column(_("读过的账号"), "num"),
            Column(_("进度"), phone="corner"),
        ],
        rows=[
            Row(
                [_("%(place)s本级") % {"place": x.name} if x.code == whole.code else x.name, *cells(x)],
                url=f"{url}?code={x.code}" if x.code != whole.code else "",
                action=_("看下级") if x.code != whole.code else "",
            )
            for x in rows
        ],
        totals=[whole.name, *cells(whole)],
        empty=Empty(_("这里没有收文单位"), icon="building-bank"),
    )


def office_table(rows: Sequence[OfficeReceipt], *, receipt: bool, page: Page | None) -> Table:
    """Offices one by one: who read it and when, the receipt and what was said with it."""
    names = accounts.names_of([user for row in rows for user in row.users[:3]])
    return Table(
        caption=_("收文单位"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("单位"), phone="lead"),
            Column(_("首次阅读"), phone="corner"),
            Column(_("读过的人")),
            *([Column(_("签收")), Column(_("回复"))] if receipt else []),
        ],
        rows=[
            Row(
                [
                    office_chip(row, receipt=receipt),
                    Person(office_name(row.division_code, row.organ), second=path_of(row.division_code)),
                    moment(row.read_at),
                    listed(names.get(user, "") for user in row.users[:3])
                    + (_(" 等 %(n)s 人") % {"n": row.readers} if row.readers > 3 else "")
                    if row.users
                    else "—",
                    *([moment(row.received_at), row.reply or "—"] if receipt else []),
                ]
            )
            for row in rows
        ],
        page=page,
        empty=Empty(_("没有这样的单位"), icon="mood-check"),
    )


def office_chip(row: OfficeReceipt, *, receipt: bool) -> Chip:
    """未读, 已读, 已签收."""
    if row.received_at and receipt:
        return Chip(_("已签收"), "ok")
    return (
        Chip(_("已读"), "run" if receipt else "ok", "mail-opened") if row.read_at else Chip(_("未读"), "warn", "mail")
    )


def moment(at: Any) -> str:
    """11-24 10:05, or a dash."""
    return f"{timezone.localtime(at):%m-%d %H:%M}" if at else "—"


def office_cells(row: OfficeReceipt) -> list[Any]:
    """A line of the export."""
    told = [f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "" for at in (row.read_at, row.received_at)]
    return [
        row.division_code,
        divisions.name_of(row.division_code),
        str(ORGANS[row.organ]),
        row.accounts,
        row.readers,
        *told,
        row.reply,
    ]
