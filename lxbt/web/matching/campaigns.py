"""Campaigns: plan, start, dispatch, progress by area, urging, comparing again, the report (民办函〔2023〕43号)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.queries import in_scope
from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import Level, covers
from lxbt.matching.catalogue import RULES
from lxbt.matching.operations import campaigns as operations
from lxbt.matching.proposing import propose_closing
from lxbt.matching.queries import campaigns as queries
from lxbt.matching.queries import cases
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Crumb, Empty, Person, Row, Share, Table, Tile
from lxbt.web.kit.fields import DayField
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.matching.parts import HOUSEHOLD
from lxbt.web.matching.words import CAMPAIGNS, rule_name
from lxbt.web.words import listed

if TYPE_CHECKING:
    from lxbt.matching.models import Campaign, Suspicion

WATCHING = (P.SUPERVISE_SUSPICIONS, P.CONFIRM_SUSPICIONS, P.VERIFY_SUSPICIONS, P.VIEW_AUDIT)


class PlanForm(forms.Form):
    name = forms.CharField(label=lazy("专项名称"), max_length=60)
    plan = forms.CharField(
        label=lazy("方案"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy("核对什么、由谁核实、怎么上报"),
    )
    document_number = forms.CharField(label=lazy("文号"), max_length=100, required=False)
    month = forms.CharField(label=lazy("比对月份"), max_length=7, widget=forms.DateInput(attrs={"type": "month"}))
    due_on = DayField(label=lazy("上报期限"), widget=forms.DateInput(attrs={"type": "date"}))
    rules = forms.MultipleChoiceField(label=lazy("规则"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rules"].choices = [(code, f"{code} {rule_name(code)}") for code in RULES]  # type: ignore[attr-defined]

    def clean_month(self) -> Month:
        try:
            return Month.parse(self.cleaned_data["month"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class CloseForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    summary = forms.CharField(
        label=lazy("专项小结"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


def chip(one: Campaign) -> Chip:
    """已制定方案, 比对中, 核实中 …"""
    word, tone, icon = CAMPAIGNS[one.state]
    return Chip(str(word), tone, icon)


@page(*WATCHING)
def campaigns(request: OfficialRequest) -> HttpResponse:
    """All that concern the area."""
    rows = [
        Row(
            [
                chip(one),
                Person(one.name, one.document_number, url=reverse("campaign", args=[one.pk])),
                divisions.name_of(one.area),
                f"{one.month:%Y-%m}",
                len(one.rules),
                one.opens_on,
                one.due_on,
            ],
            url=reverse("campaign", args=[one.pk]),
            action=_("查看"),
        )
        for one in queries.campaigns_for(request.focus)[:100]
    ]
    table = Table(
        caption=_("核对专项"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("专项"), phone="lead"),
            Column(_("地区")),
            Column(_("比对月份")),
            Column(_("规则"), "num"),
            Column(_("开始")),
            Column(_("上报期限"), phone="corner"),
        ],
        rows=rows,
        empty=Empty(_("还没有核对专项"), _("由部、省、市、县数据核对人员制定方案后启动。"), icon="target"),
    )
    return render(
        request,
        "matching/campaigns.html",
        {"table": table, "may_plan": request.standing.may(P.SUPERVISE_SUSPICIONS, request.focus)},
    )


@page(P.SUPERVISE_SUSPICIONS)
def campaign_new(request: OfficialRequest) -> HttpResponse:
    """Plan one for the area looked at."""
    form = PlanForm(request.POST or None, initial={"month": str(Month.of(request.today).back(1))})
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.plan_campaign(area=request.focus, by=request.user, at=request.now.at, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("方案已保存，启动后开始比对和派发。"))
            return redirect("campaign", campaign_id=made.pk)
    crumbs = [Crumb(_("核对专项"), reverse("campaigns")), Crumb(_("制定方案"))]
    return render(
        request,
        "matching/campaign_new.html",
        {"form": form, "place": divisions.name_of(request.focus), "crumbs": crumbs},
    )


def found_campaign(request: OfficialRequest, ident: int) -> Campaign:
    """One that concerns what the account may see: its area meets the account's, upwards or downwards."""
    one = queries.campaign(ident)
    areas = [area for permission in WATCHING for area in request.standing.areas(permission)]
    if one is None or not any(covers(area, one.area) or covers(one.area, area) for area in areas):
        raise Http404
    return one


def own_cases(request: OfficialRequest, one: Campaign) -> QuerySet[Suspicion]:
    """Its cases in the area looked at."""
    rows = queries.cases_of(one.pk).filter(in_scope(request.standing, P.VIEW_SUSPICIONS, focus=request.focus))
    return rows if request.standing.may(P.VIEW_HOUSEHOLD) else rows.exclude(rule__in=HOUSEHOLD)


