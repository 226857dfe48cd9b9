"""Who has read a notice and given the receipt: by area down to the single office, and as a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import covers
from lxbt.notices.queries.receipts import SHOW, offices_in, receipts_in
from lxbt.notices.rules import OPEN
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb, Page, Tab, Tile
from lxbt.web.kit.paging import SIZE
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.notices.presenters import area_table, office_cells, office_table
from lxbt.web.notices.writing import managed

if TYPE_CHECKING:
    from lxbt.notices.models import Circular

LISTED = 5_000  # offices of an area that are listed one by one; of more, one goes down first


def asked(request: OfficialRequest, circular_id: int) -> tuple[Circular, str, str]:
    """The notice, the area within its own, and which offices are looked for."""
    one = managed(request, circular_id)
    code = request.GET.get("code") or one.area
    if one.state in OPEN or not covers(one.area, code) or divisions.division(code) is None:
        raise Http404
    show = request.GET.get("show", "")
    return one, code, show if show in SHOW else ("owing" if one.receipt_due_on else "unread")


@page(P.SEND_NOTICES)
def circular_receipts(request: OfficialRequest, circular_id: int) -> HttpResponse:
    """An area: sums, what lies below, the offices that have not (or have) one by one."""
    one, code, show = asked(request, circular_id)
    receipt, here = one.receipt_due_on is not None, reverse("circular_receipts", args=[one.pk])
    whole, rows = receipts_in(one, code, request.today)
    listed = whole.offices <= LISTED
    found = (
        list(offices_in(one, code, request.today, show=show, after=request.GET.get("after", ""), limit=SIZE + 1))
        if listed
        else []
    )
    last = found[SIZE - 1] if len(found) > SIZE else None
    paging = Page(
        min(len(found), SIZE),
        None,
        _("个"),
        next_key=f"{last.division_code}.{last.organ}" if last else "",
        paged=bool(request.GET.get("after")),
    )
    words = {
        "all": _("全部"),
        "unread": _("未读"),
        **({"owing": _("未签收"), "received": _("已签收")} if receipt else {"read": _("已读")}),
    }
    tiles = [
        Tile(_("收文单位"), f"{whole.offices:,}", _("个"), icon="building-bank"),
        Tile(_("已读"), f"{whole.read:,}", _("个"), icon="mail-opened"),
        Tile(
            _("未读"),
            f"{whole.offices - whole.read:,}",
            _("个"),
            icon="mail",
            tone="warn" if whole.offices > whole.read else "",
        ),
    ]
    if receipt:
        tiles.append(
            Tile(
                _("未签收"),
                f"{whole.offices - whole.received:,}",
                _("个"),
                icon="signature",
                tone="warn" if whole.offices > whole.received else "",
            )
        )
    context = {
        "circular": one,
        "tiles": tiles,
        "table": area_table(whole, rows, url=here, receipt=receipt),
        "offices": office_table(found[:SIZE], receipt=receipt, page=paging) if listed else None,
        "tabs": [Tab(word, f"?code={code}&show={key}#offices", None, key == show) for key, word in words.items()],
        "code": code,
        "place": divisions.name_of(code),
        "may_remind": one.state == "published",
        "reminded": one.reminded_on == request.today,
        "show": show,
        "crumbs": [Crumb(_("通知通报"), reverse("notices")), Crumb(one.title, reverse("circular", args=[one.pk]))]
        + [
            Crumb(node.name, f"{here}?code={node.code}")
            for node in divisions.trail(code)
            if covers(one.area, node.code)
        ],
    }
    return render(request, "notices/receipts.html", context)


@page(P.SEND_NOTICES)
def circular_export(request: OfficialRequest, circular_id: int) -> HttpResponse:
    """The offices of the area as a workbook."""
    one, code, show = asked(request, circular_id)
    rows = [office_cells(row) for row in offices_in(one, code, request.today, show=show)]
    heads = [_("代码"), _("地区"), _("部门"), _("账号"), _("读过的账号"), _("首次阅读"), _("签收"), _("回复")]
    sheet = Sheet(
        _("阅读与回执"),
        heads,
        rows,
        "circulars.exported",
        "circulars",
        one.pk,
        code,
        {"title": one.title, "show": show},
        personal=False,
    )
    return send_sheet(request, sheet)
