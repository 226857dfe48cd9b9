"""Standards, the 低保 standard and parameters: looked at, drafted, costed, published by another person."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts import queries as accounts
from lxbt.accounts.rules import Permission as P
from lxbt.audit.humans import same_human
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import covers, span
from lxbt.entitlements.costing import cost_of_draft
from lxbt.proposals.kinds import KINDS
from lxbt.proposals.queries import waiting_for
from lxbt.standards import operations, proposing, queries
from lxbt.standards.checking import Faulty, faulty_rows
from lxbt.standards.revisions import revisions_of, waiting_revisions
from lxbt.standards.rules.rows import DibaoRow
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest, must_be_in_scope, page, places
from lxbt.web.kit.components import Chip, Column, Crumb, Empty, Link, Row, Tab, Table, Tile
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.standards import overview
from lxbt.web.standards.forms import DibaoForm
from lxbt.web.standards.presenters import cost_table, standard_chip, standard_table
from lxbt.web.standards.table import revision_chip
from lxbt.web.standards.words import amount_words, condition_words


@page(P.VIEW_STANDARDS)
def standards(request: OfficialRequest) -> HttpResponse:
    """What decides here and from where, what each place below has, the acts under way, and every row that bears on the
    area.
    """
    month = Month.of(request.today)
    area = request.GET.get("area", request.focus)
    node = divisions.division(area)
    if node is None or not request.standing.may(P.VIEW_STANDARDS, area):
        raise Http404
    may_draft = bool(places(request, P.DRAFT_STANDARDS))
    scheme = queries.scheme_for(area)
    below = overview.glances(scheme, area, month)
    subsidy = request.GET.get("subsidy") if request.GET.get("subsidy") in words.SUBSIDIES else "care"
    context = {
        "area": node,
        "deciding": overview.deciding_table(
            scheme, area, month, Link(_("起草标准"), reverse("standard_new"), primary=True) if may_draft else None
        ),
        "below": overview.below_table(below) if below else None,
        "map": overview.standards_map(area, below, str(subsidy), str(month)),
        "switch": [
            Tab(str(word), f"?area={area}&subsidy={key}", None, key == subsidy)
            for key, word in words.SUBSIDIES_SHORT.items()
        ],
        "acts": acts_table(request, area),
        "dibao": dibao_table(request),
        "may_draft": may_draft,
        "faulty": faulty_table(faulty_rows(area)),
        "waiting": waiting_changes(request),
    }
    return render(request, "standards/standards.html", context | all_rows(request, area, month))


def all_rows(request: OfficialRequest, area: str, month: Month) -> dict[str, object]:
    """Every row that bears on the area, by state; drafts of an act stand with their act."""
    rows = [row for row in queries.standards_of(area)[:500] if row.state == "published" or row.revision_id is None]
    show = request.GET.get("show", "now")
    kept = {
        "now": [r for r in rows if standard_chip(r, month).tone in ("ok", "run")],
        "draft": [r for r in rows if r.state == "draft"],
        "all": rows,
    }
    labels = (("now", _("执行中")), ("draft", _("单行草案")), ("all", _("全部")))
    tabs = [Tab(label, f"?area={area}&show={key}", len(kept[key]), show == key) for key, label in labels]
    table = standard_table(kept.get(show, rows), month, may_draft=request.standing.may(P.DRAFT_STANDARDS))
    return {"table": table, "tabs": tabs, "open": "show" in request.GET}


def acts_table(request: OfficialRequest, area: str) -> Table:
    """The acts of the area: first those that wait for this account, then the latest."""
    mine = list(waiting_revisions(request.standing)[:20])
    others = [row for row in revisions_of(area)[:20] if row.pk not in {one.pk for one in mine}]
    names = accounts.names_of([row.drafted_by_id for row in [*mine, *others]])
    rows = [
        Row(
            cells=[
                revision_chip(row),
                row.document_title,
                row.document_number or "—",
                divisions.name_of(row.division_code),
                f"{row.since:%Y-%m}",
                names.get(row.drafted_by_id, "—"),
            ],
            url=reverse("revision", args=[row.pk]),
            action=(_("复核") if row.state == "submitted" else _("继续")) if row in mine else _("查看"),
            primary=row in mine,
        )
        for row in [*mine, *others]
        if row.state != "draft" or row in mine or request.standing.may(P.VIEW_STANDARDS, row.division_code)
    ]
    return Table(
        caption=_("标准文件"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("文件"), phone="lead"),
            Column(_("文号")),
            Column(_("地区")),
            Column(_("执行")),
            Column(_("起草")),
        ],
        rows=rows,
        empty=Empty(_("还没有标准文件"), _("一次调整是一份文件：起草、测算、送审、由另一人发布。"), icon="file-text"),
    )


FAULTY = {"standard": lazy("补贴标准"), "dibao": lazy("低保标准"), "parameter": lazy("参数")}


def faulty_table(rows: list[Faulty]) -> Table | None:
    """What stands in the tables and counts as not set, each with the reason."""
    if not rows:
        return None
    return Table(
        caption=_("无效的设定"),
        columns=[
            Column(_("类别"), phone="first"),
            Column(_("名称"), phone="lead"),
            Column(_("地区")),
            Column(_("原因")),
        ],
        rows=[Row([FAULTY[one.kind], one.name, divisions.name_of(one.division_code), one.why]) for one in rows[:60]],
    )


def waiting_changes(request: OfficialRequest) -> list[tuple[int, object, str]]:
    """What was proposed here and waits for a second person: (number, title, where)."""
    low, high = span(request.focus)
    rows = waiting_for().filter(
        kind__in=[proposing.PARAMETER, proposing.DIBAO], division_code__gte=low, division_code__lt=high
    )
    return [
        (row.pk, KINDS[row.kind].title, f"{divisions.name_of(row.division_code)} {row.payload.get('name', '')}")
        for row in rows[:20]
    ]


def dibao_table(request: OfficialRequest) -> Table:
    """The 低保 standard of the area."""
    rows = queries.dibao_of(request.focus)[:60]
    return Table(
        caption=_("低保标准"),
        columns=[
            Column(_("地区"), phone="lead"),
            Column(_("适用")),
            Column(_("自")),
            Column(_("标准（元/月）"), "num"),
            Column(_("文号")),
            Column(_("状态")),
        ],
        rows=[
            Row(
                cells=[
                    divisions.name_of(r.division_code),
                    words.AREAS.get(r.area, _("城乡统一")),
                    f"{r.since:%Y-%m}",
                    r.amount,
                    r.document_number,
                    Chip(_("已被替代"), "off", "history") if r.superseded_from else Chip(_("执行中"), "ok"),
                ]
            )
            for r in rows
        ],
        empty=Empty(_("本地区还没有低保标准"), _("按低保百分比计发的补贴需要它。"), icon="scale"),
    )


@page(P.VIEW_STANDARDS)
def standard(request: OfficialRequest, standard_id: int) -> HttpResponse:
    """One row in words; a draft with what it would cost, and its publication."""
    row = queries.get_standard(standard_id)
    if row is None or not (
        request.standing.may(P.VIEW_STANDARDS, row.division_code)
        or any(covers(row.division_code, a) for a in request.standing.areas(P.VIEW_STANDARDS))
    ):
        raise Http404
    if row.state == "draft":
        must_be_in_scope(request, P.VIEW_STANDARDS, row.division_code)
    may_publish = row.state == "draft" and request.standing.may(P.PUBLISH_STANDARDS, row.division_code)
    if row.revision_id is not None and row.state == "draft":
        return redirect("revision", revision_id=row.revision_id)
    if request.method == "POST":
        return standard_act(request, row)
    month = max(Month.of(row.since), Month.of(request.today))
    cost = cost_of_draft(row, month) if row.state == "draft" else None
    late = Month.of(request.today) - Month.of(row.since)
    names = accounts.names_of([pk for pk in (row.drafted_by_id, row.published_by_id) if pk])
    context = {
        "row": row,
        "chip": standard_chip(row, Month.of(request.today)),
        "conditions": condition_words(row.conditions),
        "amount": amount_words(row.amount),
        "place": divisions.name_of(row.division_code),
        "drafter": names.get(row.drafted_by_id or 0, "—"),
        "publisher": names.get(row.published_by_id or 0, "—"),
        "may_publish": may_publish and not same_human(row.drafted_by_id, request.user.pk),
        "own_draft": may_publish and same_human(row.drafted_by_id, request.user.pk),
        "may_withdraw": row.state == "draft" and row.drafted_by_id == request.user.pk,
        "late": late if late > 0 else 0,
        "cost": cost,
        "crumbs": [Crumb(_("补贴标准"), reverse("standards")), Crumb(divisions.name_of(row.division_code))],
    }
    if cost is not None:
        context["table"] = cost_table(cost)
        context["tiles"] = [
            Tile(_("惠及"), f"{cost.persons:,}", _("人"), _("%(n)d 种情形") % {"n": cost.situations}),
            Tile(_("每月增支（元）"), f"{cost.difference:,.2f}"),
            Tile(
                _("一次性补发（元）"),
                f"{cost.difference * max(0, late):,.2f}",
                note=_("%(n)d 个月，按本月人数估算") % {"n": max(0, late)},
            ),
        ]
    return render(request, "standards/standard.html", context)


def standard_act(request: OfficialRequest, row: object) -> HttpResponse:
    """Publish or withdraw a draft."""
    code, pk = row.division_code, row.pk  # type: ignore[attr-defined]
    try:
        if request.POST.get("act") == "publish":
            must_be_in_scope(request, P.PUBLISH_STANDARDS, code)
            operations.publish_standard(standard_id=pk, by=request.user, on=request.today)
            messages.success(request, _("已发布。已发月份的差额随下一批次自动补发。"))
        else:
            must_be_in_scope(request, P.DRAFT_STANDARDS, code)
            operations.withdraw_draft(standard_id=pk, by=request.user)
            messages.success(request, _("草案已撤回。"))
            return redirect("standards")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("standard", standard_id=pk)


@page(P.DRAFT_STANDARDS)
def dibao_new(request: OfficialRequest) -> HttpResponse:
    """Record a 低保 standard."""
    form = DibaoForm(request.POST or None, divisions=places(request, P.DRAFT_STANDARDS))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = proposing.propose_dibao(
                row=DibaoRow(data["division"], data["area"], data["since"], None, data["amount"]),
                document_number=data["document_number"],
                by=request.user,
                at=request.now.at,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已提出，等另一人看过测算后复核；复核同意才执行。"))
            return redirect("proposal", made.pk)
    crumbs = [Crumb(_("补贴标准"), reverse("standards")), Crumb(_("登记低保标准"))]
    return render(request, "standards/dibao.html", {"form": form, "crumbs": crumbs})
