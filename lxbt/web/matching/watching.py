"""Watch: what those above should ask about, each a link to its cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
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
from lxbt.matching.operations import watching
from lxbt.matching.queries import cases, watch
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import BarChart, Chip, Column, Crumb, Empty, Person, Row, Series, Table, Tile
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.matching.parts import in_sight
from lxbt.web.matching.words import SEVERITIES, rule_name, signal_words, source_name

ROWS = 50


class AnswerForm(forms.Form):
    answer = forms.CharField(label=lazy("核查情况"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


@page(P.VIEW_SUSPICIONS)
def signals(request: OfficialRequest) -> HttpResponse:
    """Places that stand out, money out of line with last month, failures, overdue cases, silence."""
    rows = list(
        watch.signals_in(request.focus).filter(in_scope(request.standing, P.VIEW_SUSPICIONS, focus=request.focus))[
            :ROWS
        ]
    )
    counts = cases.counts(in_sight(request), request.today)
    silent = [s for s in rows if s.rule == "P03"]
    money = request.standing.may(P.VIEW_PAYMENTS)
    month = Month.of(request.today)
    moves = (
        watch.money_out_of_line(request.focus, month) or watch.money_out_of_line(request.focus, month.back(1))
        if money
        else []
    )
    failures = watch.failures_waiting(request.focus) if money else []
    tiles = [
        Tile(_("地区信号"), f"{len(rows):,}", _("条"), icon="map-pin"),
        Tile(_("未编制名册"), f"{len(silent):,}", _("个县"), icon="calendar-off", tone="warn" if silent else ""),
        Tile(
            _("核实逾期"),
            f"{counts['late']:,}",
            _("条"),
            icon="clock-exclamation",
            tone="bad" if counts["late"] else "",
            url=reverse("alerts") + "?show=late",
        ),
    ]
    if money:
        tiles.append(
            Tile(
                _("退票未更正"),
                f"{sum(x.lines for x in failures):,}",
                _("笔"),
                icon="credit-card-off",
                url=reverse("failed_items"),
            )
        )
    context = {
        "tiles": tiles,
        "table": signal_table(rows),
        "money": money_table(moves) if money else None,
        "chart": chart_of(rows),
        "failures": failure_table(failures) if money else None,
    }
    return render(request, "matching/signals.html", context)


def signal_table(rows: list[Any]) -> Table:
    """Where, what, since when, what was answered."""
    return Table(
        caption=_("地区信号"),
        columns=[
            Column(_("轻重"), phone="first"),
            Column(_("地区"), phone="lead"),
            Column(_("规则")),
            Column(_("信号"), phone="bare"),
            Column(_("月份")),
            Column(_("产生")),
            Column(_("说明")),
        ],
        rows=[
            Row(
                [
                    Chip(source_name(s.source), SEVERITIES[s.severity][1]),
                    Person(divisions.name_of(s.division_code), url=reverse("signal", args=[s.pk])),
                    rule_name(s.rule),
                    signal_words(s.source, s.evidence),
                    f"{s.month:%Y-%m}",
                    s.raised_on,
                    s.answer or "—",
                ],
                url=reverse("signal", args=[s.pk]),
                action=_("查看") if s.answer else _("说明"),
            )
            for s in rows
        ],
        empty=Empty(_("没有异常信号"), _("每月比对后，离群的地区和没有编制名册的县会列在这里。"), icon="mood-check"),
    )


def chart_of(rows: list[Any]) -> BarChart | None:
    """Places whose share of severe grades stands out, beside what the rest of the county has."""
    severe = [s for s in rows if s.source == "severe"][:12]
    if not severe:
        return None
    return BarChart(
        id="severe",
        title=_("重度占比离群的乡镇"),
        note=_("持证人中一、二级所占百分比"),
        labels=[divisions.name_of(s.division_code) for s in severe],
        series=[Series(_("本乡镇"), "money", [100 * float(s.evidence["share"]) for s in severe])],
        digits=0,
        urls=[reverse("signal", args=[s.pk]) for s in severe],
    )


def money_table(moves: list[watch.MoneyOutOfLine]) -> Table:
    """Payers whose month is far off the one before."""
    return Table(
        caption=_("发放额变动较大的县"),
        columns=[
            Column(_("地区"), phone="lead"),
            Column(_("上月（元）"), "num"),
            Column(_("本月（元）"), "num"),
            Column(_("变动"), "num"),
        ],
        rows=[
            Row(
                [
                    Person(divisions.name_of(m.payer_code), url=f"{reverse('area')}?to={m.payer_code}"),
                    m.before,
                    m.now,
                    f"{m.change:+.0%}",
                ]
            )
            for m in moves[:ROWS]
        ],
        empty=Empty(_("各县发放额与上月相近"), _("变动超过两成的会列在这里。"), icon="cash"),
    )


def failure_table(failures: list[watch.Failures]) -> Table:
    """Payers with failed payments that wait."""
    return Table(
        caption=_("退票未更正"),
        columns=[
            Column(_("地区"), phone="lead"),
            Column(_("笔数"), "num"),
            Column(_("金额（元）"), "num"),
            Column(_("最早送银行")),
        ],
        rows=[Row([divisions.name_of(x.payer_code), x.lines, x.amount, x.oldest or "—"]) for x in failures],
        empty=Empty(_("没有待更正的退票"), icon="credit-card"),
    )


@page(P.VIEW_SUSPICIONS)
def signal(request: OfficialRequest, signal_id: int) -> HttpResponse:
    """One signal with what is behind it, and the answer."""
    found = watch.signal(signal_id)
    if found is None or not request.standing.may(P.VIEW_SUSPICIONS, found.division_code):
        raise Http404
    may_answer = (
        any(request.standing.may(p, found.division_code) for p in (P.CONFIRM_SUSPICIONS, P.SUPERVISE_SUSPICIONS))
        and found.ended_on is None
    )
    form = AnswerForm(request.POST if request.method == "POST" else None, initial={"answer": found.answer})
    if request.method == "POST" and form.is_valid():
        try:
            watching.answer_signal(
                signal_id=found.pk, answer=form.cleaned_data["answer"], by=request.user, at=request.now.at
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("说明已保存。"))
            return redirect("signals")
    context = {
        "signal": found,
        "rule": rule_name(found.rule),
        "sentence": signal_words(found.source, found.evidence),
        "place": divisions.full_name_of(found.division_code),
        "form": form if may_answer else None,
        "crumbs": [Crumb(_("监测信号"), reverse("signals")), Crumb(divisions.name_of(found.division_code))],
    }
    return render(request, "matching/signal.html", context)