@page(*WATCHING)
def campaign(request: OfficialRequest, campaign_id: int) -> HttpResponse:
    """The plan, how far each area has come, and what is to be done."""
    one = found_campaign(request, campaign_id)
    act, supervising = request.POST.get("act", ""), request.standing.may(P.SUPERVISE_SUSPICIONS, one.area)
    form = CloseForm(request.POST if act else None, initial={"version": one.version})
    if request.method == "POST" and supervising and form.is_valid():
        try:
            done = perform(request, one, act, form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, done)
            return redirect("campaign", campaign_id=one.pk)
    rows = own_cases(request, one)
    counts = cases.counts(rows, request.today)
    run = queries.run_of(one.pk)
    here = f"{reverse('alerts')}?campaign={one.pk}&show="
    tiles = [
        Tile(_("疑点"), f"{counts['all']:,}", _("条"), icon="alert-triangle", url=f"{here}all"),
        Tile(_("待核实"), f"{counts['verify']:,}", _("条"), icon="eye-search", url=f"{here}verify"),
        Tile(
            _("逾期"),
            f"{counts['late']:,}",
            _("条"),
            icon="clock-exclamation",
            tone="bad" if counts["late"] else "",
            url=f"{here}late",
        ),
        Tile(_("已复核"), f"{counts['confirmed'] + counts['done']:,}", _("条"), icon="checks", url=f"{here}done"),
    ]
    context = {
        "campaign": one,
        "chip": chip(one),
        "place": divisions.name_of(one.area),
        "tiles": tiles,
        "table": progress_table(request, one),
        "form": form,
        "rules": listed(f"{code} {rule_name(code)}" for code in one.rules),
        "run": run,
        "supervising": supervising,
        "may_start": supervising and one.state == "planned",
        "may_check": supervising and one.state == "verifying",
        "crumbs": [Crumb(_("核对专项"), reverse("campaigns")), Crumb(one.name)],
    }
    return render(request, "matching/campaign.html", context)


def perform(request: OfficialRequest, one: Campaign, act: str, data: dict[str, Any]) -> str:
    """One act by its operation; gives what to say."""
    told: dict[str, Any] = {"campaign_id": one.pk, "by": request.user, "at": request.now.at}
    if act == "start":
        operations.start_campaign(version=data["version"], **told)
        return _("已启动，后台开始比对，完成后自动派发。")
    if act == "recheck":
        operations.recheck_campaign(version=data["version"], **told)
        return _("已开始复查比对。")
    if act == "urge":
        return _("已向 %(n)s 个县发出督办通知。") % {"n": operations.urge_campaign(**told)}
    propose_closing(version=data["version"], summary=data["summary"], **told)
    return _("已提出结束专项，等另一人复核；复核同意前专项照常进行。")


def sums(request: OfficialRequest, one: Campaign) -> list[tuple[str, cases.AreaCases]]:
    """The divisions below the one looked at with their sums."""
    nodes = [node for node in divisions.children(request.focus) if node.level <= Level.TOWNSHIP]
    names = {node.code: node.name for node in nodes}
    return [(names[x.code], x) for x in cases.sums_below(own_cases(request, one), names, request.today) if x.raised]


def progress_table(request: OfficialRequest, one: Campaign) -> Table:
    """By area: found, open, late, verified, true, how far."""
    area, money = reverse("area"), request.standing.may(P.VIEW_PAYMENTS)
    return Table(
        caption=_("分地区进度"),
        columns=[
            Column(_("地区"), phone="lead"),
            Column(_("疑点"), "num"),
            Column(_("在办"), "num"),
            Column(_("逾期"), "num"),
            Column(_("已复核"), "num"),
            Column(_("属实"), "num"),
            Column(_("进度")),
            *([Column(_("查实多发（元）"), "num")] if money else []),
        ],
        rows=[
            Row(
                [
                    Person(name, url=f"{area}?to={x.code}"),
                    x.raised,
                    x.open,
                    x.late,
                    x.verified,
                    x.hits,
                    Share(x.verified / x.raised, note=f"{x.verified:,} / {x.raised:,}"),
                    *([x.amount] if money else []),
                ]
            )
            for name, x in sums(request, one)
        ],
        empty=Empty(_("本地区没有这个专项的疑点"), icon="mood-check"),
    )


@page(*WATCHING)
def export(request: OfficialRequest, campaign_id: int) -> HttpResponse:
    """The report by area as a workbook."""
    one = found_campaign(request, campaign_id)
    heads = [
        _("代码"),
        _("地区"),
        _("疑点"),
        _("在办"),
        _("逾期"),
        _("已复核"),
        _("属实"),
        _("命中率"),
        _("查实多发（元）"),
    ]
    money = request.standing.may(P.VIEW_PAYMENTS)
    cells = [
        [
            x.code,
            name,
            x.raised,
            x.open,
            x.late,
            x.verified,
            x.hits,
            f"{x.hits / x.verified:.0%}" if x.verified else "",
            x.amount if money else "",
        ]
        for name, x in sums(request, one)
    ]
    return send_sheet(
        request,
        Sheet(
            one.name[:31],
            heads,
            cells,
            "campaigns.exported",
            "campaign",
            one.pk,
            request.focus,
            {"name": one.name},
            personal=False,
        ),
    )
