"""Leads: the township's inbox, one lead with its reminders, the slip, the export; sums for those above."""

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
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import Level
from lxbt.leads import operations, queries
from lxbt.leads.rules import ACTIVE, Kind, State
from lxbt.registry import queries as registry
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Column, Crumb, Empty, Person, Row, Subsidies, Tab, Table
from lxbt.web.kit.fields import DayField
from lxbt.web.kit.paging import page_by_date
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.leads.words import ABOUT, ASKS, KINDS, OUTCOMES, STATES, WAYS, closed_words, state_chip

if TYPE_CHECKING:
    from lxbt.leads.models import Lead

LIMIT = 50_000
SHOWS = ("waiting", "late", "reminded", "unreachable", "applied", "declined", "done", "all")


class ReminderForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    way = forms.ChoiceField(label=lazy("提醒方式"), choices=list(WAYS.items()))
    on = DayField(label=lazy("提醒日期"), widget=forms.DateInput(attrs={"type": "date"}))
    outcome = forms.ChoiceField(label=lazy("结果"), choices=list(OUTCOMES.items()))
    note = forms.CharField(
        label=lazy("情况说明"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("记录会保存备查，不能修改。"),
    )


class CloseForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    basis = forms.CharField(
        label=lazy("不用提醒的依据"), max_length=200, help_text=lazy("例如：本人已在外省享受同类补贴")
    )


def in_sight(request: OfficialRequest) -> QuerySet[Lead]:
    """The leads of the area looked at."""
    return queries.leads_in(request.focus).filter(in_scope(request.standing, P.VIEW_APPLICATIONS, focus=request.focus))


def filtered(request: OfficialRequest) -> QuerySet[Lead]:
    """Those that the address asks for: the list and its export are the same rows."""
    rows, show, kind = in_sight(request), request.GET.get("show", "waiting"), request.GET.get("kind", "")
    if kind in set(Kind):
        rows = rows.filter(kind=kind)
    if show == "waiting":
        return rows.filter(queries.is_waiting(request.today))
    if show == "late":
        return rows.filter(state=State.OPEN, due_on__lt=request.today)
    if show == "done":
        return rows.filter(state__in=(State.CLOSED, State.NOT_ENTITLED))
    return rows.filter(state=show) if show in set(State) else rows


@page(P.VIEW_APPLICATIONS)
def leads(request: OfficialRequest) -> HttpResponse:
    """What waits, the nearest deadline first; sums by division for areas above a township."""
    show, kind = request.GET.get("show", "waiting"), request.GET.get("kind", "")
    base = in_sight(request)
    counts = queries.counts(base.filter(kind=kind) if kind in set(Kind) else base, request.today)
    rows = filtered(request)
    shown, paging = page_by_date(rows, request.GET.get("after", ""), day="due_on", unit=_("条"))
    more = f"&kind={kind}" if kind else ""
    labels = [
        ("waiting", _("待提醒"), counts["waiting"]),
        ("late", _("逾期"), counts["late"]),
        ("reminded", _("已提醒"), counts["reminded"]),
        ("unreachable", _("未联系上"), counts["unreachable"]),
        ("applied", _("已申请"), counts["applied"]),
        ("declined", _("本人不申请"), counts["declined"]),
        ("done", _("已办结"), counts["closed"] + counts["not_entitled"]),
        ("all", _("全部"), counts["all"]),
    ]
    tabs = [Tab(label, f"?show={key}{more}", number, show == key) for key, label, number in labels]
    kinds = [
        Tab(_("各类"), f"?show={show}", None, kind == ""),
        *(Tab(str(label), f"?show={show}&kind={k}", None, kind == k) for k, label in KINDS.items()),
    ]
    context = {"table": lead_table(request, shown, paging), "tabs": tabs, "kinds": kinds, "below": below_table(request)}
    return render(request, "leads/leads.html", context)


def lead_table(request: OfficialRequest, shown: list[Lead], paging: Any) -> Table:
    """Whom to speak to, why, until when, and what was said."""
    cards = registry.person_cards([x.person_id for x in shown])
    said = queries.reminders_given([x.pk for x in shown])
    rows = []
    for lead in shown:
        card, last = cards.get(lead.person_id), said.get(lead.pk)
        url = reverse("lead", args=[lead.pk])
        told = _("%(day)s %(way)s") % {"day": f"{last.on:%m-%d}", "way": WAYS[last.way]} if last else "—"
        rows.append(
            Row(
                cells=[
                    state_chip(lead, request.today),
                    Person(card.name if card else "—", "", card.masked_id if card else "", url),
                    str(KINDS[lead.kind]),
                    Subsidies(lead.subsidies),
                    lead.about_on,
                    divisions.name_of(lead.division_code),
                    told,
                    lead.due_on if lead.state in ACTIVE else "—",
                ],
                url=url,
                action=_("办理") if lead.state in ACTIVE else _("查看"),
            )
        )
    return Table(
        caption=_("线索"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("姓名"), phone="lead"),
            Column(_("情形")),
            Column(_("补贴"), phone="end"),
            Column(_("日期")),
            Column(_("乡镇（街道）")),
            Column(_("最近提醒")),
            Column(_("期限"), phone="corner"),
        ],
        rows=rows,
        page=paging,
        empty=Empty(_("没有这样的线索"), _("残联新发证、换证、等级变更和证件到期会自动推送到这里。"), icon="bell"),
    )


