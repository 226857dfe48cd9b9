"""The tree of areas, browsed and searched. Names and codes are public, so nothing is hidden here."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lxbt.divisions import queries
from lxbt.divisions.rules import NATION
from lxbt.web.divisions import changing
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Column, Crumb, Empty, Row, Table, Tile

LEVELS = {
    0: gettext_lazy("国家"),
    1: gettext_lazy("省级"),
    2: gettext_lazy("市级"),
    3: gettext_lazy("县级"),
    4: gettext_lazy("乡级"),
}


@page()
def divisions(request: OfficialRequest, code: str = NATION) -> HttpResponse:
    """One node with what lies directly below it, or what a search finds in it."""
    node = queries.division(code)
    if node is None:
        raise Http404
    if request.method == "POST":
        return changing.ask(request, code)
    text = request.GET.get("q", "").strip()
    nodes = queries.search(text, within=code, limit=50) if text else queries.children(code, ended=True)
    counts = queries.counts_by_level(code)
    table = Table(
        caption=_("下级区划"),
        columns=[
            Column(_("名称"), phone="lead"),
            Column(_("代码")),
            Column(_("级别")),
            Column(_("办理机关")),
            Column(_("备注")),
        ],
        rows=[
            Row(
                cells=[
                    n.name,
                    n.code,
                    LEVELS[n.level],
                    _("承担县级审核、审定和发放") if n.acts_as_county else "",
                    note_of(n),
                ],
                url=reverse("division", args=[n.code]),
                action=_("看下级") if n.level < 4 else "",
            )
            for n in nodes
        ],
        empty=Empty(_("没有下级区划"), _("换个写法查找，或回到上一级。")),
    )
    crumbs = [Crumb(_("区划"), reverse("divisions"))] + [
        Crumb(n.name, reverse("division", args=[n.code])) for n in queries.trail(code) if n.code != NATION
    ]
    tiles = [
        Tile(str(LEVELS[level]), f"{counts.get(level, 0):,}", _("个")) for level in (1, 2, 3, 4) if counts.get(level)
    ]
    return render(
        request,
        "divisions/divisions.html",
        {"node": node, "table": table, "tiles": tiles, "q": text, "crumbs": crumbs}
        | changing.changing_of(request, code),
    )


def note_of(node: object) -> str:
    """Irregularities in words: ended, merged, a code-only level, 兵团, a zone."""
    ended = getattr(node, "until", None)
    if ended:
        return _("%(day)s 撤销，并入 %(code)s") % {"day": ended, "code": getattr(node, "merged_into", "") or "—"}
    return {"pass_through": _("仅编码层级"), "corps": _("兵团"), "zone": _("功能区")}.get(getattr(node, "kind", ""), "")
