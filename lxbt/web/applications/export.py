"""The list of applications as a workbook: the same filters, the same scope, masked."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.divisions import queries as divisions
from lxbt.registry import queries as registry
from lxbt.web import words
from lxbt.web.applications.views import filtered
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.sheets import Sheet, send_sheet

LIMIT = 50_000  # rows; more is a report for the statistics pages


@page(P.VIEW_APPLICATIONS)
def export(request: OfficialRequest) -> HttpResponse:
    """At most LIMIT rows, the latest first."""
    rows = list(filtered(request).prefetch_related("asked").order_by("-applied_on", "-id")[:LIMIT])
    cards = registry.person_cards([a.person_id for a in rows])
    heads = [
        _("受理编号"),
        _("姓名"),
        _("身份证号"),
        _("乡镇（街道）"),
        _("补贴"),
        _("来源"),
        _("受理日"),
        _("环节"),
        _("状态"),
        _("期限"),
    ]
    cells = [
        [
            a.number,
            cards[a.person_id].name,
            cards[a.person_id].masked_id,
            divisions.name_of(a.division_code),
            words.listed(words.SUBSIDIES_SHORT[x.subsidy] for x in a.asked.all()),
            words.CHANNELS[a.channel],
            a.applied_on,
            words.STEPS[a.step],
            words.STATES[a.state],
            a.due_on,
        ]
        for a in rows
    ]
    said = {"state": request.GET.get("state", "")}
    return send_sheet(
        request,
        Sheet(
            _("申请办件"),
            heads,
            cells,
            "applications.exported",
            "list",
            "applications",
            request.focus,
            said,
            persons=[a.person_id for a in rows],
        ),
    )
