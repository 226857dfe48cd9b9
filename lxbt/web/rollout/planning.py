"""The plan as a page: what is in force, and what another date would do before anybody decides it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION
from lxbt.rollout.operations.planning import set_plan
from lxbt.rollout.queries import plan as plans
from lxbt.rollout.queries import progress
from lxbt.rollout.queries.progress import Change
from lxbt.rollout.rules.judging import State
from lxbt.rollout.rules.plan import Connection, Place, Task, Terms, Window, problem_of, stage_of
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Column, Crumb, Empty, Person, Row, Table
from lxbt.web.kit.fields import DayField
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.rollout import presenters
from lxbt.web.rollout.words import CONNECTIONS, TASKS, batch_word, said, stage_words, state_chip
from lxbt.web.words import in_turn


class PlanForm(forms.Form):
    """Another window for a batch, or for one province with its batch and its connection."""

    target = forms.ChoiceField(
        label=lazy("调整对象"), help_text=lazy("整批调整，或单独调整一个省（不在批次内的省也可以给时间窗）")
    )
    opens_on = DayField(label=lazy("开始日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    closes_on = DayField(
        label=lazy("结束日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=lazy("含当日；两个都空表示时间窗待定"),
    )
    batch = forms.IntegerField(
        label=lazy("批次"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=lazy("只用于单独调整；空表示不在批次内"),
    )
    connection = forms.ChoiceField(
        label=lazy("接入"),
        required=False,
        choices=[("", lazy("不变")), *((c.value, CONNECTIONS[c]) for c in Connection)],
    )
    reason = forms.CharField(
        label=lazy("依据或原因"), required=False, max_length=200, help_text=lazy("确认调整时必填，例如文号")
    )

    def __init__(self, places: dict[str, Place], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        batches = sorted({place.batch for place in places.values() if place.batch is not None})
        provinces = [(code, divisions.name_of(code)) for code in places]
        self.fields["target"].choices = [  # type: ignore[attr-defined]
            (f"b{b}", _("%(batch)s全部省份") % {"batch": batch_word(b)}) for b in batches
        ] + provinces

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("opens_on"), data.get("closes_on")
        if bool(opens) != bool(closes):
            self.add_error("closes_on" if opens else "opens_on", _("开始和结束日期应都填或都空。"))
        elif opens and closes and (problem := problem_of(Window(opens, closes))):
            self.add_error(
                "closes_on",
                _("结束日期早于开始日期，请改正。") if problem == "order" else _("时间窗超过一年，请改短。"),
            )
        if not opens and str(data.get("target", "")).startswith("b"):
            self.add_error("opens_on", _("整批调整须填日期。"))
        return data


def wished(data: dict[str, Any], places: dict[str, Place]) -> list[Place]:
    """The places as the form would have them."""
    window = Window(data["opens_on"], data["closes_on"]) if data.get("opens_on") else None
    target = data["target"]
    of_batch = [place for place in places.values() if target == f"b{place.batch}"]
    chosen = of_batch or [places[target]]
    connection = Connection(data["connection"]) if data.get("connection") else None
    return [
        replace(
            place,
            window=window,
            batch=place.batch if of_batch else data.get("batch"),
            connection=connection or place.connection,
            demonstration=place.demonstration,
        )
        for place in chosen
    ]


@page(P.TRACK_ROLLOUT)
def rollout_plan(request: OfficialRequest) -> HttpResponse:
    """Show, try, decide. Trying writes nothing."""
    if not request.standing.may(P.TRACK_ROLLOUT, NATION):
        raise Http404
    places = plans.plan_in_force()
    act = request.POST.get("act", "")
    form = PlanForm(places, request.POST if act else None, initial=begin(request, places))
    context: dict[str, Any] = {}
    if act and form.is_valid():
        wishes = wished(form.cleaned_data, places)
        if act == "save":
            try:
                changed = set_plan(places=wishes, reason=form.cleaned_data["reason"], by=request.user, on=request.today)
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("已调整 %(n)s 个省的计划。") % {"n": changed})
                return redirect("rollout_plan")
        changes = progress.changes_if({place.province: place for place in wishes}, on=request.today, now=request.now.at)
        context = {
            "changes": change_table(changes, {p.province: p for p in wishes}, plans.terms_in_force()),
            "summary": summary(changes),
        }
    terms = plans.terms_in_force()
    context |= {
        "form": form,
        "table": plan_table(places, request),
        "terms": [(str(word), terms[task], task) for task, word in TASKS.items()],
        "crumbs": [Crumb(_("上线进展"), reverse("rollout")), Crumb(_("批次与时间窗"))],
    }
    return render(request, "rollout/plan.html", context)


def begin(request: OfficialRequest, places: dict[str, Place]) -> dict[str, Any]:
    """The form for the province of the address, filled with what is in force."""
    place = places.get(request.GET.get("province", ""))
    if place is None:
        return {}
    days = {"opens_on": place.window.opens_on, "closes_on": place.window.closes_on} if place.window else {}
    return {"target": place.province, "batch": place.batch, "connection": place.connection.value, **days}


def summary(changes: list[Change]) -> str:
    """How many states would be others."""
    other = [c for c in changes if c.before.verdict.state != c.after.verdict.state]
    return _("影响 %(n)s 个省，其中 %(m)s 个省的状态会改变。还没有保存。") % {"n": len(changes), "m": len(other)}


def change_table(changes: list[Change], wishes: dict[str, Place], terms: Terms) -> Table:
    """What would be: state before and after, and why."""
    rows = []
    for c in changes:
        window = wishes[c.code].window
        why = in_turn(said(f) for f in c.after.verdict.findings if f.state != State.NORMAL)
        counties = sum(
            v.state != w.state for (_a, v), (_b, w) in zip(c.before.counties, c.after.counties, strict=False)
        )
        rows.append(
            Row(
                [
                    Person(divisions.name_of(c.code)),
                    state_chip(c.before.verdict.state),
                    state_chip(c.after.verdict.state),
                    counties,
                    *(terms[task].due_on(window) if window else None for task in (Task.ROSTER, Task.HISTORY)),
                    why or "—",
                ]
            )
        )
    return Table(
        caption=_("调整后的状态"),
        columns=[
            Column(_("省份"), phone="lead"),
            Column(_("现在")),
            Column(_("调整后")),
            Column(_("状态改变的县"), "num"),
            Column(_("当月名册期限")),
            Column(_("历史补录期限")),
            Column(_("原因")),
        ],
        rows=rows,
        empty=Empty(_("没有改变")),
    )


def plan_table(places: dict[str, Place], request: OfficialRequest) -> Table:
    """What is in force, province by province."""
    overrides, rows = divisions.workday_overrides(), []
    for code, place in sorted(places.items(), key=lambda pair: (pair[1].batch is None, pair[1].batch or 0, pair[0])):
        rows.append(
            Row(
                [
                    Person(divisions.name_of(code), url=presenters.to_area(code)),
                    batch_word(place.batch),
                    Person(
                        presenters.period(place.window),
                        second=stage_words(stage_of(place.window, request.today, overrides)),
                    )
                    if place.window
                    else _("待定"),
                    str(CONNECTIONS[place.connection]),
                    place.basis,
                ],
                url=f"{reverse('rollout_plan')}?province={code}#change",
                action=_("调整"),
            )
        )
    return Table(
        caption=_("批次与时间窗"),
        columns=[
            Column(_("省份"), phone="lead"),
            Column(_("批次")),
            Column(_("时间窗")),
            Column(_("接入")),
            Column(_("依据"), phone="hide"),
        ],
        rows=rows,
        empty=Empty(_("还没有计划"), _("运行 lxbt setup 载入文件所列批次。"), icon="flag"),
    )
