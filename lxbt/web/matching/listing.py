"""The work list of suspicions, sums for those above, the export of the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.applications.rules import read_clock
from lxbt.core.readers.whole import whole_number
from lxbt.core.workdays import workdays_between
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import Level
from lxbt.matching.catalogue import RULES
from lxbt.matching.queries import cases as queries
from lxbt.matching.rules import FINAL, WITH_TOWNSHIP, State
from lxbt.matching.rules.rule import Side
from lxbt.registry import queries as registry
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.clocks import clock_of
from lxbt.web.kit.components import Chip, Column, Empty, Person, Row, Subsidies, Tab, Table, Tile
from lxbt.web.kit.paging import page_by_date
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.matching.parts import in_sight, months_words, rights_of, state_chip
from lxbt.web.matching.words import OUTCOMES, SEVERITIES, SIDES, STATES, rule_name, source_name

if TYPE_CHECKING:
    from lxbt.matching.models import Suspicion

LIMIT = 50_000
SHOWS = ("mine", "verify", "late", "confirm", "raised", "confirmed", "done", "all")


def chosen(request: OfficialRequest) -> str:
    """Which part of the list is shown: what waits for the account first."""
    show = request.GET.get("show", "")
    return show if show in SHOWS else "mine" if rights_of(request) else "verify"


def filtered(request: OfficialRequest) -> QuerySet[Suspicion]:
    """Those that the address asks for: the list and its export are the same rows."""
    rows, show = narrowed(request), chosen(request)
    if show == "mine":
        return rows.filter(queries.is_waiting(rights_of(request)))
    if show == "verify":
        return rows.filter(state__in=WITH_TOWNSHIP)
    if show == "late":
        return rows.filter(state__in=WITH_TOWNSHIP, due_on__lt=request.today)
    if show == "done":
        return rows.filter(state__in=FINAL)
    states = {"confirm": State.CONCLUDED, "raised": State.RAISED, "confirmed": State.CONFIRMED}
    return rows.filter(state=states[show]) if show in states else rows


def narrowed(request: OfficialRequest) -> QuerySet[Suspicion]:
    """By side and rule."""
    rows, side, rule = in_sight(request), request.GET.get("side", ""), request.GET.get("rule", "")
    if side in set(Side):
        rows = rows.filter(side=side)
    campaign = whole_number(request.GET.get("campaign"))
    if campaign is not None:
        rows = rows.filter(campaign_id=campaign)
    return rows.filter(rule=rule) if rule in RULES else rows


@page(P.VIEW_SUSPICIONS)
def alerts(request: OfficialRequest) -> HttpResponse:
    """What waits, the nearest deadline first; sums by division for areas above a township."""
    show, side, rule = chosen(request), request.GET.get("side", ""), request.GET.get("rule", "")
    base = narrowed(request)
    counts = queries.counts(base, request.today)
    rows = filtered(request)
    shown, paging = page_by_date(rows, request.GET.get("after", ""), day="due_on", unit=_("条"))
    more = "".join(
        f"&{name}={value}"
        for name, value in (("side", side), ("rule", rule), ("campaign", request.GET.get("campaign", "")))
        if value
    )
    mine = base.filter(queries.is_waiting(rights_of(request))).count() if rights_of(request) else 0
    labels = [
        *([("mine", _("待我办理"), mine)] if rights_of(request) else []),
        ("verify", _("待核实"), counts["verify"]),
        ("late", _("逾期"), counts["late"]),
        ("raised", _("待派发"), counts["raised"]),
        ("confirm", _("待县复核"), counts["confirm"]),
        ("confirmed", _("已复核"), counts["confirmed"]),
        ("done", _("已销号"), counts["done"]),
        ("all", _("全部"), counts["all"]),
    ]
    kept = [row for row in labels if row[2] or row[0] in (show, "verify", "all")]
    tabs = [Tab(label, f"?show={key}{more}", number, show == key) for key, label, number in kept]
    sides = [
        Tab(_("各类"), f"?show={show}", None, not side),
        *(Tab(str(label), f"?show={show}&side={key}", None, side == key) for key, label in SIDES.items()),
    ]
    options = [(code, rule_name(code), code == rule) for code in RULES if not RULES[code].of_places]
    context = {
        "table": case_table(request, shown, paging),
        "tabs": tabs,
        "sides": sides,
        "options": options,
        "show": show,
        "side": side,
        "narrowed": bool(rule),
        "below": below_table(request),
        "tiles": tiles(request, counts),
    }
    return render(request, "matching/alerts.html", context)


def tiles(request: OfficialRequest, counts: dict[str, int]) -> list[Tile]:
    """The figures over the list, for those who do not verify themselves."""
    if rights_of(request) == {"verify"}:
        return []
    money = queries.yuan_of(narrowed(request)) if request.standing.may(P.VIEW_PAYMENTS) else None
    here = reverse("alerts")
    found = [
        Tile(_("待核实"), f"{counts['verify']:,}", _("条"), icon="eye-search", url=f"{here}?show=verify"),
        Tile(
            _("逾期"),
            f"{counts['late']:,}",
            _("条"),
            icon="alert-triangle",
            tone="bad" if counts["late"] else "",
            url=f"{here}?show=late",
        ),
        Tile(_("待县复核"), f"{counts['confirm']:,}", _("条"), icon="rubber-stamp", url=f"{here}?show=confirm"),
    ]
    if money is not None:
        found.append(Tile(_("在办疑似多发"), f"{money:,.2f}", _("元"), icon="receipt-refund"))
    return found


def case_table(request: OfficialRequest, shown: Sequence[Suspicion], paging: Any) -> Table:
    """Who, by which rule, for which months and money, until when."""
    cards = registry.person_cards([case.person_id for case in shown])
    overrides = divisions.workday_overrides()
    money = request.standing.may(P.VIEW_PAYMENTS)
    mine = rights_of(request)
    rows = []
    for number, case in enumerate(shown):
        card, url = cards.get(case.person_id), reverse("alert", args=[case.pk])
        acting = ("verify" in mine and case.state in WITH_TOWNSHIP) or (
            "confirm" in mine and case.state in (State.RAISED, State.CONCLUDED)
        )
        amounts = [case.amount if case.amount else "—"] if money else []
        rows.append(
            Row(
                cells=[
                    clock(case, request, overrides) or state_chip(case),
                    Person(card.name if card else "—", "", card.masked_id if card else "", url),
                    Chip(rule_name(case.rule), SEVERITIES[case.severity][1], "alert-triangle"),
                    Subsidies(sorted(case.months)) if case.months else "—",
                    months_words(case),
                    *amounts,
                    source_name(case.source),
                    divisions.name_of(case.division_code),
                ],
                url=url,
                action=_("办理") if acting else _("查看"),
                primary=acting and number == 0 and not paging.paged,
            )
        )
    return Table(
        caption=_("预警"),
        columns=[
            Column(_("期限（工作日）"), phone="first"),
            Column(_("姓名"), phone="lead"),
            Column(_("预警"), phone="bare"),
            Column(_("补贴"), phone="end"),
            Column(_("月份")),
            *([Column(_("金额（元）"), "num", phone="corner")] if money else []),
            Column(_("来源"), phone="hide"),
            Column(_("乡镇（街道）"), phone="hide"),
        ],
        rows=rows,
        page=paging,
        empty=Empty(_("没有这样的预警"), _("每月比对和每次变更后产生的疑点会派发到这里。"), icon="mood-check"),
    )


def clock(case: Suspicion, request: OfficialRequest, overrides: Any) -> Any:
    """The clock while it lies with the township."""
    if case.state not in WITH_TOWNSHIP or case.due_on is None or case.dispatched_on is None:
        return None
    began = min(case.dispatched_on, request.today)
    limit = max(1, workdays_between(case.dispatched_on, case.due_on, overrides))
    return clock_of(read_clock(started_on=began, limit=limit, today=request.today, overrides=overrides))


def below_table(request: OfficialRequest) -> Table | None:
    """Sums of the divisions directly below, for those above a township."""
    nodes = [node for node in divisions.children(request.focus) if node.level <= Level.TOWNSHIP]
    if not nodes:
        return None
    names = {node.code: node.name for node in nodes}
    area, money = reverse("area"), request.standing.may(P.VIEW_PAYMENTS)
    sums = queries.sums_below(narrowed(request), names, request.today)
    return Table(
        caption=_("各地预警"),
        columns=[
            Column(_("地区"), phone="lead"),
            Column(_("预警"), "num"),
            Column(_("在办"), "num"),
            Column(_("逾期"), "num"),
            Column(_("已复核"), "num"),
            Column(_("属实"), "num"),
            Column(_("命中率"), "num"),
            *([Column(_("查实多发（元）"), "num")] if money else []),
        ],
        rows=[
            Row(
                [
                    Person(names[x.code], url=f"{area}?to={x.code}"),
                    x.raised,
                    x.open,
                    x.late,
                    x.verified,
                    x.hits,
                    f"{x.hits / x.verified:.0%}" if x.verified else "—",
                    *([x.amount] if money else []),
                ]
            )
            for x in sums
            if x.raised
        ],
        empty=Empty(_("还没有预警"), icon="mood-check"),
    )


@page(P.VIEW_SUSPICIONS)
def export(request: OfficialRequest) -> HttpResponse:
    """The same rows as a workbook."""
    rows = list(filtered(request).order_by("due_on", "id")[:LIMIT])
    cards, money = registry.person_cards([case.person_id for case in rows]), request.standing.may(P.VIEW_PAYMENTS)
    heads = [
        _("姓名"),
        _("身份证号"),
        _("乡镇（街道）"),
        _("规则"),
        _("预警"),
        _("来源"),
        _("起月"),
        _("止月"),
        _("笔数"),
        *([_("金额（元）")] if money else []),
        _("状态"),
        _("派发日"),
        _("期限"),
        _("结论"),
    ]
    cells = []
    for case in rows:
        card = cards.get(case.person_id)
        cells.append(
            [
                card.name if card else "",
                card.masked_id if card else "",
                divisions.name_of(case.division_code),
                case.rule,
                rule_name(case.rule),
                source_name(case.source),
                f"{case.first_month:%Y-%m}" if case.first_month else "",
                f"{case.last_month:%Y-%m}" if case.last_month else "",
                case.month_count,
                *([case.amount] if money else []),
                STATES[case.state][0],
                case.dispatched_on,
                case.due_on,
                OUTCOMES.get(case.outcome, ""),
            ]
        )
    said = {"show": chosen(request), "side": request.GET.get("side", ""), "rule": request.GET.get("rule", "")}
    return send_sheet(
        request,
        Sheet(
            _("预警核实"),
            heads,
            cells,
            "suspicions.exported",
            "list",
            "suspicions",
            request.focus,
            said,
            persons=[x.person_id for x in rows],
        ),
    )
