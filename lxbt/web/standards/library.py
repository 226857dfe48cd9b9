"""The library of published schemes: what ships, whence it is, and taking one in as a draft."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.standards.library import SchemeSet, all_sets, set_named, sets_for
from lxbt.standards.operations.taking import take_scheme
from lxbt.standards.rules.conditions import write_condition
from lxbt.standards.rules.rows import write_amount
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Crumb, Empty, Row, Subsidies, Tab, Table
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.standards.forms import months
from lxbt.web.standards.words import amount_words, condition_words


class TakeForm(forms.Form):
    """From which month, where the source says none."""

    since = forms.CharField(
        label=lazy("自哪月执行"), max_length=7, help_text=lazy("来源没有写，请按文件填写，如 2026-07")
    )

    def clean_since(self) -> Month:
        return months(self.cleaned_data["since"])


def verified_chip(one: SchemeSet) -> Chip:
    """官方页面 · 非官方来源."""
    if one.verified == "official":
        return Chip(_("官方页面"), "ok")
    return Chip(_("没有核对原文"), "warn", "alert-triangle")


def _row(one: SchemeSet) -> Row:
    return Row(
        cells=[
            verified_chip(one),
            one.title,
            divisions.name_of(one.place),
            one.number or "—",
            str(one.since) if one.since else _("来源没有写"),
            len(one.raw),
        ],
        url=reverse("scheme", args=[one.name]),
        action=_("查看"),
    )


@page(P.VIEW_STANDARDS)
def schemes(request: OfficialRequest) -> HttpResponse:
    """Those of the account's own area first; all of them on the other tab."""
    own = sets_for(request.standing.areas(P.VIEW_STANDARDS))
    everything = all_sets()
    tab = request.GET.get("tab", "own" if own else "all")
    shown = own if tab == "own" else everything
    tabs = [
        Tab(_("本地区"), "?tab=own", len(own), tab == "own"),
        Tab(_("全部"), "?tab=all", len(everything), tab != "own"),
    ]
    table = Table(
        caption=_("标准库"),
        columns=[
            Column(_("来源"), phone="first"),
            Column(_("标准"), phone="lead"),
            Column(_("地区")),
            Column(_("文号")),
            Column(_("自哪月")),
            Column(_("行数"), "num"),
        ],
        rows=[_row(one) for one in shown],
        empty=Empty(_("标准库里没有本地区的标准"), _("可以看全部，或自己起草。"), icon="book"),
    )
    crumbs = [Crumb(_("补贴标准"), reverse("standards")), Crumb(_("标准库"))]
    return render(request, "standards/schemes.html", {"table": table, "tabs": tabs, "crumbs": crumbs})


@page(P.VIEW_STANDARDS)
def scheme(request: OfficialRequest, scheme_name: str) -> HttpResponse:
    """One set with its rows, source, what was left out, and the sums that counties published."""
    one = set_named(scheme_name)
    if one is None:
        raise Http404
    may_take = request.standing.may(P.DRAFT_STANDARDS, one.place)
    form = TakeForm(request.POST or None) if one.since is None else None
    if request.method == "POST":
        if not may_take:
            raise Http404
        if form is None or form.is_valid():
            since = form.cleaned_data["since"] if form else None
            try:
                made = take_scheme(scheme=one, since=since, by=request.user, at=request.now.at)
            except Refusal as refusal:
                if form is not None:
                    show_refusal(form, refusal)
                else:
                    messages.error(request, str(refusal))
            else:
                messages.success(request, _("已取为草案：请对照文件核对每一行，再送审。"))
                return redirect("revision", revision_id=made.pk)
    crumbs = [
        Crumb(_("补贴标准"), reverse("standards")),
        Crumb(_("标准库"), reverse("schemes")),
        Crumb(divisions.name_of(one.place)),
    ]
    context = {
        "it": one,
        "chip": verified_chip(one),
        "place": divisions.full_name_of(one.place),
        "table": _rows_table(one),
        "form": form,
        "may_take": may_take,
        "crumbs": crumbs,
    }
    return render(request, "standards/scheme.html", context, status=422 if form and form.errors else 200)


def _rows_table(one: SchemeSet) -> Table:
    rows = [
        Row(
            cells=[
                Subsidies([row.subsidy]),
                condition_words(write_condition(row.when)),
                amount_words(write_amount(row.amount)),
                divisions.name_of(row.division) + (_("（最低标准）") if row.floor else ""),
            ]
        )
        for row in one.rows()
    ]
    return Table(
        caption=_("标准行"),
        columns=[
            Column(_("补贴"), phone="end"),
            Column(_("条件"), phone="lead"),
            Column(_("金额（元/月）")),
            Column(_("地区")),
        ],
        rows=rows,
    )