def below_table(request: OfficialRequest) -> Table | None:
    """Sums of the divisions directly below, for those above a township."""
    nodes = [node for node in divisions.children(request.focus) if node.level <= Level.TOWNSHIP]
    if not nodes:
        return None
    sums = queries.sums_below(request.focus, [node.code for node in nodes], request.today)
    names = {node.code: node.name for node in nodes}
    area = reverse("area")
    return Table(
        caption=_("各地线索"),
        columns=[
            Column(_("地区"), phone="lead"),
            Column(_("线索"), "num"),
            Column(_("待提醒"), "num"),
            Column(_("逾期"), "num"),
            Column(_("提醒过"), "num"),
            Column(_("已申请"), "num"),
            Column(_("本人不申请"), "num"),
        ],
        rows=[
            Row(
                [
                    Person(names[x.code], url=f"{area}?to={x.code}"),
                    x.opened,
                    x.waiting,
                    x.late,
                    x.reminded,
                    x.applied,
                    x.declined,
                ]
            )
            for x in sums
            if x.opened
        ],
        empty=Empty(_("还没有线索"), icon="bell"),
    )


def found_lead(request: OfficialRequest, lead_id: int) -> Lead:
    """The lead, or "not found" when out of scope."""
    found = queries.lead(lead_id)
    if found is None or not request.standing.may(P.VIEW_APPLICATIONS, found.division_code):
        raise Http404
    return found


@page(P.VIEW_APPLICATIONS)
def lead(request: OfficialRequest, lead_id: int) -> HttpResponse:
    """One lead: why, what was said, and the form for what is said now."""
    found = found_lead(request, lead_id)
    act = request.POST.get("act", "")
    initial = {"version": found.version, "on": request.today.isoformat(), "way": "phone", "outcome": "will_apply"}
    form = ReminderForm(request.POST if act == "remind" else None, initial=initial)
    closing = CloseForm(request.POST if act == "close" else None, initial={"version": found.version})
    chosen: Any = {"remind": form, "close": closing}.get(act)
    if chosen is not None and chosen.is_valid():
        data = {**chosen.cleaned_data, "lead_id": found.pk, "by": request.user, "at": request.now.at}
        try:
            operations.remind(**data) if act == "remind" else operations.close_lead(**data)
        except Refusal as refusal:
            show_refusal(chosen, refusal)
        else:
            messages.success(request, _("提醒记录已保存。") if act == "remind" else _("线索已办结。"))
            return redirect("leads")
    card = registry.person_cards([found.person_id])[found.person_id]
    may_act = request.standing.may(P.ACCEPT_APPLICATIONS, found.division_code)
    context = {
        "lead": found,
        "card": card,
        "form": form,
        "closing": closing,
        "chip": state_chip(found, request.today),
        "ask": ASKS[found.kind],
        "may_remind": may_act and found.state in (*ACTIVE, State.DECLINED),
        "may_close": may_act and found.state in ACTIVE,
        "facts": lead_facts(found, card),
        "reminders": reminder_table(found.pk),
        "subsidies": Subsidies(found.subsidies),
        "crumbs": [Crumb(_("主动服务"), reverse("leads")), Crumb(card.name)],
    }
    return render(request, "leads/lead.html", context)


def lead_facts(found: Lead, card: Any) -> list[tuple[Any, Any]]:
    """What one must know before speaking."""
    told: list[tuple[Any, Any]] = [
        (_("情形"), KINDS[found.kind]),
        (ABOUT[found.kind], found.about_on),
        (_("可能享受"), words.listed(words.SUBSIDIES[s] for s in found.subsidies)),
        (_("乡镇（街道）"), divisions.full_name_of(found.division_code)),
        (_("住址"), card.address or "—"),
        (_("监护人"), card.guardian_name or "—"),
        (_("推送日期"), found.opened_on),
        (_("提醒期限"), found.due_on),
        (_("依据"), found.basis),
    ]
    if found.closed_on:
        told.append(
            (
                _("办结"),
                words.told(f"{found.closed_on}", closed_words(found.closed_basis))
                if found.closed_basis
                else found.closed_on,
            )
        )
    return told


def reminder_table(lead_id: int) -> Table:
    """Every reminder, latest first."""
    return Table(
        caption=_("提醒记录"),
        columns=[
            Column(_("日期"), phone="first"),
            Column(_("方式"), phone="corner"),
            Column(_("结果"), phone="lead"),
            Column(_("说明")),
            Column(_("提醒人")),
        ],
        rows=[
            Row([r.on, str(WAYS[r.way]), str(OUTCOMES[r.outcome]), r.note or "—", r.by_name])
            for r in queries.reminders_of(lead_id)
        ],
        empty=Empty(_("还没有提醒过"), _("提醒后在上面记下方式和结果，记录会一直保存。"), icon="phone"),
    )


@page(P.VIEW_APPLICATIONS)
def slip(request: OfficialRequest, lead_id: int) -> HttpResponse:
    """The notice to hand over, on paper: what a right may exist to, where to go, which papers."""
    found = found_lead(request, lead_id)
    card = registry.person_cards([found.person_id])[found.person_id]
    record_event(
        by=request.user,
        action="lead.slip_printed",
        subject_kind="lead",
        subject_id=found.pk,
        person_id=found.person_id,
        division_code=found.division_code,
    )
    context = {
        "lead": found,
        "card": card,
        "place": divisions.full_name_of(found.division_code),
        "subsidies": words.listed(words.SUBSIDIES[s] for s in found.subsidies),
        "ending": found.kind in (Kind.EXPIRING, Kind.EXPIRED),
        "crumbs": [Crumb(_("主动服务"), reverse("leads")), Crumb(card.name, reverse("lead", args=[found.pk]))],
    }
    return render(request, "leads/slip.html", context)


@page(P.VIEW_APPLICATIONS)
def export(request: OfficialRequest) -> HttpResponse:
    """The same rows as a workbook, with the last reminder of each."""
    rows = list(filtered(request).order_by("due_on", "id")[:LIMIT])
    cards, said = registry.person_cards([x.person_id for x in rows]), queries.reminders_given([x.pk for x in rows])
    heads = [
        _("姓名"),
        _("身份证号"),
        _("乡镇（街道）"),
        _("情形"),
        _("补贴"),
        _("日期"),
        _("状态"),
        _("推送日期"),
        _("提醒期限"),
        _("提醒次数"),
        _("最近提醒"),
        _("方式"),
        _("结果"),
        _("办结依据"),
    ]
    cells = []
    for x in rows:
        card, last = cards[x.person_id], said.get(x.pk)
        cells.append(
            [
                card.name,
                card.masked_id,
                divisions.name_of(x.division_code),
                KINDS[x.kind],
                words.listed(words.SUBSIDIES_SHORT[s] for s in x.subsidies),
                x.about_on,
                STATES[x.state][0],
                x.opened_on,
                x.due_on,
                x.reminders,
                last.on if last else None,
                WAYS[last.way] if last else "",
                OUTCOMES[last.outcome] if last else "",
                closed_words(x.closed_basis),
            ]
        )
    said_of = {"show": request.GET.get("show", "waiting"), "kind": request.GET.get("kind", "")}
    return send_sheet(
        request,
        Sheet(
            _("主动服务"),
            heads,
            cells,
            "leads.exported",
            "list",
            "leads",
            request.focus,
            said_of,
            persons=[x.person_id for x in rows],
        ),
    )
